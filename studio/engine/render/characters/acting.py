"""How a character moves: a curve of time for each act, all of them added up into one stance a moment.

Sizes are a person's: steps of 0.7 m, hops of a third of a metre.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.engine.render.characters.acts import Doing, Part
from studio.engine.render.characters.staging import Mark
from studio.engine.render.characters.travel import SPEED, Leg, Travel, soft

_STEP = {"walk": 0.70, "run": 1.15}                                # m
_FADE_S = 0.35           # in which an act comes and goes
_HOP_S = 1.05
_AIR = 0.46              # share of a hop that is in the air
_NEAR, _FAR = 1.13, 0.70


@dataclass(slots=True)
class Stance:
    """A figure at one moment. `x`, `rise` (of its foot above the ground) in pixels; `size` as a factor; `tilt` in radians,
    clockwise, about the foot; `bend`: how far the top leans aside, `sway`: how far the middle does, in shares of the height;
    `stretch`: of the height; `left`, `right`: how far each foot is lifted, `arm`: how far an arm is raised, `head`: how far
    the head is lowered, in shares of the height; `facing`: 1 as in the clip, -1 turned round, between them edge on; `clock`:
    seconds of the clip's own motion that have passed."""

    x: float
    rise: float = 0.0
    size: float = 1.0
    tilt: float = 0.0
    bend: float = 0.0
    sway: float = 0.0
    stretch: float = 1.0
    left: float = 0.0
    right: float = 0.0
    arm: float = 0.0
    head: float = 0.0
    facing: float = 1.0
    clock: float = 0.0


