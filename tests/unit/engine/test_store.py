"""The engine's store: guarded changes, idempotency under a race, and what it does with files that it cannot use."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from studio.engine.database import VERSION
from studio.engine.errors import EngineError
from studio.engine.records import FileRecord, Finish, JobRecord
from studio.engine.store import STORE_FILE, Store


def _job(number: int = 1, key: str | None = None) -> JobRecord:
    return JobRecord(f"req_{number}", "cannon", "image.generate", {"prompt": "ä"}, {}, 7, 1000 + number, idempotency_key=key,
                     body_hash=f"hash-{number}")


async def test_a_job_comes_back_as_it_was_written(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    job = _job(key="k")
    await store.add(job)
    await store.close()
    store = await Store.open(tmp_path)
    assert await store.get(job.id) == job
    assert await store.by_key("cannon", "k") == job
    assert await store.by_key("canvas", "k") is None
    await store.close()


async def test_a_race_of_the_same_key_makes_one_job(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    stored = await asyncio.gather(*(store.add(_job(number, key="same")) for number in range(20)))
    assert len({job.id for job in stored}) == 1
    assert len(await store.unfinished()) == 1
    await store.close()


async def test_a_failing_check_writes_nothing(tmp_path: Path) -> None:
    def refuse(_connection: sqlite3.Connection) -> None:
        raise EngineError("no")

    store = await Store.open(tmp_path)
    with pytest.raises(EngineError):
        await store.add(_job(), refuse)
    assert await store.get("req_1") is None
    await store.add(_job())
    await store.close()


async def test_an_ended_job_never_changes(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    await store.add(_job())
    started = await store.start_next(2000)
    assert started is not None
    assert (started.status, started.starts, started.started_ms) == ("processing", 1, 2000)
    record = FileRecord("tok", "a.png", "jobs/req_1/a.png", "image/png", 3, "00", 3000, "req_1")
    assert await store.finish("req_1", Finish("failed", 3000, error_code="cancelled")) is not None
    assert await store.finish("req_1", Finish("succeeded", 4000, files=(record,))) is None
    assert await store.file("tok") is None
    assert await store.put_back("req_1") is None
    assert await store.recover(clean=False) == 0
    found = await store.get("req_1")
    assert found is not None
    assert (found.status, found.error_code, found.completed_ms) == ("failed", "cancelled", 3000)
    await store.close()


async def test_recovery_keeps_the_order_and_counts_starts(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    for number in range(3):
        await store.add(_job(number))
    first = await store.start_next(1)
    assert first is not None
    assert await store.recover(clean=False) == 1
    again = await store.start_next(2)
    assert again is not None
    assert (again.id, again.starts, again.started_ms) == (first.id, 2, 1)
    await store.recover(clean=True)
    last = await store.start_next(3)
    assert last is not None
    assert last.starts == 2
    assert await store.put_back(last.id) == replace(last, status="queued", crashes=1)
    await store.close()


async def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / STORE_FILE).write_bytes(b"this is no database at all" * 100)
    store = await Store.open(tmp_path)
    await store.add(_job())
    await store.close()
    assert len(list(tmp_path.glob("engine.db.broken-*"))) == 1


async def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / STORE_FILE)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(EngineError, match="newer version"):
        await Store.open(tmp_path)


async def test_commits_survive_without_a_close(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    await store.add(_job())
    connection = sqlite3.connect(tmp_path / STORE_FILE)
    assert connection.execute("SELECT COUNT(*) FROM jobs").fetchone() == (1,)
    assert await store._db.read(lambda c: c.execute("PRAGMA synchronous").fetchone()[0]) == 2  # FULL
    connection.close()
    await store.close()
