"""R2 in the size of a test run, and the two planted failures that the harness must see. `packaging/drill cuts` goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.asset import Recipe
from studio.domain.job import Job, JobRequest
from studio.domain.operation import MediaKind
from studio.library.library import Library
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from tests.drills.file_cuts import FlushedFiles, watched
from tests.drills.plants import the_row_before_the_fsync
from tests.drills.power import drill, drill_in_parts
from tests.drills.renderers import noise_png


@pytest.mark.parametrize("cuts", [150, pytest.param(10_000, marks=pytest.mark.slow)])
def test_nothing_acknowledged_is_lost(cuts: int) -> None:
    tally = drill(cuts, seed=1) if cuts < 1000 else drill_in_parts(cuts, seed=1)
    assert tally.examples == []
    assert (tally.cuts, tally.wrong) == (cuts, 0)
    assert tally.acknowledged > 0


def test_synchronous_normal_is_seen() -> None:
    tally = drill(150, seed=1, normal=True)
    assert tally.lost > 0
    assert tally.damaged == tally.unopened == 0  # NORMAL loses what was acknowledged; it breaks nothing


async def _place(root: Path) -> FlushedFiles:
    paths = Paths.of_home(root)
    paths.create()
    db = Database.open(paths.store)
    try:
        library = Library(paths, SqlAssetStore(db, paths.media, paths.thumbnails), lambda event: None)
        with watched(paths.media) as seen:
            for number in range(3):
                job = Job.new(JobRequest("image.generate", "local", {"prompt": "x"}))
                part = library.part_for(job, 0)
                part.write_bytes(noise_png(number, 8))
                await library.place(job, 0, part, MediaKind.IMAGE, "x.png", Recipe("image.generate", "local", {}))
            await library.place_prompt(Job.new(JobRequest("prompt.enhance.video", "local", {"prompt": "y"})), "words",
                                       Recipe("prompt.enhance.video", "local", {}))
            brought = root / "brought.png"
            brought.write_bytes(noise_png(9, 40))
            await library.import_file(brought)
    finally:
        db.close()
    return seen


async def test_a_result_is_recorded_when_a_cut_cannot_take_it_any_more(tmp_path: Path) -> None:
    seen = await _place(tmp_path / "home")
    assert seen.recorded == 5
    assert seen.unsafe == []


async def test_a_row_before_the_fsync_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    the_row_before_the_fsync(monkeypatch)
    assert (await _place(tmp_path / "home")).unsafe
