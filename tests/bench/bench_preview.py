"""P10: from "show this video" to its first picture on the canvas, against spawning ffmpeg for its first frame.

Run: python -m tests.bench.bench_preview. What is timed is the product's viewer as it is: `show_asset`, the poster read from
the cache of thumbnails by a worker thread, and the paint that shows it. The poster was made beforehand, as each is when its
clip arrives. The baseline decodes the first frame of the same file to raw RGB on a pipe. Several clips take turns, so that
nothing in memory helps.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import imageio_ffmpeg
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.library.previews import make_preview
from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.theme.theme import Theme
from studio.ui.viewer.viewer import Viewer
from tests.bench.ratios import note, report
from tests.media_files import write_clip

PAIRS = 24
CLIPS = 6
WINDOW = (1200, 800)
PATIENCE_S = 20.0


def turn_until(done: Callable[[], bool]) -> None:
    """Let the window do what is due until something is so."""
    end = perf_counter() + PATIENCE_S
    while not done():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)
        if perf_counter() > end:
            raise TimeoutError("nothing was shown")


def ffmpeg_frame(program: str, clip: Path) -> float:
    """Seconds until a spawned ffmpeg has answered with the first frame."""
    started = perf_counter()
    done = subprocess.run(
        [program, "-v", "error", "-i", str(clip), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"],
        capture_output=True, check=True,
    )
    if len(done.stdout) != 1920 * 1080 * 3:
        raise RuntimeError("ffmpeg gave no frame")
    return perf_counter() - started


def make_clips(folder: Path, thumbnails: Path) -> Iterator[Asset]:
    for number in range(CLIPS):
        path = write_clip(folder / f"{number}.mp4", seconds=0.5, fps=24, width=1920, height=1080)
        sha256 = f"{number:064x}"
        poster = make_preview(path, MediaKind.VIDEO, sha256, thumbnails)
        if poster is None:
            raise RuntimeError("there is no poster")
        yield Asset(f"asset_{number:012x}", MediaKind.VIDEO, path, "video/mp4", sha256, path.stat().st_size,
                    width=1920, height=1080, duration_s=0.5, thumbnail=poster)


def show_clip(viewer: Viewer, asset: Asset) -> float:
    started = perf_counter()
    viewer.show_asset(asset)
    turn_until(lambda: viewer.video.has_poster)
    viewer.video.repaint()
    return perf_counter() - started


def check(viewer: Viewer) -> None:
    """What was timed is really there."""
    seen = viewer.video.grab().toImage()
    values = {seen.pixelColor(x, seen.height() // 2).rgb() for x in range(100, seen.width() - 100, 20)}
    if len(values) < 5:
        raise RuntimeError("no picture stands in the viewer")


def main() -> int:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    theme = Theme("dark", reduced_motion=True)
    theme.apply()
    program = imageio_ffmpeg.get_ffmpeg_exe()
    with tempfile.TemporaryDirectory(prefix="bench-preview-") as folder:
        paths = Paths.of_home(Path(folder, "home"))
        paths.create()
        clips = list(make_clips(Path(folder), paths.thumbnails))
        viewer = Viewer(Bridge(paths), theme)
        viewer.resize(*WINDOW)
        viewer.show()
        show_clip(viewer, clips[0])
        note(f"P10: {CLIPS} clips of 1080p, {PAIRS} pairs")
        ratios, ours = [], []
        for number, asset in zip(range(PAIRS), itertools.cycle(clips), strict=False):
            first = ffmpeg_frame(program, asset.path) if number % 2 else 0.0
            shown = show_clip(viewer, asset)
            ratios.append(shown / (first or ffmpeg_frame(program, asset.path)))
            ours.append(shown)
        check(viewer)
        report("P10", ratios, "<= 0.25", f"spawning ffmpeg for the first frame of a 1080p clip; ours {_ms(ours)} ms median")
        viewer.clear()
        viewer.close()
        app.processEvents()
    return 0


def _ms(seconds: list[float]) -> float:
    return round(sorted(seconds)[len(seconds) // 2] * 1000, 1)


if __name__ == "__main__":
    raise SystemExit(main())
