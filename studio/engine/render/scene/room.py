"""A room: walls in one-point perspective, a window on the outside's time of day, its light on the floor, lamps,
furniture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from studio.engine.render.scene.buildings import Block, box
from studio.engine.render.scene.canvas import Colour, Drawing, Field, curve, rgb
from studio.engine.render.scene.furnishing import bookcase, hearth
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.noise import plane
from studio.engine.render.scene.plants import broadleaf, tones
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ridge, paint_ridge


@dataclass(frozen=True, slots=True)
class _Plan:
    """The back wall (left, top, right, floor line) and the window in it, in units."""

    left: float
    top: float
    right: float
    floor: float
    window: tuple[float, float, float, float]


def _plan(stage: Stage) -> _Plan:
    wide, high = stage.wide, stage.high
    left, right = 0.10 * wide, 0.90 * wide
    top, floor = 0.06 * high, 0.70 * high
    middle = wide * (0.36 if stage.light.side > 0 else 0.64)
    half = min(0.25, 0.21 * wide)
    return _Plan(left, top, right, floor, (middle - half, 0.14 * high, middle + half, 0.50 * high))


def _inside(stage: Stage) -> tuple[Colour, Colour, float]:
    """Light from the sky in the room, lamp light, and how dark the room is."""
    light = stage.light
    sky = light.ambient * np.float32(0.75) + light.horizon * np.float32(0.10)
    if light.time in {"night", "blue"} or stage.words.weather == "storm":
        return sky * np.float32(0.55), rgb("#ffb869") * np.float32(0.62), 1.0
    if light.time == "dusk":
        return sky * np.float32(1.0) + light.key * np.float32(0.12), rgb("#ffb869") * np.float32(0.26), 0.6
    return sky * np.float32(1.12) + light.key * np.float32(0.16), rgb("#ffb869") * np.float32(0.05), 0.0


def room(stage: Stage) -> Iterator[Layer]:
    """The room as layers: outside, walls with a hole for the window, light on the floor, furniture, lamp glow."""
    plan = _plan(stage)
    yield from stage.sky(0.47 * stage.high)
    yield from _outside(stage)
    sky, lamp, dark = _inside(stage)
    walls = _walls(stage, plan, sky, lamp)
    yield stage.layer("walls", walls, 0.3)
    if dark < 1 and stage.words.weather in {"clear", "snow", "cloudy"}:
        yield stage.layer("light on the floor", _patch(stage, plan), 0.31, emissive=True)
    block = Block.on(stage.canvas, stage.rng("furniture"), stage.light)
    _furniture(stage, plan, block.solid, sky + lamp * np.float32(0.55))
    burning = stage.words.has("hearth")
    if burning:
        way = 1 if stage.light.side > 0 else -1
        hearth(block, _free_wall(plan, way)[2], plan.floor + 0.02, sky + lamp * np.float32(0.7))
        stage.performed.update(at for at, subject in enumerate(stage.words.subjects) if subject.kind == "campfire")
    yield stage.layer("furniture", block.solid.premultiplied(), 0.5)
    if burning:
        yield stage.layer("fire", block.lamps(1.5, 0.16), 0.51, Motion.FLICKER, emissive=True)
    if dark > 0 and not burning:
        yield stage.layer("lamp", _lamp_glow(stage, plan, dark), 0.55, Motion.FLICKER, emissive=True)
    stage.land = Spot(0.93 * stage.high, 0.40)
    stage.far_land = Spot(plan.floor + 0.06 * stage.high, 0.34)


def _outside(stage: Stage) -> Iterator[Layer]:
    """What one sees through the window: a far line of hills or trees."""
    ridge = Ridge(
        0.47 * stage.high,
        0.08,
        1.4,
        0.2,
        rgb("#4f6246"),
        min(0.35 + 0.5 * stage.light.haze_density, 0.85),
        snow=0.9 if stage.snow else 0.0,
    )
    pixels, _ = paint_ridge(stage.canvas, ridge, stage.light, stage.number("outside"))
    yield stage.layer("outside", pixels, 0.1)


def _walls(stage: Stage, plan: _Plan, sky: Colour, lamp: Colour) -> Pixels:
    """Walls, floor boards, skirting, window frame; the panes stay open."""
    wide, high = stage.wide, stage.high
    pen = Drawing(stage.canvas)
    named = {
        "blue": "#6f8ca8",
        "green": "#7f9a84",
        "red": "#b06a5a",
        "pink": "#d8a8a8",
        "white": "#e8e4da",
        "yellow": "#dcc484",
    }
    paint = rgb(next((named[c] for c in stage.words.colours if c in named), "#c9b9a2"))
    glow = sky + lamp * np.float32(0.6)
    wall, side_wall, ceiling, floor = (
        paint * glow,
        paint * glow * np.float32(0.72),
        rgb("#e9e3d8") * glow * np.float32(0.75),
        rgb("#8a5f3c") * glow,
    )
    far = 3.0
    pen.fill([(-far, -far), (wide + far, -far), (wide + far, high + far), (-far, high + far)], side_wall)
    cx, cy = wide * 0.5, high * 0.42
    corner = [
        (cx + (px - cx) * 8, cy + (py - cy) * 8)
        for px, py in ((plan.left, plan.top), (plan.right, plan.top), (plan.right, plan.floor), (plan.left, plan.floor))
    ]
    back = [(plan.left, plan.top), (plan.right, plan.top), (plan.right, plan.floor), (plan.left, plan.floor)]
    pen.fill([back[0], back[1], corner[1], corner[0]], ceiling)
    pen.fill([back[3], back[2], corner[2], corner[3]], floor)
    rng = stage.rng("boards")
    for at in np.linspace(plan.left - 0.0, plan.right, 15)[:-1]:
        step = (plan.right - plan.left) / 14
        ends = [(cx + (px - cx) * 8, cy + (plan.floor - cy) * 8) for px in (at + step, at)]
        pen.fill([(at, plan.floor), (at + step, plan.floor), *ends], floor * np.float32(rng.uniform(0.80, 1.08)))
        pen.line([(at, plan.floor), ends[1]], 0.0018, floor * np.float32(0.5))
    pen.fill(back, wall)
    pen.fill(box(plan.left, plan.floor - 0.030, plan.right, plan.floor), rgb("#efe9dd") * glow * np.float32(0.8))
    pixels = pen.premultiplied()
    pixels[..., :3] *= _falloff(stage, plan, lamp)[..., None]
    _cut_window(stage, plan, pixels, rgb("#f0eadf") * glow)
    return pixels


def _falloff(stage: Stage, plan: _Plan, lamp: Colour) -> Field:
    """Brighter near the window by day and near the lamp by night; a little unevenness of plaster."""
    small = stage.canvas.coarse(700)
    x, y = np.meshgrid(small.xs(), small.ys())
    wx, wy = (plan.window[0] + plan.window[2]) / 2, (plan.window[1] + plan.window[3]) / 2
    lx, ly = _lamp_place(stage, plan)
    day = 0.62 + 0.62 * np.exp(-np.hypot((x - wx) * 0.9, y - wy) / 0.55)
    night = 0.30 + 1.5 * np.exp(-np.hypot(x - lx, (y - ly) * 1.1) / 0.34)
    share = float(np.clip(lamp.max() / 0.62, 0, 1))
    plaster = 0.96 + 0.08 * plane(small, stage.number("plaster"), across=1.2, down=1.2, octaves=6)
    return np.maximum(stage.canvas.enlarge(((day * (1 - share) + night * share) * plaster).astype(np.float32)), 0)


def _cut_window(stage: Stage, plan: _Plan, pixels: Pixels, frame: Colour) -> None:
    """The opening: coverage goes to nothing in the panes, and a frame with bars is drawn around them."""
    x0, y0, x1, y1 = plan.window
    hole = Drawing(stage.canvas)
    hole.fill(box(x0, y0, x1, y1), np.ones(3, np.float32))
    pixels *= 1 - hole.premultiplied()[..., 3:4]
    pen = Drawing(stage.canvas)
    bar = 0.012
    for a, b in (((x0, y0), (x1, y0)), ((x0, y1), (x1, y1)), ((x0, y0), (x0, y1)), ((x1, y0), (x1, y1))):
        pen.fill(box(min(a[0], b[0]) - bar, min(a[1], b[1]) - bar, max(a[0], b[0]) + bar, max(a[1], b[1]) + bar), frame)
    for t in (1 / 3, 2 / 3):
        x = x0 + (x1 - x0) * t
        pen.fill(box(x - bar * 0.4, y0, x + bar * 0.4, y1), frame * np.float32(0.85))
    middle = y0 + (y1 - y0) * 0.42
    pen.fill(box(x0, middle - bar * 0.4, x1, middle + bar * 0.4), frame * np.float32(0.85))
    pen.fill(box(x0 - 0.04, y1 + bar, x1 + 0.04, y1 + bar * 2.6), frame * np.float32(1.1))
    drawn = pen.premultiplied()
    pixels *= 1 - drawn[..., 3:4]
    pixels += drawn


def _patch(stage: Stage, plan: _Plan) -> Pixels:
    """The window's panes thrown on the floor by the sun, slanting away from it: light to be added."""
    x0, _, x1, _ = plan.window
    pen = Drawing(stage.canvas)
    slant = -stage.light.side * (0.30 if stage.light.source_y < 0.4 else 0.12)
    y0, y1 = plan.floor + 0.04, plan.floor + (0.26 if stage.light.source_y < 0.4 else 0.20)
    for at in range(3):
        for row in range(2):
            a, b = x0 + (x1 - x0) * (at + 0.05) / 3, x0 + (x1 - x0) * (at + 0.95) / 3
            t0, t1 = (0.0, 0.46) if row == 0 else (0.50, 1.0)
            pen.fill(
                [
                    (a + slant * t0, y0 + (y1 - y0) * t0),
                    (b + slant * t0, y0 + (y1 - y0) * t0),
                    (b + slant * t1 + 0.03 * t1, y0 + (y1 - y0) * t1),
                    (a + slant * t1 - 0.03 * t1, y0 + (y1 - y0) * t1),
                ],
                np.ones(3, np.float32),
            )
    pixels = pen.premultiplied()
    strength = {"day": 0.40, "dawn": 0.36, "golden": 0.5, "dusk": 0.42}.get(stage.light.time, 0.1) * (
        1 if stage.words.weather == "clear" else 0.25
    )
    pixels[..., :3] *= stage.light.key * rgb("#c99a6a") * np.float32(strength * 2.2)
    pixels[..., 3] = 0
    return pixels


