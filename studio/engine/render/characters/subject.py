"""Who the clip is about: a face followed through it, else what moves, else what stands out; with a rough outline in each
frame and how it moves, turns and grows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from studio.engine.render.characters.faces import followed_faces, searchable
from studio.engine.render.characters.footage import (
    Footage,
    Matrix,
    grey_of,
    moving_masks,
    one_piece,
    similarity,
    whole,
)
from studio.engine.render.cutout import Face, cut_out
from studio.engine.render.face_ovals import face_ovals
from studio.engine.render.lipsync.frame_store import FrameStore
from studio.engine.render.matting import Bytes

_LEAST, _MOST = 0.008, 0.72  # share of the picture that a figure fills
_STEADY = 0.45            # how much the area of a moving figure may vary
_ABOVE = 0.58             # share of a whole figure's height that is not legs
_FEW, _MOST_OF_THEM, _MANY = 0.35, 0.6, 0.75  # shares of the frames
_ALIKE = 0.4              # correlation with the key frame, from where on a figure is still the same
_COVERED = 0.6            # share of the face that a moving figure must cover to be the one it belongs to


@dataclass(frozen=True, slots=True)
class Subject:
    """`kind` "person", "cat" or "object"; `found_by` "face", "motion" or "saliency". `faces`: in each frame, None where
    there is none. `rough`: for each frame the outline as 0 and 1, small. `track`: for each frame the 2×3 matrix from the key
    frame's small pixels to its own. `moves`: whether the outlines are from motion, so that each is its own frame's."""

    kind: str
    found_by: str
    key: int
    faces: tuple[Face | None, ...]
    rough: tuple[Bytes, ...]
    track: tuple[Matrix, ...]
    moves: bool


def find_subject(footage: Footage, store: FrameStore, check: Callable[[], object]) -> Subject | None:
    """The figure of the clip; None where nothing stands out. `check` may raise to stop."""
    faces = followed_faces(footage, store, check)
    masks = moving_masks(footage)
    check()
    if _is_figure(masks, faces, footage):
        key = _key_by_motion(masks, faces, footage)
        track = _track(footage, key, masks)
        kind = next((face.kind for face in faces if face is not None), "object")
        # Once more against a background without the figure, as far as it is known by now.
        masks = moving_masks(footage, _agreed(masks, track, few=_MOST_OF_THEM, many=_MOST_OF_THEM))
        check()
        agreed = _agreed(masks, track)
        return Subject(kind, "face" if faces[key] else "motion", key, faces, agreed, track, True)
    return _standing_out(footage, store, faces, check)


def _is_figure(masks: tuple[Bytes, ...], faces: tuple[Face | None, ...], footage: Footage) -> bool:
    """Whether what moves is one whole figure: of a steady size, of one piece, and with the face in it where there is one."""
    areas = np.array([float(mask.mean()) for mask in masks])
    usual = float(np.median(areas))
    if not _LEAST < usual < _MOST:
        return False
    like = areas[(areas > 0.5 * usual) & (areas < 1.8 * usual)]
    if len(like) < 0.5 * len(areas) or float(like.std()) > _STEADY * usual:
        return False
    solid = np.median([_solidity(mask) for mask in masks[::2]])
    if solid < 0.5:
        return False
    rows, columns = footage.small[0].shape[:2]
    covered = [float(mask[oval].mean()) for mask, face in zip(masks, faces, strict=True) if face is not None
               and (oval := face_ovals((face,), rows, columns, grow=0.8) > 0.5).any()]
    return not covered or float(np.median(covered)) > _COVERED


def _solidity(mask: Bytes) -> float:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return 0.0
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    return float(mask.sum()) / max(cv2.contourArea(hull), 1.0)


def _key_by_motion(masks: tuple[Bytes, ...], faces: tuple[Face | None, ...], footage: Footage) -> int:
    """A frame in which the figure has its usual size, touches no side, and lies near the middle of the clip."""
    usual = float(np.median([mask.sum() for mask in masks]))

    def cost(index: int) -> float:
        mask = masks[index]
        rim = float(mask[:, :2].mean() + mask[:, -2:].mean() + mask[:2].mean())
        away = abs(index - footage.middle) / len(masks)
        return abs(float(mask.sum()) / usual - 1) + 4 * rim + 0.3 * away + (0.0 if faces[index] else 0.5)

    return min(range(len(masks)), key=cost)


def _track(footage: Footage, key: int, masks: tuple[Bytes, ...] | None, first: Bytes | None = None) -> tuple[Matrix, ...]:
    """From the key frame to every other, chained. Points are taken within the outline of each frame: its own (`masks`), else
    the key frame's (`first`) carried along."""
    greys = [grey_of(frame) for frame in footage.small]
    found: list[Matrix] = [np.eye(2, 3)] * len(greys)
    rows, columns = greys[0].shape
    for way in (1, -1):
        for index in range(key + way, len(greys) if way > 0 else -1, way):
            before = found[index - way]
            mask = masks[index - way] if masks is not None else cv2.warpAffine(_as_mask(first, greys[0]), before,
                                                                               (columns, rows))
            step = similarity(greys[index - way], greys[index], _steady_part(np.asarray(mask, np.uint8)))
            if step is None and masks is not None:
                step = _centroid_step(masks[index - way], masks[index])
            found[index] = before if step is None else (whole(step) @ whole(before))[:2]
    return tuple(found)


