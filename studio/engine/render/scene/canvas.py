"""Where a scene is drawn: coordinates that do not depend on the pixel size, and anti-aliased polygons in them.

Every place in a scene is given in *units*: one unit is the short side of the frame, (0, 0) its upper left corner, y points
down. So one seed gives one composition at 256 and at 4096 pixels; only the sampling is finer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.scene.layers import Pixels

Field = NDArray[np.float32]
Real = NDArray[np.floating[Any]]
Colour = NDArray[np.float32]
_SHIFT = 4
_FINE_ROWS = 900  # below this, polygons are drawn at twice the size: OpenCV's own edges are a pixel too fat


def to_linear(encoded: Real | float) -> Field:
    """sRGB values 0–1 to linear light (IEC 61966-2-1)."""
    value = np.asarray(encoded, np.float32)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(linear: Real | float) -> Field:
    """Linear light 0–1 to sRGB values 0–1 (IEC 61966-2-1)."""
    value = np.clip(np.asarray(linear, np.float32), 0, 1)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055).astype(np.float32)


def rgb(code: str) -> Colour:
    """Linear light from a screen colour such as "#8fb7e0"."""
    return to_linear(np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """A colour between two; share 0 is the first."""
    return (first * (1 - share) + second * share).astype(np.float32)


def smooth(low: float, high: float, value: Real) -> Field:
    """Hermite step from 0 at `low` to 1 at `high` (either may be the larger)."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


@dataclass(frozen=True, slots=True)
class Canvas:
    """The pixel grid of one layer: `columns` × `rows` pixels that span left…left+span_x, top…top+span_y units."""

    columns: int
    rows: int
    left: float
    top: float
    span_x: float
    span_y: float
    frame_w: float
    frame_h: float

    @classmethod
    def of_frame(cls, width: int, height: int, margin: int) -> Canvas:
        unit = min(width, height)
        columns, rows = width + 2 * margin, height + 2 * margin
        return cls(columns, rows, -margin / unit, -margin / unit, columns / unit, rows / unit, width / unit, height / unit)

    @property
    def scale(self) -> float:
        """Pixels a unit."""
        return self.columns / self.span_x

    def coarse(self, limit: int) -> Canvas:
        """The same place with at most `limit` pixels on the long side: for what is soft anyway."""
        factor = min(1.0, limit / max(self.columns, self.rows))
        return Canvas(
            max(8, round(self.columns * factor)),
            max(8, round(self.rows * factor)),
            self.left,
            self.top,
            self.span_x,
            self.span_y,
            self.frame_w,
            self.frame_h,
        )

    def xs(self) -> Field:
        """x of each pixel centre, (columns,)."""
        return (self.left + (np.arange(self.columns) + 0.5) * (self.span_x / self.columns)).astype(np.float32)

    def ys(self) -> Field:
        """y of each pixel centre, (rows,)."""
        return (self.top + (np.arange(self.rows) + 0.5) * (self.span_y / self.rows)).astype(np.float32)

    def row_of(self, y: float) -> int:
        """The pixel row at height y, kept inside the canvas."""
        return int(np.clip(np.floor((y - self.top) * self.rows / self.span_y), 0, self.rows))

    def enlarge(self, field: Field) -> Field:
        """A coarse field brought to this canvas's size."""
        if field.shape[:2] == (self.rows, self.columns):
            return field
        return np.asarray(cv2.resize(field, (self.columns, self.rows), interpolation=cv2.INTER_CUBIC), np.float32)

    def blank(self) -> Pixels:
        return np.zeros((self.rows, self.columns, 4), np.float32)


def cover(colour: Field, alpha: Field) -> Pixels:
    """Premultiplied pixels from a colour field (h, w, 3) or one colour (3,) and coverage (h, w)."""
    out = np.empty((*alpha.shape, 4), np.float32)
    np.multiply(colour, alpha[..., None], out=out[..., :3])
    out[..., 3] = alpha
    return out


_DECODE = to_linear(np.arange(256, dtype=np.float32) / 255).reshape(1, 256)


