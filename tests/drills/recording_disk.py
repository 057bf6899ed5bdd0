"""A disk that remembers what it was told and what it promised: from its record any power cut can be played.

What a cut may do: whatever was written and not flushed (fsync) since is there, or is not, or in part, in 512-byte sectors
and in any order, and a sector that was being written may hold anything. Names appear and disappear in the order in which
that was asked for, and are safe once their folder was flushed. What lies outside a written range is not touched.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import apsw

SECTOR = 512
_SYNCED_WITH_FOLDER = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
"""Of a new file of these kinds the folder is flushed too with the first flush (os_unix.c, UNIXFILE_DIRSYNC)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was asked of the disk: write, truncate, sync, create, delete, or folder (flush the names)."""

    what: str
    name: str
    offset: int = 0
    data: bytes = b""


class Recorder(apsw.VFS):
    """The system's own file access, written down. Give `name` to apsw.Connection(vfs=…)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: list[Step] = []
        self._lock = threading.Lock()
        super().__init__(name, "")

    def note(self, step: Step) -> None:
        with self._lock:
            self.steps.append(step)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802  APSW's name
        return _RecordedFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self.note(Step("delete", os.path.basename(filename)))
        if syncdir:
            self.note(Step("folder", ""))


class _RecordedFile(apsw.VFSFile):
    def __init__(self, recorder: Recorder, name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._recorder = recorder
        self._name = os.path.basename(path) if path else ""
        new = bool(path) and not os.path.exists(path)
        self._flush_folder = new and bool(flags[0] & _SYNCED_WITH_FOLDER)
        super().__init__("", name, flags)
        if new:
            recorder.note(Step("create", self._name))

    def _note(self, what: str, offset: int = 0, data: bytes = b"") -> None:
        if self._name:
            self._recorder.note(Step(what, self._name, offset, data))

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._note("write", offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._note("truncate", newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._note("sync")
        if self._flush_folder:
            self._flush_folder = False
            self._recorder.note(Step("folder", ""))


@dataclass
class _Inode:
    """`safe` is what a cut cannot take; `waiting` what was asked for since."""

    safe: bytearray = field(default_factory=bytearray)
    waiting: list[Step] = field(default_factory=list)


class Disk:
    """Takes the steps one after the other; `cut` gives the files as a power cut at this moment may leave them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._names = {name: _Inode(bytearray(data)) for name, data in files.items()}
        self._safe_names = dict(self._names)
        self._waiting: list[tuple[str, _Inode | None]] = []

    def take(self, step: Step) -> None:
        if step.what == "folder":
            self._settle_names()
        elif step.what == "create":
            self._names[step.name] = _Inode()
            self._waiting.append((step.name, self._names[step.name]))
        elif step.what == "delete":
            self._names.pop(step.name, None)
            self._waiting.append((step.name, None))
        elif step.what == "sync":
            inode = self._names[step.name]
            for one in inode.waiting:
                _apply(inode.safe, one)
            inode.waiting.clear()
        else:
            self._names[step.name].waiting.append(step)

    def _settle_names(self) -> None:
        self._safe_names = dict(self._names)
        self._waiting.clear()

    def cut(self, draw: random.Random) -> dict[str, bytes]:
        names = dict(self._safe_names)
        for name, inode in self._waiting[: draw.randint(0, len(self._waiting))]:
            if inode is None:
                names.pop(name, None)
            else:
                names[name] = inode
        kept = draw.choice((0.0, 0.1, 0.5, 0.5, 0.9, 1.0))
        torn = draw.choice((0.0, 0.0, 0.3, 1.0))
        return {name: _after_cut(inode, kept, torn, draw) for name, inode in names.items()}


def _after_cut(inode: _Inode, kept: float, torn: float, draw: random.Random) -> bytes:
    data = bytearray(inode.safe)
    for step in inode.waiting:
        if draw.random() >= kept:
            continue
        if step.what == "write" and draw.random() < torn:
            for piece in _sectors(step, draw):
                _apply(data, piece)
        else:
            _apply(data, step)
    return bytes(data)


def _sectors(step: Step, draw: random.Random) -> Iterator[Step]:
    """Some of a write's sectors, and of one perhaps only rubbish."""
    starts = list(range(0, len(step.data), SECTOR))
    taken = draw.sample(starts, draw.randint(0, len(starts)))
    for number, start in enumerate(taken):
        data = step.data[start : start + SECTOR]
        rubbish = number == 0 and draw.random() < 0.2
        yield Step("write", step.name, step.offset + start, draw.randbytes(len(data)) if rubbish else data)


def _apply(data: bytearray, step: Step) -> None:
    if step.what == "truncate":
        if len(data) < step.offset:
            data.extend(bytes(step.offset - len(data)))
        del data[step.offset :]
        return
    end = step.offset + len(step.data)
    if len(data) < end:
        data.extend(bytes(end - len(data)))
    data[step.offset : end] = step.data
