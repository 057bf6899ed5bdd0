"""From sRGB pixels to the video's colour: BT.709, limited range, 4:2:0 (ITU-R BT.709-6, items 3.2 to 3.4)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_KR, _KB = 0.2126, 0.0722
_KG = 1.0 - _KR - _KB

# Rows Y, Cb, Cr over R, G, B in 0..255, last column the offset: luma 16 to 235, chroma 16 to 240 about 128.
RGB_TO_YUV_709: NDArray[np.float32] = np.array(
    [
        [_KR * 219 / 255, _KG * 219 / 255, _KB * 219 / 255, 16.0],
        [-_KR / (2 * (1 - _KB)) * 224 / 255, -_KG / (2 * (1 - _KB)) * 224 / 255, 0.5 * 224 / 255, 128.0],
        [0.5 * 224 / 255, -_KG / (2 * (1 - _KR)) * 224 / 255, -_KB / (2 * (1 - _KR)) * 224 / 255, 128.0],
    ],
    dtype=np.float32,
)


def rgb_to_yuv444(rgb: Bytes) -> Bytes:
    """Height×width×3 sRGB bytes to Y, Cb, Cr bytes of the same shape (BT.709, limited range)."""
    out: Bytes = np.asarray(cv2.transform(rgb, RGB_TO_YUV_709), dtype=np.uint8)
    return out


def halve(plane: Bytes) -> Bytes:
    """A chroma plane at half the size each way, each value the mean of its 2×2 block. Sides must be even."""
    height, width = plane.shape
    out: Bytes = np.asarray(cv2.resize(plane, (width // 2, height // 2), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return out


def rgb_to_yuv420(rgb: Bytes) -> tuple[Bytes, Bytes, Bytes]:
    """Height×width×3 sRGB bytes to the planes Y (height×width), Cb and Cr (half of it each way); sides must be even."""
    y, u, v = cv2.split(rgb_to_yuv444(rgb))
    return np.asarray(y, dtype=np.uint8), halve(np.asarray(u, dtype=np.uint8)), halve(np.asarray(v, dtype=np.uint8))


def yuv420_to_rgb(y: Bytes, u: Bytes, v: Bytes) -> Bytes:
    """The reverse of `rgb_to_yuv420`, for looking at frames and for tests."""
    height, width = y.shape
    inverse = np.linalg.inv(RGB_TO_YUV_709[:, :3].astype(np.float64))
    offset = -inverse @ RGB_TO_YUV_709[:, 3].astype(np.float64)
    matrix = np.column_stack([inverse, offset]).astype(np.float32)
    full = cv2.merge([y, *(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in (u, v))])
    out: Bytes = np.asarray(cv2.transform(full, matrix), dtype=np.uint8)
    return out
