"""The film between a first and a last picture: it begins as the one, ends as the other, and moves all the way."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.inbetween.alignment import Matrix
from studio.engine.render.inbetween.flow import motion_between
from studio.engine.render.inbetween.morph import Morph
from studio.engine.render.motion.camera import Move, ease
from studio.engine.render.motion.particles import Particles
from studio.engine.render.motion.stage import Planes
from studio.media.colour import rgb_to_yuv420

_GROWTH, _SHIFT = 0.9, 0.09   # how much of a camera move two unrelated pictures make together
_MOST_GROWTH, _MOST_SHIFT = 0.16, 0.10
_SAME_TRUST, _SAME_FLOW = 0.8, 0.4   # from where on two pictures count as the same: share matched, places moved


class BetweenFilm:
    """Frames depend on their index alone. `found_by` and `trusted` tell how the motion was found, and in how much of the
    frame."""

    def __init__(self, first: NDArray[np.uint8], last: NDArray[np.uint8], move: Move, *, frames: int, fps: int, seed: int,
                 particles: str | None = None) -> None:
        height, width = first.shape[:2]
        self.frames, self.fps = frames, fps
        motion = motion_between(first, last, whole_move(move))
        self.found_by, self.trusted = motion.found_by, motion.trusted
        self._morph = Morph(first, last, motion)
        # Between two pictures that are the same nothing moves by itself: the camera goes there and back, for a loop.
        same = motion.trusted > _SAME_TRUST and float(np.abs(motion.forth).mean()) < _SAME_FLOW
        self._swing = whole_move(move) if same else None
        self._particles = Particles(particles, width, height, seed, density=0.7) if particles else None

    def planes(self, index: int) -> Planes:
        """Y (height×width), Cb and Cr (half each way) of frame `index`."""
        progress = index / max(self.frames - 1, 1)
        picture = self._morph.at(ease(progress))
        if self._swing is not None and 0 < progress < 1:
            picture = _swung(picture, self._swing, math.sin(math.pi * progress) ** 2)
        planes = rgb_to_yuv420(picture)
        if self._particles is not None and 0 < progress < 1:
            self._fall(planes, progress, index / self.fps)
        return planes

    def _fall(self, planes: Planes, progress: float, seconds: float) -> None:
        """What falls begins after the first picture and is over before the last."""
        if self._particles is None:
            return
        drawn = planes[0].copy(), planes[1].copy(), planes[2].copy()
        self._particles.draw(seconds, *drawn)
        share = min(1.0, 3.0 * math.sin(math.pi * progress))
        for plane, other in zip(planes, drawn, strict=True):
            cv2.addWeighted(other, share, plane, 1 - share, 0.0, dst=plane)


def _swung(picture: NDArray[np.uint8], move: Matrix, share: float) -> NDArray[np.uint8]:
    """The picture as a camera sees it that has gone `share` of its move; enlarged as much as keeps the rims covered."""
    rows, columns = picture.shape[:2]
    across, down = (float(move[axis, 2] - (1 - move[axis, axis]) / 2) * share for axis in (0, 1))
    growth = 1 + abs(float(move[0, 0]) - 1) * share + 2 * max(abs(across), abs(down))
    matrix = np.array([[growth, 0, ((1 - growth) / 2 + across) * columns], [0, growth, ((1 - growth) / 2 + down) * rows]])
    seen = cv2.warpAffine(picture, matrix, (columns, rows), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(seen, np.uint8)


def whole_move(move: Move) -> Matrix:
    """A camera move as one matrix over a flat picture, in shares of the frame's sides: what is seen at first goes there."""
    growth = 1 + float(np.clip(_GROWTH * move.dolly + 0.7 * move.zoom, -_MOST_GROWTH, _MOST_GROWTH))
    across = float(np.clip(-_SHIFT * (move.pan + move.truck), -_MOST_SHIFT, _MOST_SHIFT))
    down = float(np.clip(_SHIFT * (move.tilt + move.pedestal), -_MOST_SHIFT, _MOST_SHIFT))
    return np.array([[growth, 0, (1 - growth) / 2 + across], [0, growth, (1 - growth) / 2 + down], [0, 0, 1]], np.float64)
