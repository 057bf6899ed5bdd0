"""Names for files: readable for people, allowed on Linux, Windows and macOS alike, and never a way out of their folder."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from studio.domain.operation import MediaKind

LONGEST_NAME = 120
"""Characters of a whole file name; bytes are held to twice that (most file systems end at 255 bytes)."""
_LONGEST_BYTES = 2 * LONGEST_NAME
_WORDS = 9
_LONGEST_TITLE = 64
_FORBIDDEN = frozenset('<>:"/\\|?*')
# Device names, with or without an extension (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
_PORTS = {f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"}
_RESERVED = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$"} | _PORTS)

EXTENSIONS: dict[str, str] = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif", "image/avif": ".avif",
    "image/heic": ".heic", "image/tiff": ".tiff", "image/bmp": ".bmp",
    "video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm", "video/x-matroska": ".mkv",
    "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/wav": ".wav", "audio/ogg": ".ogg", "audio/flac": ".flac",
    "audio/aac": ".aac",
    "text/plain": ".txt",
}
_BY_KIND = {MediaKind.IMAGE: ".png", MediaKind.VIDEO: ".mp4", MediaKind.AUDIO: ".mp3", MediaKind.PROMPT: ".txt"}


def extension_of(mime: str, kind: MediaKind, file_name: str = "") -> str:
    """The extension for a content; where the content is not known, that of the given name, else the kind's usual one."""
    known = EXTENSIONS.get(mime)
    if known is not None:
        return known
    given = Path(safe_stem(file_name)).suffix.lower() if file_name else ""
    return given if 2 <= len(given) <= 6 and given[1:].isalnum() and given.isascii() else _BY_KIND[kind]


def safe_stem(text: str, fallback: str = "Untitled") -> str:
    """`text` as a file name without extension: no separators, control characters, device names, leading or trailing dots."""
    composed = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    plain = "".join(" " if c in _FORBIDDEN or unicodedata.category(c)[0] in "CZ" else c for c in composed)
    stem = _fitting(" ".join(plain.split()).strip(". "), LONGEST_NAME - 20).strip(". ")
    if stem.split(".", 1)[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    return stem or fallback


def _fitting(text: str, characters: int) -> str:
    """As much of `text` as stays within the limits of characters and bytes."""
    text = text[:characters]
    while len(text.encode("utf-8")) > _LONGEST_BYTES - 40:
        text = text[:-1]
    return text


def title_stem(words: str, fallback: str) -> str:
    """The first words of a prompt as the readable part of a file's name."""
    title = " ".join(words.split()[:_WORDS])
    if len(title) > _LONGEST_TITLE:
        title = title[:_LONGEST_TITLE].rsplit(" ", 1)[0]
    return safe_stem(title, safe_stem(fallback))


def output_tag(job_id: str, index: int) -> str:
    """Eight hex digits that belong to one output of one job: a file that bears them is found again after a crash."""
    return hashlib.sha256(f"{job_id}:{index}".encode("utf-8", "replace")).hexdigest()[:8]


def numbered(stem: str, extension: str, number: int) -> str:
    """A whole file name; from the second of that name on with its number: "Harbour (2).png"."""
    return f"{stem}{extension}" if number < 2 else f"{stem} ({number}){extension}"
