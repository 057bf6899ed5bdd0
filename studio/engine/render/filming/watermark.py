"""The engine's mark: a small ring and a word in the lower right corner, white, half clear, with a soft shadow."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from studio.engine.render.motion.stage import Planes

Map = NDArray[np.float32]

_WORD = "Studio"
_SIZE, _EDGE = 0.040, 0.032      # height of the letters and distance to the rims, as shares of the short side
_STRENGTH, _SHADOW = 0.62, 0.30
_FINE = 4                        # drawn this many times larger and reduced
_SMALLEST = 9


class Watermark:
    """The mark for one frame size."""

    def __init__(self, width: int, height: int) -> None:
        short = min(width, height)
        letters = max(_SMALLEST, round(_SIZE * short))
        mark = _drawn(letters)
        rows, columns = (min(side, room) for side, room in zip(mark.shape, (height, width), strict=True))
        mark = mark[:rows, :columns]
        edge = round(_EDGE * short)
        # Even corners, so that luma and chroma lie on each other.
        self._left = max(0, (width - columns - edge) // 2 * 2)
        self._top = max(0, (height - rows - edge) // 2 * 2)
        self._light = np.asarray(mark * _STRENGTH, np.float32)
        offset = np.array([[1.0, 0, letters * 0.04], [0, 1, letters * 0.06]])
        shadow = cv2.warpAffine(cv2.GaussianBlur(mark, (0, 0), max(letters * 0.10, 0.8)), offset, (columns, rows))
        self._dark = np.asarray(np.clip(shadow * 1.6, 0, 1) * _SHADOW, np.float32)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """left, top, right, bottom in the frame."""
        rows, columns = self._light.shape
        return self._left, self._top, self._left + columns, self._top + rows

    def put(self, planes: Planes) -> Planes:
        """A frame's planes with the mark on it; the given ones are left as they are."""
        y, u, v = (plane.copy() for plane in planes)
        left, top, right, bottom = self.box
        part = y[top:bottom, left:right].astype(np.float32)
        part = part + (16.0 - part) * self._dark
        part = part + (235.0 - part) * self._light
        y[top:bottom, left:right] = np.clip(part + 0.5, 16, 235)
        size = (right - left) // 2, (bottom - top) // 2
        share = cv2.resize(self._light, size, interpolation=cv2.INTER_AREA)
        for plane in (u, v):
            there = plane[top // 2 : top // 2 + size[1], left // 2 : left // 2 + size[0]]
            there[:] = np.clip(there + (128.0 - there.astype(np.float32)) * share + 0.5, 16, 240)
        return y, u, v


def _drawn(letters: int) -> Map:
    """The mark as cover, 0 to 1; sides are even."""
    size = letters * _FINE
    font = ImageFont.load_default(size)
    draw = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = draw.textbbox((0, 0), _WORD, font=font)
    pad, ring = round(0.45 * size), round(0.78 * size)
    wide = pad + ring + round(0.34 * size) + round(right - left) + pad
    high = max(round(bottom - top), ring) + 2 * pad
    image = Image.new("L", (wide, high))
    draw = ImageDraw.Draw(image)
    middle = high / 2
    stroke = max(2, round(0.13 * size))
    draw.ellipse((pad, middle - ring / 2, pad + ring, middle + ring / 2), outline=255, width=stroke)
    dot = ring * 0.17
    draw.ellipse((pad + ring / 2 - dot, middle - dot, pad + ring / 2 + dot, middle + dot), fill=255)
    draw.text((pad + ring + round(0.34 * size) - left, middle - (top + bottom) / 2), _WORD, font=font, fill=255)
    columns, rows = (max(2, round(side / _FINE / 2) * 2) for side in image.size)
    small = cv2.resize(np.asarray(image, np.uint8), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(small.astype(np.float32) / 255, np.float32)
