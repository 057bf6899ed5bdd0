"""A clip's end taken apart: what lies behind the things that move, the things themselves, and what is restless in each.

Each part is held still (the camera's motion and its own taken out) over the last moments, so that what stirs in it (water,
leaves, legs) can be played on as a loop: Schödl et al. 2000, "Video Textures".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.continuation.drift import Drift, Matrix, Mover
from studio.engine.render.continuation.tail import Bytes, Tail
from studio.engine.render.inbetween.flow import spread_from

Map = NDArray[np.float32]

_BLEND = 6            # frames over which a loop's end runs into its beginning
_LEAST_LOOP = 14
_TREMBLE = 0.25
_RESTLESS = (2.5, 7.0)   # deviation of luma over the last moments: from still to fully restless


@dataclass(frozen=True, slots=True)
class Plate:
    """`rgb`: the part as it is at last, at the frame's size; `alpha` where it is (None: everywhere). `loop`: what it looks
    like over the last moments, held still, smaller; `restless`: where that counts, of the loop's size."""

    rgb: Bytes
    alpha: Map | None
    loop: tuple[Bytes, ...]
    begin: int
    restless: Map
    right: float = 0.0
    down: float = 0.0

    def moment(self, number: int) -> Bytes | None:
        """The loop's picture `number` frames after the clip's end (1 is the first); None where nothing stirs."""
        length = len(self.loop) - 1 - self.begin
        if length < _LEAST_LOOP:
            return None
        at = (number - 1) % length + 1 + self.begin
        picture = self.loop[at]
        left = len(self.loop) - 1 - at
        if number <= _BLEND:
            return _mixed(picture, self.loop[-1], 1 - number / (_BLEND + 1))
        if left < _BLEND and at - length >= 0:
            return _mixed(picture, self.loop[at - length], 1 - (left + 1) / (_BLEND + 1))
        return picture


def plates_of(tail: Tail, drift: Drift) -> tuple[Plate, ...]:
    """The background first, then each thing that moves."""
    steps = drift.steps_at(tail.frames[0].shape[1])
    frames = _stilled(tail.frames, steps, 0.0, 0.0, tail.step)
    movers = drift.movers
    covered = _at_size([mover.mask for mover in movers], tail.frames[0].shape)
    behind = _behind(tail, frames, movers, covered)
    free = (1 - _swept(movers, covered.shape, len(frames), tail.step)) * _seen(steps, covered.shape)
    plates = [_plate(behind, None, frames, np.asarray(free, np.float32))]
    for mover in movers:
        held = _stilled(tail.frames, steps, mover.right, mover.down, tail.step)
        alpha = _at_size([mover.mask], tail.last.shape) * _unlike(tail.last, behind)
        small = _at_size([mover.mask], tail.frames[0].shape)
        plates.append(_plate(tail.last, alpha, held, small, mover.right, mover.down))
    return tuple(plates)


def _plate(rgb: Bytes, alpha: Map | None, frames: Sequence[Bytes], where: Map, right: float = 0.0,
           down: float = 0.0) -> Plate:
    grey = np.stack([np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8) for frame in frames[-24:]])
    low, high = _RESTLESS
    spread = cv2.GaussianBlur(grey.astype(np.float32).std(axis=0), (0, 0), max(2.0, max(grey.shape) / 160))
    # A still edge trembles a little as it is never laid on itself exactly: the steeper it is, the more.
    edges = cv2.morphologyEx(grey[-1], cv2.MORPH_GRADIENT, np.ones((3, 3))).astype(np.float32)
    tremble = cv2.GaussianBlur(edges, (0, 0), max(2.0, max(grey.shape) / 160)) * _TREMBLE
    restless = np.clip((spread - tremble - low) / (high - low), 0, 1) * where
    if float(restless.mean()) < 0.002:
        return Plate(rgb, alpha, (), 0, np.zeros(where.shape, np.float32), right, down)
    return Plate(rgb, alpha, tuple(frames), _loop_begin(grey, len(frames), restless), np.asarray(restless, np.float32),
                 right, down)


def _loop_begin(grey: NDArray[np.uint8], count: int, where: Map) -> int:
    """The earlier frame that is most like the last one, with the frame before it like the last but one."""
    first = count - len(grey)
    small = [cv2.resize(one.astype(np.float32) * where, (80, 45), interpolation=cv2.INTER_AREA) for one in grey]
    best, least = count - 1, np.inf
    for at in range(max(_BLEND - first, 1), len(grey) - _LEAST_LOOP):
        off = float(np.abs(small[at] - small[-1]).mean() + np.abs(small[at - 1] - small[-2]).mean())
        if off < least:
            best, least = at + first, off
    return best


