"""Places by the water: sea, lake, river, harbour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.engine.render.scene.canvas import Drawing, Field, mix, rgb, smooth
from studio.engine.render.scene.herbs import grass, reeds
from studio.engine.render.scene.land import SNOW, meadow_front, over, shade_foot
from studio.engine.render.scene.layers import Layer, Motion
from studio.engine.render.scene.noise import line
from studio.engine.render.scene.plants import conifer, palm, spruce_row, tones
from studio.engine.render.scene.road import crossing, drives
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ground, Ridge, paint_ground, paint_ridge
from studio.engine.render.scene.water import Water, paint_water


def _roughness(stage: Stage, calm: float) -> float:
    return {"storm": calm + 0.75, "rain": calm + 0.25, "fog": calm * 0.6}.get(stage.words.weather, calm)


def _shoreline(stage: Stage, name: str, left: float, right: float, wave: float) -> Field:
    """A bank that runs from one height at the left edge to another at the right, with small bays."""
    xs = stage.canvas.xs()
    t = np.clip(xs / stage.wide, -0.3, 1.3)
    return np.asarray(
        left + (right - left) * t + wave * (line(xs + 3.1, stage.number(name), 1.4, 4, pixel=1 / stage.canvas.scale) - 0.5),
        np.float32,
    )


def sea(stage: Stage) -> Iterator[Layer]:
    """Open water to the horizon, a headland, the path of the light, a beach or rocks in front."""
    high, light, words = stage.high, stage.light, stage.words
    horizon = 0.54 * high
    yield from stage.sky(horizon)
    side = -light.side
    headland = Ridge(horizon + 0.012, 0.13, 0.9, 0.35, rgb("#4f5a52"), min(0.42 + 0.5 * light.haze_density, 0.9), mist=0.2)
    place = stage.canvas.xs() / stage.wide
    rise = smooth(0.60, 0.98, place) if side > 0 else smooth(0.40, 0.02, place)
    pixels, _ = paint_ridge(stage.canvas, headland, light, stage.number("headland"), rise)
    yield stage.layer("headland", pixels, 0.06)
    body = rgb("#1b8f96") if words.has("tropical") else rgb("#1c5a78")
    water = Water(horizon, body, rough=_roughness(stage, 0.55), mirror=0.5 if words.weather == "storm" else 0.78)
    yield stage.layer(
        "water", paint_water(stage.canvas, water, light, stage.backdrop, stage.number("water")), 0.25, Motion.WATER
    )
    stage.water, stage.land = Spot(0.66 * high, 0.09), Spot(0.955 * high, 0.20)
    yield from stage.perform("far", "sky", "water")
    yield from _coast_road(stage) if words.has("asphalt") or drives(stage) else _beach(stage, side)


def _coast_road(stage: Stage) -> Iterator[Layer]:
    """A cliff's edge with grass, and the road along it behind a rail."""
    high, light, words = stage.high, stage.light, stage.words
    turf = SNOW if stage.snow else rgb({"autumn": "#8f8248", "winter": "#7f7b60"}.get(words.season, "#6d7d42"))
    edge = _shoreline(stage, "cliff edge", 0.815 * high, 0.835 * high, 0.05)
    verge = paint_ground(
        stage.canvas,
        Ground(turf * np.float32(0.7), turf, 0.5, 0.7),
        light,
        stage.number("verge"),
        0.74 * high,
        edge=edge,
        haze=0.1,
    )
    yield stage.layer("verge", verge, 0.55)
    yield stage.layer("road", crossing(stage, 0.865 * high, 0.985 * high, rail=True), 0.6)
    stage.paved, stage.land = True, Spot(0.945 * high, 0.24)
    yield from stage.perform("land", "far")
    pen = Drawing(stage.canvas)
    grass(
        pen,
        stage.rng("verge grass"),
        stage.span,
        high + 0.035,
        0.09,
        tones(light, words.season, "grass", snow=stage.snow),
        420,
    )
    yield stage.layer("grass", shade_foot(stage, pen.premultiplied()), 0.88, Motion.SWAY)


