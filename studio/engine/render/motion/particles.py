"""What falls and floats before a scene: rain, snow, embers, fireflies, leaves, petals, dust. A function of time alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.motion.plates import Bytes
from studio.media.colour import RGB_TO_YUV_709

_SHIFT = 4
_ONE = 1 << _SHIFT
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of particle looks and moves. Lengths in shares of the short side, speeds in shares of it a second.

    `glow` adds light (embers, fireflies); otherwise the colour covers. `pulse` is how fast it brightens and dims.
    `tail` is the length of the streak in seconds of its own way.
    """

    count: int
    radius: float
    fall: float
    drift: float
    wander: float
    colour: tuple[int, int, int]
    strength: float
    glow: bool = False
    pulse: float = 0.0
    tail: float = 0.0


KINDS: dict[str, Kind] = {
    "rain": Kind(620, 0.0009, 1.75, -0.16, 0.0, (205, 214, 224), 0.42, tail=0.028),
    "snow": Kind(430, 0.0034, 0.13, 0.03, 0.022, (245, 248, 252), 0.9),
    "embers": Kind(110, 0.0022, -0.16, 0.05, 0.05, (255, 150, 52), 1.0, glow=True, pulse=5.0),
    "fireflies": Kind(58, 0.0036, -0.008, 0.0, 0.06, (226, 255, 128), 1.0, glow=True, pulse=1.7),
    "leaves": Kind(46, 0.0075, 0.12, 0.10, 0.07, (176, 92, 34), 0.92),
    "petals": Kind(80, 0.0055, 0.08, 0.07, 0.06, (250, 202, 216), 0.92),
    "dust": Kind(150, 0.0016, -0.010, 0.014, 0.02, (255, 240, 214), 0.4, pulse=0.9),
    "stars": Kind(70, 0.0011, 0.0, 0.0, 0.0, (255, 255, 255), 0.7, glow=True, pulse=2.6),
}


