"""Where the bars of the timeline stand: how high a day is, in which line of it a job's bar lies, and from where to where.
Plain arithmetic: it is done on the core's thread, so that the window only paints."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from studio.domain.history import DayCount, JobBar
from studio.domain.state import ACTIVE

HEAD, LANE, BAR, FOOT = 12, 14, 10, 10
MOST_LANES = 6
LEAST = 4.0
"""A bar is at least so wide, so that it can be seen and pressed."""
_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A bar in its day: pixels from the day's midnight, and its line counted from 0. `left` is where it was made; `start`
    where the service had it, where it ever had."""

    bar: JobBar
    lane: int
    left: float
    start: float
    right: float


def lanes_of(jobs: int) -> int:
    """How many lines a day with so many jobs has room for."""
    return max(2, min(MOST_LANES, jobs))


def height_of(day: DayCount) -> int:
    """Pixels of a day, known before its jobs are."""
    return HEAD + lanes_of(day.jobs) * LANE + FOOT


class Days:
    """The days one below the other, the newest on top; where one stands is a bisection."""

    def __init__(self, days: Sequence[DayCount]) -> None:
        self.days = tuple(days)
        self._ends = list(accumulate(height_of(day) for day in self.days))
        self._places = {day.day: number for number, day in enumerate(self.days)}

    @property
    def height(self) -> int:
        return self._ends[-1] if self._ends else 0

    def top(self, number: int) -> int:
        return self._ends[number - 1] if number > 0 else 0

    def at(self, y: int) -> int | None:
        """The number of the day at that height."""
        number = bisect_right(self._ends, y)
        return number if y >= 0 and number < len(self.days) else None

    def between(self, top: int, bottom: int) -> range:
        """The days that are seen between two heights."""
        if not self.days or bottom < 0 or top >= self.height:
            return range(0)
        first, last = self.at(max(0, top)), self.at(min(bottom, self.height - 1))
        return range(first or 0, (len(self.days) - 1 if last is None else last) + 1)

    def number_of(self, day: date) -> int | None:
        return self._places.get(day)


def place(bars: Sequence[JobBar], day: date, width: float, now: datetime) -> list[Placed]:
    """The bars of a day whose 24 hours are `width` pixels: each in the first line that is free by then, else the last one.

    What goes on ends `now`, and with its day; where nobody knows of an end the bar is as short as can be."""
    midnight, next_one = _midnight(day), _midnight(day + timedelta(days=1))
    scale = width / (next_one - midnight).total_seconds()

    def x(moment: datetime) -> float:
        return min(width, max(0.0, (moment - midnight).total_seconds() * scale))

    free = [0.0] * lanes_of(len(bars))
    found = []
    for bar in bars:
        left = min(x(bar.created), width - LEAST)
        start = max(left, x(bar.sent)) if bar.sent is not None else left
        end = bar.ended if bar.ended is not None else now if bar.state in ACTIVE else bar.created
        right = max(x(end), start + LEAST)
        if right > width:
            start, right = min(start, width - LEAST), width
        lane = next((number for number, end in enumerate(free) if end <= left), len(free) - 1)
        free[lane] = max(free[lane], right + _GAP)
        found.append(Placed(bar, lane, min(left, start), start, right))
    return found


def hour_step(pixels_of_hour: float, least: float = 52.0) -> float:
    """Every how many hours a line stands, so that their times have room."""
    steps = (0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0)
    return next((step for step in steps if step * pixels_of_hour >= least), steps[-1])


def _midnight(day: date) -> datetime:
    """With the offset to UTC that counts on that day."""
    return datetime(day.year, day.month, day.day).astimezone()
