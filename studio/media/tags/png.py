"""PNG (https://www.w3.org/TR/png-3/): XMP stands in an iTXt chunk before the pixels."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from studio.media.tags import xmp
from studio.media.tags.streams import broken, copy, take

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"XML:com.adobe.xmp\0"
_CREDENTIALS = b"caBX"  # a C2PA manifest; it names the hash of every other byte
_NEEDED = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT",
    b"bKGD", b"hIST", b"sPLT", b"pHYs", b"acTL", b"fcTL", b"fdAT",
})
_MOST_CHUNKS = 2_000_000


def embed(source: Path, target: Path, line: str) -> bool:
    with source.open("rb") as reader, target.open("xb") as writer:
        found, packet = _survey(reader)
        made = None if found else xmp.with_line(packet, line)
        if made is None:
            return False
        writer.write(_SIGNATURE)
        for kind, size in _chunks(reader):
            head = take(reader, min(size, len(_KEYWORD))) if kind == b"iTXt" else b""
            if head == _KEYWORD:
                reader.seek(size - len(head) + 4, 1)
                continue
            writer.write(size.to_bytes(4, "big") + kind + head)
            copy(reader, writer, size - len(head) + 4)
            if kind == b"IHDR":
                writer.write(_chunk(b"iTXt", _KEYWORD + b"\0\0\0\0" + made))
    return True


def strip(source: Path, target: Path) -> bool:
    """What turns the picture stays."""
    from PIL import Image

    with source.open("rb") as reader, target.open("xb") as writer:
        writer.write(_SIGNATURE)
        for kind, size in _chunks(reader):
            if kind in _NEEDED:
                writer.write(size.to_bytes(4, "big") + kind)
                copy(reader, writer, size + 4)
            elif kind == b"eXIf" and size <= xmp.LARGEST:
                turned = turned_only(take(reader, size), Image.Exif())
                take(reader, 4)
                if turned:
                    writer.write(_chunk(b"eXIf", turned))
            else:
                reader.seek(size + 4, 1)
    return True


def read(path: Path) -> str | None:
    with path.open("rb") as reader:
        packet = _survey(reader)[1]
    return xmp.line_of(packet) if packet else None


def turned_only(data: bytes, exif: object) -> bytes:
    """Of a camera's data nothing but which side is up; empty where it is up already."""
    from PIL import Image

    if not isinstance(exif, Image.Exif):
        raise TypeError("camera data are read by Pillow")
    try:
        exif.load(data)
        turned = exif.get(0x0112, 1)
    except Exception:  # noqa: BLE001  damaged camera data say nothing; Pillow raises of many kinds
        return b""
    if not isinstance(turned, int) or turned not in range(2, 9):
        return b""
    kept = Image.Exif()
    kept[0x0112] = turned
    return kept.tobytes().removeprefix(b"Exif\0\0")


def _survey(reader: BinaryIO) -> tuple[bool, bytes | None]:
    """Whether content credentials are in it, and the XMP packet. The reader stands at the beginning before and after."""
    signed, packet = False, None
    for kind, size in _chunks(reader):
        at = reader.tell()
        signed = signed or kind == _CREDENTIALS
        if kind == b"iTXt" and len(_KEYWORD) < size <= xmp.LARGEST and take(reader, len(_KEYWORD)) == _KEYWORD:
            packet = _text(take(reader, size - len(_KEYWORD)))
        reader.seek(at + size + 4)
    reader.seek(0)
    return signed, packet


def _text(rest: bytes) -> bytes | None:
    """Of an iTXt chunk after its keyword: flags, language, translated keyword, text."""
    parts = rest[2:].split(b"\0", 2)
    if len(parts) != 3:
        return None
    if not rest[0]:
        return parts[2]
    opener = zlib.decompressobj()
    try:
        return opener.decompress(parts[2], xmp.LARGEST)
    except zlib.error:
        return None


def _chunks(reader: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Kind and size of each chunk; the reader stands at its data, and must stand behind its checksum afterwards."""
    if reader.read(8) != _SIGNATURE:
        raise broken("no PNG")
    for _ in range(_MOST_CHUNKS):
        head = take(reader, 8)
        yield head[4:], int.from_bytes(head[:4], "big")
        if head[4:] == b"IEND":
            return
    raise broken("too many parts")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