def _lamp_place(stage: Stage, plan: _Plan) -> tuple[float, float]:
    x = plan.right - 0.13 * stage.wide if stage.light.side > 0 else plan.left + 0.13 * stage.wide
    return x, plan.floor - 0.27


def _lamp_glow(stage: Stage, plan: _Plan, dark: float) -> Pixels:
    """The lamp's shade and the light around it."""
    x, y = _lamp_place(stage, plan)
    block = Block.on(stage.canvas, stage.rng("lamp"), stage.light)
    block.shine.fill(
        [(x - 0.045, y - 0.035), (x + 0.045, y - 0.035), (x + 0.075, y + 0.050), (x - 0.075, y + 0.050)], rgb("#ffc27a")
    )
    return block.lamps(1.6 * dark, 0.12)


def _furniture(stage: Stage, plan: _Plan, pen: Drawing, glow: Colour) -> None:
    wide = stage.wide
    way = 1 if stage.light.side > 0 else -1
    lx, ly = _lamp_place(stage, plan)
    rng = stage.rng("things")
    rug = rgb(("#8a3a34", "#3f5a7a", "#7a6a3a")[int(rng.integers(3))]) * glow
    for size, tone in ((1.0, 1.0), (0.90, 1.5), (0.82, 0.85)):
        pen.ellipse(
            wide * 0.5,
            plan.floor + 0.155 * stage.high,
            0.40 * size * min(wide, 1.3),
            0.085 * size * stage.high,
            rug * np.float32(tone),
        )
    if not stage.words.has("hearth"):
        _lamp(pen, lx, ly, plan, glow)
    curtain, corner, hung = _free_wall(plan, way)
    if stage.words.has("books"):
        other = (plan.left, plan.window[0] - 0.12) if way > 0 else (plan.window[2] + 0.12, plan.right)
        for left, right in (other, (min(curtain, corner) + 0.02, max(curtain, corner))):
            if right - left > 0.08:
                bookcase(pen, rng, left, right, 0.10 * stage.high, plan.floor, glow)
    if abs(corner - curtain) > 0.75 and not stage.words.has("books"):
        _shelf(pen, rng, hung - way * 0.16, plan, glow)
    if abs(corner - curtain) > 0.16 and not (stage.words.has("books") or stage.words.has("hearth")):
        _picture(pen, hung, 0.25 * stage.high, min(0.13, abs(corner - curtain) * 0.34), glow)
    _armchair(
        pen,
        wide * 0.5 - way * 0.02 if stage.words.has("hearth") else lx - way * 0.20,
        plan.floor + 0.10,
        0.25,
        rgb(("#3f6b66", "#8a4a3a", "#4a5578")[int(rng.integers(3))]) * glow,
        way,
    )
    px = plan.window[0] - 0.07 if way > 0 else plan.window[2] + 0.07
    pot = rgb("#b0603c") * glow
    light = stage.light
    leaf = tones(light, "summer")
    leaf = type(leaf)(rgb("#1f3d22") * glow, rgb("#3f7040") * glow, rgb("#74a860") * glow, rgb("#5a4230") * glow)
    broadleaf(pen, rng, px, plan.floor + 0.03, 0.34, leaf, -float(way), leaves=0.6)
    pen.fill(
        [
            (px - 0.050, plan.floor - 0.035),
            (px + 0.050, plan.floor - 0.035),
            (px + 0.036, plan.floor + 0.055),
            (px - 0.036, plan.floor + 0.055),
        ],
        pot,
    )
    _curtains(pen, plan, rgb("#d8cdb8") * glow)


