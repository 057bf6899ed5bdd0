"""A clip that goes on after its last frame: the camera's way is carried on and comes to rest or becomes the move that is
asked for, things go on moving, and what the words want to happen comes over the picture little by little."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.changes.events import Events
from studio.engine.render.changes.flow import Flow, Map
from studio.engine.render.changes.life import Ending, ending_of
from studio.engine.render.changes.moments import (
    Moments,
    Picture,
    Planes,
    blended,
    gone_over,
    lay_over,
    parts_below,
    picture_of,
    remapped,
    source_of,
)
from studio.engine.render.changes.onward_camera import OnwardCamera
from studio.engine.render.changes.wishes import Wishes
from studio.engine.render.motion.depth import photo_depth
from studio.media.colour import rgb_to_yuv420, yuv420_to_rgb

Bytes = NDArray[np.uint8]

_KEPT_S = 2.0
_KEPT_BYTES = 150_000_000      # of frames at the end that are held
_GOING_S, _SHIMMER_S = 1.2, 0.35  # how long things on their way, and everything else, go on by themselves
_FARTHEST = 0.09               # of the width: how far they may come
_FADE_IN_S = 0.45              # until moments of the last seconds have taken over
_AHEAD = 2                     # frames that are drawn beside the one that is written
_LUMA = 219 / 255              # of a step of grey in sRGB bytes, in video's
_NO_MAP = np.empty((0, 0), np.float32)


def carried_on(frames: Iterator[Bytes], fps: Fraction, more: int, wishes: Wishes, seed: int,
               check: Callable[[], object]) -> Iterator[Bytes]:
    """All frames (rows and columns even, sRGB), and `more` after them. Only the last two seconds of frames are held."""
    recent: deque[Planes] = deque(maxlen=0)
    for frame in frames:
        if more > 0:
            recent = _with(recent, rgb_to_yuv420(frame), fps)
        yield frame
    for planes in _after(recent, fps, more, wishes, seed, check):
        yield yuv420_to_rgb(*planes)


def planes_carried_on(frames: Iterator[Planes], fps: Fraction, more: int, wishes: Wishes, seed: int,
                      check: Callable[[], object]) -> Iterator[Planes]:
    """The same for frames as a video file holds them (BT.709, limited range)."""
    recent: deque[Planes] = deque(maxlen=0)
    for planes in frames:
        if more > 0:
            recent = _with(recent, planes, fps)
        yield planes
    yield from _after(recent, fps, more, wishes, seed, check)


def _with(recent: deque[Planes], planes: Planes, fps: Fraction) -> deque[Planes]:
    if not recent.maxlen:
        recent = deque(maxlen=max(min(round(_KEPT_S * fps), _KEPT_BYTES * 2 // (planes[0].size * 3)), 2))
    recent.append(planes)
    return recent


def _after(recent: Sequence[Planes], fps: Fraction, more: int, wishes: Wishes, seed: int,
           check: Callable[[], object]) -> Iterator[Planes]:
    if more > 0 and recent:
        onward = Onward(list(recent), float(fps), more, wishes, seed)
        yield from onward.frames(more, check)


class Onward:
    """The frames after the last one. `recent`: the last frames, the last of all among them."""

    def __init__(self, recent: Sequence[Planes], fps: float, more: int, wishes: Wishes, seed: int) -> None:
        self._last, self._fps = source_of(picture_of(recent[-1])), fps
        self._rows, self._columns = recent[-1][0].shape
        last = yuv420_to_rgb(*recent[-1])
        self._ending: Ending = ending_of([planes[0] for planes in recent], fps)
        depth = photo_depth(last).depth
        self._camera = OnwardCamera(self._ending, wishes.move, depth, (self._columns, self._rows), fps, more, seed)
        self._moments = Moments(recent, self._ending.to_last, self._camera)
        self._events = Events(wishes, (self._columns, self._rows), fps, more, last, seed)
        self._grain = _Grain(recent, self._ending, seed)
        self._local = _on_grid(self._ending.local, self._camera.grid) * np.float32(self._columns)
        self._going = _on_grid(self._ending.going, self._camera.grid)
        fastest = float(np.quantile(np.hypot(self._local[..., 0], self._local[..., 1]), 0.995))
        self._most = _FARTHEST * self._columns / max(fastest, 1e-3)

    def frames(self, more: int, check: Callable[[], object]) -> Iterator[Planes]:
        """The next `more` frames in order. As each depends on its number alone, others are drawn beside the one written."""
        with ThreadPoolExecutor(_AHEAD, "onward") as pool:
            drawn: deque[Future[Planes]] = deque()
            try:
                for count in range(1, more + 1):
                    while len(drawn) <= _AHEAD and count + len(drawn) <= more:
                        drawn.append(pool.submit(self._drawn, count + len(drawn)))
                    check()
                    planes = drawn.popleft().result()
                    if self._events.any:
                        planes = rgb_to_yuv420(self._events.on(yuv420_to_rgb(*planes), count))
                    yield self._grain.on(planes[0], count), planes[1], planes[2]
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _drawn(self, count: int) -> Planes:
        """The `count`-th frame after the last one (1 is the first), before what the words want comes over it."""
        seen = self._camera.places(count)
        local, going = self._moved(seen, count)
        return self._shown(seen, local, going, count).planes

    def _shown(self, seen: Flow, local: Flow, going: Map, count: int) -> Picture:
        """The last frame carried on, and over it the moments that have taken over where nothing is on its way."""
        if self._ending.loop is None:
            return remapped(self._last, self._moments.grown(local))
        again, valid = self._moments.shown(self._ending.loop, seen, count)
        weight = np.asarray((1 - going) * valid, np.float32)
        share = min(count / (_FADE_IN_S * self._fps), 1.0)
        share = share * share * (3 - 2 * share)
        if share < 1:
            carried = remapped(self._last, self._moments.grown(local))
            return blended(carried, gone_over(carried, again, share), self._camera.grown(weight))
        # Only where something is on its way, or nothing was ever seen, the last frame shows.
        parts = list(parts_below(weight, self._camera.cell, self._columns, self._rows))
        if not parts:
            return again
        places, full = self._moments.grown(local), self._camera.grown(weight)
        for part in parts:
            left, top, right, bottom = part
            lacking = np.ascontiguousarray(1 - full[top:bottom, left:right])
            lay_over(again, remapped(self._last, places.cut(part)), part, lacking)
        return again

    def _moved(self, seen: Flow, count: int) -> tuple[Flow, Map]:
        """Where each cell's colour lies in the last frame when things have gone on, and how much they are on their way."""
        going = self._sampled(self._going, seen)
        place = seen
        for _ in range(4):  # the way is written at its beginning, and asked for at its end
            here = self._sampled(self._going, place)
            far = self._eased(count, _GOING_S) * here + self._eased(count, _SHIMMER_S) * (1 - here)
            place = np.asarray(seen - self._sampled(self._local, place) * far[..., None], np.float32)
        return place, np.maximum(going, self._sampled(self._going, place))

    def _eased(self, count: int, seconds: float) -> np.float32:
        """How many frames' way is gone after `count` frames by something that comes to rest within some `seconds`."""
        time = min(seconds * self._fps, self._most)
        return np.float32(time * (1 - math.exp(-count / max(time, 1e-3))))

    def _sampled(self, cells: Map, places: Flow) -> Map:
        """Values of the grid at places given in pixels of the frame."""
        columns, rows = self._camera.grid
        scale = np.array([columns / self._columns, rows / self._rows], np.float32)
        return np.asarray(cv2.remap(cells, np.asarray((places + 0.5) * scale - 0.5, np.float32), _NO_MAP, cv2.INTER_LINEAR,
                                    borderMode=cv2.BORDER_REPLICATE), np.float32)