def _beach(stage: Stage, side: float) -> Iterator[Layer]:
    """Sand with the last wave's foam, or snow; palms where it is tropical."""
    high, light, words = stage.high, stage.light, stage.words
    low, lift = 0.985 * high, 0.885 * high
    left, right = (low, lift) if side > 0 else (lift, low)
    edge = _shoreline(stage, "beach", left, right, 0.035)
    foam = stage.canvas.blank()
    reach = np.float32(0.020)
    y = stage.canvas.ys()[:, None]
    ripple = line(stage.canvas.xs() * 1.0, stage.number("foam"), 6.0, 4, pixel=1 / stage.canvas.scale) - 0.5
    inner = (edge - reach * (1.0 + 1.4 * ripple))[None, :]
    band = np.clip((y - inner) / 0.004, 0, 1) * np.clip((edge[None, :] + 0.012 - y) / 0.006, 0, 1)
    foam[..., 3] = band * 0.85
    foam[..., :3] = light.lit(rgb("#f2f6f8"), 0.6) * foam[..., 3:4]
    sand = SNOW if stage.snow else rgb("#c8ab80") if not words.has("tropical") else rgb("#ecdcb4")
    ground = Ground(sand * np.float32(0.9), sand * np.float32(0.62), texture=0.25, scale=0.7, stretch=0.6)
    beach = paint_ground(stage.canvas, ground, light, stage.number("sand"), float(edge.min()) - 0.10, edge=edge, haze=0.0)
    yield stage.layer("beach", over(foam, beach), 0.6)
    if words.has("palms") or words.has("tropical"):
        pen, rng = Drawing(stage.canvas), stage.rng("palms")
        tone = tones(light, "summer")
        for x, tall in ((0.90, 0.62), (0.78, 0.44), (1.0, 0.50)):
            palm(pen, rng, (x if side > 0 else 1 - x) * stage.wide, 0.97 * high, tall, tone, light.side)
        yield stage.layer("palms", pen.premultiplied(), 0.75, Motion.SWAY)


def lake(stage: Stage) -> Iterator[Layer]:
    """Still water under mountains, woods on the far bank, reeds or firs on the near one."""
    high, light, words = stage.high, stage.light, stage.words
    shore = 0.56 * high
    yield from stage.sky(shore)
    haze, tall = light.haze_density, 0.75 + 0.25 * high
    snow = 0.85 if stage.snow or words.season == "winter" else 0.30
    for name, height, frequency, air, depth, sharp, white in (
        ("far mountains", 0.30, 1.0, 0.56, 0.07, 0.7, snow),
        ("hills", 0.13, 1.1, 0.34, 0.13, 0.3, 0.0),
    ):
        ridge = Ridge(
            shore + 0.01,
            height * tall,
            frequency,
            sharp,
            rgb("#66706c" if white else "#48593f"),
            min(air * (0.6 + 1.1 * haze), 0.9),
            snow=white,
            mist=0.45,
            relief=1.1,
        )
        pixels, _ = paint_ridge(stage.canvas, ridge, light, stage.number(name))
        yield stage.layer(name, pixels, depth)
    bank = Ridge(
        shore + 0.012, 0.022, 1.6, 0.0, SNOW if stage.snow else rgb("#5d6a3c"), min(0.2 + 0.4 * haze, 0.8), mist=0.1
    )
    pixels, skyline = paint_ridge(stage.canvas, bank, light, stage.number("bank"))
    pen = Drawing(stage.canvas)
    tone = tones(light, words.season, "leaf" if words.season == "autumn" else "needle", snow=stage.snow).veiled(
        light.haze, min(0.22 * (0.5 + 1.4 * haze), 0.85)
    )
    spruce_row(pen, stage.rng("far wood"), stage.span, skyline, stage.canvas.xs(), 0.062, tone, 1.9)
    yield stage.layer("far bank", over(pixels, pen.premultiplied()), 0.2)
    if haze > 0.25 or words.time in {"dawn", "blue"}:
        yield stage.mist("lake mist", shore - 0.005, 0.030, 0.55, 0.22)
    ice = stage.snow and words.place == "snowfield"
    water = Water(
        shore + 0.010, rgb("#9fb6c6") if ice else rgb("#1d4a55"), rough=_roughness(stage, 0.13), mirror=0.92, glitter=0.7
    )
    yield stage.layer(
        "water", paint_water(stage.canvas, water, light, stage.backdrop, stage.number("water")), 0.3, Motion.WATER
    )
    stage.water, stage.land = Spot(0.74 * high, 0.12), Spot(0.955 * high, 0.20)
    yield from stage.perform("far", "sky", "water")
    yield from _near_bank(stage)


