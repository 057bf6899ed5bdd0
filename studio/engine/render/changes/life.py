"""What goes on moving by itself after a clip's end: things on their way go on a little and come to rest; water, leaves and
smoke go on as before, from moments of the last seconds that fit (Schödl et al. 2000, "Video Textures")."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.changes.flow import (
    CameraStep,
    Flow,
    Map,
    camera_field,
    camera_step,
    flow_to,
    other_shot,
    pulled,
    sized,
)

Bytes = NDArray[np.uint8]
Matrix = NDArray[np.float64]

SIDE = 240
_PAIRS = 6             # how many of the last steps tell how fast things go
_FARTHEST = 0.10       # of the width: a moment from which the camera was farther away cannot stand in
_FARTHEST_GROW = 0.10
_OTHER_LIGHT = 4.0     # levels: a moment that is so much brighter or darker cannot stand in
_WATCHED = 24          # how many of the last steps tell what is on its way
_AS_GOOD = 1.25
_ALWAYS, _FAST = 0.8, 0.3
_STILL = 0.12          # pixels of the small copy a frame: less is no motion
_COHERENT = 0.72       # how much of all motion goes one way where a thing is on its way
_LEAST_BODY, _MOST_BODY = 12, 0.12     # pixels, and share of the frame: what is larger bends as it goes
_OVERLAP_S, _SHORTEST_S = 0.4, 0.5


@dataclass(frozen=True, slots=True)
class Loop:
    """Moments that follow each other well: after `end` (the last frame) comes `begin` + 1, and so on around.

    `overlap`: for so many frames at the end of each round the next one is faded in.
    """

    begin: int
    end: int
    overlap: int

    @property
    def period(self) -> int:
        return self.end - self.begin

    def at(self, count: int) -> tuple[int, int | None, float]:
        """For the `count`-th frame after the end (1, 2…): the moment, the one that is faded in (or None), and its share."""
        phase = (count - 1) % self.period + 1
        moment = self.begin + phase
        into = phase - (self.period - self.overlap)
        if into <= 0:
            return moment, None, 0.0
        return moment, moment - self.period, into / (self.overlap + 1)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a clip's last frames move.

    `camera`: the camera's step from frame to frame at the end, `lively`: whether the camera moved at all in the last second.
    `local`: how things move beside that, (rows, columns, 2) in shares of the width a frame; `going`: 0 to 1, where they are
    on their way somewhere. `to_last`: for each of the last frames, what turns its points into the last one's (2×3, shares of
    the width from the middle). `loop`: None where no moment fits.
    """

    camera: CameraStep
    lively: bool
    local: Flow
    going: Map
    to_last: tuple[Matrix, ...]
    loop: Loop | None


def ending_of(lumas: Sequence[Bytes], fps: float) -> Ending:
    """Look at the last frames of a clip, by their luma (rows, columns). One is enough to stand still."""
    greys = [sized(luma, SIDE) for luma in lumas]
    rows, columns = greys[-1].shape
    backs = _flows_of_last_shot(greys)
    greys = greys[len(greys) - len(backs) - 1 :]
    motions = [np.asarray(-back, np.float32) for back in backs]
    steps = [camera_step(motion) for motion in motions]
    camera = _usual(steps[-_PAIRS:])
    locals_ = [np.asarray(motion - camera_field(step, rows, columns), np.float32)
               for motion, step in zip(motions, steps, strict=True)]
    local, going = _own_motion(locals_, backs, rows, columns)
    to_last = _to_last(steps)
    missing = len(lumas) - len(greys)
    loop = _loop(greys, to_last, fps)
    if loop is not None and missing:
        loop = Loop(loop.begin + missing, loop.end + missing, loop.overlap)
    lively = any(abs(step.x) + abs(step.y) + abs(step.grow) > 4e-4 for step in steps[-round(fps) :])
    placed = (np.eye(2, 3),) * missing + to_last
    return Ending(camera, lively, np.asarray(local / np.float32(columns), np.float32), going, placed, loop)


def _flows_of_last_shot(greys: Sequence[Bytes]) -> list[Flow]:
    """The flows from each frame to the one before, of the last shot only."""
    backs: list[Flow] = []
    for now, before in zip(greys[::-1], greys[-2::-1], strict=False):
        back = flow_to(now, before)
        if other_shot(now, before, back):
            break
        backs.append(back)
    return backs[::-1]


def _usual(steps: Sequence[CameraStep]) -> CameraStep:
    """The mean step, later ones counting more."""
    if not steps:
        return CameraStep()
    weights = np.arange(1, len(steps) + 1, dtype=np.float64)
    weights /= weights.sum()
    values = np.array([(step.x, step.y, step.grow, step.turn) for step in steps])
    x, y, grow, turn = (float(value) for value in weights @ values)
    return CameraStep(x, y, grow, turn)


