"""What film itself does to a frame: light that bleeds, darker corners, grain. All on luma, where the eye looks for it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_OFFSETS = 128


class FilmStock:
    """Bloom, vignette and grain for one frame size. The same seed and frame number give the same grain.

    `grain` is its deviation as a share of white, `vignette` what the corners lose, `bloom` how much bright light spills.
    """

    def __init__(self, width: int, height: int, seed: int, *, grain: float = 0.012, vignette: float = 0.15,
                 bloom: float = 0.0) -> None:
        self._seed, self._bloom = seed, bloom
        # Never none at all: a trace of noise keeps eight-bit skies from showing steps.
        strength = max(grain * 219.0, 0.7)
        rng = np.random.default_rng([seed, 9])
        noise = rng.standard_normal((height + _OFFSETS, width + _OFFSETS), dtype=np.float32)
        noise = noise * 0.55 + cv2.GaussianBlur(noise, (0, 0), 0.7) * 1.3
        self._noise: NDArray[np.int8] = np.clip(np.rint(noise * (strength / noise.std())), -100, 100).astype(np.int8)
        x, y = np.linspace(-1, 1, width) ** 2, np.linspace(-1, 1, height) ** 2
        # The still picture darkens linear light; on the screen that is about half as strong.
        fall = (1.0 - vignette * ((x[None, :] + y[:, None]) / 2) ** 1.4) ** 0.5
        self._vignette: Bytes | None = np.rint(fall * 255.0).astype(np.uint8) if vignette > 0.004 else None

    def expose(self, luma: Bytes, index: int) -> None:
        """Put all three on the luma of frame `index`, in place."""
        height, width = luma.shape
        if self._bloom > 0.02:
            self._spill(luma)
        if self._vignette is not None:
            cv2.multiply(luma, self._vignette, dst=luma, scale=1 / 255)
        x, y = (int(v) for v in np.random.default_rng([self._seed, 10, index]).integers(0, _OFFSETS, 2))
        cv2.add(luma, self._noise[y : y + height, x : x + width], dst=luma, dtype=cv2.CV_8U)

    def _spill(self, luma: Bytes) -> None:
        height, width = luma.shape
        factor = min(1.0, 320 / max(height, width))
        size = max(1, round(width * factor)), max(1, round(height * factor))
        small = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.float32)
        bright = np.maximum(small - 172.0, 0.0)
        spill = cv2.GaussianBlur(bright, (0, 0), max(size[1] * 0.03, 0.8)) * self._bloom
        wide = cv2.resize(np.clip(spill, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
        cv2.add(luma, wide, dst=luma)
