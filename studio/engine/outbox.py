"""Events that are to be sent, in the store: written in the same transaction that ends their job, kept until they arrived."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.engine.database import Database

EventState = Literal["waiting", "delivered", "gone", "given_up"]


@dataclass(frozen=True, slots=True)
class EventRecord:
    """The one event of a job that ended. `id` is the same at every attempt. Times in ms since 1970."""

    id: str
    job_id: str
    url: str
    created_ms: int
    attempts: int
    next_ms: int
    state: EventState


def add_event(connection: sqlite3.Connection, job_id: str, url: str, moment_ms: int) -> None:
    """Part of the transaction in which the job ends."""
    connection.execute(
        "INSERT INTO events (id, job_id, url, created_ms, next_ms) VALUES (?, ?, ?, ?, ?)",
        (f"evt_{uuid.uuid4().hex}", job_id, url, moment_ms, moment_ms),
    )


def forget_events(connection: sqlite3.Connection) -> None:
    """Those of jobs that are forgotten."""
    connection.execute("DELETE FROM events WHERE job_id NOT IN (SELECT id FROM jobs)")


class Outbox:
    """Reads and ends events."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def waiting(self, limit: int) -> Sequence[EventRecord]:
        """Events that have not arrived, the next to be sent first."""

        def work(connection: sqlite3.Connection) -> list[EventRecord]:
            rows = connection.execute(
                "SELECT id, job_id, url, created_ms, attempts, next_ms, state FROM events WHERE state = 'waiting'"
                " ORDER BY next_ms, created_ms LIMIT ?", (limit,),
            )
            return [EventRecord(*row) for row in rows]

        return await self._db.read(work)

    async def of_job(self, job_id: str) -> EventRecord | None:
        def work(connection: sqlite3.Connection) -> EventRecord | None:
            row = connection.execute(
                "SELECT id, job_id, url, created_ms, attempts, next_ms, state FROM events WHERE job_id = ?", (job_id,)
            ).fetchone()
            return None if row is None else EventRecord(*row)

        return await self._db.read(work)

    async def put_off(self, event_id: str, attempts: int, next_ms: int) -> None:
        """It is tried again at `next_ms`, after so many attempts."""
        await self._db.write(
            lambda connection: connection.execute(
                "UPDATE events SET attempts = ?, next_ms = ? WHERE id = ?", (attempts, next_ms, event_id)
            )
        )

    async def end(self, event_id: str, attempts: int, state: EventState) -> None:
        """It is not sent any more."""
        await self._db.write(
            lambda connection: connection.execute(
                "UPDATE events SET attempts = ?, state = ? WHERE id = ?", (attempts, state, event_id)
            )
        )
