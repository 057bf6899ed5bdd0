"""One change of colour for a whole clip: worked out once, over pictures of all of it, and then looked up for every frame.

Many operations measure the picture that they change (its middle tone, its brightest places). Measured frame by frame, the
measure would tremble and the clip flicker. So they are put once on a sheet of small frames from the whole clip; beside them,
on the same sheet, stands a lattice of all colours, and what becomes of the lattice is the table (a "3D LUT").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]

NODES = 33
_SHEET = 1024        # the sheet's width in pixels: the lattice is a small part of it and moves no measure
_ACROSS = 4
_SHEET_ROWS = 768
_STRIP = 128


def sheet_of(frames: Sequence[Bytes]) -> Bytes:
    """Frames side by side, about a thousand pixels wide and as high as measures need."""
    width = _SHEET // _ACROSS
    small = [cv2.resize(frame, (width, max(round(width * frame.shape[0] / frame.shape[1]), 1)), interpolation=cv2.INTER_AREA)
             for frame in frames]
    shown = [small[index % len(small)] for index in range(-(-len(small) // _ACROSS) * _ACROSS)]
    rows = [np.hstack(shown[start : start + _ACROSS]) for start in range(0, len(shown), _ACROSS)]
    sheet = np.vstack(rows)
    times = max(-(-_SHEET_ROWS // sheet.shape[0]), 1)
    return np.ascontiguousarray(np.vstack([sheet] * times), np.uint8)


def lattice() -> Bytes:
    """All colours of the table, as rows of the sheet: red fastest, then green, then blue; what is left is grey."""
    levels = np.rint(np.linspace(0, 255, NODES)).astype(np.uint8)
    blue, green, red = np.meshgrid(levels, levels, levels, indexing="ij")
    colours = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    rows = -(-len(colours) // _SHEET)
    filled = np.full((rows * _SHEET, 3), 128, np.uint8)
    filled[: len(colours)] = colours
    return filled.reshape(rows, _SHEET, 3)


class ColourTable:
    """The change that functions (one after the other) make of colours, measured on the sheet."""

    def __init__(self, sheet: Bytes, functions: Sequence[Callable[[Bytes], Bytes]]) -> None:
        known = lattice()
        canvas = np.vstack([sheet, known])
        for function in functions:
            canvas = function(canvas)
        colours = canvas[sheet.shape[0] :].reshape(-1, 3)[: NODES**3]
        # Laid out flat for remap: green down; blue by blue, red across.
        cube = colours.reshape(NODES, NODES, NODES, 3).transpose(1, 0, 2, 3)
        self._flat = np.ascontiguousarray(cube.reshape(NODES, NODES * NODES, 3).astype(np.float32))

    def change(self, rgb: Bytes) -> Bytes:
        """The frame (rows, columns, 3) with its colours changed; between the table's colours by straight lines."""
        out = np.empty_like(rgb)
        for top in range(0, rgb.shape[0], _STRIP):
            part = slice(top, top + _STRIP)
            out[part] = self._looked_up(rgb[part])
        return out

    def _looked_up(self, rgb: Bytes) -> Bytes:
        place = rgb.astype(np.float32) * np.float32((NODES - 1) / 255)
        below = np.minimum(np.floor(place[..., 2]), NODES - 2)
        share = (place[..., 2] - below)[..., None]
        red = np.asarray(place[..., 0] + below * NODES, np.float32)
        green = np.ascontiguousarray(place[..., 1])
        low = cv2.remap(self._flat, red, green, cv2.INTER_LINEAR)
        high = cv2.remap(self._flat, red + np.float32(NODES), green, cv2.INTER_LINEAR)
        mixed = low + (high - low) * share
        return np.asarray(np.clip(mixed + np.float32(0.5), 0, 255), np.uint8)
