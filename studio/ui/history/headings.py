"""The names of the table's columns, in line with what stands under them. Those that can be sorted by are pressed for it; by
keyboard the order is chosen in the filters."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPolygon
from PySide6.QtWidgets import QWidget

from studio.domain.history import HistoryOrder
from studio.ui.history.row_painter import RIGHT, column_boxes
from studio.ui.history.row_words import Column, headings
from studio.ui.theme.theme import Theme, interface_font

HEIGHT = 36
_ORDERS = {Column.SENT: (HistoryOrder.NEWEST, HistoryOrder.OLDEST), Column.CREDITS: (HistoryOrder.COST,),
           Column.TIME: (HistoryOrder.DURATION,)}
"""What the columns can be sorted by; pressed again, by the next one, then by the newest."""


class Headings(QWidget):
    """`ordered(order)` when the person wants another order."""

    ordered = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("historyHeadings")
        self.setAccessibleName(self.tr("Columns"))
        self._theme = theme
        self.order = HistoryOrder.NEWEST
        self.setFixedHeight(HEIGHT)
        self.setFont(interface_font(theme.current.font_label))
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def set_order(self, order: HistoryOrder) -> None:
        """Show what the rows are sorted by."""
        self.order = order
        self.update()

    def next_order(self, column: Column) -> HistoryOrder:
        """What a press on that column's name sorts by."""
        ways = _ORDERS[column]
        if self.order in ways:
            after = ways.index(self.order) + 1
            return ways[after] if after < len(ways) else HistoryOrder.NEWEST
        return ways[0]

    def _column_at(self, at: QPoint) -> Column | None:
        boxes = column_boxes(self.width(), 0, HEIGHT)
        return next((column for column in _ORDERS if boxes[column].adjusted(-16, 0, 8, 0).contains(at)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._column_at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        column = self._column_at(event.position().toPoint())
        if column is not None and event.button() is Qt.MouseButton.LeftButton:
            self.ordered.emit(self.next_order(column))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.bg))
        painter.fillRect(QRect(0, HEIGHT - 1, self.width(), 1), QColor(tokens.line))
        names = headings()
        for column, box in column_boxes(self.width(), 0, HEIGHT - 1).items():
            sorted_by = self.order in _ORDERS.get(column, ())
            painter.setPen(QColor(tokens.text if sorted_by else tokens.dim))
            side = Qt.AlignmentFlag.AlignRight if column in RIGHT else Qt.AlignmentFlag.AlignLeft
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, names[column])
            if sorted_by:
                width = painter.fontMetrics().horizontalAdvance(names[column])
                left = box.right() - width - 12 if column in RIGHT else box.left() + width + 6
                self._arrow(painter, left, up=self.order is HistoryOrder.OLDEST)

    def _arrow(self, painter: QPainter, left: int, *, up: bool) -> None:
        middle = HEIGHT // 2
        tip, base = (middle - 2, middle + 2) if up else (middle + 2, middle - 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.current.dim))
        painter.drawPolygon(QPolygon([QPoint(left, base), QPoint(left + 8, base), QPoint(left + 4, tip)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
