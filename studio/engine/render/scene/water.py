"""Water: a mirrored scene broken by waves in perspective, the path of the sun or moon, foam; also wet ground."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, Field, cover, smooth
from studio.engine.render.scene.layers import Pixels
from studio.engine.render.scene.light import Light
from studio.engine.render.scene.noise import sample
from studio.engine.render.scene.sky import source_place
from studio.engine.render.scene.terrain import coverage, perspective


@dataclass(frozen=True, slots=True)
class Water:
    """A surface: its line in units, its own colour, how rough it is (0 mirror, 1 choppy sea), how much it reflects."""

    line: float
    body: Colour
    rough: float = 0.35
    mirror: float = 0.75
    glitter: float = 1.0


def reflection(
    backdrop: Field, canvas: Canvas, water: Water, seed: int, axis: Field | None = None
) -> tuple[Field, Field, Field]:
    """The scene above the line turned upside down and broken by ripples, for the rows below it; with the wave field and
    its rows' nearness.

    `backdrop` is what has been painted so far, at any size over the same place. `axis` (columns,) turns each column
    around a height of its own.
    """
    top = canvas.row_of(water.line)
    side, away, step = perspective(canvas, water.line - 0.006, top)
    footprint = np.clip(float(np.median(step)) * 0.02, 0, 0.2)
    waves = sample(seed, side * 0.085, away * 0.30, octaves=7, gain=0.62, footprint=footprint)
    swell = sample(seed + 1, side * 0.012 + away * 0.004, away * 0.05, octaves=4)
    bump = (waves - 0.5) * 0.75 + (swell - 0.5) * 0.6
    x, y = np.meshgrid(canvas.xs(), canvas.ys()[top:])
    depth = y - np.float32(water.line)
    near = smooth(0.0, 0.5, depth)
    shift = bump * np.float32(water.rough) * (0.02 + 0.30 * near)
    turn = np.float32(water.line) if axis is None else np.maximum(axis, np.float32(water.line))[None, :]
    source_y = turn - (y - turn) * np.float32(1.08) - np.abs(shift) * 0.9 - np.float32(0.004)
    source_x = x + shift * 0.35
    rows, columns = backdrop.shape[:2]
    map_x = (source_x - canvas.left) * np.float32(columns / canvas.span_x) - 0.5
    map_y = (source_y - canvas.top) * np.float32(rows / canvas.span_y) - 0.5
    mirrored = cv2.remap(backdrop, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(mirrored, np.float32), bump.astype(np.float32), near


def paint_water(
    canvas: Canvas, water: Water, light: Light, backdrop: Field, seed: int, *, edge: Field | None = None
) -> Pixels:
    """Water from its line down to the bottom of the canvas. `edge` is a shore's skyline if it is no straight line."""
    out = canvas.blank()
    top = canvas.row_of(water.line)
    if top >= canvas.rows:
        return out
    mirrored, bump, near = reflection(_soft(backdrop), canvas, water, seed)
    fresnel = np.clip(water.mirror * (1 - 0.62 * near) * (1 - bump * 0.8 * water.rough), 0, 1)[..., None]
    body = water.body * (light.ambient * 1.15 + light.key * 0.35) * (1 + 0.75 * bump[..., None] * (0.3 + water.rough))
    colour = mirrored * fresnel + body * (1 - fresnel)
    colour += _glitter(canvas, water, light, seed, top, bump)
    if water.rough > 0.6:
        crest = smooth(0.10, 0.22, bump) * smooth(0.02, 0.4, near) * (water.rough - 0.45)
        colour += (light.ambient + light.key * 0.6) * (crest * 0.55)[..., None]
    far = np.exp(-(canvas.ys()[top:, None] - water.line) / 0.025)[..., None] * np.float32(0.35 + 0.4 * light.haze_density)
    colour += (light.horizon * 0.9 - colour) * far * np.float32(0.6)
    skyline = np.full(canvas.columns, water.line, np.float32) if edge is None else edge
    out[top:] = cover(np.maximum(colour, 0).astype(np.float32), coverage(canvas, skyline, top))
    return out


def _soft(backdrop: Field) -> Field:
    """A reflection has no fine detail: smear it downward a little."""
    rows = backdrop.shape[0]
    return np.asarray(
        cv2.GaussianBlur(backdrop, (0, 0), sigmaX=max(rows / 900, 0.3), sigmaY=max(rows / 160, 0.4)), np.float32
    )


def _glitter(canvas: Canvas, water: Water, light: Light, seed: int, top: int, bump: Field) -> Field:
    """The path of light below the sun or moon: sparkles that thin out sideways."""
    if light.disc < 0.05:
        return np.zeros((1, 1, 3), np.float32)
    sx, _ = source_place(canvas, light, water.line)
    x, y = np.meshgrid(canvas.xs(), canvas.ys()[top:])
    depth = np.maximum(y - np.float32(water.line), 0)
    width = 0.020 + depth * np.float32(0.30 + 0.35 * water.rough)
    path = np.exp(-(((x - np.float32(sx)) / width) ** 2)).astype(np.float32)
    side, away, step = perspective(canvas, water.line - 0.003, top)
    spark = sample(
        seed + 3, side * 0.16, away * 0.42, octaves=6, gain=0.7, footprint=float(np.clip(np.median(step) * 0.05, 0, 0.3))
    )
    on = smooth(0.50, 0.68, spark + bump * 0.25) * (0.25 + 0.75 * path)
    strength = 0.55 if light.source_y < 0.4 else 0.28
    return np.asarray(
        (path * (0.16 + on))[..., None] * light.source * np.float32(strength * light.disc * water.glitter), np.float32
    )


def wet_sheen(
    backdrop: Field,
    canvas: Canvas,
    line: float,
    seed: int,
    *,
    amount: float,
    ripple: float = 0.10,
    axis: Field | None = None,
) -> Pixels:
    """Reflections in wet ground below `line`: puddles mirror fully, the rest a little. Premultiplied, to lie over the
    ground."""
    out = canvas.blank()
    top = canvas.row_of(line)
    if top >= canvas.rows:
        return out
    water = Water(line, np.zeros(3, np.float32), rough=ripple, mirror=1.0)
    rows = backdrop.shape[0]
    long = cv2.GaussianBlur(backdrop, (0, 0), sigmaX=max(rows / 700, 0.4), sigmaY=max(rows / 45, 0.8))
    mirrored, _, near = reflection(np.asarray(long, np.float32), canvas, water, seed, axis)
    side, away, step = perspective(canvas, line - 0.02, top)
    pools = sample(seed + 5, side * 0.05, away * 0.07, octaves=5, footprint=float(np.clip(np.median(step) * 0.02, 0, 0.2)))
    share = (0.34 + 0.55 * smooth(0.44, 0.60, pools)) * amount * (1 - 0.25 * near)
    if axis is not None:
        share = share * np.clip((canvas.ys()[top:, None] - axis[None, :]) / 0.004, 0, 1)
    out[top:] = cover(mirrored, np.clip(share, 0, 0.95).astype(np.float32))
    return out
