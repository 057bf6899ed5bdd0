"""Any moment between two pictures: both are moved along their motion to that moment and joined.

The motion of a moment is splatted from both ends (after Niklaus and Liu 2020, "Softmax Splatting", with the trust as the
weight), so moving things keep their outline; what only one picture shows is taken from that one; where no motion was found
the pictures dissolve while they move with the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from studio.engine.render.inbetween.flow import Bytes, Flow, Map, Motion, grid, spread_from

_DISSOLVE = (0.28, 0.72)   # the part of the way over which places without a motion dissolve
_ORDER = 0.14              # how much earlier the light of the second picture comes than its dark
_HIDDEN = np.float32(8e-4)
_FILLING = 3.0             # how soon before its end a picture that fills the frame has no soft rim any more
_RIM, _SOFT_RIM = 0.02, 0.22   # over this share of the short side a picture fades in from its rim: matched, unmatched


@dataclass(frozen=True, slots=True)
class _Splatted:
    """A picture at one moment: for each place the flow back to the picture, whether any of it lands there, its trust."""

    flow: Flow
    seen: Map
    trust: Map


class Morph:
    """The way from one sRGB picture to another of the same size. Thread-safe: a moment depends on its share alone."""

    def __init__(self, first: Bytes, second: Bytes, motion: Motion) -> None:
        if first.shape != second.shape:
            raise ValueError(f"pictures of {first.shape} and {second.shape} cannot be joined")
        self._first, self._second, self.motion = first, second, motion
        self._x, self._y = grid(*first.shape[:2])
        self._rims = _rim(motion.trust.shape, _RIM), _rim(motion.trust.shape, _SOFT_RIM)
        small = cv2.resize(second, motion.trust.shape[::-1], interpolation=cv2.INTER_AREA).mean(axis=2)
        light = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 3.0)
        self._early = np.asarray(_ORDER * np.clip((light - light.mean()) / (light.std() + 1e-3) / 2, -1, 1), np.float32)

    def at(self, share: float) -> Bytes:
        """The picture at `share` (0 to 1) of the way; at both ends the given pictures themselves."""
        if share <= 0.0:
            return self._first.copy()
        if share >= 1.0:
            return self._second.copy()
        motion = self.motion
        one_way = _splatted(motion.forth, motion.trust, share)
        other_way = _splatted(motion.back, motion.trust_back, 1.0 - share)
        weight = self._grown(self._weight(one_way, other_way, share))
        one, other = self._moved(self._first, one_way.flow), self._moved(self._second, other_way.flow)
        out = np.empty_like(one)
        for top in range(0, out.shape[0], 256):  # in strips, to keep the floats few
            part = slice(top, top + 256)
            mixed = one[part] + (other[part].astype(np.float32) - one[part]) * weight[part, :, None]
            out[part] = np.clip(mixed + np.float32(0.5), 0, 255)
        return out

    def _weight(self, first: _Splatted, second: _Splatted, share: float) -> Map:
        """How much each place takes of the second picture, 0 to 1."""
        trust = np.asarray(cv2.GaussianBlur(np.maximum(first.trust, second.trust), (0, 0), 2.0), np.float32)
        hard, soft = self._rims
        # Where the motion is known the two are the same: a hole in one is where the other shows what it could not know.
        from_first = (1 - share) * np.maximum(first.seen * _through(hard, first.flow), _HIDDEN)
        from_second = share * np.maximum(second.seen * _through(hard, second.flow), _HIDDEN)
        matched = from_second / (from_first + from_second)
        # Elsewhere the second is laid over the first, soft at its rim as long as it does not fill the frame.
        late = _dissolved(share + self._early * (4 * share * (1 - share)))
        shown, hidden = (way.seen * (1 - (1 - _through(soft, way.flow)) * min(1.0, _FILLING * far))
                         for way, far in ((second, 1 - share), (first, share)))
        laid = late * shown
        laid += (1 - laid) * (1 - hidden) * shown
        return np.asarray(matched * trust + laid * (1 - trust), np.float32)

    def _grown(self, weight: Map) -> Map:
        soft = cv2.GaussianBlur(weight, (0, 0), 1.0)
        rows, columns = self._first.shape[:2]
        return np.asarray(cv2.resize(soft, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)

    def _moved(self, picture: Bytes, flow: Flow) -> Bytes:
        rows, columns = picture.shape[:2]
        large = cv2.resize(flow, (columns, rows), interpolation=cv2.INTER_LINEAR)
        across, down = np.float32(columns / flow.shape[1]), np.float32(rows / flow.shape[0])
        x, y = self._x + large[..., 0] * across, self._y + large[..., 1] * down
        return np.asarray(cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def _dissolved(share: Map) -> Map:
    begin, end = _DISSOLVE
    along = np.clip((share - begin) / (end - begin), 0.0, 1.0)
    return np.asarray(along * along * (3 - 2 * along), np.float32)


def _rim(shape: tuple[int, ...], share: float) -> Map:
    """0 at the rim, 1 from a share of the short side on."""
    rows, columns = shape[:2]
    reach = max(share * min(rows, columns), 1.0)
    inside = np.minimum.outer(np.minimum(np.arange(rows), rows - 1 - np.arange(rows)),
                              np.minimum(np.arange(columns), columns - 1 - np.arange(columns)))
    ramp = np.clip((inside + 0.5) / reach, 0, 1)
    return np.asarray(ramp * ramp * (3 - 2 * ramp), np.float32)


def _through(values: Map, flow: Flow) -> Map:
    """A map seen through a flow; 0 beyond its rim."""
    x, y = grid(*flow.shape[:2])
    seen = cv2.remap(values, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(seen, np.float32)


def _splatted(flow: Flow, trust: Map, way: float) -> _Splatted:
    """A picture whose places have gone `way` of their flow."""
    rows, columns = flow.shape[:2]
    x, y = grid(rows, columns)
    there_x, there_y = x + flow[..., 0] * np.float32(way), y + flow[..., 1] * np.float32(way)
    left, top = np.floor(there_x).astype(np.int64), np.floor(there_y).astype(np.int64)
    right_share, low_share = there_x - left, there_y - top
    heavy = (trust + np.float32(0.05)).ravel()
    carried = (heavy, heavy * flow[..., 0].ravel(), heavy * flow[..., 1].ravel(), heavy * trust.ravel(), np.ones_like(heavy))
    sums = [np.zeros(rows * columns, np.float64) for _ in carried]
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        share = ((right_share if dx else 1 - right_share) * (low_share if dy else 1 - low_share)).ravel()
        at_x, at_y = (left + dx).ravel(), (top + dy).ravel()
        inside = (at_x >= 0) & (at_x < columns) & (at_y >= 0) & (at_y < rows)
        place, share = (at_y * columns + at_x)[inside], share[inside]
        for total, values in zip(sums, carried, strict=True):
            total += np.bincount(place, values[inside] * share, rows * columns)
    weight, flow_x, flow_y, trusted, landed = (total.reshape(rows, columns).astype(np.float32) for total in sums)
    safe = np.maximum(weight, 1e-6)
    # What grows lands sparsely: only a wide gap is a hole.
    seen = np.clip((cv2.GaussianBlur(landed, (0, 0), 1.5) - 0.06) / 0.25, 0, 1).astype(np.float32)
    back = -np.dstack([flow_x / safe, flow_y / safe]) * np.float32(way)
    filled = spread_from(back.astype(np.float32), np.minimum(landed, 1.0) * (seen > 0))
    known = spread_from(np.asarray((trusted / safe)[..., None], np.float32), np.minimum(landed, 1.0))[..., 0]
    return _Splatted(filled, seen, np.asarray(known, np.float32))
