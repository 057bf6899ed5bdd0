"""Frames between frames: both neighbours are moved along the optical flow to the moment asked for and mixed, where they
agree. Flow: DIS (Kroeger et al. 2016). In-between flow: Jiang et al., "Super SloMo" (2018), eq. 4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Flow = NDArray[np.float32]

_FLOW_SIDE = 640      # the flow is looked for at this size at most: it is smooth, and large moves are found better
_OFF = 40             # levels: more does not fit
_CUT = 0.35           # share of the frame that does not fit after moving, from where on it is another shot
_SAME = 0.02          # this near to a frame's moment the frame itself is taken
_NO_MAP = np.empty((0, 0), np.float32)


class Pair:
    """Two frames that follow each other, and the motion between them, found when it is first asked for."""

    def __init__(self, first: Bytes, second: Bytes) -> None:
        self._first, self._second = first, second
        self._flows: tuple[Flow, Flow] | None = None
        self._looked = False

    def at(self, share: float) -> Bytes:
        """The frame at `share` (0 to 1) of the way from the first to the second."""
        if share <= _SAME:
            return self._first
        if share >= 1 - _SAME:
            return self._second
        if not self._looked:
            self._flows = flows_between(_small_grey(self._first), _small_grey(self._second))
            self._looked = True
        if self._flows is None:  # between two shots there is nothing
            return self._first if share < 0.5 else self._second
        return _between(self._first, self._second, *self._flows, share)


def at_rate(frames: Iterator[Bytes], fps: Fraction, wanted: Fraction) -> Iterator[Bytes]:
    """Frames at `fps` as frames at `wanted`, lasting as long (to a frame). More of them are made in between; fewer are the
    nearest ones."""
    first = next(frames, None)
    if first is None:
        return
    second = next(frames, None)
    pair = Pair(first, first if second is None else second)
    index, count, smooth = 0, 0, wanted > fps
    while True:
        place = Fraction(count) * fps / wanted
        while second is not None and place >= index + 1:
            first, second, index = second, next(frames, None), index + 1
            pair = Pair(first, first if second is None else second)
        if second is None and count >= max(round((index + 1) * wanted / fps), 1):
            return
        share = float(place - index)
        if smooth and second is not None:
            yield pair.at(share)
        else:
            yield second if second is not None and share >= 0.5 else first
        count += 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """How two pictures meet at a moment between them: where each one's colour is to be taken from, relative to each place
    (pixels of the size at which the flow was looked for), and how much the first one counts (0 to 1)."""

    to_first: Flow
    to_second: Flow
    weight: Flow


def meeting(forth: Flow, back: Flow, share: float) -> Meeting:
    """By the flows from the first to the second and back. Where they do not meet, something is hidden in one of the two: the
    one that agrees with itself counts more."""
    trust_first, trust_second = (cv2.GaussianBlur(_agreement(*pair), (0, 0), 1.5) for pair in ((forth, back), (back, forth)))
    weight = (1 - share) * trust_first / np.maximum((1 - share) * trust_first + share * trust_second, 1e-6)
    return Meeting(np.asarray(-(1 - share) * share * forth + share * share * back, np.float32),
                   np.asarray((1 - share) * (1 - share) * forth - share * (1 - share) * back, np.float32),
                   np.asarray(weight, np.float32))


def flows_between(first: Bytes, second: Bytes) -> tuple[Flow, Flow] | None:
    """From one small grey picture to the other and back; None where they are of two shots."""
    forth = _flow(first, second)
    off = cv2.absdiff(_moved(second, forth), first) > _OFF
    return None if float(off.mean()) > _CUT else (forth, _flow(second, first))


def _between(first: Bytes, second: Bytes, forth: Flow, back: Flow, share: float) -> Bytes:
    rows, columns = first.shape[:2]
    met = meeting(forth, back, share)
    moved_first = _moved(first, _fitted(met.to_first, columns, rows))
    moved_second = _moved(second, _fitted(met.to_second, columns, rows))
    weight = np.asarray(cv2.resize(met.weight, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
    return np.asarray(cv2.blendLinear(moved_first, moved_second, weight, 1 - weight), np.uint8)


def _agreement(forth: Flow, back: Flow) -> Flow:
    """1 where going forth and back ends where it began, towards 0 where not; never 0."""
    returned = forth + _moved_flow(back, forth)
    miss = np.einsum("ijk,ijk->ij", returned, returned)
    size = np.einsum("ijk,ijk->ij", forth, forth)
    return np.asarray(np.exp(-miss / (0.05 * size + 1.0)) + 0.02, np.float32)


def _small_grey(frame: Bytes) -> Bytes:
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)
    factor = min(1.0, _FLOW_SIDE / max(grey.shape))
    size = max(round(grey.shape[1] * factor), 16), max(round(grey.shape[0] * factor), 16)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _flow(first: Bytes, second: Bytes) -> Flow:
    found = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(first, second, None)  # type: ignore[call-overload]
    return np.asarray(cv2.GaussianBlur(found, (0, 0), 1.0), np.float32)


def _fitted(flow: Flow, columns: int, rows: int) -> Flow:
    """A flow at another size: its arrows grow with it."""
    height, width = flow.shape[:2]
    scaled = flow * np.array([columns / width, rows / height], np.float32)
    return np.asarray(cv2.resize(scaled, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)


@lru_cache(maxsize=4)
def _grid(rows: int, columns: int) -> Flow:
    """Each pixel's own place; one for all frames of a size, so it is not written to."""
    places = np.dstack(np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)))
    places.flags.writeable = False
    return places


def _moved(frame: Bytes, flow: Flow) -> Bytes:
    places = _grid(*flow.shape[:2]) + flow
    return np.asarray(cv2.remap(frame, places, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _moved_flow(flow: Flow, by: Flow) -> Flow:
    places = _grid(*by.shape[:2]) + by
    return np.asarray(cv2.remap(flow, places, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