def _own_motion(motions: Sequence[Flow], backs: Sequence[Flow], rows: int, columns: int) -> tuple[Flow, Map]:
    """(motion at the last frame beside the camera's, where it is a way and not a shimmer)."""
    if not motions:
        return np.zeros((rows, columns, 2), np.float32), np.zeros((rows, columns), np.float32)
    carried = motions[-1]
    total, length = motions[-1].copy(), np.hypot(motions[-1][..., 0], motions[-1][..., 1])
    recent, weight = motions[-1].copy(), 1.0
    way = backs[-1].copy()
    for number, (motion, back) in enumerate(zip(motions[-2::-1], backs[-2::-1], strict=True), start=1):
        carried = pulled(motion, way)  # as it was where this point of the last frame came from
        total += carried
        length += np.hypot(carried[..., 0], carried[..., 1])
        if number < _PAIRS:
            share = 1 - number / _PAIRS
            recent, weight = recent + np.float32(share) * carried, weight + share
        if number >= _WATCHED:
            break
        way = np.asarray(way + pulled(back, way), np.float32)
    coherent = np.hypot(total[..., 0], total[..., 1]) / np.maximum(length, 1e-3)
    moving = length / min(len(motions), _WATCHED + 1) > _STILL
    going = ((coherent > _COHERENT) & moving & ~_flowing(motions)).astype(np.float32)
    firm = np.asarray(cv2.morphologyEx(going, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.float32)
    soft = np.asarray(cv2.GaussianBlur(cv2.dilate(firm, np.ones((9, 9), np.uint8)), (0, 0), 3.0), np.float32)
    own = np.asarray(cv2.GaussianBlur(recent / np.float32(weight), (0, 0), 1.5), np.float32)
    return _as_bodies(own, firm), soft


def _flowing(motions: Sequence[Flow]) -> NDArray[np.bool_]:
    """Where something moves through all the time, and fast: a stream, waves, rain. A thing on its way comes and goes."""
    speeds = np.stack([np.hypot(motion[..., 0], motion[..., 1]) for motion in motions[-_WATCHED:]])
    always = cv2.blur((speeds > _STILL).mean(axis=0).astype(np.float32), (5, 5)) > _ALWAYS
    return np.asarray(always & (cv2.blur(speeds.mean(axis=0).astype(np.float32), (5, 5)) > _FAST), np.bool_)


def _as_bodies(motion: Flow, going: Map) -> Flow:
    """Small things on their way move as one: the flow knows their rims, and lags behind inside them and around them."""
    speed = np.hypot(motion[..., 0], motion[..., 1])
    moving = ((going > 0.5) & (speed > _STILL)).astype(np.uint8)
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(moving)
    out = motion.copy()
    for label in range(1, count):
        area = int(statistics[label, cv2.CC_STAT_AREA])
        if not _LEAST_BODY <= area <= _MOST_BODY * labels.size:
            continue
        inside = labels == label
        fast = inside & (speed >= np.quantile(speed[inside], 0.6))
        reach = cv2.dilate(inside.astype(np.float32), np.ones((5, 5), np.uint8))
        share = cv2.GaussianBlur(reach, (0, 0), 1.5)[..., None]
        out += (np.median(motion[fast], axis=0) - out) * share
    return np.asarray(out, np.float32)


def _to_last(steps: Sequence[CameraStep]) -> tuple[Matrix, ...]:
    """For each frame (one more than steps) what turns its points into the last one's."""
    whole = np.eye(3)
    out = [whole[:2].copy()]
    for step in reversed(steps):
        whole = whole @ _matrix(step)
        out.append(whole[:2].copy())
    return tuple(reversed(out))


def _matrix(step: CameraStep) -> Matrix:
    scale = math.exp(step.grow)
    cosine, sine = scale * math.cos(step.turn), scale * math.sin(step.turn)
    return np.array([[cosine, -sine, step.x], [sine, cosine, step.y], [0, 0, 1]], np.float64)


def in_last(values: NDArray[np.uint8], matrix: Matrix) -> Bytes:
    """A frame as it would lie in the last one's camera."""
    rows, columns = values.shape[:2]
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2])
    placed = matrix.copy()
    placed[:, 2] = matrix[:, 2] * columns + middle - matrix[:, :2] @ middle
    return np.asarray(cv2.warpAffine(values, placed, (columns, rows), flags=cv2.INTER_LINEAR,
                                     borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _loop(greys: Sequence[Bytes], to_last: Sequence[Matrix], fps: float) -> Loop | None:
    """The moment that fits best after the last frame; None where there are too few, or the camera was elsewhere."""
    end = len(greys) - 1
    first = end
    while first > 0 and _near(to_last[first - 1]):
        first -= 1
    overlap = min(round(_OVERLAP_S * fps), (end - first) // 4)
    shortest = max(round(_SHORTEST_S * fps), overlap + 1)
    if overlap < 2 or end - first < overlap + shortest:
        return None
    placed = {index: in_last(greys[index], to_last[index]).astype(np.float32) for index in range(first, end + 1)}
    looks = range(0, overlap, max(overlap // 4, 1))
    fits: list[tuple[float, int]] = []
    for begin in range(first + overlap, end - shortest + 1):
        if abs(float(placed[begin].mean() - placed[end].mean())) > _OTHER_LIGHT:
            continue
        off = float(np.mean([np.abs(placed[end - look] - placed[begin - look]).mean() for look in looks]))
        fits.append((off, begin))
    if not fits:
        return None
    best = min(off for off, _ in fits)
    # Of those that fit about as well the longest round: it repeats least.
    return Loop(min(begin for off, begin in fits if off <= _AS_GOOD * best + 0.1), end, overlap)


def _near(matrix: Matrix) -> bool:
    grow = math.log(max(math.hypot(matrix[0, 0], matrix[1, 0]), 1e-6))
    return bool(abs(grow) < _FARTHEST_GROW and float(np.abs(matrix[:, 2]).max()) < _FARTHEST)
