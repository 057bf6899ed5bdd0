"""Large furniture for a room's back wall: a wall of books, and a fireplace with its fire."""

from __future__ import annotations

import numpy as np

from studio.engine.render.scene.buildings import Block, box
from studio.engine.render.scene.canvas import Colour, Drawing, curve, rgb

_SPINES = ("#8a3b32", "#34566e", "#b98b44", "#4f6b4a", "#d8cbb2", "#5a4a6a", "#2f3f54", "#9c5a3a")


def bookcase(
    pen: Drawing, rng: np.random.Generator, left: float, right: float, top: float, floor: float, glow: Colour
) -> None:
    """A bookcase over a whole piece of wall, with six shelves."""
    wood = rgb("#5d4330") * glow
    pen.fill(box(left, top, right, floor), wood * np.float32(0.42))
    rows = 6
    for row in range(rows):
        y = top + (floor - top) * (row + 1) / rows
        room = (floor - top) / rows
        at = left + 0.012
        while at < right - 0.016:
            thick, tall = rng.uniform(0.006, 0.015), room * rng.uniform(0.55, 0.84)
            if rng.random() < 0.08:
                at += thick * 2.5
                continue
            pen.fill(
                box(at, y - 0.006 - tall, min(at + thick, right - 0.012), y - 0.006),
                rgb(_SPINES[int(rng.integers(len(_SPINES)))]) * glow * np.float32(rng.uniform(0.6, 1.0)),
            )
            at += thick * 1.08
        pen.fill(box(left, y - 0.008, right, y), wood)
    for x in np.linspace(left, right - 0.010, max(2, int((right - left) / 0.24) + 1)):
        pen.fill(box(float(x), top, float(x) + 0.010, floor), wood)
    pen.fill(box(left - 0.008, top - 0.016, right + 0.008, top), wood * np.float32(1.3))


def hearth(block: Block, x: float, floor: float, glow: Colour) -> None:
    """A stone fireplace with a mantel; the fire goes to what shines."""
    stone, pen = rgb("#a89c8c") * glow, block.solid
    half, tall = 0.165, 0.275
    pen.fill(box(x - half, floor - tall, x + half, floor + 0.012), stone * np.float32(0.85))
    pen.fill(box(x - half * 0.72, floor - 0.72, x + half * 0.72, floor - tall), stone * np.float32(0.62))
    for side in (-1, 1):
        pen.fill(
            box(
                min(x + side * half, x + side * half * 0.72),
                floor - tall,
                max(x + side * half, x + side * half * 0.72),
                floor + 0.012,
            ),
            stone,
        )
    pen.fill(
        box(x - half * 1.14, floor - tall - 0.026, x + half * 1.14, floor - tall), rgb("#6a4a34") * glow * np.float32(1.2)
    )
    pen.fill(box(x - half * 0.62, floor - tall * 0.80, x + half * 0.62, floor), rgb("#1a1310"))
    pen.fill(box(x - half * 1.2, floor, x + half * 1.2, floor + 0.022), stone * np.float32(0.7))
    for dx, lean in ((-0.05, 0.012), (0.04, -0.012), (0.0, 0.004)):
        pen.limb((x + dx - 0.05, floor - 0.012 - lean), (x + dx + 0.05, floor - 0.012 + lean), 0.022, 0.020, rgb("#4a2c1c"))
    for dx, high, wide, code in (
        (-0.045, 0.10, 0.034, "#ff7a1e"),
        (0.045, 0.12, 0.036, "#ff7a1e"),
        (0.0, 0.15, 0.045, "#ff9a2c"),
        (-0.02, 0.085, 0.026, "#ffd257"),
        (0.024, 0.095, 0.026, "#ffd257"),
        (0.0, 0.06, 0.022, "#fff0b8"),
    ):
        flame = curve(
            [
                (x + dx - wide, floor - 0.018),
                (x + dx - wide * 0.7, floor - high * 0.5),
                (x + dx + wide * 0.1, floor - high),
                (x + dx + wide * 0.6, floor - high * 0.45),
                (x + dx + wide, floor - 0.018),
            ],
            rounds=2,
        )
        block.shine.fill(flame, rgb(code))
