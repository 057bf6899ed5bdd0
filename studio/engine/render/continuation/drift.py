"""How a clip moves at its end: the camera's own motion, and things that move by themselves.

The camera's motion between two frames is the similarity that most of the dense flow (DIS, Kroeger et al. 2016) agrees on;
what the flow has beyond it, steadily over several frames and over a connected part of the picture, is a thing that moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]
Matrix = NDArray[np.float64]

SIDE = 320              # motion is measured at this size at most
_STEPS = 10             # how many of the last steps count for the speed
_LEAST_SPEED = 0.012    # of a thing, in long sides a second
_LEAST_AREA, _MOST_AREA = 0.004, 0.2   # of a thing, as shares of the frame
_CHANGE = 5.0           # of 255: from where on a place does not look as it did before
_MOST_THINGS = 4
_RESTING = 0.3          # share of the frame's structure that stands still, from where on the camera does


@dataclass(frozen=True, slots=True)
class CameraSpeed:
    """Of the picture, as it is seen: right and down in long sides a second, growth (log) and turn (radians) a second, about
    the frame's middle."""

    right: float
    down: float
    growth: float
    turn: float

    @property
    def moves(self) -> bool:
        return max(abs(self.right), abs(self.down), abs(self.growth), abs(self.turn)) > 0.008


@dataclass(frozen=True, slots=True)
class Mover:
    """A thing that moves: where it is in the last frame (SIDE at most, 0 to 1, soft), and its speed beside the camera's, in
    long sides a second."""

    mask: Map
    right: float
    down: float


@dataclass(frozen=True, slots=True)
class Drift:
    """`steps`: for each frame but the last the 2×3 matrix that takes its points to the last frame's, in the pixels of a
    picture `columns` wide."""

    camera: CameraSpeed
    movers: tuple[Mover, ...]
    steps: tuple[Matrix, ...]
    columns: int

    def steps_at(self, columns: int) -> tuple[Matrix, ...]:
        """The same for pictures of another width."""
        scale = np.array([1.0, 1.0, columns / self.columns])
        return tuple(np.asarray(step * scale, np.float64) for step in self.steps)


def drift_of(greys: Sequence[Bytes], step: float) -> Drift:
    """The motion at the end of a row of grey frames of one size, `step` seconds apart. One frame alone does not move."""
    rows, columns = greys[0].shape
    unit = float(max(rows, columns))
    if len(greys) < 2:
        return Drift(CameraSpeed(0.0, 0.0, 0.0, 0.0), (), (), columns)
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    pairs = list(pairwise(greys))
    flows = [np.asarray(finder.calc(one, other, None), np.float32) for one, other in pairs]  # type: ignore[call-overload]
    matrices = [_camera_step(flow, one) for flow, (one, _) in zip(flows, pairs, strict=True)]
    camera = _speed(matrices[-_STEPS:], step, columns, rows, unit)
    movers = _movers(greys, flows[-_STEPS:], matrices[-_STEPS:], step, unit)
    return Drift(camera, movers, _laid_on_last(greys, _to_last(matrices)), columns)


def _camera_step(flow: Map, grey: Bytes, *, may_rest: bool = True) -> Matrix:
    """The similarity that most of the flow agrees on, measured at the places with the most structure of each part of the
    frame; none where much of the frame stands still (`may_rest`), as then the rest moves by itself."""
    here = _structured(grey)
    still = np.array([[1.0, 0, 0], [0, 1, 0]])
    if len(here) < 12:
        return still
    arrows = flow[here[:, 1].astype(int), here[:, 0].astype(int)]
    found, agree = cv2.estimateAffinePartial2D(here, here + arrows, method=cv2.RANSAC, ransacReprojThreshold=0.6,
                                               maxIters=600)
    matrix = np.asarray(found, np.float64)
    if matrix.shape != (2, 3):  # nothing was found
        return still
    resting = float((np.hypot(arrows[:, 0], arrows[:, 1]) < 0.3).mean())
    growth = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if may_rest and resting > _RESTING and resting > 0.5 * float(np.asarray(agree).mean()):
        return still
    return matrix if 0.8 < growth < 1.25 else still


