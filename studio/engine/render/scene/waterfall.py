"""A waterfall between wooded cliffs: rock walls, falling water, spray, a pool, and green that frames it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.engine.render.scene.canvas import Drawing, Field, cover, mix, rgb, smooth
from studio.engine.render.scene.herbs import fern, grass
from studio.engine.render.scene.land import SNOW, over, shade_foot
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.noise import line, sample
from studio.engine.render.scene.plants import Tones, bush, cluster, palm, spruce_row, tones
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ridge, paint_ridge
from studio.engine.render.scene.water import Water, paint_water


def waterfall(stage: Stage) -> Iterator[Layer]:
    """Sky, a far wood, the cliff with the fall, its pool, and leaves in front."""
    high, light, words = stage.high, stage.light, stage.words
    shore = 0.73 * high
    yield from stage.sky(0.45 * high)
    haze = light.haze_density
    back = Ridge(0.46 * high, 0.20, 0.9, 0.4, SNOW if stage.snow else rgb("#44603a"), min(0.45 + 0.5 * haze, 0.9), mist=0.3)
    pixels, skyline = paint_ridge(stage.canvas, back, light, stage.number("far wood"))
    pen = Drawing(stage.canvas)
    kind = "leaf" if words.has("jungle") or words.season != "winter" else "needle"
    far = tones(light, words.season, kind, snow=stage.snow).veiled(light.haze, 0.55)
    spruce_row(pen, stage.rng("far wood"), stage.span, skyline, stage.canvas.xs(), 0.035, far)
    yield stage.layer("far wood", over(pixels, pen.premultiplied()), 0.1)
    middle = stage.wide * (0.5 + 0.07 * light.side)
    top = _cliff_line(stage, middle)
    yield stage.layer("cliff", _cliff(stage, top), 0.24)
    yield stage.layer("cliff green", _cliff_green(stage, top, middle, shore), 0.26, Motion.SWAY)
    yield stage.layer("fall", _fall(stage, top, middle, shore), 0.27, Motion.FALL)
    water = Water(shore, rgb("#1f5f5c"), rough=0.42, mirror=0.72, glitter=0.4)
    yield stage.layer(
        "water", paint_water(stage.canvas, water, light, stage.backdrop, stage.number("pool")), 0.34, Motion.WATER
    )
    yield stage.layer("spray", _spray(stage, middle, shore), 0.36, Motion.DRIFT)
    stage.water, stage.land, stage.far_land = Spot(0.84 * high, 0.12), Spot(0.95 * high, 0.20), None
    yield from stage.perform("sky", "water")
    yield from _near_bank(stage)


def _cliff_line(stage: Stage, middle: float) -> Field:
    """The cliff's upper edge: high at the sides, a notch where the water comes over."""
    xs = stage.canvas.xs()
    rough = line(xs + 4.1, stage.number("cliff line"), 2.2, 6, ridged=0.4, pixel=1 / stage.canvas.scale) - 0.5
    notch = np.exp(-(((xs - middle) / 0.16) ** 2))
    return np.asarray(stage.high * 0.20 + 0.12 * rough - 0.07 * (1 - notch) + 0.06 * notch, np.float32)


def _cliff(stage: Stage, top: Field) -> Pixels:
    """A wall of rock in upright ribs, lit from the light's side, darker and wetter toward its foot."""
    canvas, light = stage.canvas, stage.light
    x, y = np.meshgrid(canvas.xs(), canvas.ys())
    bend = sample(stage.number("bend"), x * 0.4, y * 0.4, octaves=4) - 0.5
    ribs = sample(
        stage.number("ribs"), x * 0.9 + bend * 0.12, y * 0.22 + bend * 0.1, octaves=7, gain=0.6, footprint=0.9 / canvas.scale
    )
    beside = sample(
        stage.number("ribs"),
        x * 0.9 + bend * 0.12 + 0.012 * light.side,
        y * 0.22 + bend * 0.1,
        octaves=7,
        gain=0.6,
        footprint=0.9 / canvas.scale,
    )
    face = np.clip(0.45 + (ribs - beside) * 4.5, 0, 1)
    moss = smooth(0.48, 0.70, sample(stage.number("moss"), x * 0.8, y * 0.8, octaves=6))[..., None]
    albedo = rgb("#6a6258") * (0.55 + 0.8 * ribs)[..., None]
    albedo = albedo * (1 - 0.7 * moss) + rgb("#4d6b32") * (0.7 * moss)
    colour = albedo * (light.ambient * (0.6 + 0.5 * face)[..., None] + light.key * (0.9 * face**1.4)[..., None])
    low = smooth(0.35, 0.85, y / stage.high)[..., None]
    colour = colour * (1 - 0.45 * low)
    air = min(0.10 + 0.35 * light.haze_density, 0.8)
    colour += (light.haze - colour) * np.float32(air)
    alpha = np.clip((y - top[None, :]) * canvas.scale + 0.5, 0, 1)
    return cover(colour.astype(np.float32), alpha.astype(np.float32))


def _cliff_green(stage: Stage, top: Field, middle: float, shore: float) -> Pixels:
    """Bushes along the edge, and hanging green down the wall."""
    pen, rng, light = Drawing(stage.canvas), stage.rng("cliff green"), stage.light
    tone = tones(light, stage.words.season, snow=stage.snow).veiled(light.haze, 0.12 + 0.3 * light.haze_density)
    xs = stage.canvas.xs()
    for x in np.sort(rng.uniform(*stage.span, 70)):
        if abs(x - middle) < 0.10:
            continue
        edge = float(np.interp(x, xs, top))
        bush(pen, rng, float(x), edge + 0.03, rng.uniform(0.03, 0.07), tone, light.side)
    for x in rng.uniform(*stage.span, 60):
        if abs(x - middle) < 0.15:
            continue
        edge, drop = float(np.interp(x, xs, top)), rng.uniform(0.05, 0.36)
        for t in np.linspace(0, 1, 6):
            cluster(
                pen,
                rng,
                float(x) + rng.normal(0, 0.012),
                min(edge + drop * t, shore),
                rng.uniform(0.010, 0.024),
                tone.dark if rng.random() < 0.5 else tone.body,
                12,
            )
    return pen.premultiplied()


