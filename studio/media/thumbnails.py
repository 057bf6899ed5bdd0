"""Small pictures of large ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageOps

from studio.media.fast_png import small_png
from studio.media.pictures import DEFAULT_LIMITS, PictureLimits, open_picture, opened

_BACKDROP = (32, 32, 36)


def make_thumbnails(path: Path, outs: Mapping[int, Path], video: bool = False) -> tuple[int, int]:
    """Write a picture, or a video's poster frame, as a JPEG for each size in `outs` (longer side in pixels), from one
    decoding: each smaller one is made of the next larger one. Never larger than the original.

    Returns width and height of the largest. Raises as `open_picture` and `poster_frame` do, and OSError.
    """
    sizes = sorted(outs, reverse=True)
    if video:
        from studio.media.posters import poster_frame  # FFmpeg takes as long to load as a picture takes

        small = poster_frame(path)
    else:
        small = _flat(small_picture(path, sizes[0], flat=True))
    largest = None
    for size in sizes:
        small = _reduced(small, size, gap=2.0 if largest is None else 1.0)
        largest = largest or small.size
        small.save(outs[size], format="JPEG", quality=85)
    return largest or small.size


def make_thumbnail(
    path: Path | str, size: int, out: Path | str, *, limits: PictureLimits = DEFAULT_LIMITS
) -> tuple[int, int]:
    """Write a picture's thumbnail, at most `size` pixels on its longer side, in the format that the name `out` ends in.

    Transparency is kept in PNG and WebP and laid over dark grey in JPEG. Returns width and height. Raises as
    `open_picture` does, and OSError where `out` cannot be written.
    """
    small = small_picture(Path(path), size, limits=limits)
    _save(small, Path(out))
    return small.size


def small_picture(path: Path, size: int, *, flat: bool = False, limits: PictureLimits = DEFAULT_LIMITS) -> Image.Image:
    """A picture at most `size` pixels on its longer side, upright, in sRGB, RGB or RGBA; with `flat` it may be laid over
    dark grey already, which is faster before it is reduced.

    A JPEG is decoded at a fraction of its size (DCT scaling) and reduced in two steps, several times faster than decoding
    all of it; a plain PNG is decoded by libvips, where it is there, which undoes PNG's filters faster than Pillow does.
    Raises as `open_picture` does.
    """
    with opened(path, limits=limits) as (image, mime):
        plain = "icc_profile" not in image.info
        if mime == "image/jpeg" and plain and image.mode != "CMYK":
            image.draft("RGB", (size, size))
            image.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=2.0)
            return ImageOps.exif_transpose(image).convert("RGB")
        if mime == "image/png" and plain and "exif" not in image.info and min(image.size) > 2 * size:
            found = small_png(path, size, image.mode, _BACKDROP if flat else None)
            if found is not None:
                return found
    return _reduced(open_picture(path, limits=limits), size)


def _reduced(image: Image.Image, size: int, *, gap: float = 2.0) -> Image.Image:
    """`gap`: how many times too large the mean of whole blocks leaves a picture for the finer filter; at 1 it may do all."""
    if max(image.size) > size:
        image.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=gap)
    return image


def _flat(image: Image.Image) -> Image.Image:
    """RGB for JPEG, what is see-through laid over dark grey."""
    if image.mode != "RGBA":
        return image
    flat = Image.new("RGB", image.size, _BACKDROP)
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def _save(image: Image.Image, out: Path) -> None:
    if out.suffix.lower() in (".jpg", ".jpeg"):
        image = _flat(image)
    part = out.with_name(out.name + ".part")
    try:
        image.save(part, format=Image.registered_extensions()[out.suffix.lower()], quality=85)
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
