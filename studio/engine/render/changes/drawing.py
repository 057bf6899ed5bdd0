"""A clip drawn in a style: every few frames are drawn, those between follow the drawings along the source's motion.

As in example-based animation (Jamriška et al. 2019, "Stylizing Video by Example"): the strokes stick to what they show, and
a drawing that takes long is made a few times a second only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from studio.engine.render.changes.flow import Bytes, Flow, Map, flow_to, grown, pulled, small_grey
from studio.engine.render.changes.stages import Moment
from studio.engine.render.edit.steps import Step
from studio.engine.render.treatments.apply import treated

_EVERY = 6
_TRUST = 14.0         # a difference of the source to the moved key, in levels, at which little of the key is trusted
_LEAST = 0.02
_NO_MAP = np.empty((0, 0), np.float32)


class Drawn:
    """The stage for "style". It takes a few frames before it gives them, so it works on all of them in a row."""

    def __init__(self, step: Step, seed: int) -> None:
        self._step, self._seed = step, seed

    def through(self, moments: Iterator[Moment]) -> Iterator[Moment]:
        """The same moments, drawn. A new shot begins with a drawing of its own."""
        key: _Key | None = None
        held: list[Moment] = []
        for moment in moments:
            if moment.flow is None:  # the first frame, or another shot: what is held belongs to the one before
                yield from self._between(key, held, None)
                key, held = self._key(moment), []
                yield self._done(moment, key.drawn)
                continue
            held.append(moment)
            if len(held) == _EVERY and key is not None:
                following = self._key(moment)
                yield from self._between(key, held[:-1], following)
                yield self._done(moment, following.drawn)
                key, held = following, []
        yield from self._between(key, held, None)

    def _key(self, moment: Moment) -> _Key:
        drawn = treated(moment.rgb, self._step.value, self._seed, lambda share: moment.check()).rgb
        return _Key(small_grey(moment.rgb), drawn)

    def _between(self, key: _Key | None, held: Sequence[Moment], following: _Key | None) -> Iterator[Moment]:
        """The frames after `key` and before `following`; where a shot ends without one, its last frame is drawn."""
        if key is None or not held:
            return
        last: Moment | None = None
        if following is None:
            last, held = held[-1], held[:-1]
            following = self._key(last)
        for number, moment in enumerate(held, start=1):
            moment.check()
            share = number / (len(held) + 1)
            yield self._done(moment, _mixed(moment.rgb, key, following, share))
        if last is not None:
            yield self._done(last, following.drawn)

    def _done(self, moment: Moment, drawn: Bytes) -> Moment:
        moment.put(drawn, self._step.region)
        return moment


class _Key:
    """A frame that was drawn: its small grey, and the drawing."""

    def __init__(self, grey: Bytes, drawn: Bytes) -> None:
        self.grey, self.drawn = grey, drawn


def _mixed(rgb: Bytes, first: _Key, second: _Key, share: float) -> Bytes:
    """Both drawings moved to a frame between them, each as far as its source fits there."""
    grey = small_grey(rgb)
    one, other = ((_moved(key.drawn, flow), _trust(grey, key.grey, flow))
                  for key in (first, second) for flow in [flow_to(grey, key.grey)])
    rows, columns = rgb.shape[:2]
    near, far = one[1] * np.float32(1 - share), other[1] * np.float32(share)
    weight = cv2.resize(near / np.maximum(near + far, np.float32(1e-6)), (columns, rows), interpolation=cv2.INTER_LINEAR)
    mixed = other[0] + (one[0].astype(np.float32) - other[0]) * weight[..., None]
    return np.asarray(np.clip(mixed + np.float32(0.5), 0, 255), np.uint8)


def _trust(now: Bytes, key: Bytes, flow: Flow) -> Map:
    off = cv2.GaussianBlur(np.abs(pulled(key, flow) - now), (0, 0), 1.5)
    return np.asarray(np.exp(-((off / _TRUST) ** 2)) + _LEAST, np.float32)


def _moved(drawn: Bytes, flow: Flow) -> Bytes:
    rows, columns = drawn.shape[:2]
    places = grown(flow, columns, rows)
    places[..., 0] += np.arange(columns, dtype=np.float32)[None, :]
    places[..., 1] += np.arange(rows, dtype=np.float32)[:, None]
    return np.asarray(cv2.remap(drawn, places, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
