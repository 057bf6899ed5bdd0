"""A file that is still coming: `x.part`, and beside it `x.part.json` with what is needed to go on after a break.

The address is not kept: it may hold a signature. What decides is the server's own mark of the file's version.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Version:
    """What the server said of the file. `validator`: a strong ETag or a Last-Modified date; `total` in bytes."""

    validator: str | None = None
    total: int | None = None


class PartFile:
    """Writes and hashes in order; its methods block, so call them in a thread. One writer at a time: a lock sees to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._note = path.with_name(path.name + ".json")
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._hash = hashlib.sha256()
        self.size = 0

    def resume(self) -> Version:
        """Opens what is there and hashes it. Without a trustworthy version beside it the file starts anew."""
        with self._lock:
            version = self._read_note()
            self._open()
            if version.validator is not None and self._descriptor is not None:
                while piece := os.read(self._descriptor, _PIECE):
                    self._hash.update(piece)
                    self.size += len(piece)
                if version.total is None or self.size <= version.total:
                    return version
            self._empty()
            return Version()

    def restart(self, version: Version) -> None:
        """Throws away what is there; `version` is that of the file which comes now."""
        with self._lock:
            self._empty()
            if version.validator is None:
                self._note.unlink(missing_ok=True)
                return
            new = self._note.with_name(self._note.name + ".new")
            new.write_text(json.dumps(asdict(version)), "utf-8")
            new.replace(self._note)

    def write(self, pieces: Sequence[bytes]) -> None:
        """Raises OSError (disk full) as it comes."""
        data = b"".join(pieces)
        with self._lock:
            if self._descriptor is None:
                raise ValueError("the part file is closed")
            view = memoryview(data)
            while view:
                written = os.write(self._descriptor, view)
                self._hash.update(view[:written])
                self.size += written
                view = view[written:]

    def settle(self) -> None:
        """Bring what was written so far onto the disk, so that `finish` need not wait for all of a large file.

        Without the lock, on a descriptor of its own: writing goes on beside it.
        """
        with self._lock:
            if self._descriptor is None:
                return
            own = os.dup(self._descriptor)
        try:
            getattr(os, "fdatasync", os.fsync)(own)
        finally:
            os.close(own)

    def finish(self) -> str:
        """Everything onto the disk; gives the SHA-256 in hex."""
        with self._lock:
            if self._descriptor is None:
                raise ValueError("the part file is closed")
            os.fsync(self._descriptor)
            self._close()
            self._note.unlink(missing_ok=True)
            return self._hash.hexdigest()

    def close(self) -> None:
        with self._lock:
            self._close()

    def discard(self) -> None:
        """Nothing of it stays."""
        with self._lock:
            self._close()
            self.path.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)

    def _open(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.path, flags, 0o666)

    def _close(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def _empty(self) -> None:
        if self._descriptor is None:
            raise ValueError("the part file is closed")
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        self._hash = hashlib.sha256()
        self.size = 0

    def _read_note(self) -> Version:
        """No note, or a broken one, and the file starts anew."""
        note: object = None
        with contextlib.suppress(OSError, ValueError, RecursionError):
            note = json.loads(self._note.read_text("utf-8"))
        if not isinstance(note, dict):
            return Version()
        validator, total = note.get("validator"), note.get("total")
        if not isinstance(validator, str) or not (total is None or (type(total) is int and total >= 0)):
            return Version()
        return Version(validator, total)