def _fall(stage: Stage, top: Field, middle: float, shore: float) -> Pixels:
    """Falling water: bright upright strands that part and join, wider below."""
    canvas, light = stage.canvas, stage.light
    x, y = np.meshgrid(canvas.xs(), canvas.ys())
    edge = float(np.interp(middle, canvas.xs(), top)) - 0.006
    t = np.clip((y - edge) / (shore - edge), 0, 1)
    half = 0.055 + 0.05 * t**1.4
    wander = (sample(stage.number("lip"), x * 0.6, y * 0.5, octaves=4) - 0.5) * 0.03
    across = (x - middle + wander) / half
    strands = sample(stage.number("strands"), x * 1.9, y * 0.16, octaves=6, gain=0.62, footprint=1.9 / canvas.scale)
    body = np.clip(1.25 - np.abs(across) ** 3, 0, 1) * np.clip(0.35 + 1.9 * (strands - 0.28), 0, 1)
    alpha = body * np.clip((y - edge) * canvas.scale * 0.5, 0, 1) * np.clip((shore + 0.012 - y) / 0.02, 0, 1)
    white = light.lit(rgb("#f4fbff"), 0.55, 1.35)
    shaded = mix(light.lit(rgb("#7fa6ad"), 0.15, 1.0), light.haze, 0.1)
    share = np.clip(0.30 + 1.5 * (strands - 0.42), 0, 1)[..., None]
    return cover((shaded * (1 - share) + white * share).astype(np.float32), np.clip(alpha, 0, 1).astype(np.float32))


def _spray(stage: Stage, middle: float, shore: float) -> Pixels:
    """Mist that stands over the foot of the fall."""
    small, light = stage.canvas.coarse(700), stage.light
    x, y = np.meshgrid(small.xs(), small.ys())
    torn = sample(stage.number("spray"), x * 0.9, y * 1.2, octaves=5)
    cloud = np.exp(-(((x - middle) / 0.20) ** 2) - (((y - shore) / 0.055) ** 2)) * np.clip(0.35 + 1.3 * (torn - 0.25), 0, 1)
    alpha = np.clip(stage.canvas.enlarge((cloud * 0.85).astype(np.float32)), 0, 1)
    return cover(mix(light.lit(rgb("#eef6fa"), 0.45, 1.25), light.haze, 0.25), alpha)


def _near_bank(stage: Stage) -> Iterator[Layer]:
    """Wet stones, then ferns, and palms where it is a jungle."""
    high, wide, light, words = stage.high, stage.wide, stage.light, stage.words
    pen, rng = Drawing(stage.canvas), stage.rng("stones")
    for x in np.sort(rng.uniform(*stage.span, 26)):
        size = rng.uniform(0.03, 0.10)
        foot = high * rng.uniform(0.93, 1.03) + 0.06 * (1 - 2 * abs(x / wide - 0.5))
        stone = rgb("#57544e") * np.float32(rng.uniform(0.7, 1.1))
        for dx, dy, grow, key in (
            (0.0, 0.0, 1.0, 0.05),
            (light.side * 0.16, -0.18, 0.72, 0.55),
            (light.side * 0.26, -0.30, 0.4, 0.9),
        ):
            pen.ellipse(float(x) + dx * size, foot + dy * size, size * grow, size * 0.62 * grow, light.lit(stone, key))
    yield stage.layer("stones", pen.premultiplied(), 0.6)
    yield from stage.perform("land", "far")
    yield stage.layer(
        "leaves", shade_foot(stage, _leaves(stage, words.has("jungle") or words.has("palms"))), 0.88, Motion.SWAY
    )


def _leaves(stage: Stage, tropical: bool) -> Pixels:
    """Ferns and grass at both sides; palms that lean in from the rim of a jungle."""
    high, wide, light = stage.high, stage.wide, stage.light
    pen, rng = Drawing(stage.canvas), stage.rng("leaves")
    tone = tones(light, stage.words.season, snow=stage.snow)
    dark = Tones(tone.dark * np.float32(0.5), tone.dark, tone.body, tone.wood * np.float32(0.6))
    if tropical:
        for share, tall in ((-0.02, 0.95), (1.02, 0.86), (0.10, 0.55), (0.91, 0.48)):
            palm(pen, rng, share * wide, high + 0.03, tall, dark if 0 < share < 1 else tone, light.side)
    else:
        for x in (*rng.uniform(-0.1, 0.16 * wide, 5), *rng.uniform(0.84 * wide, wide + 0.1, 5)):
            bush(pen, rng, float(x), high * rng.uniform(0.9, 1.02), rng.uniform(0.07, 0.14), tone, light.side)
    for x in (*rng.uniform(-0.1, 0.30 * wide, 10), *rng.uniform(0.70 * wide, wide + 0.1, 10)):
        fern(pen, rng, float(x), high + rng.uniform(-0.02, 0.05), rng.uniform(0.10, 0.20), tone)
    grass(pen, rng, stage.span, high + 0.04, 0.07, tones(light, stage.words.season, "grass", snow=stage.snow), 240)
    return pen.premultiplied()
