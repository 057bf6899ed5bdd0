"""What a treatment is given: the photo in the size of the result and in a working size, its faces, and a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from studio.engine.render.cutout import Face
from studio.engine.render.face_ovals import face_ovals
from studio.engine.render.matting import Bytes
from studio.engine.render.treatments.filters import Map, fitted

WORK_SIDE = 1120


@dataclass(frozen=True, slots=True)
class Sheet:
    """`full`: the photo in the size of the result, float32 sRGB 0 to 1. `small`: the same, at most 1120 pixels a side:
    brushwork is soft enough to be enlarged. `near_faces`: 0 to 1 in the working size, where strokes have to be finer.
    `step` hears the share done and may raise to stop."""

    full: Map
    small: Map
    faces: tuple[Face, ...]
    near_faces: Map
    seed: int
    step: Callable[[float], object]

    @classmethod
    def of(cls, rgb: Bytes, faces: tuple[Face, ...], seed: int, step: Callable[[float], object]) -> Sheet:
        full = rgb.astype(np.float32) / np.float32(255)
        factor = min(1.0, WORK_SIDE / max(rgb.shape[:2]))
        size = max(1, round(rgb.shape[1] * factor)), max(1, round(rgb.shape[0] * factor))
        small = full if factor == 1 else np.asarray(cv2.resize(full, size, interpolation=cv2.INTER_AREA), np.float32)
        near = face_ovals(faces, size[1], size[0], grow=1.15)
        return cls(full, small, faces, near, seed, step)

    @property
    def unit(self) -> float:
        """A thousandth of the short side of the result, in pixels."""
        return float(min(self.full.shape[:2])) / 1000

    @property
    def small_unit(self) -> float:
        """The same in the working size."""
        return float(min(self.small.shape[:2])) / 1000

    def full_near_faces(self) -> Map:
        return np.clip(fitted(self.near_faces, self.full), 0, 1)

    def finer_at_faces(self, coarse: Map, fine: Map) -> Map:
        """The coarse version, the fine one over faces; both in the working size."""
        share = self.near_faces[..., None]
        return np.asarray(coarse * (1 - share) + fine * share, np.float32)
