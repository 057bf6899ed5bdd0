"""The list of chains: the title of each, and its steps below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem

from studio.domain.chain import Chain
from studio.ui.chains.words import glyph_of, steps_words
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets import icons
from studio.ui.widgets.words import tip

_CHAIN = Qt.ItemDataRole.UserRole
_ROW, _ICON, _ARROW = 58, 14, 8


class ChainList(QListWidget):
    """`chosen(chain)` when another one is selected."""

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("chainList")
        self.setAccessibleName(self.tr("Chains"))
        self.setItemDelegate(_Row(theme, self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.currentItemChanged.connect(lambda item, _: self.chosen.emit(item.data(_CHAIN)) if item is not None else None)

    def show_chains(self, chains: Sequence[Chain], current: str) -> None:
        """List these; `current` (an id) is selected, else the first. Does not emit."""
        self.blockSignals(True)
        self.clear()
        for chain in chains:
            item = QListWidgetItem()
            item.setData(_CHAIN, chain)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{chain.title}: {steps_words(chain)}")
            item.setToolTip(tip(f"{chain.title}\n{steps_words(chain)}"))
            self.addItem(item)
            if chain.id == current:
                self.setCurrentItem(item)
        if self.currentItem() is None and self.count():
            self.setCurrentRow(0)
        self.blockSignals(False)

    def current(self) -> Chain | None:
        item = self.currentItem()
        chain = item.data(_CHAIN) if item is not None else None
        return chain if isinstance(chain, Chain) else None


class _Row(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: ChainList) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(parent.viewport().update)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        tokens = self._theme.current
        box = option.rect.adjusted(4, 2, -4, -2)
        chain: Chain = index.data(_CHAIN)
        view = self.parent()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(view, ChainList) and view.currentRow() == index.row():
            painter.setPen(QPen(QColor(tokens.accent), 2) if view.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.surface3))
            painter.drawRoundedRect(QRectF(box), tokens.radius, tokens.radius)
        words = QRect(box.left() + 12, box.top() + 6, box.width() - 24, 20)
        painter.setFont(interface_font(tokens.font_body))
        painter.setPen(QColor(tokens.text))
        shown = painter.fontMetrics().elidedText(chain.title, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        left, top, ratio = words.left(), box.top() + 32, painter.device().devicePixelRatioF()
        for number, step in enumerate(chain.steps):
            if left + _ICON > words.right():
                break
            if number:
                painter.drawPixmap(left, top + 3, icons.pixmap("chevron-right", tokens.faint, _ARROW, ratio))
                left += _ARROW + 5
            painter.drawPixmap(left, top, icons.pixmap(glyph_of(step.operation), tokens.dim, _ICON, ratio))
            left += _ICON + 5
        painter.restore()
