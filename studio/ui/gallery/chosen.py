"""What the gallery's keys, mouse and bulk bar do with what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.asset import Asset

if TYPE_CHECKING:
    from studio.ui.gallery.page import GalleryPage


class Chosen(QObject):
    """Connects grid and bulk bar of `page` with its actions."""

    def __init__(self, page: GalleryPage) -> None:
        super().__init__(page)
        self._page = page
        grid, bulk, act = page.grid, page.bulk, page.actions_of
        grid.opened.connect(page.opened)
        grid.deleteRequested.connect(act.trash)
        grid.menuRequested.connect(lambda at: page.menu_for(grid.selected()).popup(at) if grid.selected() else None)
        grid.selectionChanged.connect(self._changed)
        grid.starRequested.connect(self._toggle_star)
        grid.colourRequested.connect(self._set_colour)
        grid.copyRequested.connect(lambda: act.copy_files(self.assets()))
        grid.typed.connect(self._type_ahead)
        grid.sizeRequested.connect(page.toolbar.step)
        bulk.starWanted.connect(self._toggle_star)
        bulk.exportWanted.connect(lambda: act.export(grid.selected_ids(), grid.current()))
        bulk.trashWanted.connect(lambda: act.trash(grid.selected_ids()))
        bulk.closed.connect(self.clear)

    def assets(self) -> list[Asset]:
        """What is selected, as far as it is in memory; the current one where nothing is."""
        current = self._page.grid.current()
        return self._page.grid.selected() or ([] if current is None else [current])

    def ids(self) -> list[str]:
        """All that is selected; the current one where nothing is."""
        return self._page.grid.selected_ids() or [asset.id for asset in self.assets()]

    def clear(self) -> None:
        """Select nothing."""
        grid = self._page.grid
        grid.selection.clear()
        grid.selectionChanged.emit()
        grid.repaint_selection()
        grid.setFocus()

    def _changed(self) -> None:
        grid = self._page.grid
        self._page.bulk.show_count(len(grid.selection.ids), grid.ranges.pending)
        self._page.show_details()

    def _toggle_star(self) -> None:
        if self.ids():
            self._page.marking.toggle_star(self.assets(), self.ids())

    def _set_colour(self, colour: str | None) -> None:
        if self.ids():
            self._page.marking.colour(self.ids(), colour)

    def _type_ahead(self, text: str) -> None:
        """Letters that are no command go into the search."""
        field = self._page.search
        field.setFocus()
        if text:
            field.setText(text)
            field.textEdited.emit(text)
