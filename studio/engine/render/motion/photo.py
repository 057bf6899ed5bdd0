"""A photo that comes to life: the camera moves into it, near things more than far ones, the sky drifts, the air moves.

The picture is bent by its guessed depth in one smooth map, so nothing tears and nothing has to be invented behind a figure.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.engine.render.motion.camera import Camera, Move
from studio.engine.render.motion.depth import PhotoDepth, photo_depth
from studio.engine.render.motion.particles import Particles
from studio.engine.render.motion.plates import Bytes
from studio.engine.render.motion.stage import Planes
from studio.engine.render.motion.stock import FilmStock
from studio.media.colour import halve, rgb_to_yuv444

Map = NDArray[np.float32]

_CELL = 4             # the bending is worked out for every 4th pixel: it is smooth
# A photo's depth is a guess: only this part of the camera's range (near, far) is used; less of it where uprights stand
# between ground and sky, as a guess that differs along a mast would make it lean.
_INDOORS, _UNDER_SKY = (0.85, 0.25), (0.70, 0.40)
_MARGIN = 0.05
_MAX_DETAIL = 1.3
_NO_MAP = np.empty((0, 0), np.float32)  # x and y are in one map


class PhotoFilm:
    """The film of a camera move into a photo, cropped to cover the frame. Frames depend on their index alone."""

    def __init__(self, picture: Image.Image, width: int, height: int, move: Move, *, frames: int, fps: int, seed: int,
                 particles: str | None = None, windy: bool = False, light: bool = False) -> None:
        self.width, self.height, self.frames, self.fps = width, height, frames, fps
        rgb = _over_black(picture)
        guess = photo_depth(rgb)
        left, top, right, bottom = cover_box(rgb.shape[1], rgb.shape[0], width, height, guess)
        self._detail = max(1.0, min(_MAX_DETAIL, (right - left) / width))
        self._source = _planes(rgb[top:bottom, left:right], round(width * self._detail), round(height * self._detail))
        box = (left / rgb.shape[1], top / rgb.shape[0], right / rgb.shape[1], bottom / rgb.shape[0])
        self._grid = -(-width // _CELL), -(-height // _CELL)
        near, far = _UNDER_SKY if guess.sky.max(initial=0.0) > 0.5 else _INDOORS
        self._depth = far + (near - far) * _cut(guess.depth, box, self._grid)
        self._sky = _cut(guess.sky, box, self._grid)
        self._loose = _cut(guess.leaves, box, self._grid) if windy else None
        margin = round(max(width, height) * _MARGIN)
        # A sideways move needs a picture larger than the frame; a forward one begins with all of it.
        sideways, upwards = abs(move.truck) + abs(move.pan), abs(move.pedestal) + abs(move.tilt)
        self._zoom = 1.0 + 2 * margin * (max(sideways / width, upwards / height) + abs(move.shake) / height)
        self._camera = Camera(move, width, height, margin, seed)
        self._drift = 1.0 if seed % 2 else -1.0
        self._identity = np.dstack(np.meshgrid(np.arange(width), np.arange(height))).astype(np.float32)
        half = np.meshgrid(np.arange(width // 2), np.arange(height // 2))
        self._half_identity = np.dstack(half).astype(np.float32)
        self._particles = Particles(particles, width, height, seed, density=0.6) if particles else None
        self._stock = FilmStock(width, height, seed, grain=0.004, vignette=0.06)
        self._leak = LightLeak(width, height, seed) if light else None

    def planes(self, index: int) -> Planes:
        """Y (height×width), Cb and Cr (half each way) of frame `index`."""
        seconds = index / self.fps
        bend = self._bend(index / max(self.frames - 1, 1), seconds)
        y = self._sample(self._source[0], bend, self._identity, 1.0)
        u, v = (self._sample(plane, bend, self._half_identity, 0.5) for plane in self._source[1:])
        if self._leak is not None:
            self._leak.draw(seconds, y, u, v)
        if self._particles is not None:
            self._particles.draw(seconds, y, u, v)
        self._stock.expose(y, index)
        return y, u, v

    def _bend(self, progress: float, seconds: float) -> Map:
        """For every cell of the grid, how far from itself (in frame pixels) its colour is taken: (rows, columns, 2)."""
        columns, rows = self._grid
        far, near = self._camera.view(progress, 0.0), self._camera.view(progress, 1.0)
        depth = self._depth
        closer = (1 / far.scale + (1 / near.scale - 1 / far.scale) * depth) / self._zoom
        x = ((np.arange(columns) + 0.5) * _CELL - self.width / 2).astype(np.float32)[None, :]
        y = ((np.arange(rows) + 0.5) * _CELL - self.height / 2).astype(np.float32)[:, None]
        shift_x = far.shift_x + (near.shift_x - far.shift_x) * depth
        shift_y = far.shift_y + (near.shift_y - far.shift_y) * depth
        bend = np.empty((rows, columns, 2), np.float32)
        bend[..., 0] = (x - shift_x) * closer - x
        bend[..., 1] = (y - shift_y) * closer - y
        self._live(bend, x, y, seconds)
        return bend

    def _live(self, bend: Map, x: Map, y: Map, seconds: float) -> None:
        """The sky drifts; leaves and grass lean in the wind where there is one."""
        unit = min(self.width, self.height)
        length = self.frames / self.fps
        travel = min(0.004 * unit * seconds, 0.022 * unit * seconds / max(length, 0.1))
        bend[..., 0] += self._sky * np.float32(self._drift * travel)
        if self._loose is not None:
            gust = np.sin(1.7 * seconds + x * (9.0 / unit)) + 0.5 * np.sin(3.1 * seconds + x * (23.0 / unit) + 1.0)
            height = np.clip(0.5 - y / self.height, 0, 1)
            bend[..., 0] += self._loose * (gust * height * (0.0035 * unit)).astype(np.float32)

    def _sample(self, plane: Bytes, bend: Map, identity: Map, scale: float) -> Bytes:
        height, width = identity.shape[:2]
        places = np.asarray(cv2.resize(bend, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        if scale != 1.0:
            places *= np.float32(scale)
        cv2.add(places, identity, dst=places)
        if self._detail != 1.0:
            places *= np.float32(self._detail)
            places += np.float32((self._detail - 1.0) / 2)
        out = cv2.remap(plane, places, _NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(out, np.uint8)


class LightLeak:
    """A warm glow that wanders along an edge, as when light falls into a camera."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        rng = np.random.default_rng([seed, 41])
        self._side = 1 if rng.uniform() < 0.5 else -1
        self._phase = float(rng.uniform(0, 2 * math.pi))
        y, x = np.mgrid[0:90, 0:160].astype(np.float32)
        self._x, self._y = x / 160 - 0.5, y / 90 - 0.5

    def draw(self, seconds: float, y: Bytes, u: Bytes, v: Bytes) -> None:
        """Lay the glow of one moment over a frame's planes, in place."""
        swing = 0.06 * math.sin(0.5 * seconds + self._phase)
        high = 0.25 * math.sin(0.31 * seconds + 2 * self._phase)
        distance = np.hypot((self._x - self._side * (0.56 + swing)) * 1.5, self._y - high)
        strength = 26.0 + 9.0 * math.sin(0.8 * seconds + self._phase)
        glow = (np.exp(-((distance / 0.42) ** 2)) * strength).astype(np.uint8)
        cv2.add(y, _stretched(glow, y), dst=y)
        small = _stretched(glow, u)
        cv2.subtract(u, cv2.convertScaleAbs(small, alpha=0.7), dst=u)
        cv2.add(v, cv2.convertScaleAbs(small, alpha=0.5), dst=v)


