"""RIFF: WebP (RFC 9649) with XMP in a chunk of its own, and WAV, which is only stripped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from studio.media.tags import xmp
from studio.media.tags.png import turned_only
from studio.media.tags.streams import broken, copy, take

_PICTURE = frozenset({b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
_SOUND = frozenset({b"fmt ", b"fact", b"data"})
_HAS_XMP, _HAS_EXIF, _HAS_ALPHA = 0x04, 0x08, 0x10
_CREDENTIALS = b"C2PA"
_LARGEST = (1 << 32) - 20


def embed(source: Path, target: Path, line: str) -> bool:
    with source.open("rb") as reader, target.open("xb") as writer:
        kinds = [kind for kind, _ in _chunks(reader, b"WEBP")]
        made = xmp.with_line(_packet(source), line)
        if made is None or _CREDENTIALS in kinds or source.stat().st_size + len(made) > _LARGEST:
            return False
        reader.seek(0)
        writer.write(b"RIFF\0\0\0\0WEBP")
        for number, (kind, size) in enumerate(_chunks(reader, b"WEBP")):
            if number == 0:
                first = take(reader, size) if kind == b"VP8X" else reader.read(min(size, 10))
                reader.seek(-len(first), 1)
                writer.write(_chunk(b"VP8X", _extended(kind, first, _HAS_XMP)))
                if kind == b"VP8X":
                    _pass(reader, size)
                    continue
            if kind == b"XMP ":
                _pass(reader, size)
                continue
            _copy_chunk(reader, writer, kind, size)
        writer.write(_chunk(b"XMP ", made))
        _finish(writer)
    return True


def strip(source: Path, target: Path) -> bool:
    """Of a WebP what turns the picture stays."""
    from PIL import Image

    with source.open("rb") as reader, target.open("xb") as writer:
        form = _form(reader)
        needed = _PICTURE if form == b"WEBP" else _SOUND
        writer.write(b"RIFF\0\0\0\0" + form)
        flags_at, turned = 0, b""
        for kind, size in _chunks(reader, form):
            if kind == b"VP8X":
                flags_at = writer.tell() + 8
            if kind == b"EXIF" and form == b"WEBP" and size <= xmp.LARGEST:
                turned = turned_only(take(reader, size).removeprefix(b"Exif\0\0"), Image.Exif())
                reader.seek(size % 2, 1)
            elif kind in needed:
                _copy_chunk(reader, writer, kind, size)
            else:
                _pass(reader, size)
        if turned:
            writer.write(_chunk(b"EXIF", turned))
        if flags_at:
            _set_flags(source, writer, flags_at, bool(turned))
        _finish(writer)
    return True


def read(path: Path) -> str | None:
    packet = _packet(path)
    return xmp.line_of(packet) if packet else None


def _set_flags(source: Path, writer: BinaryIO, at: int, turned: bool) -> None:
    with source.open("rb") as reader:
        flags = reader.read(21)[20]
    writer.seek(at)
    writer.write(bytes((flags & ~(_HAS_XMP | _HAS_EXIF) | (_HAS_EXIF if turned else 0),)))
    writer.seek(0, 2)


def _packet(path: Path) -> bytes | None:
    with path.open("rb") as reader:
        for kind, size in _chunks(reader, b"WEBP"):
            if kind == b"XMP " and size <= xmp.LARGEST:
                return take(reader, size)
            _pass(reader, size)
    return None


def _extended(kind: bytes, first: bytes, flag: int) -> bytes:
    """The VP8X chunk: the one that is there with one more flag, or a new one from the picture's own header."""
    if kind == b"VP8X" and len(first) >= 10:
        return bytes((first[0] | flag,)) + first[1:]
    if kind == b"VP8 " and len(first) >= 10 and first[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(first[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    elif kind == b"VP8L" and len(first) >= 5 and first[0] == 0x2F:
        bits = int.from_bytes(first[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flag |= _HAS_ALPHA if bits >> 28 & 1 else 0
    else:
        raise broken("its first part is not known")
    return bytes((flag, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def _form(reader: BinaryIO) -> bytes:
    head = take(reader, 12)
    reader.seek(0)
    if head[:4] != b"RIFF" or head[8:] not in (b"WEBP", b"WAVE"):
        raise broken("no WebP or WAV")
    return head[8:]


def _chunks(reader: BinaryIO, form: bytes) -> Iterator[tuple[bytes, int]]:
    """Kind and size of each chunk. The reader stands at its data; where it stands afterwards does not matter."""
    end = reader.seek(0, 2)
    reader.seek(0)
    if _form(reader) != form:
        raise broken("another kind than it says")
    at = 12
    while at + 8 <= end:
        reader.seek(at)
        head = take(reader, 8)
        size = int.from_bytes(head[4:], "little")
        if at + 8 + size > end:
            if head[:4] != b"data":
                raise broken("it ends too early")
            size = end - at - 8  # sounds written to a pipe do not know their length
        yield head[:4], size
        at += 8 + size + size % 2


def _pass(reader: BinaryIO, size: int) -> None:
    reader.seek(size + size % 2, 1)


def _copy_chunk(reader: BinaryIO, writer: BinaryIO, kind: bytes, size: int) -> None:
    writer.write(kind + size.to_bytes(4, "little"))
    copy(reader, writer, size)
    if size % 2:
        writer.write(b"\0")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)


def _finish(writer: BinaryIO) -> None:
    size = writer.seek(0, 2)
    writer.seek(4)
    writer.write((size - 8).to_bytes(4, "little"))
