"""The brush that refines a cut-out: paints what is to show, or takes away, on the photo that is selected."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from studio.domain.scene_board import Stroke
from studio.domain.scene_geometry import photo_point
from studio.ui.scene.painting import View
from studio.ui.scene.state import BoardState
from studio.ui.theme.tokens import Tokens

LEAST, MOST, USUAL = 4, 80, 22  # px of the widget, the radius


class Brush(QObject):
    """`size` is its radius on the screen. A stroke becomes part of the document when it ends."""

    changed = Signal()

    def __init__(self, state: BoardState) -> None:
        super().__init__(state)
        self._state = state
        self.on = False
        self.adds = False
        self.size = USUAL
        self._points: list[QPointF] = []
        self._view: View | None = None
        self._at: QPointF | None = None

    def set_on(self, on: bool) -> None:
        """Take the brush or lay it down. Refining a photo that is shown whole cuts it out."""
        if on == self.on:
            return
        self.on = on
        self._points = []
        self._at = None
        if on and self._state.selected is None and self._state.board.layers:
            self._state.select(self._state.board.layers[0].id)
        self.changed.emit()

    def set_adds(self, adds: bool) -> None:
        self.adds = adds
        self.changed.emit()

    def set_size(self, size: int) -> None:
        """The radius in pixels of the screen, within LEAST and MOST."""
        self.size = min(max(size, LEAST), MOST)
        self.changed.emit()

    def hover(self, point: QPointF) -> None:
        self._at = point
        self.changed.emit()

    def begin(self, view: View, point: QPointF) -> None:
        self._view, self._points = view, [point]
        self.hover(point)

    def go_on(self, view: View, point: QPointF) -> None:
        last = self._points[-1] if self._points else point
        # points closer than a quarter of the radius add nothing but weight
        if not self._points or math.hypot(point.x() - last.x(), point.y() - last.y()) >= max(1.0, self.size / 4):
            self._points.append(point)
        self._view = view
        self.hover(point)

    def end(self) -> None:
        """The stroke is one step of the history."""
        layer, view, points = self._state.selected, self._view, self._points
        self._points = []
        if layer is None or view is None or not points:
            return
        on_photo = tuple(photo_point(layer, *view.frame_point(point)) for point in points)
        radius = self.size / view.scale / max(layer.size)
        stroke = Stroke(on_photo, radius, self.adds)
        self._state.change(lambda one: replace(one, cut_out=True, strokes=(*one.strokes, stroke)))
        self.changed.emit()

    def paint(self, painter: QPainter, view: View, tokens: Tokens) -> None:
        """The stroke that is being painted, and the brush's own round."""
        if not self.on:
            return
        colour = QColor(tokens.ok if self.adds else tokens.bad)
        if self._points:
            colour.setAlpha(120)
            pen = QPen(colour, 2 * self.size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if len(self._points) == 1:
                painter.drawPoint(self._points[0])
            else:
                painter.drawPolyline(QPolygonF(self._points))
        if self._at is not None:
            colour.setAlpha(255)
            painter.setPen(QPen(colour, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._at, float(self.size), float(self.size))
