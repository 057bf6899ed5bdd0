"""A box of choices that says what it is about while nothing is chosen in it, and cuts what is too long."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter

LEAST = 56
_LEFT, _RIGHT = 11, 25
"""Beside the words: the edge, and the arrow."""


class FilterBox(QComboBox):
    """`name`: what it is about. The first entry lets everything pass: while it is chosen only the name is shown."""

    def __init__(self, object_name: str, name: str, everything: str = "") -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self._name = name if everything else ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        if everything:
            self.addItem(everything, None)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        words = self._name or self.itemText(0)
        return QSize(self.fontMetrics().horizontalAdvance(words) + _LEFT + _RIGHT + 2, super().sizeHint().height())

    def showPopup(self) -> None:  # noqa: N802  # Qt's name
        """As wide as its entries need."""
        widest = max((self.fontMetrics().horizontalAdvance(self.itemText(at)) for at in range(self.count())), default=0)
        self.view().setMinimumWidth(min(360, widest + 44))
        super().showPopup()

    def shown_words(self) -> str:
        """What stands in it while it is closed."""
        return self._name if self._name and self.currentIndex() <= 0 else self.currentText()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        # the style leaves more room around the words than eight boxes in a row have
        room = self.rect().adjusted(_LEFT, 0, -_RIGHT, 0)
        words = self.fontMetrics().elidedText(self.shown_words(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()
