"""The system's own trash: sending files there by send2trash, which gives nothing back, and finding them in it again.

What stands in the trash is known by the place it came from, which freedesktop's trash and Windows' recycle bin keep beside
each file. macOS keeps it where programs do not look: there a file is known by its size, its ending and its content.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.library.files import hash_of

if sys.platform == "win32":
    from studio.library.system_trash import windows as system
elif sys.platform == "darwin":
    from studio.library.system_trash import macos as system
else:
    from studio.library.system_trash import freedesktop as system

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trashed:
    """A file in the trash. `original`: where it came from, None where the trash does not say. `note`: what the trash keeps
    beside it, to be removed with it."""

    file: Path
    original: Path | None = None
    note: Path | None = None


def send(path: Path) -> bool:
    """Move a file into the system's trash; False, with the file where it was, where there is none that surely keeps it.
    Blocks."""
    if not system.keeps(path):
        return False
    from send2trash import send2trash

    try:
        send2trash(str(path))
    except OSError as error:
        log.info("the system's trash does not take %s: %s", path.name, error.strerror or error)
        return False
    return not path.exists()


class Contents:
    """What lies in the trash, read once for each of its folders when first asked. All of it blocks."""

    def __init__(self) -> None:
        self._read: dict[Path, dict[str, list[Trashed]]] = {}

    def find(self, original: Path, size: int, sha256: str) -> Trashed | None:
        """The file that was sent from `original`, None where it is not there.

        Several from one place are told apart by their content; where none has it, as it was changed before it was deleted,
        the last one sent is meant. Where the trash names no places, `size` (bytes) and content have to be right.
        """
        candidates = [one for one in self._named(original) if _could_be(one, original, size)]
        sure = sorted((one for one in candidates if one.original is not None), key=_sent_at)
        if len(sure) == 1:
            return sure[0]
        return next((one for one in [*sure, *candidates] if _holds(one.file, size, sha256)), sure[-1] if sure else None)

    def _named(self, original: Path) -> Iterator[Trashed]:
        for folder in system.folders(original):
            if folder not in self._read:
                self._read[folder] = _by_name(Trashed(*entry) for entry in system.entries(folder))
            by_name = self._read[folder]
            yield from by_name.get(_key(original, original), ())
            yield from by_name.get(_key(None, original), ())


def forget(trashed: Trashed) -> None:
    """Remove what the trash keeps beside a file that was taken out of it."""
    if trashed.note is not None:
        with contextlib.suppress(OSError):  # it says where a file was that is not there any more: no harm
            trashed.note.unlink()


def _by_name(entries: Iterable[Trashed]) -> dict[str, list[Trashed]]:
    named: dict[str, list[Trashed]] = {}
    for one in entries:
        named.setdefault(_key(one.original, one.file), []).append(one)
    return named


def _key(original: Path | None, file: Path) -> str:
    """By what an entry is looked up: the name it had, its ending where the trash does not say."""
    return f"*{file.suffix.lower()}" if original is None else os.path.normcase(original.name)


def _could_be(one: Trashed, original: Path, size: int) -> bool:
    try:
        there = one.file.stat().st_size
    except OSError:
        return False
    return there == size if one.original is None else _real(one.original) == _real(original)


def _sent_at(one: Trashed) -> int:
    """By the note, which is written when the file is sent; the file keeps its own times."""
    try:
        return (one.note or one.file).stat().st_mtime_ns
    except OSError:
        return 0


def _real(path: Path) -> str:
    """With links in the folders above it followed: the trash may have written them down either way."""
    return os.path.normcase(Path(os.path.realpath(path.parent), path.name))


def _holds(file: Path, size: int, sha256: str) -> bool:
    try:
        return file.stat().st_size == size and hash_of(file) == sha256
    except OSError:
        return False