def _lamp(pen: Drawing, lx: float, ly: float, plan: _Plan, glow: Colour) -> None:
    """A standing lamp: its pole, foot and shade."""
    pen.limb((lx, ly), (lx, plan.floor + 0.02), 0.010, 0.010, rgb("#4a3a2e") * glow)
    pen.ellipse(lx, plan.floor + 0.024, 0.045, 0.012, rgb("#4a3a2e") * glow)
    pen.fill(
        [(lx - 0.045, ly - 0.035), (lx + 0.045, ly - 0.035), (lx + 0.075, ly + 0.050), (lx - 0.075, ly + 0.050)],
        rgb("#e8d6b4") * glow,
    )


def _free_wall(plan: _Plan, way: int) -> tuple[float, float, float]:
    """The wall beside the window: the curtain's edge, the corner, and the middle between them."""
    curtain, corner = (plan.window[2] + 0.10, plan.right) if way > 0 else (plan.window[0] - 0.10, plan.left)
    return curtain, corner, (curtain + corner) / 2


def _curtains(pen: Drawing, plan: _Plan, cloth: Colour) -> None:
    """Hanging cloth on both sides of the window, in folds."""
    x0, y0, x1, y1 = plan.window
    pen.line([(x0 - 0.10, y0 - 0.035), (x1 + 0.10, y0 - 0.035)], 0.007, cloth * np.float32(0.35))
    for edge, way in ((x0, -1), (x1, 1)):
        for fold in range(6):
            a, b = edge + way * (fold * 0.016 - 0.020), edge + way * (fold * 0.016)
            foot = y1 + 0.13
            pen.fill(
                [(a, y0 - 0.035), (b, y0 - 0.035), (b + way * 0.008, foot), (a + way * 0.006, foot)],
                cloth * np.float32(0.68 + 0.32 * (fold % 2)),
            )


