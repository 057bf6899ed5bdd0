"""A village in a valley: houses along a lane, a church, hills behind, smoke from chimneys, fences in front."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.engine.render.scene.buildings import Block, house, lamp_post
from studio.engine.render.scene.canvas import Drawing, Field, cover, mix, rgb, smooth
from studio.engine.render.scene.land import SNOW, foliage_extra, over, shade_foot
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.noise import line, sample
from studio.engine.render.scene.plants import broadleaf, bush, conifer, spruce_row, tones
from studio.engine.render.scene.road import lane
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ground, Ridge, paint_ground, paint_ridge
from studio.engine.render.scene.town import HOUSES, ROOFS, lamp_share, lamp_strength

_ROWS = (
    ("far houses", 0.665, 0.060, 0.30, 0.16, 22),
    ("houses", 0.735, 0.120, 0.13, 0.28, 12),
    ("near houses", 0.845, 0.215, 0.03, 0.48, 7),
)


def village(stage: Stage) -> Iterator[Layer]:
    """Back to front: sky, hills, three rows of houses with lit windows and smoke, the lane, trees and a fence."""
    high, wide, light, words = stage.high, stage.wide, stage.light, stage.words
    horizon = 0.60 * high
    yield from stage.sky(horizon)
    haze = light.haze_density
    for name, foot, height, air, depth, tree in (
        ("far hills", 0.60, 0.20, 0.58, 0.07, 0.0),
        ("wooded hill", 0.655, 0.13, 0.32, 0.12, 0.034),
    ):
        albedo = SNOW if stage.snow else rgb("#56704a")
        ridge = Ridge(foot * high, height, 0.8, 0.2, albedo, min(air * (0.6 + 1.1 * haze), 0.92), mist=0.35, relief=0.5)
        pixels, skyline = paint_ridge(stage.canvas, ridge, light, stage.number(name))
        if tree:
            pen = Drawing(stage.canvas)
            tone = tones(light, words.season, "needle", snow=stage.snow).veiled(light.haze, ridge.haze)
            spruce_row(pen, stage.rng(name), stage.span, skyline, stage.canvas.xs(), tree, tone)
            pixels = over(pixels, pen.premultiplied())
        yield stage.layer(name, pixels, depth)
    turf = (
        SNOW
        if stage.snow
        else rgb({"autumn": "#a08a4c", "winter": "#8b876a", "spring": "#7aa84a"}.get(words.season, "#6f9440"))
    )
    edge = np.asarray(0.645 * high + 0.03 * (line(stage.canvas.xs() + 1.7, stage.number("slope"), 0.8, 3) - 0.5), np.float32)
    ground = Ground(turf * np.float32(0.8), turf, 0.35, 0.5, 0.5)
    yield stage.layer(
        "ground", paint_ground(stage.canvas, ground, light, stage.number("turf"), 0.61 * high, edge=edge, haze=0.3), 0.2
    )
    earth = mix(SNOW, rgb("#9a8f84"), 0.35) if stage.snow else rgb("#b09a78")
    yield stage.layer("lane", lane(stage, 0.665 * high, wide * 0.5, earth), 0.3)
    for row in _ROWS:
        yield from _row(stage, *row)
    stage.land, stage.far_land, stage.water = Spot(0.94 * high, 0.21), Spot(0.86 * high, 0.12), None
    yield from stage.perform("far", "sky")
    yield from _front(stage)


def _gap(stage: Stage, x: float, width: float, room: float) -> bool:
    """Whether a house would stand on the lane."""
    return abs(x + width / 2 - stage.wide * 0.5) < room + width / 2


def _row(stage: Stage, name: str, foot: float, size: float, air: float, depth: float, number: int) -> Iterator[Layer]:
    """One row of houses on both sides of the lane; a church among those in the middle."""
    light, high = stage.light, stage.high
    block = Block.on(stage.canvas, stage.rng(name), light, min(air * (0.6 + 1.1 * light.haze_density), 0.85))
    rng, span = block.rng, stage.span
    cap = block.tone(SNOW, 0.55) if stage.snow else None
    chimneys: list[tuple[float, float]] = []
    if depth == 0.28:
        _church(block, stage, stage.wide * (0.5 - 0.17 * light.side), foot * high, 0.36)
    step = (span[1] - span[0]) / number
    for at in range(number):
        width = size * rng.uniform(0.85, 1.25)
        x = span[0] + step * (at + rng.uniform(0.05, 0.45))
        low = foot * high + size * rng.uniform(-0.16, 0.10)
        if _gap(stage, x, width, 0.035 + 0.16 * depth):
            continue
        wall, roof = rgb(HOUSES[int(rng.integers(len(HOUSES)))]), rgb(ROOFS[int(rng.integers(len(ROOFS)))])
        tall = width * rng.uniform(0.55, 0.8)
        house(
            block,
            x,
            low,
            width,
            tall,
            mix(wall, rgb("#d8cdbb"), 0.35),
            roof,
            min(lamp_share(stage) * 1.5, 0.9),
            gable=rng.random() < 0.55,
            snow=cap,
        )
        chimneys.append((x + width * 0.5, low - tall * 1.7))
    yield stage.layer(name, block.solid.premultiplied(), depth)
    yield stage.layer(
        f"{name} windows", block.lamps(lamp_strength(stage) * 1.15, 0.03), depth, Motion.FLICKER, emissive=True
    )
    if light.time != "day" or stage.snow:
        yield stage.layer(f"{name} smoke", _smoke(stage, chimneys[::2], size), depth + 0.01, Motion.DRIFT)


def _church(block: Block, stage: Stage, x: float, foot: float, tall: float) -> None:
    """A nave and a tower with a spire."""
    wide, pen = tall * 0.20, block.solid
    stone, roof = block.tone(rgb("#cfc4b2"), 0.5), block.tone(SNOW, 0.55) if stage.snow else block.tone(rgb("#5d4a46"), 0.4)
    block.wall([(x, foot), (x, foot - tall * 0.28), (x + wide * 2.4, foot - tall * 0.28), (x + wide * 2.4, foot)], stone)
    block.wall(
        [
            (x, foot - tall * 0.27),
            (x + wide * 0.2, foot - tall * 0.46),
            (x + wide * 2.2, foot - tall * 0.46),
            (x + wide * 2.5, foot - tall * 0.27),
        ],
        roof,
    )
    block.wall(
        [(x - wide, foot), (x - wide, foot - tall * 0.58), (x, foot - tall * 0.58), (x, foot)], stone * np.float32(1.08)
    )
    block.wall(
        [(x - wide * 1.06, foot - tall * 0.58), (x - wide * 0.5, foot - tall), (x + wide * 0.06, foot - tall * 0.58)], roof
    )
    dark = block.tone(rgb("#3a3430"), 0.1)
    pen.ellipse(x - wide * 0.5, foot - tall * 0.49, wide * 0.16, wide * 0.22, dark)
    for at in range(4):
        px = x + wide * (0.3 + 0.52 * at)
        pane = [
            (px, foot - tall * 0.07),
            (px, foot - tall * 0.19),
            (px + wide * 0.12, foot - tall * 0.23),
            (px + wide * 0.24, foot - tall * 0.19),
            (px + wide * 0.24, foot - tall * 0.07),
        ]
        pen.fill(pane, dark)
        if stage.light.lamps > 0.25:
            block.shine.fill(pane, rgb("#ffcf7a"))


def _smoke(stage: Stage, chimneys: list[tuple[float, float]], size: float) -> Pixels:
    """Thin smoke that rises and leans with the wind."""
    small, light = stage.canvas.coarse(700), stage.light
    x, y = np.meshgrid(small.xs(), small.ys())
    total: Field = np.zeros_like(x)
    for px, py in chimneys:
        up = np.clip(py - y, 0, None) / (size * 2.6)
        axis = px - light.side * size * 0.9 * up**1.5
        total = np.maximum(
            total, np.exp(-(((x - axis) / (size * (0.05 + 0.35 * up))) ** 2)) * smooth(1.0, 0.1, up) * (y < py)
        )
    torn = np.clip(0.2 + 1.3 * sample(stage.number("smoke"), x * 1.5, y * 1.8, octaves=5), 0, 1)
    alpha = np.clip(stage.canvas.enlarge((total * torn * 0.5).astype(np.float32)), 0, 1)
    return cover(mix(light.lit(rgb("#d5d8dc"), 0.4, 1.2), light.haze, 0.35), alpha)


def _front(stage: Stage) -> Iterator[Layer]:
    """Trees at the sides, a fence, a lamp at the lane."""
    high, wide, light, words = stage.high, stage.wide, stage.light, stage.words
    pen, rng = Drawing(stage.canvas), stage.rng("village trees")
    leaf = tones(light, words.season, snow=stage.snow)
    cap = light.lit(SNOW, 0.5) if stage.snow else None
    if stage.snow or words.season == "winter" or rng.random() < 0.4:
        for share, tall in ((0.03, 0.52), (0.11, 0.30), (0.97, 0.46)):
            conifer(pen, rng, share * wide, 0.97 * high, tall, tones(light, words.season, "needle"), light.side, snow=cap)
    else:
        side = 0.06 if light.side > 0 else 0.94
        broadleaf(pen, rng, side * wide, 0.97 * high, 0.52, leaf, light.side, extra=foliage_extra(stage))
    if not stage.snow:
        for x in rng.uniform(*stage.span, 9):
            if abs(x - wide / 2) > 0.3:
                bush(pen, rng, float(x), 0.985 * high, rng.uniform(0.03, 0.06), leaf, light.side)
    wood = light.lit(rgb("#6b5644"), 0.4)
    for way in (-1, 1):
        posts = wide * 0.5 + way * np.arange(0.34, 1.1, 0.085)
        for x in posts:
            pen.fill([(x - 0.006, high), (x - 0.006, 0.905 * high), (x + 0.006, 0.905 * high), (x + 0.006, high)], wood)
            if cap is not None:
                pen.ellipse(float(x), 0.905 * high, 0.010, 0.006, cap)
        for y in (0.925, 0.955):
            pen.line([(posts[0], y * high), (posts[-1], y * high)], 0.006, wood * np.float32(0.85))
    yield stage.layer("trees", shade_foot(stage, pen.premultiplied()), 0.75, Motion.SWAY)
    block = Block.on(stage.canvas, stage.rng("lamp"), light)
    lamp_post(block, wide * (0.5 + 0.20 * light.side), 0.925 * high, 0.28, light.lamps > 0.25)
    yield stage.layer("lamp post", block.solid.premultiplied(), 0.7)
    yield stage.layer("lamp post light", block.lamps(1.5, 0.06), 0.7, Motion.FLICKER, emissive=True)
