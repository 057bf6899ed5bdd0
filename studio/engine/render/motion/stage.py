"""A scene as a stage: plates in depth, a camera, what falls through the air; `planes(i)` is the i-th frame of the film."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np

from studio.engine.render.motion.camera import Camera
from studio.engine.render.motion.ground import GroundPlane, find_horizon, is_ground
from studio.engine.render.motion.particles import Particles
from studio.engine.render.motion.plates import Bytes, Plate
from studio.engine.render.motion.sampling import Actor, Moment, Placement, Rect
from studio.engine.render.motion.stock import FilmStock
from studio.engine.render.scene.layers import Motion
from studio.media.colour import halve

Planes = tuple[Bytes, Bytes, Bytes]
_STRIP_ROWS = 96


class Film(Protocol):
    """Anything with frames: Y, Cb and Cr planes of frame `index`, in any order and from any thread."""

    def planes(self, index: int) -> Planes: ...


class Stage:
    """The film of a drawn scene. `camera` counts in the scene's pixels, which may be larger than the frame's.

    Every frame depends on its index alone, so frames can be drawn side by side. A frame is built in strips that stay in the
    processor's cache; what is wholly covered, or outside the strip, is not drawn: that changes no pixel.
    """

    def __init__(self, plates: Sequence[Plate], camera: Camera, width: int, height: int, *, frames: int, fps: int, seed: int,
                 particles: str | None = None, stock: FilmStock | None = None) -> None:
        self.width, self.height, self.frames, self.fps = width, height, frames, fps
        detail = camera.width / width
        horizon = find_horizon(plates, camera.width, camera.height)
        self._actors = []
        for i, plate in enumerate(plates):
            lies = horizon is not None and is_ground(plate, camera.width, camera.height)
            plane = GroundPlane(plate, camera, horizon) if horizon is not None and lies else None
            self._actors.append(Actor(plate, camera, frames / fps, seed + i, detail=detail, ground=plane))
        _join(self._actors)
        self._particles = Particles(particles, width, height, seed) if particles else None
        self._stock = stock or FilmStock(width, height, seed)

    def planes(self, index: int) -> Planes:
        """Y (height×width), Cb and Cr (half each way) of frame `index`."""
        moment = Moment(index / max(self.frames - 1, 1), index / self.fps)
        placed = [actor.place(moment) for actor in self._actors]
        y = np.empty((self.height, self.width), np.uint8)
        u = np.empty((self.height // 2, self.width // 2), np.uint8)
        v = np.empty_like(u)
        for top in range(0, self.height, _STRIP_ROWS):
            rows = min(_STRIP_ROWS, self.height - top)
            luma, blue, red = self._strip(placed, moment, top, rows)
            y[top : top + rows] = luma
            u[top // 2 : (top + rows) // 2] = halve(blue)
            v[top // 2 : (top + rows) // 2] = halve(red)
        if self._particles is not None:
            self._particles.draw(moment.seconds, y, u, v)
        self._stock.expose(y, index)
        return y, u, v

    def _strip(self, placed: list[Placement], moment: Moment, top: int, rows: int) -> Planes:
        first = self._first_visible(placed, top, rows)
        shape = (rows, self.width)
        planes = (np.full(shape, 16, np.uint8), np.full(shape, 128, np.uint8), np.full(shape, 128, np.uint8))
        for actor, place in zip(self._actors[first:], placed[first:], strict=True):
            left, upper, right, lower = actor.bounds(place, self.width, self.height)
            upper, lower = max(upper, top), min(lower, top + rows)
            if upper >= lower or left >= right:
                continue
            rect = Rect(left, upper, right - left, lower - upper)
            pixels = actor.sample(place, moment, rect)
            _blend(planes, pixels, rect, top)
        return planes

    def _first_visible(self, placed: list[Placement], top: int, rows: int) -> int:
        """The nearest plate that covers the strip wholly: what lies behind it cannot be seen."""
        for i in range(len(placed) - 1, 0, -1):
            if self._actors[i].covers(placed[i], top, rows):
                return i
        return 0


def _join(actors: Sequence[Actor]) -> None:
    """Let shadows, reflections and lights ("tram light") travel with what they belong to ("tram")."""
    walkers = {actor.plate.name: actor for actor in actors if actor.plate.motion is Motion.WALK}
    for actor in actors:
        name = actor.plate.name.rsplit(" ", 1)[0]
        if actor.plate.motion is not Motion.WALK:
            actor.leader = walkers.get(name)


def _blend(planes: Planes, pixels: Bytes, rect: Rect, top: int) -> None:
    """out = added + kept·behind, on each of the three planes."""
    *added, kept = cv2.split(pixels)
    area = np.s_[rect.y - top : rect.y - top + rect.height, rect.x : rect.x + rect.width]
    for plane, more in zip(planes, added, strict=True):
        part = plane[area]
        cv2.multiply(part, kept, dst=part, scale=1 / 255)
        cv2.add(part, more, dst=part)