def _shelf(pen: Drawing, rng: np.random.Generator, x: float, plan: _Plan, glow: Colour) -> None:
    """A low shelf with books."""
    wood = rgb("#5d4330") * glow
    foot, top, half = plan.floor + 0.012, plan.floor - 0.17, 0.13
    pen.fill(box(x - half, top, x + half, foot), wood * np.float32(0.55))
    for row in range(2):
        y = top + (foot - top) * (row + 1) / 2
        at = x - half + 0.012
        while at < x + half - 0.018:
            thick, tall = rng.uniform(0.007, 0.014), rng.uniform(0.045, 0.066)
            pen.fill(
                box(at, y - 0.006 - tall, at + thick, y - 0.006),
                rgb(("#8a3b32", "#34566e", "#b98b44", "#4f6b4a", "#d8cbb2", "#5a4a6a")[int(rng.integers(6))]) * glow,
            )
            at += thick * 1.1
        pen.fill(box(x - half, y - 0.007, x + half, y), wood)
    for edge in (x - half, x + half - 0.008):
        pen.fill(box(edge, top, edge + 0.008, foot), wood)
    pen.fill(box(x - half - 0.006, top - 0.010, x + half + 0.006, top), wood * np.float32(1.25))


def _picture(pen: Drawing, x: float, y: float, half: float, glow: Colour) -> None:
    """A framed landscape on the wall: sky, sun, two hills."""
    high = half * 0.78
    pen.fill(box(x - half, y - high, x + half, y + high), rgb("#4a3424") * glow)
    pen.fill(box(x - half * 0.90, y - high * 0.88, x + half * 0.90, y + high * 0.88), rgb("#e8e0cc") * glow)
    x0, x1, low = x - half * 0.72, x + half * 0.72, y + high * 0.68
    pen.fill(box(x0, y - high * 0.68, x1, low), rgb("#b8cdd0") * glow)
    pen.disc(x + half * 0.30, y - high * 0.20, half * 0.13, rgb("#e8a860") * glow)
    far = np.concatenate(
        [
            [(x0, low)],
            curve(
                [(x0, y + high * 0.1), (x - half * 0.25, y - high * 0.25), (x + half * 0.2, y + high * 0.2), (x1, y)],
                closed=False,
            ),
            [(x1, low)],
        ]
    )
    pen.fill(far, rgb("#6a8a94") * glow)
    near = np.concatenate(
        [[(x0, low)], curve([(x0, y + high * 0.45), (x, y + high * 0.2), (x1, y + high * 0.5)], closed=False), [(x1, low)]]
    )
    pen.fill(near, rgb("#6f7f4a") * glow)


