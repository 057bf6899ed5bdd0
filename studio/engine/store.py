"""Jobs, files, credits and measured paces of the engine, on disk. A job's status changes by one guarded statement."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from studio.contracts.operations import Contract
from studio.engine.database import Database
from studio.engine.outbox import Outbox, add_event
from studio.engine.records import FileRecord, Finish, JobRecord
from studio.engine.retention import Retention, file_of

STORE_FILE = "engine.db"
_UNFINISHED = "status IN ('queued', 'processing')"
Check = Callable[[sqlite3.Connection], None]


class Store:
    """`add` decides an idempotent repeat and every other method changes a job only out of the status that it may leave.

    `on_event` is called when the end of a job has put an event into the `outbox`, `on_end` with the id of every job that
    ended, once that is on disk. `retention` forgets what is old.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self.outbox = Outbox(database)
        self.retention = Retention(database)
        self.on_event: Callable[[], None] = lambda: None
        self.on_end: Callable[[str], None] = lambda job_id: None

    @classmethod
    async def open(cls, folder: Path) -> Store:
        return cls(await Database.open(folder / STORE_FILE))

    async def close(self) -> None:
        await self._db.close()

    # jobs

    async def add(self, job: JobRecord, check: Check | None = None) -> JobRecord:
        """Write a new job, or give the one that the same idempotency key made before (the caller compares body_hash).

        `check` runs in the same transaction, before a new job only; what it raises undoes everything.
        """

        def work(connection: sqlite3.Connection) -> JobRecord:
            earlier = _by_key(connection, job.contract, job.idempotency_key)
            if earlier is not None:
                return earlier
            if check is not None:
                check(connection)
            connection.execute(
                "INSERT INTO jobs (id, contract, operation, input, media, seed, status, created_ms, reserved,"
                " idempotency_key, body_hash, webhook_url) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?)",
                (job.id, job.contract, job.operation, json.dumps(job.input), json.dumps(job.media), job.seed, job.created_ms,
                 job.reserved, job.idempotency_key, job.body_hash, job.webhook_url),
            )
            return job

        return await self._db.write(work)

    async def by_key(self, contract: Contract, key: str | None) -> JobRecord | None:
        return await self._db.read(lambda connection: _by_key(connection, contract, key))

    async def get(self, job_id: str) -> JobRecord | None:
        def work(connection: sqlite3.Connection) -> JobRecord | None:
            row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
            return None if row is None else _job(row)

        return await self._db.read(work)

    async def unfinished(self) -> Sequence[JobRecord]:
        """Queued and running jobs, oldest first."""

        def work(connection: sqlite3.Connection) -> list[JobRecord]:
            return [_job(row) for row in connection.execute(f"SELECT * FROM jobs WHERE {_UNFINISHED} ORDER BY seq")]  # noqa: S608 a constant

        return await self._db.read(work)

    async def start_next(self, now_ms: int) -> JobRecord | None:
        """Take the oldest queued job: it is processing from here on, with one start more."""

        def work(connection: sqlite3.Connection) -> JobRecord | None:
            row = connection.execute(
                "UPDATE jobs SET status = 'processing', started_ms = COALESCE(started_ms, ?), starts = starts + 1"
                " WHERE seq = (SELECT MIN(seq) FROM jobs WHERE status = 'queued') RETURNING *",
                (now_ms,),
            ).fetchone()
            return None if row is None else _job(row)

        return await self._db.write(work)

    async def put_back(self, job_id: str) -> JobRecord | None:
        """A job whose worker died waits again. None when it is not running any more."""

        def work(connection: sqlite3.Connection) -> JobRecord | None:
            row = connection.execute(
                "UPDATE jobs SET status = 'queued', crashes = crashes + 1 WHERE id = ? AND status = 'processing'"
                " RETURNING *",
                (job_id,),
            ).fetchone()
            return None if row is None else _job(row)

        return await self._db.write(work)

    async def recover(self, *, clean: bool) -> int:
        """What ran waits again, at its old place: after a crash of the engine, or (`clean`) because it ends. How many."""

        def work(connection: sqlite3.Connection) -> int:
            return connection.execute(
                "UPDATE jobs SET status = 'queued', starts = starts - ? WHERE status = 'processing'", (int(clean),)
            ).rowcount

        return await self._db.write(work)

    async def finish(self, job_id: str, end: Finish) -> JobRecord | None:
        """End an unfinished job, with its files and its event, in one transaction. None when it had ended: then nothing is
        written."""

        def work(connection: sqlite3.Connection) -> JobRecord | None:
            row = connection.execute(
                "UPDATE jobs SET status = ?, completed_ms = ?, charged = ?, result = ?, error_code = ?, error_message = ?,"
                " error_field = ? WHERE id = ? AND status IN ('queued', 'processing') RETURNING *",
                (end.status, end.completed_ms, end.charged, None if end.result is None else json.dumps(end.result),
                 end.error_code, end.error_message, end.error_field, job_id),
            ).fetchone()
            if row is None:
                return None
            for record in end.files:
                _insert_file(connection, record)
            job = _job(row)
            if job.webhook_url is not None:
                add_event(connection, job.id, job.webhook_url, end.completed_ms)
            return job

        ended = await self._db.write(work)
        if ended is not None:
            self.on_end(ended.id)
            if ended.webhook_url is not None:
                self.on_event()
        return ended

    # files

    async def add_file(self, record: FileRecord) -> None:
        await self._db.write(lambda connection: _insert_file(connection, record))

    async def file(self, token: str) -> FileRecord | None:
        """Also one that is deleted: its hash still tells a repeated request from another."""

        def work(connection: sqlite3.Connection) -> FileRecord | None:
            row = connection.execute("SELECT * FROM files WHERE token = ?", (token,)).fetchone()
            return None if row is None else file_of(row)

        return await self._db.read(work)

    async def kept_paths(self) -> set[str]:
        """Where files with bytes lie, relative to the engine's folder."""
        return await self._db.read(
            lambda connection: {row[0] for row in connection.execute("SELECT path FROM files WHERE path <> ''")}
        )

    async def delete_file(self, token: str) -> bool:
        """Mark it as gone; the sweep removes the bytes once no job needs them. False if it was gone before."""
        return await self._db.write(
            lambda connection: connection.execute(
                "UPDATE files SET deleted = 1 WHERE token = ? AND deleted = 0", (token,)
            ).rowcount > 0
        )

    # credits and paces

    async def set_granted(self, amount: int) -> None:
        """The account starts with so many credits, whatever was charged before."""

        def work(connection: sqlite3.Connection) -> None:
            spent = connection.execute("SELECT COALESCE(SUM(charged), 0) FROM jobs").fetchone()[0]
            connection.execute(
                "INSERT INTO account VALUES ('granted', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (amount + spent,),
            )

        await self._db.write(work)

    async def credits(self, month_start_ms: int) -> tuple[int, int]:
        """(left over after what running jobs have reserved, charged since the start of the month)."""

        def work(connection: sqlite3.Connection) -> tuple[int, int]:
            used = connection.execute(
                "SELECT COALESCE(SUM(charged), 0) FROM jobs WHERE completed_ms >= ?", (month_start_ms,)
            ).fetchone()[0]
            return credits_left(connection), int(used)

        return await self._db.read(work)

    async def paces(self) -> dict[str, tuple[float, int]]:
        def work(connection: sqlite3.Connection) -> dict[str, tuple[float, int]]:
            return {row[0]: (row[1], row[2]) for row in connection.execute("SELECT bucket, ms_per_unit, samples FROM paces")}

        return await self._db.read(work)

    async def set_pace(self, bucket: str, ms_per_unit: float, samples: int) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO paces VALUES (?, ?, ?) ON CONFLICT (bucket) DO UPDATE SET ms_per_unit = excluded.ms_per_unit,"
                " samples = excluded.samples",
                (bucket, ms_per_unit, samples),
            )

        await self._db.write(work)


