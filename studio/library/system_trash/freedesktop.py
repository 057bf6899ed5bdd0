"""The trash of Linux and the BSDs: freedesktop.org's Trash specification 1.0 (https://specifications.freedesktop.org/trash-spec).

Files on the home's disk lie in the home's trash, others in one at the top of their own disk. Each file has a note with the
place it came from: absolute, or relative to the folder that the trash lies in.

Files are sent here without send2trash: its look for a free name and its move are two steps, so that of two files of one name
that are sent at the same moment the second takes the first's place. The specification wants the note made first, as a new
file, which reserves the name.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePath
from urllib.parse import quote_from_bytes, unquote_to_bytes

from studio.library.files import rename_new
from studio.library.system_trash.volume import top_of

_LARGEST_NOTE = 16_384
_NOTE = ".trashinfo"
_LONGEST_NAME = 255 - len(_NOTE)
_NUMBERED = 30
"""So many names are tried with a number behind them; then chance finds a free one at once."""


def keeps(_path: Path) -> bool:
    """Whether a file sent to the trash is surely kept: moving is all that is done here."""
    return True


def send(path: Path) -> None:
    """Move a file into the trash of its own disk; nothing is copied or written over. OSError, with the file where it was."""
    os.lstat(path)
    refusal: OSError | None = None
    for folder, top in _takers(path):
        try:
            _move_into(folder, top, path)
        except OSError as error:
            refusal = error
            if top is None and error.errno != errno.EXDEV:  # the home's own: what it refuses belongs into no other
                break
        else:
            return
    raise refusal or OSError(errno.ENOENT, "there is no trash")


def is_trash(folder: Path) -> bool:
    """Whether a folder that is not hidden is a trash."""
    home = _home_trash()
    return home is not None and folder.name == home.name and os.path.realpath(folder) == os.path.realpath(home)


def folders(original: Path) -> list[Path]:
    """The trash folders that a file may have been sent to."""
    home, top, person = _home_trash(), top_of(original), os.getuid()
    return [*([home] if home is not None else []), top / ".Trash" / str(person), top / f".Trash-{person}"]


def names(folder: Path) -> list[str]:
    """The names that files have in a trash folder, with or without a note: like those they had, some with more behind."""
    found = set[str]()
    with contextlib.suppress(OSError):
        found.update(entry.name for entry in os.scandir(folder / "files"))
    with contextlib.suppress(OSError):
        found.update(entry.name.removesuffix(_NOTE) for entry in os.scandir(folder / "info") if entry.name.endswith(_NOTE))
    return sorted(found)


def entry(folder: Path, name: str) -> tuple[Path, Path | None, Path | None]:
    """What a trash folder holds under a name: the file, the place it came from and its note, None where there is none."""
    top = folder.parent.parent if folder.parent.name == ".Trash" else folder.parent
    note = folder / "info" / f"{name}{_NOTE}"
    original = original_of(note, top)
    return folder / "files" / name, original, None if original is None else note


def original_of(note: Path, top: Path) -> Path | None:
    """The place that a note names, None where it names none. `top`: the folder that relative places begin at."""
    try:
        with note.open("rb") as stream:
            lines = stream.read(_LARGEST_NOTE).splitlines()
    except OSError:
        return None
    written = next((line[5:] for line in lines if line.startswith(b"Path=")), b"")
    place = os.fsdecode(unquote_to_bytes(written.strip()))
    # some write "..", counted from the words of the path: followed through a link it would lead elsewhere
    return Path(os.path.normpath(Path(top, place))) if place and "\0" not in place else None


def _home_trash() -> Path | None:
    """The home's trash, None without a home. XDG's Base Directory Specification wants a relative XDG_DATA_HOME ignored."""
    data = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(data):
        home = os.path.expanduser("~")
        data = os.path.join(home, ".local", "share") if os.path.isabs(home) and os.path.isdir(home) else ""
    return Path(data, "Trash") if data else None


def _takers(path: Path) -> Iterator[tuple[Path, Path | None]]:
    """The trash folders that may take a file, best first, each with the top of its disk, None for the home's."""
    home = _home_trash()
    if home is not None and _disk_of(home) == _disk_of(path.parent):
        yield home, None
    top, person = top_of(path), os.getuid()
    shared = top / ".Trash"
    with contextlib.suppress(OSError):
        mode = shared.lstat().st_mode
        if stat.S_ISDIR(mode) and mode & stat.S_ISVTX:
            yield shared / str(person), top
    yield top / f".Trash-{person}", top


def _disk_of(folder: Path) -> int:
    """The disk that a folder lies on, or would if it were made."""
    while True:
        try:
            return folder.stat().st_dev
        except FileNotFoundError:
            folder = folder.parent


def _move_into(folder: Path, top: Path | None, path: Path) -> None:
    for made in (folder, folder / "files", folder / "info"):
        os.makedirs(made, 0o700, exist_ok=True)
    if top is not None:
        there = folder.lstat()  # anyone may have made it at the top of a disk
        if not stat.S_ISDIR(there.st_mode) or there.st_uid != os.getuid():
            raise OSError(errno.EACCES, "the trash belongs to another", str(folder))
    place = Path(os.path.abspath(path)) if top is None else Path(os.path.realpath(path.parent), path.name).relative_to(top)
    text = (f"[Trash Info]\nPath={quote_from_bytes(os.fsencode(place))}\n"
            f"DeletionDate={datetime.now().astimezone():%Y-%m-%dT%H:%M:%S}\n")
    for name in _free_names(path.name):
        note = folder / "info" / f"{name}{_NOTE}"
        try:
            writer = note.open("x", encoding="ascii")
        except FileExistsError:
            continue
        try:
            with writer:
                writer.write(text)
            rename_new(path, folder / "files" / name)
        except FileExistsError:  # a file without a note
            note.unlink()
        except BaseException:
            note.unlink()
            raise
        else:
            return


def _free_names(name: str) -> Iterator[str]:
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    while stem and len(os.fsencode(stem + suffix)) > _LONGEST_NAME - 12:
        stem = stem[:-1]
    yield name if len(os.fsencode(name)) <= _LONGEST_NAME else f"{stem}{suffix}"
    for number in range(2, _NUMBERED):
        yield f"{stem} {number}{suffix}"
    while True:
        yield f"{stem} {secrets.token_hex(4)}{suffix}"
