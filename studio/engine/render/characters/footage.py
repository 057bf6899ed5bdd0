"""A short clip made ready to be searched: a dozen small frames a second, the camera's motion, and what moves against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.clip.reading import Clip, shown_frames
from studio.engine.render.lipsync.frame_store import FrameStore
from studio.engine.render.matting import Bytes, Map
from studio.engine.render.task import RenderRefusedError

Matrix = NDArray[np.float64]

LEAST_SECONDS, MOST_SECONDS = 2.0, 4.0
SLACK_S = 0.2            # files round their times, and cuts fall between two frames
RATE = Fraction(12)
SMALL_SIDE, FULL_SIDE = 360, 1280
_STILL = 0.35            # share of points that stay where they are, from where on the camera stands still
_HOLE = 0.01             # share of a figure that a hole in its outline may have and be taken for a fault
_MOVED = 0.6             # pixels
_CELLS, _INNER = 10, 0.26
_NOISE = 9.0             # steps of Lab that codecs and sensors make by themselves


@dataclass(frozen=True, slots=True)
class Footage:
    """`small`: frames at `RATE`, at most 360 pixels a side; the store has the same ones at most 1280 a side. `seconds`: how
    long the clip lasts. `camera`: for each frame the 2×3 matrix from its pixels to those of the middle frame, by what most
    of the picture does."""

    small: tuple[Bytes, ...]
    seconds: float
    camera: tuple[Matrix, ...]

    @property
    def middle(self) -> int:
        return len(self.small) // 2


def read_footage(clip: Clip, store: FrameStore, check: Callable[[], object]) -> Footage:
    """The clip, read once. RenderRefusedError naming its field where it is not 2 to 4 s long."""
    _right_length(clip, clip.seconds or None)
    small: list[Bytes] = []
    end = Fraction(0)
    for shown in shown_frames(clip):
        check()
        end = shown.end
        if end > Fraction(MOST_SECONDS + SLACK_S) + 1:
            break
        if shown.end * RATE <= len(small):
            continue
        full = fitted(shown.rgb, FULL_SIDE)
        little = fitted(full, SMALL_SIDE)
        while shown.end * RATE > len(small):  # a slow clip shows a picture for longer
            store.add(full)
            small.append(little)
    _right_length(clip, float(end))
    if min(small[0].shape[:2]) < 48:
        raise RenderRefusedError("The clip is too small to cut a figure out of. Use one of 240 lines or more.",
                                 clip.field_name)
    return Footage(tuple(small), float(end), _camera(small))


def _right_length(clip: Clip, seconds: float | None) -> None:
    if seconds is None or LEAST_SECONDS - SLACK_S <= seconds <= MOST_SECONDS + SLACK_S:
        return
    words = f"The clip lasts {seconds:.1f} s. A character is made from 2 to 4 s: cut the clip to that length."
    raise RenderRefusedError(words, clip.field_name)


def fitted(rgb: Bytes, side: int) -> Bytes:
    """The picture, at most `side` pixels long and wide."""
    factor = side / max(rgb.shape[:2])
    if factor >= 1:
        return rgb
    size = max(1, round(rgb.shape[1] * factor)), max(1, round(rgb.shape[0] * factor))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def grey_of(rgb: Bytes) -> Bytes:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def whole(matrix: Matrix) -> Matrix:
    """A 2×3 matrix as 3×3, so that it can be multiplied and turned round."""
    return np.vstack([matrix, [0.0, 0.0, 1.0]])


def similarity(before: Bytes, after: Bytes, mask: Bytes) -> Matrix | None:
    """How what is seen in `mask` moved from one grey frame to the next: shift, turn and size, 2×3. None where too little
    can be followed."""
    points = cv2.goodFeaturesToTrack(before, 160, 0.01, max(min(before.shape) / 60, 3.0), mask=mask)
    return None if points is None else _moved(before, after, np.asarray(points, np.float32))


def _moved(before: Bytes, after: Bytes, points: Map, *, guess: Matrix | None = None, still: float = 1.1) -> Matrix | None:
    """The motion of points, (n, 1, 2), looked for where `guess` puts them. Where a share of `still` of them or more did not
    move, nothing did."""
    if len(points) < 8:
        return None
    first = points.copy() if guess is None else np.asarray(cv2.transform(points, guess), np.float32)
    after_points, status, _ = cv2.calcOpticalFlowPyrLK(before, after, points, first, winSize=(17, 17), maxLevel=3,
                                                       flags=cv2.OPTFLOW_USE_INITIAL_FLOW)
    good = status.ravel() == 1
    if good.sum() < 8:
        return None
    old, new = points[good].reshape(-1, 2), after_points[good].reshape(-1, 2)
    if float((np.hypot(*(new - old).T) < _MOVED).mean()) >= still:
        return np.eye(2, 3)
    cv2.setRNGSeed(3)
    found, inliers = cv2.estimateAffinePartial2D(old, new, ransacReprojThreshold=1.5)
    if found is None or int(inliers.sum()) < 6:
        return None
    size = float(np.hypot(found[0, 0], found[1, 0]))
    return np.asarray(found, np.float64) if 0.7 < size < 1.4 else None


def _camera(small: list[Bytes]) -> tuple[Matrix, ...]:
    """Each frame's matrix to the middle one. All are held against the middle frame itself, as a slow move is seen in a
    second, not from frame to frame."""
    greys = [grey_of(frame) for frame in small]
    middle = len(greys) // 2
    points = _rim_points(greys[middle])
    found = [np.eye(2, 3)] * len(greys)
    for way in (1, -1):
        for index in range(middle + way, len(greys) if way > 0 else -1, way):
            guess = found[index - way]
            step = _moved(greys[middle], greys[index], points, guess=guess, still=_STILL)
            found[index] = guess if step is None else step
    return tuple(np.asarray(cv2.invertAffineTransform(one), np.float64) for one in found)


def _rim_points(grey: Bytes) -> Map:
    """Points to follow at the sides and the top, where the figure seldom is, as many from each part: a figure full of detail
    would else outvote the room behind it."""
    rows, columns = grey.shape
    high, wide = rows // _CELLS + 1, columns // _CELLS + 1
    found = []
    for top in range(0, rows, high):
        for left in range(0, columns, wide):
            inner = _INNER * columns <= left + wide / 2 <= (1 - _INNER) * columns
            if inner and top + high / 2 >= _INNER * rows:
                continue
            cell = np.ascontiguousarray(grey[top : top + high, left : left + wide])
            points = cv2.goodFeaturesToTrack(cell, 4, 0.05, 3.0) if min(cell.shape) > 8 else None
            if points is not None:
                found.append(points + np.array([left, top], np.float32))
    return np.concatenate(found).astype(np.float32) if found else np.zeros((0, 1, 2), np.float32)


def moving_masks(footage: Footage, figure: tuple[Bytes, ...] | None = None) -> tuple[Bytes, ...]:
    """What differs from the clip's own background in each frame, as 0 and 1.

    The background is the median in time of the frames laid over the middle one: true where the figure covers a place for
    less than half the time. Where it is known in part already where the `figure` is, those places are left out of the
    median, and where it always is, it is taken as it is.
    """
    background, known = _background(footage, figure)
    rows, columns = background.shape[:2]
    masks = []
    for number, (frame, matrix) in enumerate(zip(footage.small, footage.camera, strict=True)):
        behind, sure = (cv2.warpAffine(one, matrix, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                                       borderMode=cv2.BORDER_REPLICATE) for one in (background, known))
        mask = _different(frame, np.asarray(behind, np.uint8))
        if figure is not None:
            mask = np.where(sure > 127, mask, figure[number])
        masks.append(one_piece(_closed(mask)))
    return tuple(masks)


def _background(footage: Footage, figure: tuple[Bytes, ...] | None) -> tuple[Bytes, Bytes]:
    """The clip without its figure in the middle frame's pixels, and where that is known (255)."""
    rows, columns = footage.small[0].shape[:2]
    laid = [cv2.warpAffine(frame, matrix, (columns, rows), borderMode=cv2.BORDER_REPLICATE)
            for frame, matrix in zip(footage.small, footage.camera, strict=True)]
    if figure is None:
        return np.median(np.stack(laid), axis=0).astype(np.uint8), np.full((rows, columns), 255, np.uint8)
    covered = np.stack([cv2.warpAffine(mask, matrix, (columns, rows), flags=cv2.INTER_NEAREST)
                        for mask, matrix in zip(figure, footage.camera, strict=True)]) > 0
    seen = (~covered).sum(axis=0)
    values = np.where(covered[..., None], 255, np.stack(laid))  # what is covered is sorted to the end
    values.sort(axis=0)
    place = np.broadcast_to((np.maximum(seen, 1) // 2)[None, ..., None], (1, rows, columns, 3))
    return np.take_along_axis(values, place, axis=0)[0].astype(np.uint8), np.where(seen >= 2, 255, 0).astype(np.uint8)


def _different(frame: Bytes, behind: Bytes) -> Bytes:
    one, other = (_soft_lab(picture) for picture in (frame, behind))
    distance = np.linalg.norm(one - other, axis=2)
    # Beside an edge a step of half a pixel, which no steadying is free of, is as large as the edge is steep.
    light = other[..., 0]
    steep = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.125))
    level = max(_NOISE, 3.0 * float(np.median(distance))) + cv2.dilate(steep, np.ones((3, 3), np.uint8))
    mask = (distance > level).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)


