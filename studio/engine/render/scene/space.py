"""Space: stars, a nebula, a planet with its lit crescent and clouds, perhaps rings, and a moon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Colour, cover, mix, rgb, smooth
from studio.engine.render.scene.layers import Layer, Motion, Pixels
from studio.engine.render.scene.noise import plane, sample
from studio.engine.render.scene.sky import paint_sky
from studio.engine.render.scene.stage import Spot, Stage

_SCHEMES = (
    ("#1b3f8a", "#c06ad0", "#ff9a5c"),
    ("#0f5a6a", "#3fb0a0", "#ffd27a"),
    ("#4a1f7a", "#e0508a", "#7ad0ff"),
    ("#20306a", "#5a7ae0", "#ff7a6a"),
)
_HOURS = {
    "dawn": ("#ff9a6a", 0.9),
    "day": ("#fff2dc", 1.3),
    "golden": ("#ffc46a", 1.1),
    "dusk": ("#ff6a4a", 0.7),
    "night": ("#9ab8ff", 0.45),
    "blue": ("#6a9aff", 0.6),
}


def space(stage: Stage) -> Iterator[Layer]:
    """Stars at the back, gas before them, worlds in front; the hour of the prompt colours the sun's light."""
    high, wide, rng = stage.high, stage.wide, stage.rng("space")
    code, power = _HOURS[stage.words.time]
    sun = rgb(code) * np.float32(power)
    dark = replace(
        stage.light,
        zenith=rgb("#05060f"),
        middle=rgb("#070a1a"),
        horizon=rgb("#0b1028") * np.float32(0.5 + power),
        stars=1.3,
        disc=0.0,
        glow=0.0,
    )
    yield stage.layer("stars", paint_sky(stage.canvas, dark, stage.number("stars"), 1.35 * high), 0.0)
    scheme = [rgb(c) for c in _SCHEMES[int(rng.integers(len(_SCHEMES)))]]
    yield stage.layer(
        "nebula", _nebula(stage.canvas, stage.number("nebula"), scheme, sun), 0.02, Motion.DRIFT, emissive=True
    )
    side = -1.0 if stage.light.side < 0 else 1.0
    centre, radius = (wide * (0.5 - 0.20 * side), high * 0.60), 0.36
    tint = [
        rgb(c)
        for c in (("#3a6aa8", "#d8e4ee"), ("#b8794a", "#ecd0a0"), ("#4f8a7a", "#d0e8d4"), ("#7a5a9a", "#e0b8d0"))[
            int(rng.integers(4))
        ]
    ]
    if stage.words.colours:
        tint[0] = stage.colour("#3a6aa8")
    yield stage.layer(
        "planet", world(stage.canvas, stage.number("planet"), centre, radius, (tint[0], tint[1]), sun, side), 0.2
    )
    yield stage.layer(
        "moon",
        world(
            stage.canvas,
            stage.number("moon"),
            (wide * (0.5 + 0.27 * side), high * 0.26),
            0.062,
            (rgb("#77747a"), rgb("#b8b2aa")),
            sun,
            side,
            air=False,
        ),
        0.35,
    )
    stage.horizon = 0.5 * high
    stage.land, stage.water = Spot(0.80 * high, 0.22), None


def _nebula(canvas: Canvas, seed: int, scheme: list[Colour], sun: Colour) -> Pixels:
    small = canvas.coarse(900)
    gas = plane(small, seed, across=0.55, down=0.55, octaves=7, gain=0.55, warp=0.45)
    veil = plane(small, seed + 9, across=0.8, down=0.8, octaves=7, gain=0.58, warp=0.6)
    body = smooth(0.42, 0.85, gas)[..., None] * scheme[0] * 1.1 + smooth(0.52, 0.9, veil)[..., None] * scheme[1] * 0.8
    core = smooth(0.62, 0.95, gas * 0.6 + veil * 0.5)[..., None] * scheme[2] * 1.3
    light = (body + core) * (0.30 + 0.45 * float(sun.max())) * (0.6 + 0.4 * sun / max(float(sun.max()), 1e-3))
    pixels = canvas.blank()
    pixels[..., :3] = np.maximum(
        cv2.resize(light.astype(np.float32), (canvas.columns, canvas.rows), interpolation=cv2.INTER_CUBIC), 0
    )
    return pixels


def world(
    canvas: Canvas,
    seed: int,
    centre: tuple[float, float],
    radius: float,
    tint: tuple[Colour, Colour],
    sun: Colour,
    side: float,
    *,
    air: bool = True,
) -> Pixels:
    """A lit sphere: bands or seas from noise on its surface, Lambert's law, a soft terminator, a rim of air."""
    x, y = np.meshgrid(canvas.xs(), canvas.ys())
    dx, dy = (x - np.float32(centre[0])) / np.float32(radius), (y - np.float32(centre[1])) / np.float32(radius)
    reach = np.hypot(dx, dy)
    z = np.sqrt(np.clip(1 - reach**2, 0, 1))
    footprint = 0.35 / (radius * canvas.scale)
    bend = sample(seed, dx / (0.7 + z) * 0.35, dy * 0.35, octaves=6, footprint=footprint) - 0.5
    surface = sample(
        seed + 1,
        dx / (0.7 + z) * 0.22 + bend * 0.25,
        dy * (0.9 if air else 0.4) + bend * 0.3,
        octaves=7,
        gain=0.55,
        footprint=footprint,
    )
    sunward = np.clip(dx * 0.72 * side - dy * 0.42 + z * 0.36, 0, 1)
    lit = smooth(0.0, 0.75, sunward) * (0.55 + 0.6 * sunward)
    albedo = tint[0] + (tint[1] - tint[0]) * smooth(0.36, 0.68, surface)[..., None]
    colour = albedo * (lit[..., None] * sun * 1.2 + 0.006)
    if air:
        rim = np.exp(-((1 - np.clip(reach, 0, 1)) / 0.05)) * np.clip(sunward + 0.25, 0, 1)
        colour = colour + rim[..., None] * mix(sun, rgb("#7ab8ff"), 0.5) * 0.9
    edge = 1.0 / (radius * canvas.scale)
    alpha = smooth(1 + edge, 1 - edge, reach)
    pixels = cover(colour.astype(np.float32), alpha)
    if air:
        halo = np.exp(-np.maximum(reach - 1, 0) / 0.035) * (1 - alpha) * np.clip(dx * 0.72 * side - dy * 0.42 + 0.2, 0, 1)
        pixels[..., :3] += (halo * 0.35)[..., None] * mix(sun, rgb("#7ab8ff"), 0.6)
    return pixels
