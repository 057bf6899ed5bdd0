"""APSW behind the face of Python's own sqlite3, as far as SQLAlchemy and the store use it.

APSW lets a drill stand between SQLite and its files, which the standard library does not. The SQL, the settings and the
order of all statements are the store's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import apsw

Row = tuple[Any, ...]


class Cursor:
    """Reads all rows of a statement at once."""

    arraysize = 1

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._rows: list[Row] = []
        self.description: tuple[tuple[Any, ...], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        self.description = None
        cursor = self._connection.cursor()
        cursor.exec_trace = self._look
        before = self._connection.total_changes()
        self._rows = list(cursor.execute(sql, tuple(parameters)))
        if self.description is None:
            self.rowcount = self._connection.total_changes() - before
        self.lastrowid = self._connection.last_insert_rowid()
        return self

    def _look(self, cursor: apsw.Cursor, _sql: str, _bindings: Any) -> bool:
        columns = cursor.get_description()
        if columns:
            self.description = tuple((column[0], None, None, None, None, None, None) for column in columns)
        return True

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        for row in rows:
            self.execute(sql, row)
        return self

    def fetchone(self) -> Row | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Row]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Row]:
        return self.fetchmany(len(self._rows))

    def close(self) -> None:
        self._rows = []


class Connection:
    """In autocommit mode: the store begins its transactions itself."""

    isolation_level = None

    def __init__(self, path: str, vfs: str, settings: Iterable[str]) -> None:
        self._connection = apsw.Connection(path, vfs=vfs)
        for setting in settings:
            self.execute(setting)

    def cursor(self) -> Cursor:
        return Cursor(self._connection)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(sql, parameters)

    def create_function(self, name: str, count: int, function: Callable[..., Any], deterministic: bool = False) -> None:
        self._connection.create_scalar_function(name, function, count, deterministic=deterministic)

    def commit(self) -> None:
        if self._connection.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()
