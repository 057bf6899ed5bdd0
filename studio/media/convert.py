"""Bringing media into the formats that services surely take: upright PNG, JPEG or WebP, MP4 with H.264, MP3, WAV or M4A.

Neither contract names formats; these are the ones that every service of the kind takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from studio.media.edit import save_picture
from studio.media.errors import MediaTooLargeError
from studio.media.pictures import open_picture, opened, probe_picture
from studio.media.probe import MediaInfo, first_rotation, probe
from studio.media.transcode import animation_to_mp4, rewrap_as_mp4, sound_to_mp3, video_to_mp4

Step = Callable[[float], None]
"""Called with the share that is done, 0 to 1; what it raises ends the work."""

MAX_SECONDS = 600.0
"""Of video or sound that is converted here; longer ones take too long to wait for."""
_STILLS = frozenset({"image/png", "image/jpeg", "image/webp"})
_SOUNDS = frozenset({"audio/mpeg", "audio/wav", "audio/mp4"})
_LOSSY = frozenset({"image/jpeg", "image/heic", "image/avif"})
_NAMES = {
    "image/gif": "GIF", "image/tiff": "TIFF", "image/bmp": "BMP", "image/heic": "HEIC", "image/avif": "AVIF",
    "image/webp": "WebP", "image/png": "PNG", "image/jpeg": "JPEG", "video/quicktime": "MOV", "video/webm": "WebM",
    "video/x-matroska": "MKV", "video/mp4": "MP4", "audio/ogg": "Ogg", "audio/flac": "FLAC", "audio/aac": "AAC",
}


class How(StrEnum):
    PICTURE = "picture"
    ANIMATION = "animation"
    REWRAP = "rewrap"
    VIDEO = "video"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What will be done to a file, and why, in a sentence for the person. `lossless` picks PNG over JPEG."""

    how: How
    words: str
    lossless: bool = True


def conversion_for(path: Path, *, moving: bool) -> Conversion | None:
    """What a file needs before it is sent; None where it may go as it is. `moving`: its place takes videos, so an animation
    becomes one; else its first picture counts.

    Raises a MediaError as `probe` does, and MediaTooLargeError for what is too long to be converted here.
    """
    info = probe(path)
    if info.kind == "image":
        return _for_picture(path, info.mime, moving=moving)
    needed = _for_video(path, info) if info.kind == "video" else _for_sound(info)
    if needed is not None and needed.how is not How.REWRAP and (info.duration_s or 0.0) > MAX_SECONDS:
        raise MediaTooLargeError(f"“{path.name}” is too long to be converted here. Save it as MP4 with another program.")
    return needed


def convert(path: Path, conversion: Conversion, out: Path, step: Step) -> None:
    """Carry it out; `out` appears complete or is left behind broken when this raises (MediaError, OSError, or as `step`)."""
    if conversion.how is How.PICTURE:
        save_picture(open_picture(path), out, lossless=conversion.lossless)
    elif conversion.how is How.ANIMATION:
        animation_to_mp4(path, out, step)
    elif conversion.how is How.REWRAP:
        rewrap_as_mp4(path, out)
    elif conversion.how is How.VIDEO:
        video_to_mp4(path, out, step)
    else:
        sound_to_mp3(path, out, step)


def _for_picture(path: Path, mime: str, *, moving: bool) -> Conversion | None:
    name = _NAMES.get(mime, mime)
    frames = probe_picture(path).frames
    if frames > 1 and moving:
        return Conversion(How.ANIMATION, f"The {name} with {frames} pictures was made into an MP4.")
    with opened(path) as (image, _):
        turned = mime != "image/tiff" and image.getexif().get(0x0112, 1) != 1
        inky, wide = image.mode == "CMYK", image.mode.startswith(("I", "F"))
        lossless = mime not in _LOSSY
    to = "PNG" if lossless else "JPEG"
    if frames > 1:
        return Conversion(How.PICTURE, f"Of the {frames} pictures in the {name} the first is used.", lossless)
    if mime not in _STILLS:
        return Conversion(How.PICTURE, f"Converted from {name} to {to}.", lossless)
    if turned:
        return Conversion(How.PICTURE, "Turned upright, as the camera noted it.", lossless)
    if inky or wide:
        return Conversion(How.PICTURE, "Its colours were converted to sRGB.", lossless)
    return None


def _for_video(path: Path, info: MediaInfo) -> Conversion | None:
    name = _NAMES.get(info.mime, info.mime)
    if info.video_codec != "h264":
        codec = (info.video_codec or "unknown").upper()
        return Conversion(How.VIDEO, f"Converted from {name} ({codec}) to MP4 (H.264).")
    if info.mime == "video/mp4":
        return None
    if first_rotation(path):
        return Conversion(How.VIDEO, f"Turned upright and converted from {name} to MP4.")
    if info.audio_codec in (None, "aac", "mp3"):
        return Conversion(How.REWRAP, f"Rewritten from {name} as MP4, with the same pictures and sound.")
    return Conversion(How.VIDEO, f"Converted from {name} to MP4.")


def _for_sound(info: MediaInfo) -> Conversion | None:
    if info.mime in _SOUNDS:
        return None
    return Conversion(How.SOUND, f"Converted from {_NAMES.get(info.mime, info.mime)} to MP3.")
