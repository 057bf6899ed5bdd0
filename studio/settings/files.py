"""Small JSON files: read with what is broken set aside and reported, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class BrokenFileError(Exception):
    """The file could not be read; `kept` is where its contents lie now. `words` are for the person."""

    def __init__(self, path: Path, kept: Path) -> None:
        self.path = path
        self.kept = kept
        self.words = f"{path.name} could not be read. It was set aside as {kept.name}; the defaults are used."
        super().__init__(self.words)


def read_object(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file, None where there is no file. Raises BrokenFileError after setting a broken one aside.

    A file that is there and cannot be opened (permissions) raises OSError: its contents are not lost, so nothing is moved.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        value = json.loads(data.decode("utf-8-sig"))
        if isinstance(value, dict):
            return value
    except (ValueError, RecursionError):
        pass  # told below, together with JSON that is no object
    raise BrokenFileError(path, set_aside(path))


def set_aside(path: Path) -> Path:
    """Renames a file so that it stays beside the new one; gives its new place."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    kept = path.with_name(f"{path.stem}.broken-{stamp}{path.suffix}")
    path.replace(kept)
    return kept


def write_object(path: Path, value: Mapping[str, Any]) -> None:
    """Writes to a file beside it, onto the disk, then renames: a reader sees the old file or the new one. Owner-only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Keeps other processes from changing the file in between reading and writing it. The lock ends with its process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("ab") as file:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sync_folder(folder: Path) -> None:
    """Makes the rename last through a power cut, where the system can (Windows cannot open folders, and needs it less)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
