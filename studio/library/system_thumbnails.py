"""Thumbnails that the desktop has made of a person's own files, taken over instead of decoding the file once more.

Freedesktop thumbnail specification: <cache>/thumbnails/<size>/<MD5 of the address>.png, which says in itself of which
address and of which time it is. Linux only; other systems keep theirs where programs do not reach them.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from studio.library.previews import make_preview_from, preview_path

_FOLDERS = ("x-large", "xx-large")
"""Of 512 and 1,024 pixels. "large" has 256: our largest preview made of it would be blurred."""
_LARGEST = 8_000_000


def adopt_system_thumbnail(original: Path, sha256: str, thumbnails: Path) -> Path | None:
    """Make the previews of a file that was imported from `original` out of the desktop's thumbnail; blocks.

    None where there is none, where it is older than the file or of another one, or cannot be read: then `make_preview` makes
    them of the file itself.
    """
    target = preview_path(thumbnails, sha256)
    if not sys.platform.startswith("linux") or target.is_file():
        return None
    found = _find(original)
    if found is None:
        return None
    return make_preview_from(found, sha256, thumbnails)


def _find(original: Path) -> Path | None:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "thumbnails"
    try:
        address = original.resolve().as_uri()
        modified = int(original.stat().st_mtime)
    except (OSError, ValueError):
        return None
    name = hashlib.md5(address.encode(), usedforsecurity=False).hexdigest() + ".png"
    return next((path for folder in _FOLDERS if _is_of(path := cache / folder / name, address, modified)), None)


def _is_of(path: Path, address: str, modified: int) -> bool:
    """Whether the thumbnail says that it is of this address and time; its texts stand before its pixels."""
    try:
        if path.stat().st_size > _LARGEST:
            return False
        data = path.read_bytes()
    except OSError:
        return False
    return _text(data, b"Thumb::URI") == address and _text(data, b"Thumb::MTime") == str(modified)


def _text(data: bytes, keyword: bytes) -> str | None:
    """Of a PNG's tEXt chunks."""
    at = data.find(b"tEXt" + keyword + b"\0")
    if at < 4:
        return None
    size = int.from_bytes(data[at - 4 : at], "big")
    return data[at + 4 + len(keyword) + 1 : at + 4 + size].decode("latin-1")
