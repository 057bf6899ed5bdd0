"""The surface behind pictures: darker than everything else, round at the corners, the same for pictures and clips."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme.theme import Theme

INSET = 4
"""Pixels left free between a fitted picture and the canvas's edge."""


class Canvas(QWidget):
    """Paints the surface; `begin` gives a painter clipped to its round shape."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 160)
        theme.changed.connect(self.update)

    def begin(self) -> QPainter:
        """A painter over the filled surface; the caller ends it."""
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), tokens.radius_surface, tokens.radius_surface)
        painter.fillPath(shape, QColor(tokens.canvas))
        painter.setClipPath(shape)
        return painter

    def paint_focus(self, painter: QPainter) -> None:
        """The focus ring, inside the edge."""
        if self.hasFocus():
            tokens = self._theme.current
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = painter.pen()
            pen.setColor(QColor(tokens.accent))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), tokens.radius_surface, tokens.radius_surface)

    def fitted(self, width: float, height: float) -> QRectF:
        """Where something of that size stands when it is fitted: centred, never larger than itself."""
        room_width, room_height = max(1, self.width() - 2 * INSET), max(1, self.height() - 2 * INSET)
        if width <= 0 or height <= 0:
            return QRectF()
        scale = min(room_width / width, room_height / height)
        shown_width, shown_height = width * scale, height * scale
        return QRectF((self.width() - shown_width) / 2, (self.height() - shown_height) / 2, shown_width, shown_height)
