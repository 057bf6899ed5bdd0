"""The engine's own SQLite file: one connection on one thread, so that neither the event loop nor two writers ever wait."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from studio.engine.errors import EngineError

log = logging.getLogger(__name__)
T = TypeVar("T")

_SCHEMA = """
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    contract TEXT NOT NULL,
    operation TEXT NOT NULL,
    input TEXT NOT NULL,
    media TEXT NOT NULL,
    seed INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'processing', 'succeeded', 'failed')),
    created_ms INTEGER NOT NULL,
    started_ms INTEGER,
    completed_ms INTEGER,
    starts INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    result TEXT,
    error_code TEXT,
    error_message TEXT,
    error_field TEXT,
    reserved INTEGER NOT NULL DEFAULT 0,
    charged INTEGER NOT NULL DEFAULT 0,
    idempotency_key TEXT,
    body_hash TEXT NOT NULL,
    UNIQUE (contract, idempotency_key)
);
CREATE INDEX jobs_unfinished ON jobs (seq) WHERE status IN ('queued', 'processing');
CREATE INDEX jobs_completed ON jobs (completed_ms);
CREATE TABLE files (
    token TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    mime TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    job_id TEXT,
    deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX files_created ON files (created_ms);
CREATE TABLE paces (bucket TEXT PRIMARY KEY, ms_per_unit REAL NOT NULL, samples INTEGER NOT NULL);
CREATE TABLE account (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
_WEBHOOKS = """
ALTER TABLE jobs ADD COLUMN webhook_url TEXT;
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'gone', 'given_up'))
);
CREATE INDEX events_waiting ON events (next_ms) WHERE state = 'waiting';
"""
_STEPS = (_SCHEMA, _WEBHOOKS)
"""What each version adds to the one before it. A step that has been released is never changed."""
VERSION = len(_STEPS)


class Database:
    """Runs functions of a connection on its thread. What has returned is on disk for good (WAL, synchronous FULL)."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread

    @classmethod
    async def open(cls, path: Path) -> Database:
        """Open or make the file. One that is no database any more is set aside; one of a newer version is refused."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine-store")
        try:
            connection = await asyncio.get_running_loop().run_in_executor(thread, _open, path)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(connection, thread)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._connection)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in one transaction: all of it or nothing."""

        def transaction(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN IMMEDIATE")
            try:
                answer = work(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
            return answer

        return await self.read(transaction)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=True)


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return _connect(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise EngineError(f"The engine's store {path} cannot be opened: {error}.") from error
        aside = path.with_name(f"{path.name}.broken-{int(time.time())}")
        log.exception("the store is damaged; it is kept as %s and a new one is made", aside.name)
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    # autocommit: transactions are begun and ended by hand in `write`.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10.0)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise EngineError(f"The engine's store {path} was written by a newer version. Start that version.")
        for number, step in enumerate(_STEPS[version:], version + 1):
            connection.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")
    except BaseException:
        connection.close()
        raise
    return connection
