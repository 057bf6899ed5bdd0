"""The steps of a chain as a row that is read at a glance: an icon and a name each, with an arrow to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.domain.chain import Chain
from studio.ui.chains.words import glyph_of, step_title, steps_words
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets import icons

_HEIGHT, _GAP, _ARROW, _ICON, _PAD = 30, 4, 20, 16, 10


class _Part(NamedTuple):
    icon: str
    words: str


class StepsLine(QWidget):
    """Wraps where it does not fit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("chainSteps")
        self._theme = theme
        self._parts: list[_Part] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_chain(self, chain: Chain) -> None:
        self._parts = [_Part(glyph_of(step.operation), step_title(step)) for step in chain.steps]
        self.setAccessibleName(self.tr("Steps: {steps}").format(steps=steps_words(chain)))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        boxes = self._boxes(width)
        return boxes[-1].bottom() + 1 if boxes else _HEIGHT

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(max(self.width(), 320)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMinimumHeight(self.heightForWidth(self.width()))

    def _boxes(self, width: int) -> Sequence[QRect]:
        metrics = QFontMetrics(interface_font(self._theme.current.font_label))
        boxes: list[QRect] = []
        at = QPoint(0, 0)
        for part in self._parts:
            wide = min(_PAD * 2 + _ICON + 6 + metrics.horizontalAdvance(part.words), max(width, 60))
            if boxes and at.x() + _ARROW + wide > width:
                at = QPoint(0, at.y() + _HEIGHT + _GAP * 2)
            elif boxes:
                at.setX(at.x() + _ARROW)
            boxes.append(QRect(at, QSize(wide, _HEIGHT)))
            at.setX(at.x() + wide)
        return boxes

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(interface_font(tokens.font_label))
        ratio = self.devicePixelRatioF()
        boxes = self._boxes(self.width())
        for number, (part, box) in enumerate(zip(self._parts, boxes, strict=True)):
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.setBrush(QColor(tokens.surface2))
            painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), tokens.radius, tokens.radius)
            middle = box.top() + (_HEIGHT - _ICON) // 2
            painter.drawPixmap(box.left() + _PAD, middle, icons.pixmap(part.icon, tokens.dim, _ICON, ratio))
            words = box.adjusted(_PAD + _ICON + 6, 0, -_PAD + 2, 0)
            painter.setPen(QColor(tokens.text))
            shown = painter.fontMetrics().elidedText(part.words, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
            if number + 1 < len(boxes) and boxes[number + 1].top() == box.top():
                arrow = icons.pixmap("chevron-right", tokens.dim, 14, ratio)
                painter.drawPixmap(box.right() + (_ARROW - 14) // 2 + 1, box.top() + (_HEIGHT - 14) // 2, arrow)
