"""What the window shows first, read before anything heavy is loaded: standard library and domain only.

It never fails and never waits: a store that is missing, held, damaged or of another version gives an empty screen, and the
whole store, opened a moment later on its own thread, says what is wrong.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from studio.domain.first_screen import FirstScreen
from studio.store.rows import asset_of, job_of
from studio.store.schema import HEAD

log = logging.getLogger(__name__)

_PATIENCE_S = 0.05
_ASSETS = "SELECT * FROM assets WHERE deleted_at IS NULL ORDER BY place DESC LIMIT ?"
_JOBS = "SELECT * FROM jobs ORDER BY created_at DESC, id DESC LIMIT ?"


def read(path: Path, media: Path, thumbnails: Path, limit: int = 60) -> FirstScreen:
    """The newest `limit` jobs and assets, and the counts, of the store at `path`; relative paths start from the folders."""
    if not path.is_file():
        return FirstScreen()
    try:
        with closing(sqlite3.connect(_read_only(path), uri=True, timeout=_PATIENCE_S, isolation_level=None)) as connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] != HEAD:
                return FirstScreen()
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            counted = connection.execute("SELECT name, value FROM counts")
            return FirstScreen(
                counts={row["name"]: row["value"] for row in counted},
                assets=tuple(asset_of(row, media, thumbnails) for row in connection.execute(_ASSETS, (limit,))),
                jobs=tuple(job_of(row) for row in connection.execute(_JOBS, (limit,))),
            )
    except (sqlite3.Error, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        log.warning("the first screen stays empty: %s", error)
        return FirstScreen()


def _read_only(path: Path) -> str:
    """SQLite's URI of a file (https://www.sqlite.org/uri.html), on Windows and on network drives too."""
    text = path.absolute().as_posix()
    return f"file://{'' if text.startswith('/') else '/'}{quote(text)}?mode=ro"
