"""Forms: a figure as coloured outlines in its own measure, and putting it on a canvas with light, shadow and reflection.

A form stands with its foot at (0, 0), faces right, is measured in metres, and y points down (so a head has negative y).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, Drawing, Field, Real, curve, limb_outline, rgb
from studio.engine.render.scene.layers import Pixels
from studio.engine.render.scene.light import Light

Point = Sequence[float] | Real


@dataclass(slots=True)
class Form:
    """Outlines with their albedo, back to front, and those that shine by themselves."""

    shapes: list[tuple[Field, Colour]] = field(default_factory=list)
    shining: list[tuple[Field, Colour]] = field(default_factory=list)

    def fill(self, points: Iterable[Point] | Real, code: str | Colour) -> None:
        self.shapes.append((np.asarray(points, np.float32).reshape(-1, 2), _colour(code)))

    def blob(self, points: Iterable[Point] | Real, code: str | Colour, rounds: int = 3) -> None:
        """A smooth outline through the given corners."""
        self.fill(curve(points, rounds=rounds), code)

    def limb(self, a: Point, b: Point, w0: float, w1: float, code: str | Colour) -> None:
        self.fill(limb_outline(a, b, w0, w1), code)

    def chain(self, points: Sequence[Point], widths: Sequence[float], code: str | Colour) -> None:
        """Tapered strokes joined at their ends: an arm, a leg, a tail."""
        for a, b, w0, w1 in zip(points[:-1], points[1:], widths[:-1], widths[1:], strict=True):
            self.limb(a, b, w0, w1, code)

    def disc(self, x: float, y: float, rx: float, code: str | Colour, ry: float | None = None, tilt: float = 0.0) -> None:
        turn = np.linspace(0, 2 * np.pi, 26, endpoint=False)
        px, py = rx * np.cos(turn), (ry or rx) * np.sin(turn)
        self.fill(np.stack([x + px * np.cos(tilt) - py * np.sin(tilt), y + px * np.sin(tilt) + py * np.cos(tilt)], -1), code)

    def ring(self, x: float, y: float, radius: float, width: float, code: str | Colour) -> None:
        turn = np.linspace(0, 2 * np.pi, 33)
        outer = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], -1)
        inner = np.stack([x + (radius - width) * np.cos(turn), y + (radius - width) * np.sin(turn)], -1)
        self.fill(np.concatenate([outer, inner[::-1]]), code)

    def box(self, x0: float, y0: float, x1: float, y1: float, code: str | Colour) -> None:
        self.fill([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], code)

    def shine(self, points: Iterable[Point] | Real, code: str | Colour) -> None:
        self.shining.append((np.asarray(points, np.float32).reshape(-1, 2), _colour(code)))

    def join(self, other: Form, dx: float = 0.0, dy: float = 0.0, scale: float = 1.0) -> None:
        """Another form on top of this one."""
        for mine, theirs in ((self.shapes, other.shapes), (self.shining, other.shining)):
            mine.extend((points * np.float32(scale) + np.array([dx, dy], np.float32), colour) for points, colour in theirs)

    def height(self) -> float:
        return float(-min(points[:, 1].min() for points, _ in (*self.shapes, *self.shining)))

    def middle(self) -> float:
        """Where the form's middle lies beside its foot."""
        return float(max(p[:, 0].max() for p, _ in self.shapes) + min(p[:, 0].min() for p, _ in self.shapes)) / 2

    def width(self) -> float:
        return float(max(p[:, 0].max() for p, _ in self.shapes) - min(p[:, 0].min() for p, _ in self.shapes))


