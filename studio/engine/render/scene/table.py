"""A still life: a wooden table before a soft window, with a steaming cup, books, fruit or flowers on it."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from studio.engine.render.scene.buildings import box
from studio.engine.render.scene.canvas import Colour, Drawing, Field, cover, mix, rgb, smooth
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.noise import sample
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ridge, paint_ridge

_LEVEL = 0.64  # the table's far edge, share of the height


def table(stage: Stage) -> Iterator[Layer]:
    """The window's view and its frame out of focus, the table top, and what stands on it."""
    high, light = stage.high, stage.light
    yield from stage.sky(0.52 * high)
    hill = Ridge(
        0.54 * high,
        0.12,
        1.1,
        0.2,
        rgb("#5d7350"),
        min(0.45 + 0.4 * light.haze_density, 0.9),
        snow=0.9 if stage.snow else 0.0,
    )
    view, _ = paint_ridge(stage.canvas, hill, light, stage.number("view"))
    yield stage.layer("view", _soft(stage, view, 0.014), 0.08)
    lamp = rgb("#ffb869") * np.float32(0.5 if light.dark else 0.12)
    glow = light.ambient * np.float32(0.9) + light.key * np.float32(0.22) + lamp
    yield stage.layer("window", _soft(stage, _frame(stage, glow), 0.007), 0.2)
    if light.lamps > 0.25 or stage.words.has("lit"):
        yield stage.layer("bokeh", _bokeh(stage), 0.15, Motion.FLICKER, emissive=True)
    yield stage.layer("table", _top(stage, glow), 0.45)
    yield from _things(stage, glow)
    stage.land, stage.far_land, stage.water = Spot(0.86 * high, 0.55), Spot(0.72 * high, 0.4), None


def _soft(stage: Stage, pixels: Pixels, radius: float) -> Pixels:
    """Out of focus. The rim is repeated outward, so nothing shows through at the edge."""
    sigma = max(radius * stage.canvas.scale, 0.6)
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)


def _frame(stage: Stage, glow: Colour) -> Pixels:
    """The wall with its window: bars, a sill, a curtain at the side."""
    wide, high = stage.wide, stage.high
    pen = Drawing(stage.canvas)
    wall, wood = rgb("#8a7460") * glow * np.float32(0.75), rgb("#efe6d6") * glow * np.float32(0.9)
    x0, x1, y0, y1 = 0.12 * wide, 0.88 * wide, -0.5, 0.60 * high
    for points in (box(-1, -1, x0, high + 1), box(x1, -1, wide + 1, high + 1), box(x0, y1, x1, high + 1)):
        pen.fill(points, wall)
    for x in (x0, x0 + (x1 - x0) / 3, x0 + (x1 - x0) * 2 / 3, x1):
        pen.fill(box(x - 0.014, y0, x + 0.014, y1), wood)
    pen.fill(box(x0, 0.23 * high, x1, 0.23 * high + 0.020), wood)
    pen.fill(box(x0 - 0.03, y1 - 0.012, x1 + 0.03, y1 + 0.030), wood * np.float32(1.15))
    cloth = rgb("#c9b48f") * glow
    side = x0 if stage.light.side > 0 else x1
    for fold in range(8):
        x = side + (fold - 4) * 0.030
        pen.fill(box(x, y0, x + 0.031, high), cloth * np.float32(0.7 + 0.3 * (fold % 2)))
    return pen.premultiplied()


def _bokeh(stage: Stage) -> Pixels:
    """Far lamps as soft discs."""
    rng, pen = stage.rng("bokeh"), Drawing(stage.canvas)
    for _ in range(34):
        colour = rgb(("#ffcf7a", "#ff9a5a", "#ffe6b8", "#8fb8ff")[int(rng.integers(4))]) * np.float32(rng.uniform(0.2, 0.6))
        pen.disc(
            rng.uniform(0.14, 0.86) * stage.wide, rng.uniform(0.28, 0.58) * stage.high, rng.uniform(0.010, 0.030), colour
        )
    pixels = _soft(stage, pen.premultiplied(), 0.002)
    pixels[..., 3] = 0
    return pixels


