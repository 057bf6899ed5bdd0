"""The gallery's cells as screen readers find them: a list with as many items as there are assets. The cells are painted and
are no widgets; an item is made when a reader asks for it, so that without a reader nothing is done.

Qt keeps every item until it is told to let it go, and asks it at any time: items live in `_books` until their grid is gone,
also where nothing else in Python knows them any more.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from typing import TYPE_CHECKING, Any
from weakref import ref

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QApplication

from studio.ui.gallery.marks_words import spoken_with_marks

if TYPE_CHECKING:
    from studio.domain.asset import Asset
    from studio.ui.gallery.grid import GridView
    from studio.ui.gallery.layout import GridLayout

MOST_ITEMS = 2000
"""Items beyond those are let go again, those asked for longest ago first."""
NEAR = 500
"""Where there are more cells, there are items only for so many around what is in sight, and for as many of the first: some
readers ask for every item of a list, and a million would stop the window for minutes."""
_INSTALLED = "galleryItemsForReaders"
_OrNone = Any
"""What Qt's stubs do not say: that there may be none."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("GalleryCell", text)


def cell_count(grid: GridView) -> int:
    """How many cells are laid out."""
    return min(grid.grid_layout.count, len(grid.feed))


class Items:
    """The items of one grid that a reader has asked for, each known by its asset, or by its place while that is not in
    memory."""

    def __init__(self, grid: GridView) -> None:
        self._grid = ref(grid)
        self._items: OrderedDict[str | int, Item] = OrderedDict()
        self._ids: dict[str | int, int] = {}
        self._sight: tuple[int, GridLayout, range] | None = None  # where the view stood, and what was in sight there
        _books.add(self)
        grid.destroyed.connect(self.close)

    def grid(self) -> GridView | None:
        """None once it is gone."""
        grid = self._grid()
        return grid if grid is not None and shiboken6.isValid(grid) else None

    def __len__(self) -> int:
        return len(self._items)

    def near(self, place: int) -> Item | None:
        """The item for a cell that is among the first or not far from what is in sight; None for others of a long list."""
        grid = self.grid()
        if grid is None:
            return None
        if place >= NEAR and cell_count(grid) > MOST_ITEMS:
            scrolled, layout = grid.verticalScrollBar().value(), grid.grid_layout
            if self._sight is None or self._sight[0] != scrolled or self._sight[1] is not layout:
                self._sight = scrolled, layout, grid.visible_range()
            sight = self._sight[2]
            if not sight.start - NEAR <= place < sight.stop + NEAR:
                return None
        return self.at(place)

    def at(self, place: int) -> Item | None:
        """The item for a cell, made if need be; None where there is no such cell."""
        grid = self.grid()
        if grid is None or not 0 <= place < cell_count(grid):
            return None
        asset = grid.feed.at(place)
        key = place if asset is None else asset.id
        item = self._items.get(key)
        if item is None:
            item = self._items[key] = Item(self, key)
            self._ids[key] = QAccessible.registerAccessibleInterface(item)
            if len(self._items) > MOST_ITEMS:
                self._let_go(next(iter(self._items)))
        else:
            self._items.move_to_end(key)
        return item

    def known(self, asset_id: str) -> Item | None:
        """The item of an asset, if a reader has asked for it."""
        return self._items.get(asset_id)

    def forget_places(self, first: int = 0, end: int = sys.maxsize) -> None:
        """What was loading at these places is in memory now, or stands elsewhere."""
        for key in [key for key in self._items if isinstance(key, int) and first <= key < end]:
            self._let_go(key)

    def close(self) -> None:
        """The grid is gone."""
        for key in list(self._items):
            self._let_go(key)
        _books.discard(self)

    def _let_go(self, key: str | int) -> None:
        """Qt deletes it; nobody may use it any more."""
        QAccessible.deleteAccessibleInterface(self._ids.pop(key))
        del self._items[key]


_books: set[Items] = set()


