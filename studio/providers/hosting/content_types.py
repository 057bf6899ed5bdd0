"""What a file is called on the web, by the ending of its name."""

from __future__ import annotations

from pathlib import Path

UNKNOWN = "application/octet-stream"
CONTENT_TYPES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif",
    ".avif": "image/avif", ".heic": "image/heic", ".heif": "image/heif", ".bmp": "image/bmp", ".tif": "image/tiff",
    ".tiff": "image/tiff", ".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm",
    ".mkv": "video/x-matroska", ".mp3": "audio/mpeg", ".wav": "audio/wav", ".m4a": "audio/mp4", ".ogg": "audio/ogg",
    ".opus": "audio/ogg", ".flac": "audio/flac",
}


def content_type_of(path: Path) -> str:
    return CONTENT_TYPES.get(path.suffix.lower(), UNKNOWN)


def plain_suffix(path: Path) -> str:
    """The ending if it is one of a media file, else nothing: no other part of a file's name leaves this computer."""
    suffix = path.suffix.lower()
    return suffix if suffix in CONTENT_TYPES else ""
