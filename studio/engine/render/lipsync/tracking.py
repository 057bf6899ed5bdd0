"""Where the mouth is in every frame: faces by OpenCV's cascade now and then, followed in between by optical flow, the mouth
by the smile cascade and the lips' red within the lower third of the face."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Grey = NDArray[np.uint8]
Row = NDArray[np.float32]

_Place = tuple[float, float, float, float]

_SIDE = 480            # frames are looked through at this size
_LOOK_EVERY = 5        # frames between two searches for the face
_LOST_AFTER = 24       # frames without a face, after which it counts as gone
_FADE = 6              # frames in which the effect comes and goes
_PATCH = 160           # faces are compared at this size
_PULL = 0.2            # how much of the way to a found face the followed one is corrected
# The mouth in a face's box where nothing tells better: in its lower third.
_MOUTH_X, _MOUTH_Y, _MOUTH_WIDTH = 0.5, 0.79, 0.40


@dataclass(frozen=True, slots=True)
class Mouth:
    """A mouth in one frame: its middle and width in pixels, its tilt in radians (clockwise), how far its corners lie below
    its middle (in widths; above in a smile: negative), and how surely it is there (0: not at all)."""

    x: float
    y: float
    width: float
    angle: float
    bend: float
    sure: float


@dataclass(slots=True)
class _Face:
    """A face being followed: middle, size of its box, tilt."""

    x: float
    y: float
    size: float
    angle: float = 0.0


def track_mouth(frames: Iterable[Bytes]) -> list[Mouth]:
    """The mouth in each frame (height, width, 3), sRGB; all with `sure` 0 where no face is found."""
    faces: list[_Face | None] = []
    found: list[bool] = []
    places: list[_Place] = []
    before: Grey | None = None
    face: _Face | None = None
    unseen, scale = 0, 1.0
    for index, frame in enumerate(frames):
        scale = max(max(frame.shape[:2]) / _SIDE, 1.0)
        small = _small(frame, scale)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
        if face is not None and before is not None:
            face = _followed(face, before, grey)
        seen = _search(grey, face) if index % _LOOK_EVERY == 0 or face is None else None
        if seen is not None:
            face = seen if face is None or _far(face, seen) else _pulled(face, seen)
            places.append(_mouth_in(small, seen))
        looked = index % _LOOK_EVERY == 0
        unseen = 0 if seen is not None else unseen + 1
        if looked and unseen > _LOST_AFTER:
            face = None
        faces.append(None if face is None else _Face(face.x, face.y, face.size, face.angle))
        found.append(face is not None)
        before = grey
    middle = tuple(float(np.median([place[axis] for place in places])) for axis in range(4)) if places else None
    sure = _faded(np.array(found, np.float32))
    return [_mouth_of(one, middle, scale, float(how)) for one, how in zip(faces, sure, strict=True)]


def _mouth_of(face: _Face | None, middle: tuple[float, ...] | None, scale: float, sure: float) -> Mouth:
    if face is None or middle is None:
        return Mouth(0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    across, down = (middle[0] - 0.5) * face.size, (middle[1] - 0.5) * face.size
    x = face.x + across * math.cos(face.angle) - down * math.sin(face.angle)
    y = face.y + across * math.sin(face.angle) + down * math.cos(face.angle)
    width = middle[2] * face.size * scale
    return Mouth((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5, width, face.angle, middle[3], sure)


def _small(frame: Bytes, scale: float) -> Bytes:
    size = max(round(frame.shape[1] / scale), 1), max(round(frame.shape[0] / scale), 1)
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8) if scale > 1 else frame


@lru_cache(maxsize=4)
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / f"haarcascade_{name}.xml"))


def _search(grey: Grey, near: _Face | None) -> _Face | None:
    """The face nearest to the followed one, else the largest; None where there is none."""
    least = max(min(grey.shape) // 9, 24)
    boxes = _cascade("frontalface_default").detectMultiScale(cv2.equalizeHist(grey), 1.1, 6, minSize=(least, least))
    faces = [_Face(float(x + w / 2), float(y + h / 2), float(w)) for x, y, w, h in boxes]
    if not faces:
        return None
    if near is not None:
        return min(faces, key=lambda face: math.hypot(face.x - near.x, face.y - near.y))
    return max(faces, key=lambda face: face.size)


def _far(face: _Face, seen: _Face) -> bool:
    return math.hypot(face.x - seen.x, face.y - seen.y) > 0.5 * face.size or not 0.6 < seen.size / face.size < 1.6


def _pulled(face: _Face, seen: _Face) -> _Face:
    """The cascade's boxes jump by a few pixels: they only keep the followed face from drifting away."""
    return _Face(face.x + _PULL * (seen.x - face.x), face.y + _PULL * (seen.y - face.y),
                 face.size + _PULL * (seen.size - face.size), face.angle * 0.98)


