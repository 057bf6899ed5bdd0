"""Falling water: strands of light that run down over a plate which itself stands still."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_TILE = 256
_SPEED = 0.62  # short sides a second: what is seen of water that falls some tens of metres


class Fall:
    """Brightens and darkens the luma of falling water by a noise of long upright strands that moves down without a seam."""

    def __init__(self, unit: int, rng: np.random.Generator) -> None:
        self._scale = max(unit / 720.0, 0.2)  # frame pixels for a pixel of the tile
        noise = rng.standard_normal((_TILE, _TILE)).astype(np.float32)
        wide = np.tile(noise, (3, 3))
        strands = cv2.GaussianBlur(wide, (0, 0), sigmaX=1.3, sigmaY=11.0)[_TILE : 2 * _TILE, _TILE : 2 * _TILE]
        gain = np.clip(1.0 + 0.11 * strands / max(float(strands.std()), 1e-6), 0.6, 1.45)
        self._gain = np.rint(gain * 160.0).astype(np.uint8)
        self._unit = unit

    def apply(self, out: Bytes, x0: float, y0: float, step: float, left: int, top: int, seconds: float) -> None:
        """Put the strands of one moment on a part of the frame, (rows, columns, 4) Y, Cb, Cr, K, in place.

        The place of the part is given as for a plate: plate x = frame x * `step` + `x0`, with the part at (`left`, `top`).
        """
        rows, columns = out.shape[:2]
        x = ((np.arange(left, left + columns) * step + x0) / self._scale).astype(np.float32)
        y = ((np.arange(top, top + rows) * step + y0 - seconds * _SPEED * self._unit) / self._scale).astype(np.float32)
        map_x = np.broadcast_to(np.mod(x, _TILE)[None, :], (rows, columns))
        map_y = np.broadcast_to(np.mod(y, _TILE)[:, None], (rows, columns))
        gain = cv2.remap(self._gain, np.ascontiguousarray(map_x), np.ascontiguousarray(map_y), cv2.INTER_LINEAR,
                         borderMode=cv2.BORDER_WRAP)
        out[..., 0] = cv2.multiply(np.ascontiguousarray(out[..., 0]), np.asarray(gain, np.uint8), scale=1 / 160)
