"""One writer that commits what waits together, readers beside it, and errors in words."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from studio.domain.errors import BugError, DiskFullError, LocalError, StudioError
from studio.store.database import Database
from studio.store.faults import in_words


def add_note(connection: Connection, account: str) -> None:
    connection.execute(text("INSERT INTO paces (account, running, extra) VALUES (:a, 0, '{}')"), {"a": account})


def adding(account: str) -> Callable[[Connection], None]:
    return lambda connection: add_note(connection, account)


def accounts(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as raw:
        return {row[0] for row in raw.execute("SELECT account FROM paces")}


async def hold_writer(db: Database) -> tuple[asyncio.Task[None], threading.Event]:
    """Keep the writer busy until the event is set, so that what comes next waits together."""
    begun, go_on = threading.Event(), threading.Event()

    def work(_connection: Connection) -> None:
        begun.set()
        assert go_on.wait(60)

    task = asyncio.ensure_future(db.write(work))
    await asyncio.to_thread(begun.wait, 10)
    return task, go_on


async def test_the_store_is_as_safe_as_it_says(db: Database, path: Path) -> None:
    def settings(connection: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}

    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    assert await db.write(settings) == expected
    assert await db.read(settings) == expected


async def test_a_write_is_on_the_disk_when_it_returns(db: Database, path: Path) -> None:
    await db.write(adding("one"))
    assert accounts(path) == {"one"}


async def test_writes_that_wait_share_one_commit_and_a_failing_one_spoils_none(db: Database, path: Path) -> None:
    commits: list[str] = []
    raw: Any = db._writer.connection.dbapi_connection
    raw.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    held, go_on = await hold_writer(db)
    writes = [asyncio.ensure_future(db.write(adding(f"account {n}"))) for n in range(50)]

    def half_done(connection: Connection) -> None:
        add_note(connection, "half done")
        raise ValueError("no")

    failing = asyncio.ensure_future(db.write(half_done))
    twice = asyncio.ensure_future(db.write(lambda connection: add_note(connection, "account 0")))
    await asyncio.sleep(0)
    go_on.set()
    await held
    await asyncio.gather(*writes)
    with pytest.raises(ValueError, match="no"):
        await failing
    with pytest.raises(BugError, match="UNIQUE"):
        await twice
    assert accounts(path) == {f"account {n}" for n in range(50)}
    assert len(commits) <= 3


async def test_a_group_that_sqlite_rolls_back_is_tried_again_one_by_one(db: Database, path: Path) -> None:
    held, go_on = await hold_writer(db)
    good = [asyncio.ensure_future(db.write(adding(f"good {n}"))) for n in range(3)]

    def lose_all(connection: Connection) -> None:
        # What SQLite does by itself on a full disk: the transaction is gone, savepoints and all.
        connection.exec_driver_sql("ROLLBACK")
        raise _operational(sqlite3.SQLITE_FULL)

    bad = asyncio.ensure_future(db.write(lose_all))
    await asyncio.sleep(0)
    go_on.set()
    await held
    await asyncio.gather(*good)
    with pytest.raises(DiskFullError, match="full"):
        await bad
    assert accounts(path) == {"good 0", "good 1", "good 2"}
    await db.write(adding("after"))
    assert "after" in accounts(path)


def _operational(code: int) -> OperationalError:
    error = sqlite3.OperationalError("made up")
    error.sqlite_errorcode = code
    return OperationalError("INSERT", {}, error)


async def test_a_full_store_says_so_and_keeps_what_it_had(db: Database, path: Path) -> None:
    await db.write(adding("before"))

    def limit(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    await db.write(limit)
    large = text("INSERT INTO paces VALUES ('big', NULL, NULL, 0, :x)").bindparams(x="x" * 200_000)
    with pytest.raises(DiskFullError):
        await db.write(lambda connection: connection.execute(large))
    assert accounts(path) == {"before"}


async def test_a_cancelled_wait_before_its_turn_writes_nothing(db: Database, path: Path) -> None:
    held, go_on = await hold_writer(db)
    waiting = asyncio.ensure_future(db.write(adding("cancelled")))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await held
    await db.write(adding("later"))
    assert accounts(path) == {"later"}


async def test_closing_writes_what_is_queued(path: Path) -> None:
    database = Database.open(path)
    held, go_on = await hold_writer(database)
    queued = [asyncio.ensure_future(database.write(adding(str(n)))) for n in range(5)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.to_thread(database.close)
    await asyncio.gather(held, *queued)
    assert accounts(path) == {"0", "1", "2", "3", "4"}
    database.close()
    with pytest.raises(BugError):
        await database.write(lambda connection: None)
    with pytest.raises(BugError):
        await database.read(lambda connection: None)


async def test_a_loop_that_ended_keeps_no_other_waiting(db: Database, path: Path) -> None:
    held, go_on = await hold_writer(db)

    def leave_early() -> None:
        loop = asyncio.new_event_loop()
        task = loop.create_task(db.write(adding("left behind")))
        loop.run_until_complete(asyncio.sleep(0))
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()

    written = asyncio.ensure_future(db.write(adding("mine")))
    await asyncio.to_thread(leave_early)
    go_on.set()
    await asyncio.gather(held, written)
    assert accounts(path) == {"mine"}


async def test_readers_see_the_last_commit_and_cannot_write(db: Database) -> None:
    await db.write(adding("one"))
    assert await db.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM paces").scalar_one()) == 1
    with pytest.raises(LocalError, match="cannot be written"):
        await db.read(adding("two"))


async def test_data_version_tells_of_other_processes_only(db: Database, path: Path) -> None:
    before = db.data_version()
    await db.write(adding("mine"))
    assert db.data_version() == before
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("INSERT INTO paces (account, running, extra) VALUES ('theirs', 0, '{}')")
    assert db.data_version() != before
    held, go_on = await hold_writer(db)
    assert db.data_version() != before  # answers at once, though the writer is busy
    go_on.set()
    await held


def test_each_loop_may_call(db: Database, path: Path) -> None:
    def work(name: str) -> None:
        asyncio.run(db.write(adding(name)))

    threads = [threading.Thread(target=work, args=[str(n)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert accounts(path) == {"0", "1", "2", "3"}


@pytest.mark.parametrize(("code", "words"), [
    (sqlite3.SQLITE_READONLY, "cannot be written"),
    (sqlite3.SQLITE_READONLY_DBMOVED, "cannot be written"),
    (sqlite3.SQLITE_CORRUPT, "damaged"),
    (sqlite3.SQLITE_IOERR_FSYNC, "disk failed"),
    (sqlite3.SQLITE_BUSY, "Another program"),
    (sqlite3.SQLITE_CANTOPEN, "cannot be opened"),
    (sqlite3.SQLITE_FULL, "full"),
])
def test_what_sqlite_says_is_told_in_words(code: int, words: str, path: Path) -> None:
    told = in_words(_operational(code), path)
    assert isinstance(told, LocalError)
    assert words in told.message
    assert told.advice
    assert isinstance(told, DiskFullError) == (code == sqlite3.SQLITE_FULL)


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_store_is_refused_and_left_alone(content: bytes, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StudioError) as told:
        Database.open(path)
    assert isinstance(told.value, LocalError)
    assert path.read_bytes() == content


def test_a_folder_in_the_store_s_place_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(LocalError, match="cannot be opened"):
        Database.open(path)


@pytest.mark.parametrize("code", [4874, sqlite3.SQLITE_CANTOPEN])  # 4874: SQLITE_IOERR_SHMSIZE, no room for the log's index
def test_a_full_disk_is_called_so_also_when_the_store_is_only_opened(
    code: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.store.faults.shutil.disk_usage", lambda folder: shutil._ntuple_diskusage(9, 9, 0))
    assert isinstance(in_words(_operational(code), path), DiskFullError)
