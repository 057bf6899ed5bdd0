"""Places of bare rock: the surface of the moon, and a volcano."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, Drawing, Field, Real, cover, mix, rgb, smooth
from studio.engine.render.scene.haze import bloom
from studio.engine.render.scene.land import over
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.noise import line, plane, sample, stream
from studio.engine.render.scene.plants import conifer, tones
from studio.engine.render.scene.sky import paint_sky
from studio.engine.render.scene.space import world
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.terrain import Ground, Ridge, paint_ground, paint_ridge, ridge_line

_REGOLITH = "#a9a6a2"


def lunar(stage: Stage) -> Iterator[Layer]:
    """Grey hills under a black sky with the earth in it; craters on the plain in front."""
    high, wide = stage.high, stage.wide
    side = stage.light.side
    sun = np.array([1.05, 1.0, 0.92], np.float32)
    # No air: hard light, no haze, nothing scattered, whatever the hour on earth.
    stage.light = replace(
        stage.light,
        time="day",
        zenith=rgb("#020308"),
        middle=rgb("#03050c"),
        horizon=rgb("#05070f"),
        key=sun,
        ambient=np.array([0.055, 0.06, 0.075], np.float32),
        haze=rgb("#0a0c14"),
        haze_density=0.0,
        cloud_cover=0.0,
        stars=1.3,
        disc=0.0,
        glow=0.0,
        source_y=0.35,
        wet=0.0,
        lamps=0.0,
    )
    stage.horizon = 0.60 * high
    yield stage.layer("stars", paint_sky(stage.canvas, stage.light, stage.number("stars"), 1.2 * high), 0.0)
    earth = (wide * (0.5 - 0.22 * side), 0.25 * high)
    yield stage.layer(
        "earth", world(stage.canvas, stage.number("earth"), earth, 0.105, (rgb("#1f5fae"), rgb("#e4eef6")), sun, side), 0.02
    )
    grey = rgb(_REGOLITH)
    for name, foot, height, air, depth in (("far hills", 0.615, 0.13, 0.22, 0.10), ("hills", 0.665, 0.07, 0.08, 0.20)):
        ridge = Ridge(foot * high, height, 1.0, 0.15, grey * np.float32(0.85), air, mist=0.0, relief=0.35, octaves=6)
        pixels, _ = paint_ridge(stage.canvas, ridge, stage.light, stage.number(name))
        yield stage.layer(name, pixels, depth)
    edge = ridge_line(stage.canvas, Ridge(0.70 * high, 0.03, 0.7, 0.0, grey, 0.0, octaves=3), stage.number("plain"))
    ground = Ground(grey * np.float32(0.62), grey * np.float32(0.75), 0.42, 0.7, 0.7)
    plain = paint_ground(stage.canvas, ground, stage.light, stage.number("dust"), 0.655 * high, edge=edge, haze=0.0)
    yield stage.layer("plain", over(plain, _craters(stage, grey)), 0.42)
    stage.land, stage.far_land, stage.water = Spot(0.90 * high, 0.24), Spot(0.80 * high, 0.12), None


def _craters(stage: Stage, grey: Colour) -> Pixels:
    """Craters in perspective: a bright rim toward the light, a dark floor away from it; and stones with hard shadows."""
    rng, light, pen = stage.rng("craters"), stage.light, Drawing(stage.canvas)
    horizon, high = 0.665 * stage.high, stage.high
    for t in np.sort(rng.random(30)) ** 1.5:
        y = horizon + 0.05 * high + t * 0.32 * high
        size = (y - horizon) * rng.uniform(0.12, 0.55)
        x, flat = rng.uniform(*stage.span), size * 0.27
        for dx, dy, grow, tone in (
            (0.0, 0.0, 1.0, 0.95),
            (-light.side * 0.05, flat * 0.14, 0.90, 0.42),
            (light.side * 0.10, flat * 0.30, 0.74, 0.14),
        ):
            pen.ellipse(float(x) + dx * size, y + dy, size * grow, flat * grow, light.lit(grey * np.float32(0.8), tone))
        pen.ellipse(
            float(x) - light.side * size * 0.16,
            y + flat * 0.30,
            size * 0.52,
            flat * 0.50,
            light.lit(grey * np.float32(0.75), 0.55),
        )
    for t in np.sort(rng.random(60)) ** 1.3:
        y = horizon + 0.05 * high + t * 0.36 * high
        size, x = (y - horizon) * rng.uniform(0.012, 0.06), float(rng.uniform(*stage.span))
        pen.ellipse(x - light.side * size * 1.6, y + size * 0.2, size * 1.8, size * 0.32, light.lit(grey, 0.05, 0.6))
        pen.ellipse(x, y - size * 0.3, size, size * 0.75, light.lit(grey * np.float32(0.55), 0.12))
        pen.ellipse(x + light.side * size * 0.25, y - size * 0.42, size * 0.62, size * 0.5, light.lit(grey, 0.8))
    return pen.premultiplied()


def volcano(stage: Stage) -> Iterator[Layer]:
    """A cone with a glowing crater, lava down its flanks, ash above it; dark ground in front."""
    high, wide, light = stage.high, stage.wide, stage.light
    base = 0.70 * high
    yield from stage.sky(base)
    middle = wide * (0.5 - 0.06 * light.side)
    haze = light.haze_density
    far = Ridge(0.70 * high, 0.16, 0.9, 0.4, rgb("#4a474c"), min(0.5 + 0.4 * haze, 0.9), mist=0.3)
    yield stage.layer("far range", paint_ridge(stage.canvas, far, light, stage.number("far range"))[0], 0.06)
    skyline = _cone(stage, middle, base)
    crater = float(np.interp(middle, stage.canvas.xs(), skyline))
    yield stage.layer("ash", _ash(stage, middle, crater), 0.08, Motion.DRIFT)
    yield stage.layer("cone", _flanks(stage, skyline), 0.14)
    glow = _lava(stage, middle, skyline, base)
    yield stage.layer("lava", glow, 0.14, Motion.FLICKER, emissive=True)
    yield stage.mist("smoke", 0.71 * high, 0.05, 0.45, 0.2)
    rock = Ridge(0.86 * high, 0.13, 1.3, 0.6, rgb("#2f2b2d"), 0.08 + 0.3 * haze, mist=0.2, relief=1.2)
    yield stage.layer("rocks", paint_ridge(stage.canvas, rock, light, stage.number("rocks"))[0], 0.4)
    stage.land, stage.far_land, stage.water = Spot(0.95 * high, 0.18), Spot(0.86 * high, 0.06), None
    yield from stage.perform("far", "sky")
    front = Ridge(1.02 * high, 0.14, 0.9, 0.3, rgb("#262225"), 0.03 + 0.15 * haze, mist=0.0)
    pixels, edge = paint_ridge(stage.canvas, front, light, stage.number("front"))
    yield stage.layer("front", pixels, 0.7)
    pen, rng, tone = Drawing(stage.canvas), stage.rng("burnt firs"), tones(light, "winter", "needle")
    for share, tall in ((0.03, 0.40), (0.13, 0.26), (0.95, 0.46), (0.86, 0.22)):
        x = share * wide
        conifer(pen, rng, x, float(np.interp(x, stage.canvas.xs(), edge)) + 0.03, tall, tone, light.side)
    yield stage.layer("firs", pen.premultiplied(), 0.8, Motion.SWAY)


def _cone(stage: Stage, middle: float, base: float) -> Field:
    """The skyline of the cone: concave flanks, a broken rim."""
    xs = stage.canvas.xs()
    away = np.abs(xs - np.float32(middle))
    rough = line(xs + 2.2, stage.number("cone"), 3.0, 6, ridged=0.5, pixel=1 / stage.canvas.scale) - 0.5
    rise = 0.47 * stage.high * np.exp(-np.maximum(away - 0.055, 0) / 0.30)
    dip = 0.018 * np.exp(-((away / 0.035) ** 2))
    return np.asarray(base + 0.03 - rise + dip + 0.020 * rough, np.float32)


def _flanks(stage: Stage, skyline: Field) -> Pixels:
    """The cone's body: gullies that run straight down from the rim."""
    canvas, light = stage.canvas, stage.light
    x, y = np.meshgrid(canvas.xs(), canvas.ys())
    depth = np.maximum(y - skyline[None, :], 0)
    fan = x * 2.2 / (0.35 + depth)
    gully = sample(
        stage.number("gully"), x * 0.9 + fan * 0.03, depth * 0.25, octaves=6, gain=0.58, footprint=1.0 / canvas.scale
    )
    beside = sample(
        stage.number("gully"),
        x * 0.9 + fan * 0.03 + 0.012 * light.side,
        depth * 0.25,
        octaves=6,
        gain=0.58,
        footprint=1.0 / canvas.scale,
    )
    face = np.clip(0.42 + (gully - beside) * 5.5, 0, 1)
    albedo = rgb("#4b4346") * (0.7 + 0.6 * gully)[..., None]
    if stage.snow:
        cap = smooth(0.30, 0.10, depth)[..., None]
        albedo = albedo * (1 - cap) + rgb("#e8eef6") * cap
    colour = albedo * (light.ambient * (0.6 + 0.4 * face)[..., None] + light.key * (face**1.5)[..., None])
    air = np.clip(0.14 + 0.3 * light.haze_density + 0.5 * depth / stage.high, 0, 0.9)[..., None]
    colour += (light.haze - colour) * air
    return cover(colour.astype(np.float32), np.clip(depth * canvas.scale + 0.5, 0, 1) * (y >= skyline[None, :] - 0.01))


