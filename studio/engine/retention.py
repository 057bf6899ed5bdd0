"""What the engine forgets, and when: files by age and by size, what was asked and answered, and at last the job itself.

Nothing that an unfinished job takes in is ever forgotten.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from studio.engine.database import Database
from studio.engine.outbox import forget_events
from studio.engine.records import FileRecord

_UNFINISHED = "status IN ('queued', 'processing')"


class Retention:
    """Marks rows; `Files` removes the bytes. Times in ms since 1970."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def expire(self, before_ms: int) -> None:
        """Mark files from before this time as gone, but none that an unfinished job uses."""

        def work(connection: sqlite3.Connection) -> None:
            needed = _needed(connection)
            old = connection.execute("SELECT token FROM files WHERE deleted = 0 AND created_ms < ?", (before_ms,)).fetchall()
            _delete(connection, [row[0] for row in old if row[0] not in needed])

        await self._db.write(work)

    async def expire_beyond(self, limit_bytes: int, before_ms: int) -> int:
        """Mark the oldest files as gone until the rest fits into `limit_bytes`: none from after `before_ms`, which may not
        have been fetched yet, and none that an unfinished job uses. Answers the bytes that are left."""

        def work(connection: sqlite3.Connection) -> int:
            rows = connection.execute(
                "SELECT token, size, created_ms FROM files WHERE deleted = 0 AND path <> '' ORDER BY created_ms, rowid"
            ).fetchall()
            left, gone, needed = sum(row["size"] for row in rows), [], _needed(connection)
            for row in rows:
                if left <= limit_bytes or row["created_ms"] >= before_ms:
                    break
                if row["token"] not in needed:
                    gone.append(row["token"])
                    left -= row["size"]
            _delete(connection, gone)
            return int(left)

        return await self._db.write(work)

    async def removable(self) -> Sequence[FileRecord]:
        """Deleted files whose bytes no unfinished job needs."""

        def work(connection: sqlite3.Connection) -> list[FileRecord]:
            needed = _needed(connection)
            rows = connection.execute("SELECT * FROM files WHERE deleted = 1 AND path <> ''")
            return [file_of(row) for row in rows if row["token"] not in needed]

        return await self._db.read(work)

    async def bytes_removed(self, tokens: Sequence[str]) -> None:
        await self._db.write(
            lambda connection: connection.executemany("UPDATE files SET path = '' WHERE token = ?", [(t,) for t in tokens])
        )

    async def forget_logs(self, before_ms: int) -> int:
        """Drop what was asked and answered by jobs that ended before this time. Status, credits and what knows a repeated
        request again (the hash of its body) stay. Answers how many jobs that were."""
        return await self._db.write(
            lambda connection: connection.execute(
                "UPDATE jobs SET input = '{}', media = '{}', result = NULL WHERE completed_ms < ? AND input <> '{}'",
                (before_ms,),
            ).rowcount
        )

    async def forget(self, before_ms: int) -> None:
        """Drop jobs that ended, and files that were made, before this time and have no bytes here any more."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE account SET value = value - (SELECT COALESCE(SUM(charged), 0) FROM jobs WHERE completed_ms < ?)"
                " WHERE name = 'granted'",
                (before_ms,),
            )
            connection.execute("DELETE FROM jobs WHERE completed_ms < ?", (before_ms,))
            forget_events(connection)
            connection.execute("DELETE FROM files WHERE deleted = 1 AND path = '' AND created_ms < ?", (before_ms,))

        await self._db.write(work)


def file_of(row: sqlite3.Row) -> FileRecord:
    return FileRecord(**{**{name: row[name] for name in row.keys()}, "deleted": bool(row["deleted"])})  # noqa: SIM118 a Row iterates over values


def _delete(connection: sqlite3.Connection, tokens: Sequence[str]) -> None:
    connection.executemany("UPDATE files SET deleted = 1 WHERE token = ?", [(token,) for token in tokens])


def _needed(connection: sqlite3.Connection) -> set[str]:
    """Tokens of files that unfinished jobs take in."""
    rows = connection.execute(f"SELECT media FROM jobs WHERE {_UNFINISHED}")  # noqa: S608 a constant
    return {token for row in rows for token in json.loads(row[0]).values() if token}
