"""Cutting, turning and mirroring pictures, always into a new file."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from studio.media.pictures import DEFAULT_LIMITS, PictureLimits, open_picture

Box = tuple[float, float, float, float]
_CLOCKWISE = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
JPEG_QUALITY = 95


def edit_picture(
    source: Path, out: Path, *, turns: int = 0, mirrored: bool = False, box: Box = (0.0, 0.0, 1.0, 1.0),
    lossless: bool = True, limits: PictureLimits = DEFAULT_LIMITS,
) -> tuple[int, int]:
    """Write the mirrored (first), turned (`turns` quarters clockwise, then) and cut picture to `out`; its width and height.

    `box` is left, top, right, bottom in shares of the turned picture; at least one pixel is left. PNG where `lossless` or
    transparent, else JPEG. Raises a MediaError as `open_picture` does, and OSError where `out` cannot be written.
    """
    picture = open_picture(source, limits=limits)
    if mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if turns % 4:
        picture = picture.transpose(_CLOCKWISE[turns % 4])
    picture = picture.crop(pixels_of(box, picture.size))
    save_picture(picture, out, lossless=lossless)
    return picture.size


def pixels_of(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A box in shares as whole pixels inside `size`, never empty."""
    width, height = size
    left, top = min(round(box[0] * width), width - 1), min(round(box[1] * height), height - 1)
    return left, top, max(left + 1, min(width, round(box[2] * width))), max(top + 1, min(height, round(box[3] * height)))


def save_picture(picture: Image.Image, out: Path, *, lossless: bool) -> None:
    """PNG; JPEG in full colour resolution where not `lossless` and nothing is transparent. `out` needs no suffix."""
    if lossless or picture.mode == "RGBA":
        picture.save(out, format="PNG", compress_level=3)  # a third of the time of the usual 6, some percent larger
    else:
        picture.save(out, format="JPEG", quality=JPEG_QUALITY, subsampling=0)
