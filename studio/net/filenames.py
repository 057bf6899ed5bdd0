"""File names from addresses and headers, made safe for every system: no path, no device name, no hidden file."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{word}{number}" for word in ("com", "lpt") for number in "0123456789¹²³"}
)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_LONGEST = 120  # bytes of UTF-8, so that a suffix for a second file still fits into 255


def safe_file_name(name: str, fallback: str = "file") -> str:
    """One path component that every system takes. What is not allowed becomes "_"; `fallback` where nothing is left.

    Control and direction-changing characters go (they make `exe.jpg` out of `gpj.exe`), as do dots and spaces at the ends.
    """
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    name = _FORBIDDEN.sub("_", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    if len(extension) > 10:
        stem, extension = name, ""
    room = _LONGEST - len(extension.encode("utf-8")) - 1
    stem = stem.encode("utf-8")[:room].decode("utf-8", "ignore").rstrip(" .")
    if not stem:
        stem = fallback
    if stem.split(".", 1)[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    return f"{stem}.{extension}" if extension else stem


def file_name_of(url: str, fallback: str = "file") -> str:
    """The last part of an address's path, made safe."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return fallback
    return safe_file_name(unquote(path.rsplit("/", 1)[-1], errors="replace"), fallback)
