"""What comes over the picture while a clip goes on: something falls, the light changes, lightning, a fade at the end."""

from __future__ import annotations

import cv2
import numpy as np

from studio.engine.render.changes.colour_table import sheet_of
from studio.engine.render.changes.regions import Regions
from studio.engine.render.changes.stages import Moment, Stage, in_order, stages_of
from studio.engine.render.changes.steadying import Bytes
from studio.engine.render.changes.wishes import Wishes
from studio.engine.render.motion.particles import Particles
from studio.media.colour import rgb_to_yuv420, yuv420_to_rgb

_FALL_S = 1.5           # until what falls is there in full
_CHANGE = 0.75          # share of the time over which the light changes
_FADE_S = 1.2
_FLASH_S = 0.35
_EVERY_FLASH_S = 2.2


class Events:
    """`on` puts the events of one frame over it."""

    def __init__(self, wishes: Wishes, size: tuple[int, int], fps: float, more: int, last: Bytes, seed: int) -> None:
        self._fps, self._more, self._seed = fps, more, seed
        self._wishes = wishes
        self._particles = Particles(wishes.particles, *size, seed) if wishes.particles else None
        sheet = sheet_of([last]) if wishes.steps else last
        self._stages: list[Stage] = stages_of(in_order(wishes.steps), sheet, size, seed)
        self._regions = Regions((), 1, lambda: None)
        count = max(round(more / fps / _EVERY_FLASH_S), 1) if wishes.flashes else 0
        rng = np.random.default_rng([seed, 71])
        self._flashes = np.sort(rng.uniform(0.15, 0.9, count) * more / fps)

    @property
    def any(self) -> bool:
        """Whether anything is to happen at all."""
        return bool(self._stages or self._particles is not None or self._flashes.size or self._wishes.fade)

    def on(self, rgb: Bytes, count: int) -> Bytes:
        seconds = count / self._fps
        share = min(count / (_CHANGE * self._more), 1.0)
        rgb = self._changed(rgb, count, share * share * (3 - 2 * share))
        if self._particles is not None:
            rgb = self._fallen(self._particles, rgb, seconds)
        since = seconds - self._flashes
        lit = float(np.where((since >= 0) & (since < _FLASH_S), np.exp(-since / 0.09), 0.0).sum()) if since.size else 0.0
        if lit > 0.01:
            rgb = np.asarray(cv2.convertScaleAbs(rgb, alpha=1 + 0.9 * lit, beta=45 * lit), np.uint8)
        return self._faded(rgb, count)

    def _changed(self, rgb: Bytes, count: int, share: float) -> Bytes:
        if not self._stages or share <= 0:
            return rgb
        moment = Moment(rgb, rgb, None, count, count / self._fps, self._regions, self._seed, lambda: None)
        for stage in self._stages:
            stage(moment)
        return np.asarray(cv2.addWeighted(rgb, 1 - share, moment.rgb, share, 0.0), np.uint8)

    def _fallen(self, particles: Particles, rgb: Bytes, seconds: float) -> Bytes:
        planes = rgb_to_yuv420(rgb)
        particles.draw(seconds, *planes)
        there = min(seconds / _FALL_S, 1.0)
        full = yuv420_to_rgb(*planes)
        return full if there >= 1 else np.asarray(cv2.addWeighted(rgb, 1 - there, full, there, 0.0), np.uint8)

    def _faded(self, rgb: Bytes, count: int) -> Bytes:
        if not self._wishes.fade:
            return rgb
        frames = min(_FADE_S * self._fps, self._more / 2)
        gone = float(np.clip((count - (self._more - frames)) / max(frames, 1), 0, 1))
        goal = 255.0 if self._wishes.fade == "white" else 0.0
        return np.asarray(cv2.convertScaleAbs(rgb, alpha=1 - gone, beta=goal * gone), np.uint8)