def _near_bank(stage: Stage) -> Iterator[Layer]:
    """The bank one stands on: a wedge of ground in one corner with reeds and one or two firs."""
    high, wide, light, words = stage.high, stage.wide, stage.light, stage.words
    side = -light.side
    left, right = (1.06 * high, 0.88 * high) if side > 0 else (0.88 * high, 1.06 * high)
    edge = _shoreline(stage, "near bank", left, right, 0.05)
    earth = SNOW if stage.snow else rgb({"autumn": "#8a7a44", "winter": "#7d7660"}.get(words.season, "#5f7038"))
    bank = paint_ground(
        stage.canvas,
        Ground(earth * np.float32(0.55), earth * np.float32(0.75), 0.6, 0.5),
        light,
        stage.number("earth"),
        0.80 * high,
        edge=edge,
        haze=0.0,
    )
    yield stage.layer("near bank", shade_foot(stage, bank), 0.62)
    pen, rng = Drawing(stage.canvas), stage.rng("reeds")
    tone = tones(light, words.season, "grass", snow=stage.snow)
    firs = tones(light, words.season, "needle")
    cap = light.lit(SNOW, 0.5) if stage.snow else None
    xs = stage.canvas.xs()
    for place, tall in ((0.95, 0.46), (1.04, 0.60), (0.87, 0.26)):
        x = (place if side > 0 else 1 - place) * wide
        conifer(
            pen, rng, x, float(np.interp(x, xs, edge)) + 0.03, tall * rng.uniform(0.85, 1.15), firs, light.side, snow=cap
        )
    grass(pen, rng, stage.span, high, 0.07, tone, 420, slope=edge + 0.012, xs=xs)
    for place in rng.uniform(0.30, 0.80, 5):
        x = float(place if side > 0 else 1 - place) * wide
        reeds(pen, rng, x, float(np.interp(x, xs, edge)) + 0.04, rng.uniform(0.10, 0.17), tone, 14)
    yield stage.layer("reeds", pen.premultiplied(), 0.8, Motion.SWAY)


