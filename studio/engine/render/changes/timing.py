"""The timing of a clip: its cuts, the camera's way in each shot, how much moves when, and how loud it is when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engine.render.changes.flow import CameraStep, camera_field, camera_step, flow_to, other_shot, pulled, small_grey
from studio.engine.render.changes.source import working_rate
from studio.engine.render.clip.reading import Clip, frames_at

Curve = NDArray[np.float64]

_SIDE = 240
_SHORTEST_SHOT = 3       # frames: what is shorter is a flash, not a shot
_AROUND, _LEAST_CHANGE, _SUDDEN = 8, 8.0, 4.0
_SMOOTH = 1.2            # frames: a camera's way is smoother than its measure


@dataclass(frozen=True, slots=True)
class Shot:
    """Frames `begin` to `end` (not included). `steps`: the camera's step into each frame (none into the first).

    `energy`: how much moves beside the camera, at each frame, in thousandths of the width a frame. `light`: the mean luma
    of each frame, 0 to 1.
    """

    begin: int
    end: int
    steps: tuple[CameraStep, ...]
    energy: Curve
    light: Curve

    @property
    def frames(self) -> int:
        return self.end - self.begin

    def resampled(self, begin: int, end: int) -> Shot:
        """The same shot over another number of frames: its ways stay, its speeds change."""
        count = end - begin
        if count == self.frames:
            return Shot(begin, end, self.steps, self.energy, self.light)
        way = np.cumsum(np.array([(s.x, s.y, s.grow, s.turn) for s in self.steps]), axis=0)
        at = np.linspace(0, self.frames - 1, count)
        known = np.arange(self.frames)
        moved = np.stack([np.interp(at, known, way[:, column]) for column in range(4)], axis=1)
        steps = tuple(CameraStep(*(float(v) for v in row)) for row in np.diff(moved, axis=0, prepend=moved[:1]))
        slower = self.frames / count
        return Shot(begin, end, steps, np.interp(at, known, self.energy) * slower, np.interp(at, known, self.light))


def watch(clip: Clip, progress: Callable[[float], None]) -> tuple[Shot, ...]:
    """Look through a clip; `progress` hears the share seen."""
    fps = working_rate(clip)
    expected = max(round(clip.seconds * fps), 1)
    greys_before = None
    steps: list[CameraStep] = []
    energy: list[float] = []
    light: list[float] = []
    off: list[float] = []
    cuts = [0]
    for index, frame in enumerate(frames_at(clip, fps)):
        grey = small_grey(frame, _SIDE)
        step, moved, change = CameraStep(), 0.0, 0.0
        if greys_before is not None:
            back = flow_to(grey, greys_before)
            change = float(np.abs(pulled(greys_before, back) - grey).mean())
            if other_shot(grey, greys_before, back):
                cuts.append(index)
            else:
                motion = np.asarray(-back, np.float32)
                step = camera_step(motion)
                own = motion - camera_field(step, *grey.shape)
                moved = float(np.hypot(own[..., 0], own[..., 1]).mean()) / grey.shape[1] * 1000
        greys_before = grey
        steps.append(step)
        energy.append(moved)
        light.append(float(grey.mean()) / 255)
        off.append(change)
        progress(min(index / expected, 1.0))
    cuts = sorted({*cuts, *_sudden(off)})
    for cut in cuts:  # what seems to move across a cut means nothing
        steps[cut], energy[cut] = CameraStep(), 0.0
    return _shots(cuts, steps, np.array(energy), np.array(light))


def _sudden(off: list[float]) -> list[int]:
    """Frames that motion explains far worse than those around them."""
    found = []
    for place in range(1, len(off)):
        around = off[max(place - _AROUND, 1) : place] + off[place + 1 : place + 1 + _AROUND]
        if off[place] > _LEAST_CHANGE and around and off[place] > _SUDDEN * (float(np.median(around)) + 0.5):
            found.append(place)
    return found


def _shots(cuts: list[int], steps: list[CameraStep], energy: Curve, light: Curve) -> tuple[Shot, ...]:
    ends = [*cuts[1:], len(steps)]
    kept: list[tuple[int, int]] = []
    for begin, end in zip(cuts, ends, strict=True):
        if kept and end - begin < _SHORTEST_SHOT:
            kept[-1] = kept[-1][0], end
        else:
            kept.append((begin, end))
    return tuple(
        Shot(begin, end, _smoothed(steps[begin:end]), _smooth(energy[begin:end]), light[begin:end]) for begin, end in kept
    )


def _smoothed(steps: list[CameraStep]) -> tuple[CameraStep, ...]:
    """Without the measure's tremble; the first step, into the shot, is none."""
    if len(steps) < 2:
        return tuple(CameraStep() for _ in steps)
    values = np.array([(s.x, s.y, s.grow, s.turn) for s in steps[1:]])
    soft = np.stack([_smooth(values[:, column]) for column in range(4)], axis=1)
    return (CameraStep(), *(CameraStep(*(float(v) for v in row)) for row in soft))


def _smooth(values: Curve) -> Curve:
    if len(values) < 3:
        return values
    soft = cv2.GaussianBlur(values.reshape(1, -1), (0, 0), _SMOOTH, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(soft[0], np.float64)


def stretched(shots: tuple[Shot, ...], frames: int) -> tuple[Shot, ...]:
    """The same shots over another number of frames in all, each in proportion; none shorter than a frame."""
    total = shots[-1].end
    places = [round(shot.begin * frames / total) for shot in shots] + [frames]
    return tuple(shot.resampled(begin, end) for shot, begin, end in zip(shots, places[:-1], places[1:], strict=True)
                 if end > begin)