def _steady_part(mask: Bytes) -> Bytes:
    """Where points are taken: within the outline, of a whole figure above its legs, which go their own ways."""
    inner = cv2.erode(mask, np.ones((5, 5), np.uint8))
    _, top, _, height = cv2.boundingRect(mask)
    if not mask[-2:].any():
        inner[top + round(_ABOVE * height) :] = 0
    return np.asarray(inner, np.uint8)


def _agreed(masks: tuple[Bytes, ...], track: tuple[Matrix, ...], few: float = _FEW,
            many: float = _MANY) -> tuple[Bytes, ...]:
    """The outlines, held against each other: laid over the key frame's, what few of them have is no part of the figure (the
    room it uncovered), and what most have belongs to it."""
    rows, columns = masks[0].shape
    back = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = [cv2.warpAffine(mask.astype(np.float32), one, (columns, rows), flags=back, borderMode=cv2.BORDER_REPLICATE)
            for mask, one in zip(masks, track, strict=True)]
    votes = np.mean(laid, axis=0).astype(np.float32)
    reach = max(3, max(rows, columns) // 70) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    may = cv2.dilate((votes > few).astype(np.uint8), disc)
    must = cv2.erode((votes > many).astype(np.uint8), np.ones((3, 3), np.uint8))
    out = []
    for mask, one in zip(masks, track, strict=True):
        here_may, here_must = (
            np.asarray(cv2.warpAffine(part, one, (columns, rows), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE),
                       np.uint8) for part in (may, must))
        out.append(one_piece(np.asarray((mask & here_may) | here_must, np.uint8)))
    return tuple(out)


def _as_mask(mask: Bytes | None, like: Bytes) -> Bytes:
    return np.ones_like(like) if mask is None else mask


def _centroid_step(before: Bytes, after: Bytes) -> Matrix | None:
    one, other = cv2.moments(before, binaryImage=True), cv2.moments(after, binaryImage=True)
    if not one["m00"] or not other["m00"]:
        return None
    shift = [other[axis] / other["m00"] - one[axis] / one["m00"] for axis in ("m10", "m01")]
    return np.array([[1.0, 0.0, shift[0]], [0.0, 1.0, shift[1]]])


def _standing_out(footage: Footage, store: FrameStore, faces: tuple[Face | None, ...],
                  check: Callable[[], object]) -> Subject | None:
    """The figure of a frame taken as a photo, carried through the clip."""
    rows, columns = footage.small[0].shape[:2]
    for key in _candidates(footage, faces):
        check()
        found = cut_out(searchable(store.frame(key)), check=check)
        if found is None:
            continue
        mask = (cv2.resize(found.alpha, (columns, rows), interpolation=cv2.INTER_AREA) > 0.5).astype(np.uint8)
        if not _LEAST < float(mask.mean()) < 0.9:
            continue
        track = _track(footage, key, None, mask)
        if not _holds(footage, key, mask, track):
            continue
        rough = tuple(np.asarray(cv2.warpAffine(mask, one, (columns, rows), flags=cv2.INTER_NEAREST), np.uint8)
                      for one in track)
        return Subject(found.kind, found.found_by, key, faces, _down_to_the_rim(rough, mask), track, False)
    return None


def _holds(footage: Footage, key: int, mask: Bytes, track: tuple[Matrix, ...]) -> bool:
    """Whether the figure of the key frame is found again in the frames around it: noise is another thing in each frame."""
    first = grey_of(footage.small[key]).astype(np.float32)[mask > 0]
    rows, columns = mask.shape
    alike = []
    for index in range(max(key - 6, 0), min(key + 7, len(track)), 2):
        if index == key:
            continue
        there = cv2.warpAffine(grey_of(footage.small[index]), track[index], (columns, rows),
                               flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
        second = np.asarray(there, np.float32)[mask > 0]
        spread = float(first.std() * second.std())
        alike.append(float(((first - first.mean()) * (second - second.mean())).mean()) / max(spread, 1.0))
    return not alike or float(np.median(alike)) > _ALIKE


def _down_to_the_rim(rough: tuple[Bytes, ...], key: Bytes) -> tuple[Bytes, ...]:
    """A bust that the lower rim cuts off in the key frame is cut off there in all of them."""
    if not key[-2:].any():
        return rough
    closed = []
    for mask in rough:
        filled = np.flatnonzero(mask.any(axis=1))
        mask = mask.copy()
        if filled.size and filled[-1] < len(mask) - 1:
            mask[filled[-1] :] = mask[filled[-1]]
        closed.append(mask)
    return tuple(closed)


def _candidates(footage: Footage, faces: tuple[Face | None, ...]) -> list[int]:
    """Frames to try, the best first: a large face, sharp, near the middle of the clip."""
    def worth(index: int) -> float:
        face = faces[index]
        grey = grey_of(footage.small[index])
        sharp = float(cv2.Laplacian(grey, cv2.CV_32F).var())
        large = face.width if face is not None else 0.0
        return 4 * large + 0.3 * math.log1p(sharp) - abs(index - footage.middle) / len(faces)

    order = sorted(range(len(faces)), key=worth, reverse=True)
    first = order[0]
    apart = [index for index in order if abs(index - first) >= len(faces) // 4]
    return [first, *apart[:1], footage.middle]