class Particles:
    """Particles of one kind over one frame size; the same seed gives the same fall. An unknown kind floats as dust."""

    def __init__(self, kind: str, width: int, height: int, seed: int, *, density: float = 1.0) -> None:
        self.kind = kind if kind in KINDS else "dust"
        self._look = look = KINDS[self.kind]
        self._width, self._height, self._unit = width, height, min(width, height)
        area = width * height / (self._unit * self._unit * 16 / 9)
        count = max(1, round(look.count * area * density))
        rng = np.random.default_rng([seed, 53])
        self._x, self._y = rng.uniform(0, 1, count), rng.uniform(0, 1, count)
        # Nearer ones are larger, faster and fewer.
        self._near = 0.35 + 0.65 * rng.uniform(0, 1, count) ** 2.2
        self._phase = rng.uniform(0, 2 * math.pi, (count, 3))
        self._rate = rng.uniform(0.6, 1.5, (count, 2))
        matrix = RGB_TO_YUV_709
        self._yuv = tuple(round(float(v)) for v in matrix[:, :3] @ np.array(look.colour, np.float32) + matrix[:, 3])

    def draw(self, seconds: float, y: Bytes, u: Bytes, v: Bytes) -> None:
        """Draw the particles of one moment over a frame's planes, in place."""
        x, fall = self._positions(seconds)
        light = self._light(seconds)
        # A glow is soft and wide, so it is drawn at half the size; what covers is drawn at full size.
        small = self._look.glow
        mask = np.zeros(u.shape if small else y.shape, np.uint8)
        self._paint(mask, x, fall, light, 0.5 if small else 1.0)
        if small:
            self._add_glow(mask, y, u, v)
            return
        _mix(y, mask, self._yuv[0])
        if self.kind not in ("rain", "dust"):  # those are thin and near grey: their tint cannot be seen
            half = np.asarray(cv2.resize(mask, (u.shape[1], u.shape[0]), interpolation=cv2.INTER_AREA), np.uint8)
            _mix(u, half, self._yuv[1])
            _mix(v, half, self._yuv[2])

    def _positions(self, seconds: float) -> tuple[Floats, Floats]:
        look, near = self._look, self._near
        sway = look.wander * near
        spread_x, spread_y = self._width / self._unit + 0.2, self._height / self._unit + 0.2
        x = (self._x * spread_x + look.drift * near * seconds) % spread_x - 0.1
        y = (self._y * spread_y + look.fall * near * seconds) % spread_y - 0.1
        x = x + sway * np.sin(self._rate[:, 0] * 1.3 * seconds + self._phase[:, 0])
        y = y + sway * 0.5 * np.sin(self._rate[:, 1] * 1.7 * seconds + self._phase[:, 1])
        return x * self._unit, y * self._unit

    def _light(self, seconds: float) -> Floats:
        if not self._look.pulse:
            return self._look.strength * (0.35 + 0.65 * self._near)
        beat = 0.5 + 0.5 * np.sin(self._look.pulse * self._rate[:, 0] * seconds + self._phase[:, 2])
        return np.asarray(self._look.strength * (0.12 + 0.88 * beat**2), np.float64)

    def _paint(self, mask: Bytes, xs: Floats, ys: Floats, light: Floats, scale: float) -> None:
        look = self._look
        factor = scale * _ONE
        radii = np.maximum(look.radius * self._near * self._unit * factor, 0.45 * _ONE)
        tail_x, tail_y = (speed * self._near * look.tail * self._unit * factor for speed in (look.drift, look.fall))
        points = np.stack([xs * factor, ys * factor, radii, light * 255], axis=1)
        for i, (x, y, radius, value) in enumerate(np.rint(points).astype(int).tolist()):
            if look.tail:
                end = (x + round(float(tail_x[i])), y + round(float(tail_y[i])))
                thick = max(1, round(radius * 2 / _ONE))
                cv2.line(mask, (x, y), end, value, thick, cv2.LINE_AA, _SHIFT)
            elif self.kind in ("leaves", "petals"):
                self._leaf(mask, i, x, y, radius, value)
            else:
                cv2.circle(mask, (x, y), radius, value, -1, cv2.LINE_AA, _SHIFT)
        if self.kind == "snow":  # flakes are soft
            cv2.GaussianBlur(mask, (0, 0), max(0.0008 * self._unit * scale, 0.5), dst=mask)

    def _leaf(self, mask: Bytes, i: int, x: int, y: int, radius: int, value: int) -> None:
        """A tumbling oval: its width follows the place in its own swing."""
        swing = (x + y) / (_ONE * self._unit) * 40.0 * float(self._rate[i, 0]) + float(self._phase[i, 2])
        axes = (radius, max(_ONE // 2, round(radius * (0.25 + 0.45 * abs(math.sin(swing))))))
        cv2.ellipse(mask, (x, y), axes, math.degrees(swing * 0.6) % 360.0, 0, 360, value, -1, cv2.LINE_AA, _SHIFT)

    def _add_glow(self, mask: Bytes, y: Bytes, u: Bytes, v: Bytes) -> None:
        halo = cv2.GaussianBlur(mask, (0, 0), max(0.0036 * self._unit, 0.6))
        mask = np.asarray(cv2.addWeighted(mask, 0.85, halo, 1.5, 0.0), np.uint8)
        light = np.asarray(cv2.resize(mask, (y.shape[1], y.shape[0]), interpolation=cv2.INTER_LINEAR), np.uint8)
        cv2.add(y, cv2.multiply(light, np.full_like(light, 255), scale=(self._yuv[0] - 16) / 255 / 255), dst=y)
        _mix(u, mask, self._yuv[1])
        _mix(v, mask, self._yuv[2])


def _mix(plane: Bytes, mask: Bytes, value: int) -> None:
    """Move a plane towards a value by a mask (0 to 255), in place."""
    kept = cv2.bitwise_not(mask)
    cv2.multiply(plane, kept, dst=plane, scale=1 / 255)
    cv2.add(plane, cv2.convertScaleAbs(mask, alpha=value / 255), dst=plane)
