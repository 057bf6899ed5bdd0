"""Fetches the pages of the history that are looked at: two at a time, the one wanted last first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.history import HistoryPage, HistoryQuery, Key
from studio.ui.bridge import Bridge

if TYPE_CHECKING:
    from studio.app.core import Core

_AT_ONCE, _WAITING = 2, 4
"""What is passed over in a fast scroll is not fetched: so many pages wait at most."""


class PageFetcher(QObject):
    """`arrived(page, jobs)` and `failed(error)`."""

    arrived = Signal(int, object)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._generation = 0
        self._query = HistoryQuery()
        self._marks: Sequence[Key] = ()
        self._fetching: set[int] = set()
        self._wanted: list[int] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._fetch_wanted)

    def begin(self, query: HistoryQuery, marks: Sequence[Key]) -> None:
        """From now on pages of this question are meant; answers to earlier ones are dropped."""
        self._generation += 1
        self._query, self._marks = query, marks
        self._fetching.clear()
        self._wanted.clear()

    def want(self, page: int) -> None:
        """Somebody looks at it."""
        if page in self._fetching or page >= len(self._marks):
            return
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[:-_WAITING]
        if not self._soon.isActive():
            self._soon.start()

    def _fetch_wanted(self) -> None:
        while self._wanted and len(self._fetching) < _AT_ONCE:
            self._fetch(self._wanted.pop())

    def _fetch(self, page: int) -> None:
        self._fetching.add(page)
        generation, query, mark = self._generation, self._query, self._marks[page]

        async def answer(core: Core) -> tuple[int, int, HistoryPage]:
            return generation, page, await core.history.page(query, mark)

        self._bridge.run(answer, self._answered, self._refused)

    def _answered(self, answer: tuple[int, int, HistoryPage]) -> None:
        generation, page, found = answer
        if generation == self._generation:
            self._fetching.discard(page)
            self._fetch_wanted()
            self.arrived.emit(page, found.jobs)

    def _refused(self, error: BaseException) -> None:
        self._fetching.clear()
        self.failed.emit(error)
