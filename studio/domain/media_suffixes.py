"""The kind that a file's name promises. Only for a first guess: what a file is goes by its content."""

from __future__ import annotations

from studio.domain.kinds import MediaKind

SUFFIXES = {
    MediaKind.IMAGE: ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif"),
    MediaKind.VIDEO: ("mp4", "mov", "m4v", "webm", "mkv", "avi"),
    MediaKind.AUDIO: ("mp3", "wav", "m4a", "aac", "ogg", "opus", "flac"),
}


def kind_of_name(name: str) -> MediaKind | None:
    """What a file is, by its extension; None for one that does not say."""
    suffix = name.rpartition(".")[2].lower()
    return next((kind for kind, suffixes in SUFFIXES.items() if suffix in suffixes), None)
