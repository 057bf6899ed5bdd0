"""What SQLite and the disk complain about, in the words of the error tree."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from studio.domain.errors import BugError, DiskFullError, LocalError, StudioError

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
# Primary result codes (https://www.sqlite.org/rescode.html): an extended code carries its primary one in the low byte.
_LEAST_ROOM = 256 * 1024
# Without room SQLite cannot even open a store to be read: it makes its index of the log beside it, and fails so.
_ALSO_WHEN_FULL = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_SEE_COPIES = "Copies from before each update lie in the folder backups beside it."
_WORDS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_READONLY: ("The store {path} cannot be written.",
                              "Check that the disk and the file are writable for you; nothing was changed."),
    sqlite3.SQLITE_PERM: ("The store {path} may not be opened.", "Check who owns the file and its folder."),
    sqlite3.SQLITE_CANTOPEN: ("The store {path} cannot be opened.", "Check that its folder exists and is yours."),
    sqlite3.SQLITE_CORRUPT: ("The store {path} is damaged.", _SEE_COPIES),
    sqlite3.SQLITE_NOTADB: ("{path} is no store of Studio.", _SEE_COPIES),
    sqlite3.SQLITE_BUSY: ("Another program holds the store {path}.", "Close it and try again; nothing was changed."),
    sqlite3.SQLITE_LOCKED: ("Another program holds the store {path}.", "Close it and try again; nothing was changed."),
    sqlite3.SQLITE_IOERR: ("The disk failed while the store {path} was read or written.",
                           "Check the disk; what was saved before is untouched."),
    sqlite3.SQLITE_NOMEM: ("There was not enough memory for the store {path}.", "Close other programs and try again."),
}


def in_words(error: Exception, path: Path) -> Exception:
    """The StudioError for what went wrong with the store at `path`; others come back as they are."""
    if isinstance(error, StudioError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, path)
    if isinstance(cause, OSError):
        if cause.errno in _FULL:
            return _disk_full(path)
        what = f"The store {path} cannot be used: {cause.strerror or cause}."
        return LocalError(what, advice="Check the disk and its rights.")
    if isinstance(error, SQLAlchemyError):
        return BugError(f"The store was asked wrongly: {error}")
    return error


def _of_sqlite(error: sqlite3.Error, path: Path) -> StudioError:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary == sqlite3.SQLITE_FULL:
        return _disk_full(path)
    if primary in _ALSO_WHEN_FULL and _is_full(path):
        return _disk_full(path)
    if primary in _WORDS:
        what, todo = _WORDS[primary]
        return LocalError(what.format(path=path), advice=todo)
    return BugError(f"The store was asked wrongly: {error}")


def _is_full(path: Path) -> bool:
    """Whether there is no room for the files that SQLite needs beside the store while it is open."""
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_ROOM
    except OSError:
        return False


def _disk_full(path: Path) -> DiskFullError:
    return DiskFullError(f"The disk that holds {path} is full: nothing can be saved there.")
