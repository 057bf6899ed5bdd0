"""Keeping a face recognizable: as much of its own light and shade as likeness needs, and no more.

Measured by SSIM (Wang et al. 2004) of the face's luma, on the picture in its final size.
"""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.cutout import Face
from studio.engine.render.face_ovals import face_ovals
from studio.engine.render.matting import Bytes, Map

GOAL = 0.68
_STEPS = (0.0, 0.12, 0.24, 0.36, 0.48, 0.6, 0.72, 0.84, 0.96)


def similarity(first: Map, second: Map) -> float:
    """Mean SSIM of two lumas, values 0 to 255, over 7×7 windows."""
    if min(first.shape) < 7:
        return 1.0
    window = (7, 7)

    def mean(values: Map) -> Map:
        return np.asarray(cv2.blur(values, window), np.float32)

    a, b = mean(first), mean(second)
    spread_a, spread_b = mean(first * first) - a * a, mean(second * second) - b * b
    both = mean(first * second) - a * b
    low, high = np.float32((0.01 * 255) ** 2), np.float32((0.03 * 255) ** 2)
    return float((((2 * a * b + low) * (2 * both + high)) / ((a * a + b * b + low) * (spread_a + spread_b + high))).mean())


def luma(rgb: Bytes) -> Map:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)


def faces_kept(photo: Bytes, treated: Bytes, faces: tuple[Face, ...]) -> Bytes:
    """The treated picture with the photo's luma led back into each face until it is like enough. Changes `treated`."""
    rows, columns = photo.shape[:2]
    for face in faces:
        left, top, right, bottom = face.pixels(rows, columns)
        if right - left < 8 or bottom - top < 8:
            continue
        margin = round(0.35 * (right - left))
        x0, y0 = max(0, left - margin), max(0, top - margin)
        part = slice(y0, min(rows, bottom + margin)), slice(x0, min(columns, right + margin))
        oval = face_ovals((face,), rows, columns, grow=1.32)[part]
        inner = slice(top - y0, bottom - y0), slice(left - x0, right - x0)
        treated[part] = _led_back(photo[part], treated[part], oval, inner)
    return treated


def _led_back(photo: Bytes, treated: Bytes, oval: Map, inner: tuple[slice, slice]) -> Bytes:
    own, drawn = luma(photo), luma(treated)
    weight = max(float(oval.sum()), 1e-6)
    own_mean, drawn_mean = float((own * oval).sum()) / weight, float((drawn * oval).sum()) / weight
    # The photo's shape in the treatment's own key: a light drawing stays light.
    key = own_mean + (drawn_mean - own_mean) * 0.6
    aim = np.clip((own - own_mean) * 0.95 + key, 0, 255)
    changed = treated
    for share in _STEPS:
        change = (aim - drawn) * np.float32(share) * oval
        changed = np.clip(treated + change[..., None] + 0.5, 0, 255).astype(np.uint8)
        if similarity(own[inner], luma(changed)[inner]) >= GOAL:
            break
    return changed
