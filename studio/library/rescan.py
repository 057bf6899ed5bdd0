"""Comparing what the store knows of a folder's files with what lies there. All of it blocks."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from studio.domain.kinds import MediaKind
from studio.domain.media_suffixes import kind_of_name
from studio.library.content import of_result
from studio.library.files import hash_of
from studio.library.system_trash import is_trash


class Known(Protocol):
    """The file of an asset as the store knows it."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def modified_ns(self) -> int | None: ...
    @property
    def missing(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A file that lies somewhere and is no asset's, as far as its path says."""

    path: Path
    size_bytes: int
    modified_ns: int


@dataclass(slots=True)
class Differences:
    """`same`: the times of files that are as they were and had to be looked at; `back`: those of them that were missing."""

    same: dict[str, int] = field(default_factory=dict)
    back: list[str] = field(default_factory=list)
    changed: list[tuple[Known, str, Found]] = field(default_factory=list)  # with the hash that the file has now
    lost: list[Known] = field(default_factory=list)


def compare(there: Mapping[str, Found], known: Iterable[Known]) -> Differences:
    """Compare what should lie in a folder with the files that are there, by name. Files of the same size and time are taken
    as unchanged; others are read. OSError for what cannot be read."""
    found = Differences()
    for one in known:
        file = there.get(one.path.name)
        if file is None:
            found.lost.append(one)
            continue
        same_size = file.size_bytes == one.size_bytes
        if same_size and file.modified_ns == one.modified_ns and not one.missing:
            continue
        try:
            sha256 = one.sha256 if same_size and one.modified_ns is None else hash_of(file.path)
        except FileNotFoundError:  # gone since the folder was listed
            found.lost.append(one)
            continue
        if sha256 != one.sha256:
            found.changed.append((one, sha256, file))
        else:
            found.same[one.id] = file.modified_ns
            found.back += [one.id] if one.missing else []
    return found


def holds(file: Found, known: Known) -> bool:
    """Whether a file is the one that is known, by its content; not, where it is gone meanwhile. OSError for what cannot be
    read."""
    with contextlib.suppress(FileNotFoundError):
        return file.size_bytes == known.size_bytes and hash_of(file.path) == known.sha256
    return False


def is_media(file: Found) -> bool:
    """Whether a file could be an asset's, by its name."""
    return kind_of_name(file.path.name) is not None or file.path.suffix == ".txt"


def match_moved(lost: Sequence[Known], new: Sequence[Found]) -> list[tuple[Known, Found]]:
    """Which of the new files hold what was lost: only files of the size of a lost one are read."""
    by_size: dict[int, list[Known]] = {}
    for one in lost:
        by_size.setdefault(one.size_bytes, []).append(one)
    pairs = []
    for file in new:
        candidates = by_size.get(file.size_bytes)
        if not candidates:
            continue
        with contextlib.suppress(FileNotFoundError):  # gone again meanwhile
            sha256 = hash_of(file.path)
            match = next((one for one in candidates if one.sha256 == sha256), None)
            if match is not None:
                candidates.remove(match)
                pairs.append((match, file))
    return pairs


def folders_below(media: Path) -> Iterator[Path]:
    """The media folder and all in it but hidden ones and the system's trash; links to folders are not followed."""
    for folder, names, _ in os.walk(media):
        names[:] = sorted(name for name in names if not name.startswith(".") and not is_trash(Path(folder, name)))
        yield Path(folder)


def changed_folders(media: Path, before: Mapping[str, int]) -> list[Path]:
    """The folders whose time is another than `before`, and new ones below them; nothing where the media folder is gone.

    A folder's time changes when a file in it is added, removed or renamed, so unchanged ones need not be listed.
    """
    if not media.is_dir():
        return []
    changed = [Path(name) for name, moment in before.items() if time_of(Path(name)) != moment]
    if str(media) not in before:
        changed.append(media)
    new: list[Path] = []
    for folder in changed:
        if folder.is_relative_to(media) and folder.is_dir():
            with os.scandir(folder) as entries:
                names = sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
            new += [below for name in names
                    if name not in before and not Path(name).name.startswith(".") and not is_trash(Path(name))
                    for below in folders_below(Path(name))]
    return list(dict.fromkeys([*changed, *new]))


def time_of(folder: Path) -> int:
    """When something was last added to a folder or taken out of it, in nanoseconds; -1 where it is not there."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return -1


def facts_of(path: Path, sha256: str, file: Found, kind: MediaKind) -> dict[str, object]:
    """What the row of a file that holds something else now has to say; sizes are unknown where it cannot be read."""
    from studio.domain.errors import ServiceFaultError

    facts: dict[str, object] = {"sha256": sha256, "size_bytes": file.size_bytes, "modified_ns": file.modified_ns,
                                "thumbnail": None}
    if kind is MediaKind.PROMPT:
        return facts
    try:
        content = of_result(path, kind, path.name)
    except ServiceFaultError:
        return facts
    if content.kind is not kind:
        return facts
    return facts | {"mime": content.mime, "width": content.width, "height": content.height, "duration_s": content.duration_s}


def files_in(folder: Path) -> dict[str, Found]:
    """Ordinary files by name; empty where the folder is gone."""
    found: dict[str, Found] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    if not entry.name.startswith(".") and entry.is_file():
                        stat = entry.stat()
                        found[entry.name] = Found(Path(folder, entry.name), stat.st_size, stat.st_mtime_ns)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return found
