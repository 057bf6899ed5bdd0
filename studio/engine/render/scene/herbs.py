"""Low plants: grass, flowers, reeds, ferns, cacti."""

from __future__ import annotations

import itertools

import numpy as np

from studio.engine.render.scene.canvas import Colour, Drawing, Field, curve, mix, rgb
from studio.engine.render.scene.plants import Rng, Tones


def grass(
    pen: Drawing,
    rng: Rng,
    span: tuple[float, float],
    foot: float,
    height: float,
    tone: Tones,
    number: int,
    *,
    ears: Colour | None = None,
    slope: Field | None = None,
    xs: Field | None = None,
) -> None:
    """Blades that bend with the wind along the foot of the picture; `ears` puts a head of grain on some. `slope`, `xs`: a
    skyline to stand on."""
    wind = rng.uniform(0.15, 0.45)
    order = np.sort(rng.random(number))
    for near in order:
        x = rng.uniform(*span)
        base = foot if slope is None or xs is None else float(np.interp(x, xs, slope))
        base += height * 0.25 * (near - 0.3)
        tall = height * rng.uniform(0.35, 1.0) * (0.6 + 0.4 * near)
        bend = tall * (wind + rng.normal(0, 0.22))
        wide = height * rng.uniform(0.018, 0.036)
        mid = (x + bend * 0.30, base - tall * 0.6)
        tip = (x + bend, base - tall)
        pick = rng.random()
        colour = (
            tone.dark
            if pick < 0.34
            else mix(tone.dark, tone.body, near)
            if pick < 0.74
            else mix(tone.body, tone.lit, 0.3 + 0.5 * near)
        )
        pen.fill(
            [(x - wide, base), (mid[0] - wide * 0.6, mid[1]), tip, (mid[0] + wide * 0.6, mid[1]), (x + wide, base)], colour
        )
        if ears is not None and pick > 0.45:
            pen.limb(tip, (tip[0] + bend * 0.10, tip[1] - tall * 0.16), height * 0.045, height * 0.012, ears)


def flowers(
    pen: Drawing,
    rng: Rng,
    span: tuple[float, float],
    rows: tuple[float, float],
    horizon: float,
    colours: tuple[Colour, ...],
    stem: Colour,
    number: int,
    size: float = 0.055,
) -> None:
    """A flowering field in perspective: heads grow toward the eye; near ones get petals and stems."""
    y = rows[0] + (rows[1] - rows[0]) * np.sort(rng.random(number)) ** 1.25
    for py in y:
        px = rng.uniform(*span)
        scale = (py - horizon) * size
        colour = colours[int(rng.integers(len(colours)))]
        top = py - scale * rng.uniform(2.0, 4.2)
        if scale < 0.006:
            pen.ellipse(px, top, scale * 0.9, scale * 0.6, colour)
            continue
        pen.line([(px, py + scale), (px + scale * 0.3, (py + top) / 2), (px, top)], max(scale * 0.14, 0.0012), stem)
        turn = rng.uniform(0, 1)
        for petal in range(6):
            angle = petal * 1.047 + turn
            pen.ellipse(
                px + np.cos(angle) * scale * 0.52,
                top + np.sin(angle) * scale * 0.38,
                scale * 0.42,
                scale * 0.30,
                mix(colour, np.zeros(3, np.float32), 0.22 if petal % 2 else 0.0),
                angle,
            )
        pen.disc(px, top, scale * 0.24, mix(colour, rgb("#3a2a10"), 0.75))


def reeds(pen: Drawing, rng: Rng, x: float, foot: float, height: float, tone: Tones, number: int) -> None:
    """Reeds and bulrushes at a bank."""
    for _ in range(number):
        px = x + rng.normal(0, height * 0.34)
        tall = height * rng.uniform(0.5, 1.0)
        bend = tall * rng.normal(0.06, 0.12)
        path = np.array([(px, foot), (px + bend * 0.3, foot - tall * 0.6), (px + bend, foot - tall)])
        pen.line(curve(path, closed=False), max(height * 0.010, 0.0012), tone.dark if rng.random() < 0.6 else tone.body)
        if rng.random() < 0.4:
            pen.limb(
                (px + bend, foot - tall * 1.0),
                (px + bend * 1.05, foot - tall * 0.86),
                height * 0.030,
                height * 0.034,
                mix(tone.wood, tone.dark, 0.3),
            )
        else:
            pen.fill(
                [
                    (px, foot),
                    (px + tall * 0.18, foot - tall * 0.5),
                    (px + tall * rng.uniform(0.1, 0.4), foot - tall * 0.6),
                    (px + tall * 0.15, foot - tall * 0.42),
                    (px + height * 0.02, foot),
                ],
                tone.body,
            )


def fern(pen: Drawing, rng: Rng, x: float, foot: float, size: float, tone: Tones) -> None:
    """A fern: arching fronds from one root."""
    for turn in np.linspace(-1.25, 1.25, 8) + rng.normal(0, 0.1, 8):
        s = np.linspace(0, 1, 9)
        length = size * rng.uniform(0.7, 1.05)
        spine = np.stack([x + np.sin(turn) * length * s, foot - np.cos(turn) * length * s + length * 0.42 * s**2.2], -1)
        side = np.gradient(spine, axis=0)
        normal = np.stack([-side[:, 1], side[:, 0]], -1) / np.maximum(np.hypot(side[:, 0], side[:, 1]), 1e-9)[:, None]
        half = length * 0.15 * (1 - s)[:, None] ** 0.8
        colour = tone.body if rng.random() < 0.55 else tone.dark
        for i in range(1, 8):
            for way in (-1, 1):
                pen.fill([spine[i - 1], spine[i], spine[i] + normal[i] * half[i] * way + side[i] * 0.9], colour)


def cactus(pen: Drawing, rng: Rng, x: float, foot: float, height: float, tone: Tones, side: float) -> None:
    """A saguaro with two or three arms, lit along one edge."""

    def column(points: list[tuple[float, float]], wide: float) -> None:
        for a, b in itertools.pairwise(points):
            pen.limb(a, b, wide, wide, tone.body)
        for a, b in itertools.pairwise(points):
            shift = side * wide * 0.28
            pen.limb((a[0] + shift, a[1]), (b[0] + shift, b[1]), wide * 0.24, wide * 0.24, tone.lit)

    for way in (-1, 1) if rng.random() < 0.7 else (1,):
        fork, reach, rise = rng.uniform(0.30, 0.55), height * rng.uniform(0.15, 0.20), height * rng.uniform(0.22, 0.36)
        level = foot - height * fork
        column([(x, level), (x + way * reach, level - height * 0.02), (x + way * reach, level - rise)], height * 0.085)
    column([(x, foot), (x, foot - height)], height * 0.125)