def river(stage: Stage) -> Iterator[Layer]:
    """A river that winds from the hills to the eye, between meadows and trees."""
    high, light, words = stage.high, stage.light, stage.words
    horizon = 0.54 * high
    yield from stage.sky(horizon)
    haze = light.haze_density
    for name, height, air, depth in (("far hills", 0.17, 0.58, 0.08), ("hills", 0.08, 0.34, 0.15)):
        ridge = Ridge(
            horizon + 0.02,
            height,
            0.9,
            0.4,
            SNOW if stage.snow else rgb("#4f6444"),
            min(air * (0.6 + 1.1 * haze), 0.9),
            mist=0.35,
        )
        pixels, skyline = paint_ridge(stage.canvas, ridge, light, stage.number(name))
        pen = Drawing(stage.canvas)
        tone = tones(light, words.season, "leaf", snow=stage.snow).veiled(light.haze, ridge.haze)
        if depth > 0.1:
            spruce_row(pen, stage.rng(name), stage.span, skyline, stage.canvas.xs(), 0.04, tone)
        yield stage.layer(name, over(pixels, pen.premultiplied()), depth)
    water = Water(horizon + 0.020, rgb("#2a5a62"), rough=_roughness(stage, 0.28), mirror=0.85, glitter=0.6)
    yield stage.layer(
        "water", paint_water(stage.canvas, water, light, stage.backdrop, stage.number("water")), 0.22, Motion.WATER
    )
    grass_colour = (
        SNOW
        if stage.snow
        else rgb({"autumn": "#a8924a", "winter": "#8d8868", "spring": "#74a844"}.get(words.season, "#6f9440"))
    )
    banks = paint_ground(
        stage.canvas,
        Ground(grass_colour * np.float32(0.8), grass_colour, 0.5, 0.45),
        light,
        stage.number("banks"),
        horizon + 0.010,
        haze=0.4,
    )
    banks *= (1 - _channel(stage, horizon + 0.020))[..., None]
    yield stage.layer("banks", banks, 0.35)
    yield _bank_trees(stage)
    stage.water, stage.land, stage.far_land = Spot(0.80 * high, 0.14), Spot(0.93 * high, 0.22), Spot(0.72 * high, 0.10)
    stage.water_x = float(_river_middle(stage, np.array([(0.80 * high - horizon) / (high - horizon)], np.float32))[0])
    yield from stage.perform()
    yield from meadow_front(stage, grass_colour)


def _bank_trees(stage: Stage) -> Layer:
    """Firs along both banks, smaller with distance."""
    light, pen, rng = stage.light, Drawing(stage.canvas), stage.rng("bank trees")
    firs = tones(light, stage.words.season, "needle").veiled(light.haze, 0.15 + 0.3 * light.haze_density)
    cap = light.lit(SNOW, 0.5) if stage.snow else None
    places = (
        (0.06, 0.70, 0.34),
        (0.16, 0.66, 0.24),
        (0.88, 0.66, 0.26),
        (0.96, 0.72, 0.40),
        (0.78, 0.62, 0.15),
        (0.27, 0.61, 0.13),
    )
    for share, foot, tall in places:
        x = share * stage.wide + rng.uniform(-0.03, 0.03)
        conifer(pen, rng, x, foot * stage.high, tall * rng.uniform(0.85, 1.15), firs, light.side, snow=cap)
    return stage.layer("bank trees", pen.premultiplied(), 0.5, Motion.SWAY)


def _river_middle(stage: Stage, t: Field) -> Field:
    """x of the river's middle at the share `t` of the way from its far end to the foot of the picture."""
    turn = stage.rng("bends").uniform(-0.3, 0.3)
    return np.asarray(stage.wide * (0.56 + 0.20 * np.sin(5.2 * t**0.55 + turn * 3) * (1 - 0.45 * t)), np.float32)


def _channel(stage: Stage, top: float) -> Field:
    """Coverage of the river's bed, narrow and winding far away, wide at the foot of the picture."""
    high, wide = stage.high, stage.wide
    y = stage.canvas.ys()
    t = np.clip((y - top) / (high - top), 0, 1.4)
    middle = _river_middle(stage, t)
    half = wide * (0.012 + 0.30 * t**1.55)
    rough = 0.014 * (line(y * 1.0, stage.number("bank line"), 9.0, 4, pixel=1 / stage.canvas.scale) - 0.5)
    offset = np.abs(stage.canvas.xs()[None, :] - (middle + rough)[:, None])
    inside = np.clip((half[:, None] - offset) * stage.canvas.scale + 0.5, 0, 1)
    return np.asarray(inside * (y > top)[:, None], np.float32)


def harbour_water(stage: Stage, shore: float) -> Layer:
    """The basin of a harbour or canal, from the quay's line to the foot of the picture."""
    water = Water(shore, mix(rgb("#1d4a58"), rgb("#2b3f50"), 0.4), rough=_roughness(stage, 0.22), mirror=0.9, glitter=0.7)
    return stage.layer(
        "water", paint_water(stage.canvas, water, stage.light, stage.backdrop, stage.number("water")), 0.4, Motion.WATER
    )
