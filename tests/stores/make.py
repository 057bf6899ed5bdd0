"""Makes a store as this version of Studio writes it, to be kept for good: `python -m tests.stores.make`. Run once with each
format that is released; a file that is there is never made anew. tests/unit/store/test_released_stores.py opens them all."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from studio.domain.asset import Asset, Recipe
from studio.domain.job import Credits, Job, JobError, JobRequest
from studio.domain.operation import MediaKind
from studio.domain.remote import Change
from studio.domain.state import JobState
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.queue import SqlQueue
from studio.store.schema import HEAD

HERE = Path(__file__).parent
MOMENT = datetime(2026, 11, 3, 9, 30, 15, 123_000, tzinfo=UTC)
JOBS: tuple[tuple[str, str | None, JobState], ...] = (
    ("work", "Day 1", JobState.DONE), ("work", None, JobState.RUNNING), ("work", "Day 1", JobState.QUEUED),
    ("work", None, JobState.QUEUED), ("local", None, JobState.FAILED), ("work", None, JobState.UNKNOWN),
)
"""Account, label and state of the jobs in a kept store, a minute apart. The account "work" is paused from format 3 on."""
_WAY = {
    JobState.DONE: (JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.DONE),
    JobState.RUNNING: (JobState.SUBMITTING, JobState.RUNNING), JobState.QUEUED: (), JobState.FAILED: (JobState.FAILED,),
    JobState.UNKNOWN: (JobState.SUBMITTING, JobState.UNKNOWN),
}


def job_id(number: int) -> str:
    return f"job_{number:022d}"


async def fill(folder: Path) -> None:
    """A store in `folder` with those jobs, and the asset of the first."""
    db = Database.open(folder / "studio.db")
    try:
        store = SqlJobStore(db)
        for number, (account, label, state) in enumerate(JOBS):
            request = JobRequest("video.generate", account, {"prompt": f"Häfen bei Nacht {number}", "seed": number}, label)
            job = Job.new(request).changed(id=job_id(number), idempotency_key=str(number) * 32, credits=Credits(48.0),
                                           created_at=MOMENT + timedelta(minutes=number))
            await _walk(store, await store.add(job, "Made."), _WAY[state], number)
        recipe = Recipe("video.generate", "cannon-studio", {"prompt": "x"})
        path = folder / "media" / "2026-11" / "Häfen.mp4"
        await SqlAssetStore(db, folder / "media", folder / "thumbnails").add(
            Asset("asset_1", MediaKind.VIDEO, path, "video/mp4", "ab" * 32, 10, prompt="Häfen bei Nacht 0", job_id=job_id(0),
                  recipe=recipe))
        await SqlQueue(db).pause("account", "work")
    finally:
        db.close()


async def _walk(store: SqlJobStore, job: Job, way: tuple[JobState, ...], number: int) -> None:
    for state in way:
        more: dict[str, object] = {"state": state}
        if state is JobState.RUNNING:
            more |= {"remote_id": f"req_{number}", "submitted_at": MOMENT}
        elif state is JobState.DONE:
            more |= {"output": {"video_url": "https://cdn.test/a.mp4"}, "credits": Credits(48.0, 50.0),
                     "asset_ids": ("asset_1",), "finished_at": MOMENT}
        elif state is JobState.FAILED:
            more |= {"error": JobError("service", "refused", "No.", False), "finished_at": MOMENT}
        stored = await store.change(job, Change(job.changed(**more), "", {"status": state.value}))
        if stored is None:
            raise RuntimeError(f"{job.id} was changed by somebody else")
        job = stored


def main() -> None:
    kept = HERE / f"format{HEAD}.db.gz"
    if kept.exists():
        raise SystemExit(f"{kept} is there already")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(fill(Path(folder)))
        small = Path(folder) / "small.db"
        with closing(sqlite3.connect(Path(folder) / "studio.db")) as raw:
            raw.execute("VACUUM INTO ?", (str(small),))
        kept.write_bytes(gzip.compress(small.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    main()
