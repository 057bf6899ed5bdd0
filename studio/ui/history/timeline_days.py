"""What the timeline shows: which days there are, and the bars of those that are looked at, placed on the core's thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.history import DayCount, HistoryQuery
from studio.domain.job import now
from studio.ui.bridge import Bridge, in_words
from studio.ui.history.timeline_layout import Days, Placed, place
from studio.ui.history.timeline_shapes import DayShapes, shapes_of

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import JobChanged

MOST_DAYS = 90
_AT_ONCE = 2
_SOON_MS = 250
_KEPT_FRESH = 8
"""Days that are read anew when something changed; the others are when they are looked at."""


class TimelineDays(QObject):
    """`counted` when the days are known, `arrived(day)` when the bars of one are, `failed(words)`."""

    counted = Signal()
    arrived = Signal(object)
    failed = Signal(str)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.query = HistoryQuery()
        self.layout = Days(())
        self.is_counted = False
        self._asked = 0
        self._width = 0
        self._shown = False
        self._stale = False
        self._placed: OrderedDict[date, DayShapes] = OrderedDict()
        self._wanted: list[date] = []
        self._fetching: set[date] = set()
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self._fetch = QTimer(self, singleShot=True, interval=0)
        self._fetch.timeout.connect(self._fetch_wanted)
        bridge.jobsChanged.connect(self._jobs_changed)
        bridge.storeChanged.connect(self._changed)

    def answers(self, query: HistoryQuery) -> bool:
        """Whether this was asked already."""
        return self._asked > 0 and self.query == query

    def ask(self, query: HistoryQuery) -> None:
        """Other jobs than before."""
        self.query = query
        self._read(keep=False)

    def refresh(self) -> None:
        """The same anew; what is drawn stays until the answer is there."""
        if self._shown:
            self._read(keep=True)
        else:
            self._stale = True

    def set_shown(self, shown: bool) -> None:
        """What nobody sees is read anew when it is shown again."""
        self._shown = shown
        if shown and self._stale:
            self._stale = False
            self._read(keep=True)

    def set_width(self, width: int) -> None:
        """24 hours are so many pixels now; each day is placed anew when it is looked at."""
        self._width = width

    def placed(self, day: date) -> Sequence[Placed] | None:
        """The bars of a day; None while they are asked for."""
        shapes = self.shapes(day)
        return None if shapes is None else shapes.placed

    def shapes(self, day: date) -> DayShapes | None:
        """What is drawn of a day; None while it is asked for. One of another width serves until it is there anew."""
        known = self._placed.get(day)
        if known is None or known.width != self._width:
            self._want(day)
        else:
            self._placed.move_to_end(day)
        return known

    def look_at_running(self) -> None:
        """Time goes on: bars that have no end yet grow."""
        for day, shapes in list(self._placed.items())[-3:]:
            if any(one.bar.ended is None for one in shapes.placed):
                self._want(day, again=True)

    def _want(self, day: date, *, again: bool = False) -> None:
        if day in self._fetching or (day in self._wanted and not again):
            return
        if day in self._wanted:
            self._wanted.remove(day)
        self._wanted.append(day)
        del self._wanted[:-12]
        if not self._fetch.isActive():
            self._fetch.start()

    def _fetch_wanted(self) -> None:
        while self._wanted and len(self._fetching) < _AT_ONCE and self._width:
            self._fetch_day(self._wanted.pop())

    def _fetch_day(self, day: date) -> None:
        self._fetching.add(day)
        asked, query, width = self._asked, self.query, self._width

        async def answer(core: Core) -> tuple[int, date, DayShapes]:
            bars = await core.history.bars(query, day)
            return asked, day, shapes_of(width, place(bars, day, float(width), now()))

        self._bridge.run(answer, self._day_arrived, self._refused)

    def _day_arrived(self, answer: tuple[int, date, DayShapes]) -> None:
        asked, day, shapes = answer
        if asked != self._asked:
            return
        self._fetching.discard(day)
        self._placed[day] = shapes
        while len(self._placed) > MOST_DAYS:
            self._placed.popitem(last=False)
        self._fetch_wanted()
        self.arrived.emit(day)

    def _read(self, *, keep: bool) -> None:
        self._asked += 1
        asked, query = self._asked, self.query

        async def answer(core: Core) -> tuple[int, bool, Sequence[DayCount]]:
            return asked, keep, await core.history.days(query)

        self._fetching.clear()
        self._wanted.clear()
        self._bridge.run(answer, self._days_arrived, self._refused)

    def _days_arrived(self, answer: tuple[int, bool, Sequence[DayCount]]) -> None:
        asked, keep, days = answer
        if asked != self._asked:
            return
        before = self.layout.days
        self.layout = Days(days)
        self.is_counted = True
        if keep:
            for day in list(self._placed)[:-_KEPT_FRESH]:
                del self._placed[day]
            for day in self._placed:
                self._want(day, again=True)
        else:
            self._placed.clear()
        if not keep or before != self.layout.days:
            self.counted.emit()

    def _refused(self, error: BaseException) -> None:
        self._fetching.clear()
        self.failed.emit(in_words(error))

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        if any(change.is_new or change.job.is_terminal or change.job.submitted_at is not None for change in changes):
            self._changed()

    def _changed(self) -> None:
        if not self._soon.isActive():
            self._soon.start()
