"""The system's own trash: sending files there, which gives nothing back, and finding them in it again.

What stands in the trash is known by the place it came from, which freedesktop's trash and Windows' recycle bin keep beside
each file. macOS keeps it where programs do not look: there a file is known by its content, as everywhere where the place is
another by now (the media folder was moved), or is written in another way.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import sys
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
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
    try:
        if not system.keeps(path):
            return False
        system.send(path)
    except Exception as error:  # noqa: BLE001  of other programs' and systems' making; the file is kept in another way then
        log.info("the system's trash does not take %s: %s", path.name, getattr(error, "strerror", None) or error)
    return not os.path.lexists(path)


def is_trash(folder: Path) -> bool:
    """Whether a folder that is not hidden is a trash, whose files are none of the library's."""
    return system.is_trash(folder)


class Contents:
    """What lies in the trash, its folders listed once and its notes read as they are needed. All of it blocks."""

    def __init__(self) -> None:
        self._names: dict[Path, list[str]] = {}
        self._entries: dict[tuple[Path, str], Trashed] = {}
        self._sized: dict[Path, dict[int, list[Trashed]]] = {}

    def find(self, original: Path, size: int, sha256: str, others: Collection[str] = ()) -> Trashed | None:
        """The file of this content, or, where it was changed before it was deleted, the last one that was sent from
        `original`; None where it is not there. `others`: the contents of others that were deleted from the same place."""
        alike = _at(original, self._alike(original))
        if len(alike) == 1 and not others and _size_of(alike[0].file) == size:
            return alike[0]
        found = self.exact(original, size, sha256)
        if found is not None:
            return found
        all_of_it = (one for folder in system.folders(original) for one in self._all(folder))
        rest = [one for one in _at(original, all_of_it) if not others or _hash_of(one.file) not in others]
        return max(rest, key=_sent_at, default=None)

    def exact(self, original: Path, size: int, sha256: str) -> Trashed | None:
        """The file of this content: that from `original`, else any. None where it is not there."""
        first = _holding(self._alike(original), size, sha256, original)
        if first is not None:
            return first
        for folder in system.folders(original):
            found = _holding(self._of_size(folder, size), size, sha256, original)
            if found is not None:
                return found
        return None

    def _alike(self, original: Path) -> Iterator[Trashed]:
        """What has the name that the file had, alone or with more behind: that is what most systems call it in the trash."""
        for folder in system.folders(original):
            names = self._listed(folder)
            for at in range(bisect_left(names, original.stem), len(names)):
                if not names[at].startswith(original.stem):
                    break
                yield self._entry(folder, names[at])

    def _all(self, folder: Path) -> Iterator[Trashed]:
        return (self._entry(folder, name) for name in self._listed(folder))

    def _listed(self, folder: Path) -> list[str]:
        if folder not in self._names:
            self._names[folder] = system.names(folder)
        return self._names[folder]

    def _entry(self, folder: Path, name: str) -> Trashed:
        if (folder, name) not in self._entries:
            self._entries[folder, name] = Trashed(*system.entry(folder, name))
        return self._entries[folder, name]

    def _of_size(self, folder: Path, size: int) -> list[Trashed]:
        if folder not in self._sized:
            sized: dict[int, list[Trashed]] = {}
            for one in self._all(folder):
                sized.setdefault(_size_of(one.file), []).append(one)
            self._sized[folder] = sized
        return self._sized[folder].get(size, [])


def forget(trashed: Trashed) -> None:
    """Remove what the trash keeps beside a file that was taken out of it."""
    if trashed.note is not None:
        with contextlib.suppress(OSError):  # it says where a file was that is not there any more: no harm
            trashed.note.unlink()


def _at(original: Path, entries: Iterable[Trashed]) -> list[Trashed]:
    """Those that came from a place, and are still there."""
    name, place = os.path.normcase(original.name), _real(original)
    return [one for one in entries if one.original is not None and os.path.normcase(one.original.name) == name
            and _real(one.original) == place and os.path.lexists(one.file)]


def _holding(entries: Iterable[Trashed], size: int, sha256: str, original: Path) -> Trashed | None:
    """Of those with this content the one from a place, else the first."""
    same = [one for one in entries if _size_of(one.file) == size and _hash_of(one.file) == sha256]
    return next(iter([*_at(original, same), *same]), None)


def _sent_at(one: Trashed) -> int:
    """By the note, which is written when the file is sent; the file keeps its own times."""
    try:
        return (one.note or one.file).stat().st_mtime_ns
    except OSError:
        return 0


def _real(path: Path) -> str:
    """With links in the folders above it followed: the trash may have written them down either way."""
    return os.path.normcase(Path(os.path.realpath(path.parent), path.name))


def _size_of(file: Path) -> int:
    """-1 for what is no file, or gone."""
    try:
        found = file.stat()
    except OSError:
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def _hash_of(file: Path) -> str:
    """Nothing for what is no file, or cannot be read."""
    try:
        return hash_of(file) if file.is_file() else ""
    except OSError:
        return ""
