"""The grid of the gallery as the person uses it: keyboard, mouse, drag out, menu, screen reader."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from studio.domain.asset import COLOURS
from studio.ui.gallery.drag_out import start_drag
from studio.ui.gallery.layout import Metrics
from studio.ui.gallery.library_feed import LibraryFeed
from studio.ui.gallery.ranges import Ranges
from studio.ui.gallery.reader import GridReader
from studio.ui.gallery.virtual_grid import VirtualGrid
from studio.ui.images.captions import title_of
from studio.ui.theme.theme import Theme
from studio.ui.widgets.words import tip

_ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_LARGER, _SMALLER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal), (Qt.Key.Key_Minus,)


class GridView(VirtualGrid):
    """What the person wants goes out as signals: `opened` (asset), `deleteRequested` (ids), `menuRequested` (global
    position), `starRequested`, `colourRequested` (colour or None), `tagsRequested`, `copyRequested`, `typed` (text, to be
    searched for), `sizeRequested` (steps up or down), `hovered` (position in the viewport, or None)."""

    opened = Signal(object)
    deleteRequested = Signal(object)  # noqa: N815  # Qt's spelling
    menuRequested = Signal(QPoint)  # noqa: N815
    starRequested = Signal()  # noqa: N815
    colourRequested = Signal(object)  # noqa: N815
    tagsRequested = Signal()  # noqa: N815
    copyRequested = Signal()  # noqa: N815
    typed = Signal(str)
    sizeRequested = Signal(int)  # noqa: N815
    hovered = Signal(object)

    def __init__(
        self, feed: LibraryFeed, theme: Theme, parent: QWidget | None = None, *, metrics: Metrics | None = None
    ) -> None:
        super().__init__(feed, theme, parent, metrics=metrics)
        self.reader = GridReader(self)
        self.setObjectName("galleryView")
        self.setAccessibleName(self.tr("Gallery"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.ranges = Ranges(feed, self.selection, self)
        self.ranges.changed.connect(self._selection_moved)
        self._going: tuple[int, Qt.KeyboardModifier] | None = None  # to a cell that is not in memory yet
        self._pressed: QPoint | None = None
        self._pressed_on_selected: str | None = None
        feed.loaded.connect(self._arrive)
        feed.reset.connect(lambda: setattr(self, "_going", None))

    # -- keyboard ----------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not len(self._feed) or not (self._moves(event) or self._acts(event) or self._marks(event)):
            super().keyPressEvent(event)

    def _moves(self, event: QKeyEvent) -> bool:
        target = self._target(Qt.Key(event.key()))
        if target is not None:
            self._go_to(target, event.modifiers())
        return target is not None

    def _acts(self, event: QKeyEvent) -> bool:
        """Keys that do something with what is selected or current; whether this is one."""
        key, ctrl = Qt.Key(event.key()), bool(event.modifiers() & _CTRL)
        if ctrl and key == Qt.Key.Key_A:
            self.ranges.everything()
        elif ctrl and key == Qt.Key.Key_C:
            self.copyRequested.emit()
        elif ctrl and key in (*_LARGER, *_SMALLER):
            self.sizeRequested.emit(1 if key in _LARGER else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (key == Qt.Key.Key_Space and not ctrl):
            self._open_current()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._delete_selected()
        elif key == Qt.Key.Key_Escape and self.selection.ids:
            self.selection.clear()
            self._selection_moved()
        elif key == Qt.Key.Key_Space and self.selection.current is not None:
            self.selection.toggle(self.selection.current)
            self._selection_moved()
        else:
            return False
        return True

    def _marks(self, event: QKeyEvent) -> bool:
        """Letters and digits: some mark what is selected, the others are searched for."""
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, _SHIFT, Qt.KeyboardModifier.KeypadModifier):
            return False
        text = event.text()
        if text in ("s", "S"):
            self.starRequested.emit()
        elif text in ("t", "T"):
            self.tagsRequested.emit()
        elif text.isdecimal() and int(text) <= len(COLOURS):
            self.colourRequested.emit(COLOURS[int(text) - 1] if int(text) else None)
        elif text == "/" or (text.isprintable() and not text.isspace() and text):
            self.typed.emit("" if text == "/" else text)
        else:
            return False
        return True

    def current_index(self) -> int | None:
        return super().current_index() if self._going is None else self._going[0]

    def _target(self, key: Qt.Key) -> int | None:
        """The cell that a key of movement leads to."""
        if not (key in _ARROWS or key in _ROWS or key in _PAGES or key in (Qt.Key.Key_Home, Qt.Key.Key_End)):
            return None
        at, last = self.current_index(), len(self._feed) - 1
        if key == Qt.Key.Key_Home:
            return 0
        if key == Qt.Key.Key_End:
            return last
        if at is None:
            return self.visible_range().start
        if key in _ARROWS:
            return min(last, max(0, at + _ARROWS[key]))
        if key in _ROWS:
            return self._layout.stepped(at, _ROWS[key])
        page = max(1, self.viewport().height() // self._layout.pitch - 1)
        return self._layout.stepped(at, page * _PAGES[key])

    def _go_to(self, index: int, held: Qt.KeyboardModifier) -> None:
        """Stand on a cell; when it is in memory, if it is not yet."""
        self.ensure_visible(index)
        asset = self._feed.at(index)
        if asset is None:
            self._going = (index, held)
            self.reader.tell()
            return
        self._going = None
        if held & _SHIFT:
            self.ranges.to(asset.id)
        elif held & _CTRL:
            self.selection.move(asset.id)
        else:
            self.selection.only(asset.id)
        self._selection_moved()

    def jump_to(self, index: int) -> None:
        """Show a cell at the top and stand on it."""
        if len(self._feed):
            index = min(index, len(self._feed) - 1)
            self.show_on_top(index)
            self.setFocus()
            self._go_to(index, Qt.KeyboardModifier.NoModifier)

    def _arrive(self, first: int, end: int) -> None:
        if self._going is not None and first <= self._going[0] < end:
            self._go_to(*self._going)

    def _open_current(self) -> None:
        asset = self.current()
        if asset is not None:
            self.opened.emit(asset)

    def _delete_selected(self) -> None:
        if self.selection.ids and not self.ranges.pending:
            self.deleteRequested.emit(self.selected_ids())

    # -- mouse ----------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position().toPoint())
        self._pressed_on_selected = None
        if index is None:
            if event.button() == Qt.MouseButton.LeftButton:
                self.selection.clear()
                self._selection_moved()
            return
        asset = self._feed.at(index)
        if asset is None:
            return
        asset_id, held = asset.id, event.modifiers()
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
        if held & Qt.KeyboardModifier.ShiftModifier:
            self.ranges.to(asset_id)
        elif held & Qt.KeyboardModifier.ControlModifier and event.button() == Qt.MouseButton.LeftButton:
            self.selection.toggle(asset_id)
        elif asset_id in self.selection.ids:
            self._pressed_on_selected = asset_id  # perhaps a drag of all that is selected: decided at release
            self.selection.move(asset_id)
        else:
            self.selection.only(asset_id)
        self._selection_moved()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(event.position().toPoint())
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = self._pressed_on_selected = None
            self._drag_out()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed_on_selected is not None and event.button() == Qt.MouseButton.LeftButton:
            self.selection.only(self._pressed_on_selected)
            self._selection_moved()
        self._pressed = self._pressed_on_selected = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.index_at(event.position().toPoint()) is not None:
            self._open_current()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & _CTRL:
            if event.angleDelta().y():
                self.sizeRequested.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, point: QPoint | None) -> None:
        hot = None if point is None else self.index_at(point)
        if hot != self._hot:
            before, self._hot = self._hot, hot
            if self._metrics.row:
                for index in (before, hot):
                    if index is not None and index < self._layout.count:
                        self.viewport().update(self.cell_rect(index))
        self.hovered.emit(point)

    def _drag_out(self) -> None:
        current = self.current_index()
        picture = None if current is None else self.viewport().grab(self.cell_rect(current))
        start_drag(self, self.selected(), self.selected_ids(), picture)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.selection.ids:
            return
        position = event.globalPos()
        current = self.current_index()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and current is not None:
            position = self.viewport().mapToGlobal(self.cell_rect(current).center())
        self.menuRequested.emit(position)

    # -- focus, tooltips, screen reader ----------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.selection.current is None and event.reason() != Qt.FocusReason.MouseFocusReason:
            asset = self.first_in_sight()
            if asset is not None:
                self.selection.move(asset.id)
        self.viewport().update()
        self.reader.tell()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
        self.reader.left()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.index_at(event.pos())
            asset = None if index is None else self._feed.at(index)
            if index is None or asset is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), tip(title_of(asset)), self.viewport(), self.cell_rect(index))
            return True
        return super().viewportEvent(event)
