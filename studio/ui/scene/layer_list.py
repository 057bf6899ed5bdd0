"""The photos of the board as a list, the one in front on top; drag or Ctrl with an arrow changes their order."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.ui.scene.pictures import LayerPictures
from studio.ui.scene.state import BoardState
from studio.ui.scene.words import described, facts, title
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.words import ElidedLabel, tip

_ID, _SHOWN = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_ROW, _THUMB = 56, 40


class Shown(NamedTuple):
    """What a row says."""

    title: str
    name: str
    facts: str
    picture: QPixmap | None


class LayerPanel(QWidget):
    """The list with its tools: further to the front, further back, remove."""

    def __init__(self, state: BoardState, pictures: LayerPictures, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("layerPanel")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list = LayerList(state, pictures, theme)
        self.forward = tool("chevron-up", self.tr("One nearer to the front (Ctrl+Up)"), "layerForward", theme)
        self.back = tool("chevron-down", self.tr("One further back (Ctrl+Down)"), "layerBack", theme)
        self.remove = tool("trash", self.tr("Take the photo off the board (Delete)"), "layerRemove", theme)
        self._state = state
        self._empty = ElidedLabel(self.tr("No photos yet"), "label")
        row = QHBoxLayout()
        row.setContentsMargins(16, 4, 8, 4)
        row.setSpacing(2)
        row.addWidget(self._empty, 1)
        for button in (self.forward, self.back, self.remove):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self.forward.clicked.connect(lambda: self._restack(1))
        self.back.clicked.connect(lambda: self._restack(-1))
        self.remove.clicked.connect(self._remove)
        state.changed.connect(self._show)
        state.selection_changed.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(240, 3 * _ROW + 44)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 3 * _ROW + 44)

    def _restack(self, steps: int) -> None:
        layer = self._state.selected
        if layer is not None:
            self._state.edit(self._state.board.restacked(layer.id, steps))

    def _remove(self) -> None:
        layer = self._state.selected
        if layer is not None:
            self._state.edit(self._state.board.without(layer.id))

    def _show(self) -> None:
        board, layer = self._state.board, self._state.selected
        at = board.place_of(layer.id) if layer is not None else -1
        self.forward.setEnabled(at > 0)
        self.back.setEnabled(0 <= at < len(board.layers) - 1)
        self.remove.setEnabled(at >= 0)
        count = len(board.layers)
        words = self.tr("{n} of 3 photos · drag to reorder") if count > 1 else self.tr("{n} of 3 photos")
        self._empty.setText(words.format(n=count) if count else self.tr("No photos yet"))


class LayerList(QListWidget):
    """One row a photo, in the order in which the pictures are sent."""

    def __init__(self, state: BoardState, pictures: LayerPictures, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("layerList")
        self.setAccessibleName(self.tr("Photos, the one in front first"))
        self.setItemDelegate(_Row(theme, self))
        self.setUniformItemSizes(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._state, self._pictures = state, pictures
        self._filling = False
        # not at every pixel of a drag: what a row says of a place has to be true when the drag pauses
        self._fill_soon = QTimer(self, singleShot=True, interval=50)
        self._fill_soon.timeout.connect(self.fill)
        state.changed.connect(self._fill_soon.start)
        state.selection_changed.connect(self._fill_soon.start)
        pictures.changed.connect(lambda _: self._fill_soon.start())
        self.currentItemChanged.connect(self._chosen)
        self.model().rowsMoved.connect(lambda *_: self._moved())
        self.model().rowsInserted.connect(lambda *_: self._moved())
        self.fill()

    def fill(self) -> None:
        """Show the photos as they are now."""
        board, selected = self._state.board, self._state.selected
        self._filling = True
        if [self.item(at).data(_ID) for at in range(self.count())] != [layer.id for layer in board.layers]:
            self.clear()
            for layer in board.layers:
                item = QListWidgetItem()
                item.setData(_ID, layer.id)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
                self.addItem(item)
        for at, layer in enumerate(board.layers):
            item, standing = self.item(at), self._pictures.standing(layer)
            shown = Shown(title(at), layer.name, facts(board, at, standing), self._pictures.pixmap(layer.id))
            item.setData(_SHOWN, shown)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, described(board, layer.id, standing))
            item.setToolTip(tip(f"{layer.name}\n{shown.facts}"))
            if selected is not None and layer.id == selected.id:
                self.setCurrentItem(item)
        if selected is None:
            self.setCurrentRow(-1)
        self._filling = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        layer = self._state.selected
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if layer is not None and steps and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._state.edit(self._state.board.restacked(layer.id, steps))
        elif layer is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._state.edit(self._state.board.without(layer.id))
        else:
            super().keyPressEvent(event)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if not self._filling and item is not None:
            self._state.select(str(item.data(_ID)))

    def _moved(self) -> None:
        if not self._filling:
            QTimer.singleShot(0, self._take_order)  # the drop is not over while its rows are put in

    def _take_order(self) -> None:
        """After a drag: the board's photos in the order of the rows."""
        order = [self.item(at).data(_ID) for at in range(self.count())]
        board = self._state.board
        if sorted(order) == sorted(layer.id for layer in board.layers):
            for to, layer_id in enumerate(order):
                board = board.restacked(layer_id, board.place_of(layer_id) - to)
            self._state.edit(board)
        self.fill()


class _Row(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: LayerList) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbs: dict[int, QPixmap] = {}
        theme.changed.connect(parent.viewport().update)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shown = index.data(_SHOWN)
        if not isinstance(shown, Shown | tuple):
            return
        name, file, words, picture = shown
        tokens, box = self._theme.current, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(tokens.accent_tint))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(tokens.surface2))
        thumb = QRect(box.left() + 16, box.top() + (_ROW - _THUMB) // 2, _THUMB, _THUMB)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface3))
        painter.drawRoundedRect(thumb, tokens.radius_small, tokens.radius_small)
        if isinstance(picture, QPixmap):
            small = self._thumb(picture)
            size = small.deviceIndependentSize().toSize()
            painter.drawPixmap(thumb.center().x() - size.width() // 2, thumb.center().y() - size.height() // 2, small)
        left = thumb.right() + 12
        room = QRect(left, box.top() + 9, box.right() - left - 12, 18)
        painter.setFont(interface_font(tokens.font_body))
        painter.setPen(QColor(tokens.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
        used = painter.fontMetrics().horizontalAdvance(name) + 10
        painter.setFont(interface_font(tokens.font_label))
        painter.setPen(QColor(tokens.dim))
        file_room = room.adjusted(used, 0, 0, 0)
        file = painter.fontMetrics().elidedText(file, Qt.TextElideMode.ElideMiddle, max(0, file_room.width()))
        painter.drawText(file_room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, file)
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room.translated(0, 20), Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()

    def _thumb(self, picture: QPixmap) -> QPixmap:
        key = picture.cacheKey()
        if key not in self._thumbs:
            if len(self._thumbs) > 12:
                self._thumbs.clear()
            ratio = picture.devicePixelRatio()
            size = QSize(round(_THUMB * ratio), round(_THUMB * ratio))
            self._thumbs[key] = picture.scaled(
                size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        return self._thumbs[key]
