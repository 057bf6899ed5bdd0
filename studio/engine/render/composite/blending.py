"""Putting cut-outs into a scene: shadows on its ground, its light on their sides and rims, edges that belong there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from studio.engine.render.composite.staging import Placement
from studio.engine.render.cutout import Cutout
from studio.engine.render.harmony import harmonized
from studio.engine.render.matting import Bytes, Map

_SOFT_SIDE = 0.10  # a side that the photo cut off fades over this share of the width


@dataclass(frozen=True, slots=True)
class Light:
    """`side`: -1 from the left, 1 from the right. `hard`: 0 no shadow is thrown, 1 full sun. `low`: 1 for a low sun with
    long shadows. `strength`: how much the scene's colours lie on the subjects."""

    side: float
    hard: float
    low: float
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A cut-out in its final size. `left`, `top`: its place in the frame, in whole pixels."""

    rgb: Bytes
    alpha: Map
    left: int
    top: int

    def window(self, scene: Bytes) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """(where it lies in the scene, which part of it that is)."""
        rows, columns = scene.shape[:2]
        x0, y0 = max(0, self.left), max(0, self.top)
        x1, y1 = min(columns, self.left + self.alpha.shape[1]), min(rows, self.top + self.alpha.shape[0])
        there = slice(y0, max(y0, y1)), slice(x0, max(x0, x1))
        return there, (slice(y0 - self.top, max(y0, y1) - self.top), slice(x0 - self.left, max(x0, x1) - self.left))


def figure(cutout: Cutout, placement: Placement, frame_width: int) -> Figure:
    """The subject alone in its final size; sides that the photo cut off in the middle of the frame fade out."""
    x0, y0, x1, y1 = cutout.box()
    size = max(1, round(placement.width)), max(1, round(placement.height))
    smaller = size[0] * size[1] < (x1 - x0) * (y1 - y0)
    way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    rgb = np.asarray(cv2.resize(np.ascontiguousarray(cutout.colours[y0:y1, x0:x1]), size, interpolation=way), np.uint8)
    alpha = np.clip(cv2.resize(np.ascontiguousarray(cutout.alpha[y0:y1, x0:x1]), size, interpolation=way), 0, 1).astype(
        np.float32
    )
    sides = set(cutout.cut_sides())
    if placement.mirrored:
        rgb, alpha = np.ascontiguousarray(rgb[:, ::-1]), np.ascontiguousarray(alpha[:, ::-1])
        sides = {{"left": "right", "right": "left"}.get(side, side) for side in sides}
    return Figure(rgb, _faded(alpha, sides, placement, frame_width), round(placement.left), round(placement.top))


def _faded(alpha: Map, sides: set[str], placement: Placement, frame_width: int) -> Map:
    rows, columns = alpha.shape
    reach = max(1.0, _SOFT_SIDE * columns)
    x = np.arange(columns, dtype=np.float32)
    y = np.arange(rows, dtype=np.float32)
    if "left" in sides and placement.left > 0:
        alpha = alpha * _ease(x / reach)[None, :]
    if "right" in sides and placement.left + placement.width <= frame_width:
        alpha = alpha * _ease((columns - 1 - x) / reach)[None, :]
    if "top" in sides and placement.top > 0:
        round_off = 0.20 * rows * np.abs(np.linspace(-1, 1, columns, dtype=np.float32)) ** 2.6  # a head, not a box
        alpha = alpha * _ease((y[:, None] - round_off[None, :]) / max(1.0, 0.05 * rows))
    return np.asarray(alpha, np.float32)


def _ease(t: Map) -> Map:
    t = np.clip(t, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def put(scene: Bytes, one: Figure, placement: Placement, light: Light, unit: float) -> None:
    """Shadow first, then the figure in the scene's light. Changes `scene`."""
    if placement.grounded:
        _shadows(scene, one, light, unit)
    there, part = one.window(scene)
    if there[0].start >= there[0].stop or there[1].start >= there[1].stop:
        return
    around = _around(scene, there)
    rgb = harmonized(one.rgb, one.alpha, around, strength=light.strength)
    rgb, alpha = rgb[part], one.alpha[part]
    behind = scene[there]
    wrapped = _wrapped(_lit(rgb, alpha, light), alpha, behind, unit)
    share = alpha[..., None]
    scene[there] = np.clip(behind * (1 - share) + wrapped * share + 0.5, 0, 255).astype(np.uint8)


