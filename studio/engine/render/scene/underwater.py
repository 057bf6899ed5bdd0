"""Under the sea: light that falls from the surface, a reef of corals, shoals of fish, bubbles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from studio.engine.render.scene.canvas import Colour, Drawing, curve, mix, rgb, smooth
from studio.engine.render.scene.haze import shafts
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.light import Light
from studio.engine.render.scene.noise import plane
from studio.engine.render.scene.plants import Tones, broadleaf
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ground, Ridge, paint_ground, paint_ridge

CORALS = ("#ff6f5e", "#f7a23b", "#d8488f", "#8f5bd6", "#f2d04e", "#ff8fb0", "#4fc7a8")
_FISH = ("#ffd23f", "#ff8a3c", "#f4f6fb", "#59c3ff", "#ff5d73")
# Brightness of the water by the hour above it, and a colour that the sky lends to the surface.
_HOURS = {
    "dawn": (0.62, "#ffb9a0"),
    "day": (1.0, "#d8fff4"),
    "golden": (0.80, "#ffd9a0"),
    "dusk": (0.42, "#ff8d6a"),
    "night": (0.17, "#7aa2ff"),
    "blue": (0.30, "#86a8ff"),
}


def underwater(stage: Stage) -> Iterator[Layer]:
    """Open water at the back, reef behind reef, fish between them, corals in front."""
    high = stage.high
    bright, tint = _HOURS[stage.words.time]
    deep, middle, top = (rgb(code) * np.float32(bright) for code in ("#04395f", "#0f7fa6", "#6fdfe0"))
    top = mix(top, rgb(tint) * np.float32(bright), 0.35)
    stage.light = _sunken(stage.light, middle, bright)
    stage.horizon = 0.62 * high
    yield stage.layer("open water", _open_water(stage, deep, middle, top), 0.0)
    beams = shafts(
        stage.canvas,
        top,
        stage.number("beams"),
        source=(stage.wide * (0.5 + 0.12 * stage.light.side), -0.45),
        strength=0.55,
        floor=1.1 * high,
    )
    for name, foot, height, air, depth in (("far reef", 0.74, 0.20, 0.80, 0.10), ("reef", 0.86, 0.24, 0.55, 0.22)):
        ridge = Ridge(foot * high, height, 1.5, 0.35, rgb("#3f6f74"), air, mist=0.2, relief=0.7)
        pixels, skyline = paint_ridge(stage.canvas, ridge, stage.light, stage.number(name))
        yield stage.layer(name, pixels, depth)
        pen = Drawing(stage.canvas)
        rng = stage.rng(f"{name} corals")
        for x in rng.uniform(*stage.span, 26):
            low = float(np.interp(x, stage.canvas.xs(), skyline)) + 0.02
            _coral(pen, rng, float(x), low, rng.uniform(0.05, 0.13), stage.light, air * 0.9)
        yield stage.layer(f"{name} growth", pen.premultiplied(), depth, Motion.SWAY)
        yield _shoal(stage, f"{name} fish", 26 if depth < 0.2 else 13, 0.016 if depth < 0.2 else 0.034, air * 0.7, depth)
    yield stage.layer("beams", beams, 0.3, Motion.DRIFT, emissive=True)
    stage.land, stage.far_land, stage.water = Spot(0.88 * high, 0.22), Spot(0.84 * high, 0.14), None
    yield from stage.perform("sky", "water")
    yield from _floor(stage)


def _sunken(light: Light, water: Colour, bright: float) -> Light:
    """Light under water: blue from all around, a little from above; distance turns into the water's colour."""
    return replace(
        light,
        haze=water,
        key=np.array([0.42, 0.62, 0.60], np.float32) * np.float32(bright),
        ambient=np.array([0.20, 0.42, 0.52], np.float32) * np.float32(0.25 + 0.75 * bright),
        haze_density=0.3,
        disc=0.0,
        cloud_cover=0.0,
        wet=0.0,
        source_y=0.9,
    )


def _open_water(stage: Stage, deep: Colour, middle: Colour, top: Colour) -> Pixels:
    """From the bright surface down into the blue, brightest where the sun stands."""
    small = stage.canvas.coarse(700)
    x, y = np.meshgrid(small.xs(), small.ys())
    down = np.clip(y / stage.high, 0, 1)
    near = np.exp(-(((x - stage.wide * (0.5 + 0.12 * stage.light.side)) / (0.55 * stage.wide)) ** 2))
    up = smooth(0.55, -0.05, down) * (0.45 + 0.55 * near) + 0.10 * (
        plane(small, stage.number("caustics"), across=1.5, down=2.2, octaves=4, warp=0.4) - 0.5
    )
    low = smooth(0.35, 1.05, down)
    up = np.clip(up, 0, 1)[..., None]
    colour = middle * (1 - low[..., None]) + deep * low[..., None]
    colour = (colour * (1 - up) + top * up).astype(np.float32)
    out = stage.canvas.blank()
    for channel in range(3):
        out[..., channel] = np.maximum(stage.canvas.enlarge(np.ascontiguousarray(colour[..., channel])), 0)
    out[..., 3] = 1
    return out