def _lava(stage: Stage, middle: float, skyline: Field, base: float) -> Pixels:
    """Streams from the crater that fork and cool on their way down, a fountain, and their glow."""
    canvas, rng = stage.canvas, stream(stage.seed, "lava")
    pen = Drawing(canvas)
    hot, warm = np.array([1.0, 0.72, 0.22], np.float32), np.array([1.0, 0.26, 0.04], np.float32)
    for start in rng.uniform(-0.045, 0.045, 5):
        x, y = middle + float(start), float(np.interp(middle + start, canvas.xs(), skyline)) + 0.004
        lean, width = float(start) * 2.4, rng.uniform(0.006, 0.012)
        steps = int(rng.integers(9, 17))
        path: list[tuple[float, float]] = [(x, y)]
        for _ in range(steps):
            x, y = x + lean * 0.035 * 6 + rng.normal(0, 0.006), y + (base - 0.02 - y) * 0.11
            path.append((x, y))
        for at, (a, b) in enumerate(itertools.pairwise(path)):
            t = at / steps
            pen.limb(a, b, width * (1 - 0.6 * t), width * (0.95 - 0.6 * t), mix(hot, warm, min(1.4 * t, 1)))
    crater = float(np.interp(middle, canvas.xs(), skyline))
    for _ in range(46):
        turn, fling = rng.normal(0, 0.42), rng.uniform(0.02, 0.15)
        pen.disc(middle + np.sin(turn) * fling, crater - np.cos(turn) * fling, rng.uniform(0.0012, 0.0042), hot)
    pen.ellipse(middle, crater + 0.006, 0.042, 0.010, hot)
    pixels = pen.premultiplied()
    pixels[..., :3] *= np.float32(2.1 if stage.light.dark or stage.light.time == "dusk" else 1.3)
    pixels[..., 3] = 0
    return bloom(pixels, canvas, radius=0.055, strength=0.75)


