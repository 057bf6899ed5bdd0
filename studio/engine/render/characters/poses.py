"""The figure cut out in several poses: an outline by GrabCut in each, a matte, and all of them brought into line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from studio.engine.render.characters.footage import RATE, Footage, Matrix, one_piece
from studio.engine.render.characters.subject import Subject
from studio.engine.render.cutout import Face
from studio.engine.render.face_ovals import face_ovals
from studio.engine.render.lipsync.frame_store import FrameStore
from studio.engine.render.matting import Bytes, Map, matte

MOST_POSES, MOST_STRIDES = 14, 36  # of a figure whose legs may step more are kept: a step lasts half a second
_TALLEST = 900           # rows of a pose that are kept
_FEWEST = 3
_RIM = 0.008             # share of a side that may touch the picture's rim by chance
_WHOLE_FACES = 5.8       # a whole figure is at least as many of its faces tall, also a child
_TORN = 0.10             # share of a torn lower end that is cut off straight
_STRIDE = 0.14           # how much the lower part must change for the clip to hold steps of its own

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Poses:
    """`rgba`: poses of one size, in order and in line, straight alpha. `face`: left, top, width, height of the face in the
    poses' pixels, or None. `cut`: sides ("left", "right", "bottom", "top") that the clip's rim cut off. `gap_s`: seconds
    between two poses in the clip. `heading`: -1 or 1 where it walked to the left or right there, else 0. `strides`: whether
    its legs step in the clip."""

    rgba: tuple[Bytes, ...]
    face: Box | None
    cut: frozenset[str]
    gap_s: float
    heading: int
    strides: bool


@dataclass(slots=True)
class _Cut:
    """One pose in its own frame: colours and alpha of the whole frame, and the matrix to the key frame."""

    index: int
    rgb: Bytes
    alpha: Map
    matrix: Matrix


def cut_poses(footage: Footage, subject: Subject, store: FrameStore, report: Callable[[float], object]) -> Poses | None:
    """Up to 14 poses; None where no clean outline comes out. `report` hears the share done and may raise to stop."""
    chosen = _chosen(footage, subject)
    cuts = []
    for number, index in enumerate(chosen):
        report(number / len(chosen))
        cut = _cut(footage, subject, store, index)
        if cut is not None:
            cuts.append(cut)
    cuts = _consistent(cuts)
    if not cuts:
        return None
    sides = _cut_sides(cuts)
    _without_drift(cuts, whole="bottom" not in sides)
    window = _window(cuts, sides)
    if window is None:
        return None
    if "bottom" not in sides and _is_bust(subject, cuts[0].alpha.shape, window):
        sides.append("bottom")
        window = (*window[:3], round(window[3] - _TORN * (window[3] - window[1])))
    factor = min(1.0, _TALLEST / (window[3] - window[1]), 1.5 * _TALLEST / (window[2] - window[0]))
    rgba = tuple(_in_line(cut, window, factor) for cut in cuts)
    if not (subject.moves and "bottom" not in sides):  # legs that step are each time in another place
        rgba = _steadied(rgba)
    face = _face_box(subject.faces[subject.key], cuts[0].alpha.shape, window, factor)
    indices = [cut.index for cut in cuts]
    gap = float(np.median(np.diff(indices))) / float(RATE) if len(indices) > 1 else 0.25
    return Poses(rgba, face, frozenset(sides), gap, _heading(footage, subject), _strides(rgba, sides))


def _chosen(footage: Footage, subject: Subject) -> list[int]:
    """Frames spread evenly over those in which the figure is whole, always with the key frame."""
    usual = float(subject.rough[subject.key].sum())
    whole = [index for index, mask in enumerate(subject.rough)
             if 0.6 * usual < float(mask.sum()) < 1.6 * usual and not _touches_more(mask, subject.rough[subject.key])]
    walks = subject.moves and not subject.rough[subject.key][-2:].any()
    count = min(MOST_STRIDES if walks else MOST_POSES, len(whole))
    spread = {whole[round(step)] for step in np.linspace(0, len(whole) - 1, count)} if whole else set()
    return sorted(spread | {subject.key})


def _touches_more(mask: Bytes, key: Bytes) -> bool:
    """Whether the picture's sides cut off more of the figure than in the key frame."""
    return any(float(mask[:, side].mean()) > float(key[:, side].mean()) + _RIM for side in (0, -1))


