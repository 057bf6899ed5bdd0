"""Small pictures of large ones: thumbnails of pictures, poster frames of videos."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import numpy as np
from PIL import Image, ImageOps

from studio.media.errors import TruncatedMediaError
from studio.media.pictures import DEFAULT_LIMITS, PictureLimits, open_picture, opened
from studio.media.probe import open_container

_BACKDROP = (32, 32, 36)
# A frame whose mean luma is below this (0 to 255, black is 16) or whose spread is below that shows nothing.
_DARK, _FLAT = 24.0, 6.0
_POSITIONS = (0.1, 0.3, 0.5, 0.75, 0.0)


def make_thumbnail(
    path: Path | str, size: int, out: Path | str, *, limits: PictureLimits = DEFAULT_LIMITS
) -> tuple[int, int]:
    """Write a picture's thumbnail, at most `size` pixels on its longer side, in the format that the name `out` ends in.

    A JPEG is decoded at a fraction of its size (DCT scaling) and reduced in two steps, several times faster than decoding
    all of it. Transparency is kept in PNG and WebP and laid over dark grey in JPEG. Returns width and height. Raises as
    `open_picture` does, and OSError where `out` cannot be written.
    """
    path, out = Path(path), Path(out)
    with opened(path, limits=limits) as (image, mime):
        if mime == "image/jpeg" and "icc_profile" not in image.info:
            image.draft("RGB", (size, size))
            image.thumbnail((size, size), Image.Resampling.BILINEAR, reducing_gap=1.0)
            small = ImageOps.exif_transpose(image).convert("RGB")
        else:
            small = _upright(path, size, limits)
    _save(small, out)
    return small.size


def poster_frame(video_path: Path | str) -> Image.Image:
    """An upright RGB frame that stands for a video: near 10 % of it, later where that is black or empty.

    Raises NotMediaError or TruncatedMediaError (as `probe` does).
    """
    path = Path(video_path)
    best: tuple[float, Image.Image] | None = None
    for frame in _frames_at(path, _POSITIONS):
        luma = frame.to_ndarray(format="gray")[::4, ::4]
        mean, spread = float(luma.mean()), float(luma.std())
        if best is None or mean + spread > best[0]:
            best = (mean + spread, _picture_of(frame))
        if mean >= _DARK and spread >= _FLAT:
            return _picture_of(frame)
    if best is None:
        raise TruncatedMediaError(f"“{path.name}” holds no frame that can be shown. Copy or download it again.")
    return best[1]


def _upright(path: Path, size: int, limits: PictureLimits) -> Image.Image:
    picture = open_picture(path, limits=limits)
    picture.thumbnail((size, size), Image.Resampling.BILINEAR, reducing_gap=1.0)
    return picture


def _save(image: Image.Image, out: Path) -> None:
    if image.mode == "RGBA" and out.suffix.lower() in (".jpg", ".jpeg"):
        flat = Image.new("RGB", image.size, _BACKDROP)
        flat.paste(image, mask=image.getchannel("A"))
        image = flat
    part = out.with_name(out.name + ".part")
    try:
        image.save(part, format=Image.registered_extensions()[out.suffix.lower()], quality=85)
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)


def _frames_at(path: Path, fractions: tuple[float, ...]) -> Iterator[av.VideoFrame]:
    """One decoded frame near each fraction of a video's length; places that do not decode are passed over."""
    try:
        with open_container(path) as container:
            if not container.streams.video:
                raise TruncatedMediaError(f"“{path.name}” holds no pictures. Choose a video.")
            stream = container.streams.video[0]
            for fraction in fractions:
                frame = _frame_near(container, stream, fraction)
                if frame is not None:
                    yield frame
    except av.error.FFmpegError as error:
        raise TruncatedMediaError(f"“{path.name}” is cut off or damaged. Copy or download it again.") from error


def _frame_near(container: av.container.InputContainer, stream: av.VideoStream, fraction: float) -> av.VideoFrame | None:
    target = int((stream.duration or 0) * fraction)
    try:
        container.seek(target, stream=stream)
        frame = None
        for frame in container.decode(stream):
            if frame.pts is None or frame.pts >= target:
                break
        return frame
    except av.error.FFmpegError:
        return None


def _picture_of(frame: av.VideoFrame) -> Image.Image:
    """Frame to RGB by the matrix that the stream names; an unnamed one is BT.709 from 720 lines on, BT.601 below."""
    named = int(frame.colorspace)
    matrix = named if named in (1, 5, 6) else (1 if frame.height >= 720 else 5)
    rgb = np.asarray(frame.to_ndarray(format="rgb24", src_colorspace=matrix, dst_colorspace=matrix), dtype=np.uint8)
    return Image.fromarray(np.ascontiguousarray(np.rot90(rgb, round(frame.rotation / 90))))
