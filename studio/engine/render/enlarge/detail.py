"""Enlarging one frame: Lanczos, held to the source by back-projection (Irani and Peleg, "Improving Resolution by Image
Registration", 1991), with detail raised where there is some and light noise taken off. No model: nothing is invented."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.media.colour import rgb_to_yuv444

Bytes = NDArray[np.uint8]
Plane = NDArray[np.float32]
Planes = tuple[Bytes, Bytes, Bytes]

_SOFT_NOISE, _HARD_NOISE = 1.2, 8.0  # deviation of luma noise of 255: below the first it is left alone
_ROUNDS = 2
_AMOUNT = 1.1
_NEAR = np.ones((3, 3), np.uint8)


def enlarged(rgb: Bytes, width: int, height: int) -> Planes:
    """Y (height×width), Cb and Cr (half each way) of a frame, (rows, columns, 3) sRGB, at another size with even sides."""
    y, u, v = (np.asarray(plane, np.uint8) for plane in cv2.split(rgb_to_yuv444(rgb)))
    luma = np.clip(np.rint(enlarged_luma(y, width, height)), 16, 235).astype(np.uint8)
    return luma, _chroma(u, width // 2, height // 2), _chroma(v, width // 2, height // 2)


def enlarged_luma(luma: Bytes, width: int, height: int) -> Plane:
    """One plane at another size, float32, not yet clipped."""
    source = quietened(luma)
    scale = max(width / luma.shape[1], height / luma.shape[0])
    up = _resized(source, width, height, cv2.INTER_LANCZOS4)
    for _ in range(_ROUNDS):
        up += _error(source, up)
    low, high = np.asarray(cv2.erode(up, _NEAR)), np.asarray(cv2.dilate(up, _NEAR))
    # Detail is what a blur as wide as a source pixel takes away; beyond what lies around it would be a halo.
    detail = up - cv2.GaussianBlur(up, (0, 0), 0.45 + 0.4 * scale)
    room = (high - low) * 0.25 + 1.0
    sharp = np.clip(up + _AMOUNT * detail, low - room, high + room).astype(np.float32)
    sharp += _error(source, sharp)
    return sharp


def quietened(luma: Bytes) -> Plane:
    """The plane as float32, its noise smoothed away from edges as far as there is any."""
    values = luma.astype(np.float32)
    noise = noise_of(values)
    if noise < _SOFT_NOISE or min(luma.shape) < 8:
        return values
    return np.asarray(cv2.bilateralFilter(values, 5, 2.0 * min(noise, _HARD_NOISE), 1.2), np.float32)


def noise_of(values: Plane) -> float:
    """Deviation of the noise of a plane, by the median of its finest differences (Immerkær's mask, 1996): detail, being
    rare, hardly counts."""
    if min(values.shape) < 3:
        return 0.0
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    fine = np.abs(np.asarray(cv2.filter2D(values, cv2.CV_32F, mask)))
    return float(np.median(fine)) / 0.6745 / 6.0


def _error(source: Plane, up: Plane) -> Plane:
    """What the enlarged plane would differ by from its source when made small again, at the large size."""
    rows, columns = source.shape
    small = _resized(up, columns, rows, cv2.INTER_AREA)
    return _resized(np.asarray(source - small, np.float32), up.shape[1], up.shape[0], cv2.INTER_CUBIC)


def _chroma(plane: Bytes, width: int, height: int) -> Bytes:
    shrinks = plane.shape[1] > width
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4),
                      np.uint8)


def _resized(plane: Plane, width: int, height: int, way: int) -> Plane:
    if plane.shape == (height, width):
        return plane.copy()
    return np.asarray(cv2.resize(plane, (width, height), interpolation=way), np.float32)
