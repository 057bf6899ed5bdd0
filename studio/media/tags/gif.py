"""GIF89a: comments, texts and other programs' blocks taken out; the loop count stays."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from studio.media.tags.streams import broken, copy, take

_IMAGE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_TIMING, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def strip(source: Path, target: Path) -> bool:
    with source.open("rb") as reader, target.open("xb") as writer:
        head = take(reader, 13)
        if head[:3] != b"GIF":
            raise broken("no GIF")
        writer.write(head)
        copy(reader, writer, _table(head[10]))
        while (kind := take(reader, 1)[0]) != _END:
            if kind == _IMAGE:
                about = take(reader, 9)
                writer.write(bytes((_IMAGE,)) + about)
                copy(reader, writer, _table(about[8]) + 1)
                _blocks(reader, writer)
            elif kind == _EXTENSION:
                _extension(reader, writer)
            else:
                raise broken("a part of no known kind")
        writer.write(bytes((_END,)))
    return True


def _extension(reader: BinaryIO, writer: BinaryIO) -> None:
    label = take(reader, 1)[0]
    size = take(reader, 1)[0]
    first = take(reader, size)
    kept = label == _TIMING or (label == _APPLICATION and first in _LOOPS)
    if kept:
        writer.write(bytes((_EXTENSION, label, size)) + first)
    if size:
        _blocks(reader, writer if kept else None)


def _blocks(reader: BinaryIO, writer: BinaryIO | None) -> None:
    """Sub-blocks up to the empty one that ends them."""
    size = 1
    while size:
        size = take(reader, 1)[0]
        data = take(reader, size)
        if writer is not None:
            writer.write(bytes((size,)) + data)


def _table(flags: int) -> int:
    """Bytes of a colour table that the flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
