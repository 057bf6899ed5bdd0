"""A drawn picture that follows references: the part of it that is composed like them, or their subjects put into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from studio.engine.render.composite.blending import put
from studio.engine.render.drawn_scene import draw_scene
from studio.engine.render.harmony import over
from studio.engine.render.reference import Reference, follow
from studio.engine.render.references.composition import Window, best_window
from studio.engine.render.references.subjects import Cast, ground_of, light_of, placed, told
from studio.engine.render.scene.canvas import Field
from studio.engine.render.scene.finish import Bytes, finish_frame
from studio.engine.render.scene.layers import Finish

_LOOKED_AT = 256


def composed(linear: Field, margins: tuple[float, float], finish: Finish, references: Sequence[Reference], weight: float,
             size: tuple[int, int], seed: int) -> tuple[Field, Window]:
    """The part of a picture in linear light, drawn with a margin, that is composed most like the references.

    `margins`: shares of the drawn width and height beyond the frame on each side; `size`: width and height of the frame.
    """
    rows, columns = linear.shape[:2]
    factor = min(1.0, _LOOKED_AT / max(rows, columns))
    small_size = max(16, round(columns * factor)), max(16, round(rows * factor))
    small = cv2.resize(linear, small_size, interpolation=cv2.INTER_AREA)
    # Looked at as a photo: a drawing style changes neither light nor place.
    seen = finish_frame(np.asarray(small, np.float32), replace(finish, style="natural", grain=0.0, vignette=0.0), seed=seed)
    window = best_window(seen, min(margins), references, weight)
    return window.cut(linear, *size), window


def staged(cast: Cast, prompt: str, references: Sequence[Reference], weight: float, size: tuple[int, int], seed: int,
           step: Callable[[float], object]) -> tuple[Bytes, list[dict[str, object]]]:
    """The scene in the references' palette with their subjects in it, and what was put where. `step` hears the share."""
    if cast.words is None:
        raise ValueError("nobody comes in")
    width, height = size
    drawn = draw_scene(cast.words, width, height, seed, lambda share: step(0.75 * share))
    picture = follow(drawn.rgb, references, weight)
    front = picture.copy() if float(drawn.front.max()) > 0 else None
    unit = min(width, height) / 1000
    light = light_of(drawn)
    members = placed(cast, ground_of(drawn), prompt, width, height, weight)
    for number, (placement, figure) in enumerate(members, start=1):
        put(picture, figure, placement, light, unit)
        step(0.75 + 0.25 * number / len(members))
    if front is not None:
        picture = over(picture, front, drawn.front)
    return picture, told(cast, [placement for placement, _ in members], width)
