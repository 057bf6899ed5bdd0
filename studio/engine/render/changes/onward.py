"""A clip that goes on after its last frame: the camera's way is carried on and comes to rest or becomes the move that is
asked for, things go on moving, and what the words want to happen comes over the picture little by little."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.changes.events import Events
from studio.engine.render.changes.flow import Flow, Map
from studio.engine.render.changes.life import Ending, Loop, ending_of
from studio.engine.render.changes.onward_camera import OnwardCamera
from studio.engine.render.changes.wishes import Wishes
from studio.engine.render.enlarge.between import Pair
from studio.engine.render.motion.depth import photo_depth
from studio.media.colour import rgb_to_yuv420, yuv420_to_rgb

Bytes = NDArray[np.uint8]
_Planes = tuple[Bytes, Bytes, Bytes]

_KEPT_S = 2.0
_KEPT_BYTES = 150_000_000      # of frames at the end that are held
_GOING_S, _SHIMMER_S = 1.2, 0.35  # how long things on their way, and everything else, go on by themselves
_FARTHEST = 0.09               # of the width: how far they may come
_ALL = 0.98
_FADE_IN_S = 0.45              # until moments of the last seconds have taken over
_NO_MAP = np.empty((0, 0), np.float32)


def carried_on(frames: Iterator[Bytes], fps: Fraction, more: int, wishes: Wishes, seed: int,
               check: Callable[[], object]) -> Iterator[Bytes]:
    """All frames (rows and columns even, sRGB), and `more` after them. Only the last two seconds of frames are held."""
    recent: deque[_Planes] | None = None
    last: Bytes | None = None
    for frame in frames:
        if more > 0:
            if recent is None:
                most = max(min(round(_KEPT_S * fps), _KEPT_BYTES * 2 // (frame.shape[0] * frame.shape[1] * 3)), 2)
                recent = deque(maxlen=most)
            recent.append(rgb_to_yuv420(frame))
        last = frame
        yield frame
    if more > 0 and recent is not None and last is not None:
        onward = Onward(list(recent), last, float(fps), more, wishes, seed)
        for count in range(1, more + 1):
            check()
            yield onward.frame(count)


class Onward:
    """The frames after the last one. `recent`: the planes of the last frames, the last of all among them."""

    def __init__(self, recent: Sequence[_Planes], last: Bytes, fps: float, more: int, wishes: Wishes, seed: int) -> None:
        self._recent, self._last, self._fps = recent, last, fps
        self._rows, self._columns = last.shape[:2]
        self._ending: Ending = ending_of([planes[0] for planes in recent], fps)
        depth = photo_depth(last).depth
        self._camera = OnwardCamera(self._ending, wishes.move, depth, (self._columns, self._rows), fps, more, seed)
        self._events = Events(wishes, (self._columns, self._rows), fps, more, last, seed)
        self._grain = _Grain(recent, last, self._ending, seed)
        self._local = _on_grid(self._ending.local, self._camera.grid) * np.float32(self._columns)
        self._going = _on_grid(self._ending.going, self._camera.grid)
        fastest = float(np.quantile(np.hypot(self._local[..., 0], self._local[..., 1]), 0.995))
        self._most = _FARTHEST * self._columns / max(fastest, 1e-3)

    def frame(self, count: int) -> Bytes:
        """The `count`-th frame after the last one (1 is the first)."""
        seen = self._camera.places(count)
        local, going = self._moved(seen, count)
        shown = self._shown(seen, local, going, count)
        return self._grain.on(self._events.on(shown, count), count)

    def _shown(self, seen: Flow, local: Flow, going: Map, count: int) -> Bytes:
        """The last frame carried on, and over it the moments that have taken over where nothing is on its way."""
        if self._ending.loop is None:
            return self._remapped(self._last, local)
        share = min(count / (_FADE_IN_S * self._fps), 1.0)
        share = share * share * (3 - 2 * share)
        again, valid = self._again(self._ending.loop, seen, count)
        weight = np.asarray((1 - going) * valid, np.float32)
        if share >= 1 and float(weight.min()) > _ALL:
            return again
        carried = self._remapped(self._last, local)
        full = self._camera.grown(weight)
        return np.asarray(cv2.blendLinear(carried, _between(carried, again, share), 1 - full, full), np.uint8)

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

    def _again(self, loop: Loop, seen: Flow, count: int) -> tuple[Bytes, Map]:
        """A moment of the last seconds seen by the camera of now, and where it shows anything (0 to 1, on the grid)."""
        moment, following, share = loop.at(count)
        picture, valid = self._moment(moment, seen)
        if following is not None:
            other, other_valid = self._moment(following, seen)
            picture = _between(picture, other, share)
            valid = np.minimum(valid, other_valid)
        return picture, valid

    def _moment(self, index: int, seen: Flow) -> tuple[Bytes, Map]:
        matrix = np.vstack([self._ending.to_last[index], [0, 0, 1]])
        back = np.linalg.inv(matrix)[:2]
        middle = np.array([(self._columns - 1) / 2, (self._rows - 1) / 2], np.float32)
        place = (seen - middle) @ back[:, :2].T.astype(np.float32) + (back[:, 2] * self._columns).astype(np.float32) + middle
        inside = np.minimum(np.minimum(place[..., 0], self._columns - 1 - place[..., 0]),
                            np.minimum(place[..., 1], self._rows - 1 - place[..., 1]))
        rim = 0.03 * min(self._rows, self._columns)
        return (self._remapped(yuv420_to_rgb(*self._recent[index]), np.asarray(place, np.float32)),
                np.asarray(np.clip(inside / rim, 0, 1), np.float32))

    def _remapped(self, rgb: Bytes, places: Flow) -> Bytes:
        return np.asarray(cv2.remap(rgb, self._camera.grown(places), _NO_MAP, cv2.INTER_CUBIC,
                                    borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def _between(one: Bytes, other: Bytes, share: float) -> Bytes:
    """From one moment to another: things move over where they can, so that nothing is seen twice; else a plain mix."""
    if share >= 1:
        return other
    moved = Pair(one, other).at(share)
    if moved is not one and moved is not other:
        return moved
    return np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0.0), np.uint8)


def _on_grid(values: Map, grid: tuple[int, int]) -> Map:
    return np.asarray(cv2.resize(values, grid, interpolation=cv2.INTER_LINEAR), np.float32)


class _Grain:
    """The noise of the source, new in each frame: without it a moved still looks frozen."""

    _OFFSETS = 64
    _MOST = 5.0

    def __init__(self, recent: Sequence[_Planes], last: Bytes, ending: Ending, seed: int) -> None:
        self._seed = seed
        self._noise: NDArray[np.int8] | None = None
        strength = min(self._strength(recent), self._MOST) * (0.35 if ending.loop is not None else 0.8)
        if strength > 0.3:
            rows, columns = last.shape[:2]
            white = np.random.default_rng([seed, 61]).standard_normal((rows + self._OFFSETS, columns + self._OFFSETS),
                                                                      dtype=np.float32)
            noise = np.asarray(cv2.GaussianBlur(white, (0, 0), 0.6), np.float32)
            self._noise = np.clip(np.rint(noise * (strength / noise.std())), -40, 40).astype(np.int8)

    def _strength(self, recent: Sequence[_Planes]) -> float:
        """The spread of what is new from one frame to the next in calm places, in levels."""
        if len(recent) < 3:
            return 0.0
        fine = []
        for planes in recent[-3:]:
            luma = planes[0].astype(np.float32)
            fine.append(luma - cv2.GaussianBlur(luma, (0, 0), 1.2))
        change = np.abs(fine[-1] - fine[-2])
        return float(np.median(change)) / 0.6745 / 1.2

    def on(self, rgb: Bytes, count: int) -> Bytes:
        if self._noise is None:
            return rgb
        rows, columns = rgb.shape[:2]
        x, y = (int(v) for v in np.random.default_rng([self._seed, 62, count]).integers(0, self._OFFSETS, 2))
        part = np.ascontiguousarray(self._noise[y : y + rows, x : x + columns])
        return np.asarray(cv2.add(rgb, cv2.merge([part] * 3), dtype=cv2.CV_8U), np.uint8)
