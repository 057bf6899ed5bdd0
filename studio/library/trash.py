"""The library's own trash: a hidden folder in the media folder, so that what was deleted can always be restored.

The system's trash cannot give a file back to a program, so the studio does not use it; emptying is the person's doing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.errors import LocalError
from studio.library.files import disk_errors, flush_folder, hide, move_new
from studio.library.names import safe_stem

TRASH = ".trash"


def trashed_path(media: Path, asset: Asset) -> Path:
    """Where the file of a deleted asset lies."""
    return media / TRASH / f"{safe_stem(asset.id)}{asset.path.suffix}"


def put_away(media: Path, asset: Asset) -> None:
    """Move an asset's file into the trash; a file that is gone already is no error. Blocks; DiskFullError, LocalError."""
    with disk_errors(f"“{asset.path.name}” could not be moved to the trash"):
        hide(media / TRASH)
        if not asset.path.exists():
            return
        os.replace(asset.path, trashed_path(media, asset))
        flush_folder(media / TRASH)


def put_all_away(media: Path, assets: Sequence[Asset]) -> tuple[int, LocalError | None]:
    """The same for several in their order: how many were moved, and why no more were. Blocks."""
    for number, asset in enumerate(assets):
        try:
            put_away(media, asset)
        except LocalError as error:
            return number, error
    return len(assets), None


def bring_back(media: Path, asset: Asset) -> Path:
    """Move an asset's file back, under a number if its name was taken meanwhile; its path now. Blocks.

    Raises LocalError when the file is in neither place.
    """
    with disk_errors(f"“{asset.path.name}” could not be brought back"):
        trashed = trashed_path(media, asset)
        if trashed.exists():
            return move_new(trashed, asset.path.parent, asset.path.stem, asset.path.suffix)
        if asset.path.exists():  # a crash came between the two steps of deleting or restoring
            return asset.path
    raise LocalError(f"“{asset.path.name}” is not in the trash any more.", advice="Look for it in the system's own trash.")
