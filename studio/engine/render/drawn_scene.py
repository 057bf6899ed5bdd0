"""A scene drawn from words as a place to put photographed subjects into: the picture, and where its ground and light are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from studio.engine.render.scene.canvas import Canvas, Field
from studio.engine.render.scene.compose import finish_of, particles_of, sound_of, usual_layers
from studio.engine.render.scene.finish import Bytes, develop, over
from studio.engine.render.scene.layers import Scene
from studio.engine.render.scene.light import Light, scene_light
from studio.engine.render.scene.places import PLACES
from studio.engine.render.scene.stage import Spot, Stage
from studio.engine.render.scene.subjects import paint_subjects
from studio.engine.render.scene.words import SceneWords

_LIVING = frozenset(
    {"person", "dog", "cat", "horse", "deer", "cow", "sheep", "elephant", "camel", "bear", "rabbit", "rider", "cyclist"}
)


_NEAREST = 0.85
_FRONT = frozenset({"grass", "reeds", "ferns", "front", "undergrowth"})


@dataclass(frozen=True, slots=True)
class DrawnScene:
    """`rgb`: (rows, columns, 3) sRGB bytes. `land` and `horizon` in units of the short side, from the top: where the nearest
    standing place is and how tall a person is there; `light`: the scene's own. `front`: (rows, columns), 0 to 1, what
    stands nearer than any subject: grass, branches."""

    rgb: Bytes
    light: Light
    horizon: float
    land: Spot
    words: SceneWords
    front: Field


def without_figures(words: SceneWords) -> SceneWords:
    """The words with people and animals left out: those come from the photos."""
    return replace(words, subjects=tuple(subject for subject in words.subjects if subject.kind not in _LIVING))


def draw_scene(words: SceneWords, width: int, height: int, seed: int, step: Callable[[float], object]) -> DrawnScene:
    """Draw the scene at that size (16 pixels a side at least); `step` hears the share done and may raise to stop."""
    stage = Stage(words, Canvas.of_frame(width, height, 0), scene_light(words, seed), seed)
    stage.perform = partial(paint_subjects, stage)
    linear = np.zeros((height, width, 3), np.float32)
    front = np.zeros((height, width), np.float32)
    usual = usual_layers(words)
    done = 0
    for part in (PLACES[words.place](stage), stage.perform(), stage.front()):
        for layer in part:
            over(linear, layer, 0)
            if layer.depth > _NEAREST and layer.depth < 1 and not layer.emissive and layer.name in _FRONT:
                front += (1 - front) * layer.pixels[..., 3]
            done += 1
            step(min(done / usual, 1.0) * 0.85)
    scene = Scene(width, height, 0, seed, (), finish_of(words), particles_of(words), sound_of(words))
    picture = develop(linear, scene)
    step(1.0)
    return DrawnScene(picture, stage.light, stage.horizon, stage.land, words, front)


def draw_sky(words: SceneWords, width: int, height: int, seed: int, foot: float) -> Bytes:
    """The sky of the words alone; `foot` is where it meets the land, as a share of the height."""
    canvas = Canvas.of_frame(width, height, 0)
    stage = Stage(words, canvas, scene_light(words, seed), seed)
    linear: Field = np.zeros((height, width, 3), np.float32)
    for layer in stage.sky(max(0.2, foot) * stage.high):
        over(linear, layer, 0)
    scene = Scene(width, height, 0, seed, (), replace(finish_of(words), grain=0.004, vignette=0.0), None, {})
    return develop(linear, scene)


def backdrop(width: int, height: int, colour: tuple[float, float, float], *, floor: float = 0.74) -> Bytes:
    """A studio backdrop: paper that runs down and curves into the floor, a pool of light behind the subject.

    `colour`: the paper's sRGB bytes. `floor`: where wall and floor meet, as a share of the height; 1 for a wall alone.
    """
    small = min(1.0, 480 / max(width, height))
    columns, rows = max(2, round(width * small)), max(2, round(height * small))
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :] * np.float32(min(width / height, 1.8))
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    pool = np.exp(-((x / 1.15) ** 2) - ((y - 0.40) / 0.52) ** 2)
    value = 0.70 + 0.32 * pool
    if floor < 1:
        near = np.clip((y - floor) / max(1 - floor, 0.05), 0, 1)
        curve = np.exp(-(((y - floor) / 0.055) ** 2))
        value = value * (1 - 0.10 * curve) + 0.16 * near * np.exp(-((x / 1.3) ** 2))
    picture = np.clip(np.array(colour, np.float32) * value[..., None], 0, 255)
    large = np.asarray(cv2.resize(picture.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    rng = np.random.default_rng(7)
    tile = rng.normal(0, 1.1, (256, 256)).astype(np.float32)  # against bands in the soft gradient
    for top in range(0, height, 256):
        for left in range(0, width, 256):
            part = large[top : top + 256, left : left + 256]
            part += tile[: part.shape[0], : part.shape[1], None]
    return np.asarray(np.clip(large + 0.5, 0, 255), np.uint8)
