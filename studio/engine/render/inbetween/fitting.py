"""A given picture as a frame of the film: read under limits, upright, cropped to cover, at the frame's size."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.engine.render.motion.depth import photo_depth
from studio.engine.render.motion.photo import cover_box
from studio.engine.render.task import RenderRefusedError
from studio.media.pictures import MediaError, open_picture

Bytes = NDArray[np.uint8]

_SAME_SHAPE = 0.01


def picture_at(path: Path, field_name: str, width: int, height: int) -> Bytes:
    """The picture as sRGB bytes (height, width, 3), what is clear over black. RenderRefusedError naming the field."""
    try:
        with open_picture(path) as picture:
            return fitted(_over_black(picture), width, height)
    except MediaError as error:
        raise RenderRefusedError(error.message, field_name) from error


def fitted(rgb: Bytes, width: int, height: int) -> Bytes:
    """The largest part in the frame's shape, about the faces where there are any, at the frame's size."""
    rows, columns = rgb.shape[:2]
    if abs(columns * height / (rows * width) - 1) > _SAME_SHAPE:
        left, top, right, bottom = cover_box(columns, rows, width, height, photo_depth(rgb))
        rgb = rgb[top:bottom, left:right]
    way = cv2.INTER_AREA if rgb.shape[1] > width else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(rgb), (width, height), interpolation=way), np.uint8)


def cover(rgb: Bytes, width: int, height: int) -> Bytes:
    """The largest middle part in the frame's shape, at the frame's size: quick, and the same for each frame of a clip."""
    rows, columns = rgb.shape[:2]
    wide, high = min(columns, round(rows * width / height)), min(rows, round(columns * height / width))
    left, top = (columns - wide) // 2, (rows - high) // 2
    part = np.ascontiguousarray(rgb[top : top + max(high, 1), left : left + max(wide, 1)])
    way = cv2.INTER_AREA if part.shape[1] > width else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, (width, height), interpolation=way), np.uint8)


def _over_black(picture: Image.Image) -> Bytes:
    if picture.mode == "RGBA":
        flat = Image.new("RGB", picture.size)
        flat.paste(picture, mask=picture.getchannel("A"))
        return np.asarray(flat, np.uint8)
    return np.asarray(picture.convert("RGB"), np.uint8)