def _around(scene: Bytes, there: tuple[slice, slice]) -> Bytes:
    """The scene where the figure stands and beside it: what its light is judged by."""
    columns = scene.shape[1]
    wide, high = there[1].stop - there[1].start, there[0].stop - there[0].start
    x0, x1 = max(0, there[1].start - wide // 2), min(columns, there[1].stop + wide // 2)
    return np.ascontiguousarray(scene[max(0, there[0].start - high // 4) : there[0].stop, x0:x1])


def _lit(rgb: Bytes, alpha: Map, light: Light) -> Map:
    """A little more light on the side that faces the source, a little less on the other."""
    columns = alpha.shape[1]
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    factor = min(1.0, 256 / max(alpha.shape))
    small = cv2.resize(alpha, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    form = cv2.GaussianBlur(small, (0, 0), max(1.0, max(small.shape) / 14))
    slope = -np.asarray(cv2.Sobel(form, cv2.CV_32F, 1, 0, ksize=3), np.float32)
    spread = cv2.resize(
        np.asarray(slope / max(float(np.abs(slope).max()), 1e-6), np.float32),
        (columns, alpha.shape[0]),
        interpolation=cv2.INTER_LINEAR,
    )
    gain = 1 + np.float32(light.side * (0.05 + 0.07 * light.hard)) * (0.5 * x + 0.9 * spread)
    return np.asarray(rgb * gain[..., None], np.float32)


def _wrapped(figure_rgb: Map, alpha: Map, behind: Bytes, unit: float) -> Map:
    """Light from behind that bends around the rim, as in every photo against a bright ground."""
    sigma = max(1.0, 7 * unit)
    inside = np.clip((1 - cv2.GaussianBlur(alpha, (0, 0), sigma)) * alpha, 0, 1) * np.float32(0.55)
    soft = cv2.GaussianBlur(behind, (0, 0), sigma).astype(np.float32)
    return np.asarray(
        figure_rgb * (1 - inside[..., None]) + np.maximum(soft, figure_rgb * 0.6) * inside[..., None], np.float32
    )


def _shadows(scene: Bytes, one: Figure, light: Light, unit: float) -> None:
    """A dark line of contact, a soft pool under the figure, and the shadow that the sun throws."""
    rows = scene.shape[0]
    dark = np.zeros(scene.shape[:2], np.float32)
    high = one.alpha.shape[0]
    foot = one.top + high
    low = one.alpha.copy()
    low[: round(high * 0.72)] = 0
    for flat, down, sigma, depth in ((0.42, 0.006, 0.008, 0.60), (0.22, 0.018, 0.030, 0.40)):
        _lay(dark, low, one, (flat, 0.0, down), max(1.0, sigma * high), depth)
    if light.hard > 0.05:
        _lay(
            dark,
            one.alpha,
            one,
            (0.16 + 0.20 * light.low, -light.side * (0.25 + 0.75 * light.low), 0.0),
            max(1.0, 0.012 * high),
            0.48 * light.hard,
        )
    part = slice(max(0, foot - high), min(rows, foot + max(4, high // 3)))
    blue = np.array([1.0, 0.97, 0.90], np.float32)  # what the sun does not reach is lit by the sky
    scene[part] = (scene[part] * (1 - dark[part, :, None] * blue)).clip(0, 255).astype(np.uint8)


def _lay(dark: Map, shape: Map, one: Figure, bend: tuple[float, float, float], sigma: float, depth: float) -> None:
    """A shape laid flat on the ground at its foot. `bend`: how much of its height is left, how far its top leans aside
    (both as shares of the height), how far it is moved down."""
    flat, lean, down = bend
    last = shape.shape[0] - 1
    foot = one.top + last + down * last
    matrix = np.array([[1.0, -lean, one.left + lean * last], [0.0, flat, foot - flat * last]], np.float64)
    laid = cv2.warpAffine(shape, matrix, (dark.shape[1], dark.shape[0]), flags=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(laid, (0, 0), sigma)
    np.maximum(dark, np.clip(soft, 0, 1) * np.float32(depth), out=dark)