class Performance:
    """One character's motion over a film of `seconds`. `heading`: which way it walks in its own clip; `strides`: how long
    its steps last there until they come again, 0 where its legs do not step. The same seed moves the same way."""

    def __init__(self, part: Part, mark: Mark, travel: Travel, seconds: float, *, heading: int, strides: float,
                 seed: int) -> None:
        self._part, self._mark, self._travel, self._seconds = part, mark, travel, seconds
        self._heading, self._strides = heading, strides
        rng = np.random.default_rng([seed & 0xFFFFFFFF, 977])
        self._phases = [float(phase) for phase in rng.uniform(0, 2 * math.pi, 8)]
        self._span = seconds / len(part.doings)
        self._clock = self._clocked()

    def stance(self, seconds: float) -> Stance:
        """At `seconds` from the first frame."""
        out = Stance(self._travel.x(seconds) + self._step_aside(seconds), clock=self._clock_at(seconds))
        self._idle(seconds, out)
        self._gait(seconds, self._travel.leg(seconds), out)
        for number, doing in enumerate(self._part.doings):
            share = self._share(number, seconds)
            if share > 0:
                self._act(doing, seconds - number * self._span, share, out)
        out.facing *= self._facing(seconds)
        return out

    # -- how it looks while it does so

    def _step_aside(self, seconds: float) -> float:
        """Dancers do not stay on one spot."""
        number = min(int(seconds / self._span), len(self._part.doings) - 1)
        if "dance" not in self._part.doings[number].acts:
            return 0.0
        return 0.07 * self._mark.height * math.sin(2 * math.pi * 0.45 * seconds) * self._share(number, seconds)

    def _share(self, number: int, seconds: float) -> float:
        """How much of an act is seen: it comes and goes softly, but is there at once when the film begins with it."""
        start, stop = number * self._span, (number + 1) * self._span
        into = 1.0 if number == 0 else soft((seconds - start) / _FADE_S + 0.5)
        out = 1.0 if number == len(self._part.doings) - 1 else soft((stop - seconds) / _FADE_S + 0.5)
        return min(into, out)

    def _idle(self, t: float, out: Stance) -> None:
        """Nobody stands quite still: breath, and weight that goes from foot to foot."""
        one, two, three = self._phases[:3]
        out.stretch *= 1 + 0.004 * math.sin(2 * math.pi * 0.27 * t + one)
        out.tilt += 0.006 * math.sin(2 * math.pi * 0.16 * t + two)
        out.bend += 0.006 * math.sin(2 * math.pi * 0.21 * t + three)

    def _gait(self, t: float, leg: Leg | None, out: Stance) -> None:
        nearer = self._depth_gait(t)
        if leg is None and not nearer:
            return
        run = leg.run if leg is not None else nearer > 1
        length = _STEP["run" if run else "walk"] * self._mark.metre
        rate = float(np.clip(abs(leg.speed) / length, 1.3, 3.0)) if leg is not None else 1.8
        into = 1.0 if leg is None else min(soft((t - leg.start) / 0.25 + 0.3), soft((leg.stop - t) / 0.25 + 0.1))
        turn = math.pi * rate * t
        lift, metre = (0.10 if run else 0.035), self._mark.metre
        out.rise += lift * metre * abs(math.sin(turn)) * into
        out.tilt += 0.018 * math.sin(turn) * into
        out.sway += 0.010 * math.sin(turn) * into
        if leg is not None:
            out.bend += math.copysign(0.05 if run else 0.012, leg.end - leg.begin) * into
        if not self._strides:
            step = (0.075 if run else 0.045) * into
            out.left += step * max(math.sin(turn), 0.0)
            out.right += step * max(-math.sin(turn), 0.0)

    def _depth_gait(self, t: float) -> float:
        """1 while it walks to or from the camera, 2 while it runs there."""
        doing = self._part.doings[min(int(t / self._span), len(self._part.doings) - 1)]
        return (2.0 if "run" in doing.acts else 1.0) if doing.acts & {"nearer", "farther"} else 0.0

    def _act(self, doing: Doing, t: float, share: float, out: Stance) -> None:
        for act in sorted(doing.acts):
            move = _MOVES.get(act)
            if move is not None:
                move(self, t, share, doing.pace, out)

    def _jump(self, t: float, share: float, pace: float, out: Stance) -> None:
        place = (t * pace / _HOP_S) % 1.0
        air = (place - (1 - _AIR) / 2) / _AIR
        if 0 < air < 1:
            out.rise += share * 4 * air * (1 - air) * 0.36 * self._mark.metre
            out.stretch *= 1 + 0.03 * share
        else:  # crouching before, giving way after
            ground = place / ((1 - _AIR) / 2) if place < 0.5 else (1 - place) / ((1 - _AIR) / 2)
            out.stretch *= 1 - 0.075 * share * math.sin(math.pi * min(max(ground, 0.0), 1.0))

    def _dance(self, t: float, share: float, pace: float, out: Stance) -> None:
        beat = 2 * math.pi * pace * t
        out.rise += share * 0.05 * self._mark.metre * abs(math.sin(beat))
        out.tilt += share * 0.055 * math.sin(beat * 0.5 + self._phases[3])
        out.sway += share * 0.040 * math.sin(beat + self._phases[4])
        out.bend += share * -0.030 * math.sin(beat * 0.5)
        out.arm += share * 0.05 * math.sin(beat)
        out.left += share * 0.05 * max(math.sin(beat), 0.0)
        out.right += share * 0.05 * max(-math.sin(beat), 0.0)
        out.facing *= 1 - share * 0.10 * (1 - math.cos(beat * 0.25))

    def _wave(self, t: float, share: float, pace: float, out: Stance) -> None:
        swing = math.sin(2 * math.pi * 1.9 * pace * t)
        out.arm += share * (0.055 + 0.045 * swing)
        out.bend += share * 0.020 * swing
        out.tilt += share * (-0.02 + 0.012 * swing)

    def _turn(self, t: float, share: float, pace: float, out: Stance) -> None:
        lasts = min(1.3 / pace, self._span)
        begin = (self._span - lasts) / 2
        place = (t - begin) / lasts
        if 0 < place < 1:
            out.facing *= math.cos(2 * math.pi * soft(place))

    def _talk(self, t: float, share: float, pace: float, out: Stance) -> None:
        words = math.sin(2 * math.pi * 2.1 * t) * (0.5 + 0.5 * math.sin(2 * math.pi * 0.37 * t + self._phases[5]))
        out.head += share * 0.007 * words
        out.bend += share * 0.010 * math.sin(2 * math.pi * 0.5 * t + self._phases[6])

    def _cheer(self, t: float, share: float, pace: float, out: Stance) -> None:
        shake = abs(math.sin(2 * math.pi * 1.7 * pace * t))
        out.rise += share * 0.05 * self._mark.metre * shake
        out.arm += share * 0.06 * shake
        out.tilt += share * 0.02 * math.sin(2 * math.pi * 0.85 * t)

    def _float(self, t: float, share: float, pace: float, out: Stance) -> None:
        up = 0.30 * self._mark.height if self._mark.whole else 0.03 * self._mark.height
        out.rise += share * up * (1 + 0.16 * math.sin(2 * math.pi * 0.4 * t))
        out.tilt += share * 0.06 * math.sin(2 * math.pi * 0.31 * t + self._phases[7])

    def _nearer(self, t: float, share: float, pace: float, out: Stance) -> None:
        out.size *= _FAR + (_NEAR - _FAR) * soft(t / self._span)

    def _farther(self, t: float, share: float, pace: float, out: Stance) -> None:
        out.size *= _NEAR - 0.1 + (_FAR - _NEAR) * soft(t / self._span)

    def _facing(self, seconds: float) -> float:
        """One that heads somewhere in its clip is turned round to walk the other way."""
        if not self._heading:
            return 1.0
        facing, before = 1.0, 1.0
        for leg in self._travel.legs:
            if abs(leg.end - leg.begin) > 1 and seconds >= leg.start - 0.2:
                before, facing = facing, float(np.sign(leg.end - leg.begin)) * self._heading
                turned = soft((seconds - leg.start + 0.2) / 0.4) if leg.start > 0.2 else 1.0
                facing = before + (facing - before) * turned
        return facing

    # -- the clip's own motion

    def _clocked(self) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], float]:
        """How far the clip's own motion has gone, summed up over the film, and the step of the sum in seconds."""
        step = 1 / 24
        sums = [0.0]
        for number in range(math.ceil(self._seconds / step) + 2):
            rate = self._rate(number * step)
            if rate == 0 and self._strides:  # a step that was begun is ended
                rate = min(-sums[-1] % self._strides / step, 1.0)
            sums.append(sums[-1] + rate * step)
        return np.array(sums), step

    def _rate(self, seconds: float) -> float:
        if not self._strides:
            return 0.85
        leg = self._travel.leg(seconds)
        if leg is not None:
            usual = SPEED["run" if leg.run else "walk"] * self._mark.metre
            return float(np.clip(abs(leg.speed) / usual, 0.6, 1.5)) * (1.4 if leg.run else 1.0)
        doing = self._part.doings[min(int(seconds / self._span), len(self._part.doings) - 1)]
        return 1.0 if self._depth_gait(seconds) or "dance" in doing.acts else 0.0

    def _clock_at(self, seconds: float) -> float:
        sums, step = self._clock
        return float(np.interp(seconds / step, np.arange(len(sums)), sums))


_MOVES = {
    "jump": Performance._jump, "dance": Performance._dance, "wave": Performance._wave, "turn": Performance._turn,
    "talk": Performance._talk, "cheer": Performance._cheer, "float": Performance._float, "nearer": Performance._nearer,
    "farther": Performance._farther,
}

