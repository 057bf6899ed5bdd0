"""A reader for a picture file that knows the file's format beforehand, by its first bytes; a file's name may lie.

Left to find out by itself Qt asks its readers one after the other, and the one for SVG connects a text stream to the file.
PySide keeps the interpreter's lock while it asks for a size: the worker then waited with it for a lock of Qt's that the
window's thread had, which waited for the interpreter. The window stood still for good.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QImageReader

_HEAD_BYTES = 12
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", b"png"), (b"\xff\xd8\xff", b"jpeg"), (b"GIF87a", b"gif"), (b"GIF89a", b"gif"),
    (b"II*\x00", b"tiff"), (b"MM\x00*", b"tiff"), (b"BM", b"bmp"),
)


def picture_reader(path: str) -> QImageReader:
    """Of a format that is not told by its first bytes, or that this Qt has no reader for, Qt is left to find out."""
    reader = QImageReader(path)
    known = format_of(path)
    if known in _readable():
        reader.setAutoDetectImageFormat(False)
        reader.setFormat(known)
    else:
        reader.setDecideFormatFromContent(True)
    return reader


def format_of(path: str) -> bytes:
    """Qt's name for the format of a file; empty where it is another one or the file cannot be read."""
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return b""  # why is said by who reads the picture
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return b"webp"
    return next((name for magic, name in _SIGNATURES if head.startswith(magic)), b"")


@cache
def _readable() -> frozenset[bytes]:
    return frozenset(bytes(name.data()) for name in QImageReader.supportedImageFormats())