def _top(stage: Stage, glow: Colour) -> Pixels:
    """Planks in perspective with their grain, and the window's sheen on the varnish."""
    canvas, level = stage.canvas, _LEVEL * stage.high
    x, y = np.meshgrid(canvas.xs(), canvas.ys())
    below = np.maximum(y - level, 0) + 0.30
    side = (x - stage.wide / 2) / below
    away = 1.0 / below
    plank = np.floor(away * 3.4)
    seam = np.abs(np.mod(away * 3.4, 1.0) - 0.5) > 0.488
    grain = sample(stage.number("grain"), side * 0.16 + plank * 0.37, away * 2.6 + plank * 0.21, octaves=7, gain=0.6)
    tone = 0.72 + 0.5 * grain + 0.10 * np.mod(plank * 0.618, 1.0)
    tone = np.where(seam, tone * 0.55, tone)
    sheen = np.exp(-(((x - stage.wide * (0.5 + 0.1 * stage.light.side)) / (0.5 * stage.wide)) ** 2)) * smooth(
        level + 0.28 * stage.high, level, y
    )
    colour = rgb("#8a5733") * tone[..., None] * glow + (sheen * 0.22)[..., None] * mix(
        stage.light.horizon, stage.light.middle, 0.4
    )
    alpha = np.clip((y - level) * canvas.scale + 0.5, 0, 1)
    return cover(colour.astype(np.float32), alpha.astype(np.float32))


def _things(stage: Stage, glow: Colour) -> Iterator[Layer]:
    """The cup with its steam in the light, books and flowers or fruit beside it."""
    wide, high, side = stage.wide, stage.high, stage.light.side
    rng, pen = stage.rng("things"), Drawing(stage.canvas)
    cx, foot = wide * (0.5 + 0.07 * side), 0.875 * high
    bx = wide * 0.5 - side * 0.34
    shadow = Drawing(stage.canvas)
    for x, y, size in ((cx, foot, 0.20), (bx, 0.80 * high, 0.20)):
        shadow.ellipse(x - side * 0.07, y + 0.008, size * 1.15, size * 0.24, np.zeros(3, np.float32))
    yield stage.layer("shadows", _soft(stage, shadow.premultiplied(), 0.016) * np.float32(0.55), 0.46)
    _books(pen, rng, bx, 0.80 * high, glow, side)
    _bunch(pen, rng, bx, 0.80 * high - 0.125, glow)
    _cup(pen, cx, foot, glow, side, stage.words.colours)
    yield stage.layer("things", pen.premultiplied(), 0.6)
    yield stage.layer("steam", _steam(stage, cx, foot - 0.20), 0.62, Motion.DRIFT)


def _cup(pen: Drawing, x: float, foot: float, glow: Colour, side: float, colours: tuple[str, ...]) -> None:
    """A saucer and a cup of coffee, lit from one side by bands of tone."""
    named = {"red": "#b4382e", "blue": "#3f62a8", "green": "#4c7f5a", "yellow": "#d8b04a", "black": "#2c2c30"}
    china = rgb(next((named[c] for c in colours if c in named), "#f1ece2")) * glow
    for grow, lift, gain in ((1.0, 0.0, 0.62), (0.97, 0.006, 1.0), (0.60, 0.010, 0.78)):
        pen.ellipse(x, foot - lift, 0.205 * grow, 0.050 * grow, china * np.float32(gain))
    hand = x + 0.135
    pen.ring(hand, foot - 0.115, 0.046, 0.018, china * np.float32(0.7))
    top, low, half, base = foot - 0.195, foot - 0.010, 0.130, 0.075
    turn = np.linspace(0, np.pi, 15)
    for a in np.linspace(-1, 1, 25)[:-1]:
        b = a + 2 / 24 + 0.01
        facing = float(np.clip(0.60 + 0.42 * (a + 1 / 24) * side, 0.25, 1.05))
        t = np.linspace(0, 1, 8)
        width = base + (half - base) * t**0.55
        drop = 0.030 * np.sqrt(np.maximum(1 - np.array([a, b]) ** 2, 0))
        left = np.stack([x + a * width, low + (top - low) * t + drop[0] * (0.55 + 0.45 * t)], -1)
        right = np.stack([x + min(b, 1.0) * width, low + (top - low) * t + drop[1] * (0.55 + 0.45 * t)], -1)
        pen.fill(np.concatenate([left, right[::-1]]), china * np.float32(facing))
    pen.ellipse(x, top, half, 0.031, china * np.float32(1.05))
    pen.ellipse(x, top + 0.003, half * 0.93, 0.026, rgb("#3a2114") * glow)
    pen.ellipse(x + side * 0.02, top + 0.006, half * 0.70, 0.016, rgb("#6b4023") * glow)
    crema = np.stack([x + side * 0.045 + half * 0.42 * np.cos(turn), top + 0.004 + 0.010 * np.sin(turn)], -1)
    pen.line(crema, 0.0035, rgb("#b98a5a") * glow)


