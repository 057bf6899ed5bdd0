"""The main subject of a photo and its outline: faces by cascades, what stands out by geodesic saliency, GrabCut, a matte.

No model: Viola and Jones 2001 (faces; a cat's too), Wei et al. 2012 "Geodesic Saliency Using Background Priors", Rother et
al. 2004 (GrabCut). The matte places each pixel of the seam between the colours nearby inside and outside, which keeps hair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.matting import Bytes, Map, colours_near, matte

_CUT_SIDE = 320  # GrabCut works at this size; its outline is then fitted to the full picture
_SALIENCE_SIDE = 96
_FACE_SIDE = 720
_LEAST_CONTRAST = 4.0
_PERSON = ("haarcascade_frontalface_alt2.xml", "haarcascade_frontalface_default.xml", "haarcascade_profileface.xml")
_CAT = ("haarcascade_frontalcatface_extended.xml",)


@dataclass(frozen=True, slots=True)
class Face:
    """A face as a box in shares of the picture's width and height; `kind` is "person" or "cat"."""

    kind: str
    left: float
    top: float
    width: float
    height: float

    def pixels(self, rows: int, columns: int) -> tuple[int, int, int, int]:
        """left, top, right, bottom in whole pixels, inside the picture."""
        return (
            max(0, round(self.left * columns)),
            max(0, round(self.top * rows)),
            min(columns, round((self.left + self.width) * columns)),
            min(rows, round((self.top + self.height) * rows)),
        )


@dataclass(frozen=True, slots=True)
class Cutout:
    """A subject. `alpha`: (rows, columns) 0 to 1 in the size of the photo. `found_by`: "alpha", "face" or "saliency".

    `colours`: the photo's own, at the seam the subject's alone, so that no rim of the old background comes along.
    """

    alpha: Map
    colours: Bytes
    faces: tuple[Face, ...]
    found_by: str

    @property
    def kind(self) -> str:
        """What it is, as far as that can be told: "person", "cat" or "object"."""
        return self.faces[0].kind if self.faces else "object"

    def box(self) -> tuple[int, int, int, int]:
        """left, top, right, bottom of what shows, in pixels; the whole picture where nothing does."""
        rows, columns = (np.flatnonzero((self.alpha > 0.4).any(axis=axis)) for axis in (1, 0))
        if not rows.size:
            return 0, 0, self.alpha.shape[1], self.alpha.shape[0]
        return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1

    def cut_sides(self) -> frozenset[str]:
        """The picture's sides that cut the subject off: of "left", "right", "top", "bottom"."""
        solid = self.alpha > 0.5
        rims = {
            "left": solid[:, :2].any(1),
            "right": solid[:, -2:].any(1),
            "top": solid[:2].any(0),
            "bottom": solid[-2:].any(0),
        }
        return frozenset(side for side, rim in rims.items() if float(rim.mean()) > 0.04)


@lru_cache(maxsize=8)
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))


