"""One shot drawn anew: video.generate's stage, with a camera that goes another film's way and a time that passes as it did
there."""

from __future__ import annotations

import math
from collections.abc import Generator

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.contracts.models import VIDEO
from studio.engine.render.changes.timing import Shot
from studio.engine.render.motion.animate import frames_in_order, made_ahead, stock_for
from studio.engine.render.motion.camera import Camera, Move, View, choose_move
from studio.engine.render.motion.plates import make_plates
from studio.engine.render.motion.stage import Planes, Stage
from studio.engine.render.scene.compose import finish_of, particles_of, stage_layers
from studio.engine.render.scene.words import SceneWords
from studio.engine.render.task import Origin, RenderControl

Curve = NDArray[np.float64]

_DRAWN_LINES = 1440
_LEAST_MARGIN, _MOST_MARGIN = 0.06, 0.2   # of the long side: how far the camera may stray
_CLOSER, _OTHER_VIEW = 1.4, 101           # of shots after a cut: how much closer, and how far apart their seeds are
_FADED = 0.5            # a frame that has less of the shot's usual light than this is in a fade
_FINE = 16              # the stage counts its time in so many parts of a frame
_SLOWEST, _FASTEST = 0.15, 3.5            # how fast time may pass in the scene
_MIDDLE_DEPTH = 0.45    # what a measured way is the way of
_OTHER_WAYS = ("source_video_url", "first_clip_url", "end_image_url", "last_frame_url")
"""Fields of video.generate with which the camera goes another way than its words say."""
_OWN_MODELS = frozenset({None, *(model.id for model in VIDEO)})
_DRIVER = "cannon:video.generate", "canvas:video.generate"


def known_move(origin: Origin | None, shots: tuple[Shot, ...]) -> Move | None:
    """The camera move that the clip was made with, where this engine knows it and nothing was done to the clip since."""
    if origin is None or origin.changed or origin.operation not in _DRIVER or len(shots) > 1:
        return None
    if any(origin.input.get(name) for name in _OTHER_WAYS) or origin.input.get("model") not in _OWN_MODELS:
        return None
    negative = origin.input.get("negative_prompt")
    return choose_move(str(origin.input.get("prompt") or ""), origin.seed, str(negative) if negative else None)


class PathCamera(Camera):
    """A camera that goes the way of a shot. Its progress is the share of the scene's time, which passes by `clock`."""

    def __init__(self, shot: Shot, clock: Curve, width: int, height: int, margin: float, seed: int, closer: float) -> None:
        super().__init__(Move("as in the source"), width, height, margin, seed)
        way = np.cumsum(np.array([(step.x, step.y, step.grow) for step in shot.steps]), axis=0)
        way[:, :2] *= width
        way -= (way.max(axis=0) + way.min(axis=0)) / 2  # through the middle, so that the margin on both sides is used
        way[:, 2] -= way[:, 2].min()                    # nothing is seen smaller than it was drawn
        reach = 0.94 * margin / (0.12 + 0.88 * 1.0)
        for column in (0, 1):
            most = float(np.abs(way[:, column]).max())
            way[:, column] *= min(1.0, reach / max(most, 1e-6))
        way[:, 2] *= min(1.0, 0.5 / max(float(way[:, 2].max()), 1e-6))
        self._way, self._clock, self._closer = way, clock, closer

    def view(self, progress: float, depth: float) -> View:
        frame = float(np.interp(progress * self._clock[-1], self._clock, np.arange(len(self._clock))))
        low = min(int(frame), len(self._way) - 1)
        high = min(low + 1, len(self._way) - 1)
        x, y, grow = (float(v) for v in self._way[low] + (self._way[high] - self._way[low]) * (frame - low))
        near = 0.12 + 0.88 * depth / _MIDDLE_DEPTH if depth < _MIDDLE_DEPTH else 1.0
        scale = math.exp(grow * (0.35 + 0.65 * min(depth / _MIDDLE_DEPTH, 1.4)))
        scale *= self._closer
        return View(scale, self._within(x * near, scale, self.width), self._within(y * near, scale, self.height))


class ShotFilm:
    """The frames of one shot of the new scene. `number`: which shot; every second one is a closer view."""

    def __init__(self, words: SceneWords, shot: Shot, size: tuple[int, int], fps: float, seed: int, number: int,
                 move: Move | None, control: RenderControl) -> None:
        seed += _OTHER_VIEW * number
        self._shot, (width, height) = shot, size
        detail = min(1.0, _DRAWN_LINES / min(width, height))
        drawn = max(round(width * detail), 16), max(round(height * detail), 16)
        margin = round(max(drawn) * self._margin(move))
        self._clock = _clock(shot, move)
        usual = max(float(np.quantile(shot.light, 0.8)), 1e-3)
        self._fade = np.clip(shot.light / usual / _FADED, 0, 1)
        layers = made_ahead(stage_layers(words, *drawn, seed, margin=margin))
        finish = finish_of(words)
        plates = []
        for plate in make_plates(layers, finish, seed, margin):
            control.check()
            plates.append(plate)
        closer = _CLOSER if number % 2 else 1.0
        camera = (PathCamera(shot, self._clock, *drawn, margin, seed, closer) if move is None
                  else Camera(move, *drawn, margin, seed))
        whole = max(round(float(self._clock[-1]) * _FINE) + 1, 2)
        self._stage = Stage(plates, camera, width, height, frames=whole, fps=round(fps * _FINE), seed=seed,
                            particles=particles_of(words), stock=stock_for(finish, width, height, seed))

    def frames(self) -> Generator[Planes, None, None]:
        return frames_in_order(self, self._shot.frames)

    def planes(self, index: int) -> Planes:
        """Y, Cb, Cr of a frame of the shot: the stage at the moment that the clock shows."""
        y, u, v = self._stage.planes(round(float(self._clock[index]) * _FINE))
        light = float(self._fade[index])
        if light < 0.995:  # a fade of the source is part of its timing
            y = np.asarray(cv2.convertScaleAbs(y, alpha=light, beta=16 * (1 - light)), np.uint8)
            u, v = (np.asarray(cv2.convertScaleAbs(p, alpha=light, beta=128 * (1 - light)), np.uint8) for p in (u, v))
        return y, u, v

    def _margin(self, move: Move | None) -> float:
        if move is not None:
            return _LEAST_MARGIN
        way = np.cumsum(np.array([(step.x, step.y) for step in self._shot.steps]), axis=0)
        reach = float((way.max(axis=0) - way.min(axis=0)).max()) / 2
        return min(max(reach * 1.1, _LEAST_MARGIN), _MOST_MARGIN)


def _clock(shot: Shot, move: Move | None) -> Curve:
    """What time it is in the scene at each frame, in frames: it passes faster where more moved in the source."""
    if move is not None or shot.frames < 3:
        return np.arange(shot.frames, dtype=np.float64) if shot.frames > 1 else np.array([0.0])
    energy = shot.energy[1:]
    usual = float(np.mean(energy))
    speed = np.clip(energy / usual, _SLOWEST, _FASTEST) if usual > 0.05 else np.ones(len(energy))
    return np.concatenate([[0.0], np.cumsum(speed)])
