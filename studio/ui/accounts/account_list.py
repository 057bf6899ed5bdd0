"""The list of accounts: colour, name, service and what is left, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem

from studio.domain.account import Account, Service
from studio.ui.accounts.colours import paint_dot
from studio.ui.theme.theme import Theme, interface_font

_NAME = Qt.ItemDataRole.UserRole
_ACCOUNT = Qt.ItemDataRole.UserRole + 1
_LEFT = Qt.ItemDataRole.UserRole + 2
_ROW = 52


class AccountList(QListWidget):
    """`chosen(name)` when another one is selected."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("accountList")
        self.setAccessibleName(self.tr("Accounts"))
        self.setItemDelegate(_Row(theme, self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.currentItemChanged.connect(lambda item, _: self.chosen.emit(item.data(_NAME)) if item is not None else None)

    def show_accounts(self, accounts: Sequence[Account], current: str) -> None:
        """List these; `current` is selected, else the first. What is left on those that stay is kept. Does not emit."""
        left = {self.item(row).data(_NAME): self.item(row).data(_LEFT) for row in range(self.count())}
        self.blockSignals(True)
        self.clear()
        for account in accounts:
            item = QListWidgetItem()
            item.setData(_NAME, account.name)
            item.setData(_ACCOUNT, account)
            item.setData(_LEFT, left.get(account.name, ""))
            self.addItem(item)
            self._describe(item)
            if account.name == current:
                self.setCurrentItem(item)
        if self.currentItem() is None and self.count():
            self.setCurrentRow(0)
        self.blockSignals(False)

    def show_left(self, name: str, words: str) -> None:
        """What is left on an account, or that it could not be asked."""
        for row in range(self.count()):
            item = self.item(row)
            if item.data(_NAME) == name:
                item.setData(_LEFT, words)
                self._describe(item)

    def current(self) -> str | None:
        item = self.currentItem()
        return str(item.data(_NAME)) if item is not None else None

    def _describe(self, item: QListWidgetItem) -> None:
        account = item.data(_ACCOUNT)
        words = ", ".join(part for part in (account.title, item.data(_LEFT)) if part)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        item.setToolTip(words)


class _Row(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: AccountList) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(parent.viewport().update)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        tokens = self._theme.current
        box = option.rect.adjusted(4, 2, -4, -2)
        account: Account = index.data(_ACCOUNT)
        view = self.parent()
        chosen = isinstance(view, AccountList) and view.currentRow() == index.row()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            focused = isinstance(view, AccountList) and view.hasFocus()
            painter.setPen(QPen(QColor(tokens.accent), 2) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.surface3))
            painter.drawRoundedRect(QRectF(box), tokens.radius, tokens.radius)
        paint_dot(painter, QRectF(box.left() + 10, box.top() + 10, 10, 10), account.colour, tokens.faint)
        words = QRect(box.left() + 30, box.top() + 5, box.width() - 40, 20)
        name = self.tr("This computer") if account.service is Service.LOCAL else account.name
        painter.setFont(interface_font(tokens.font_body))
        painter.setPen(QColor(tokens.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, middle, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, words.width()))
        painter.setFont(interface_font(tokens.font_label))
        painter.setPen(QColor(tokens.dim))
        second = self.tr("free") if account.service is Service.LOCAL else account.service.display_name
        left = "" if account.service is Service.LOCAL else index.data(_LEFT)
        text = " · ".join(part for part in (second, left) if part)
        words.translate(0, 19)
        painter.drawText(words, middle, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, words.width()))
        painter.restore()
