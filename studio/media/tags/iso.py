"""The MP4 family (ISO/IEC 14496-12): our line is a free-form item of the iTunes list, which FFmpeg shows as a tag "recipe".

mutagen writes it: it makes room, moves what lies behind, and corrects the chunk offsets. Stripping makes boxes free space
of the same size, so nothing moves at all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from studio.media.tags.streams import broken, take

_ITEM = "----:studio:recipe"
_CREDENTIALS = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # the box of a C2PA manifest
_PARENTS = frozenset({b"moov", b"trak", b"mdia"})
_CLEARED = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip", b"wide"})
_DATED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_LARGEST_LIST = 8_000_000
_MOST_BOXES = 100_000
_ZEROS = bytes(1 << 20)

Box = tuple[bytes, int, int]
"""Kind, where its content begins, where it ends."""


def embed(source: Path, target: Path, line: str) -> bool:
    from mutagen import MutagenError
    from mutagen.mp4 import MP4, AtomDataType, MP4FreeForm

    with source.open("rb") as reader:
        end = reader.seek(0, 2)
        for kind, start, stop in _boxes(reader, 0, end):
            if kind == b"uuid" and stop - start >= 16 and _at(reader, start, 16) == _CREDENTIALS:
                return False
            if kind == b"moof":
                return False  # fragments say where they lie in ways that moving them would break
    shutil.copyfile(source, target)
    try:
        tagged = MP4(target)
        if tagged.tags is None:
            tagged.add_tags()
        # in ASCII: exiftool takes other letters for binary data here
        ascii_line = "".join(letter if letter.isascii() else json.dumps(letter)[1:-1] for letter in line)
        tagged[_ITEM] = [MP4FreeForm(ascii_line.encode(), AtomDataType.UTF8)]
        tagged.save()
    except MutagenError as error:
        raise broken(str(error)) from error
    return True


def strip(source: Path, target: Path) -> bool:
    """Tags, XMP, locations, dates and free space become zeros; what turns the picture stays."""
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        for kind, start, stop in list(_walk(file, 0, file.seek(0, 2))):
            if kind in _DATED:
                version = _at(file, start, 1)[0]
                file.seek(start + 4)
                file.write(bytes(16 if version == 1 else 8))
            elif kind in _CLEARED:
                _clear(file, start, stop)
    return True


def read(path: Path) -> str | None:
    with path.open("rb") as reader:
        for kind, start, stop in _boxes(reader, 0, reader.seek(0, 2)):
            if kind == b"moov":
                return _line_in(reader, start, stop)
    return None


def _line_in(reader: BinaryIO, start: int, stop: int) -> str | None:
    """moov / udta / meta (a full box) / ilst / ----: mean, name, data."""
    for kind, at, end in _boxes(reader, start, stop):
        if kind == b"udta":
            return _line_in(reader, at, end)
        if kind == b"meta":
            return _line_in(reader, at + 4, end)
        if kind == b"ilst" and end - at <= _LARGEST_LIST:
            for item, begin, finish in _boxes(reader, at, end):
                line = _line_of(reader, begin, finish) if item == b"----" else None
                if line is not None:
                    return line
    return None


def _line_of(reader: BinaryIO, start: int, stop: int) -> str | None:
    told = {kind: _at(reader, at, end - at) for kind, at, end in _boxes(reader, start, stop)}
    if told.get(b"mean", b"")[4:] != b"studio" or told.get(b"name", b"")[4:] != b"recipe":
        return None
    return told.get(b"data", b"")[8:].decode("utf-8", "replace") or None


def _walk(reader: BinaryIO, start: int, stop: int, depth: int = 4) -> Iterator[Box]:
    for kind, at, end in _boxes(reader, start, stop):
        yield kind, at, end
        if kind in _PARENTS and depth:
            yield from _walk(reader, at, end, depth - 1)


def _boxes(reader: BinaryIO, start: int, stop: int) -> Iterator[Box]:
    """The boxes between two places, with their headers checked."""
    at = start
    for _ in range(_MOST_BOXES):
        if stop - at < 8:
            return  # QuickTime ends some lists with four zeros
        head = _at(reader, at, 8)
        size, kind, content = int.from_bytes(head[:4], "big"), head[4:], at + 8
        if size == 1:
            size, content = int.from_bytes(_at(reader, content, 8), "big"), at + 16
        elif size == 0:
            size = stop - at
        end = at + size
        if end < content or end > stop:
            raise broken("a part is larger than what holds it")
        yield kind, content, end
        at = end
    raise broken("too many parts")


def _at(reader: BinaryIO, place: int, size: int) -> bytes:
    reader.seek(place)
    return take(reader, size)


def _clear(file: BinaryIO, start: int, stop: int) -> None:
    """Content to zeros, and the box to free space; its size stays."""
    # the kind stands four bytes before the content, or twelve where the size has eight bytes of its own
    file.seek(start - 4)
    long = file.read(4) not in _CLEARED
    file.seek(start - (12 if long else 4))
    file.write(b"free")
    file.seek(start)
    while start < stop:
        start += file.write(_ZEROS[: stop - start])