def _laid_on_last(greys: Sequence[Bytes], steps: Sequence[Matrix]) -> tuple[Matrix, ...]:
    """The same matrices with what many small errors have summed up to taken out: each frame is laid on the last again."""
    rows, columns = greys[-1].shape
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    found = []
    for grey, step in zip(greys[:-1], steps, strict=True):
        laid = np.asarray(cv2.warpAffine(grey, step, (columns, rows), borderMode=cv2.BORDER_REFLECT_101), np.uint8)
        rest = np.asarray(finder.calc(laid, greys[-1], None), np.float32)  # type: ignore[call-overload]
        better = _camera_step(rest, laid, may_rest=False) @ np.vstack([step, [0, 0, 1]])
        found.append(np.asarray(better, np.float64))
    return tuple(found)


def _structured(grey: Bytes) -> NDArray[np.float32]:
    """Points (n, 2) where motion can be told, as many from each part of the frame."""
    structure = cv2.GaussianBlur(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (0, 0), 1.5)
    rows, columns = grey.shape
    high, wide = max(8, rows // 7), max(8, columns // 10)
    found = []
    for top in range(2, rows - high + 1, high):
        for left in range(2, columns - wide + 1, wide):
            cell = structure[top : top + high : 2, left : left + wide : 2]
            best = np.argsort(cell, axis=None)[-12:]
            at_y, at_x = np.unravel_index(best[cell.ravel()[best] > 2.0], cell.shape)
            found.append(np.stack([left + 2 * at_x, top + 2 * at_y], axis=1))
    return np.concatenate(found).astype(np.float32) if found else np.zeros((0, 2), np.float32)


def _speed(matrices: Sequence[Matrix], step: float, columns: int, rows: int, unit: float) -> CameraSpeed:
    middle = np.array([columns / 2, rows / 2])
    measured = []
    for matrix in matrices:
        shift = matrix[:, :2] @ middle + matrix[:, 2] - middle
        growth = np.log(np.hypot(matrix[0, 0], matrix[1, 0]))
        measured.append([shift[0] / unit, shift[1] / unit, growth, np.arctan2(matrix[1, 0], matrix[0, 0])])
    # A held camera trembles: the middle of the last steps says where it goes.
    right, down, growth, turn = np.median(np.array(measured[-6:]), axis=0) / step
    return CameraSpeed(float(right), float(down), float(growth), float(turn))


def _movers(greys: Sequence[Bytes], flows: Sequence[Map], steps: Sequence[Matrix], step: float,
            unit: float) -> tuple[Mover, ...]:
    """`flows` and the camera's `steps` of the last frames. What fills much of the frame or runs through it from side to side
    is no thing but a stream: it stays where it is."""
    rows, columns = flows[0].shape[:2]
    mean, spread = _own_flow(flows, steps)
    speed = np.hypot(mean[..., 0], mean[..., 1])
    least = max(_LEAST_SPEED * unit * step, 0.35)
    steady = ((speed > least) & (speed > 0.8 * spread)).astype(np.uint8)
    # The flow is of the frame before the last: what moves is by now one step further, which the wider brush covers.
    near = cv2.dilate(steady, _disc(9))
    shape = (near > 0) & (_changed(greys, _to_last(steps)) > _CHANGE)
    whole = np.asarray(cv2.morphologyEx(shape.astype(np.uint8), cv2.MORPH_CLOSE, _disc(11)), np.uint8)
    whole = np.asarray(cv2.morphologyEx(_without_holes(whole), cv2.MORPH_OPEN, _disc(5)), np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(whole)
    found: list[Mover] = []
    for label in sorted(range(1, count), key=lambda one: -int(stats[one, cv2.CC_STAT_AREA])):
        part = (labels == label) & (steady > 0)
        share = stats[label, cv2.CC_STAT_AREA] / (rows * columns)
        if len(found) == _MOST_THINGS or share < _LEAST_AREA:
            break
        if share > _MOST_AREA or stats[label, cv2.CC_STAT_WIDTH] > 0.8 * columns or part.sum() < 9:
            continue
        right, down = (float(np.median(mean[..., axis][part])) for axis in (0, 1))
        right, down = _measured(greys, _to_last(steps), stats[label], right, down)
        soft = cv2.GaussianBlur(cv2.dilate((labels == label).astype(np.float32), _disc(3)), (0, 0), 1.2)
        found.append(Mover(np.asarray(soft, np.float32), right / unit / step, down / unit / step))
    return tuple(found)


def _own_flow(flows: Sequence[Map], steps: Sequence[Matrix]) -> tuple[Map, Map]:
    """(the flow without the camera's, mean of the last steps; how far it differs between them)."""
    rows, columns = flows[0].shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    own = []
    for flow, matrix in list(zip(flows, steps, strict=True))[-5:]:
        led_x = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] - x
        led_y = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] - y
        own.append(flow - np.dstack([led_x, led_y]))
    mean = np.mean(own, axis=0)
    spread = np.sqrt(np.mean([np.sum((one - mean) ** 2, axis=2) for one in own], axis=0))
    return np.asarray(mean, np.float32), np.asarray(spread, np.float32)


