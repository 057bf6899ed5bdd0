"""Bringing a store to the newest version: refused if it is from the future, copied before it is changed, all or nothing."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from studio.domain.errors import StoreTooNewError
from studio.store.connections import BUSY_TIMEOUT_S, connect, make_engine
from studio.store.schema import HEAD, revision

BACKUPS_KEPT = 3
_CACHE_KB = 128 * 1024
_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(path: Path) -> Path | None:
    """Make or update the store at `path`. Returns the copy that was made before, if the file held anything.

    Raises StoreTooNewError for a store of a newer version, and sqlite3 or SQLAlchemy errors as they come.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(connect(path)) as raw:
        version = _version(raw)
        if version > HEAD:
            formats = f"format {version}, this one knows {HEAD}"
            raise StoreTooNewError(f"The store {path} was written by a newer version of Studio ({formats}).")
        _use_wal(raw)
    return None if version == HEAD else _upgrade(path)


def _upgrade(path: Path) -> Path | None:
    engine = make_engine(path, writes=True)
    try:
        with engine.begin() as connection:
            # Asked again under the write lock: another process may have been first.
            version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
            if version >= HEAD:
                return None
            copy = _back_up(path, version) if version > 0 else None
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KB}")
            _run_alembic(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {HEAD}")
        with closing(connect(path)) as raw:  # a large change leaves a large log behind; it may wait for readers
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return copy
    finally:
        engine.dispose()


def _run_alembic(connection: Connection) -> None:
    """Alembic is imported only where there is something to migrate: it is slow to load."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision(HEAD))


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _use_wal(connection: sqlite3.Connection) -> None:
    """Write-ahead logging stays with the file once it is set. Setting it does not wait for other openers, so this does."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _HELD or time.monotonic() > deadline:
                raise
        else:
            if mode == "wal" or time.monotonic() > deadline:
                return
        time.sleep(0.01)


def _back_up(path: Path, version: int) -> Path:
    """A consistent copy beside the store, in backups/; the newest three are kept."""
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = folder / f"{path.stem}-{stamp}-format{version}{path.suffix}"
    part = copy.with_name(copy.name + ".part")
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(part, copy)
    finally:
        part.unlink(missing_ok=True)
    for old in sorted(folder.glob(f"{path.stem}-*-format*{path.suffix}"))[:-BACKUPS_KEPT]:
        old.unlink(missing_ok=True)
    return copy
