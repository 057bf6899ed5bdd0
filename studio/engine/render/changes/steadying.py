"""Holding what is done to frames steady: the result follows the one before along the motion, wherever the source does too.

After Bonneel et al. 2015, "Blind Video Temporal Consistency", made simple: the changed frame is pulled towards the changed
frame before it, moved by the source's flow, by as much as the source itself agrees with its own past there. `broad` holds
only the broad light and colour, so that detail stays as sharp as it is in each frame.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.changes.flow import Flow, Map, grown

Bytes = NDArray[np.uint8]

_HOLD = 0.82
_TRUST = 9.0           # a difference of the source to its moved past, in levels, at which little of it is trusted
_BROAD_SIDE = 96
_NO_MAP = np.empty((0, 0), np.float32)


class Steadied:
    """One change that is held steady through a clip."""

    def __init__(self, *, broad: bool) -> None:
        self._broad = broad
        self._before: tuple[Bytes, Bytes] | None = None

    def hold(self, source: Bytes, changed: Bytes, flow: Flow | None) -> Bytes:
        """The changed frame, held. `flow` leads to the frame before; None where there is none, or another shot begins."""
        before = self._before
        if flow is not None and before is not None and changed.shape == before[1].shape:
            changed = self._pulled(source, changed, before, flow)
        self._before = source, changed
        return changed

    def _pulled(self, source: Bytes, changed: Bytes, before: tuple[Bytes, Bytes], flow: Flow) -> Bytes:
        rows, columns = changed.shape[:2]
        if self._broad:
            factor = min(1.0, _BROAD_SIDE / max(rows, columns))
            columns, rows = max(round(columns * factor), 8), max(round(rows * factor), 8)
        old_source, old_shown, now, goal = (
            np.asarray(cv2.resize(one, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
            if one.shape[:2] != (rows, columns) else one.astype(np.float32)
            for one in (*before, source, changed)
        )
        arrows = grown(flow, columns, rows)
        trust = self._trust(now, _moved(old_source, arrows))
        change = (_moved(old_shown, arrows) - goal) * trust[..., None]
        if self._broad:
            soft = cv2.GaussianBlur(change, (0, 0), max(columns / 40, 1.0))
            change = np.asarray(cv2.resize(soft, (changed.shape[1], changed.shape[0]), interpolation=cv2.INTER_LINEAR),
                                np.float32)
        return np.asarray(np.clip(changed + change + np.float32(0.5), 0, 255), np.uint8)

    def _trust(self, now: Map, before: Map) -> Map:
        off = np.abs(now - before).max(axis=2)
        return np.asarray(_HOLD * np.exp(-((cv2.GaussianBlur(off, (0, 0), 1.5) / _TRUST) ** 2)), np.float32)


def _moved(values: Map, flow: Flow) -> Map:
    rows, columns = flow.shape[:2]
    places = flow.copy()
    places[..., 0] += np.arange(columns, dtype=np.float32)[None, :]
    places[..., 1] += np.arange(rows, dtype=np.float32)[:, None]
    return np.asarray(cv2.remap(values, places, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