def cover_box(width: int, height: int, frame_width: int, frame_height: int, guess: PhotoDepth) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the largest part of a photo in the frame's shape: about the middle, or the faces."""
    ratio = frame_width / frame_height
    wide, high = min(width, round(height * ratio)), min(height, round(width / ratio))
    centre_x, centre_y = 0.5, 0.5
    if guess.faces:
        centre_x = sum(x + w / 2 for x, _, w, _ in guess.faces) / len(guess.faces)
        # A face sits a little above the middle.
        centre_y = sum(y + h / 2 for _, y, _, h in guess.faces) / len(guess.faces) + 0.1 * high / height
    left = min(max(round(centre_x * width - wide / 2), 0), width - wide)
    top = min(max(round(centre_y * height - high / 2), 0), height - high)
    return left, top, left + max(wide, 1), top + max(high, 1)


def _over_black(picture: Image.Image) -> Bytes:
    if picture.mode == "RGBA":
        flat = Image.new("RGB", picture.size)
        flat.paste(picture, mask=picture.getchannel("A"))
        picture = flat
    return np.asarray(picture.convert("RGB"), np.uint8)


def _planes(rgb: Bytes, width: int, height: int) -> Planes:
    """The photo's Y, Cb, Cr at the given size (made even), chroma at half of it."""
    width, height = width + width % 2, height + height % 2
    shrinks = rgb.shape[1] > width
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    sized = cv2.resize(np.ascontiguousarray(rgb), (width, height), interpolation=way)
    y, u, v = cv2.split(rgb_to_yuv444(np.asarray(sized, np.uint8)))
    return np.asarray(y, np.uint8), halve(np.asarray(u, np.uint8)), halve(np.asarray(v, np.uint8))


def _cut(values: Map, box: tuple[float, float, float, float], size: tuple[int, int]) -> Map:
    """A part of a map (box in shares) at the size of the grid."""
    rows, columns = values.shape
    left, top, right, bottom = (round(share * side) for share, side in zip(box, (columns, rows, columns, rows), strict=True))
    part = values[min(top, rows - 1) : max(bottom, top + 1), min(left, columns - 1) : max(right, left + 1)]
    return np.asarray(cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_LINEAR), np.float32)


def _stretched(glow: Bytes, like: Bytes) -> Bytes:
    return np.asarray(cv2.resize(glow, (like.shape[1], like.shape[0]), interpolation=cv2.INTER_LINEAR), np.uint8)
