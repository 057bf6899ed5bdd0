"""The heartbeats of the processes that work on one store, in a small file beside it.

Not in the store itself: there each beat would tell every other process that something changed, and wait for the disk. A beat
may be lost, the file too: then nobody is taken for dead by it.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

_PATIENCE_S = 1.0
_KEPT_S = 7 * 24 * 3600
_TABLE = """
CREATE TABLE IF NOT EXISTS processes (
    owner TEXT PRIMARY KEY NOT NULL, place TEXT NOT NULL, beats INTEGER NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID
"""
_BEAT = """
INSERT INTO processes (owner, place, beats, at) VALUES (?, ?, 1, ?)
ON CONFLICT (owner) DO UPDATE SET beats = beats + 1, at = excluded.at
"""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """`place`: where process ids mean the same. `beats` only counts: whoever watches goes by whether it moves, and by no
    clock of another."""

    place: str
    beats: int


class ProcessBook:
    """Its methods block for as long as the file is held by others, a second at most, and raise nothing: a beat that cannot
    be written or read is told to the log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told = False

    def beat(self, owner: str, place: str) -> Mapping[str, Heartbeat]:
        """Say that `owner` lives; gives what all have said, this one included, and nothing where that cannot be read."""
        found: dict[str, Heartbeat] = {}
        moment = int(time.time())
        with self._trying(), closing(self._open()) as book, book:
            book.execute(_TABLE)
            book.execute(_BEAT, (owner, place, moment))
            book.execute("DELETE FROM processes WHERE at < ?", (moment - _KEPT_S,))
            for name, where, beats in book.execute("SELECT owner, place, beats FROM processes"):
                found[name] = Heartbeat(where, beats)
        return found

    def forget(self, owner: str) -> None:
        """It ends in good order."""
        with self._trying(), closing(self._open()) as book, book:
            book.execute(_TABLE)
            book.execute("DELETE FROM processes WHERE owner = ?", (owner,))

    def _open(self) -> sqlite3.Connection:
        book = sqlite3.connect(self._path, timeout=_PATIENCE_S)
        book.execute("PRAGMA synchronous = OFF")
        return book

    @contextlib.contextmanager
    def _trying(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if not self._told:
                log.warning("the heartbeats in %s cannot be used: %s", self._path, error)
            self._told = True
            if isinstance(error, sqlite3.DatabaseError) and error.sqlite_errorcode in (
                sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT,
            ):
                with contextlib.suppress(OSError):
                    self._path.unlink()  # nothing in it is worth mending
        else:
            self._told = False
