"""The trash of Linux and the BSDs: freedesktop.org's Trash specification 1.0 (https://specifications.freedesktop.org/trash-spec).

Files on the home's disk lie in the home's trash, others in one at the top of their own disk. Each file has a note with the
place it came from: absolute, or relative to the folder that the trash lies in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

_LARGEST_NOTE = 16_384


def keeps(_path: Path) -> bool:
    """Whether a file sent to the trash is surely kept: moving is all that send2trash does here."""
    return True


def folders(original: Path) -> list[Path]:
    """The trash folders that a file may have been sent to."""
    from send2trash.plat_other import HOMETRASH, uid

    top = _top_of(original)
    return [Path(HOMETRASH), top / ".Trash" / str(uid), top / f".Trash-{uid}"]


def entries(folder: Path) -> Iterator[tuple[Path, Path | None, Path | None]]:
    """What a trash folder holds: each file, the place it came from, and its note."""
    top = folder.parent.parent if folder.parent.name == ".Trash" else folder.parent
    try:
        names = sorted(entry.name for entry in os.scandir(folder / "info") if entry.name.endswith(".trashinfo"))
    except OSError:
        return
    for name in names:
        note = folder / "info" / name
        original = original_of(note, top)
        if original is not None:
            yield folder / "files" / name.removesuffix(".trashinfo"), original, note


def original_of(note: Path, top: Path) -> Path | None:
    """The place that a note names, None where it names none. `top`: the folder that relative places begin at."""
    try:
        with note.open("rb") as stream:
            lines = stream.read(_LARGEST_NOTE).splitlines()
    except OSError:
        return None
    written = next((line[5:] for line in lines if line.startswith(b"Path=")), b"")
    place = os.fsdecode(unquote_to_bytes(written.strip()))
    return Path(top, place) if place and "\0" not in place else None


def _top_of(path: Path) -> Path:
    """Where the disk of a file is mounted; links followed, as a link may lead to another disk."""
    place = os.path.realpath(path.parent)
    while not os.path.ismount(place):
        place = os.path.dirname(place)
    return Path(place)
