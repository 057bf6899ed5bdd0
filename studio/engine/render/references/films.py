"""A film that follows references: their palette over every frame, and their subjects as plates of the scene."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.composite.blending import Figure, put
from studio.engine.render.drawn_scene import draw_scene
from studio.engine.render.inbetween.flow import spread_from
from studio.engine.render.motion.plates import Plate
from studio.engine.render.motion.stage import Film, Planes
from studio.engine.render.reference import Change, Palette, Reference, in_rgb, joined
from studio.engine.render.references.subjects import Cast, ground_of, light_of, placed, told
from studio.engine.render.scene.layers import Motion
from studio.media.colour import RGB_TO_YUV_709, halve, rgb_to_yuv444, yuv420_to_rgb

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]

WEIGHT = 0.6            # a video's contract has no balance: that of a picture without one
_FRONT = frozenset({"grass", "reeds", "ferns", "front", "undergrowth"})
_INVERSE = np.linalg.inv(RGB_TO_YUV_709[:, :3].astype(np.float64))
_YUV_TO_RGB = np.column_stack([_INVERSE, -_INVERSE @ RGB_TO_YUV_709[:, 3].astype(np.float64)]).astype(np.float32)
_NEAREST = 0.86
_LIT_BY = 480           # the scene is drawn this large to light the figures by


class GradedFilm:
    """A film with its colours changed. `share_at` says for each moment (0 to 1) how much of the change is there."""

    def __init__(self, film: Film, change: Change, frames: int, share_at: Callable[[float], float]) -> None:
        self._film, self._change, self._frames, self._share_at = film, change, frames, share_at

    def planes(self, index: int) -> Planes:
        """Y, Cb and Cr of frame `index`. Colour is changed at the chroma's size; luma takes the change of light from there
        and keeps its own detail."""
        planes = self._film.planes(index)
        share = self._share_at(index / max(self._frames - 1, 1))
        if share <= 0:
            return planes
        y, u, v = planes
        small = halve(y)
        rgb = np.asarray(cv2.transform(cv2.merge([small, u, v]), _YUV_TO_RGB), np.uint8)
        lab = np.asarray(cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)
        back = np.asarray(cv2.cvtColor(self._change.made(lab), cv2.COLOR_LAB2RGB), np.float32)
        changed = rgb_to_yuv444(np.clip(back * 255 + 0.5, 0, 255).astype(np.uint8))
        lift = (changed[..., 0].astype(np.float32) - small) * np.float32(share)
        wide = cv2.resize(lift, (y.shape[1], y.shape[0]), interpolation=cv2.INTER_LINEAR)
        light = np.clip(y + wide + np.float32(0.5), 16, 235).astype(np.uint8)
        _, blue, red = cv2.split(changed)
        return (light, np.asarray(cv2.addWeighted(blue, share, u, 1 - share, 0.0), np.uint8),
                np.asarray(cv2.addWeighted(red, share, v, 1 - share, 0.0), np.uint8))


def change_of(film: Film, frames: int, references: Sequence[Reference], weight: float = WEIGHT) -> Change:
    """What brings a film to the palette of references."""
    samples = [yuv420_to_rgb(*film.planes(round((frames - 1) * at))) for at in (0.0, 0.5, 1.0)]
    return Change.between(Palette.of(samples), joined([reference.palette for reference in references]), weight)


def subject_plates(cast: Cast, prompt: str, size: tuple[int, int], margin: int, seed: int, change: Change,
                   weight: float = WEIGHT) -> tuple[list[Plate], list[dict[str, object]]]:
    """The subjects as plates of a scene of that size, with their shadows, lit as the scene is; and what stands where.

    The film's colours will be changed by `change`: the subjects are lit by the scene as it is then, and come out of the
    change in their own colours.
    """
    if cast.words is None:
        return [], []
    width, height = size
    factor = min(1.0, _LIT_BY / max(size))
    drawn = draw_scene(cast.words, max(16, round(width * factor)), max(16, round(height * factor)), seed, lambda _: None)
    light = light_of(drawn)
    scene = np.asarray(cv2.resize(in_rgb(drawn.rgb, change.made), size, interpolation=cv2.INTER_CUBIC), np.uint8)
    plates, placements = [], []
    ground = ground_of(drawn)
    for placement, figure in placed(cast, ground, prompt, width, height, weight):
        after = scene.copy()
        put(after, figure, placement, light, min(width, height) / 1000)
        foot = (placement.top + placement.height) / height
        depth = _depth(ground.horizon, foot) if placement.grounded else _NEAREST
        plates.append(_plate(scene, after, figure, depth, 0 if placement.grounded else margin, change))
        placements.append(placement)
    return plates, told(cast, placements, width)


def with_subjects(plates: Sequence[Plate], subjects: Sequence[Plate]) -> list[Plate]:
    """The subjects stand before the scene and behind what grows at its front."""
    first = next((at for at, plate in enumerate(plates) if plate.depth > 0.85 and plate.name in _FRONT), len(plates))
    return [*plates[:first], *subjects, *plates[first:]]


def _plate(before: Bytes, after: Bytes, figure: Figure, depth: float, below: int, change: Change) -> Plate:
    """What came into a picture as a layer of its own: added = cover · colour, kept = (1 - cover) · (1 - shadow).

    One that the frame's foot cuts off goes on `below` it by as many rows, for a camera that moves."""
    rows, columns = before.shape[:2]
    there, part = figure.window(before)
    cover = np.zeros((rows, columns), np.float32)
    cover[there] = figure.alpha[part]
    bare = (cover < 0.004).astype(np.float32)
    ratio = (after.astype(np.float32) + 1).sum(axis=2) / (before.astype(np.float32) + 1).sum(axis=2)
    shadow = spread_from(np.clip(1 - ratio, 0, 1)[..., None], bare)[..., 0]
    shadow[shadow < 0.01] = 0
    behind = before * (1 - shadow)[..., None]
    colour = np.clip((after - (1 - cover)[..., None] * behind) / np.maximum(cover, 0.05)[..., None], 0, 255)
    own = figure.rgb[part]
    firm = cover[there][..., None] > 0.25  # a thin rim takes the figure's own colours: a division would make noise of it
    colour[there] = np.where(firm, colour[there], own)
    yuv = rgb_to_yuv444(in_rgb(colour.astype(np.uint8), change.unmade)).astype(np.float32)
    dark = (1 - cover) * shadow
    packed = np.empty((rows, columns, 4), np.uint8)
    packed[..., 0] = np.clip(yuv[..., 0] * cover + 16 * dark + 0.5, 0, 255)
    packed[..., 1:3] = np.clip(yuv[..., 1:] * cover[..., None] + 128 * dark[..., None] + 0.5, 0, 255)
    packed[..., 3] = np.clip((1 - cover - dark) * 255 + 0.5, 0, 255)
    seen = packed[..., 3] < 254
    x, y, wide, high = cv2.boundingRect(seen.astype(np.uint8))
    cut = packed[y : y + high, x : x + wide]
    if below and y + high >= rows:
        cut = np.concatenate([cut, np.repeat(cut[-1:], below, axis=0)])
    cut = np.ascontiguousarray(cut)
    return Plate("reference", depth, Motion.STILL, cut, x, y, np.zeros(len(cut), np.bool_))


def _depth(horizon: float, foot: float) -> float:
    """Of what stands with its foot there (shares of the height): the same as the scene's own subjects have."""
    return float(np.clip(0.2 + 0.62 * (foot - horizon) / max(1 - horizon, 0.1), 0.12, _NEAREST))