def _cut(footage: Footage, subject: Subject, store: FrameStore, index: int) -> _Cut | None:
    mask = _outlined(footage.small[index], subject.rough[index], subject.faces[index], moves=subject.moves)
    if mask is None:
        return None
    rgb = store.frame(index)
    rows, columns = rgb.shape[:2]
    top, bottom, left, right = _around(mask, rows, columns)
    part = np.ascontiguousarray(rgb[top:bottom, left:right])
    large = cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_LINEAR)[top:bottom, left:right]
    part_alpha, colours = matte(part, np.ascontiguousarray(large))
    alpha = np.zeros((rows, columns), np.float32)
    alpha[top:bottom, left:right] = part_alpha
    own = rgb.copy()
    own[top:bottom, left:right] = colours
    return _Cut(index, own, alpha, _to_key(subject, footage, index, (rows, columns)))


def _outlined(rgb: Bytes, rough: Bytes, face: Face | None, *, moves: bool) -> Bytes | None:
    """The outline by GrabCut, sure within the rough one and nothing far from it."""
    rows, columns = rough.shape
    area = float(rough.sum())
    if area < 40:
        return None
    reach = max(2, round(np.sqrt(area) * (0.055 if moves else 0.08)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    padded = cv2.copyMakeBorder(rough, reach + 2, reach + 2, reach + 2, reach + 2, cv2.BORDER_REPLICATE)
    inner = cv2.erode(padded, disc)[reach + 2 : -reach - 2, reach + 2 : -reach - 2]
    outer = np.asarray(cv2.dilate(rough, disc), np.uint8)
    seeds = np.full((rows, columns), cv2.GC_BGD, np.uint8)
    seeds[outer > 0] = cv2.GC_PR_BGD
    seeds[rough > 0] = cv2.GC_PR_FGD
    seeds[inner > 0] = cv2.GC_FGD
    if face is not None:
        seeds[face_ovals((face,), rows, columns, grow=0.75) > 0.7] = cv2.GC_FGD
    if not (seeds == cv2.GC_FGD).any():
        return rough
    part = _near(outer, 2 * reach + 8)  # what lies further off tells nothing of the colours beside the figure
    cut = np.ascontiguousarray(seeds[part])
    if not (cut == cv2.GC_BGD).any():
        return rough
    cv2.setRNGSeed(1)
    near = cv2.bilateralFilter(np.ascontiguousarray(rgb[part]), 5, 25, 3)
    lab = np.asarray(cv2.cvtColor(near, cv2.COLOR_RGB2LAB), np.uint8)
    cv2.grabCut(lab, cut, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    seeds[part] = cut
    found = ((seeds == cv2.GC_FGD) | (seeds == cv2.GC_PR_FGD)).astype(np.uint8)
    found = np.asarray(cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    soft = cv2.GaussianBlur(one_piece(found).astype(np.float32), (0, 0), 1.4, borderType=cv2.BORDER_REPLICATE)
    return (soft > 0.5).astype(np.uint8)


def _near(mask: Bytes, air: int) -> tuple[slice, slice]:
    """The part of a small frame around a mask."""
    x, y, width, height = cv2.boundingRect(mask)
    return slice(max(y - air, 0), y + height + air), slice(max(x - air, 0), x + width + air)


def _around(mask: Bytes, rows: int, columns: int) -> tuple[int, int, int, int]:
    """top, bottom, left, right of the outline in the large frame, with air around it."""
    x, y, width, height = cv2.boundingRect(mask)
    down, across = rows / mask.shape[0], columns / mask.shape[1]
    air = 0.08 * max(width * across, height * down) + 6
    return (max(0, int(y * down - air)), min(rows, int((y + height) * down + air)),
            max(0, int(x * across - air)), min(columns, int((x + width) * across + air)))


def _to_key(subject: Subject, footage: Footage, index: int, shape: tuple[int, int]) -> Matrix:
    """The matrix from this frame to the key frame, in large pixels: shift and size; turns are the pose's own."""
    track = subject.track[index]
    rows, columns = footage.small[0].shape[:2]
    scale = np.array([shape[1] / columns, shape[0] / rows])
    size = float(np.hypot(track[0, 0], track[1, 0]))
    moments = cv2.moments(subject.rough[subject.key], binaryImage=True)
    anchor = np.array([moments["m10"], moments["m01"]]) / max(moments["m00"], 1.0)
    there = track @ np.array([*anchor, 1.0])
    shift = (anchor - there / size) * scale
    return np.array([[1 / size, 0.0, shift[0]], [0.0, 1 / size, shift[1]]])


def _consistent(cuts: list[_Cut]) -> list[_Cut]:
    """Those whose size on the key frame's scale is much the same: an outline that broke out is left away."""
    if not cuts:
        return []
    areas = np.array([float(cut.alpha.sum()) * cut.matrix[0, 0] ** 2 for cut in cuts])
    usual = float(np.median(areas))
    kept = [cut for cut, area in zip(cuts, areas, strict=True) if 0.8 * usual < area < 1.25 * usual]
    return kept if len(kept) >= _FEWEST else [cuts[int(np.argmin(np.abs(areas - usual)))]]


def _without_drift(cuts: list[_Cut], *, whole: bool) -> None:
    """What following it frame by frame adds up to is taken back, as a slow trend in time: sideways of the outline's middle,
    and of a whole figure's foot and height. Steps and hops stay."""
    if len(cuts) < _FEWEST:
        return
    boxes = []
    for cut in cuts:
        x, y, width, height = cv2.boundingRect((cut.alpha > 0.5).astype(np.uint8))
        boxes.append(_boxed(cut.matrix, x, y, x + width, y + height))
    left, top, right, foot = np.array(boxes).T
    times = np.array([cut.index for cut in cuts], np.float64)
    times -= times.mean()
    degree = 2 if len(cuts) >= 8 else 1
    middle, foot_trend, tall = (np.polyval(np.polyfit(times, values, degree), times)
                                for values in ((left + right) / 2, foot, foot - top))
    for number, cut in enumerate(cuts):
        if not whole:
            cut.matrix[0, 2] -= middle[number] - middle.mean()
            continue
        size = float(np.clip(tall.mean() / max(tall[number], 1.0), 0.8, 1.25))
        cut.matrix[:, 2] -= (middle[number], foot_trend[number])
        cut.matrix *= size
        cut.matrix[:, 2] += (middle.mean(), foot_trend.mean())


def _cut_sides(cuts: list[_Cut]) -> list[str]:
    """The sides on which the frame cuts off the figure in a third of the poses or more."""
    sides = []
    for name, rim in (("left", np.s_[:, :3]), ("right", np.s_[:, -3:]), ("top", np.s_[:3]), ("bottom", np.s_[-3:])):
        touching = [float((cut.alpha[rim] > 0.5).mean()) > 0.02 for cut in cuts]
        if sum(touching) * 3 >= len(cuts):
            sides.append(name)
    return sides


def _window(cuts: list[_Cut], sides: list[str]) -> tuple[int, int, int, int] | None:
    """left, top, right, bottom in the key frame's pixels of all that shows; a side that is cut off ends where every pose
    still has a picture."""
    boxes, frames = [], []
    for cut in cuts:
        rows, columns = cut.alpha.shape
        x, y, width, height = cv2.boundingRect((cut.alpha > 0.06).astype(np.uint8))
        boxes.append(_boxed(cut.matrix, x, y, x + width, y + height))
        frames.append(_boxed(cut.matrix, 0, 0, columns, rows))
    inner, outer = np.array(boxes), np.array(frames)
    left, top = (float(inner[:, axis].min()) - 4 for axis in (0, 1))
    right, bottom = (float(inner[:, axis].max()) + 4 for axis in (2, 3))
    left = float(outer[:, 0].max()) if "left" in sides else left
    top = float(outer[:, 1].max()) if "top" in sides else top
    right = float(outer[:, 2].min()) if "right" in sides else right
    bottom = float(outer[:, 3].min()) if "bottom" in sides else bottom
    if right - left < 24 or bottom - top < 24:
        return None
    return round(left), round(top), round(right), round(bottom)


def _is_bust(subject: Subject, shape: tuple[int, ...], window: tuple[int, int, int, int]) -> bool:
    """Whether a person's outline ends above the legs, by the size of the face: it is no whole figure then, and its lower end
    is torn."""
    face = subject.faces[subject.key]
    if face is None or subject.kind != "person":
        return False
    return window[3] - window[1] < _WHOLE_FACES * face.height * shape[0]


def _boxed(matrix: Matrix, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    x0, y0 = matrix @ np.array([left, top, 1.0])
    x1, y1 = matrix @ np.array([right, bottom, 1.0])
    return float(x0), float(y0), float(x1), float(y1)


def _in_line(cut: _Cut, window: tuple[int, int, int, int], factor: float) -> Bytes:
    """The pose within the window all poses share, RGBA."""
    size = max(1, round((window[2] - window[0]) * factor)), max(1, round((window[3] - window[1]) * factor))
    matrix = cut.matrix.copy()
    matrix[:, 2] -= window[:2]
    matrix *= factor
    rgb = cv2.warpAffine(cut.rgb, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(cut.alpha, matrix, size, flags=cv2.INTER_LINEAR)
    return np.dstack([rgb, np.clip(alpha * 255 + 0.5, 0, 255).astype(np.uint8)])


def _steadied(poses: tuple[Bytes, ...]) -> tuple[Bytes, ...]:
    """Outlines without a flicker: the middle one of three neighbours in time, in each place."""
    alphas = [pose[..., 3] for pose in poses]
    out = []
    for number, pose in enumerate(poses):
        before, after = alphas[max(number - 1, 0)], alphas[min(number + 1, len(alphas) - 1)]
        low, high = np.minimum(before, after), np.maximum(before, after)
        out.append(np.dstack([pose[..., :3], np.clip(pose[..., 3], low, high)]))
    return tuple(out)


def _face_box(face: Face | None, shape: tuple[int, ...], window: tuple[int, int, int, int], factor: float) -> Box | None:
    """The key frame's face within the window."""
    if face is None:
        return None
    rows, columns = shape[:2]
    return ((face.left * columns - window[0]) * factor, (face.top * rows - window[1]) * factor,
            face.width * columns * factor, face.height * rows * factor)


def _heading(footage: Footage, subject: Subject) -> int:
    """Which way it walks in the clip, seen against the background; a face that looks at the camera heads nowhere."""
    if subject.kind == "person" and sum(face is not None for face in subject.faces) > 0.5 * len(subject.faces):
        return 0
    width = cv2.boundingRect(subject.rough[subject.key])[2]
    moments = cv2.moments(subject.rough[subject.key], binaryImage=True)
    anchor = np.array([moments["m10"], moments["m01"], moments["m00"]]) / max(moments["m00"], 1.0)
    ends = [camera @ np.array([*(track @ anchor), 1.0])
            for track, camera in ((subject.track[0], footage.camera[0]), (subject.track[-1], footage.camera[-1]))]
    way = float(ends[1][0] - ends[0][0])
    return int(np.sign(way)) if abs(way) > 0.3 * width else 0


def _strides(rgba: tuple[Bytes, ...], sides: list[str]) -> bool:
    """Whether the lower part of a whole figure changes its outline from pose to pose, as legs that walk do."""
    if "bottom" in sides or len(rgba) < 4:
        return False
    low = np.stack([pose[round(len(pose) * 0.6) :: 2, ::2, 3] for pose in rgba]).astype(np.float32) / 255
    seen = low.max(axis=0) > 0.5
    return bool(seen.any()) and float(low.std(axis=0)[seen].mean()) > _STRIDE