def _on_grid(values: Map, grid: tuple[int, int]) -> Map:
    return np.asarray(cv2.resize(values, grid, interpolation=cv2.INTER_LINEAR), np.float32)


class _Grain:
    """The noise of the source, new in each frame: without it a moved still looks frozen."""

    _OFFSETS = 64
    _MOST = 5.0

    def __init__(self, recent: Sequence[Planes], ending: Ending, seed: int) -> None:
        self._seed = seed
        self._noise: NDArray[np.int8] | None = None
        strength = min(self._strength(recent), self._MOST) * (0.35 if ending.loop is not None else 0.8)
        if strength > 0.3:
            rows, columns = recent[-1][0].shape
            white = np.random.default_rng([seed, 61]).standard_normal((rows + self._OFFSETS, columns + self._OFFSETS),
                                                                      dtype=np.float32)
            noise = np.asarray(cv2.GaussianBlur(white, (0, 0), 0.6), np.float32)
            self._noise = np.clip(np.rint(noise * (strength * _LUMA / noise.std())), -40, 40).astype(np.int8)

    def _strength(self, recent: Sequence[Planes]) -> float:
        """The spread of what is new from one frame to the next in calm places, in levels."""
        if len(recent) < 3:
            return 0.0
        fine = []
        for planes in recent[-3:]:
            luma = planes[0].astype(np.float32)
            fine.append(luma - cv2.GaussianBlur(luma, (0, 0), 1.2))
        change = np.abs(fine[-1] - fine[-2])
        return float(np.median(change)) / 0.6745 / 1.2

    def on(self, luma: Bytes, count: int) -> Bytes:
        """Over a frame's luma: noise of a film is grey, and the eye sees it there."""
        if self._noise is None:
            return luma
        rows, columns = luma.shape
        x, y = (int(v) for v in np.random.default_rng([self._seed, 62, count]).integers(0, self._OFFSETS, 2))
        return np.asarray(cv2.add(luma, self._noise[y : y + rows, x : x + columns], dtype=cv2.CV_8U), np.uint8)
