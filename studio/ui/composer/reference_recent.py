"""Recent references: what was used lately and what was made lately, as pictures to pick from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.kinds import MediaKind
from studio.domain.reference import RecentMedia
from studio.ui.bridge import Bridge, in_words
from studio.ui.images.loader import ImageLoader
from studio.ui.theme.theme import Theme
from studio.ui.widgets import icons
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label, tip

if TYPE_CHECKING:
    from studio.app.core import Core

CELL = QSize(116, 88)
_GAP = 8
_IN_A_ROW, _MOST_ROWS = 5, 2
"""At the width that the dialog opens with; more rows are scrolled to."""
_MEDIA = Qt.ItemDataRole.UserRole + 1
_GLYPHS = {MediaKind.IMAGE: "image", MediaKind.VIDEO: "video", MediaKind.AUDIO: "audio"}
_AnyIndex = QModelIndex | QPersistentModelIndex


class RecentDialog(QDialog):
    """`chosen(list of Path)`. Arrows move, Enter takes, Ctrl and Shift choose several. Shown with `open()`."""

    chosen = Signal(object)

    def __init__(self, bridge: Bridge, theme: Theme, accepts: Sequence[MediaKind], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("recentDialog")
        self.setWindowTitle(self.tr("Recent references"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(700, 480)
        self._loader = ImageLoader(self, limit_bytes=16 * 1024 * 1024)
        cells = _Cells(self._loader, theme, self)
        self.used = _Strip(self.tr("Used lately"), "recentUsed", cells)
        self.made = _Strip(self.tr("Made or added lately"), "recentMade", cells)
        self.message = label(self.tr("Looking…"), "dim", wrap=True)
        self.message.setObjectName("recentMessage")
        self.use = push(self.tr("Use"), "recentUse", "primary")
        self.use.setDefault(True)
        self.use.setEnabled(False)
        self.use.clicked.connect(self._take)
        cancel = push(self.tr("Cancel"), "recentCancel")
        cancel.clicked.connect(self.reject)
        ends = QHBoxLayout()
        ends.setSpacing(8)
        ends.addWidget(label(self.tr("Ctrl or Shift chooses several."), "dim"), 1)
        ends.addWidget(cancel)
        ends.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(self.tr("Recent references"), "heading"))
        column.addWidget(self.message)
        for strip in (self.used, self.made):
            column.addWidget(strip)
            strip.hide()
            strip.view.activated.connect(self._take)
            strip.view.selectionModel().selectionChanged.connect(lambda *_: self._count())
        column.addStretch(1)
        column.addLayout(ends)
        self._loader.loaded.connect(lambda _: self._repaint())
        bridge.run(partial(_ask, tuple(accepts)), self.show_media, self._failed)

    def show_media(self, found: list[RecentMedia]) -> None:
        """What there is to pick from."""
        self.used.fill([one for one in found if one.used])
        self.made.fill([one for one in found if not one.used])
        nothing = self.tr("Nothing that fits has been used or made yet. Drop a file, or choose one with Browse.")
        self.message.setText("" if found else nothing)
        self.message.setVisible(not found)
        first = self.used if found and found[0].used else self.made
        if found:
            first.view.setFocus()
            first.view.setCurrentIndex(first.view.model().index(0, 0))

    def paths(self) -> list[Path]:
        """What is chosen, in the order in which it is shown."""
        return [*self.used.selected(), *self.made.selected()]

    def _count(self) -> None:
        self.use.setEnabled(bool(self.paths()))

    def _take(self) -> None:
        paths = self.paths()
        if paths:
            self.chosen.emit(paths)
            self.accept()

    def _failed(self, error: BaseException) -> None:
        self.message.setText(in_words(error))
        self.message.show()

    def _repaint(self) -> None:
        for strip in (self.used, self.made):
            strip.view.viewport().update()


class _Strip(QWidget):
    """A heading and pictures under it."""

    def __init__(self, title: str, name: str, cells: _Cells) -> None:
        super().__init__()
        self._model = QStandardItemModel(self)
        self.view = _Grid()
        self.view.setObjectName(name)
        self.view.setAccessibleName(title)
        self.view.setModel(self._model)
        self.view.setItemDelegate(cells)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(title, "label", buddy=None))
        column.addWidget(self.view, 1)

    def fill(self, found: Sequence[RecentMedia]) -> None:
        self._model.clear()
        for one in found:
            item = QStandardItem()
            item.setData(one, _MEDIA)
            item.setToolTip(tip(one.words))
            item.setData(f"{one.kind.value}: {one.words}", Qt.ItemDataRole.AccessibleTextRole)
            item.setEditable(False)
            self._model.appendRow(item)
        self.setVisible(bool(found))
        rows = min(_MOST_ROWS, -(-len(found) // _IN_A_ROW))
        self.view.setFixedHeight(rows * (CELL.height() + _GAP) + 2 * _GAP)

    def selected(self) -> list[Path]:
        rows = sorted(index.row() for index in self.view.selectionModel().selectedIndexes())
        return [self._model.item(row).data(_MEDIA).path for row in rows]


class _Grid(QListView):
    """Pictures in rows; Enter activates on every system."""

    def __init__(self) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class _Cells(QStyledItemDelegate):
    def __init__(self, loader: ImageLoader, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._loader = loader
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        return CELL + QSize(_GAP, _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        media: RecentMedia = index.data(_MEDIA)
        tokens = self._theme.current
        box = QRect(option.rect.topLeft(), CELL).translated(_GAP // 2, _GAP // 2)
        ratio = painter.device().devicePixelRatioF()
        source = media.thumbnail or (media.path if media.kind is MediaKind.IMAGE else None)
        picture = self._loader.request(source, CELL, str(source), radius=tokens.radius, ratio=ratio) if source else None
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if picture is not None:
            painter.drawPixmap(box.topLeft(), picture)
        else:
            painter.setPen(QColor(tokens.line))
            painter.setBrush(QColor(tokens.surface2))
            painter.drawRoundedRect(box, tokens.radius, tokens.radius)
        if picture is None or media.kind is not MediaKind.IMAGE:
            at = box.center() - QPoint(10, 10) if picture is None else box.bottomRight() - QPoint(26, 26)
            colour = tokens.dim if picture is None else "#FFFFFF"
            painter.drawPixmap(at, icons.pixmap(_GLYPHS.get(media.kind, "image"), colour, 20, ratio))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-2, -2, 1, 1), tokens.radius, tokens.radius)
        painter.restore()


async def _ask(accepts: tuple[MediaKind, ...], core: Core) -> list[RecentMedia]:
    return await core.references.recent(accepts)
