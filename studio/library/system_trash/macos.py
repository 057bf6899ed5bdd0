"""The Trash of macOS. send2trash asks the system to move a file there, which refuses rather than deletes for good.

The place that a file came from is known to the Finder alone, and a program may read the folder only where the person allowed
it: what is not found here, the person puts back in the Finder.
"""

from __future__ import annotations

import os
from pathlib import Path

from studio.library.system_trash.volume import top_of


def keeps(_path: Path) -> bool:
    """Whether a file sent to the trash is surely kept: the system answers an error where there is no trash."""
    return True


def send(path: Path) -> None:
    """Move a file into the trash. What send2trash raises is not the same everywhere."""
    from send2trash import send2trash

    send2trash(str(path))


def is_trash(_folder: Path) -> bool:
    """Whether a folder that is not hidden is a trash: all of them are hidden here."""
    return False


def folders(original: Path) -> list[Path]:
    """The trash folders that a file may have been sent to: the home's, and that of the file's own volume."""
    found = [Path.home() / ".Trash"]
    if hasattr(os, "getuid"):
        found.append(top_of(original) / ".Trashes" / str(os.getuid()))
    return found


def names(folder: Path) -> list[str]:
    """The names that files have in a trash folder: those they had, some with a time behind."""
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))
    except OSError:
        return []


def entry(folder: Path, name: str) -> tuple[Path, Path | None, Path | None]:
    """What stands in a trash folder under a name: the file; the place it came from is not known, and there is no note."""
    return folder / name, None, None
