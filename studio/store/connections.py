"""SQLAlchemy over one SQLite file with the settings that the store relies on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from studio.domain.errors import BugError

BUSY_TIMEOUT_S = 10.0
# FULL: a commit is on the disk when it returns (with NORMAL a power cut loses every row since the last checkpoint).
# fullfsync: macOS' own fsync stops at the drive's cache; elsewhere these two do nothing.
_SETTINGS = (
    f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA temp_store = MEMORY",
)


def connect(path: Path) -> sqlite3.Connection:
    """A raw connection in autocommit mode; it may be used from any thread, by one at a time."""
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
    except BaseException:
        connection.close()
        raise
    return connection


def make_engine(path: Path, *, writes: bool) -> Engine:
    """Connections whose transactions take the write lock at once (`writes`), or may only read.

    BEGIN IMMEDIATE: a transaction that reads first and writes later could not wait for another process's writer.
    """
    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=NullPool)
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    def only_read(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(engine, "begin", start)
    if not writes:
        event.listen(engine, "connect", only_read)
    return engine


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, in the same transaction: rows by the thousand come several times faster through it."""
    found: sqlite3.Connection | None = connection.connection.driver_connection
    if found is None:
        raise BugError("The store's connection is gone.")
    return found
