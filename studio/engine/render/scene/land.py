"""Open country: mountain, meadow, desert, snowfield. Each builds its layers back to front and says where one may stand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.engine.render.scene.canvas import Colour, Drawing, Field, mix, rgb, smooth
from studio.engine.render.scene.haze import shade
from studio.engine.render.scene.herbs import cactus, flowers, grass
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.plants import AUTUMN, Tones, broadleaf, bush, conifer, spruce_row, tones
from studio.engine.render.scene.road import drives, lane
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ground, Ridge, paint_dune, paint_ground, paint_ridge, ridge_line

SNOW = rgb("#e8eef6")


def foliage_extra(stage: Stage) -> tuple[Colour, ...]:
    """Leaf colours that a season adds: autumn's reds and yellows, spring's blossom."""
    light, season = stage.light, stage.words.season
    if season == "autumn":
        return tuple(light.lit(rgb(code), 0.6) for code in AUTUMN[:3])
    if season == "spring":
        return (light.lit(rgb("#f7c6d6"), 0.7), light.lit(rgb("#ffe6ee"), 0.8))
    return ()


def mountain(stage: Stage) -> Iterator[Layer]:
    """High peaks behind ever nearer ridges, firs in front."""
    high, light = stage.high, stage.light
    base = 0.66 * high
    tall = 0.62 + 0.38 * (high - 1)
    yield from stage.sky(base)
    snow = 0.85 if stage.snow or stage.words.season == "winter" else 0.38
    rock, wood = rgb("#6d6a70"), rgb("#3a4a38")
    haze = light.haze_density
    for name, foot, height, frequency, air, depth, white, sharp in (
        ("far peaks", 0.62, 0.36, 1.5, 0.55, 0.07, snow, 0.75),
        ("peaks", 0.72, 0.56, 1.1, 0.26, 0.13, snow, 0.85),
    ):
        summit = (
            stage.wide * (0.5 - 0.14 * light.side) if depth > 0.1 else stage.wide * (0.5 + 0.30 * light.side),
            0.30 if depth > 0.1 else 0.12,
            0.34,
        )
        ridge = Ridge(
            foot * high,
            height * tall,
            frequency,
            sharp,
            rock,
            min(air * (0.55 + 1.2 * haze), 0.92),
            snow=white,
            mist=0.10 + 0.25 * haze,
            relief=1.5,
            summit=(summit[0], summit[1] * tall, summit[2]),
        )
        pixels, _ = paint_ridge(stage.canvas, ridge, light, stage.number(name))
        yield stage.layer(name, pixels, depth)
    yield stage.mist("valley mist", 0.725 * high, 0.05, 0.50 + 0.4 * haze, 0.18)
    for name, foot, height, air, depth in (("wooded ridge", 0.78, 0.16, 0.34, 0.28), ("near ridge", 0.90, 0.17, 0.14, 0.45)):
        ground = mix(wood, SNOW, 0.6) if stage.snow else wood
        ridge = Ridge(
            foot * high, height * tall, 1.15, 0.25, ground, min(air * (0.6 + 1.2 * haze), 0.9), mist=0.5, relief=0.5
        )
        pixels, skyline = paint_ridge(stage.canvas, ridge, light, stage.number(name))
        pen = Drawing(stage.canvas)
        tone = tones(light, "summer", "needle", snow=stage.snow).veiled(light.haze, ridge.haze * 0.9)
        spruce_row(pen, stage.rng(name), stage.span, skyline, stage.canvas.xs(), 0.030 + 0.05 * depth, tone)
        yield stage.layer(name, over(pixels, pen.premultiplied()), depth)
    stage.land, stage.far_land = Spot(0.955 * high, 0.17), Spot(0.80 * high, 0.05)
    yield from stage.perform("far", "sky")
    yield from _fir_front(stage)


def _fir_front(stage: Stage) -> Iterator[Layer]:
    """The knoll in front with tall firs at one side, leaving the rest open."""
    high, wide, light = stage.high, stage.wide, stage.light
    ground = mix(rgb("#4a5634"), SNOW, 0.8 if stage.snow else 0.0)
    ridge = Ridge(
        1.0 * high,
        0.10,
        0.7,
        0.1,
        ground * np.float32(0.8),
        0.04 + 0.2 * light.haze_density,
        mist=0.0,
        relief=0.5,
        octaves=6,
    )
    pixels, skyline = paint_ridge(stage.canvas, ridge, light, stage.number("knoll"))
    yield stage.layer("knoll", pixels, 0.72)
    pen, rng = Drawing(stage.canvas), stage.rng("firs")
    tone = tones(light, "summer", "needle").veiled(light.haze, 0.12 * light.haze_density)
    cap = light.lit(SNOW, 0.5) if stage.snow else None
    for side, number in ((0.0, 5), (1.0, 3)):
        for place in np.sort(rng.random(number)):
            x = side * wide + (1 if side == 0 else -1) * (place * 0.30 * wide - 0.14)
            grow = (0.52 - 0.34 * place) * rng.uniform(0.8, 1.15) * (0.8 + 0.35 * (high - 1))
            foot = float(np.interp(x, stage.canvas.xs(), skyline)) + 0.03
            conifer(pen, rng, x, foot, grow, tone, light.side, snow=cap)
    yield stage.layer("firs", pen.premultiplied(), 0.8, Motion.SWAY)


def over(below: Pixels, above: Pixels) -> Pixels:
    """Two premultiplied pictures as one; the first is changed."""
    below *= 1 - above[..., 3:4]
    below += above
    return below


def meadow(stage: Stage) -> Iterator[Layer]:
    """Rolling hills, a tree line, a field with grass or flowers in front, one large tree at a third."""
    high, light, words = stage.high, stage.light, stage.words
    horizon = 0.60 * high
    yield from stage.sky(horizon)
    haze = light.haze_density
    field_colour = _field_colour(stage)
    for name, foot, height, air, depth, colour in (
        ("blue hills", 0.60, 0.12, 0.66, 0.08, "#5d7a66"),
        ("hills", 0.645, 0.085, 0.40, 0.14, "#5f8046"),
        ("near hills", 0.69, 0.06, 0.20, 0.24, "#6b8f42"),
    ):
        albedo = SNOW if stage.snow else mix(rgb(colour), field_colour, 0.45)
        ridge = Ridge(
            foot * high, height, 0.75, 0.1, albedo, min(air * (0.6 + 1.1 * haze), 0.92), mist=0.35, relief=0.35, octaves=4
        )
        pixels, skyline = paint_ridge(stage.canvas, ridge, light, stage.number(name))
        pen = Drawing(stage.canvas)
        tone = tones(light, words.season, snow=stage.snow).veiled(light.haze, ridge.haze)
        _tree_line(pen, stage.rng(name), stage, skyline, 0.016 + 0.055 * depth, tone)
        yield stage.layer(name, over(pixels, pen.premultiplied()), depth)
    ground = Ground(field_colour * np.float32(0.8), field_colour, texture=0.5, scale=0.5, stretch=0.55)
    edge = Ridge(0.735 * high, 0.05, 0.5, 0.0, field_colour, 0.1, octaves=2)
    skyline = ridge_line(stage.canvas, edge, stage.number("field"))
    yield stage.layer(
        "field",
        paint_ground(stage.canvas, ground, light, stage.number("field grain"), 0.69 * high, edge=skyline, haze=0.25),
        0.4,
    )
    yield from _way(stage, float(np.median(skyline)) + 0.012)
    stage.land, stage.far_land = Spot(0.91 * high, 0.21), Spot(0.79 * high, 0.10)
    yield from stage.perform("far", "sky")
    yield from _big_tree(stage, 0.80 * high)
    pen = Drawing(stage.canvas)
    if _flower_rows(stage, pen, (0.74, 0.93), 420):
        yield stage.layer("flowers", pen.premultiplied(), 0.55, Motion.SWAY)
    yield from stage.perform("land")
    yield from meadow_front(stage, field_colour)


def _way(stage: Stage, top: float) -> Iterator[Layer]:
    """A path or a highway to the horizon, where one is named and nothing drives across."""
    if not stage.words.has("path") or drives(stage):
        return
    hard = stage.words.has("asphalt")
    earth = rgb("#5a595c") if hard else mix(SNOW, rgb("#9a8f84"), 0.4) if stage.snow else rgb("#b39a72")
    far = stage.wide * (0.5 - 0.05 * stage.light.side)
    yield stage.layer("way", lane(stage, top, far, earth, width=0.42 if hard else 0.20, asphalt=hard), 0.41)


def _field_colour(stage: Stage) -> Colour:
    words = stage.words
    if stage.snow:
        return SNOW
    if words.has("lavender"):
        return rgb("#8a76c0")
    if words.has("wheat"):
        return rgb("#d8b25a")
    return rgb({"spring": "#7fae4a", "summer": "#86a845", "autumn": "#b09a4e", "winter": "#8f8c68"}[words.season])


def _tree_line(pen: Drawing, rng: np.random.Generator, stage: Stage, skyline: Field, size: float, tone: Tones) -> None:
    """Hedges and copses along a hill: clumps of round crowns."""
    xs = stage.canvas.xs()
    for _ in range(9):
        middle, spread = rng.uniform(*stage.span), rng.uniform(0.03, 0.15)
        for x in rng.normal(middle, spread, int(rng.integers(4, 13))):
            foot = float(np.interp(x, xs, skyline)) + size * 0.15 + abs(float(rng.normal(0, size * 0.3)))
            grow = size * rng.uniform(0.5, 1.1)
            body = mix(tone.dark, tone.body, 0.35)
            pen.ellipse(x, foot - grow * 0.30, grow * 0.66, grow * 0.46, body)
            pen.ellipse(x - grow * 0.2, foot - grow * 0.52, grow * 0.36, grow * 0.36, body)
            pen.ellipse(x + stage.light.side * grow * 0.16, foot - grow * 0.62, grow * 0.26, grow * 0.22, tone.body)


def _big_tree(stage: Stage, foot: float) -> Iterator[Layer]:
    """The lone tree on a third of the picture, away from the light."""
    light, rng = stage.light, stage.rng("big tree")
    x = stage.wide * (0.27 if light.side > 0 else 0.73) + rng.uniform(-0.05, 0.05) * stage.wide
    pen = Drawing(stage.canvas)
    blossom = "#f3bfd0" if stage.words.has("petals") else None
    tone = tones(light, stage.words.season, tint=blossom, snow=stage.snow)
    tone = tone.veiled(light.haze, 0.10 + 0.25 * light.haze_density)
    bare = 0.0 if stage.words.season == "winter" else 1.0
    for dx in (-0.10, -0.04, 0.05, 0.12):
        bush(pen, rng, x + dx, foot + 0.006, 0.022 * rng.uniform(0.7, 1.3), tone, light.side)
    broadleaf(
        pen,
        rng,
        x,
        foot,
        0.40 * (0.85 + 0.15 * stage.high),
        tone,
        light.side,
        leaves=bare,
        extra=foliage_extra(stage) if bare else (),
    )
    yield stage.layer("tree", pen.premultiplied(), 0.5, Motion.SWAY)


def meadow_front(stage: Stage, ground: Colour) -> Iterator[Layer]:
    """Grass, and flowers where they are named or it is spring, at the foot of the picture."""
    high, light, words = stage.high, stage.light, stage.words
    rng, pen = stage.rng("front"), Drawing(stage.canvas)
    tone = tones(light, words.season, "grass", snow=stage.snow)
    ears = None
    if words.has("wheat"):
        tone = tones(light, "summer", "grass", tint="#d8b25a")
        ears = light.lit(rgb("#e6c26a"), 0.9)
    if words.has("lavender"):
        ears = light.lit(rgb("#7d5cc4"), 0.9)
    _flower_rows(stage, pen, (0.945, 1.04), 150)
    number = 260 if stage.snow else 900
    grass(pen, rng, stage.span, high + 0.03, 0.13 if ears is None else 0.24, tone, number, ears=ears)
    yield stage.layer("grass", shade_foot(stage, pen.premultiplied()), 0.92, Motion.SWAY)


def _flower_rows(stage: Stage, pen: Drawing, rows: tuple[float, float], number: int) -> bool:
    """Flowers between two heights (shares of the frame), where they are named or it is spring; whether there are any."""
    words, light, high = stage.words, stage.light, stage.high
    if stage.snow or not (
        words.has("flowers") or words.season == "spring" or any(s.kind == "flower" for s in words.subjects)
    ):
        return False
    mixed = ("#e04a3a", "#f0c23c", "#f2eef0", "#b678d8")
    colours = tuple(
        light.lit(c, 0.9) for c in ([stage.colour("#d83a2e")] if words.colours else [rgb(code) for code in mixed])
    )
    stem = tones(light, words.season, "grass").body
    rng = stage.rng(f"flowers {rows[0]}")
    flowers(pen, rng, stage.span, (rows[0] * high, rows[1] * high), 0.69 * high, colours, stem, number, 0.046 / high)
    return True


def shade_foot(stage: Stage, pixels: Pixels) -> Pixels:
    """The very front goes a little darker, which leads the eye inward."""
    y = stage.canvas.ys()[:, None]
    return shade(pixels, np.broadcast_to(1 - 0.45 * smooth(0.90 * stage.high, 1.05 * stage.high, y), pixels.shape[:2]))


def desert(stage: Stage) -> Iterator[Layer]:
    """Dune behind dune, or mesas and cacti when they are named."""
    high, light, words = stage.high, stage.light, stage.words
    horizon = 0.56 * high
    yield from stage.sky(horizon)
    sand = rgb("#c8703a") if words.has("surface") else rgb("#d9a866")
    haze = light.haze_density
    rocky = words.has("mesa") or words.has("cactus") or words.has("surface")
    if rocky:
        yield from _mesas(stage, horizon, sand)
    else:
        far = Ridge(0.575 * high, 0.07, 0.9, 0.6, sand * np.float32(0.8), min(0.5 + 0.5 * haze, 0.9), mist=0.3, relief=0.9)
        pixels, _ = paint_ridge(stage.canvas, far, light, stage.number("far"))
        yield stage.layer("far range", pixels, 0.07)
    for name, foot, height, frequency, air, depth in (
        ("far dunes", 0.63, 0.085, 1.5, 0.34, 0.14),
        ("dunes", 0.76, 0.19, 0.85, 0.16, 0.30),
        ("near dune", 1.02, 0.30, 0.55, 0.03, 0.60),
    ):
        air = min(air * (0.6 + 1.3 * haze) + (0.5 * haze if words.weather == "fog" else 0), 0.9)
        pixels, skyline = paint_dune(
            stage.canvas,
            light,
            stage.number(name),
            foot=foot * high,
            height=height * (0.75 + 0.25 * high),
            frequency=frequency,
            albedo=sand,
            haze=air,
        )
        yield stage.layer(name, pixels, depth)
    yield from _way(stage, 0.585 * high)
    if words.has("cactus"):
        pen, rng = Drawing(stage.canvas), stage.rng("cactus")
        tone = tones(light, "summer", tint="#5d7a44")
        for x, tall in ((0.16, 0.42), (0.86, 0.30), (0.68, 0.16)):
            cactus(pen, rng, x * stage.wide, 0.93 * high, tall, tone, light.side)
        yield stage.layer("cacti", pen.premultiplied(), 0.75)
    edge = float(np.interp(stage.wide * 0.5, stage.canvas.xs(), skyline))
    stage.land = Spot(min(max(edge + 0.06, 0.84 * high), 0.93 * high), 0.15)


def _mesas(stage: Stage, horizon: float, sand: Colour) -> Iterator[Layer]:
    """Table mountains with layered walls."""
    light, rng = stage.light, stage.rng("mesas")
    pen = Drawing(stage.canvas)
    rock = rgb("#a8542f")
    for x in (0.12, 0.34, 0.78, 1.02):
        wide, tall = rng.uniform(0.10, 0.20), rng.uniform(0.10, 0.24)
        cx = x * stage.wide + rng.uniform(-0.05, 0.05)
        air = 0.45 + 0.35 * light.haze_density
        for level in range(6):
            top, low = (_flared(horizon + 0.05, wide, tall, t / 6) for t in (level + 1, level))
            wall = light.lit(rock * np.float32(0.75 + 0.4 * (level % 2) + 0.1 * rng.random()), 0.7)
            pen.fill(
                [(cx - low[0], low[1]), (cx - top[0], top[1]), (cx + top[0], top[1]), (cx + low[0], low[1])],
                mix(wall, light.haze, air * (1 - 0.05 * level)),
            )
            away = -light.side
            shaded = mix(light.lit(rock * np.float32(0.5), 0.05), light.haze, air)
            pen.fill(
                [
                    (cx + away * low[0], low[1]),
                    (cx + away * top[0], top[1]),
                    (cx + away * top[0] * 0.45, top[1]),
                    (cx + away * low[0] * 0.6, low[1]),
                ],
                shaded,
            )
    yield stage.layer("mesas", pen.premultiplied(), 0.09)


def _flared(foot: float, wide: float, tall: float, share: float) -> tuple[float, float]:
    """Half width and height y of a mesa's wall at that share of its height: its foot spreads out in scree."""
    return wide * (1 + 0.9 * (1 - share) ** 3), foot - tall * share