def _coral(pen: Drawing, rng: np.random.Generator, x: float, foot: float, size: float, light: Light, air: float) -> None:
    """A branching coral, a fan, a brain or a bunch of tubes."""
    albedo = rgb(CORALS[int(rng.integers(len(CORALS)))])
    dark, body, lit = (
        mix(light.lit(albedo * np.float32(g), k, 1.2), light.haze, air) for g, k in ((0.45, 0.1), (0.8, 0.5), (1.1, 0.9))
    )
    kind = rng.random()
    if kind < 0.40:
        broadleaf(pen, rng, x, foot, size * 1.5, Tones(dark, body, lit, body), light.side, leaves=0.0, spread=1.25)
    elif kind < 0.65:
        for at in range(7):
            turn = (at - 3) * 0.27 + rng.normal(0, 0.04)
            tip = (x + np.sin(turn) * size * 1.25, foot - np.cos(turn) * size * 1.25)
            pen.limb((x, foot), tip, size * 0.09, size * 0.16, body if at % 2 else dark)
            pen.disc(tip[0], tip[1], size * 0.13, lit)
    elif kind < 0.85:
        pen.ellipse(x, foot - size * 0.25, size * 0.75, size * 0.55, dark)
        pen.ellipse(x + light.side * size * 0.08, foot - size * 0.32, size * 0.62, size * 0.44, body)
        for at in range(9):
            px, py = x + rng.uniform(-0.45, 0.45) * size, foot - size * rng.uniform(0.15, 0.6)
            pen.ellipse(px, py, size * 0.10, size * 0.05, lit if at % 2 else dark, rng.uniform(0, 3))
    else:
        for at in range(5):
            px, tall = x + (at - 2) * size * 0.20, size * rng.uniform(0.6, 1.25)
            pen.limb((px, foot), (px + size * 0.05, foot - tall), size * 0.16, size * 0.20, body if at % 2 else dark)
            pen.ellipse(px + size * 0.05, foot - tall, size * 0.10, size * 0.045, dark * np.float32(0.5))


def _shoal(stage: Stage, name: str, number: int, size: float, air: float, depth: float) -> Layer:
    """Fish that swim one way, in a loose cloud."""
    rng, pen = stage.rng(name), Drawing(stage.canvas)
    albedo = rgb(_FISH[int(rng.integers(len(_FISH)))])
    body = mix(stage.light.lit(albedo, 0.8, 1.2), stage.light.haze, air)
    back = mix(stage.light.lit(albedo * np.float32(0.45), 0.4, 1.2), stage.light.haze, air)
    cx, cy = stage.wide * rng.uniform(0.28, 0.72), stage.high * rng.uniform(0.26, 0.52)
    way = 1.0 if cx < stage.wide / 2 else -1.0
    for _ in range(number):
        x, y = cx + rng.normal(0, 0.17), cy + rng.normal(0, 0.075)
        long = size * rng.uniform(0.75, 1.25)
        hull = np.array([(1.0, 0.0), (0.45, -0.34), (-0.45, -0.22), (-0.75, 0.0), (-0.45, 0.22), (0.45, 0.34)])
        tail = np.array([(-0.55, 0.0), (-1.15, -0.36), (-0.95, 0.0), (-1.15, 0.36)])
        for shape, colour in ((tail, back), (curve(hull, rounds=2), body)):
            pen.fill(np.asarray(shape) * (way * long, long) + (x, y), colour)
        pen.line([(x + way * long * 0.7, y - long * 0.1), (x - way * long * 0.5, y - long * 0.10)], long * 0.12, back)
        pen.disc(x + way * long * 0.62, y - long * 0.06, long * 0.075, back * np.float32(0.2))
    return stage.layer(name, pen.premultiplied(), depth, Motion.WALK)


def _floor(stage: Stage) -> Iterator[Layer]:
    """Pale sand with the largest corals, weed that leans with the swell, bubbles."""
    high, light = stage.high, stage.light
    sand = rgb("#d8cfa6")
    edge = Ridge(0.885 * high, 0.06, 0.9, 0.0, sand, 0.1, octaves=3)
    from_line = paint_ridge(stage.canvas, edge, light, stage.number("sand line"))[1]
    yield stage.layer(
        "sand",
        paint_ground(
            stage.canvas,
            Ground(sand * np.float32(0.75), sand, 0.5, 0.9),
            light,
            stage.number("sand"),
            0.80 * high,
            edge=from_line,
            haze=0.5,
        ),
        0.5,
    )
    yield from stage.perform("land", "far")
    rng, pen = stage.rng("near corals"), Drawing(stage.canvas)
    for side in (0.0, 1.0):
        for place in np.sort(rng.random(8)):
            x = side * stage.wide + (1 if side == 0 else -1) * (place * 0.36 - 0.06) * stage.wide
            _coral(
                pen, rng, float(x), high * (1.04 - 0.07 * place), (0.20 - 0.12 * place) * rng.uniform(0.8, 1.2), light, 0.04
            )
    weed = [light.lit(rgb(code), 0.5, 1.1) for code in ("#1f6b4a", "#2f8f5a", "#14503f")]
    for x in rng.uniform(*stage.span, 46):
        tall, lean = rng.uniform(0.06, 0.20), rng.normal(0, 0.03)
        path = curve([(x, high + 0.03), (x + lean, high - tall * 0.5), (x - lean, high - tall)], closed=False)
        pen.line(path, 0.008, weed[int(rng.integers(3))])
    yield stage.layer("corals", pen.premultiplied(), 0.85, Motion.SWAY)
    bubbles = Drawing(stage.canvas)
    column = stage.wide * rng.uniform(0.25, 0.75)
    for t in rng.random(34):
        x, size = column + rng.normal(0, 0.03) + 0.03 * np.sin(t * 9), 0.003 + 0.007 * rng.random()
        bubbles.ring(
            float(x), float(0.85 * high - t * 0.75 * high), float(size), 0.0016, light.lit(rgb("#dff8ff"), 0.7, 1.3)
        )
    yield stage.layer("bubbles", bubbles.premultiplied(), 0.6)