def find_faces(rgb: Bytes) -> tuple[Face, ...]:
    """Faces of people, the largest first; where there are none, those of cats. sRGB bytes (rows, columns, 3)."""
    rows, columns = rgb.shape[:2]
    factor = min(1.0, _FACE_SIDE / max(rows, columns))
    size = max(1, round(columns * factor)), max(1, round(rows * factor))
    if min(size) < 24:
        return ()
    grey = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    even = cv2.equalizeHist(grey)
    smallest = max(24, min(size) // 14)
    for kind, names, neighbours in (("person", _PERSON, 6), ("cat", _CAT, 3)):
        for name in names:
            boxes = _cascade(name).detectMultiScale(even, 1.1, neighbours, minSize=(smallest, smallest))
            found = [Face(kind, x / size[0], y / size[1], w / size[0], h / size[1]) for x, y, w, h in boxes]
            if found:
                return tuple(sorted(found, key=lambda face: -face.width * face.height))
    return ()


def salience(rgb: Bytes, *, bottom: bool = False) -> Map:
    """How much each place stands out, 0 to 1, (rows, columns) at most 96 a side."""
    return _salience(rgb, bottom)[0]


def _salience(rgb: Bytes, bottom: bool) -> tuple[Map, Map, Map]:
    """(salience, how far from the rim by steps of colour, sharpness), all 0 to 1.

    The length of the shortest way to the rim, counted in steps of colour: what is joined to the rim by smooth ways is
    background. `bottom`: whether the lower rim counts as background too (a portrait is cut off there).
    """
    factor = min(1.0, _SALIENCE_SIDE / max(rgb.shape[:2]))
    size = max(8, round(rgb.shape[1] * factor)), max(8, round(rgb.shape[0] * factor))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    smooth = cv2.bilateralFilter(small, 5, 40, 3)
    lab = cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    rows, columns = lab.shape[:2]
    way = _shortest_ways(np.asarray(lab, np.float32), bottom)
    rim = np.concatenate([lab[:2].reshape(-1, 3), lab[:, :2].reshape(-1, 3), lab[:, -2:].reshape(-1, 3)])
    _, _, centres = cv2.kmeans(
        rim.astype(np.float32),
        4,
        np.zeros((len(rim), 1), np.int32),
        (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5),
        1,
        cv2.KMEANS_PP_CENTERS,
    )
    unlike = np.min([np.linalg.norm(lab - centre, axis=2) for centre in np.asarray(centres)], axis=0)
    sharp = _sharpness(rgb, (columns, rows))
    y, x = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)[None, :]
    oval = middle = np.exp(-(x * x * 1.1 + (y - 0.1) ** 2 * 0.7))
    # What a smooth way joins to the rim is background however sharp the things beside it are.
    middle = middle * (0.25 + 0.75 * np.clip(_unit(way) / 0.12, 0, 1))
    total = (0.45 * _unit(way) + 0.25 * _unit(unlike) + 0.3 * sharp) * (0.3 + 0.7 * middle)
    shown = _unit(cv2.GaussianBlur(total.astype(np.float32), (0, 0), 1.5)) ** 0.7
    if _in_focus(sharp):
        shown = 0.35 * shown + 0.65 * _unit(np.asarray(cv2.GaussianBlur(sharp, (0, 0), 2.0), np.float32)) * (
            0.4 + 0.6 * oval
        )
    return np.asarray(shown, np.float32), _unit(way), sharp


def _in_focus(sharp: Map) -> bool:
    """Whether the lens was focused on one thing in the middle and let the corners go soft."""
    rows, columns = sharp.shape
    high, wide = max(1, rows // 5), max(1, columns // 5)
    corners = [
        float(sharp[y, x].mean()) for y in (slice(0, high), slice(-high, None)) for x in (slice(0, wide), slice(-wide, None))
    ]
    core = sharp[rows // 4 : -(rows // 4) or None, columns // 4 : -(columns // 4) or None]
    return (
        float(core.mean()) > 0.55
        and float(np.quantile(core, 0.1)) > 0.35
        and sorted(corners)[1] < 0.3
        and sum(corners) < 1.5
    )


def _sharpness(rgb: Bytes, size: tuple[int, int]) -> Map:
    """Where fine detail is, 0 to 1: what the lens was focused on. `size`: columns, rows of the map."""
    factor = min(1.0, 480 / max(rgb.shape[:2]))
    picture = cv2.resize(
        rgb, (max(8, round(rgb.shape[1] * factor)), max(8, round(rgb.shape[0] * factor))), interpolation=cv2.INTER_AREA
    )
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = np.minimum(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.2)), 12)
    spread = cv2.GaussianBlur(fine, (0, 0), max(grey.shape) / 40)
    return _unit(np.asarray(cv2.resize(np.sqrt(spread), size, interpolation=cv2.INTER_AREA), np.float32))


def _shortest_ways(lab: Map, bottom: bool) -> Map:
    """The geodesic distance of every pixel to the rim, by relaxation over eight neighbours until nothing changes."""
    rows, columns = lab.shape[:2]
    way = np.full((rows, columns), 1e4, np.float32)
    way[0] = way[:, 0] = way[:, -1] = 0
    if bottom:
        way[-1] = 0
    steps = []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = (slice(0, rows - dy), slice(max(0, -dx), columns - max(0, dx)))
        there = (slice(dy, rows), slice(max(0, dx), columns + min(0, dx)))
        cost = np.maximum(np.linalg.norm(lab[here] - lab[there], axis=2) - 2.0, 0.02).astype(np.float32)
        steps.append((here, there, cost))
    for _ in range(3 * (rows + columns)):
        before = float(way.sum())
        for here, there, cost in steps:
            np.minimum(way[there], way[here] + cost, out=way[there])
            np.minimum(way[here], way[there] + cost, out=way[here])
        if before - float(way.sum()) < 1e-3:
            break
    return way


