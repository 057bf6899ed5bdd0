"""Taking over how a reference is composed: the part of a larger drawn scene is chosen, turned round if need be, in which
light and dark and what stands out lie most as they do in the references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.reference import LAYOUT, Reference, layout_of, lightness, salience_of

Bytes = NDArray[np.uint8]
Field = NDArray[np.float32]

_WORK = 96
_SCALES = (1.0, 0.92, 0.84, 1.08, 1.16)   # of the frame: what part of the drawn scene is shown
_PLACES = (0.0, -0.5, 0.5, -1.0, 1.0)
_COSTLY = 0.35        # what a change of the picture must bring, beside the balance


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a picture in shares of its sides. `likeness`: -1 to 1, how much it is composed like the references."""

    left: float
    top: float
    width: float
    height: float
    mirrored: bool
    likeness: float

    def cut(self, picture: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
        """That part of a picture (rows, columns, channels) at another size."""
        rows, columns = picture.shape[:2]
        x0, y0 = round(self.left * columns), round(self.top * rows)
        part = picture[y0 : y0 + max(round(self.height * rows), 1), x0 : x0 + max(round(self.width * columns), 1)]
        way = cv2.INTER_AREA if part.shape[1] > width else cv2.INTER_CUBIC
        if part.shape[:2] != (height, width):
            part = np.asarray(cv2.resize(np.ascontiguousarray(part), (width, height), interpolation=way), np.float32)
            np.maximum(part, 0, out=part)
        return np.ascontiguousarray(part[:, ::-1] if self.mirrored else part)


def likeness(picture: Bytes, references: Sequence[Reference]) -> float:
    """-1 to 1: how much light and dark and what stands out in a picture lie as in the references, which count alike."""
    maps = layout_of(lightness(_small(picture))), layout_of(salience_of(picture))
    return _likeness(*maps, *_wanted(references))


def best_window(picture: Bytes, margin: float, references: Sequence[Reference], weight: float, *,
                may_mirror: bool = True) -> Window:
    """The best part of a picture (sRGB) that has `margin` (a share of its own sides) beyond the frame on every side.

    `weight` 0 to 1: 0 gives the frame itself; the larger, the further the part may lie from it.
    """
    light, salient = lightness(_small(picture)), np.asarray(cv2.resize(salience_of(picture), _size(picture)), np.float32)
    wanted = _wanted(references)
    best: Window | None = None
    most = -np.inf
    for window, change in _windows(margin, may_mirror):
        alike = _likeness(layout_of(_part(light, window)), layout_of(_part(salient, window)), *wanted)
        value = weight * alike - (1 - weight) * _COSTLY * change
        if value > most + 1e-9:
            most = value
            best = Window(window.left, window.top, window.width, window.height, window.mirrored, alike)
    if best is None:  # there is always the frame itself
        raise ValueError("a picture without a frame")
    return best


def _windows(margin: float, may_mirror: bool) -> Iterator[tuple[Window, float]]:
    """Every part that is tried, with how far it is from the frame itself (first, 0)."""
    frame = 1 - 2 * margin
    for mirrored in (False, True) if may_mirror else (False,):
        for scale in _SCALES:
            side = min(frame * scale, 1.0)
            room = (1 - side) / 2
            for across in _PLACES:
                for down in _PLACES:
                    change = abs(scale - 1) * 2 + (abs(across) + abs(down)) / 2 + (0.5 if mirrored else 0.0)
                    yield Window(room + across * room, room + down * room, side, side, mirrored, 0.0), change


def _part(values: Field, window: Window) -> Field:
    rows, columns = values.shape
    y0, x0 = round(window.top * rows), round(window.left * columns)
    part = values[y0 : max(round((window.top + window.height) * rows), y0 + 1),
                  x0 : max(round((window.left + window.width) * columns), x0 + 1)]
    return np.ascontiguousarray(part[:, ::-1] if window.mirrored else part)


def _wanted(references: Sequence[Reference]) -> tuple[Field, Field]:
    light = np.mean([reference.layout for reference in references], axis=0)
    salient = np.mean([reference.salient for reference in references], axis=0)
    return np.asarray(light, np.float32), np.asarray(salient, np.float32)


def _likeness(light: Field, salient: Field, wanted_light: Field, wanted_salient: Field) -> float:
    return 0.5 * _together(light, wanted_light) + 0.5 * _together(salient, wanted_salient)


def _together(one: Field, other: Field) -> float:
    """Correlation of two 16×16 maps with mean 0."""
    size = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / size if size > 1e-3 * LAYOUT else 0.0


def _size(picture: Bytes) -> tuple[int, int]:
    factor = _WORK / max(picture.shape[:2])
    return max(LAYOUT, round(picture.shape[1] * factor)), max(LAYOUT, round(picture.shape[0] * factor))


def _small(picture: Bytes) -> Bytes:
    return np.asarray(cv2.resize(picture, _size(picture), interpolation=cv2.INTER_AREA), np.uint8)
