"""What the gallery looked like when the window was closed: question, sizes, place and selection, kept in the session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from studio.domain.asset import Asset
from studio.domain.saved_query import as_plain, from_plain
from studio.ui.bridge import Bridge
from studio.ui.gallery.grid import GridView
from studio.ui.gallery.question import Question
from studio.ui.gallery.toolbar import Toolbar
from studio.ui.session import Session

if TYPE_CHECKING:
    from studio.app.core import Core

NAME = "gallery"
MOST_SELECTED = 1000
"""Of more selected assets only the current one is remembered."""


class GalleryMemory(QObject):
    """`restore` once, when the core is there; from then on it keeps what changes."""

    def __init__(self, session: Session, bridge: Bridge, grid: GridView, toolbar: Toolbar, question: Question) -> None:
        super().__init__(grid)
        self._session, self._bridge = session, bridge
        self._grid, self._toolbar, self._question = grid, toolbar, question
        self._selected: list[str] = []
        self._restoring: str | None = None
        self._y = 0
        self._soon = QTimer(self, singleShot=True, interval=500)
        self._soon.timeout.connect(self.keep)
        grid.verticalScrollBar().valueChanged.connect(lambda _: self._soon.start())
        grid.selectionChanged.connect(self._soon.start)
        question.asked.connect(lambda _: self._soon.start())
        toolbar.metrics_changed.connect(lambda _: self._soon.start())
        grid.feed.reset.connect(self._select)
        grid.feed.found.connect(self._found)
        grid.feed.lost.connect(self._lost)

    def restore_look(self) -> None:
        """Sizes and question: before anything is asked."""
        kept = self._session.get(NAME)
        if not isinstance(kept, Mapping):
            return
        size, lines, query = kept.get("size"), kept.get("lines"), kept.get("query")
        if isinstance(size, int):
            self._toolbar.slider.setValue(size)
        self._toolbar.lines.setChecked(lines is True)
        if isinstance(query, Mapping):
            self._question.set(from_plain({str(name): value for name, value in query.items()}))

    def restore_place(self) -> None:
        """Where the person was: once the question has been asked."""
        kept = self._session.get(NAME)
        if not isinstance(kept, Mapping):
            return
        top, y, selected = kept.get("top"), kept.get("y"), kept.get("selected")
        if isinstance(selected, list):
            self._selected = [one for one in selected if isinstance(one, str)]
        if isinstance(top, str):
            self._restoring = top
            self._y = y if isinstance(y, int) else 0

            async def ask(core: Core) -> Asset:
                return await core.asset(top)

            self._bridge.run(ask, self._grid.feed.reveal, lambda _: self._lost(top))

    def _select(self) -> None:
        """The first answer is there: what was selected is so again, in memory or not."""
        if self._selected:
            selection, self._selected = self._selected, []
            self._grid.selection.ids = set(selection)
            self._grid.selection.current = self._grid.selection.anchor = selection[0]
            self._grid.selectionChanged.emit()
            self._grid.repaint_selection()

    def _found(self, asset_id: str) -> None:
        if asset_id == self._restoring:
            self._restoring = None
            at = self._grid.feed.position(asset_id)
            if at is not None:
                self._grid.show_on_top(at, self._y)

    def _lost(self, asset_id: str) -> None:
        if asset_id == self._restoring:
            self._restoring = None

    def keep(self) -> None:
        """Write down how it looks now, unless that is still being brought back."""
        if self._restoring is not None or self._selected or not self._bridge.is_ready:
            return
        grid = self._grid
        top = grid.first_in_sight() if grid.verticalScrollBar().value() else None
        current, ids = grid.selection.current, grid.selection.ids
        selected = [] if current is None else [current]
        if len(ids) <= MOST_SELECTED:
            selected = [one for one in selected if one in ids] + sorted(ids.difference(selected))
        self._session.keep(NAME, {
            "query": as_plain(self._question.query()), "size": self._toolbar.slider.value(),
            "lines": self._toolbar.lines.isChecked(), "top": None if top is None else top.id,
            "y": grid.cell_rect(grid.visible_range().start).y() if top is not None else 0, "selected": selected,
        })
