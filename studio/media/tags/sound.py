"""Sound files. MP3: a user text of an ID3v2 tag (id3.org/id3v2.4.0), which FFmpeg shows as a tag "recipe". FLAC and Ogg are
only stripped. mutagen writes; tags of strangers are read here, within limits that it does not have."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from studio.media.tags.streams import broken, take

_NAME = "recipe"
_LARGEST_TAG = 64_000_000  # with cover pictures
_LARGEST_TEXT = 1_000_000
_HEADER = 10
_ENCODINGS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
_NEEDED_OF_FLAC = (0, 3)  # stream information and seek table


def embed(source: Path, target: Path, line: str) -> bool:
    from mutagen import MutagenError
    from mutagen.id3 import ID3, TXXX, Encoding, ID3NoHeaderError

    shutil.copyfile(source, target)
    try:
        try:
            tag = ID3(target)
        except ID3NoHeaderError:
            tag = ID3()
        third = bool(tag.version) and tag.version[:2] == (2, 3)
        tag.setall(f"TXXX:{_NAME}", [TXXX(encoding=Encoding.UTF16 if third else Encoding.UTF8, desc=_NAME, text=[line])])
        tag.save(target, v2_version=3 if third else 4)
    except MutagenError as error:
        raise broken(str(error)) from error
    return True


def strip(source: Path, target: Path) -> bool:
    """All tags in front and behind; the coded sound is not touched."""
    from mutagen import MutagenError
    from mutagen.apev2 import delete as delete_ape
    from mutagen.id3 import delete as delete_id3

    shutil.copyfile(source, target)
    try:
        delete_ape(target)
        delete_id3(target)
    except MutagenError as error:
        raise broken(str(error)) from error
    return True


def strip_flac(source: Path, target: Path) -> bool:
    """Comments, pictures and everything else but what decoding needs."""
    from mutagen import MutagenError
    from mutagen.flac import FLAC

    shutil.copyfile(source, target)
    try:
        sound = FLAC(target)
        sound.metadata_blocks[:] = [block for block in sound.metadata_blocks if block.code in _NEEDED_OF_FLAC]
        sound.save(deleteid3=True, padding=lambda _: 0)
    except MutagenError as error:
        raise broken(str(error)) from error
    return True


def strip_ogg(source: Path, target: Path) -> bool:
    """Comments, with the pictures in them; False for an Ogg file with something else than Vorbis, Opus or FLAC."""
    import mutagen

    shutil.copyfile(source, target)
    try:
        sound = mutagen.File(target)
        if sound is None or sound.tags is None:
            return False
        sound.delete()
    except mutagen.MutagenError as error:
        raise broken(str(error)) from error
    return True


def read(path: Path) -> str | None:
    with path.open("rb") as reader:
        head = reader.read(_HEADER)
        if head[:3] != b"ID3" or len(head) < _HEADER or head[3] not in (3, 4):
            return None
        size = _synchsafe(head[6:])
        if size > _LARGEST_TAG:
            return None
        if head[5] & 0x40:  # an extended header; its size counts itself from version 4 on
            extended = take(reader, 4)
            skip = _synchsafe(extended) - 4 if head[3] == 4 else int.from_bytes(extended, "big")
            size -= 4 + skip
            reader.seek(max(0, skip), 1)
        for kind, data in _frames(reader, reader.tell() + size, head[3], unsynchronised=bool(head[5] & 0x80)):
            line = _line_of(data) if kind == b"TXXX" else None
            if line is not None:
                return line
    return None


def _frames(reader: BinaryIO, end: int, version: int, *, unsynchronised: bool) -> Iterator[tuple[bytes, bytes]]:
    """Kinds and contents of frames that are neither packed nor too long."""
    while end - reader.tell() > _HEADER:
        head = take(reader, _HEADER)
        size = _synchsafe(head[4:8]) if version == 4 else int.from_bytes(head[4:8], "big")
        if not head[:4].strip(b"\0") or size < 1:
            return  # padding
        packed = head[9] & (0x0F if version == 4 else 0xC0)  # packed, encrypted, or with a length in front
        if head[:4] != b"TXXX" or packed & ~0x02 or size > _LARGEST_TEXT:
            reader.seek(size, 1)
            continue
        data = take(reader, size)
        undo = unsynchronised or (version == 4 and bool(head[9] & 0x02))
        yield head[:4], data.replace(b"\xff\x00", b"\xff") if undo else data


def _line_of(data: bytes) -> str | None:
    """Encoding, name, zero, text."""
    encoding = _ENCODINGS.get(data[0])
    if encoding is None:
        return None
    name, _, text = data[1:].decode(encoding, "replace").partition("\0")
    return text.rstrip("\0").lstrip("\ufeff") if name.lstrip("\ufeff").casefold() == _NAME else None


def _synchsafe(four: bytes) -> int:
    return (four[0] & 0x7F) << 21 | (four[1] & 0x7F) << 14 | (four[2] & 0x7F) << 7 | four[3] & 0x7F
