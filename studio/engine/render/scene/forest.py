"""Inside a wood: trunks in ever darker rows before a bright distance, a canopy, ferns, beams of light."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.engine.render.scene.bamboo import bamboo_row
from studio.engine.render.scene.canvas import Colour, Drawing, mix, rgb
from studio.engine.render.scene.haze import shafts, veil
from studio.engine.render.scene.herbs import fern, grass
from studio.engine.render.scene.land import SNOW, foliage_extra, over
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.noise import plane
from studio.engine.render.scene.plants import Tones, cluster, tones
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ground, paint_ground


def forest(stage: Stage) -> Iterator[Layer]:
    """Inside a wood: trunks in ever darker rows before a bright distance, a canopy, ferns, beams of light."""
    high, light, words = stage.high, stage.light, stage.words
    floor = 0.70 * high
    yield from stage.sky(floor * 0.95)
    yield stage.layer("glow", _forest_depth(stage, floor), 0.05)
    rows = ((0.020, 0.60, 46, 0.10), (0.034, 0.36, 30, 0.20), (0.060, 0.16, 15, 0.36))
    for at, (thick, air, number, depth) in enumerate(rows):
        air = min(air * (0.75 + 0.7 * light.haze_density), 0.88)
        foot = floor + 0.05 * at * high * 0.8
        pixels = (
            bamboo_row(stage, f"trunks {at}", foot, thick * 0.55, air, number + 18, open_middle=depth > 0.15)
            if words.has("bamboo")
            else _trunks(stage, f"trunks {at}", foot, thick, air, number, depth)
        )
        yield stage.layer(f"trunks {at}", pixels, depth, Motion.STILL)
    strength = (
        0.30 if light.time in {"dawn", "golden", "day", "dusk"} and words.weather in {"clear", "fog", "cloudy"} else 0.0
    )
    if words.has("rays"):
        strength = 0.55
    if strength:
        beams = shafts(
            stage.canvas,
            light.key + light.haze * np.float32(0.3),
            stage.number("shafts"),
            source=(light.source_x * stage.wide, -0.30),
            strength=strength,
            floor=0.95 * high,
        )
        yield stage.layer("beams", beams, 0.4, Motion.DRIFT, emissive=True)
    stage.land, stage.far_land = Spot(0.89 * high, 0.24), Spot(0.79 * high, 0.14)
    yield from stage.perform()
    yield from _forest_front(stage, floor)


def _forest_depth(stage: Stage, floor: float) -> Pixels:
    """The bright haze between the far trees, and the floor of the wood with its path of light."""
    light, words = stage.light, stage.words
    leaf = rgb({"spring": "#8fbf58", "summer": "#5f9440", "autumn": "#d08a34", "winter": "#a9b0b4"}[words.season])
    ground = SNOW if stage.snow else rgb({"autumn": "#9a5a28", "winter": "#6f675a"}.get(words.season, "#4f6a34"))
    back = mix(light.lit(leaf, 0.55), mix(light.haze, light.horizon, 0.5), 0.50 + 0.2 * light.haze_density)
    small = stage.canvas.coarse(900)
    x, y = np.meshgrid(small.xs(), small.ys())
    cx = light.source_x * stage.wide * 0.6 + stage.wide * 0.2
    glow = np.exp(-(((x - cx) / (0.42 * stage.wide)) ** 2) - (((y - floor * 0.62) / (0.42 * stage.high)) ** 2))
    tex = plane(small, stage.number("leaves"), across=1.6, down=1.6, octaves=6, warp=0.2)
    dark = light.lit(leaf * np.float32(0.5), 0.1)
    share = np.clip(glow * 0.95 + (tex - 0.5) * 1.1, 0, 1)[..., None]
    colour = dark * (1 - share) + (back * 1.15 + light.source * np.float32(0.05 * light.glow)) * share
    pixels = np.ones((small.rows, small.columns, 4), np.float32)
    pixels[..., :3] = colour
    out = np.empty((stage.canvas.rows, stage.canvas.columns, 4), np.float32)
    for channel in range(4):
        out[..., channel] = stage.canvas.enlarge(np.ascontiguousarray(pixels[..., channel]))
    np.clip(out, 0, None, out=out)
    out[..., 3] = 1
    plane_ = paint_ground(
        stage.canvas,
        Ground(ground * np.float32(0.62), ground, texture=0.75, scale=0.34),
        light,
        stage.number("floor"),
        floor,
        haze=0.55,
    )
    return over(out, plane_)


def _trunks(stage: Stage, name: str, foot: float, thick: float, air: float, number: int, depth: float) -> Pixels:
    """One row of trees: trunks that run out of the picture, with side branches, and their leaves above."""
    light, words, rng = stage.light, stage.words, stage.rng(name)
    pen = Drawing(stage.canvas)
    birch = words.has("birch")
    bark = rgb("#d8d4c8") if birch else rgb("#4a3a2e")
    wood = mix(light.lit(bark * np.float32(0.5), 0.08), light.haze, air)
    lit = mix(light.lit(bark, 0.75), light.haze, air * 0.9)
    tone = tones(light, words.season, "needle" if words.has("pines") else "leaf", snow=stage.snow).veiled(light.haze, air)
    gap = 0.5 + 0.11 * (1 if light.side > 0 else -1)
    for x in np.sort(rng.uniform(*stage.span, number)):
        if depth > 0.15 and abs(x / stage.wide - gap) < 0.07 + 0.10 * depth:
            continue
        wide, low = thick * rng.uniform(0.55, 1.3), foot + rng.uniform(-0.012, 0.025)
        sway = rng.normal(0, 0.03)
        pen.fill(
            [
                (x - wide * 0.85, low),
                (x - wide * 0.42, low - 0.07),
                (x - wide * 0.30 + sway, -0.3),
                (x + wide * 0.30 + sway, -0.3),
                (x + wide * 0.42, low - 0.07),
                (x + wide * 0.85, low),
            ],
            wood,
        )
        edge = light.side * wide * 0.26
        pen.fill(
            [
                (x + edge * 0.55, low - 0.02),
                (x + edge * 0.6 + sway, -0.3),
                (x + edge * 1.12 + sway, -0.3),
                (x + edge * 1.6, low - 0.02),
            ],
            lit,
        )
        if birch:
            for y in rng.uniform(-0.1, low, 12):
                pen.line(
                    [(x - wide * 0.3, y), (x + wide * rng.uniform(-0.1, 0.3), y + 0.002)],
                    wide * 0.12,
                    mix(wood, np.zeros(3, np.float32), 0.75),
                )
        _branches(pen, rng, x, wide, low, stage, wood, tone, depth)
    return pen.premultiplied()


def _branches(
    pen: Drawing,
    rng: np.random.Generator,
    x: float,
    wide: float,
    low: float,
    stage: Stage,
    wood: Colour,
    tone: Tones,
    depth: float,
) -> None:
    """Side branches with their leaves; needles hang, leaves spread."""
    leafy = stage.words.season != "winter" or stage.words.has("pines")
    for _ in range(int(4 + 14 * (1 - depth) * 0.4)):
        y = rng.uniform(-0.05, low * 0.62)
        way = -1 if rng.random() < 0.5 else 1
        length = wide * rng.uniform(1.6, 4.2)
        end = (x + way * length, y - length * rng.uniform(-0.1, 0.45))
        pen.limb((x, y), end, wide * 0.18, wide * 0.05, wood)
        if not leafy or y > low * 0.55:
            continue
        for _ in range(4):
            cx, cy = x + way * length * rng.uniform(0.2, 1.1), y + rng.normal(-0.01, wide * 0.6)
            colour = tone.dark if rng.random() < 0.4 else tone.body if rng.random() < 0.75 else tone.lit
            cluster(pen, rng, cx, cy, wide * rng.uniform(0.7, 1.5), colour, 14)


def _forest_front(stage: Stage, floor: float) -> Iterator[Layer]:
    """Two dark trunks that frame the picture, ferns and leaves at the foot."""
    high, wide, light, words = stage.high, stage.wide, stage.light, stage.words
    if words.has("bamboo"):
        yield stage.layer(
            "frame", bamboo_row(stage, "frame", 1.06 * high, 0.062, 0.0, 9, open_middle=True), 0.9, Motion.SWAY
        )
        return
    rng, pen = stage.rng("frame"), Drawing(stage.canvas)
    tone = tones(light, words.season, "leaf", snow=stage.snow)
    bark = light.lit(rgb("#d8d4c8" if words.has("birch") else "#3a2c22") * np.float32(0.45), 0.05)
    for x, thick in ((0.04 * wide, 0.105), (0.965 * wide, 0.085)):
        thick *= rng.uniform(0.9, 1.15)
        pen.fill(
            [
                (x - thick * 1.1, high + 0.35),
                (x - thick * 0.75, high * 0.96),
                (x - thick * 0.5, high * 0.84),
                (x - thick * 0.42, -0.3),
                (x + thick * 0.42, -0.3),
                (x + thick * 0.5, high * 0.84),
                (x + thick * 0.8, high * 0.96),
                (x + thick * 1.2, high + 0.35),
            ],
            bark,
        )
        edge = light.side * thick
        pen.fill(
            [(x + edge * 0.36, high), (x + edge * 0.30, -0.3), (x + edge * 0.41, -0.3), (x + edge * 0.52, high)],
            light.lit(rgb("#6d5442"), 0.65),
        )
        for _ in range(26):
            y, dx = rng.uniform(-0.1, high), rng.uniform(-0.38, 0.38) * thick
            pen.line(
                [(x + dx, y), (x + dx + rng.normal(0, 0.004), y + rng.uniform(0.03, 0.12))],
                0.0022,
                mix(bark, np.zeros(3, np.float32), 0.5),
            )
    if words.season != "winter":
        _canopy(pen, rng, stage, tone)
    if not stage.snow:
        for x in np.concatenate([rng.uniform(-0.1, 0.33 * wide, 9), rng.uniform(0.66 * wide, wide + 0.1, 9)]):
            fern(pen, rng, float(x), high + rng.uniform(-0.03, 0.05), rng.uniform(0.10, 0.19), tone)
        grass(pen, rng, stage.span, high + 0.03, 0.07, tone, 260)
    yield stage.layer("frame", veil(pen.premultiplied(), light.haze, 0.10 * light.haze_density), 0.9, Motion.SWAY)


def _canopy(pen: Drawing, rng: np.random.Generator, stage: Stage, tone: Tones) -> None:
    """Leaves that hang into the picture from above, thicker toward the corners."""
    extra = foliage_extra(stage)
    for _ in range(520):
        x = rng.uniform(*stage.span)
        corner = abs(x / stage.wide - 0.5) * 2
        y = rng.uniform(-0.12, 0.02 + 0.20 * min(corner, 1.2) ** 1.6)
        pick = rng.random()
        colour = tone.dark if pick < 0.5 else tone.body if pick < 0.85 else tone.lit
        if extra and pick > 0.6:
            colour = mix(extra[int(rng.integers(len(extra)))], tone.dark, 0.3)
        cluster(pen, rng, x, y, rng.uniform(0.020, 0.046), colour, 12)
