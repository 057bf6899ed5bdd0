"""Every format that was ever released is brought to the newest one, and nothing in it is lost."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.domain.ledger import EntryKind, LedgerQuery
from studio.domain.pause import Pause
from studio.domain.query import AssetQuery, JobQuery
from studio.domain.state import JobState
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.ledger import SqlLedger
from studio.store.queue import SqlQueue
from tests.stores.make import HERE, JOBS, MOMENT, fill, job_id

KEPT = sorted(path.name for path in HERE.glob("format*.db.gz"))


def test_the_released_ones_are_kept() -> None:
    # 4 and 6 were steps on the way to 5 and 7, and never in anybody's hands
    assert {f"format{number}.db.gz" for number in (1, 2, 3, 5, 7)} <= set(KEPT)


@pytest.fixture(params=[*KEPT, "now"])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, int]:
    """The store, and its format before."""
    path = tmp_path / "studio.db"
    if request.param == "now":
        await fill(tmp_path)
        return path, 99
    path.write_bytes(gzip.decompress((HERE / request.param).read_bytes()))
    with closing(sqlite3.connect(path)) as raw:
        version = int(raw.execute("PRAGMA user_version").fetchone()[0])
    assert request.param == f"format{version}.db.gz"
    return path, version


@pytest.mark.slow
async def test_a_kept_store_is_read_by_this_version(opened: tuple[Path, int]) -> None:
    path, version = opened
    db = Database.open(path)
    try:
        await _jobs_are_there(db)
        await _they_go_on(db, version)
        assets = SqlAssetStore(db, path.parent / "media", path.parent / "thumbnails")
        for query in (AssetQuery(search="häfen"), AssetQuery(search="day work", operation="video.generate", min_credits=50),
                      AssetQuery(account="work", missing=False), AssetQuery(since=datetime(2026, 1, 1, tzinfo=UTC))):
            (asset,) = await assets.list(query)
            assert (asset.id, asset.label, asset.credits) == ("asset_1", "Day 1", 50.0)
        await SqlQueue(db).set_label([job_id(0)], "Day 2")
        assert [asset.label for asset in await assets.list(AssetQuery(search="day 2"))] == ["Day 2"]
    finally:
        db.close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


async def _jobs_are_there(db: Database) -> None:
    store = SqlJobStore(db)
    found = await store.list(JobQuery())
    assert [job.id for job in found] == [job_id(number) for number in reversed(range(len(JOBS)))]
    assert [(job.request.account, job.request.label, job.state) for job in reversed(found)] == list(JOBS)
    assert found[-1].created_at == MOMENT
    assert found[-1].chain_run is None
    timeline = await store.timeline(job_id(0))
    assert [entry.state for entry in timeline][-2:] == [JobState.DOWNLOADING, JobState.DONE]
    assert {job.id for job in await store.list(JobQuery(search="häfen day"))} == {job_id(0), job_id(2)}
    entries = await SqlLedger(db).entries(LedgerQuery(job_id=job_id(0)))
    assert sum(entry.amount or 0.0 for entry in entries if entry.kind is EntryKind.CHARGED) == 50.0


async def _they_go_on(db: Database, version: int) -> None:
    store, queue = SqlJobStore(db), SqlQueue(db)
    assert await queue.pauses() == ({Pause("account", "work")} if version >= 3 else frozenset())
    waiting = await queue.waiting("work")
    assert [job.id for job in waiting] == [job_id(2), job_id(3)]
    assert await queue.move("work", [job_id(3)], job_id(2)) is not None
    new = await store.add(waiting[0].changed(id="job_new", idempotency_key="new"))
    assert [job.id for job in await queue.waiting("work")] == [job_id(3), job_id(2), new.id]
    claimed = await store.claim("1:a", lambda owner: False)
    assert {job.id for job in claimed} == {job_id(1), job_id(2), job_id(3), "job_new"}
