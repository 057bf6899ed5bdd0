"""The film: characters as players among the plates of a drawn scene, each at the depth of its feet, with its shadow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from studio.engine.render.characters.acting import Performance, Stance
from studio.engine.render.characters.puppet import Picture, Place, Puppet
from studio.engine.render.characters.staging import RESERVE, Mark
from studio.engine.render.matting import Bytes, Map
from studio.engine.render.motion.camera import Camera
from studio.engine.render.motion.plates import Plate
from studio.engine.render.motion.sampling import Actor, Moment, Placement, Rect
from studio.engine.render.motion.stage import Stage
from studio.engine.render.motion.stock import FilmStock
from studio.engine.render.scene.layers import Motion

_BEFORE = frozenset({"grass", "reeds", "ferns", "front", "undergrowth", "fog"})  # what hangs or grows before the figures
_BEFORE_DEPTH = 0.85
_FAR, _NEAR = 0.2, 0.82  # depth at the horizon and at the frame's lower edge, as for the ground (motion/ground.py)
_BUST_DEPTH = 0.9
_SMALL = 2               # shadows are soft: they are made at half the size


@dataclass(frozen=True, slots=True)
class Sun:
    """The light of the scene. `x`: where it comes from, as a share of the frame's width; it stands behind the figures, as it
    does in every drawn sky, so that shadows fall towards the camera. `hard`: 0 throws no shadow, 1 full sun. `low`: 1 for
    long shadows."""

    x: float
    hard: float
    low: float

    @property
    def side(self) -> float:
        return -1.0 if self.x < 0.5 else 1.0


@dataclass(frozen=True, slots=True)
class Posed(Placement):
    """A player in one frame: what it shows there."""

    picture: Picture | None = None


class Player(Actor):
    """One character on the stage. `horizon`: a row of the frame at rest."""

    def __init__(self, puppet: Puppet, performance: Performance, mark: Mark, camera: Camera, seconds: float, sun: Sun,
                 horizon: float) -> None:
        nothing = np.zeros((1, 1, 4), np.uint8)
        super().__init__(Plate("player", 0.8, Motion.STILL, nothing, 0, 0, np.zeros(1, np.bool_)), camera, seconds, 0)
        self._puppet, self._performance, self._mark, self._sun = puppet, performance, mark, sun
        self._horizon = horizon
        self._view = camera
        self.far = mark.far

    def place(self, moment: Moment) -> Placement:
        """The stance of that moment, seen by the camera."""
        stance = self._performance.stance(moment.seconds)
        mark, frame = self._mark, (self._view.width, self._view.height)
        foot = mark.foot
        if mark.whole:  # nearer is further down on the ground
            foot = self._horizon + (foot - self._horizon) * stance.size
        else:  # the frame's edge cuts it off: it may not rise out of it
            most = RESERVE * mark.height * 0.9
            stance = replace(stance, rise=most * math.tanh(stance.rise / most))
        view = self._view.view(moment.progress, self._depth(foot))
        centre = self._view.centre
        height = mark.height * stance.size * view.scale
        x = (stance.x - centre[0]) * view.scale + centre[0] + view.shift_x
        foot = (foot - centre[1]) * view.scale + centre[1] + view.shift_y
        stance = replace(stance, rise=stance.rise * view.scale * stance.size)
        if not mark.whole:
            foot = max(foot, frame[1] + stance.rise + 0.04 * height)
        picture = self._puppet.picture(stance, Place(x, foot, height), frame)
        if picture is not None and mark.whole:
            picture = shadowed(picture, stance, Place(x, foot, height), self._sun, frame)
        return Posed(1.0, 0.0, 0.0, None, picture)

    def _depth(self, foot: float) -> float:
        if not self._mark.whole:
            return _BUST_DEPTH
        share = (foot - self._horizon) / max(self._view.height - self._horizon, 1.0)
        return float(np.clip(_FAR + (_NEAR - _FAR) * share, _FAR, 0.95))

    def bounds(self, placed: Placement, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the picture in the frame."""
        picture = placed.picture if isinstance(placed, Posed) else None
        if picture is None:
            return 0, 0, 0, 0
        rows, columns = picture.yuva.shape[:2]
        return (max(picture.left, 0), max(picture.top, 0), min(picture.left + columns, width),
                min(picture.top + rows, height))

    def covers(self, placed: Placement, y: int, height: int) -> bool:
        """Never a whole row."""
        return False

    def sample(self, placed: Placement, moment: Moment, rect: Rect) -> Bytes:
        """Its Y, Cb, Cr and what of the background stays, for a part of the frame."""
        picture = placed.picture if isinstance(placed, Posed) else None
        if picture is None:
            raise ValueError("this player is outside the frame")
        top, left = rect.y - picture.top, rect.x - picture.left
        out = picture.yuva[top : top + rect.height, left : left + rect.width].copy()
        out[..., 3] = 255 - out[..., 3]
        return out