def snowfield(stage: Stage) -> Iterator[Layer]:
    """Wide snow with blue shadows, a line of firs, far white hills."""
    high, light = stage.high, stage.light
    yield from stage.sky(0.58 * high)
    haze = light.haze_density
    for name, foot, height, air, depth in (("white peaks", 0.58, 0.20, 0.48, 0.08), ("white hills", 0.64, 0.08, 0.25, 0.16)):
        ridge = Ridge(
            foot * high,
            height,
            0.9,
            0.7 if depth < 0.1 else 0.2,
            rgb("#7f8794"),
            min(air * (0.6 + haze), 0.9),
            snow=1.0,
            mist=0.3,
            relief=1.0,
        )
        pixels, skyline = paint_ridge(stage.canvas, ridge, light, stage.number(name))
        if depth > 0.1:
            pen = Drawing(stage.canvas)
            tone = tones(light, "winter", "needle", snow=True).veiled(light.haze, 0.35 * (0.6 + haze))
            spruce_row(pen, stage.rng(name), stage.span, skyline, stage.canvas.xs(), 0.045, tone, 0.55)
            pixels = over(pixels, pen.premultiplied())
        yield stage.layer(name, pixels, depth)
    for name, foot, height, air, depth in (("drift", 0.78, 0.10, 0.12, 0.3), ("near drift", 1.02, 0.19, 0.02, 0.6)):
        pixels, _ = paint_dune(
            stage.canvas, light, stage.number(name), foot=foot * high, height=height, frequency=0.8, albedo=SNOW, haze=air
        )
        yield stage.layer(name, pixels, depth)
    stage.land = Spot(0.90 * high, 0.18)
