"""What becomes of the files of deleted assets: they go to the system's trash, where the person sees and empties them.

Where the system has none that surely keeps a file (a network drive, a disk nobody may write to at its top, a bin too small),
it goes to a hidden folder in the media folder. Either way it can be restored, also after the person put it back themselves.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.errors import LocalError
from studio.library import system_trash
from studio.library.files import copy_new, disk_errors, flush_folder, hash_of, hide, move_new
from studio.library.names import safe_stem

TRASH = ".trash"
_COPIED = frozenset({errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS})

log = logging.getLogger(__name__)


def trashed_path(media: Path, asset: Asset) -> Path:
    """Where the file of a deleted asset lies if the system's trash did not take it."""
    return media / TRASH / f"{safe_stem(asset.id)}{asset.path.suffix}"


def put_away(media: Path, asset: Asset) -> None:
    """Move an asset's file into the trash; a file that is gone already is no error. Blocks; DiskFullError, LocalError."""
    with disk_errors(f"“{asset.path.name}” could not be moved to the trash"):
        if not _is_there(asset.path) or system_trash.send(asset.path):
            return
        hide(media / TRASH)
        try:
            os.replace(asset.path, trashed_path(media, asset))
        except FileNotFoundError:
            if _is_there(asset.path):
                raise
            return  # another window was quicker
        flush_folder(media / TRASH)


def put_all_away(media: Path, assets: Sequence[Asset]) -> tuple[int, LocalError | None]:
    """The same for several in their order: how many were moved, and why no more were. Blocks."""
    for number, asset in enumerate(assets):
        try:
            put_away(media, asset)
        except LocalError as error:
            return number, error
    return len(assets), None


def file_in_trash(media: Path, asset: Asset) -> Path | None:
    """Where the file of a deleted asset lies now, of the content that it is known by; None where it is nowhere. Blocks."""
    kept = trashed_path(media, asset)
    if kept.exists():
        return kept
    trashed = system_trash.Contents().exact(asset.path, asset.size_bytes, asset.sha256)
    if trashed is not None:
        return trashed.file
    return asset.path if _lies_in_its_place(asset) else None


def bring_back(media: Path, asset: Asset, contents: system_trash.Contents, of_place: Iterable[Asset] = ()) -> Path:
    """Move an asset's file back, under a number if its name was taken meanwhile; its path now. Blocks.

    `contents`: the trash as it was before the first of several was brought back. `of_place`: all assets whose files lie, or
    lay, in the same place. Raises LocalError (code "not_in_trash") when the file is in neither place.
    """
    near = [one for one in of_place if one.id != asset.id]
    others = {one.sha256 for one in near if one.deleted_at is not None} - {asset.sha256}
    with disk_errors(f"“{asset.path.name}” could not be brought back"):
        kept = trashed_path(media, asset)
        if kept.exists():
            return _move(kept, asset.path)
        trashed = contents.find(asset.path, asset.size_bytes, asset.sha256, others)
        if trashed is not None:
            path = _move(trashed.file, asset.path)
            system_trash.forget(trashed)
            return path
        if all(one.deleted_at is not None for one in near) and _lies_in_its_place(asset):
            return asset.path
    raise LocalError(f"“{asset.path.name}” is not in the trash any more.", code="not_in_trash",
                     advice="If the system's own trash shows it, put it back there, then restore it here.")


def _lies_in_its_place(asset: Asset) -> bool:
    """The person put it back themselves, or a crash came between the two steps of deleting or restoring."""
    try:
        return asset.path.stat().st_size == asset.size_bytes and hash_of(asset.path) == asset.sha256
    except OSError:
        return False


def _is_there(path: Path) -> bool:
    """Raises OSError where that cannot be known: a disk that does not answer has not lost its files."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _move(source: Path, target: Path) -> Path:
    """To its place, or beside what took that meanwhile. From another disk, or a trash that gives nothing away, as a copy."""
    try:
        return move_new(source, target.parent, target.stem, target.suffix)
    except OSError as error:
        if error.errno not in _COPIED:
            raise
    path = copy_new(source, target.parent, target.stem, target.suffix)
    try:
        source.unlink()
    except OSError as error:
        log.warning("%s stays in the trash too: %s", path.name, error.strerror or error)
    return path
