"""How many pictures a GIF holds, by its blocks alone and only as far as anybody wants to know."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_IMAGE, _EXTENSION = 0x2C, 0x21


def count_frames(path: Path, most: int) -> int:
    """At most `most`, and at least one; of a damaged file those before the damage. Nothing is decoded.

    GIF89a specification, sections 17 to 26.
    """
    found = 0
    with path.open("rb", 1 << 16) as reader:
        head = reader.read(13)
        reader.seek(_table(head[10]) if len(head) == 13 else 0, 1)
        while found < most:
            kind = reader.read(1)
            if kind == bytes((_IMAGE,)):
                about = reader.read(9)
                if len(about) < 9:
                    break
                reader.seek(_table(about[8]) + 1, 1)
                found += 1
            elif kind == bytes((_EXTENSION,)):
                reader.seek(1, 1)
            else:
                break
            _pass_blocks(reader)
    return max(1, found)


def _pass_blocks(reader: BinaryIO) -> None:
    """Sub-blocks up to the empty one that ends them, or the end of the file."""
    while size := reader.read(1):
        if not size[0]:
            return
        reader.seek(size[0], 1)


def _table(flags: int) -> int:
    """Bytes of a colour table that the flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
