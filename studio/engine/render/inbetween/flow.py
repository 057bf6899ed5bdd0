"""Dense motion between two pictures, both ways, with how far it is to be trusted at each place.

The pictures are first laid on each other as wholes, then matched densely: DIS (Kroeger et al. 2016, "Fast Optical Flow using
Dense Inverse Search"). A place is trusted where going there and back ends where it began and both pictures look alike
there; elsewhere the motion is that of its neighbours and of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.inbetween.alignment import Matrix, applied, by_faces, by_features, inverse

Bytes = NDArray[np.uint8]
Flow = NDArray[np.float32]
Map = NDArray[np.float32]

FLOW_SIDE = 512        # the motion is looked for at this size at most: it is smooth, and large moves are found better
_UNRELATED = 0.3       # share of the frame that must be trusted, else the pictures are taken to show different things
_IN_DOUBT = 0.2
_REST = 1e-4
NO_MAP = np.empty((0, 0), np.float32)


@dataclass(frozen=True, slots=True)
class Motion:
    """`forth` (rows, columns, 2): for each place of the first picture how far it lies from there in the second, in pixels of
    this grid; `back` the reverse. `trust`, `trust_back`: 0 to 1. `found_by`: "features", "flow", "faces" or "move"."""

    forth: Flow
    back: Flow
    trust: Map
    trust_back: Map
    found_by: str

    @property
    def trusted(self) -> float:
        """Share of the two pictures whose motion was found."""
        return float(self.trust.mean() + self.trust_back.mean()) / 2


def motion_between(first: Bytes, second: Bytes, move: Matrix | None = None) -> Motion:
    """The motion between two sRGB pictures of one size, on a grid of at most FLOW_SIDE.

    `move`, in shares of the frame's sides, is the camera's move to be made where the two show different things.
    """
    small = [_small(picture) for picture in (first, second)]
    grey = [np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8) for picture in small]
    matrices = by_features(*grey)
    found = _dense(grey[0], grey[1], [np.eye(3), *matrices], "features" if matrices else "flow")
    if found.trusted >= _UNRELATED:
        return found
    faces = by_faces(first, second)
    if faces is not None:
        scale = np.diag([grey[0].shape[1] / first.shape[1], grey[0].shape[0] / first.shape[0], 1.0])
        return _without_match(scale @ faces @ inverse(scale), grey[0].shape, "faces")
    scale = np.diag([grey[0].shape[1], grey[0].shape[0], 1.0])
    whole = np.eye(3) if move is None else scale @ move @ inverse(scale)
    return _without_match(np.asarray(whole, np.float64), grey[0].shape, "move")


def grid(rows: int, columns: int) -> tuple[Map, Map]:
    """x and y of every place."""
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def sampled(values: NDArray[np.float32], flow: Flow) -> NDArray[np.float32]:
    """A map as it is seen through a flow: at each place the value that lies where the flow leads."""
    x, y = grid(*flow.shape[:2])
    seen = cv2.remap(values, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.float32)


def spread_from(values: NDArray[np.float32], weight: Map, rest: float = 1e-9) -> NDArray[np.float32]:
    """Values kept where the weight is, and led on smoothly from there to where it is not, towards 0 the further away.

    `rest` is the weight of that 0 everywhere: 1e-4 lets values reach some 15 places far, 1e-9 all over."""
    total, summed = weight + np.float32(rest), values * weight[..., None]
    share = np.float32(1.0)
    for sigma in (2.0, 6.0, 18.0, 54.0):
        share *= np.float32(0.02)
        factor = min(1.0, 3.0 / sigma)
        size = max(4, round(weight.shape[1] * factor)), max(4, round(weight.shape[0] * factor))
        both = cv2.resize(np.dstack([values * weight[..., None], weight]), size, interpolation=cv2.INTER_AREA)
        soft = cv2.resize(cv2.GaussianBlur(both, (0, 0), sigma * factor), weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
        total = total + share * soft[..., -1]
        summed = summed + share * soft[..., :-1]
    return np.asarray(summed / total[..., None], np.float32)


def _small(picture: Bytes) -> Bytes:
    factor = min(1.0, FLOW_SIDE / max(picture.shape[:2]))
    size = max(round(picture.shape[1] * factor), 16), max(round(picture.shape[0] * factor), 16)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _dense(first: Bytes, second: Bytes, matrices: list[Matrix], found_by: str) -> Motion:
    """The motion by all matrices, at each place that which fits best there: what stands still and what moves keep apart."""
    ways = [(_led_flow(first, second, one), _led_flow(second, first, inverse(one))) for one in matrices]
    trusts = [(_trust(first, second, *way), _trust(second, first, *way[::-1])) for way in ways]
    # What nothing is known of goes with the whole: the matrix that fits most of the frame.
    most = int(np.argmax([float(one.mean()) for one, _ in trusts]))
    whole = matrices[most]
    forth, back = (_fused([way[side] for way in ways], [trust[side] for trust in trusts], most) for side in (0, 1))
    trust, trust_back = _trust(first, second, forth, back), _trust(second, first, back, forth)
    led, led_back = (_of_matrix(one, first.shape) for one in (whole, inverse(whole)))
    smooth = led + spread_from(forth - led, _sure(trust), _REST)
    smooth_back = led_back + spread_from(back - led_back, _sure(trust_back), _REST)
    return Motion(np.asarray(smooth, np.float32), np.asarray(smooth_back, np.float32), trust, trust_back, found_by)


def _fused(flows: list[Flow], trusts: list[Map], most: int) -> Flow:
    """At each place the flow that is trusted most around it; in doubt that of the whole, as plain places fit anything."""
    near = [cv2.GaussianBlur(trust, (0, 0), 2.5) + np.float32(_IN_DOUBT if at == most else 0.0)
            for at, trust in enumerate(trusts)]
    best = np.asarray(cv2.medianBlur(np.argmax(near, axis=0).astype(np.uint8), 9), np.int64)
    return np.asarray(np.take_along_axis(np.stack(flows), best[None, ..., None], axis=0)[0], np.float32)


def _sure(trust: Map) -> Map:
    """Doubtful places say nothing about their neighbours."""
    return np.asarray(np.clip((trust - 0.3) / 0.4, 0, 1), np.float32)


def _without_match(matrix: Matrix, shape: tuple[int, ...], found_by: str) -> Motion:
    """Two pictures that show different things: both move as a whole, nothing is trusted."""
    nothing = np.zeros(shape[:2], np.float32)
    return Motion(_of_matrix(matrix, shape), _of_matrix(inverse(matrix), shape), nothing, nothing, found_by)


def _of_matrix(matrix: Matrix, shape: tuple[int, ...]) -> Flow:
    x, y = grid(*shape[:2])
    return np.asarray(applied(matrix, x, y) - np.dstack([x, y]), np.float32)


def _led_flow(first: Bytes, second: Bytes, matrix: Matrix) -> Flow:
    """The flow from the first to the second: the matrix first, what it leaves by DIS."""
    x, y = grid(*first.shape[:2])
    there = applied(matrix, x, y)
    laid = np.asarray(cv2.remap(second, there, NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    rest = finder.calc(_evened(first), _evened(laid), None)  # type: ignore[call-overload]
    rest = np.dstack([cv2.medianBlur(np.ascontiguousarray(rest[..., axis], np.float32), 5) for axis in (0, 1)])
    return np.asarray(applied(matrix, x + rest[..., 0], y + rest[..., 1]) - np.dstack([x, y]), np.float32)


def _evened(grey: Bytes) -> Bytes:
    """Light taken out, structure kept: two exposures of one place are matched by what is drawn in them."""
    soft = cv2.GaussianBlur(grey, (0, 0), 12.0).astype(np.float32)
    return np.clip(grey.astype(np.float32) - soft * 0.7 + 90.0, 0, 255).astype(np.uint8)


def _trust(first: Bytes, second: Bytes, forth: Flow, back: Flow) -> Map:
    miss = forth + sampled(back, forth)
    off = np.einsum("ijk,ijk->ij", miss, miss)
    agree = np.exp(-off / (2.0 * 1.6**2))
    x, y = grid(*first.shape)
    landed_x, landed_y = x + forth[..., 0], y + forth[..., 1]
    inside = (landed_x > -1) & (landed_y > -1) & (landed_x < first.shape[1]) & (landed_y < first.shape[0])
    seen = np.asarray(cv2.remap(second, landed_x, landed_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
    alike = _alike(first.astype(np.float32), seen)
    return np.asarray(cv2.GaussianBlur((agree * alike * inside).astype(np.float32), (0, 0), 1.2), np.float32)


def _alike(one: Map, other: Map) -> Map:
    """1 where two pictures show the same: by normalized correlation where there is structure, by lightness where not."""

    def mean(values: Map) -> Map:
        return np.asarray(cv2.boxFilter(values, -1, (11, 11)), np.float32)

    mean_one, mean_other = mean(one), mean(other)
    spread_one = np.maximum(mean(one * one) - mean_one * mean_one, 0)
    spread_other = np.maximum(mean(other * other) - mean_other * mean_other, 0)
    together = mean(one * other) - mean_one * mean_other
    alike = np.clip((together / np.sqrt((spread_one + 4) * (spread_other + 4)) - 0.25) / 0.4, 0, 1)
    plain = np.maximum(spread_one, spread_other) < 36.0
    lightness = np.exp(-(((mean_one - mean_other) / 16.0) ** 2))
    return np.asarray(np.where(plain, lightness, alike), np.float32)
