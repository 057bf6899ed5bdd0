"""Which treatment a style is, and how it is put on a photo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from studio.engine.render.cutout import Face, find_faces
from studio.engine.render.matting import Bytes
from studio.engine.render.scene.canvas import to_linear
from studio.engine.render.scene.finish import grade
from studio.engine.render.scene.layers import Finish
from studio.engine.render.scene.styles import POINTWISE, apply_style
from studio.engine.render.treatments import drawn, graded, painted
from studio.engine.render.treatments.filters import Map
from studio.engine.render.treatments.likeness import faces_kept
from studio.engine.render.treatments.sheet import Sheet

TREATMENTS: Mapping[str, Callable[[Sheet], Map]] = {
    "watercolour": painted.watercolour,
    "oil painting": painted.oil_painting,
    "pencil sketch": drawn.pencil_sketch,
    "ink": drawn.ink,
    "comic": drawn.comic,
    "pop art": drawn.pop_art,
    "noir": graded.noir,
    "neon": graded.neon,
    "vintage film": graded.vintage_film,
    "mosaic": painted.mosaic,
}
PAINTER_STYLES = ("pastel", "flat", "sepia", "film")
"""Styles of the scene painter that a photo can take as well."""


@dataclass(frozen=True, slots=True)
class Treated:
    """The result, and the faces that were kept."""

    rgb: Bytes
    faces: tuple[Face, ...]


def treated(rgb: Bytes, style: str, seed: int, step: Callable[[float], object]) -> Treated:
    """A photo (rows, columns, 3) drawn in a style of TREATMENTS or PAINTER_STYLES; faces stay who they are.

    `step` hears the share done and may raise to stop. KeyError for a style that is in neither.
    """
    faces = tuple(face for face in find_faces(rgb) if face.width * rgb.shape[1] >= 20)
    step(0.05)
    if style in TREATMENTS:
        sheet = Sheet.of(rgb, faces, seed, lambda share: step(0.1 + 0.75 * share))
        picture = TREATMENTS[style](sheet)
    elif style in PAINTER_STYLES:
        picture = _as_painted(rgb, style, seed)
    else:
        raise KeyError(style)
    step(0.88)
    done = np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)
    return Treated(faces_kept(rgb, done, faces), faces)


def _as_painted(rgb: Bytes, style: str, seed: int) -> Map:
    """As the scene painter finishes its own pictures: its grade, and its paper or chalk."""
    linear = to_linear(rgb.astype(np.float32) / np.float32(255)) * np.float32(1.15)
    screen = grade(linear, Finish(style=style, vignette=0.1))
    if style not in POINTWISE:
        screen = apply_style(style, screen, seed)
    return np.asarray(screen / np.float32(255), np.float32)
