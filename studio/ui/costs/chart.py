"""Spending over time: one bar a day or a month, with what may have been charged on top of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme.theme import Theme, interface_font
from studio.ui.theme.tokens import mix
from studio.ui.widgets.job_words import number_words

_FOOT, _TOP, _RIGHT = 22, 10, 8
_LEGEND = 18
_LINES = 4
_WIDEST = 36.0


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` under the bar, `words` in full for people and screen readers; amounts in credits."""

    label: str
    words: str
    spent: float
    doubted: float = 0.0


def nice_step(most: float, lines: int = _LINES) -> float:
    """The distance of the lines of an axis up to `most`: 1, 2 or 5 times a power of ten, so that `lines` suffice."""
    if most <= 0:
        return 1.0
    raw = most / lines
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= raw - 1e-9 * power)


class CostChart(QWidget):
    """`pointed(words)` says what the bar under the pointer, or the one chosen with the arrow keys, means; "" for none."""

    pointed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("costChart")
        self._theme = theme
        self._bars: tuple[Bar, ...] = ()
        self._at = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(700, 200)

    def show_bars(self, bars: Sequence[Bar], name: str, summary: str) -> None:
        """Oldest first. `name` and `summary` are for screen readers."""
        self._bars = tuple(bars)
        self._point(-1)
        self.setAccessibleName(name)
        self.setAccessibleDescription(summary)
        self.update()

    @property
    def bars(self) -> Sequence[Bar]:
        return self._bars

    @property
    def chosen(self) -> Bar | None:
        """The bar that is pointed at."""
        return self._bars[self._at] if 0 <= self._at < len(self._bars) else None

    # geometry

    def _step(self) -> float:
        return nice_step(max((bar.spent + bar.doubted for bar in self._bars), default=0.0))

    def _top(self) -> float:
        step = self._step()
        most = max((bar.spent + bar.doubted for bar in self._bars), default=0.0)
        return max(step, math.ceil(most / step - 1e-9) * step)

    def _plot(self) -> QRectF:
        metrics = QFontMetrics(interface_font(self._theme.current.font_small))
        left = metrics.horizontalAdvance(number_words(self._top())) + 16
        top = _TOP + (_LEGEND if self._has_doubt() else 0)
        return QRectF(left, top, max(1.0, self.width() - left - _RIGHT), max(1.0, self.height() - top - _FOOT))

    def _has_doubt(self) -> bool:
        return any(bar.doubted > 0 for bar in self._bars)

    def _box(self, number: int, plot: QRectF) -> QRectF:
        pitch = plot.width() / max(1, len(self._bars))
        width = max(2.0, min(_WIDEST, pitch - max(1.0, pitch * 0.25)))
        return QRectF(plot.left() + (number + 0.5) * pitch - width / 2, plot.top(), width, plot.height())

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setFont(interface_font(tokens.font_small))
        plot = self._plot()
        self._paint_lines(painter, plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, bar in enumerate(self._bars):
            self._paint_bar(painter, self._box(number, plot), bar, chosen=number == self._at)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_labels(painter, plot)
        if self._has_doubt():
            self._paint_legend(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_lines(self, painter: QPainter, plot: QRectF) -> None:
        tokens = self._theme.current
        step, top = self._step(), self._top()
        count = round(top / step)
        for number in range(count + 1):
            y = round(plot.bottom() - plot.height() * number / count)
            painter.setPen(QColor(tokens.line))
            painter.drawLine(round(plot.left()), y, round(plot.right()), y)
            painter.setPen(QColor(tokens.dim))
            side = (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value
            painter.drawText(QRect(0, y - 8, round(plot.left()) - 8, 16), side, number_words(round(step * number, 6)))

    def _paint_bar(self, painter: QPainter, box: QRectF, bar: Bar, *, chosen: bool) -> None:
        tokens = self._theme.current
        top = self._top()
        painter.setPen(Qt.PenStyle.NoPen)
        tall = bar.spent / top * box.height()
        if bar.spent > 0:
            tall = max(2.0, tall)
            painter.setBrush(QColor(tokens.accent if chosen or self._at < 0 else mix(tokens.bg, tokens.accent, 0.5)))
            painter.drawRoundedRect(QRectF(box.left(), box.bottom() - tall, box.width(), tall), 2, 2)
        if bar.doubted > 0:
            more = max(2.0, bar.doubted / top * box.height())
            painter.setBrush(QColor(tokens.warn))
            painter.drawRoundedRect(QRectF(box.left(), box.bottom() - tall - more, box.width(), more), 2, 2)

    def _paint_legend(self, painter: QPainter) -> None:
        """At the top right, from the right: colours alone say nothing."""
        tokens = self._theme.current
        metrics = QFontMetrics(painter.font())
        right = self.width() - _RIGHT
        for colour, words in ((tokens.warn, self.tr("May have been charged: it was not said")),
                              (tokens.accent, self.tr("Spent"))):
            width = metrics.horizontalAdvance(words)
            painter.setPen(QColor(tokens.dim))
            painter.drawText(QRect(right - width, 2, width + 2, 16), Qt.AlignmentFlag.AlignVCenter.value, words)
            painter.fillRect(QRect(right - width - 14, 6, 8, 8), QColor(colour))
            right -= width + 32

    def _paint_labels(self, painter: QPainter, plot: QRectF) -> None:
        """As many as there is room for, the newest for certain."""
        metrics = QFontMetrics(painter.font())
        widest = max((metrics.horizontalAdvance(bar.label) for bar in self._bars), default=0) + 12
        each = max(1, math.ceil(widest * len(self._bars) / max(1.0, plot.width())))
        painter.setPen(QColor(self._theme.current.dim))
        for number in range(len(self._bars) - 1, -1, -each):
            middle = self._box(number, plot).center().x()
            left = min(max(plot.left(), middle - widest / 2), self.width() - widest)
            painter.drawText(QRectF(left, plot.bottom() + 4, widest, 16), Qt.AlignmentFlag.AlignCenter.value,
                             self._bars[number].label)

    # pointing

    def _point(self, number: int) -> None:
        if number == self._at:
            return
        self._at = number
        chosen = self.chosen
        self.pointed.emit("" if chosen is None else chosen.words)
        self.update()

    def _number_at(self, point: QPointF) -> int:
        plot = self._plot()
        if not self._bars or not plot.left() <= point.x() <= plot.right():
            return -1
        return min(len(self._bars) - 1, int((point.x() - plot.left()) / plot.width() * len(self._bars)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._number_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(-1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._point(-1)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._bars) - 1
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps and last >= 0:
            self._point(last if self._at < 0 else min(last, max(0, self._at + steps[Qt.Key(event.key())])))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and last >= 0:
            self._point(0 if event.key() == Qt.Key.Key_Home else last)
        else:
            super().keyPressEvent(event)
