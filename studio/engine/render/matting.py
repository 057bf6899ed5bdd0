"""A soft outline from a rough one: each pixel of the seam is placed between the colours nearby inside and outside.

That keeps hair, and gives the subject's own colours without the share of the old background.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]

_MATTE_SIDE = 1600


def matte(rgb: Bytes, mask: Bytes) -> tuple[Map, Bytes]:
    """A soft alpha from a rough mask (0 and 1, of any size): (alpha in the photo's size, the photo's colours with the share
    of what lies outside taken out of the seam)."""
    rows, columns = rgb.shape[:2]
    factor = min(1.0, _MATTE_SIDE / max(rows, columns))
    size = max(1, round(columns * factor)), max(1, round(rows * factor))
    picture = (cv2.resize(rgb, size, interpolation=cv2.INTER_AREA) if factor < 1 else rgb).astype(np.float32)
    rough = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    reach = max(1.5, max(size) / 110)
    ramp = np.clip(cv2.GaussianBlur(rough, (0, 0), reach * 0.5), 0, 1)
    inside, outside = (ramp > 0.96).astype(np.float32), (ramp < 0.04).astype(np.float32)
    front, back = colours_near(picture, inside, reach * 1.6), colours_near(picture, outside, reach * 1.6)
    line = front - back
    apart = np.maximum((line * line).sum(axis=2), 1.0)
    between = np.clip(((picture - back) * line).sum(axis=2) / apart, 0, 1)
    trust = np.clip((np.sqrt(apart) - 18) / 50, 0, 0.85)
    firm = np.clip((ramp - 0.5) * 2.2 + 0.5, 0, 1)
    alpha = firm * (1 - trust) + trust * between * np.clip(ramp * 3, 0, 1)
    alpha = np.where(inside > 0, 1.0, np.where(outside > 0, 0.0, alpha)).astype(np.float32)
    alpha = np.clip((cv2.GaussianBlur(alpha, (0, 0), 0.7) - 0.06) / 0.88, 0, 1).astype(np.float32)
    seam = ((alpha < 0.995) & (alpha > 0.0))[..., None]
    own = np.where(seam, (picture - (1 - alpha[..., None]) * back) / np.maximum(alpha[..., None], 0.25), picture)
    own = np.where(seam, np.clip(own, np.minimum(front, picture) - 12, np.maximum(front, picture) + 12), own)
    own = np.where((alpha <= 0.0)[..., None], front, own)
    if factor == 1:
        return alpha, np.clip(own, 0, 255).astype(np.uint8)
    alpha = np.clip(cv2.resize(alpha, (columns, rows), interpolation=cv2.INTER_CUBIC), 0, 1).astype(np.float32)
    change = cv2.resize(np.where(seam, own - picture, 0).astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return alpha, np.clip(rgb + change, 0, 255).astype(np.uint8)


def colours_near(picture: Map, where: Map, sigma: float) -> Map:
    """The mean colour of the marked pixels around each place; wide where there are none near."""
    total = np.zeros_like(picture)
    weight = np.zeros(picture.shape[:2], np.float32)
    marked = picture * where[..., None]
    share = np.float32(1.0)
    for times in (1.0, 4.0, 16.0):
        weight += share * _widely(where, sigma * times)
        total += share * _widely(marked, sigma * times)
        share *= np.float32(1e-3)
    return np.asarray(total / np.maximum(weight, 1e-9)[..., None], np.float32)


def _widely(values: Map, sigma: float) -> Map:
    """A Gaussian blur; a wide one is made on a smaller copy, as its cost grows with its width."""
    factor = min(1.0, 3.0 / sigma)
    rows, columns = values.shape[:2]
    if factor >= 1 or min(rows, columns) * factor < 4:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), min(sigma, 30.0)), np.float32)
    small = cv2.resize(values, (round(columns * factor), round(rows * factor)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma * factor)
    return np.asarray(cv2.resize(soft, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
