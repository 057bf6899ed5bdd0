"""The main face of a clip in each of its frames: found by cascades now and then, followed by optical flow in between."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from studio.engine.render.characters.footage import Footage, Matrix, grey_of, similarity
from studio.engine.render.cutout import Face, find_faces
from studio.engine.render.face_ovals import face_ovals
from studio.engine.render.lipsync.frame_store import FrameStore
from studio.engine.render.matting import Bytes

_LOOK_EVERY = 4           # frames between two searches for faces: three a second
_TINY = 480               # frames smaller than this are looked through enlarged
_SEEN = 0.3               # share of the searches in which a face must be found
_WITH_EYES = 0.34         # share of a face's looks in which an eye must be seen
_PATCH = 160


def followed_faces(footage: Footage, store: FrameStore, check: Callable[[], object]) -> tuple[Face | None, ...]:
    """The main face in each frame: looked for now and then, followed by optical flow in between."""
    count = len(footage.small)
    looked = list(range(0, count, _LOOK_EVERY))
    seen: dict[int, tuple[Face, ...]] = {}
    for number, index in enumerate(sorted(looked, key=lambda one: (one % (4 * _LOOK_EVERY), one))):
        check()
        if number == len(looked) // 2 and not any(seen.values()):
            break  # the looks so far were spread over the clip
        seen[index] = find_faces(searchable(store.frame(index)))
    track = _best_track(seen)
    if len(track) < max(_SEEN * len(looked), 2):
        return (None,) * count
    if sum(_has_eyes(store.frame(index), face) for index, face in track.items()) < _WITH_EYES * len(track):
        return (None,) * count
    greys = [grey_of(frame) for frame in footage.small]
    return _filled(track, greys)


def searchable(frame: Bytes) -> Bytes:
    """A small frame larger, twice at most: the cascades know no face under 24 pixels."""
    if max(frame.shape) >= _TINY:
        return frame
    factor = min(_TINY / max(frame.shape), 2.0)
    return np.asarray(cv2.resize(frame, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)


def _best_track(seen: dict[int, tuple[Face, ...]]) -> dict[int, Face]:
    """The faces that belong together: those that follow each other; the track that is largest and seen longest counts."""
    tracks: list[dict[int, Face]] = []
    for index in sorted(seen):
        for face in seen[index]:
            near = [track for track in tracks if index not in track and _same(track[max(track)], face)]
            if near:
                max(near, key=len)[index] = face
            else:
                tracks.append({index: face})
    return max(tracks, key=lambda track: sum(face.width for face in track.values()), default={})


def _has_eyes(frame: Bytes, face: Face) -> bool:
    """Whether there is an eye in the upper part of a person's face: the face cascades see faces in leaves and clouds too."""
    left, top, right, bottom = face.pixels(*frame.shape[:2])
    upper = frame[top : top + round((bottom - top) * 0.62), left:right]
    if face.kind != "person" or min(upper.shape[:2]) < 8:
        return face.kind != "person"
    size = _PATCH, round(_PATCH * upper.shape[0] / upper.shape[1])
    grey = cv2.equalizeHist(grey_of(np.asarray(cv2.resize(upper, size, interpolation=cv2.INTER_CUBIC), np.uint8)))
    eyes = _eyes().detectMultiScale(grey, 1.1, 4, minSize=(_PATCH // 8, _PATCH // 8), maxSize=(_PATCH // 2, _PATCH // 2))
    return len(eyes) > 0


@lru_cache(maxsize=1)
def _eyes() -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_eye.xml"))


def _same(one: Face, other: Face) -> bool:
    across = abs(one.left + one.width / 2 - other.left - other.width / 2) / max(one.width, other.width)
    down = abs(one.top + one.height / 2 - other.top - other.height / 2) / max(one.height, other.height)
    return one.kind == other.kind and across < 1.2 and down < 1.0 and 0.55 < one.width / other.width < 1.8


def _filled(track: dict[int, Face], greys: list[Bytes]) -> tuple[Face | None, ...]:
    """A face for every frame: moved along with what is seen in its oval, from the nearest frame in which it was found."""
    rows, columns = greys[0].shape
    faces: list[Face | None] = [track.get(index) for index in range(len(greys))]
    for way in (1, -1):
        order = range(len(greys)) if way > 0 else range(len(greys) - 1, -1, -1)
        for index in order:
            before = faces[index - way] if 0 <= index - way < len(greys) else None
            if faces[index] is None and before is not None:
                oval = (face_ovals((before,), rows, columns) > 0.3).astype(np.uint8)
                step = similarity(greys[index - way], greys[index], oval)
                faces[index] = before if step is None else _moved(before, step, rows, columns)
    return tuple(faces)


def _moved(face: Face, step: Matrix, rows: int, columns: int) -> Face:
    centre = np.array([(face.left + face.width / 2) * columns, (face.top + face.height / 2) * rows, 1.0])
    x, y = step @ centre
    size = float(np.hypot(step[0, 0], step[1, 0]))
    width, height = face.width * size, face.height * size
    return Face(face.kind, float(x) / columns - width / 2, float(y) / rows - height / 2, width, height)
