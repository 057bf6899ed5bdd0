"""The names of the list's columns, over them."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.ui.gallery.cells import columns_in
from studio.ui.gallery.plane import Plane
from studio.ui.gallery.row_words import COLUMNS, column_title
from studio.ui.theme.theme import Theme, interface_font

HEIGHT = 28


class ListHead(QWidget):
    """Follows the columns of `plane`; shown while that shows lines."""

    def __init__(self, plane: Plane, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("galleryListHead")
        self.setAccessibleName(self.tr("Columns"))
        self.setFixedHeight(HEIGHT)
        self._plane, self._theme = plane, theme
        self._font = interface_font(theme.current.font_small)
        theme.changed.connect(self.update)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        plane = self._plane
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(QColor(self._theme.current.dim))
        row = QRect(plane.metrics.margin, 0, plane.grid_layout.cell_width, plane.metrics.row or HEIGHT)
        for column, place in columns_in(row):
            box = QRect(place.left(), 0, place.width(), HEIGHT)
            painter.drawText(box, COLUMNS[column].align | Qt.AlignmentFlag.AlignVCenter, column_title(column))