def _books(pen: Drawing, rng: np.random.Generator, x: float, foot: float, glow: Colour, side: float) -> None:
    """Three books in a pile, each turned a little."""
    low = foot
    for at, code in enumerate(("#7a3a32", "#3a5a66", "#c2a05a")):
        half, thick, dx = 0.165 - 0.018 * at, 0.036 + 0.006 * (at % 2), rng.uniform(-0.02, 0.02)
        cloth = rgb(code) * glow
        pen.fill(box(x + dx - half, low - thick, x + dx + half, low), cloth * np.float32(0.8))
        pen.fill(
            box(x + dx - half * 0.97, low - thick * 0.80, x + dx + half * (0.97 if side < 0 else 0.5), low - thick * 0.20),
            rgb("#e8dcc0") * glow * np.float32(0.8 + 0.1 * at),
        )
        pen.fill(box(x + dx - half, low - thick, x + dx + half, low - thick * 0.86), cloth * np.float32(1.25))
        low -= thick


def _bunch(pen: Drawing, rng: np.random.Generator, x: float, foot: float, glow: Colour) -> None:
    """A small vase with a few flowers."""
    clay = rgb("#5f7f86") * glow
    pen.fill(
        [
            (x - 0.040, foot),
            (x - 0.055, foot - 0.06),
            (x - 0.022, foot - 0.115),
            (x + 0.022, foot - 0.115),
            (x + 0.055, foot - 0.06),
            (x + 0.040, foot),
        ],
        clay,
    )
    pen.fill(
        [
            (x + 0.010, foot),
            (x + 0.020, foot - 0.06),
            (x + 0.010, foot - 0.115),
            (x + 0.022, foot - 0.115),
            (x + 0.055, foot - 0.06),
            (x + 0.040, foot),
        ],
        clay * np.float32(0.72),
    )
    for _ in range(8):
        tip = (x + rng.normal(0, 0.055), foot - rng.uniform(0.19, 0.30))
        pen.line(
            [(x, foot - 0.11), ((x + tip[0]) / 2 + rng.normal(0, 0.01), foot - 0.17), tip], 0.004, rgb("#4d6b3a") * glow
        )
        petal = rgb(("#e9a6a0", "#f4e3c8", "#d9707a", "#f0c06a")[int(rng.integers(4))]) * glow
        for turn in np.linspace(0, 2 * np.pi, 7)[:-1]:
            pen.ellipse(
                tip[0] + 0.014 * np.cos(turn),
                tip[1] + 0.012 * np.sin(turn),
                0.012,
                0.009,
                petal * np.float32(0.85 + 0.2 * np.cos(turn)),
                float(turn),
            )
        pen.disc(tip[0], tip[1], 0.007, rgb("#a8702c") * glow)


def _steam(stage: Stage, x: float, foot: float) -> Pixels:
    """Two wisps that rise and part."""
    small = stage.canvas.coarse(700)
    gx, gy = np.meshgrid(small.xs(), small.ys())
    up = np.clip((foot - gy) / 0.34, 0, 1.2)
    total: Field = np.zeros_like(gx)
    for phase in (0.0, 2.1):
        axis = x + (0.018 + 0.035 * up) * np.sin(up * 7.5 + phase) + 0.03 * (phase - 1.0) * up
        total += np.exp(-(((gx - axis) / (0.010 + 0.034 * up)) ** 2)) * smooth(0.0, 0.12, up) * smooth(1.05, 0.35, up)
    torn = np.clip(0.15 + 1.3 * sample(stage.number("steam"), gx * 1.2, gy * 0.9, octaves=5), 0, 1)
    alpha = np.clip(stage.canvas.enlarge((total * torn * 0.42).astype(np.float32)), 0, 1)
    return cover(mix(stage.light.horizon, rgb("#ffffff"), 0.4), alpha)
