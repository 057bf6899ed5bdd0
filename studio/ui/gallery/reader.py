"""What screen readers are told of the gallery: where the keyboard stands, what is selected, and that the list has changed.

The items themselves are studio.ui.gallery.accessible's. Without a reader only the grid's description is kept up to date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleStateChangeEvent,
)

from studio.ui.gallery.accessible import Items, install
from studio.ui.gallery.marks_words import spoken_with_marks
from studio.ui.widgets.words import counted

if TYPE_CHECKING:
    from studio.ui.gallery.grid import GridView

_Event = QAccessible.Event


class GridReader(QObject):
    """Follows `grid`; `tell` when the keyboard came to it or moved, and when what is selected changed: told once a turn."""

    def __init__(self, grid: GridView) -> None:
        super().__init__(grid)
        self._grid = grid
        self.items = Items(grid)
        install()
        self._told: tuple[str | int | None, bool, int] = (None, False, 0)  # where it stands, selected, how many are
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._tell)
        feed = grid.feed
        feed.reset.connect(self._moved)
        feed.relaid.connect(self._moved)
        feed.loaded.connect(self._came)
        feed.changed.connect(self._changed)
        grid.selectionChanged.connect(self.tell)

    def tell(self) -> None:
        self._soon.start()

    def _tell(self) -> None:
        words = self._words()
        self._grid.setAccessibleDescription(words)
        if QAccessible.isActive() and self._grid.hasFocus():
            self._tell_readers(words)

    def _words(self) -> str:
        """Where the keyboard stands, in one line."""
        grid = self._grid
        asset = grid.current()
        if asset is None:
            count = len(grid.feed)
            return counted(count, self.tr("Nothing selected, 1 item"), self.tr("Nothing selected, {n} items"))
        number = (grid.current_index() or 0) + 1
        parts = spoken_with_marks(asset), f"{number:,}", f"{len(grid.feed):,}", f"{len(grid.selection.ids):,}"
        return self.tr("{0}. {1} of {2}, {3} selected").format(*parts)

    def _tell_readers(self, words: str) -> None:
        """An item that the keyboard came to says itself. Where it stays, what changed about the selection is said."""
        grid, before = self._grid, self._told
        place, asset, chosen = grid.current_index(), grid.current(), grid.selection.ids
        stands = place if asset is None else asset.id
        self._told = stands, asset is not None and asset.id in chosen, len(chosen)
        item = None if place is None else self.items.at(place)
        if self._told == before:
            return
        if item is None:
            send(QAccessibleAnnouncementEvent(grid, words))
            return
        if len(chosen) == 1 and self._told[1]:
            send(QAccessibleEvent(item, _Event.Selection))
        elif self._told[1:] != before[1:]:
            send(QAccessibleEvent(grid, _Event.SelectionWithin))
        if stands != before[0]:
            send(QAccessibleEvent(item, _Event.Focus))
            return
        changed = QAccessible.State()
        changed.selected = 1
        send(QAccessibleStateChangeEvent(item, changed))
        send(QAccessibleAnnouncementEvent(grid, words))

    def left(self) -> None:
        """The keyboard went elsewhere: when it is back, the item says itself again."""
        self._told = (None, False, 0)

    # -- the list ----------------

    def _moved(self) -> None:
        """There are more, fewer or other ones."""
        if len(self.items):
            self.items.forget_places()
        if isinstance(self._told[0], int):
            self.left()
        if QAccessible.isActive():
            send(QAccessibleEvent(self._grid, _Event.ObjectReorder))
            self.tell()

    def _came(self, first: int, end: int) -> None:
        """What stood there as loading is in memory."""
        if len(self.items):
            self.items.forget_places(first, end)
            if QAccessible.isActive():
                self.tell()

    def _changed(self, asset_id: str) -> None:
        item = self.items.known(asset_id) if len(self.items) else None
        if item is not None and QAccessible.isActive():
            send(QAccessibleEvent(item, _Event.NameChanged))


def send(event: QAccessibleEvent) -> None:
    """To whatever listens on this system."""
    QAccessible.updateAccessibility(event)
