"""The last moments of a clip, seen again by the camera of a later frame: one of them, or two of which the one goes over into
the other.

All is done on planes, where half of the numbers are; and a moment is taken from its own frame in one step, where camera and
motion between the two are put together first, on a small copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.changes.flow import Flow, Map, grid, sized
from studio.engine.render.changes.life import Loop, Matrix
from studio.engine.render.changes.onward_camera import OnwardCamera
from studio.engine.render.enlarge.between import flows_between, meeting

Bytes = NDArray[np.uint8]
Planes = tuple[Bytes, Bytes, Bytes]
Rect = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; all even."""

_FLOW_SIDE = 320      # motion between two moments is looked for at this size: it is smooth
_ALL = 0.98
_BAND = 8             # cells
_RIM = 0.03           # of the short side: there a moment goes over into what is shown beside it
_NO_MAP = np.empty((0, 0), np.float32)


@dataclass(frozen=True, slots=True)
class Picture:
    """Luma, and both chromas as one array of half the size."""

    luma: Bytes
    chroma: Bytes

    @property
    def planes(self) -> Planes:
        u, v = cv2.split(self.chroma)
        return self.luma, np.asarray(u, np.uint8), np.asarray(v, np.uint8)


@dataclass(frozen=True, slots=True)
class Source:
    """A picture to take colours from: its luma is brought to twice its size once, finely, and then read quickly: as sharp as
    reading finely each time, and three times as fast."""

    fine: Bytes
    chroma: Bytes


