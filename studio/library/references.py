"""References on their way into the library: copied or converted, looked at, changed into new copies. All of it blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from studio.domain.errors import InputError
from studio.domain.kinds import MediaKind
from studio.domain.reference import PictureEdit, TakenMedia
from studio.library.content import of_brought
from studio.library.intake import check_file, reading, take_in, take_in_bytes, take_made
from studio.library.previews import make_preview

Step = Callable[[float], None]
_HASH_LENGTH = 64


def bring_in(path: Path, shown: str, inputs: Path, *, moving: bool, step: Step) -> tuple[Path, tuple[str, ...]]:
    """Take a file as it is, or in a format that services take; the library's copy, and what was done in words.

    `moving`: its place takes videos, so an animation becomes one. `step` hears the share that is done and may raise to end
    it. Raises InputError for what is no usable media, DiskFullError, LocalError.
    """
    from studio.media.convert import conversion_for, convert

    check_file(path)
    with reading(shown), in_words(path, shown):
        conversion = conversion_for(path, moving=moving)
    if conversion is None:
        return take_in(path, inputs, shown), ()

    def make(part: Path) -> None:
        with in_words(path, shown):
            convert(path, conversion, part, step)

    return take_made(inputs, shown, make), (conversion.words,)


def keep_bytes(data: bytes, shown: str, inputs: Path) -> Path:
    """Data from the clipboard as a file of the library."""
    return take_in_bytes(data, shown, inputs)


def change(path: Path, shown: str, edit: PictureEdit, inputs: Path) -> Path:
    """A changed copy of a picture; the file at `path` stays as it is. Raises as `bring_in`."""
    from studio.media.edit import edit_picture

    lossless = path.suffix.lower() not in (".jpg", ".jpeg")

    def make(part: Path) -> None:
        with in_words(path, shown):
            edit_picture(path, part, turns=edit.turns, mirrored=edit.mirrored, box=edit.box, lossless=lossless)

    return take_made(inputs, shown, make)


def look_at(path: Path, shown: str, thumbnails: Path, changes: tuple[str, ...] = ()) -> TakenMedia:
    """What a file of the library is, with its preview made. Raises InputError where it cannot be read any more."""
    with reading(shown):
        content = of_brought(path, shown)
    media = TakenMedia(path.as_uri(), shown, content.kind, content.mime, content.width, content.height, content.duration_s,
                       changes=changes)
    if content.kind in (MediaKind.IMAGE, MediaKind.VIDEO):
        media = replace(media, thumbnail=make_preview(path, content.kind, _key_of(path), thumbnails))
    return media


def _key_of(path: Path) -> str:
    """What the preview is kept under: inputs are called by their hash; elsewhere the place and the time stand for it."""
    if len(path.stem) == _HASH_LENGTH:
        return path.stem
    return hashlib.sha256(f"{path}\0{path.stat().st_mtime_ns}".encode("utf-8", "surrogateescape")).hexdigest()


@contextmanager
def in_words(path: Path, shown: str) -> Iterator[None]:
    """Media errors are two sentences, what happened and what to do; the file is called as the person knows it."""
    from studio.media.errors import MediaError

    try:
        yield
    except MediaError as error:
        what, _, todo = str(error).replace(f"“{path.name}”", f"“{shown}”").rpartition(". ")
        raise InputError(f"{what}." if what else todo, advice=todo if what else None, code="not_usable_media") from error
