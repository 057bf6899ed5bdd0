"""A mouth opened in a picture: lips and chin are moved by a smooth local warp, and what comes to light between them is a
dark mouth with teeth and tongue hinted at."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.lipsync.tracking import Mouth

Bytes = NDArray[np.uint8]
Map = NDArray[np.float32]

WIDEST_GAP = 0.35     # of the mouth's width, fully open
_LOWER = 0.72         # the share of the gap by which the lower lip goes down; the upper goes up by the rest
_ROUNDING = 0.16      # how much narrower or wider lips get
_REACH_X, _UP, _DOWN = 1.15, 0.75, 1.25   # how far around the mouth the warp reaches, in its widths
_INSIDE, _TONGUE, _TEETH = (46.0, 16.0, 18.0), (150.0, 74.0, 74.0), (226.0, 216.0, 204.0)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Pixels around a mouth: where they are in the frame and in mouth widths from its middle, along (u) and across (v)."""

    left: int
    top: int
    x: Map
    y: Map
    u: Map
    v: Map


def opened(frame: Bytes, mouth: Mouth, opening: float, spread: float) -> Bytes:
    """The frame with the mouth open by `opening` (0 to 1) and rounded (-1) or wide (1); as it was where there is none."""
    gap = WIDEST_GAP * opening * mouth.sure
    shape = _ROUNDING * spread * mouth.sure
    if mouth.width < 6 or (gap < 0.01 and abs(shape) < 0.01):
        return frame
    smiles = _shows_teeth(frame, mouth)
    if smiles:  # the line is where the teeth end; a little lower, or their edge would stay with the lower lip
        lower = 0.035 * mouth.width
        mouth = replace(mouth, x=mouth.x - lower * math.sin(mouth.angle), y=mouth.y + lower * math.cos(mouth.angle))
    grid = _grid(frame, mouth)
    if grid is None:
        return frame
    half = 0.5 * (1 + 0.5 * shape)
    rise = np.clip(1 - (grid.u / half) ** 2, 0, 1) ** 0.75
    top, bottom = -(1 - _LOWER) * gap * rise, _LOWER * gap * rise
    from_u, from_v = _sources(grid, gap, shape, rise, top, bottom)
    cos, sin = math.cos(mouth.angle), math.sin(mouth.angle)
    from_v = from_v + _line(from_u, mouth.bend)
    map_x = np.asarray(mouth.x + mouth.width * (from_u * cos - from_v * sin), np.float32)
    map_y = np.asarray(mouth.y + mouth.width * (from_u * sin + from_v * cos), np.float32)
    moved = np.asarray(cv2.remap(frame, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
    soft = max(1.2 / mouth.width, 0.012)
    cover = np.clip(np.minimum(grid.v - top, bottom - grid.v) / soft + 0.5, 0, 1) * (rise > 0) * min(gap / 0.03, 1.0)
    cover = np.asarray(cv2.GaussianBlur(cover.astype(np.float32), (0, 0), max(mouth.width * 0.008, 0.5)), np.float32)
    inside = _inside(grid, gap, rise, top, bottom, 0.0 if smiles else 1.0) * _light(frame, mouth)
    out = frame.copy()
    rows, columns = grid.u.shape
    mixed = moved + (inside - moved) * cover[..., None]
    out[grid.top : grid.top + rows, grid.left : grid.left + columns] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return out


def _grid(frame: Bytes, mouth: Mouth) -> _Grid | None:
    rows, columns = frame.shape[:2]
    reach = mouth.width * 1.75
    left, right = max(int(mouth.x - reach), 0), min(int(mouth.x + reach) + 1, columns)
    top, bottom = max(int(mouth.y - reach), 0), min(int(mouth.y + reach) + 1, rows)
    if right - left < 2 or bottom - top < 2:
        return None
    x, y = np.meshgrid(np.arange(left, right, dtype=np.float32), np.arange(top, bottom, dtype=np.float32))
    cos, sin = math.cos(mouth.angle), math.sin(mouth.angle)
    across, down = (x - mouth.x) / mouth.width, (y - mouth.y) / mouth.width
    u = np.asarray(across * cos + down * sin, np.float32)
    v = np.asarray(down * cos - across * sin, np.float32) - _line(u, mouth.bend)
    return _Grid(left, top, x, y, u, np.asarray(v, np.float32))


def _line(u: Map, bend: float) -> Map:
    """How far the lips' line lies below the mouth's middle: it bends up to the corners of a smile."""
    ending = np.exp(-((np.maximum(np.abs(u) - 0.6, 0) / 0.4) ** 2))
    return np.asarray(bend * np.minimum((2 * u) ** 2, 1.3) * ending, np.float32)


def _sources(grid: _Grid, gap: float, shape: float, rise: Map, top: Map, bottom: Map) -> tuple[Map, Map]:
    """Where the colour of each pixel around the gap comes from: at its rims from the lips' line, far off from itself."""
    above, below = np.clip((top - grid.v) / _UP, 0, 1), np.clip((grid.v - bottom) / _DOWN, 0, 1)
    jaw = np.exp(-((grid.u / 0.75) ** 4))
    near_lips = np.exp(-((below / 0.22) ** 2))
    down = _LOWER * gap * (rise * near_lips + jaw * (1 - near_lips)) * _fall(below)
    up = (1 - _LOWER) * gap * rise * _fall(above)
    upper = grid.v < (top + bottom) / 2
    from_v = np.where(upper, np.minimum(grid.v + up, 0.0), np.maximum(grid.v - down, 0.0))
    # Outside the mouth's corners there is no gap: both sides meet, each with its own small move.
    beside = np.clip((np.abs(grid.u) - 0.5) / 0.35, 0, 1)
    from_v = np.where(rise > 0, from_v, grid.v - down * (grid.v > 0) * np.clip(grid.v / 0.3, 0, 1))
    local = np.exp(-((grid.v / 0.45) ** 2)) * (1 - beside * beside)
    from_u = grid.u * (1 - shape * local * np.exp(-((grid.u / 0.8) ** 4)))
    edge = np.clip((_REACH_X + 0.5 - np.abs(grid.u)) / 0.4, 0, 1)
    out_u, out_v = grid.u + (from_u - grid.u) * edge, grid.v + (from_v - grid.v) * edge
    return np.asarray(out_u, np.float32), np.asarray(out_v, np.float32)


def _fall(share: Map) -> Map:
    """1 at the lips to 0 at the end of the reach, with soft ends."""
    return np.asarray(1 - share * share * (3 - 2 * share), np.float32)


def _inside(grid: _Grid, gap: float, rise: Map, top: Map, bottom: Map, drawn: float) -> Map:
    """The mouth's inside, (rows, columns, 3): dark, the tongue above the lower lip, and below the upper one teeth as far as
    they are to be `drawn` (0 to 1)."""
    depth = np.clip((grid.v - top) / np.maximum(bottom - top, 1e-3), 0, 1)
    middle = rise**0.8
    out = np.array(_INSIDE, np.float32) * (0.55 + 0.45 * middle[..., None])
    tongue = np.clip((depth - 0.62) / 0.3, 0, 1) * np.clip(middle * 1.5 - 0.6, 0, 1) * _ramp(gap, 0.1, 0.12) * 0.75
    out = out + (np.array(_TONGUE, np.float32) - out) * tongue[..., None]
    high = np.clip(0.085 / np.maximum(bottom - top, 1e-3), 0, 0.45)  # teeth keep their height when the mouth opens wider
    teeth = np.clip((high - depth) / 0.06 + 0.5, 0, 1) * np.clip(middle * 1.6 - 0.5, 0, 1)
    teeth = teeth * (_ramp(gap, 0.05, 0.06) * 0.7 * drawn)
    shade = (0.75 + 0.25 * middle)[..., None]
    out = out + (np.array(_TEETH, np.float32) * shade - out) * teeth[..., None]
    return np.asarray(out, np.float32)


def _ramp(value: float, begin: float, length: float) -> float:
    return min(max((value - begin) / length, 0.0), 1.0)


def _shows_teeth(frame: Bytes, mouth: Mouth) -> bool:
    """Whether something bright and pale lies just above the lips' line already: then no teeth are drawn below it."""
    x, y = round(mouth.x), round(mouth.y)
    high, half = max(round(mouth.width * 0.14), 1), max(round(mouth.width * 0.2), 1)
    above = frame[max(y - high, 0) : max(y, 1), max(x - half, 0) : x + half].astype(np.float32)
    around = frame[max(y - 4 * high, 0) : y + 6 * high, max(x - 2 * half, 0) : x + 2 * half].astype(np.float32)
    if not above.size or not around.size:
        return False
    pale = above.max(axis=2) - above.min(axis=2) < 0.75 * float(np.median(around.max(axis=2) - around.min(axis=2)))
    bright = above.mean(axis=2) > 0.85 * float(np.median(around.mean(axis=2)))
    return float((pale & bright).mean()) > 0.25


def _light(frame: Bytes, mouth: Mouth) -> float:
    """How bright the face is around the mouth, 1 for a well-lit one."""
    half = max(round(mouth.width * 0.7), 1)
    x, y = round(mouth.x), round(mouth.y)
    part = frame[max(y - half, 0) : y + half, max(x - half, 0) : x + half]
    return float(np.clip(part.mean() / 165.0, 0.15, 1.15)) if part.size else 1.0
