"""A bamboo grove: slender jointed poles in rows that pale with distance, and sprays of narrow leaves."""

from __future__ import annotations

import numpy as np

from studio.engine.render.scene.canvas import Drawing, mix, rgb
from studio.engine.render.scene.layers import Pixels
from studio.engine.render.scene.plants import Tones, tones
from studio.engine.render.scene.stage import Stage


def bamboo_tones(stage: Stage, air: float) -> Tones:
    """Leaf and pole colours, seen through that share of haze."""
    return tones(stage.light, "summer", tint="#8fb04a").veiled(stage.light.haze, air)


def bamboo_row(stage: Stage, name: str, foot: float, thick: float, air: float, number: int, *, open_middle: bool) -> Pixels:
    """One row of poles that run out of the picture; `open_middle` leaves the path free."""
    rng, pen, light = stage.rng(name), Drawing(stage.canvas), stage.light
    tone = bamboo_tones(stage, air)
    pale = mix(light.lit(rgb("#c8d68a"), 0.9), light.haze, air)
    for x in np.sort(rng.uniform(*stage.span, number)):
        if open_middle and abs(x / stage.wide - 0.5) < 0.09 + thick:
            continue
        wide, low, lean = thick * rng.uniform(0.7, 1.25), foot + rng.uniform(-0.015, 0.03), rng.normal(0, 0.035)
        _pole(pen, float(x), low, wide, lean, tone, pale, light.side)
        _sprays(pen, rng, float(x), low, lean, wide, tone, 5)
    return pen.premultiplied()


def _pole(pen: Drawing, x: float, low: float, wide: float, lean: float, tone: Tones, pale: np.ndarray, side: float) -> None:
    """One pole: body, shaded and lit edge, a dark ring and a pale one at every joint."""
    top = -0.35

    def at(y: float) -> float:
        return x + lean * (low - y)

    half = wide / 2
    for left, right, colour in (
        (-half, half, tone.body),
        (-half * side, -half * side * 0.35, tone.dark),
        (half * side * 0.30, half * side * 0.72, mix(tone.lit, pale, 0.5)),
    ):
        pen.fill([(at(low) + left, low), (at(top) + left, top), (at(top) + right, top), (at(low) + right, low)], colour)
    y, step = low - wide * 1.5, wide * 5.5
    while y > top:
        pen.fill(
            [
                (at(y) - half * 1.12, y),
                (at(y) + half * 1.12, y),
                (at(y) + half, y - wide * 0.16),
                (at(y) - half, y - wide * 0.16),
            ],
            tone.dark,
        )
        pen.line([(at(y) - half, y - wide * 0.24), (at(y) + half, y - wide * 0.24)], wide * 0.10, pale)
        y, step = y - step, step * 1.05


def _sprays(
    pen: Drawing, rng: np.random.Generator, x: float, low: float, lean: float, wide: float, tone: Tones, number: int
) -> None:
    """Thin twigs with narrow hanging leaves in the upper part."""
    size = min(0.05 + wide * 0.8, 0.11)
    for y in rng.uniform(-0.12, low * 0.55, number):
        way = -1 if rng.random() < 0.5 else 1
        start = (x + lean * (low - y), float(y))
        end = (start[0] + way * size * rng.uniform(0.8, 1.8), float(y) - size * rng.uniform(0.1, 0.6))
        pen.line([start, end], max(wide * 0.08, 0.001), tone.dark)
        leaf_spray(pen, rng, end, size, tone, 9)


def leaf_spray(
    pen: Drawing, rng: np.random.Generator, at: tuple[float, float], size: float, tone: Tones, number: int
) -> None:
    """A tuft of long pointed leaves that hang to all sides."""
    for turn in rng.uniform(-1.9, 1.9, number):
        long = size * rng.uniform(0.5, 1.0)
        root = (at[0] + rng.normal(0, size * 0.35), at[1] + rng.normal(0, size * 0.25))
        along = np.array([np.sin(turn), np.cos(turn) * 0.75]) * long
        across = np.array([-along[1], along[0]]) * 0.075
        colour = (tone.dark, tone.body, tone.body, tone.lit)[int(rng.integers(4))]
        middle = np.array(root) + along * 0.4
        pen.fill([root, middle + across, np.array(root) + along, middle - across], colour)
