"""Roads: a lane or highway that runs away from the eye, and a road that crosses the picture for things that drive."""

from __future__ import annotations

import numpy as np

from studio.engine.render.scene.canvas import Colour, Drawing, Field, cover, rgb
from studio.engine.render.scene.layers import Pixels
from studio.engine.render.scene.noise import line
from studio.engine.render.scene.stage import Stage

DRIVING = frozenset({"car", "bus", "cyclist"})
UNPAVED = frozenset({"meadow", "desert", "mountain", "forest", "lake", "river", "snowfield", "volcano", "sea"})


def drives(stage: Stage) -> bool:
    """Whether a subject needs a road under it."""
    return any(subject.kind in DRIVING for subject in stage.words.subjects)


def _shares(stage: Stage, top: float) -> tuple[Field, Field]:
    """How near each row is (0 at the far end, 1 at the foot of the picture), and its coverage below the far end."""
    y = stage.canvas.ys()
    near = np.clip((y - top) / (stage.high - top), 0, 1.6)
    return np.asarray(near, np.float32), np.asarray(np.clip((y - top) * stage.canvas.scale, 0, 1), np.float32)


def lane(stage: Stage, top: float, far_x: float, earth: Colour, *, width: float = 0.26, asphalt: bool = False) -> Pixels:
    """A way from (`far_x`, `top`) to the middle of the picture's foot, winding a little; asphalt gets its lines."""
    canvas, light = stage.canvas, stage.light
    near, below = _shares(stage, top)
    bend = stage.rng("lane").uniform(-1, 1)
    swing = 0.0 if asphalt else 0.085 * np.sin(3.1 * near**0.5 * 2.0 + bend) * (1 - np.clip(near, 0, 1)) ** 0.6
    middle = far_x + (stage.wide * 0.5 - far_x) * np.clip(near, 0, 1) + swing
    half = 0.004 + width * near ** (1.0 if asphalt else 1.25)
    rough = 0.0 if asphalt else 0.02 * near * (line(canvas.ys(), stage.number("lane rim"), 14.0, 4) - 0.5)
    across = (canvas.xs()[None, :] - (middle + rough)[:, None]) / half[:, None]
    alpha = np.clip((1 - np.abs(across)) * (half * canvas.scale)[:, None] + 0.5, 0, 1) * below[:, None]
    tone = light.lit(earth, 0.55)
    shade = 1 - 0.16 * np.exp(-(((np.abs(across) - 0.45) / 0.16) ** 2)) * (0.0 if asphalt else 1.0)
    colour = tone * shade[..., None]
    if asphalt:
        paint = light.lit(rgb("#f0ead8"), 0.7)
        dash = np.mod(3.6 / np.maximum(near, 0.02) + 0.3, 1.0) < 0.5
        stripe = (np.abs(across) < 0.022) & dash[:, None] | (np.abs(np.abs(across) - 0.92) < 0.018)
        colour = np.where(stripe[..., None], paint, colour)
    air = np.clip(0.55 * np.clip(1 - near, 0, 1) ** 2.5 * (0.6 + light.haze_density), 0, 0.9)[:, None, None]
    colour = colour + (light.haze - colour) * air
    return cover(colour.astype(np.float32), alpha.astype(np.float32))


def crossing(stage: Stage, top: float, low: float, *, rail: bool = False) -> Pixels:
    """Asphalt from edge to edge between two heights, with its lines; a rail along its far side if wished."""
    pen, light, (left, right) = Drawing(stage.canvas), stage.light, stage.span
    grey = rgb("#5c5b5e") * np.float32(0.7 if light.wet else 1.0)
    paint = light.lit(rgb("#efe8d2"), 0.6)
    pen.fill([(left, top), (right, top), (right, low), (left, low)], light.lit(grey, 0.5))
    for y, thick in ((top + 0.010, 0.004), (low - 0.014, 0.007)):
        pen.fill([(left, y), (right, y), (right, y + thick), (left, y + thick)], paint)
    middle, lean = top + (low - top) * 0.42, 0.02
    for x in np.arange(left, right, 0.16):
        pen.fill([(x + lean, middle), (x + 0.08 + lean, middle), (x + 0.08, middle + 0.006), (x, middle + 0.006)], paint)
    if rail:
        steel = light.lit(rgb("#c3c6c9"), 0.6)
        for x in np.arange(left, right, 0.12):
            pen.fill([(x, top), (x, top - 0.040), (x + 0.007, top - 0.040), (x + 0.007, top)], steel * np.float32(0.5))
        for lift, gain in ((0.036, 1.0), (0.028, 0.72), (0.021, 0.95)):
            pen.line([(left, top - lift), (right, top - lift)], 0.007, steel * np.float32(gain))
    return pen.premultiplied()