class Item(QAccessibleInterface):
    """One cell."""

    def __init__(self, items: Items, key: str | int) -> None:
        super().__init__()
        self._items, self._key = items, key

    def place(self) -> int | None:
        """Where the cell stands now; None where it is not among those any more."""
        grid = self._items.grid()
        if grid is None:
            return None
        place = self._key if isinstance(self._key, int) else grid.feed.position(self._key)
        return place if place is not None and place < cell_count(grid) else None

    def _where(self) -> tuple[GridView, int, Asset | None] | None:
        grid, place = self._items.grid(), self.place()
        return None if grid is None or place is None else (grid, place, grid.feed.at(place))

    def isValid(self) -> bool:  # noqa: N802  # Qt's name
        return self.place() is not None

    def object(self) -> _OrNone:
        return None

    def window(self) -> _OrNone:
        grid = self._items.grid()
        return None if grid is None else grid.window().windowHandle()

    def parent(self) -> _OrNone:
        grid = self._items.grid()
        return None if grid is None else QAccessible.queryAccessibleInterface(grid)

    def child(self, index: int) -> _OrNone:
        return None

    def childAt(self, x: int, y: int) -> _OrNone:  # noqa: N802  # Qt's name
        return None

    def childCount(self) -> int:  # noqa: N802  # Qt's name
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802  # Qt's name
        return -1

    def focusChild(self) -> _OrNone:  # noqa: N802  # Qt's name
        return None

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def text(self, kind: QAccessible.Text) -> str:
        where = self._where()
        if where is None:
            return ""
        grid, place, asset = where
        if kind == QAccessible.Text.Name:
            return _tr("Loading") if asset is None else spoken_with_marks(asset)
        if kind == QAccessible.Text.Description:
            return _tr("{0} of {1}").format(f"{place + 1:,}", f"{len(grid.feed):,}")
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802  # Qt's name
        """Nothing here is written by a reader."""

    def rect(self) -> QRect:
        where = self._where()
        if where is None:
            return QRect()
        grid, place, _ = where
        box = grid.cell_rect(place)
        return QRect(grid.viewport().mapToGlobal(box.topLeft()), box.size())

    def state(self) -> QAccessible.State:
        state, where = QAccessible.State(), self._where()
        if where is None:
            state.invalid = 1
            return state
        grid, place, asset = where
        state.focusable = state.selectable = state.extSelectable = state.multiSelectable = 1
        state.focused = int(grid.hasFocus() and grid.current_index() == place)
        state.selected = int(asset is not None and asset.id in grid.selection.ids)
        state.busy = int(asset is None)
        state.offscreen = int(not grid.viewport().rect().intersects(grid.cell_rect(place)))
        state.invisible = int(not grid.isVisible())
        return state


class ItemList(QAccessibleWidget):
    """The grid itself."""

    def __init__(self, grid: GridView, items: Items) -> None:
        super().__init__(grid, QAccessible.Role.List)
        self._items = items

    def childCount(self) -> int:  # noqa: N802  # Qt's name
        grid = self._items.grid()
        return 0 if grid is None else cell_count(grid)

    def child(self, index: int) -> _OrNone:
        return self._items.near(index)

    def childAt(self, x: int, y: int) -> _OrNone:  # noqa: N802  # Qt's name
        grid = self._items.grid()
        if grid is None:
            return None
        point = grid.viewport().mapFromGlobal(QPoint(x, y))
        place = grid.index_at(point) if grid.viewport().rect().contains(point) else None
        return None if place is None else self._items.at(place)

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802  # Qt's name
        place = child.place() if isinstance(child, Item) else None
        return -1 if place is None else place

    def focusChild(self) -> _OrNone:  # noqa: N802  # Qt's name
        grid = self._items.grid()
        if grid is None or not grid.hasFocus():
            return None
        place = grid.current_index()
        return self if place is None else self._items.at(place) or self

    def state(self) -> QAccessible.State:
        state = super().state()
        state.multiSelectable = state.extSelectable = 1
        return state


def install() -> None:
    """Once an application: readers that ask for a grid get the list."""
    app = QApplication.instance()
    if app is not None and not app.property(_INSTALLED):
        app.setProperty(_INSTALLED, True)
        QAccessible.installFactory(_list_of)


def _list_of(class_name: str, thing: QObject) -> QAccessibleInterface | None:
    """Asked by Qt of every class of everything that a reader looks at; also of what is being made, or is going."""
    if class_name != "GridView":
        return None
    items = getattr(getattr(thing, "reader", None), "items", None)
    grid = items.grid() if isinstance(items, Items) else None
    return None if items is None or grid is None else ItemList(grid, items)
