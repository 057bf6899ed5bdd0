"""Parts of files, copied exactly or not at all."""

from __future__ import annotations

from typing import BinaryIO

from studio.media.errors import TruncatedMediaError

_BLOCK = 1 << 20


class BrokenFileError(TruncatedMediaError):
    """The file is not built as its kind says."""


def broken(what: str) -> BrokenFileError:
    return BrokenFileError(f"The file is cut off or damaged ({what}). Copy or download it again.")


def take(reader: BinaryIO, size: int) -> bytes:
    """Exactly `size` bytes."""
    data = reader.read(size)
    if len(data) != size:
        raise broken("it ends too early")
    return data


def copy(reader: BinaryIO, writer: BinaryIO, size: int) -> None:
    """Copy exactly `size` bytes."""
    while size:
        block = reader.read(min(size, _BLOCK))
        if not block:
            raise broken("it ends too early")
        writer.write(block)
        size -= len(block)


def copy_rest(reader: BinaryIO, writer: BinaryIO) -> None:
    while block := reader.read(_BLOCK):
        writer.write(block)