def _stilled(frames: Sequence[Bytes], steps: Sequence[Matrix], right: float, down: float, step: float) -> list[Bytes]:
    """Frames laid on the last one: by the camera's motion, and by the speed of one thing (long sides a second)."""
    rows, columns = frames[0].shape[:2]
    out = []
    for index, frame in enumerate(frames[:-1]):
        matrix = steps[index].copy()
        late = (len(frames) - 1 - index) * step * max(rows, columns)
        matrix[:, 2] += right * late, down * late
        out.append(np.asarray(cv2.warpAffine(frame, matrix, (columns, rows), borderMode=cv2.BORDER_REFLECT_101), np.uint8))
    return [*out, frames[-1]]


def _behind(tail: Tail, frames: Sequence[Bytes], movers: Sequence[Mover], covered: Map) -> Bytes:
    """The last frame without its moving things: what the moments before showed at their place, else what is around."""
    if not movers:
        return tail.last
    rows, columns = covered.shape
    total, weight = np.zeros((rows, columns, 3), np.float32), np.zeros((rows, columns), np.float32)
    for index in range(0, len(frames), 3):
        late = (len(frames) - 1 - index) * tail.step * max(rows, columns)
        free = np.ones((rows, columns), np.float32)
        for mover in movers:
            there = np.array([[1.0, 0, -mover.right * late], [0, 1, -mover.down * late]])
            mask = cv2.warpAffine(_at_size([mover.mask], covered.shape), there, (columns, rows))
            free *= 1 - np.clip(cv2.GaussianBlur(cv2.dilate(mask, np.ones((5, 5))), (0, 0), 2.0) * 1.6, 0, 1)
        share = free**4
        total += frames[index] * share[..., None]
        weight += share
    known = np.clip(weight * 4, 0, 1)
    seen = total / np.maximum(weight, 1e-6)[..., None]
    filled = spread_from(np.asarray(seen, np.float32), np.asarray(known, np.float32))
    height, width = tail.last.shape[:2]
    large = cv2.resize(np.clip(filled, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    reach = cv2.dilate(covered, np.ones((7, 7)))
    share_of = _at_size([np.clip(cv2.GaussianBlur(reach, (0, 0), 2.5) * 1.5, 0, 1)], tail.last.shape)[..., None]
    return np.clip(tail.last * (1 - share_of) + large * share_of + 0.5, 0, 255).astype(np.uint8)


def _unlike(last: Bytes, behind: Bytes) -> Map:
    """Where the last picture is not what lies behind: the outline of things, closed within."""
    off = cv2.GaussianBlur(cv2.absdiff(last, behind).max(axis=2).astype(np.float32), (0, 0), 0.8)
    size = max(5, max(last.shape) // 40) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    seen = cv2.morphologyEx(np.clip((off - 6) / 10, 0, 1).astype(np.float32), cv2.MORPH_CLOSE, disc)
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), 0.8), np.float32)


def _seen(steps: Sequence[Matrix], shape: tuple[int, ...]) -> Map:
    """Where all of the last moments show something: a camera that moves saw less of the rim before."""
    rows, columns = shape[:2]
    out = np.ones((rows, columns), np.float32)
    for step in steps:
        np.minimum(out, cv2.warpAffine(np.ones((rows, columns), np.float32), step, (columns, rows)), out=out)
    size = max(3, columns // 48) | 1
    inside = cv2.erode(out, np.ones((size, size)), borderValue=1.0)
    return np.asarray(cv2.GaussianBlur(inside.astype(np.float32), (0, 0), size / 4), np.float32)


def _swept(movers: Sequence[Mover], shape: tuple[int, ...], count: int, step: float) -> Map:
    """Where moving things have been over the last moments: nothing of these places can be played again."""
    rows, columns = shape[:2]
    out = np.zeros((rows, columns), np.float32)
    for mover in movers:
        mask = cv2.dilate(_at_size([mover.mask], shape), np.ones((7, 7)))
        for back in range(count):
            late = back * step * max(rows, columns)
            moved = np.array([[1.0, 0, -mover.right * late], [0, 1, -mover.down * late]])
            np.maximum(out, cv2.warpAffine(mask, moved, (columns, rows)), out=out)
    return np.asarray(np.clip(cv2.GaussianBlur(out, (0, 0), 2.0) * 1.6, 0, 1), np.float32)


def _at_size(masks: Sequence[Map], shape: tuple[int, ...]) -> Map:
    """The highest of the masks at a picture's size; 0 without any."""
    out = np.zeros(shape[:2], np.float32)
    for mask in masks:
        np.maximum(out, cv2.resize(mask, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), out=out)
    return out


def _mixed(one: Bytes, other: Bytes, share: float) -> Bytes:
    return np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0.0), np.uint8)