@dataclass(frozen=True, slots=True)
class Places:
    """Where each value's colour is taken from: for luma in pixels of a source's `fine`, for chroma in those of its own."""

    luma: Flow
    chroma: Flow

    def cut(self, rect: Rect) -> Places:
        """Those of a rectangle."""
        left, top, right, bottom = rect
        return Places(np.ascontiguousarray(self.luma[top:bottom, left:right]),
                      np.ascontiguousarray(self.chroma[top // 2 : bottom // 2, left // 2 : right // 2]))


def picture_of(planes: Planes) -> Picture:
    return Picture(planes[0], np.asarray(cv2.merge(planes[1:]), np.uint8))


def source_of(picture: Picture) -> Source:
    rows, columns = picture.luma.shape
    fine = cv2.resize(picture.luma, (columns * 2, rows * 2), interpolation=cv2.INTER_CUBIC)
    return Source(np.asarray(fine, np.uint8), picture.chroma)


def in_fine(places: NDArray[np.floating]) -> Flow:
    """Places in pixels of a frame as those of a copy twice as large."""
    return np.asarray(places * np.float32(2) + np.float32(0.5), np.float32)


def in_chroma(places: NDArray[np.floating]) -> Flow:
    """Places in pixels of a frame as those of its chroma, whose values lie between two of luma's each way."""
    return np.asarray((places - np.float32(0.5)) * np.float32(0.5), np.float32)


def remapped(source: Source, places: Places) -> Picture:
    """The source's colours taken from other places of it."""
    luma, chroma = (cv2.remap(of, at, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
                    for of, at in ((source.fine, places.luma), (source.chroma, places.chroma)))
    return Picture(np.asarray(luma, np.uint8), np.asarray(chroma, np.uint8))


def blended(below: Picture, above: Picture, share: Map) -> Picture:
    """`share` (0 to 1, for each pixel) of the one above."""
    half = np.asarray(cv2.resize(share, below.chroma.shape[1::-1], interpolation=cv2.INTER_AREA), np.float32)
    return Picture(np.asarray(cv2.blendLinear(below.luma, above.luma, 1 - share, share), np.uint8),
                   np.asarray(cv2.blendLinear(below.chroma, above.chroma, 1 - half, half), np.uint8))


def lay_over(below: Picture, above: Picture, rect: Rect, share: Map) -> None:
    """`above` lies at the rectangle of the one below from now on, and counts `share` there."""
    left, top, right, bottom = rect
    luma, chroma = below.luma[top:bottom, left:right], below.chroma[top // 2 : bottom // 2, left // 2 : right // 2]
    both = blended(Picture(luma, chroma), above, share)
    luma[:], chroma[:] = both.luma, both.chroma


def mixed(one: Picture, other: Picture, share: float) -> Picture:
    """Plainly, `share` of the other."""
    luma, chroma = (cv2.addWeighted(a, 1 - share, b, share, 0.0)
                    for a, b in ((one.luma, other.luma), (one.chroma, other.chroma)))
    return Picture(np.asarray(luma, np.uint8), np.asarray(chroma, np.uint8))


def gone_over(one: Picture, other: Picture, share: float) -> Picture:
    """From one picture to another: things move over where they can, so that nothing is seen twice; else a plain mix."""
    flows = flows_between(sized(one.luma, _FLOW_SIDE), sized(other.luma, _FLOW_SIDE))
    if flows is None:
        return mixed(one, other, share)
    met = meeting(*flows, share)
    rows, columns = one.luma.shape
    height, width = met.weight.shape
    scale = np.array([columns / width, rows / height], np.float32)
    own = (grid(height, width) + np.float32(0.5)) * scale - np.float32(0.5)
    first, second = (remapped(source_of(picture), _places_of(own + flow * scale, columns, rows))
                     for picture, flow in ((one, met.to_first), (other, met.to_second)))
    return blended(second, first, _sized(met.weight, columns, rows))


class Moments:
    """`recent`: the last frames, which `to_last` turns into the last one's camera (see life.Ending)."""

    def __init__(self, recent: Sequence[Planes], to_last: Sequence[Matrix], camera: OnwardCamera) -> None:
        self._recent, self._to_last, self._camera = recent, to_last, camera
        self._rows, self._columns = recent[0][0].shape
        self._small: dict[int, Bytes] = {}
        self._cells: Flow | None = None

    def shown(self, loop: Loop, seen: Flow, count: int) -> tuple[Picture, Map]:
        """The `count`-th frame after the last, and where (0 to 1, on the camera's grid) it shows anything. `seen`: where
        each cell of the grid lies in the last frame."""
        moment, following, share = loop.at(count)
        places, valid = self._places(moment, seen)
        if following is None:
            return self._one(moment, places), valid
        other, other_valid = self._places(following, seen)
        return self._two((moment, places), (following, other), share), np.minimum(valid, other_valid)

    def _places(self, index: int, seen: Flow) -> tuple[Flow, Map]:
        """Where each cell lies in one of the last frames (pixels), and whether that is inside it."""
        back = np.linalg.inv(np.vstack([self._to_last[index], [0, 0, 1]]))[:2]
        middle = np.array([(self._columns - 1) / 2, (self._rows - 1) / 2], np.float32)
        place = (seen - middle) @ back[:, :2].T.astype(np.float32) + (back[:, 2] * self._columns).astype(np.float32) + middle
        inside = np.minimum(np.minimum(place[..., 0], self._columns - 1 - place[..., 0]),
                            np.minimum(place[..., 1], self._rows - 1 - place[..., 1]))
        rim = _RIM * min(self._rows, self._columns)
        return np.asarray(place, np.float32), np.asarray(np.clip(inside / rim, 0, 1), np.float32)

    def _one(self, index: int, places: Flow) -> Picture:
        return remapped(self._source(index), self.grown(places))

    def _source(self, index: int) -> Source:
        return source_of(picture_of(self._recent[index]))

    def grown(self, places: Flow) -> Places:
        """For every pixel what is known for the cells of the grid."""
        return Places(self._camera.grown(in_fine(places)), self._camera.grown(in_chroma(places), 2))

    def _two(self, one: tuple[int, Flow], other: tuple[int, Flow], share: float) -> Picture:
        """From one moment to another, as in `gone_over`; each is taken from its own frame in one step."""
        small = [self._seen_small(*both) for both in (one, other)]
        flows = flows_between(small[0][0], small[1][0])
        if flows is None:
            return mixed(self._one(*one), self._one(*other), share)
        met = meeting(*flows, share)
        columns, rows = self._columns, self._rows
        pictures = []
        for (index, _), (_, places), flow in zip((one, other), small, (met.to_first, met.to_second), strict=True):
            along = np.asarray(cv2.remap(places, grid(*flow.shape[:2]) + flow, _NO_MAP, cv2.INTER_LINEAR,
                                         borderMode=cv2.BORDER_REPLICATE), np.float32)
            pictures.append(remapped(self._source(index), _places_of(along, columns, rows)))
        return blended(pictures[1], pictures[0], _sized(met.weight, columns, rows))

    def _seen_small(self, index: int, places: Flow) -> tuple[Bytes, Flow]:
        """A small grey copy of a moment as it is seen now, and where its pixels lie in the moment's own frame."""
        own = self._small.get(index)
        if own is None:
            own = self._small[index] = sized(self._recent[index][0], _FLOW_SIDE)
        height, width = own.shape
        small = np.asarray(cv2.remap(places, self._small_cells(width, height), _NO_MAP, cv2.INTER_LINEAR,
                                     borderMode=cv2.BORDER_REPLICATE), np.float32)
        scale = np.array([width / self._columns, height / self._rows], np.float32)
        seen = cv2.remap(own, (small + np.float32(0.5)) * scale - np.float32(0.5), _NO_MAP, cv2.INTER_LINEAR,
                         borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(seen, np.uint8), small

    def _small_cells(self, width: int, height: int) -> Flow:
        """The cell of the grid that each pixel of a small copy lies in."""
        if self._cells is None:
            scale = np.array([self._columns / width, self._rows / height], np.float32) / np.float32(self._camera.cell)
            self._cells = np.asarray((grid(height, width) + np.float32(0.5)) * scale - np.float32(0.5), np.float32)
        return self._cells


def parts_below(share: Map, cell: int, columns: int, rows: int) -> Iterator[Rect]:
    """Rectangles around all cells with less than nearly everything, band by band."""
    for top in range(0, share.shape[0], _BAND):
        # Values between two cells are a mix of both: one more on each side.
        lacking = share[max(top - 1, 0) : top + _BAND + 1] < _ALL
        across = np.flatnonzero(lacking.any(axis=0))
        if len(across):
            yield (max(int(across[0]) - 1, 0) * cell, top * cell, min((int(across[-1]) + 2) * cell, columns),
                   min((top + _BAND) * cell, rows))


def _places_of(small: NDArray[np.floating], columns: int, rows: int) -> Places:
    """What is known for the pixels of a small copy, for every pixel of the frame."""
    return Places(_sized(in_fine(small), columns, rows), _sized(in_chroma(small), columns // 2, rows // 2))


def _sized(values: Map, columns: int, rows: int) -> Map:
    return np.asarray(cv2.resize(values, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
