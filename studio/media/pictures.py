"""Reading pictures under limits: what a file is, how large it is, and its pixels, without trusting it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from studio.media.errors import MediaError, MediaTooLargeError, NotMediaError, TruncatedMediaError
from studio.media.gif_frames import count_frames
from studio.media.sniffing import sniff, sniff_file

__all__ = ["DEFAULT_LIMITS", "MediaError", "MediaTooLargeError", "NotMediaError", "PictureInfo", "PictureLimits",
           "TruncatedMediaError", "open_picture", "opened", "probe_picture", "sniff"]

_PILLOW_FORMATS: dict[str, str] = {
    "image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF", "image/avif": "AVIF",
    "image/heic": "HEIF", "image/tiff": "TIFF", "image/bmp": "BMP",
}
# What Pillow's decoders raise on damaged files, seen with truncated and mutated samples of every format above.
_DECODE_ERRORS = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, OverflowError, struct.error,
                  zlib.error, RuntimeError)


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What may be decoded: pixels in one frame, the longer side in pixels, and bytes of the file."""

    max_pixels: int = 89_000_000
    max_side: int = 32_768
    max_bytes: int = 400_000_000


DEFAULT_LIMITS = PictureLimits()
MOST_FRAMES = 100_000
"""Of a GIF that are counted: it may hold millions, and Pillow reads through all of them."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What a picture's header says: size as it is to be seen (rotation applied), `frames` over 1 if animated."""

    mime: str
    width: int
    height: int
    frames: int


def probe_picture(path: Path | str, *, limits: PictureLimits = DEFAULT_LIMITS) -> PictureInfo:
    """What the header of a picture says, without decoding its pixels; of a PNG it is also known then that it is whole.

    Raises a MediaError as `open_picture` does.
    """
    path = Path(path)
    with opened(path, limits=limits) as (image, mime):
        width, height = image.size
        exif = _png_exif(path) if mime == "image/png" and "exif" not in image.info else image.getexif()
        if exif.get(0x0112, 1) in (5, 6, 7, 8):
            width, height = height, width
        frames = count_frames(path, MOST_FRAMES) if mime == "image/gif" else int(getattr(image, "n_frames", 1))
        return PictureInfo(mime, width, height, frames)


def _png_exif(path: Path) -> Image.Exif:
    """The camera's data of a PNG, which may stand behind its pixels, and proof that the file is whole: every chunk's sum is
    checked and the last one is there. Pillow would decode the pixels for that, many times slower.

    Chunks: https://www.w3.org/TR/png-3/#5DataRep. Raises TruncatedMediaError.
    """
    exif, kind = Image.Exif(), b""
    with path.open("rb") as file:
        file.seek(8)
        while kind != b"IEND":
            head = file.read(8)
            left, kind = int.from_bytes(head[:4], "big"), head[4:]
            checked, kept = zlib.crc32(kind), b""
            while left and (block := file.read(min(left, _BLOCK))):
                checked, left = zlib.crc32(block, checked), left - len(block)
                kept = kept or (block if kind == b"eXIf" else b"")
            if len(head) < 8 or left or file.read(4) != checked.to_bytes(4, "big"):
                words = f"“{path.name}” is cut off or damaged. Copy or download it again, or choose another file."
                raise TruncatedMediaError(words)
            if kept:
                exif.load(kept)
    return exif


def open_picture(path: Path | str, *, limits: PictureLimits = DEFAULT_LIMITS) -> Image.Image:
    """The first frame of a picture, fully decoded, upright, in sRGB, mode RGB or RGBA.

    The content decides what it is, not the name. Raises NotMediaError for anything but a picture, TruncatedMediaError for a
    cut or damaged file, MediaTooLargeError before decoding where the header declares more than `limits` allow.
    """
    path = Path(path)
    with opened(path, limits=limits) as (image, _mime):
        image.load()
        upright = ImageOps.exif_transpose(image)
        return _to_srgb(upright)


def check_picture(path: Path | str) -> None:
    """Decode all of a picture's first frame, so that a cut one is found out. Raises as `open_picture`."""
    with opened(Path(path)) as (image, _mime):
        image.load()


@contextmanager
def opened(path: Path, *, limits: PictureLimits = DEFAULT_LIMITS) -> Iterator[tuple[Image.Image, str]]:
    """A picture with its header read and its size checked, not yet decoded; errors while it is open become MediaErrors."""
    mime = sniff_file(path)
    kind = _PILLOW_FORMATS.get(mime)
    if kind is None:
        raise NotMediaError(f"“{path.name}” is no picture ({mime}). Choose a PNG, JPEG, WebP, AVIF or HEIC file.")
    if path.stat().st_size > limits.max_bytes:
        megabytes = limits.max_bytes // 1_000_000
        raise MediaTooLargeError(f"“{path.name}” is larger than {megabytes} MB. Save a smaller copy and use that.")
    if kind == "HEIF":
        _register_heif()
    try:
        with Image.open(path, formats=[kind]) as image:
            _check_size(path, image.size, limits)
            yield image, mime
    except MediaError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaTooLargeError(
            f"“{path.name}” has more than {limits.max_pixels // 1_000_000} million pixels. Save a smaller copy and use that."
        ) from error
    except UnidentifiedImageError as error:
        raise TruncatedMediaError(f"“{path.name}” is damaged and cannot be opened. Choose another file.") from error
    except _DECODE_ERRORS as error:
        raise TruncatedMediaError(
            f"“{path.name}” is cut off or damaged ({error}). Copy or download it again, or choose another file."
        ) from error


def _check_size(path: Path, size: tuple[int, int], limits: PictureLimits) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise TruncatedMediaError(f"“{path.name}” has no pixels. Choose another file.")
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise MediaTooLargeError(
            f"“{path.name}” is {width} × {height} pixels; at most {limits.max_pixels // 1_000_000} million pixels and "
            f"{limits.max_side} a side can be read. Save a smaller copy and use that."
        )


def _register_heif() -> None:
    """HEIC support is loaded for the first HEIC file only: it is large and few people need it."""
    import pillow_heif

    pillow_heif.register_heif_opener()


def _to_srgb(image: Image.Image) -> Image.Image:
    """Convert any mode and colour profile to RGB, or RGBA where the picture has transparency, in sRGB."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I") or image.mode == "F":
        return _from_wide_grey(image)
    if image.mode not in ("RGB", "RGBA", "CMYK"):
        has_alpha = image.mode in ("LA", "PA", "La") or "transparency" in image.info
        return image.convert("RGBA" if has_alpha else "RGB")
    if isinstance(profile, bytes) and profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(image, source, target, outputMode=mode)
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile is common and harmless: the pixels are taken as sRGB
    if image.mode == "RGB" and "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def _from_wide_grey(image: Image.Image) -> Image.Image:
    """16-bit and float greys to RGB: Pillow's own conversion clips them to white."""
    import numpy as np

    values = np.asarray(image, dtype=np.float32)
    float_top = 1.0 if float(values.max(initial=0.0)) <= 1.0 else 255.0
    top = float_top if image.mode == "F" else 65535.0
    grey = np.clip(values * (255.0 / top), 0.0, 255.0).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")
