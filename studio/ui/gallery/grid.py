"""The grid of the gallery as the person uses it: keyboard, mouse, drag out, menu, screen reader."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QDrag,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from studio.domain.operation import MediaKind
from studio.ui.gallery.feed import AssetFeed
from studio.ui.gallery.layout import Metrics
from studio.ui.gallery.virtual_grid import VirtualGrid
from studio.ui.images.captions import spoken, title_of
from studio.ui.theme.theme import Theme
from studio.ui.widgets.words import counted

DRAG_FILES = 50
"""At most so many files go out in one drag; targets choke on more."""
_ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class GridView(VirtualGrid):
    """`opened` (asset), `deleteRequested` (ids), `menuRequested` (global position), `selectionChanged`."""

    opened = Signal(object)
    deleteRequested = Signal(object)  # noqa: N815  # Qt's spelling
    menuRequested = Signal(QPoint)  # noqa: N815

    def __init__(
        self, feed: AssetFeed, theme: Theme, parent: QWidget | None = None, *, metrics: Metrics | None = None
    ) -> None:
        super().__init__(feed, theme, parent, metrics=metrics)
        self.setObjectName("galleryView")
        self.setAccessibleName(self.tr("Gallery"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pressed: QPoint | None = None
        self._pressed_on_selected: str | None = None
        self._announce = QTimer(self, singleShot=True, interval=0)
        self._announce.timeout.connect(self._tell_reader)
        self.selectionChanged.connect(self._announce.start)

    # -- keyboard ----------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers()
        if not self._feed.items:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_A and held & Qt.KeyboardModifier.ControlModifier:
            self.selection.all(asset.id for asset in self._feed.items)
            self._selection_moved()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_current()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._delete_selected()
        elif key == Qt.Key.Key_Escape and self.selection.ids:
            self.selection.clear()
            self._selection_moved()
        elif key == Qt.Key.Key_Space and (current := self.current()) is not None:
            self.selection.toggle(current.id) if held & Qt.KeyboardModifier.ControlModifier else self._open_current()
            self._selection_moved()
        elif (target := self._target(key)) is not None:
            self._go_to(target, held)
        else:
            super().keyPressEvent(event)

    def _target(self, key: Qt.Key) -> int | None:
        """The cell that a key of movement leads to."""
        at, last = self.current_index(), len(self._feed.items) - 1
        page = max(1, self.viewport().height() // self._layout.pitch - 1)
        if key == Qt.Key.Key_Home:
            return 0
        if key == Qt.Key.Key_End:
            return last
        if at is None:
            movement = key in _ARROWS or key in _ROWS or key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
            return self.visible_range().start if movement else None
        if key in _ARROWS:
            return min(last, max(0, at + _ARROWS[key]))
        if key in _ROWS:
            return self._layout.stepped(at, _ROWS[key])
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            return self._layout.stepped(at, page if key == Qt.Key.Key_PageDown else -page)
        return None

    def _go_to(self, index: int, held: Qt.KeyboardModifier) -> None:
        asset_id = self._feed.items[index].id
        if held & Qt.KeyboardModifier.ShiftModifier:
            self.selection.extend(asset_id, self._between)
        elif held & Qt.KeyboardModifier.ControlModifier:
            self.selection.move(asset_id)
        else:
            self.selection.only(asset_id)
        self.ensure_visible(index)
        self._selection_moved()

    def _between(self, one: str, other: str) -> list[str]:
        start, end = self._feed.position(one), self._feed.position(other)
        if start is None or end is None:
            return [other]
        return [asset.id for asset in self._feed.items[min(start, end) : max(start, end) + 1]]

    def _open_current(self) -> None:
        asset = self.current()
        if asset is not None:
            self.opened.emit(asset)

    def _delete_selected(self) -> None:
        if self.selection.ids:
            self.deleteRequested.emit([asset.id for asset in self.selected()])

    # -- mouse ----------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position().toPoint())
        self._pressed_on_selected = None
        if index is None:
            if event.button() == Qt.MouseButton.LeftButton:
                self.selection.clear()
                self._selection_moved()
            return
        asset_id, held = self._feed.items[index].id, event.modifiers()
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
        if held & Qt.KeyboardModifier.ShiftModifier:
            self.selection.extend(asset_id, self._between)
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

    def drag_data(self) -> QMimeData | None:
        """The selected files as other programs take them: real file URLs and nothing private. Prompts go as text."""
        assets = self.selected()[:DRAG_FILES]
        if not assets:
            return None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(asset.path)) for asset in assets])
        prompts = [asset.prompt for asset in assets if asset.kind is MediaKind.PROMPT and asset.prompt]
        if prompts:
            data.setText("\n\n".join(prompts))
        return data

    def _drag_out(self) -> None:
        data, current = self.drag_data(), self.current_index()
        if data is None:
            return
        drag = QDrag(self)
        drag.setMimeData(data)
        if current is not None:
            shown = self.viewport().grab(self.cell_rect(current))
            drag.setPixmap(shown.scaled(QSize(120, 90), Qt.AspectRatioMode.KeepAspectRatio))
        drag.exec(Qt.DropAction.CopyAction)

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
        if self.current() is None and self._feed.items and event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selection.move(self._feed.items[self.visible_range().start].id)
        self.viewport().update()
        self._announce.start()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.index_at(event.pos())
            if index is None:
                QToolTip.hideText()
            else:
                words = title_of(self._feed.items[index])
                QToolTip.showText(event.globalPos(), words, self.viewport(), self.cell_rect(index))
            return True
        return super().viewportEvent(event)

    def _tell_reader(self) -> None:
        """Screen readers hear the cell that the keyboard stands on as the grid's description."""
        asset = self.current()
        if asset is None:
            count = len(self._feed.items)
            words = counted(count, self.tr("Nothing selected, 1 item"), self.tr("Nothing selected, {n} items"))
        else:
            number = (self.current_index() or 0) + 1
            words = self.tr("{0}. {1} of {2}, {3} selected").format(
                spoken(asset), number, len(self._feed.items), len(self.selection.ids)
            )
        self.setAccessibleDescription(words)
        if QAccessible.isActive() and self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