def credits_left(connection: sqlite3.Connection) -> int:
    """Granted, less what was charged, less what unfinished jobs have reserved."""
    row = connection.execute(
        f"SELECT (SELECT COALESCE(MAX(value), 0) FROM account WHERE name = 'granted') - COALESCE(SUM(charged), 0)"  # noqa: S608 a constant
        f" - COALESCE(SUM(CASE WHEN {_UNFINISHED} THEN reserved ELSE 0 END), 0) FROM jobs"
    ).fetchone()
    return int(row[0])


def unfinished_count(connection: sqlite3.Connection) -> int:
    return int(connection.execute(f"SELECT COUNT(*) FROM jobs WHERE {_UNFINISHED}").fetchone()[0])  # noqa: S608 a constant


def _by_key(connection: sqlite3.Connection, contract: str, key: str | None) -> JobRecord | None:
    if key is None:
        return None
    row = connection.execute("SELECT * FROM jobs WHERE contract = ? AND idempotency_key = ?", (contract, key)).fetchone()
    return None if row is None else _job(row)


def _insert_file(connection: sqlite3.Connection, record: FileRecord) -> None:
    connection.execute(
        "INSERT INTO files (token, name, path, mime, size, sha256, created_ms, job_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (record.token, record.name, record.path, record.mime, record.size, record.sha256, record.created_ms, record.job_id),
    )


def _job(row: sqlite3.Row) -> JobRecord:
    values: dict[str, Any] = {name: row[name] for name in row.keys() if name != "seq"}  # noqa: SIM118 a Row iterates over values
    for name in ("input", "media", "result"):
        values[name] = None if values[name] is None else json.loads(values[name])
    return JobRecord(**values)
