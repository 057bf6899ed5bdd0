"""Selecting many: a range from the anchor, or everything, also where the rows between are not in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.ui.bridge import in_words
from studio.ui.gallery.finding import ids_of
from studio.ui.gallery.library_feed import LibraryFeed
from studio.ui.gallery.selection import Selection

if TYPE_CHECKING:
    from studio.app.core import Core

MOST = 100_000
"""Assets that can be selected at once: more would take minutes to fetch, and to act on."""


class Ranges(QObject):
    """Works on `selection`. `changed` when rows that had to be fetched came; `pending` says how many are still to come."""

    changed = Signal()

    def __init__(self, feed: LibraryFeed, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._feed, self._selection = feed, selection
        self._number = 0
        self.pending = 0

    def to(self, asset_id: str) -> None:
        """From the anchor to here."""
        self._selection.extend(asset_id, self._between)

    def everything(self) -> None:
        """All there is, at most MOST."""
        self._selection.all(self._ids(0, min(MOST, len(self._feed))))
        self.changed.emit()

    def _between(self, one: str, other: str) -> Iterable[str]:
        start, end = self._feed.position(one), self._feed.position(other)
        if start is None or end is None:
            return [other]
        first, last = min(start, end), max(start, end)
        return self._ids(first, min(last + 1, first + MOST))

    def _ids(self, first: int, end: int) -> list[str]:
        """What is in memory of these rows; if that is not all, the rest is fetched."""
        self._number += 1
        self.pending = 0
        rows = self._feed.list.rows
        known = [asset.id for asset in map(rows.at, range(first, end)) if asset is not None]
        if len(known) < end - first:
            self._fetch(first, end)
        return known

    def _fetch(self, first: int, end: int) -> None:
        self.pending = end - first
        number = self._number
        before, offset = self._feed.list.start_before(first)
        query = replace(self._feed.query, before=before, offset=offset)

        async def answer(core: Core) -> list[str]:
            return await ids_of(core, query, end - first)

        def take(ids: list[str]) -> None:
            if number == self._number:
                self.pending = 0
                self._selection.ids |= set(ids)
                self.changed.emit()

        def failed(error: BaseException) -> None:
            if number == self._number:
                self.pending = 0
                self.changed.emit()
                bridge.problem.emit(in_words(error))

        bridge = self._feed.bridge
        bridge.run(answer, take, failed)
