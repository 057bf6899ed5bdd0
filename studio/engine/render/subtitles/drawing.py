"""Subtitles as pictures: drawn once each, larger and made small again, then laid over the frames that show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from studio.engine.render.subtitles.fonts import Typeface

Bytes = NDArray[np.uint8]

_FINER = 2           # subtitles are drawn this much larger, so that thin edges come out even
_WIDEST = 0.92       # of the frame's width
_FOOT = 0.06         # of the frame's height, below the last line
_LEADING = 1.22
_SMALLEST = 6.0


@dataclass(frozen=True, slots=True)
class Look:
    """How subtitles look; `size` and `stroke` in pixels of a frame whose short side has 1080."""

    size: float = 56.0
    colour: str = "#FFFFFF"
    stroke_colour: str = "#000000"
    stroke: float = 2.0


@dataclass(frozen=True, slots=True)
class Plate:
    """A drawn subtitle: its place in the frame, colour (rows, columns, 3) and cover (rows, columns, 1) of 0 to 1."""

    left: int
    top: int
    colour: NDArray[np.float32]
    cover: NDArray[np.float32]

    def over(self, frame: Bytes) -> Bytes:
        """A copy of the frame with the subtitle on it."""
        out = frame.copy()
        rows, columns = self.cover.shape[:2]
        place = np.s_[self.top : self.top + rows, self.left : self.left + columns]
        below = frame[place].astype(np.float32)
        out[place] = np.rint(below + (self.colour - below) * self.cover).astype(np.uint8)
        return out


class Lettering:
    """A face, a look and a frame size: says what fits and draws."""

    def __init__(self, typeface: Typeface, look: Look, width: int, height: int) -> None:
        self.width, self.height, self._look = width, height, look
        scale = min(width, height) / 1080
        self.size = max(look.size * scale, _SMALLEST)
        self._stroke = look.stroke * scale
        self._face: ImageFont.FreeTypeFont = typeface.at(self.size * _FINER)

    def fits(self, line: str) -> bool:
        """Whether a line is narrow enough for the frame."""
        return self._face.getlength(line) / _FINER + 2 * self._stroke <= self.width * _WIDEST

    def plate(self, lines: Sequence[str]) -> Plate:
        """The lines, centred, at the foot of the frame, cut where the frame is too small for them."""
        stroke = round(self._stroke * _FINER)
        leading = self.size * _LEADING * _FINER
        ascent, descent = self._face.getmetrics()
        most = max(self._face.getlength(line) for line in lines)
        columns = round(min(most + 2 * stroke + 4 * _FINER, self.width * _FINER))
        rows = round(min(leading * (len(lines) - 1) + ascent + descent + 2 * stroke, self.height * _FINER))
        columns, rows = max(columns // _FINER, 1) * _FINER, max(rows // _FINER, 1) * _FINER
        edge, letters = Image.new("L", (columns, rows)), Image.new("L", (columns, rows))
        for number, line in enumerate(lines):
            place = (columns - self._face.getlength(line)) / 2, stroke + leading * number
            ImageDraw.Draw(edge).text(place, line, 255, self._face, stroke_width=stroke)
            ImageDraw.Draw(letters).text(place, line, 255, self._face)
        inside, cover = _small(letters), np.maximum(_small(edge), _small(letters))
        ink, rim = (np.array(ImageColor.getrgb(name), np.float32) for name in (self._look.colour, self._look.stroke_colour))
        share = inside / np.maximum(cover, 1e-4)
        height, width = cover.shape[:2]
        foot = round(self.height * _FOOT)
        top = min(max(self.height - foot - height, 0), self.height - height)
        return Plate((self.width - width) // 2, top, np.asarray(rim + (ink - rim) * share, np.float32), cover)


def _small(mask: Image.Image) -> NDArray[np.float32]:
    """A mask at the frame's scale, (rows, columns, 1), 0 to 1."""
    values = np.asarray(mask, np.float32) / np.float32(255)
    size = mask.width // _FINER, mask.height // _FINER
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)[..., None]