def _ash(stage: Stage, middle: float, crater: float) -> Pixels:
    """A column of ash that widens and leans with the wind, red where the lava lights it from below."""
    small: Canvas = stage.canvas.coarse(800)
    light = stage.light
    x, y = np.meshgrid(small.xs(), small.ys())
    up = np.clip((crater + 0.02 - y) / max(crater + 0.25, 0.2), 0, 1.3)
    axis = middle - light.side * 0.30 * up**1.6
    half: Real = 0.035 + 0.26 * up**0.9
    billow = plane(small, stage.number("billow"), across=1.3, down=1.3, octaves=6, gain=0.58, warp=0.4)
    inside = 1 - np.abs(x - axis) / half + (billow - 0.5) * 1.3
    alpha = smooth(0.0, 0.35, inside) * smooth(0.0, 0.03, up) * 0.94
    puff = np.clip(0.5 + (billow - 0.5) * 2.2 + light.side * (x - axis) / half * 0.35, 0, 1)[..., None]
    colour = light.lit(rgb("#4a4648"), 0.15, 1.1) * (1 - puff) + light.lit(rgb("#a8a09c"), 0.8, 1.3) * puff
    fire = np.exp(-up / 0.22)[..., None] * (0.35 + 0.65 * puff)
    colour = colour + fire * np.array([0.95, 0.24, 0.05], np.float32) * np.float32(1.3 if light.dark else 0.45)
    out = stage.canvas.blank()
    full = np.clip(stage.canvas.enlarge(alpha.astype(np.float32)), 0, 1)
    for channel in range(3):
        part = np.ascontiguousarray(colour[..., channel].astype(np.float32))
        out[..., channel] = np.maximum(stage.canvas.enlarge(part), 0) * full
    out[..., 3] = full
    return out