def _changed(greys: Sequence[Bytes], to_last: Sequence[Matrix]) -> Map:
    """How much the last frame differs from each of some frames before it, the least of them: what was uncovered is alike in
    one of them, what covers is like none."""
    rows, columns = greys[-1].shape
    least = np.full((rows, columns), 255.0, np.float32)
    for back in (2, 4, 6, 9):
        if back < len(greys) and back <= len(to_last):
            laid = cv2.warpAffine(greys[-1 - back], to_last[-back], (columns, rows), borderMode=cv2.BORDER_REPLICATE)
            off = cv2.absdiff(laid, greys[-1]).astype(np.float32)
            least = np.minimum(least, cv2.GaussianBlur(off, (0, 0), 1.5))
    return least


def _measured(greys: Sequence[Bytes], to_last: Sequence[Matrix], box: NDArray[np.int32], right: float,
              down: float) -> tuple[float, float]:
    """The speed of a thing (pixels a frame) by finding it again some frames before: flow smooths speeds down."""
    back = min(6, len(to_last))
    rows, columns = greys[-1].shape
    left, top, wide, high = (int(value) for value in box[:4])
    thing = greys[-1][top : top + high, left : left + wide]
    earlier = cv2.warpAffine(greys[-1 - back], to_last[-back], (columns, rows), borderMode=cv2.BORDER_REPLICATE)
    reach = 4 + round(0.6 * back * max(abs(right), abs(down)))
    x, y = round(left - right * back), round(top - down * back)
    x0, y0 = max(x - reach, 0), max(y - reach, 0)
    field = earlier[y0 : min(y + high + reach, rows), x0 : min(x + wide + reach, columns)]
    if field.shape[0] < high or field.shape[1] < wide:
        return right, down
    _, best, _, place = cv2.minMaxLoc(cv2.matchTemplate(field, thing, cv2.TM_CCOEFF_NORMED))
    return ((left - x0 - place[0]) / back, (top - y0 - place[1]) / back) if best > 0.6 else (right, down)


def _without_holes(mask: Bytes) -> Bytes:
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, cv2.FILLED), np.uint8)


def _disc(size: int) -> Bytes:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _to_last(matrices: Sequence[Matrix]) -> tuple[Matrix, ...]:
    total = np.eye(3)
    found: list[Matrix] = []
    for matrix in reversed(matrices):
        total = total @ np.vstack([matrix, [0, 0, 1]])
        found.append(total[:2].copy())
    return tuple(reversed(found))
