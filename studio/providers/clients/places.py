"""Where a downloaded file goes. Two downloads of this process never write to one file, whichever clients they belong to."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from studio.domain.errors import InputError
from studio.domain.operation import MediaKind
from studio.domain.remote import RemoteResult

# Where an address names no file: the type that the services give of each kind.
_SUFFIXES = {MediaKind.IMAGE: "png", MediaKind.VIDEO: "mp4", MediaKind.AUDIO: "mp3"}
# One for the process: clients of both services may fetch into the same folder, from several threads.
_lock = threading.Lock()
_taken: set[str] = set()


class Place:
    """One download's file, from `take` to `leave`. `take` looks at the disk, so call it in a thread."""

    def __init__(self) -> None:
        self._name: str | None = None
        self._left = False

    def take(self, path: Path, result: RemoteResult) -> Path:
        """The path itself, or in a folder a name that nothing has yet. Raises InputError where it is being written."""
        path = path.expanduser()
        with _lock:
            target = _free(path, result) if path.is_dir() else path
            name = _identity(target)
            if name in _taken:
                raise InputError(f"Another download is writing {target.name}.", code="file_in_use", field="path")
            if not self._left:  # else the download was cancelled while this thread was on its way
                _taken.add(name)
                self._name = name
        return target

    def leave(self) -> None:
        with _lock:
            self._left = True
            if self._name is not None:
                _taken.discard(self._name)


def _free(folder: Path, result: RemoteResult) -> Path:
    wanted = folder / (result.file_name or f"result.{_SUFFIXES.get(result.kind, 'bin')}")
    free, number = wanted, 1
    while free.exists() or _identity(free) in _taken:
        number += 1
        free = wanted.with_stem(f"{wanted.stem} ({number})")
    return free


def _identity(path: Path) -> str:
    """One text for a file, however it is spelled. Case counts for nothing: on some disks it does not."""
    return os.path.realpath(path).casefold()
