"""How a plate looks at one moment: moved by the camera and by its own motion, sampled for a part of the frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.motion.camera import Camera, View
from studio.engine.render.motion.fall import Fall
from studio.engine.render.motion.ground import GroundPlane, GroundRows
from studio.engine.render.motion.plates import Bytes, Plate
from studio.engine.render.scene.layers import Motion

Map = NDArray[np.float32]
# Subjects that travel without steps.
_GLIDING = frozenset({"tram", "train", "bus", "car", "cyclist", "plane", "balloon", "rocket", "ship", "bird", "whale"})
_WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: `progress` of the camera's move (0 to 1) and `seconds` since the first frame."""

    progress: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Rect:
    """A part of the frame in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Placement:
    """A plate in one frame: plate x = frame x · `step` + `x0`, plate y = frame y · `step` + `y0` (pixel indices).

    Where `ground` is given, it says so instead, row by row.
    """

    step: float
    x0: float
    y0: float
    ground: GroundRows | None = None


class Actor:
    """A plate with its own motion over a video of `seconds`; the same seed moves the same way.

    `detail` is how many plate pixels make a frame pixel: under 1 where a very large frame is drawn from a smaller scene.
    """

    def __init__(
        self, plate: Plate, camera: Camera, seconds: float, seed: int, *, detail: float = 1.0,
        ground: GroundPlane | None = None,
    ) -> None:
        self.plate = plate
        self.leader: Actor | None = None
        self._ground = ground
        self._camera, self._detail = camera, detail
        rng = np.random.default_rng([seed, 31, *plate.name.encode()[:16]])
        self._phases = rng.uniform(0, 2 * math.pi, 8)
        self._unit = min(camera.width, camera.height)
        self._seconds = max(seconds, 0.1)
        self._way = 1.0 if rng.uniform() < 0.5 else -1.0
        if plate.motion is Motion.WALK:  # subjects are drawn facing the middle
            self._way = 1.0 if plate.left + plate.width / 2 < camera.width / 2 else -1.0
        self._ripple = _Ripples(plate, self._unit, self._phases) if plate.motion is Motion.WATER else None
        self._flicker = _Flicker(plate, self._unit, rng) if plate.motion is Motion.FLICKER else None
        self._fall = Fall(self._unit, rng) if plate.motion is Motion.FALL else None

    def place(self, moment: Moment) -> Placement:
        """Camera and travel of the whole plate."""
        view = self._camera.view(moment.progress, self.plate.depth)
        dx, dy = self._travel(moment.seconds)
        placed = self._placement(view, dx, dy)
        return placed if self._ground is None else replace(placed, ground=self._ground.rows(moment.progress))

    def reach(self) -> int:
        """How many pixels beyond its place the plate's content may come, by bending."""
        if self.plate.motion is Motion.WATER:
            return math.ceil(self._unit * 0.006) + 1
        return math.ceil(self._sway_width()) + 1 if self.plate.motion is Motion.SWAY else 1

    def bounds(self, placed: Placement, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in the frame of all that can show, within the frame."""
        reach, plate = math.ceil(self.reach() / placed.step), self.plate
        if placed.ground is not None:
            top = math.floor(float(placed.ground.shown[0]) / self._detail) - reach
            return 0, max(top, 0), width, height
        left = math.floor(-placed.x0 / placed.step) - reach
        top = math.floor(-placed.y0 / placed.step) - reach
        right = math.ceil((plate.width - placed.x0) / placed.step) + reach
        bottom = math.ceil((plate.height - placed.y0) / placed.step) + reach
        return max(left, 0), max(top, 0), min(right, width), min(bottom, height)

    def covers(self, placed: Placement, y: int, height: int) -> bool:
        """Whether nothing behind the plate can be seen in these rows of the frame."""
        if self.plate.motion in (Motion.WALK, Motion.FLICKER):
            return False
        reach = self.reach() + 1
        top, bottom = (float(row) for row in self._rows(placed, np.array([y, y + height])))
        first, last = math.floor(top) - reach, math.ceil(bottom) + reach
        rows = self.plate.covering
        if first < 0 or first >= len(rows):
            return False
        # Below the plate's last row the layer itself ends outside the frame.
        return bool(rows[first : min(last, len(rows))].all()) and (last <= len(rows) or bool(rows[-1]))

    def sample(self, placed: Placement, moment: Moment, rect: Rect) -> Bytes:
        """The plate's Y, Cb, Cr, K for a part of the frame, (height, width, 4)."""
        if self._ripple is not None:
            return self._ripple.sample(self._places(placed, rect), moment.seconds, rect)
        if self.plate.motion is Motion.SWAY:
            return self._sway(placed, moment.seconds, rect)
        if placed.ground is not None:
            columns, rows = self._places(placed, rect)
            return remap(self.plate.yuvk, columns, np.broadcast_to(rows[:, None], columns.shape))
        out = warp(self.plate.yuvk, placed, rect)
        if self._flicker is not None:
            self._flicker.apply(out, placed, moment.seconds, rect)
        if self._fall is not None:
            self._fall.apply(out, placed.x0, placed.y0, placed.step, rect.x, rect.y, moment.seconds)
        return out

    def _rows(self, placed: Placement, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Plate y of rows of the frame."""
        if placed.ground is None:
            return np.asarray(rows * placed.step + placed.y0, np.float64)
        return placed.ground.source_rows((rows + 0.5) * self._detail) - self.plate.top - 0.5

    def _places(self, placed: Placement, rect: Rect) -> tuple[Map, Map]:
        """Plate x for each pixel of a part of the frame, (height, width), and plate y for each of its rows."""
        across, down = np.arange(rect.x, rect.x + rect.width), np.arange(rect.y, rect.y + rect.height)
        rows = self._rows(placed, down).astype(np.float32)
        if placed.ground is None:
            columns = (across * placed.step + placed.x0).astype(np.float32)
            return np.broadcast_to(columns[None, :], (rect.height, rect.width)), rows
        shown, x = (np.asarray((line + 0.5) * self._detail, np.float64) for line in (down, across))
        grid = placed.ground.columns(shown, x, self._camera.centre[0]) - self.plate.left - 0.5
        return grid.astype(np.float32), rows

    # -- whole-plate travel

    def _travel(self, seconds: float) -> tuple[float, float]:
        plate, margin = self.plate, self._camera.margin
        if self.leader is not None:  # a shadow stays at its feet
            return self.leader._travel(seconds)[0], 0.0
        if plate.motion is Motion.DRIFT:
            # Clouds: about 1 % of the short side a second, slower when the shot is long, within half the margin each way.
            speed = min(0.02 * self._unit * (0.4 + plate.depth), margin * 0.9 / self._seconds)
            return speed * (seconds - self._seconds / 2) * self._way, 0.0
        if plate.motion is Motion.WALK:
            size = min(plate.height, plate.width)
            speed = min(0.16 * size, 0.05 * self._unit)
            bob = abs(math.sin(seconds * 2 * math.pi * 0.95 + self._phases[0])) * 0.012 * size
            if plate.name in _GLIDING:
                bob = 0.0
            return speed * (seconds - self._seconds / 2) * self._way, -bob
        return 0.0, 0.0

    def _placement(self, view: View, dx: float, dy: float) -> Placement:
        centre_x, centre_y = self._camera.centre
        nearer, half = 1.0 / view.scale, 0.5 * self._detail
        # Pixel centres: frame pixel i lies at (i + 0.5)·detail in the scene's pixels.
        x0 = centre_x - (centre_x + view.shift_x - half) * nearer - dx - self.plate.left - 0.5
        y0 = centre_y - (centre_y + view.shift_y - half) * nearer - dy - self.plate.top - 0.5
        return Placement(nearer * self._detail, x0, y0)

    # -- bending in the wind, fixed at the foot

    def _sway_width(self) -> float:
        return min(0.008 * self._unit, 0.025 * self.plate.height) * (0.35 + 0.65 * self.plate.depth)

    def _sway(self, placed: Placement, seconds: float, rect: Rect) -> Bytes:
        columns, rows = plate_lines(placed, rect)
        height = np.clip((self.plate.height - rows) / max(self.plate.height, 1), 0.0, 1.0) ** 1.6
        along = columns / self._unit
        first, second, third = self._phases[:3]
        lean = (0.55 * np.sin(1.5 * seconds + 5.0 * along + first) + 0.3 * np.sin(2.7 * seconds + 13.0 * along + second)
                + 0.15 * np.sin(4.6 * seconds + 31.0 * along + third))
        bend = np.outer(height, lean * self._sway_width()).astype(np.float32)
        bend += columns[None, :]
        return remap(self.plate.yuvk, bend, np.broadcast_to(rows[:, None], bend.shape))


class _Ripples:
    """Water: two crossing waves that shorten towards the horizon, and a shimmer on what is bright."""

    def __init__(self, plate: Plate, unit: int, phases: NDArray[np.float64]) -> None:
        self._plate, self._unit, self._phases = plate, unit, phases
        rng = np.random.default_rng(int(phases[0] * 1e6))
        self._glints = _glint_tile(rng)
        # Only what is brighter than most of the water sparkles: the path of the sun, not an overcast lake.
        lumas = plate.yuvk[..., 0][plate.yuvk[..., 3] < 40]
        middle, top = np.quantile(lumas, [0.6, 0.985]) if lumas.size else (255.0, 255.0)
        self._dark = np.uint8(min(middle + max(0.45 * (top - middle), 12.0), 235.0))

    def sample(self, places: tuple[Map, Map], seconds: float, rect: Rect) -> Bytes:
        """`places`: plate x of every pixel and plate y of every row of the part."""
        base, rows = places
        columns = base[len(base) // 2]
        near = np.clip(rows / max(self._plate.height, 1), 0.0, 1.0)
        depth_phase = 26.0 / (near + 0.16)
        along = columns / self._unit
        one = _wave(depth_phase + 2.3 * seconds + self._phases[0], 9.0 * along + self._phases[1])
        two = _wave(depth_phase * 1.7 - 1.6 * seconds + self._phases[2], -14.0 * along + self._phases[3])
        size = (0.0045 * self._unit * (0.12 + 0.88 * near))[:, None].astype(np.float32)
        map_x = base + size * (one + 0.6 * two)
        map_y = rows[:, None] + size * 0.55 * (one - 0.8 * two)
        out = remap(self._plate.yuvk, map_x, map_y)
        self._shimmer(out, one, two, near, seconds, rect)
        return out

    def _shimmer(self, out: Bytes, one: Map, two: Map, near: NDArray[np.float64], seconds: float, rect: Rect) -> None:
        luma = np.ascontiguousarray(out[..., 0])
        glow = (one * two * (5.0 * (0.4 + 0.6 * near))[:, None]).astype(np.int8)
        # Glints: where two drifting noises meet on bright water.
        size = self._glints.shape[0] // 2
        shift_a, shift_b = int(seconds * 34) % size, int(seconds * 27 + 91) % size
        a = self._tile(shift_a, int(rect.y * 2.0), rect)
        b = self._tile(size - 1 - shift_b, int(rect.y * 1.4) + 37, rect)
        glints = cv2.min(a, b)
        bright = cv2.subtract(luma, np.full_like(luma, self._dark))
        sparkle = cv2.multiply(bright, glints, scale=2.6 / 255)
        covered = cv2.threshold(out[..., 3], 40, 255, cv2.THRESH_BINARY_INV)[1]
        luma = np.asarray(cv2.add(luma, cv2.bitwise_and(sparkle, covered)), np.uint8)
        glow[covered == 0] = 0
        out[..., 0] = cv2.add(luma, glow, dtype=cv2.CV_8U)

    def _tile(self, shift: int, top: int, rect: Rect) -> Bytes:
        size = self._glints.shape[0] // 2
        top %= size
        tall = -(-(rect.height) // size) + 1
        wide = -(-(rect.width + shift) // size) + 1
        sheet = np.tile(self._glints[:size, :size], (tall, wide))
        return np.ascontiguousarray(sheet[top : top + rect.height, shift : shift + rect.width])


class _Flicker:
    """Windows, neon and fire: most lights hold still, some breathe, a few are unsteady."""

    CELL = 24

    def __init__(self, plate: Plate, unit: int, rng: np.random.Generator) -> None:
        self._cell = max(unit * self.CELL / 1080, 3.0)
        shape = (math.ceil(plate.height / self._cell) + 1, math.ceil(plate.width / self._cell) + 1)
        kind = rng.uniform(0, 1, shape)
        self._amount = np.where(kind < 0.6, 0.03, np.where(kind < 0.9, 0.12, 0.3)).astype(np.float32)
        self._speed = rng.uniform(1.2, 7.0, shape).astype(np.float32)
        self._phase = rng.uniform(0, 2 * math.pi, shape).astype(np.float32)

    def apply(self, out: Bytes, placed: Placement, seconds: float, rect: Rect) -> None:
        turn = self._speed * np.float32(seconds) + self._phase
        gain = 1.0 + self._amount * (0.6 * np.sin(turn) + 0.4 * np.sin(turn * 2.6 + 1.0))
        grid = np.clip(gain * 160.0, 0, 255).astype(np.uint8)
        cells = Placement(placed.step / self._cell, placed.x0 / self._cell, placed.y0 / self._cell)
        factor = warp(grid, cells, rect)
        out[..., 0] = cv2.multiply(np.ascontiguousarray(out[..., 0]), factor, scale=1 / 160)


def warp(source: Bytes, placed: Placement, rect: Rect) -> Bytes:
    """Sample a plate for a part of the frame."""
    x0, y0 = placed.x0 + rect.x * placed.step, placed.y0 + rect.y * placed.step
    matrix = np.array([[placed.step, 0.0, x0], [0.0, placed.step, y0]])
    out = cv2.warpAffine(source, matrix, (rect.width, rect.height), flags=_WARP, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)


def plate_lines(placed: Placement, rect: Rect) -> tuple[Map, Map]:
    """Plate x of each column and plate y of each row of a part of the frame."""
    columns = (np.arange(rect.x, rect.x + rect.width) * placed.step + placed.x0).astype(np.float32)
    rows = (np.arange(rect.y, rect.y + rect.height) * placed.step + placed.y0).astype(np.float32)
    return columns, rows


def remap(source: Bytes, map_x: Map, map_y: Map) -> Bytes:
    """Sample a plate at the given places."""
    out = cv2.remap(source, np.ascontiguousarray(map_x, dtype=np.float32), np.ascontiguousarray(map_y, dtype=np.float32),
                    cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)


def _wave(rows: NDArray[np.floating], columns: NDArray[np.floating]) -> Map:
    """sin(rows + columns) over the grid, by the addition theorem: two outer products in place of a sine for each pixel."""
    out: Map = (np.outer(np.sin(rows), np.cos(columns)) + np.outer(np.cos(rows), np.sin(columns))).astype(np.float32)
    return out


def _glint_tile(rng: np.random.Generator) -> Bytes:
    """Seamless noise of short horizontal flecks, mostly dark."""
    size = 256
    noise = rng.standard_normal((size, size)).astype(np.float32)
    wide = np.tile(noise, (3, 3))
    soft = cv2.GaussianBlur(wide, (0, 0), sigmaX=3.2, sigmaY=0.9)[size : 2 * size, size : 2 * size]
    soft = (soft - soft.mean()) / (soft.std() + 1e-6)
    tile = np.clip((soft - 0.25) * 110, 0, 255).astype(np.uint8)
    return np.tile(tile, (2, 2))