class Drawing:
    """Filled shapes with soft edges. Colours are linear light; what is drawn later covers what was drawn before.

    Kept as 8-bit sRGB while drawing (OpenCV draws soft edges only there) and given out as premultiplied linear light.
    """

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self._factor = 2 if canvas.rows <= _FINE_ROWS else 1
        self._pixels = np.zeros((canvas.rows * self._factor, canvas.columns * self._factor, 4), np.uint8)
        self._scale = canvas.scale * self._factor
        self._origin = np.array([canvas.left, canvas.top])
        self._fine, self._half = self._scale * (1 << _SHIFT), 0.5 * (1 << _SHIFT)
        self._inks: dict[bytes, tuple[float, float, float, float]] = {}

    def _grid(self, points: Iterable[Sequence[float] | Real] | Real) -> NDArray[np.int32]:
        array = np.asarray(points, np.float64).reshape(-1, 2)
        return np.asarray(np.rint((array - self._origin) * self._fine - self._half), np.int32)

    def _ink(self, colour: Colour) -> tuple[float, float, float, float]:
        key = colour.tobytes()
        known = self._inks.get(key)
        if known is None:
            red, green, blue = (float(v) for v in np.round(to_srgb(colour) * 255))
            known = self._inks[key] = (red, green, blue, 255.0)
        return known

    def fill(self, points: Iterable[Sequence[float] | Real] | Real, colour: Colour) -> None:
        """One polygon, (n, 2) in units."""
        cv2.fillPoly(self._pixels, [self._grid(points)], self._ink(colour), cv2.LINE_AA, _SHIFT)

    def fill_each(self, shapes: Iterable[Iterable[Sequence[float]] | Real], colour: Colour) -> None:
        """Several polygons of one colour; they may overlap."""
        ink = self._ink(colour)
        for points in shapes:
            cv2.fillPoly(self._pixels, [self._grid(points)], ink, cv2.LINE_AA, _SHIFT)

    def fill_apart(self, shapes: Field, colour: Colour) -> None:
        """Many small polygons of one colour in one go, (m, n, 2) in units; where they overlap, holes may show."""
        if len(shapes):
            cv2.fillPoly(
                self._pixels, list(self._grid(shapes).reshape(*shapes.shape)), self._ink(colour), cv2.LINE_AA, _SHIFT
            )

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        centre = self._grid([(x, y)])[0]
        size = max(1, round(radius * self._scale * (1 << _SHIFT)))
        cv2.circle(self._pixels, (int(centre[0]), int(centre[1])), size, self._ink(colour), -1, cv2.LINE_AA, _SHIFT)

    def ring(self, x: float, y: float, radius: float, width: float, colour: Colour) -> None:
        """A circle line, its width in units."""
        turn = np.linspace(0, 2 * np.pi, 40)
        self.line(np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], -1), width, colour)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour, tilt: float = 0.0) -> None:
        turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        px, py = rx * np.cos(turn), ry * np.sin(turn)
        cos, sin = np.cos(tilt), np.sin(tilt)
        self.fill(np.stack([x + px * cos - py * sin, y + px * sin + py * cos], -1), colour)

    def line(self, points: Iterable[Sequence[float] | Real] | Real, width: float, colour: Colour) -> None:
        """A line of constant width with round ends; at least about a pixel wide so that it does not break up."""
        thick = max(1, round(width * self._scale))
        cv2.polylines(self._pixels, [self._grid(points)], False, self._ink(colour), thick, cv2.LINE_AA, _SHIFT)

    def limb(
        self, start: Sequence[float] | Real, end: Sequence[float] | Real, width0: float, width1: float, colour: Colour
    ) -> None:
        """A tapered stroke with round ends: a branch, an arm, a leg."""
        self.fill(limb_outline(start, end, width0, width1), colour)

    def premultiplied(self) -> Pixels:
        """What was drawn, as (rows, columns, 4) float32 premultiplied linear light."""
        drawn = self._pixels
        if self._factor > 1:
            drawn = np.asarray(
                cv2.resize(drawn, (self.canvas.columns, self.canvas.rows), interpolation=cv2.INTER_AREA), np.uint8
            )
        out = self.canvas.blank()
        alpha = np.ascontiguousarray(drawn[..., 3])
        x, y, width, height = cv2.boundingRect(alpha)
        if not width:
            return out
        part, ink = alpha[y : y + height, x : x + width], drawn[y : y + height, x : x + width]
        colour = np.asarray(cv2.LUT(np.ascontiguousarray(ink[..., :3]), np.repeat(_DECODE[..., None], 3, 2)), np.float32)
        edge = (part > 0) & (part < 255)
        # A half-covered pixel holds colour × coverage in screen values: undo that before it is made linear.
        share = part[edge].astype(np.float32)[:, None] / 255
        colour[edge] = to_linear(np.clip(ink[edge][:, :3].astype(np.float32) / 255 / share, 0, 1)) * share
        out[y : y + height, x : x + width, :3] = colour
        out[y : y + height, x : x + width, 3] = part.astype(np.float32) / 255
        return out


def limb_outline(start: Sequence[float] | Real, end: Sequence[float] | Real, width0: float, width1: float) -> Field:
    """The outline of a tapered stroke with round ends, (n, 2)."""
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    along = b - a
    angle = float(np.arctan2(along[1], along[0]))
    turn = np.linspace(np.pi / 2, 3 * np.pi / 2, 7)
    tail = a + np.stack([np.cos(turn + angle), np.sin(turn + angle)], -1) * width0 / 2
    head = b - np.stack([np.cos(turn + angle), np.sin(turn + angle)], -1) * width1 / 2
    return np.concatenate([tail, head]).astype(np.float32)


def curve(points: Iterable[Sequence[float] | Real] | Real, *, closed: bool = True, rounds: int = 3) -> Field:
    """A smooth outline through a coarse one by corner cutting (Chaikin 1974)."""
    path = np.asarray(points, np.float32).reshape(-1, 2)
    for _ in range(rounds):
        after = np.roll(path, -1, 0)
        cut = np.stack([path * 0.75 + after * 0.25, path * 0.25 + after * 0.75], 1).reshape(-1, 2)
        path = cut if closed else np.concatenate([path[:1], cut[:-2], path[-1:]])
    return path