class CharacterFilm(Stage):
    """A stage with players on it: behind grass and fog, before everything else."""

    def __init__(self, plates: Sequence[Plate], camera: Camera, players: Sequence[Player], *, frames: int, fps: int,
                 seed: int, particles: str | None, stock: FilmStock) -> None:
        super().__init__(plates, camera, camera.width, camera.height, frames=frames, fps=fps, seed=seed,
                         particles=particles, stock=stock)
        at = len(self._actors)
        while at > 0 and _is_before(self._actors[at - 1].plate):
            at -= 1
        self._actors = [*self._actors[:at], *sorted(players, key=lambda player: -player.far), *self._actors[at:]]


def _is_before(plate: Plate) -> bool:
    return plate.depth > _BEFORE_DEPTH and plate.name in _BEFORE


def shadowed(picture: Picture, stance: Stance, place: Place, sun: Sun, frame: tuple[int, int]) -> Picture:
    """The figure over its shadows: a dark line of contact under what touches the ground, a soft pool around it, and the
    shadow that the sun throws. The higher it is off the ground, the fainter and wider they are."""
    rows, columns = picture.yuva.shape[:2]
    high, lifted = place.height, min(stance.rise / max(place.height, 1.0), 1.0)
    pad = round(0.16 * high)
    thrown = sun.hard * (1 - 0.5 * min(lifted * 3, 1.0))
    lean = float(np.clip((place.x / frame[0] - sun.x) * 0.9, -0.7, 0.7)) * (thrown > 0.05)
    flat = 0.22 + 0.30 * sun.low
    left = max(picture.left - pad - round(max(-lean, 0) * high), 0)
    right = min(picture.left + columns + pad + round(max(lean, 0) * high), frame[0])
    top = min(picture.top, max(round(place.foot) - pad, 0))
    bottom = min(max(picture.top + rows, round(place.foot + flat * high * (thrown > 0.05)) + pad), frame[1])
    if right - left < 2 or bottom - top < 2:
        return picture
    alpha = picture.yuva[..., 3].astype(np.float32) / np.float32(255)
    small = (-(-(right - left) // _SMALL), -(-(bottom - top) // _SMALL))
    dark = _contact(alpha, picture, (left, top), small, place, lifted)
    if thrown > 0.05:
        # Laid down to the front: what stands higher falls further down and aside.
        above = picture.top - place.foot
        matrix = np.array([[1.0, -lean, picture.left - left - lean * above],
                           [0.0, -flat, place.foot - top - flat * above]]) / _SMALL
        laid = cv2.warpAffine(alpha, matrix, small, flags=cv2.INTER_LINEAR)
        soft = cv2.GaussianBlur(laid, (0, 0), max(0.8, 0.012 * high / _SMALL))
        dark = np.maximum(dark, soft * np.float32(0.40 * thrown))
    shade = np.clip(cv2.resize(dark, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR), 0, 1)
    return _over_shadow(picture, np.asarray(shade, np.float32), left, top)


def _contact(alpha: Map, picture: Picture, corner: tuple[int, int], size: tuple[int, int], place: Place,
             lifted: float) -> Map:
    """By how wide the lowest part of the figure is at each x, (rows, columns) at half the size."""
    rows = len(alpha)
    low = alpha[max(0, rows - round(0.22 * place.height)) :]
    profile = np.zeros(size[0], np.float32)
    line = cv2.resize(low.max(axis=0)[None, :], (max(1, round(alpha.shape[1] / _SMALL)), 1), interpolation=cv2.INTER_AREA)[0]
    at = max(0, round((picture.left - corner[0]) / _SMALL))
    profile[at : at + len(line)] = line[: len(profile) - at]
    y = (np.arange(size[1], dtype=np.float32) * _SMALL + corner[1] - np.float32(place.foot)) / np.float32(place.height)
    dark = np.zeros((size[1], size[0]), np.float32)
    for across, down, depth in ((0.014, 0.010, 0.55), (0.060, 0.030, 0.34)):
        wide = (across + 0.25 * lifted) * place.height / _SMALL
        spread = cv2.GaussianBlur(profile[None, :], (0, 0), max(wide, 0.8))[0]
        fall = np.exp(-((y / np.float32(down * (1 + 2 * lifted))) ** 2))
        dark = np.maximum(dark, np.outer(fall, spread) * np.float32(depth * max(1 - 2.2 * lifted, 0.12)))
    return np.asarray(dark, np.float32)


def _over_shadow(picture: Picture, shade: Map, left: int, top: int) -> Picture:
    """Black by alpha, in Y, Cb and Cr, and the figure over it."""
    rows, columns = shade.shape
    out = np.empty((rows, columns, 4), np.uint8)
    for channel, black in enumerate((16.0, 128.0, 128.0, 255.0)):
        out[..., channel] = (shade * np.float32(black) + np.float32(0.5)).astype(np.uint8)
    y, x = picture.top - top, picture.left - left
    part = out[y : y + picture.yuva.shape[0], x : x + picture.yuva.shape[1]]
    figure = picture.yuva[: part.shape[0], : part.shape[1]]
    stays = cv2.merge([255 - figure[..., 3]] * 4)
    part[:] = cv2.add(cv2.multiply(part, stays, scale=1 / 255), figure)
    return Picture(out, left, top)
