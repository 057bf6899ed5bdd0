"""`packaging/screens --operations [--out DIR]`: every operation of this computer's engine once, and its output on one sheet.

Each runs through the whole of the product (store, engine, download, library), with what earlier ones made as its input. A
portrait and a cat of scikit-image stand for a person's photographs. DIR/operations.png is the sheet, DIR/operations/ holds
the files themselves; what failed is on the sheet with its reason, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from skimage import data as photographs

from studio.app.core import Core
from studio.domain.asset import Asset
from studio.domain.errors import StudioError
from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState
from studio.settings.paths import Paths
from tests.screens.sheet import Entry, draw_sheet
from tests.unit.engine.render.footage import moving_portrait, write_clip

WORDS = "Good evening. The last tram leaves at nine, and the harbour sleeps."
LIMIT_S = 900.0


@dataclass(frozen=True, slots=True)
class Made:
    """One finished job: what it answered, and its files."""

    job: Job
    assets: tuple[Asset, ...]

    @property
    def output(self) -> dict[str, Any]:
        return dict(self.job.output or {})

    @property
    def path(self) -> Path:
        return self.assets[0].path


class Run:
    """Sends one operation after the other and keeps what came of each."""

    def __init__(self, core: Core, photos: Path) -> None:
        self._core = core
        self._photos = photos
        self.entries: list[Entry] = []
        self.failed = False

    async def make(self, operation: str, **values: object) -> Made | None:
        """None when it failed, which is then on the sheet."""
        given = {name: await self._attached(value) for name, value in values.items()}
        words = next((str(value) for name in ("prompt", "text", "style", "motion") if (value := values.get(name))), "")
        try:
            job = await self._core.submit(JobRequest(operation, "local", given))
        except StudioError as error:
            self._note(Entry(operation, words, (), {}, error.message))
            return None
        job = await self._core.wait(job.id, LIMIT_S)
        assets = tuple([await self._core.asset(asset_id) for asset_id in job.asset_ids])
        reason = "" if job.state is JobState.DONE else job.error.message if job.error else job.state.value
        self._note(Entry(operation, words, tuple(asset.path for asset in assets), dict(job.output or {}), reason))
        return None if reason else Made(job, assets)

    def _note(self, entry: Entry) -> None:
        self.failed = self.failed or bool(entry.reason)
        print(f"{entry.operation}: {entry.reason or 'done'}", file=sys.stderr, flush=True)
        self.entries.append(entry)

    async def _attached(self, value: object) -> object:
        if isinstance(value, Path):
            return await self._core.attach(value)
        return [await self._attached(item) for item in value] if isinstance(value, list) else value

    def photograph(self, name: str, pixels: np.ndarray[Any, Any]) -> Path:
        path = self._photos / f"{name}.png"
        Image.fromarray(pixels).save(path)
        return path


async def make_all(run: Run, photos: Path) -> None:
    """Every operation that the account local lists, in an order in which each finds its inputs."""
    portrait = run.photograph("portrait", photographs.astronaut())  # type: ignore[no-untyped-call]
    cat = run.photograph("cat", photographs.chelsea())  # type: ignore[no-untyped-call]
    speaker = write_clip(photos / "speaker.mp4", moving_portrait(72, 512, 512))
    await _pictures(run, portrait, cat)
    film = await run.make("video.generate", prompt="A night tram in the rain, neon reflections, slow dolly forward",
                          duration=4, resolution="720p", seed=7, audio=True)
    await _sounds(run, film)
    await _speech(run, speaker)
    await run.make("smartmotion.generate", file_url=portrait, motion="orbit", duration=4)
    if film is not None:
        await run.make("video.upscale", video_url=film.path, upscale_factor=2)
        named = {"sora_video_id": str(film.output["task_id"])}
        await run.make("sora2.video.edit", prompt="black and white, film grain, vignette", **named)
        await run.make("sora2.video.extend", prompt="it begins to snow", duration=4, **named)
        await run.make("sora2.video.remix", prompt="a desert road at dusk, dust", **named)
    ada = await run.make("sora2.character.create", name="Ada", video_url=speaker)
    if ada is not None:
        await run.make("sora2.character.video", prompt="Ada walks along a beach at dusk", duration=4, seed=3,
                       character_ids=[ada.output["character_id"]])


async def _pictures(run: Run, portrait: Path, cat: Path) -> None:
    for kind in ("image", "video", "location", "variant"):
        await run.make(f"prompt.enhance.{kind}", prompt="a lighthouse in a storm")
    picture = await run.make("image.generate", prompt="A harbour at dawn, fishing boats, mist", aspect_ratio="16:9", seed=5)
    if picture is not None:
        await run.make("image.edit", prompt="make it warmer, add a vignette and the text 'Fair winds'", seed=1,
                       image_url=picture.path)
    await run.make("style.transfer", image_url=portrait, style="oil painting", seed=2)
    await run.make("scene.compose", images=[portrait, cat], scene="beach", seed=2)


async def _sounds(run: Run, film: Made | None) -> None:
    await run.make("music.generate", prompt="Upbeat jazz trio, walking bass, brushed drums, C minor, 120 bpm",
                   duration_seconds=12, seed=4)
    await run.make("soundfx.generate", prompt="rain on a roof, distant thunder, footsteps", duration_seconds=8, seed=4)
    if film is not None:
        await run.make("soundfx.generate", prompt="tram passing, rain", video_url=film.path, seed=4)


async def _speech(run: Run, speaker: Path) -> None:
    narration = await run.make("narration.generate", text=WORDS)
    if narration is None:
        return
    spoken = await run.make("lipsync.generate", video_url=speaker, audio_url=narration.path)
    if spoken is not None:
        await run.make("subtitles.generate", video_url=spoken.path)


async def _work(out: Path) -> bool:
    with tempfile.TemporaryDirectory() as place:
        photos = Path(place)
        core = await Core.open(Paths.of_home(out / "home" / "operations"))
        try:
            await core.start()
            offered = {operation.id for operation in core.operations("local")}
            run = Run(core, photos)
            await make_all(run, photos)
        finally:
            await core.close()
    missing = sorted(offered - {entry.operation for entry in run.entries})
    if missing:
        print(f"not on the sheet: {', '.join(missing)}", file=sys.stderr)
    folder = out / "operations"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, entry in enumerate(run.entries, 1):
        for path in entry.files:
            shutil.copyfile(path, folder / f"{number:02d} {entry.operation}{path.suffix}")
    draw_sheet(run.entries).save(out / "operations.png", optimize=True)
    print(f"{len(run.entries)} outputs on {out / 'operations.png'}", file=sys.stderr)
    return not run.failed and not missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("screens"))
    out = parser.parse_args().out.expanduser().absolute()
    out.mkdir(parents=True, exist_ok=True)
    return 0 if asyncio.run(_work(out)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
