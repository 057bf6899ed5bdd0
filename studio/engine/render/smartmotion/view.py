"""What a moved camera sees of a flat picture with a guessed depth: for every pixel of the frame, where its colour lies."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.motion.camera import ease
from studio.engine.render.smartmotion.moves import CameraMove

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]

_CELL = 4                    # the map is worked out for every 4th pixel: it is smooth
_FOCUS = 1.1                 # focal length in widths of the longer side: about a 50 mm lens
# What 100 of each number means.
_TURN, _ROLL, _CARRY, _FORWARD, _ZOOM = math.radians(18), math.radians(20), 0.16, 0.45, 2.0
_SHAKE_TURN, _SHAKE_ROLL = math.radians(2.2), math.radians(1.4)
_MOST_CROP = 2.6             # how far the picture may be enlarged so that no edge is seen
_NEAR, _FAR = 1.0, 0.12      # how much of a sideways step is seen near and far
_NO_MAP = np.empty((0, 0), np.float32)


class MovedView:
    """One move over one frame size. `crop` is the enlargement that keeps the picture's edges out of sight all the way."""

    def __init__(self, move: CameraMove, width: int, height: int, seconds: float, seed: int) -> None:
        self.width, self.height = width, height
        self._move, self._seconds = move, max(seconds, 0.1)
        self._unit = float(max(width, height))
        self._phases = np.random.default_rng([seed, 51]).uniform(0, 2 * math.pi, 9)
        self.grid = -(-width // _CELL), -(-height // _CELL)
        across, down = ((np.arange(count, dtype=np.float32) + np.float32(0.5)) * _CELL for count in self.grid)
        self._x, self._y = np.meshgrid(across - np.float32(width / 2), down - np.float32(height / 2))
        self.crop = self._needed_crop()

    def places(self, progress: float, depth: Map | float) -> tuple[Map, Map]:
        """Offsets from the picture's middle, in frame pixels, for each cell of the grid (rows, columns).

        `depth` 0 far to 1 near, of the grid's shape.
        """
        return self._seen(self._x, self._y, progress, depth, self.crop)

    def frame(self, picture: Bytes, progress: float, depth: Map | float) -> Bytes:
        """The frame that is seen of a picture of the frame's shape (any size) at `progress` (0 to 1) of the way."""
        x, y = self.places(progress, depth)
        rows, columns = picture.shape[:2]
        across, down = columns / self.width, rows / self.height
        map_x = _grown(x, self.width, self.height) * np.float32(across) + np.float32((columns - 1) / 2)
        map_y = _grown(y, self.width, self.height) * np.float32(down) + np.float32((rows - 1) / 2)
        way = cv2.INTER_LINEAR if across > 1.2 else cv2.INTER_CUBIC
        return np.asarray(cv2.remap(picture, map_x, map_y, way, borderMode=cv2.BORDER_REFLECT_101), np.uint8)

    def _seen(self, x: Map, y: Map, progress: float, depth: Map | float, crop: float) -> tuple[Map, Map]:
        move, along = self._move, ease(progress)
        around = along - 0.5  # sideways moves pass through the middle: both sides of the picture are used
        yaw, pitch, turn = self._shaken(progress * self._seconds)
        yaw += move.pan / 100 * _TURN * around
        pitch += move.tilt / 100 * _TURN * around
        roll = turn + move.roll / 100 * _ROLL * along
        x, y = x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)
        focus = _FOCUS * self._unit
        x, y = _turned(x / focus, y / focus, yaw, pitch)
        nearer = self._nearer(along, depth) * crop
        carry = (_FAR + (_NEAR - _FAR) * depth) * np.float32(_CARRY * self._unit * around / 100)
        return (np.asarray(x * focus / nearer + carry * np.float32(move.horizontal), np.float32),
                np.asarray(y * focus / nearer - carry * np.float32(move.vertical), np.float32))

    def _nearer(self, along: float, depth: Map | float) -> Map:
        """How much larger things at a depth are seen; the whole way is scaled so that nothing is seen smaller than 1."""
        move = self._move
        zoom = _ZOOM ** (move.zoom / 100 * along)
        step = move.dolly / 100 * _FORWARD
        forward = step * along if step >= 0 else -step * (1 - along)
        least = min(1.0, _ZOOM ** (move.zoom / 100))
        return np.asarray(zoom / least / (1 - forward * (0.15 + 0.85 * depth)), np.float32)

    def _shaken(self, seconds: float) -> tuple[float, float, float]:
        """Yaw, pitch and roll of an unsteady hand, radians."""
        if not self._move.shake:
            return 0.0, 0.0, 0.0
        strength = self._move.shake / 100
        speeds = np.array([2.1, 4.7, 9.3, 1.7, 5.1, 8.2, 1.3, 3.9, 7.1])
        swing = (np.sin(speeds * seconds + self._phases) / np.array([1.0, 2.2, 5.0] * 3)).reshape(3, 3).sum(axis=1) / 1.6
        return (float(swing[0]) * _SHAKE_TURN * strength, float(swing[1]) * _SHAKE_TURN * strength,
                float(swing[2]) * _SHAKE_ROLL * strength)

    def _needed_crop(self) -> float:
        """The least enlargement at which the rim of the frame never looks beyond the picture, for near and far alike."""
        half_x, half_y = self.width / 2, self.height / 2
        line, ones = np.linspace(-1, 1, 9), np.ones(9)
        rim_x = np.asarray(np.concatenate([line, line, -ones, ones]) * half_x, np.float32)
        rim_y = np.asarray(np.concatenate([-ones, ones, line, line]) * half_y, np.float32)
        moments = [step / 24 for step in range(25)]

        def fits(crop: float) -> bool:
            for progress in moments:
                for depth in (0.0, 1.0):
                    x, y = self._seen(rim_x, rim_y, progress, depth, crop)
                    if float(np.abs(x).max()) > half_x + 0.5 or float(np.abs(y).max()) > half_y + 0.5:
                        return False
            return True

        low, high = 1.0, _MOST_CROP
        if fits(low):
            return low
        for _ in range(12):
            middle = (low + high) / 2
            low, high = (low, middle) if fits(middle) else (middle, high)
        return high


def _turned(x: Map, y: Map, yaw: float, pitch: float) -> tuple[Map, Map]:
    """Rays (x, y, 1) of a camera turned right by `yaw` and up by `pitch`, cut with the picture's plane again."""
    y, z = y * math.cos(pitch) - math.sin(pitch), y * math.sin(pitch) + math.cos(pitch)
    x, z = x * math.cos(yaw) + z * math.sin(yaw), -x * math.sin(yaw) + z * math.cos(yaw)
    return np.asarray(x / z, np.float32), np.asarray(y / z, np.float32)


def _grown(cells: Map, width: int, height: int) -> Map:
    """A map of the grid for every pixel. Cells lie at their middles, so the last one may reach beyond the frame."""
    rows, columns = cells.shape
    size = columns * _CELL, rows * _CELL
    return np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_LINEAR)[:height, :width], np.float32)