def _closed(mask: Bytes) -> Bytes:
    reach = max(3, max(mask.shape) // 110) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return np.asarray(cv2.morphologyEx(np.asarray(mask, np.uint8), cv2.MORPH_CLOSE, disc), np.uint8)


def _soft_lab(rgb: Bytes) -> Map:
    soft = cv2.GaussianBlur(rgb, (0, 0), 1.0).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.cvtColor(soft, cv2.COLOR_RGB2LAB), np.float32)


def one_piece(mask: Bytes) -> Bytes:
    """The largest piece alone, its small holes filled (between two legs one sees through); the lower rim closes a hole as a
    bust is closed there."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return mask
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    piece = np.pad((labels == largest).astype(np.uint8), ((1, 1), (1, 1)))
    columns = np.flatnonzero(piece[-2])
    if columns.size:
        piece[-1, columns[0] : columns[-1] + 1] = 1
    outside = piece.copy()
    cv2.floodFill(outside, np.zeros((outside.shape[0] + 2, outside.shape[1] + 2), np.uint8), (0, 0), (2,))
    holes, marks, hole_stats, _ = cv2.connectedComponentsWithStats((outside == 0).astype(np.uint8))
    for hole in range(1, holes):
        if hole_stats[hole, cv2.CC_STAT_AREA] < _HOLE * stats[largest, cv2.CC_STAT_AREA]:
            piece[marks == hole] = 1
    return np.ascontiguousarray(piece[1:-1, 1:-1])
