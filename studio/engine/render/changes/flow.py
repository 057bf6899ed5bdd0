"""Motion between two frames, looked for on small copies: dense flow (DIS, Kroeger et al. 2016) and what the camera does."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Flow = NDArray[np.float32]
Map = NDArray[np.float32]

SIDE = 320
_CUT = 0.35        # share of the frame that does not fit after moving, from where on it is another shot
_OFF = 40
_TINY = 256
_NO_MAP = np.empty((0, 0), np.float32)


def small_grey(rgb: Bytes, side: int = SIDE) -> Bytes:
    """Brightness, at most `side` pixels a side and at least 16."""
    return np.asarray(cv2.cvtColor(sized(rgb, side), cv2.COLOR_RGB2GRAY), np.uint8)


def sized(picture: Bytes, side: int) -> Bytes:
    """A small copy of a picture of any channels: at most `side` pixels a side and at least 16."""
    factor = min(1.0, side / max(picture.shape[:2]))
    size = max(round(picture.shape[1] * factor), 16), max(round(picture.shape[0] * factor), 16)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def flow_to(now: Bytes, before: Bytes) -> Flow:
    """For each pixel of `now` where it was in `before`, relative to itself: (rows, columns, 2) in pixels."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(0 if max(now.shape) <= _TINY else 1)  # the copies are small: nothing is left out
    found = search.calc(now, before, None)  # type: ignore[call-overload]
    return np.asarray(cv2.GaussianBlur(found, (0, 0), 1.0), np.float32)


def grid(rows: int, columns: int) -> Flow:
    """Each pixel's own place (x, y)."""
    return np.dstack(np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)))


def pulled(values: NDArray[np.generic], flow: Flow) -> Map:
    """`values` (of the flow's size) taken from where the flow points to."""
    places = grid(*flow.shape[:2]) + flow
    return np.asarray(cv2.remap(np.asarray(values, np.float32), places, _NO_MAP, cv2.INTER_LINEAR,
                                borderMode=cv2.BORDER_REPLICATE), np.float32)


def grown(flow: Flow, columns: int, rows: int) -> Flow:
    """A flow at another size: its arrows grow with it."""
    height, width = flow.shape[:2]
    large = np.asarray(cv2.resize(flow, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
    return np.asarray(large * np.array([columns / width, rows / height], np.float32), np.float32)


def other_shot(now: Bytes, before: Bytes, flow: Flow) -> bool:
    """Whether so much does not fit, even after moving, that a cut lies between two small greys."""
    if now.shape != before.shape:
        return True
    return float((np.abs(pulled(before, flow) - now) > _OFF).mean()) > _CUT


@dataclass(frozen=True, slots=True)
class CameraStep:
    """What the camera did from one frame to the next, as it moves the picture about its middle.

    `x`, `y`: shares of the frame's width, right and down; `grow`: natural logarithm of the scale; `turn`: radians.
    """

    x: float = 0.0
    y: float = 0.0
    grow: float = 0.0
    turn: float = 0.0

    def scaled(self, factor: float) -> CameraStep:
        return CameraStep(self.x * factor, self.y * factor, self.grow * factor, self.turn * factor)

    def plus(self, other: CameraStep) -> CameraStep:
        return CameraStep(self.x + other.x, self.y + other.y, self.grow + other.grow, self.turn + other.turn)


def camera_step(motion: Flow) -> CameraStep:
    """The similarity that explains most of a motion field (where each pixel goes), by RANSAC; none where nothing does."""
    rows, columns = motion.shape[:2]
    step = max(min(rows, columns) // 24, 1)
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2], np.float32)
    start = (grid(rows, columns)[::step, ::step] - middle).reshape(-1, 2)
    end = start + motion[::step, ::step].reshape(-1, 2)
    cv2.setRNGSeed(1)
    found: tuple[object, object] = cv2.estimateAffinePartial2D(start, end, method=cv2.RANSAC, ransacReprojThreshold=0.35,
                                                               maxIters=400, confidence=0.995)
    if found[0] is None:
        return CameraStep()
    matrix = np.asarray(found[0], np.float64)
    scale, turn = math.hypot(matrix[0, 0], matrix[1, 0]), math.atan2(matrix[1, 0], matrix[0, 0])
    if not 0.7 < scale < 1.4:
        return CameraStep()
    return CameraStep(float(matrix[0, 2]) / columns, float(matrix[1, 2]) / columns, math.log(scale), turn)


def camera_field(step: CameraStep, rows: int, columns: int) -> Flow:
    """Where each pixel goes by the camera's step alone, relative to itself."""
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2], np.float32)
    place = grid(rows, columns) - middle
    scale = math.exp(step.grow)
    cosine, sine = scale * math.cos(step.turn), scale * math.sin(step.turn)
    x = place[..., 0] * cosine - place[..., 1] * sine + step.x * columns
    y = place[..., 0] * sine + place[..., 1] * cosine + step.y * columns
    return np.asarray(np.dstack([x, y]) - place, np.float32)