def _armchair(pen: Drawing, x: float, foot: float, size: float, cloth: Colour, way: int) -> None:
    """A wing chair seen from the front, turned a little."""
    dark = cloth * np.float32(0.55)
    for leg in (-0.38, 0.38):
        pen.limb(
            (x + leg * size, foot - size * 0.1),
            (x + leg * size, foot + size * 0.06),
            size * 0.06,
            size * 0.035,
            dark * np.float32(0.4),
        )
    pen.fill(
        curve(
            [
                (x - size * 0.42, foot),
                (x - size * 0.46, foot - size * 1.05),
                (x, foot - size * 1.2),
                (x + size * 0.46, foot - size * 1.05),
                (x + size * 0.42, foot),
            ],
            rounds=2,
        ),
        cloth * np.float32(0.8),
    )
    pen.fill(box(x - size * 0.36, foot - size * 0.45, x + size * 0.36, foot - size * 0.02), cloth)
    pen.fill(
        curve(
            [
                (x - size * 0.36, foot - size * 0.30),
                (x - size * 0.36, foot - size * 0.52),
                (x + size * 0.36, foot - size * 0.52),
                (x + size * 0.36, foot - size * 0.30),
            ],
            rounds=2,
        ),
        cloth * np.float32(1.25),
    )
    for arm in (-1, 1):
        tone = cloth * np.float32(1.1 if arm == way else 0.7)
        pen.fill(
            curve(
                [
                    (x + arm * size * 0.34, foot + size * 0.01),
                    (x + arm * size * 0.33, foot - size * 0.62),
                    (x + arm * size * 0.56, foot - size * 0.62),
                    (x + arm * size * 0.54, foot + size * 0.01),
                ],
                rounds=2,
            ),
            tone,
        )
