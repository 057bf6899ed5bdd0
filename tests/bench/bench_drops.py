"""From a drop to its thumbnail: the work of the window's thread, against a bare QLabel that shows a dropped picture.

Both get the same photos of 12 million pixels by the same QDropEvent. What counts is what the thread does at one stretch: the
event loop tells when it wakes and when it sleeps again, and the longest stretch of each drop is taken until the picture is
on the screen. The bare label decodes and scales in its dropEvent, as a first version would. The row's ratio is that of the
sums; beside it stands the 99th percentile of the stretches in milliseconds, which has to stay under a frame.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from studio.domain.account import LOCAL
from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from tests.bench.ratios import note, report

DROPS = 24
LOOK_MS = 20
SIZE = (4000, 3000)
FRAME_MS = 16.0
LIMIT_S = 60.0


class Stretches:
    """How long the thread works at one go, in seconds, since `begin`."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self._since: float | None = None  # None while the loop sleeps
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._wake)
        dispatcher.aboutToBlock.connect(self._rest)

    def begin(self) -> None:
        self.taken.clear()
        self._since = None
        self._wake()

    def _wake(self) -> None:
        if self._since is None:  # it says so also when it never slept
            self._since = time.perf_counter()

    def _rest(self) -> None:
        if self._since is not None:
            self.taken.append(time.perf_counter() - self._since)
            self._since = None


class Bare(QLabel):
    """What one writes first."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.resize(110, 88)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        picture = QPixmap(event.mimeData().urls()[0].toLocalFile())
        self.setPixmap(picture.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding))


def photos(folder: Path) -> list[Path]:
    """Photo-like JPEGs, each another."""
    grain = np.random.default_rng(7).integers(0, 60, (SIZE[1] // 4, SIZE[0] // 4, 3), dtype=np.uint8)
    base = Image.fromarray(grain).resize(SIZE)
    made = []
    for number in range(DROPS):
        path = folder / f"{number}.jpg"
        base.paste((number * 4, 90, 160), (0, 0, 40 + number, 40))
        base.save(path, quality=85)
        made.append(path)
    return made


def drop_on(widget: QWidget, path: Path, at: QPointF) -> None:
    """Handed to the widget itself: Qt delivers drops only at the end of a drag of its own."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    widget.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys))


def spin(app: QApplication, until: Callable[[], bool]) -> None:
    """Run the loop until it is so; the loop sleeps between events, as in the program."""
    end = time.perf_counter() + LIMIT_S
    looks_again = QTimer()
    looks_again.start(LOOK_MS)
    while not until():
        if time.perf_counter() > end:
            raise TimeoutError("a drop did not arrive")
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)  # with a time limit it would never sleep
    looks_again.stop()


def measure(home: Path, app: QApplication, files: list[Path]) -> None:
    paths = Paths.of_home(home)
    paths.create()
    theme = Theme("dark", reduced_motion=True)
    theme.apply()
    bridge = Bridge(paths)
    bridge.start()
    session = Session(paths.data / FILE_NAME)
    composer = Composer(bridge, theme, session)
    composer.resize(376, 748)
    composer.show()
    spin(app, lambda: bridge.is_ready)
    composer.set_account(LOCAL)
    spin(app, lambda: composer.operation is not None)
    composer.picker.choose("video.generate")
    bare = Bare()
    bare.show()
    spin(app, lambda: not composer.tray.is_busy())
    stretches = Stretches()
    ratios, longest = [], []
    try:
        for number, path in enumerate(files):
            slot = composer.tray.slots()[0]
            slot.put(None)
            app.processEvents()
            ours = _one(stretches, partial(_ours, app, composer, path, slot.geometry().center().toPointF()))
            plain = _one(stretches, partial(_plain, app, bare, path))
            ratios.append(sum(ours) / sum(plain))
            longest.extend(ours)
            note(f"drop {number + 1}/{len(files)}: {1000 * sum(ours):.1f} ms, longest {1000 * max(ours):.1f}; "
                 f"bare {1000 * sum(plain):.1f}")
    finally:
        session.close().result(5)
        bridge.close(10)
    p99 = 1000 * statistics.quantiles(longest, n=100)[98]
    report("DROP", ratios, "<= 1.0", "a QLabel that decodes and scales in its dropEvent, the same photos of 12 megapixels",
           p99_ms=round(p99, 2), longest_ms=round(1000 * max(longest), 2), p99_holds=p99 < FRAME_MS)


def _one(stretches: Stretches, drop: Callable[[], None]) -> list[float]:
    stretches.begin()
    drop()
    stretches._rest()
    return list(stretches.taken)


def _ours(app: QApplication, composer: Composer, path: Path, at: QPointF) -> None:
    drop_on(composer.tray, path, at)
    slot = composer.tray.slots()[0]
    spin(app, lambda: slot.reference is not None and slot._picture() is not None)
    slot.repaint()


def _plain(app: QApplication, bare: Bare, path: Path) -> None:
    drop_on(bare, path, QPointF(5, 5))
    bare.repaint()
    app.processEvents()


def main() -> int:
    """Print the row; 0 when it was measured."""
    app = QApplication.instance() or QApplication(["bench"])
    home = Path(tempfile.mkdtemp(prefix="studio-drops-"))
    try:
        if not isinstance(app, QApplication):
            raise TypeError("another kind of application runs here")
        measure(home / "home", app, photos(home))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
