"""Where a character goes on the stage: in and out, to the left and right, as far and as fast as there is time for.

Speeds are a person's: a walk of 1.25 m/s, a run of 3 m/s; a long shot is filled by going more slowly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.engine.render.characters.acts import Doing, Part
from studio.engine.render.characters.staging import Mark

SPEED = {"walk": 1.25, "run": 3.0, "enter": 1.25, "leave": 1.25}  # m/s
_SLOWEST, _SLOWEST_CLOSE = 0.4, 0.12  # of the usual speed; a bust is seen from near, where the camera goes along in films
_MARGIN = 0.55           # of its width that a figure keeps from the frame's side with its middle
_APART = 0.45            # of both widths together that busts keep between their middles


@dataclass(frozen=True, slots=True)
class Leg:
    """Going from `begin` to `end` (pixels) between two times; `run` as one runs."""

    start: float
    stop: float
    begin: float
    end: float
    run: bool

    @property
    def speed(self) -> float:
        return (self.end - self.begin) / max(self.stop - self.start, 1e-6)


class Travel:
    """The way of one character through a film of `seconds`. `frame`: its width in pixels; `wide`: how wide the figure is;
    `way`: where it goes when nothing is said; `reach`: from where to where its middle may go.
    """

    def __init__(self, part: Part, mark: Mark, frame: int, seconds: float, *, wide: float, way: int,
                 reach: tuple[float, float]) -> None:
        self._part, self._mark, self._frame = part, mark, frame
        self._wide, self._way, self._reach = wide, way, reach
        self._span = seconds / len(part.doings)
        self.legs: Sequence[Leg] = self._walks()

    def _walks(self) -> list[Leg]:
        legs: list[Leg] = []
        x = self._begin()
        for number, doing in enumerate(self._part.doings):
            start, stop = number * self._span, (number + 1) * self._span
            for leg in self._leg_of(doing, x, start, stop):
                legs.append(leg)
                x = leg.end
        return legs

    def _begin(self) -> float:
        """Where it stands at first: across the frame from where it goes to, outside of it before it comes in."""
        first = next((doing for doing in self._part.doings if doing.acts & SPEED.keys()), None)
        if first is None or first is not self._part.doings[0] or first.acts & {"nearer", "farther"}:
            return self._mark.x
        if "enter" in first.acts:
            return self._outside(-self._entry(first))
        if "leave" in first.acts:
            return self._mark.x
        low, high = self._reach
        speed = SPEED["run" if "run" in first.acts else "walk"] * first.pace * self._mark.metre
        way = first.heading or self._way
        half = min(speed * self._span, high - low) / 2
        if self._part.side:  # it was told where it stands
            return self._mark.x
        return min(max(self._mark.x - way * half, low), high)

    def _entry(self, doing: Doing) -> int:
        """The way it comes in: as said, else from the side where it will stand."""
        return doing.heading or (1 if self._mark.x < self._frame / 2 else -1)

    def _outside(self, side: int) -> float:
        beyond = 0.6 * self._wide
        return -beyond if side < 0 else self._frame + beyond

    def _leg_of(self, doing: Doing, x: float, start: float, stop: float) -> list[Leg]:
        going = doing.acts & SPEED.keys()
        if not going or doing.acts & {"nearer", "farther"}:
            return []
        run = "run" in going
        speed = SPEED["run" if run else "walk"] * doing.pace * self._mark.metre
        if "enter" in going:
            speed = max(speed, abs(self._mark.x - x) / (stop - start))  # it is to be there in time
            return [self._fitted(x, self._mark.x, speed, start, stop, run)]
        if "leave" in going:
            way = doing.heading or (1 if x > self._frame / 2 else -1)
            end = self._outside(way)
            lasts = min(stop - start, max(abs(end - x) / speed, 0.6))
            return [Leg(stop - lasts, stop, x, end, run)]
        low, high = self._reach
        way = doing.heading or self._way
        if not doing.heading and abs((high if way > 0 else low) - x) < 0.25 * (high - low):
            way = -way
        first = self._fitted(x, high if way > 0 else low, speed, start, stop, run)
        if doing.heading or stop - first.stop < 1.0:
            return [first]
        back = self._fitted(first.end, low if way > 0 else high, speed, first.stop, stop, run)
        return [first, back]

    def _fitted(self, x: float, end: float, speed: float, start: float, stop: float, run: bool) -> Leg:
        """As far as the time is enough for at that speed; slower where there is more time than way, but no crawl."""
        room = stop - start
        end = x + float(np.clip(end - x, -speed * room, speed * room))
        share = _SLOWEST if self._mark.whole else _SLOWEST_CLOSE
        slowest = max(abs(end - x) / (share * speed), 1e-3)
        return Leg(start, start + min(room, slowest), x, end, run)

    def leg(self, seconds: float) -> Leg | None:
        """Where it is going at that time; None where it stands."""
        return next((leg for leg in self.legs if leg.start <= seconds < leg.stop and abs(leg.end - leg.begin) > 1), None)

    def x(self, seconds: float) -> float:
        """Its middle in pixels of the frame."""
        x = self.legs[0].begin if self.legs else self._mark.x
        for leg in self.legs:
            if seconds >= leg.start:
                x = leg.begin + (leg.end - leg.begin) * soft(min((seconds - leg.start) / (leg.stop - leg.start), 1.0))
        return x


def reaches(marks: Sequence[Mark], parts: Sequence[Part], widths: Sequence[float],
            frame: int) -> tuple[tuple[float, float], ...]:
    """For each character from where to where its middle may go: it is seen whole, or nearly so, and a bust does not walk
    into another one that stands beside it (whole figures pass behind)."""
    out = []
    for number, (mark, wide) in enumerate(zip(marks, widths, strict=True)):
        keep = min(_MARGIN * wide, 0.42 * frame)
        low, high = min(keep, mark.x), max(frame - keep, mark.x)
        for other, (there, beside) in enumerate(zip(marks, widths, strict=True)):
            goes = parts[other].acts & SPEED.keys() and not parts[other].acts & {"nearer", "farther"}
            if other == number or mark.whole or there.whole or goes:
                continue
            room = _APART * (wide + beside)
            if there.x > mark.x:
                high = max(min(high, there.x - room), mark.x)
            else:
                low = min(max(low, there.x + room), mark.x)
        out.append((low, high))
    return tuple(out)


def soft(share: float) -> float:
    """0 to 1 with soft ends."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