def _followed(face: _Face, before: Grey, grey: Grey) -> _Face:
    """The face moved, turned and grown as what is seen in its box did."""
    if before.shape != grey.shape:
        return face
    mask = np.zeros_like(before)
    axes = max(round(face.size * 0.4), 2), max(round(face.size * 0.5), 2)
    cv2.ellipse(mask, (round(face.x), round(face.y)), axes, 0, 0, 360, 255, -1)
    points = cv2.goodFeaturesToTrack(before, 60, 0.01, max(face.size / 24, 2), mask=mask)
    if points is None or len(points) < 8:
        return face
    after, status, _ = cv2.calcOpticalFlowPyrLK(before, grey, points, points.copy(), winSize=(15, 15), maxLevel=3)
    good = status.ravel() == 1
    if good.sum() < 8:
        return face
    matrix, _ = cv2.estimateAffinePartial2D(points[good], after[good], ransacReprojThreshold=1.0)
    if matrix is None:
        return face
    grown, turned = float(np.hypot(matrix[0, 0], matrix[1, 0])), math.atan2(matrix[1, 0], matrix[0, 0])
    if not 0.85 < grown < 1.18 or abs(turned) > 0.2:
        return face
    x, y = matrix @ np.array([face.x, face.y, 1.0])
    return _Face(float(x), float(y), face.size * grown, face.angle + turned)


def _mouth_in(small: Bytes, face: _Face) -> _Place:
    """Middle (x, y) of the mouth's line and its width, in shares of the face's box, and its bend."""
    half = face.size / 2
    matrix = np.array([[face.size / _PATCH, 0, face.x - half], [0, face.size / _PATCH, face.y - half]])
    patch = cv2.warpAffine(small, matrix, (_PATCH, _PATCH), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                           borderMode=cv2.BORDER_REPLICATE)
    smile = _smile(np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY), np.uint8))
    x, y, width = smile or (_MOUTH_X, _MOUTH_Y, _MOUTH_WIDTH)
    lips = _lips(np.asarray(patch, np.uint8))
    if lips is None:
        return x, y, width, 0.0
    return 0.5 * (x + lips[0]), lips[1], min(max(lips[2], 0.3), 0.5), lips[3]


def _smile(grey: Grey) -> tuple[float, float, float] | None:
    """The smile cascade's best box in the lower half of the face."""
    lower = grey[_PATCH // 2 :]
    boxes = _cascade("smile").detectMultiScale(lower, 1.1, 12, minSize=(_PATCH // 4, _PATCH // 8))
    near = [(x + w / 2, y + h / 2 + _PATCH / 2, w) for x, y, w, h in boxes if abs(x + w / 2 - _PATCH / 2) < _PATCH * 0.15]
    if not near:
        return None
    x, y, width = max(near, key=lambda box: box[2])
    return x / _PATCH, min(max(y / _PATCH, 0.7), 0.88), min(max(0.8 * width / _PATCH, 0.3), 0.5)


def _lips(patch: Bytes) -> _Place | None:
    """The lips by their red: middle of what is redder than the skin around the mouth; None for a grey picture."""
    lab = cv2.cvtColor(cv2.GaussianBlur(patch, (0, 0), 1.5), cv2.COLOR_RGB2LAB).astype(np.float32)
    top, bottom, left, right = (round(_PATCH * share) for share in (0.66, 0.93, 0.24, 0.76))
    red = lab[top:bottom, left:right, 1]
    skin = float(np.median(lab[round(_PATCH * 0.5) : bottom, left:right, 1]))
    over = np.clip(red - skin - 3.0, 0, None)
    if over.max(initial=0.0) < 5.0 or (over > 0).mean() > 0.6:
        return None
    strong = over * (over > 0.35 * over.max())
    rows, columns = strong.sum(axis=1), strong.sum(axis=0)
    x = float((columns * np.arange(len(columns))).sum() / columns.sum())
    y = float((rows * np.arange(len(rows))).sum() / rows.sum())
    reach = np.cumsum(columns) / columns.sum()
    width = float(np.searchsorted(reach, 0.97) - np.searchsorted(reach, 0.03)) * 1.12
    lines = (strong * np.arange(len(rows))[:, None]).sum(axis=0) / np.maximum(columns, 1e-6)
    curve = np.polyfit((np.arange(len(columns)) - x) / max(width, 1.0), lines, 2, w=np.sqrt(columns))
    bend = float(np.clip(0.7 * curve[0] / 4 / max(width, 1.0), -0.09, 0.08))
    return (x + left) / _PATCH, (y + top) / _PATCH, width / _PATCH, bend


def _faded(found: Row) -> Row:
    """1 where the face is there, falling to 0 towards the frames in which it is not."""
    if found.all() or not found.any():
        return found
    least = cv2.erode(found[None, :], np.ones((1, 2 * _FADE + 1), np.uint8), borderValue=1.0)
    return np.asarray(cv2.blur(least, (2 * _FADE + 1, 1), borderType=cv2.BORDER_REPLICATE)[0], np.float32) * found
