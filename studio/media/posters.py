"""Poster frames of videos, and a decoded frame as a picture to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import numpy as np
from PIL import Image

from studio.media.errors import TruncatedMediaError
from studio.media.probe import open_container

# A frame whose mean luma is below this (0 to 255, black is 16) or whose spread is below that shows nothing.
_DARK, _FLAT = 24.0, 6.0
_POSITIONS = (0.1, 0.3, 0.5, 0.75, 0.0)


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
            best = (mean + spread, picture_of(frame))
        if mean >= _DARK and spread >= _FLAT:
            return picture_of(frame)
    if best is None:
        raise TruncatedMediaError(f"“{path.name}” holds no frame that can be shown. Copy or download it again.")
    return best[1]


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


def picture_of(frame: av.VideoFrame, size: tuple[int, int] | None = None) -> Image.Image:
    """Frame to RGB, upright, by the matrix that the stream names; an unnamed one is BT.709 from 720 lines on, BT.601 below.

    `size`: width and height before it is turned, if it shall be reduced.
    """
    named = int(frame.colorspace)
    matrix = named if named in (1, 5, 6) else (1 if frame.height >= 720 else 5)
    rotation = round(frame.rotation / 90)
    if size is not None:
        frame = frame.reformat(width=size[0], height=size[1], format="rgb24", src_colorspace=matrix, dst_colorspace=matrix,
                               interpolation="AREA")
    rgb = np.asarray(frame.to_ndarray(format="rgb24", src_colorspace=matrix, dst_colorspace=matrix), dtype=np.uint8)
    return Image.fromarray(np.ascontiguousarray(np.rot90(rgb, rotation)))