def cut_out(rgb: Bytes, alpha: Bytes | None = None, *, check: Callable[[], object] | None = None) -> Cutout | None:
    """The main subject of a photo; None where nothing stands out. `check` is called between steps and may raise to stop.

    rgb: (rows, columns, 3) sRGB bytes. alpha: (rows, columns) bytes; where it cuts something out already, that is taken.
    """
    faces = find_faces(rgb)
    if alpha is not None and 0.002 < float((alpha > 127).mean()) < 0.985:
        return Cutout(alpha.astype(np.float32) / np.float32(255), rgb, faces, "alpha")
    if check:
        check()
    mask = _outline(rgb, faces)
    if mask is None:
        return None
    if check:
        check()
    alpha_map, colours = matte(rgb, mask)
    return Cutout(alpha_map, colours, faces, "face" if faces else "saliency")


def _outline(rgb: Bytes, faces: tuple[Face, ...]) -> Bytes | None:
    """The subject as 0 and 1 at a working size, or None."""
    factor = min(1.0, _CUT_SIDE / max(rgb.shape[:2]))
    size = max(1, round(rgb.shape[1] * factor)), max(1, round(rgb.shape[0] * factor))
    if min(size) < 12:
        return None
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    salient, way, sharp = (
        np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_LINEAR), np.float32) for one in _salience(rgb, not faces)
    )
    mask = _seeds_of_faces(salient, faces) if faces else _seeds_of_salience(salient, way, sharp)
    known = {int(value) for value in np.unique(mask)}
    if not known & {cv2.GC_FGD, cv2.GC_PR_FGD} or not known & {cv2.GC_BGD, cv2.GC_PR_BGD}:
        return None
    cv2.setRNGSeed(1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    lab = np.asarray(cv2.cvtColor(cv2.bilateralFilter(small, 5, 25, 3), cv2.COLOR_RGB2LAB), np.uint8)
    cv2.grabCut(lab, mask, (0, 0, 1, 1), *models, 4, cv2.GC_INIT_WITH_MASK)
    figure = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    figure = _tidied(figure, salient, max(size), whole=bool(faces))
    if not 0.004 < float(figure.mean()) < 0.96 or _seam_contrast(small, figure) < _LEAST_CONTRAST:
        return None
    return figure


def _seam_contrast(small: Bytes, figure: Bytes) -> float:
    """How far apart the colours on both sides of an outline are, in Lab: an outline that GrabCut drew through nothing has
    none."""
    lab = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    brush = np.ones((3, 3), np.uint8)
    seam = cv2.dilate(figure, brush) != cv2.erode(figure, brush)
    if not seam.any():
        return 0.0
    inside = figure.astype(np.float32)
    apart = colours_near(lab, inside, 2.5) - colours_near(lab, 1 - inside, 2.5)
    return float(np.linalg.norm(apart, axis=2)[seam].mean())


def _seeds_of_salience(salient: Map, way: Map, sharp: Map) -> Bytes:
    """What stands out most is the subject for sure, the rim and what smooth ways join to it are not; a subject in focus may
    reach the rim."""
    rows, columns = salient.shape
    level, _ = cv2.threshold((salient * 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    cut = level / 255
    mask = np.full((rows, columns), cv2.GC_PR_BGD, np.uint8)
    mask[salient > cut] = cv2.GC_PR_FGD
    mask[salient > cut + 0.45 * (1 - cut)] = cv2.GC_FGD
    mask[salient < 0.35 * cut] = cv2.GC_BGD
    if _in_focus(sharp):
        mask[sharp > 0.4] = cv2.GC_PR_FGD
        mask[sharp > 0.6] = cv2.GC_FGD
        mask[(sharp < 0.15) & (salient < cut)] = cv2.GC_BGD
        return mask
    mask[(way < 0.05) & (salient < cut)] = cv2.GC_BGD
    rim = max(1, min(rows, columns) // 60)
    for edge in (mask[:rim], mask[:, :rim], mask[:, -rim:]):
        edge[edge == cv2.GC_PR_BGD] = cv2.GC_BGD
    return mask


def _seeds_of_faces(salient: Map, faces: tuple[Face, ...]) -> Bytes:
    """A face is the subject for sure; hair, neck, shoulders and body below it probably; what is far from it is not."""
    rows, columns = salient.shape
    sure, likely, near = (np.zeros((rows, columns), np.uint8) for _ in range(3))
    for face in faces:
        if face.width * face.height < 0.2 * faces[0].width * faces[0].height:
            continue  # somebody in the background
        x, y = (face.left + face.width / 2) * columns, (face.top + face.height / 2) * rows
        w, h = face.width * columns, face.height * rows
        cv2.ellipse(sure, (round(x), round(y)), (round(w * 0.36), round(h * 0.46)), 0, 0, 360, 1, -1)
        cv2.ellipse(likely, (round(x), round(y - 0.12 * h)), (round(w * 0.62), round(h * 0.78)), 0, 0, 360, 1, -1)
        foot = min(rows, y + h * 6.5)
        body = [
            (x - 0.35 * w, y + 0.5 * h),
            (x + 0.35 * w, y + 0.5 * h),
            (x + 1.35 * w, y + 1.35 * h),
            (x + 1.35 * w, foot),
            (x - 1.35 * w, foot),
            (x - 1.35 * w, y + 1.35 * h),
        ]
        cv2.fillPoly(likely, [np.array(body, np.int32)], 1)
        chest = [
            (x - 0.3 * w, y + 0.4 * h),
            (x + 0.3 * w, y + 0.4 * h),
            (x + 0.6 * w, y + 1.5 * h),
            (x + 0.5 * w, y + 2.4 * h),
            (x - 0.5 * w, y + 2.4 * h),
            (x - 0.6 * w, y + 1.5 * h),
        ]
        cv2.fillPoly(sure, [np.array(chest, np.int32)], 1)
        cv2.ellipse(near, (round(x), round(y)), (round(w * 1.1), round(h * 1.25)), 0, 0, 360, 1, -1)
        around = [
            (x - 0.8 * w, y),
            (x + 0.8 * w, y),
            (x + 2.2 * w, y + 1.1 * h),
            (x + 2.4 * w, rows),
            (x - 2.4 * w, rows),
            (x - 2.2 * w, y + 1.1 * h),
        ]
        cv2.fillPoly(near, [np.array(around, np.int32)], 1)
    mask = np.full((rows, columns), cv2.GC_BGD, np.uint8)
    mask[near > 0] = cv2.GC_PR_BGD
    mask[(near > 0) & (salient > 0.8)] = cv2.GC_PR_FGD
    mask[likely > 0] = cv2.GC_PR_FGD
    mask[sure > 0] = cv2.GC_FGD
    return mask


def _tidied(figure: Bytes, salient: Map, side: int, *, whole: bool) -> Bytes:
    """Its large parts only, without specks, small holes and ragged edges; a person (`whole`) has no gaps at all."""
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    figure = np.asarray(cv2.morphologyEx(figure, cv2.MORPH_OPEN, brush), np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(figure)
    if count < 2:
        return figure
    weight = [float(salient[labels == label].sum()) for label in range(1, count)]
    keep = [label for label in range(1, count) if weight[label - 1] > 0.2 * max(weight)]
    figure = np.isin(labels, keep).astype(np.uint8)
    size = side // 14 if whole else 5
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size | 1, size | 1))
    rim = np.pad(figure, side // 8)
    rim[-(side // 8) :] = rim[-(side // 8) - 1]  # what the lower rim cuts off goes on below it
    closed = cv2.morphologyEx(rim, cv2.MORPH_CLOSE, disc)
    figure = np.ascontiguousarray(closed[side // 8 : -(side // 8), side // 8 : -(side // 8)])
    holes, marks, stats, _ = cv2.connectedComponentsWithStats(1 - figure)
    for label in range(1, holes):
        if stats[label, cv2.CC_STAT_AREA] < (side * (0.14 if whole else 0.04)) ** 2:
            figure[marks == label] = 1
    softened = cv2.GaussianBlur(figure.astype(np.float32), (0, 0), 1.6)
    return (softened > 0.5).astype(np.uint8)


def _unit(values: NDArray[np.floating]) -> Map:
    low, high = np.quantile(values, [0.03, 0.98])
    return np.asarray(np.clip((values - low) / max(float(high - low), 1e-6), 0, 1), np.float32)