def _colour(code: str | Colour) -> Colour:
    return rgb(code) if isinstance(code, str) else code


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form stands: foot in units, units a metre, and whether it faces left."""

    x: float
    foot: float
    scale: float
    left: bool = False

    def map(self, points: Field) -> Field:
        flip = np.array([-1.0 if self.left else 1.0, 1.0], np.float32)
        return np.asarray(points * flip * np.float32(self.scale) + np.array([self.x, self.foot], np.float32), np.float32)


def draw_forms(
    canvas: Canvas, items: Sequence[tuple[Form, Place]], light: Light, haze: float, fill: Colour
) -> tuple[Pixels, Pixels | None]:
    """Forms in their places as solid pixels with a rim of light, and what shines (None when nothing does). `fill` is
    light from lamps."""
    pen, lamps = Drawing(canvas), Drawing(canvas)
    shining = False
    for form, place in items:
        for points, albedo in form.shapes:
            colour = light.lit(albedo, 0.36, 0.85) + albedo * fill
            pen.fill(place.map(points), colour + (light.haze - colour) * np.float32(haze))
        for points, colour in form.shining:
            lamps.fill(place.map(points), colour)
            shining = True
    pixels = pen.premultiplied()
    _rim(pixels, canvas, light, 0.0045)
    return pixels, lamps.premultiplied() if shining else None


def _rim(pixels: Pixels, canvas: Canvas, light: Light, width: float) -> None:
    """Light along the edge that faces the source: coverage less the same coverage moved away from the light."""
    alpha = np.ascontiguousarray(pixels[..., 3])
    mask = (alpha > 0).astype(np.uint8)
    x, y, w, h = cv2.boundingRect(mask)
    if not w:
        return
    part = alpha[y : y + h, x : x + w]
    shift = width * canvas.scale
    lift = 0.7 if light.source_y > 0.4 else 0.25
    move = np.array([[1, 0, -light.side * shift], [0, 1, shift * lift]], np.float32)
    moved = cv2.warpAffine(part, move, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    edge = np.clip(part - cv2.GaussianBlur(moved, (0, 0), max(shift * 0.4, 0.4)), 0, 1) * part
    pixels[y : y + h, x : x + w, :3] += edge[..., None] * light.key * np.float32(0.55)


def cast_shadow(canvas: Canvas, items: Sequence[tuple[Form, Place]], light: Light) -> Pixels:
    """Shadows on the ground: the outlines laid down away from the light, long when it is low; a soft dark pool where
    light is diffuse."""
    pen = Drawing(canvas)
    black = np.zeros(3, np.float32)
    low = light.source_y < 0.4
    length, lean = (0.55, 1.25) if low else (0.16, 0.32)
    for form, place in items:
        for points, _ in form.shapes:
            laid = place.map(points)
            up = place.foot - laid[:, 1]
            laid[:, 1] = place.foot + up * np.float32(length * 0.34 if low else length)
            laid[:, 0] += up * np.float32(-light.side * lean)
            pen.fill(laid, black)
        pen.ellipse(
            place.x,
            place.foot + 0.002,
            max(form.width() * place.scale * 0.42, 0.01),
            max(form.width() * place.scale * 0.06, 0.003),
            black,
        )
    pixels = pen.premultiplied()
    strength = 0.52 if light.disc > 0.4 and not light.moon else 0.34
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), max(canvas.scale * 0.0022, 0.5)) * np.float32(strength), np.float32)


def mirrored(canvas: Canvas, pixels: Pixels, line: float, strength: float, *, squash: float = 0.85) -> Pixels:
    """The pixels above a line turned over below it, for a thing that stands in water or on wet ground; wavering, and
    fading downward."""
    x, y = np.meshgrid(canvas.xs(), canvas.ys())
    depth = y - np.float32(line)
    wave = np.sin(depth * 260 + np.sin(x * 40) * 0.8) * np.float32(0.0016) + np.sin(depth * 95) * np.float32(
        0.0022
    ) * np.clip(depth * 12, 0, 1)
    source_y = np.float32(line) - depth / np.float32(squash)
    map_x = ((x + wave - canvas.left) * np.float32(canvas.scale) - 0.5).astype(np.float32)
    map_y = ((source_y - canvas.top) * np.float32(canvas.scale) - 0.5).astype(np.float32)
    map_y[depth < 0] = -10
    turned = cv2.remap(pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    turned = cv2.GaussianBlur(turned, (0, 0), sigmaX=0.4, sigmaY=max(canvas.scale * 0.003, 0.4))
    return np.asarray(turned * (np.float32(strength) * np.exp(-np.maximum(depth, 0) / 0.45))[..., None], np.float32)
