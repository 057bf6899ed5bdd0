"""The film that goes on from a clip: its first frame follows the clip's last one, and what moved there moves on.

The camera goes on at the speed it had and comes to rest where nothing more is known of the place; things that moved by
themselves go on their way over what the clip showed behind them; what stirred (water, leaves, a gait) goes on stirring.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.continuation.drift import SIDE, drift_of
from studio.engine.render.continuation.plates import Plate, plates_of
from studio.engine.render.continuation.tail import Tail, small_grey
from studio.engine.render.inbetween.film import whole_move
from studio.engine.render.motion.camera import Move, ease
from studio.engine.render.motion.particles import Particles
from studio.engine.render.motion.stage import Planes
from studio.media.colour import rgb_to_yuv420

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]
Matrix = NDArray[np.float64]

_SHIFT_ROOM, _GROWTH_ROOM, _SHRINK_ROOM, _TURN_ROOM = 0.10, 0.30, 0.03, 0.06   # how far the camera's speed may carry it
_BARE = 0.004             # of the long side: what may be filled by mirroring at a rim before the picture is enlarged
_SLOWEST = 6.0            # seconds: what is slow keeps its speed for about that long
_SETTLES = 1.5            # seconds until what the prompt lets fall is all there


class ContinuationFilm:
    """Frames depend on their index alone. `camera` and `movers` tell what was found to move at the clip's end."""

    def __init__(self, tail: Tail, move: Move | None, *, frames: int, fps: int, seed: int,
                 particles: str | None = None) -> None:
        self.height, self.width = tail.last.shape[:2]
        self.frames, self.fps = frames, fps
        drift = drift_of([small_grey(frame, SIDE) for frame in tail.frames], tail.step)
        self.camera, self.movers = drift.camera, len(drift.movers)
        self._plates = plates_of(tail, drift)
        self._pace = 1.0 / (tail.step * fps)
        self._move = whole_move(move) if move is not None else None
        self._unit = float(max(self.width, self.height))
        self._particles = Particles(particles, self.width, self.height, seed, density=0.7) if particles else None

    def planes(self, index: int) -> Planes:
        """Y (height×width), Cb and Cr (half each way) of frame `index`; frame 0 follows the clip's last picture."""
        seconds = (index + 1) / self.fps
        camera = self._camera_at(seconds, (index + 1) / self.frames)
        out = self._drawn(self._plates[0], camera, index)
        for plate in self._plates[1:]:
            self._put(out, plate, camera, index, seconds)
        planes = rgb_to_yuv420(out)
        if self._particles is not None:
            drawn = planes[0].copy(), planes[1].copy(), planes[2].copy()
            self._particles.draw(seconds, *drawn)
            share = min(1.0, seconds / _SETTLES)
            for plane, other in zip(planes, drawn, strict=True):
                cv2.addWeighted(other, share, plane, 1 - share, 0.0, dst=plane)
        return planes

    def _camera_at(self, seconds: float, progress: float) -> Matrix:
        """2×3: where the points of the clip's last picture lie now. The picture covers the frame."""
        speed = self.camera
        right, down = (_carried(value, _SHIFT_ROOM, seconds) for value in (speed.right, speed.down))
        growth = _carried(speed.growth, _GROWTH_ROOM if speed.growth > 0 else _SHRINK_ROOM, seconds)
        turn = _carried(speed.turn, _TURN_ROOM, seconds)
        asked_right = asked_down = 0.0
        if self._move is not None:
            along = ease(progress)
            growth += math.log(self._move[0, 0]) * along
            # The matrix holds the shift of the rim; the middle's is what counts here.
            asked_right = (self._move[0, 2] - (1 - self._move[0, 0]) / 2) * along * self.width
            asked_down = (self._move[1, 2] - (1 - self._move[1, 1]) / 2) * along * self.height
        shift_x, shift_y = right * self._unit + asked_right, down * self._unit + asked_down
        bare = _BARE * self._unit
        needed = max(2 * max(abs(shift_x) - bare, 0) / self.width, 2 * max(abs(shift_y) - bare, 0) / self.height)
        wide = max(self.width, self.height) / min(self.width, self.height)
        least = 1.0 - 2 * _BARE * (growth < 0) + needed + abs(math.sin(turn)) * 0.5 * wide
        scale = max(math.exp(growth), least)
        cos, sin = scale * math.cos(turn), scale * math.sin(turn)
        middle_x, middle_y = self.width / 2, self.height / 2
        return np.array([[cos, -sin, middle_x + shift_x - cos * middle_x + sin * middle_y],
                         [sin, cos, middle_y + shift_y - sin * middle_x - cos * middle_y]])

    def _drawn(self, plate: Plate, matrix: Matrix, index: int) -> Bytes:
        """A plate as it is seen, over the whole frame."""
        seen = self._warped(plate.rgb, matrix)
        stirred = plate.moment(max(1, round((index + 1) * self._pace)))
        if stirred is None:
            return seen
        scale = np.diag([stirred.shape[1] / self.width, stirred.shape[0] / self.height, 1.0])
        from_small = (np.vstack([matrix, [0, 0, 1]]) @ np.linalg.inv(scale))[:2]
        other = self._warped(stirred, from_small)
        share = cv2.warpAffine(plate.restless, from_small, (self.width, self.height), borderMode=cv2.BORDER_REPLICATE)
        return _laid(seen, other, np.asarray(share, np.float32))

    def _put(self, out: Bytes, plate: Plate, camera: Matrix, index: int, seconds: float) -> None:
        """A thing on its way, over the frame."""
        if plate.alpha is None:
            return
        own = seconds if not self.camera.moves else min(seconds, _eased(seconds, 1.2))
        matrix = camera.copy()
        grown = np.hypot(camera[0, 0], camera[1, 0])
        matrix[:, 2] += plate.right * own * self._unit * grown, plate.down * own * self._unit * grown
        alpha = cv2.warpAffine(plate.alpha, matrix, (self.width, self.height), borderMode=cv2.BORDER_CONSTANT)
        if float(alpha.max()) > 0.01:
            out[:] = _laid(out, self._drawn(plate, matrix, index), np.asarray(alpha, np.float32))

    def _warped(self, picture: Bytes, matrix: Matrix) -> Bytes:
        out = cv2.warpAffine(picture, matrix, (self.width, self.height), flags=cv2.INTER_CUBIC,
                             borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(out, np.uint8)


def _carried(speed: float, room: float, seconds: float) -> float:
    """How far a speed has carried after some seconds: as fast as before at first, never further than the room."""
    if abs(speed) < 1e-6:
        return 0.0
    lasts = min(room / abs(speed), _SLOWEST)
    return speed * _eased(seconds, lasts)


def _eased(seconds: float, lasts: float) -> float:
    """Time that slows down and stops: its integral is `lasts`."""
    return lasts * (1 - math.exp(-seconds / max(lasts, 1e-3)))


def _laid(below: Bytes, above: Bytes, alpha: Map) -> Bytes:
    out = np.empty_like(below)
    for top in range(0, below.shape[0], 256):
        part = slice(top, top + 256)
        mixed = below[part] + (above[part].astype(np.float32) - below[part]) * alpha[part, :, None]
        out[part] = np.clip(mixed + np.float32(0.5), 0, 255)
    return out
