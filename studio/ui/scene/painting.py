"""How the board is painted: the scene's picture, the photos from back to front, what is selected, and guides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from studio.domain.scene_board import Layer
from studio.domain.scene_geometry import Guide, corners, to_frame
from studio.ui.scene.fine import Fine
from studio.ui.theme.tokens import Tokens

PAPER = "#DCD8D1"
"""The plain backdrop behind own words: the same as on the flat picture."""
MARGIN = 30
"""Pixels around the frame: room for the handle that turns; around the result too, so that both are shown in one size."""
HANDLE = 9.0  # px, a side
ROUGH_PIXELS = 150_000
"""Of a photo on the screen: up to here turning it while it is dragged takes a millisecond or two."""
TURN_ARM = 24.0  # px, from the top edge to the handle that turns


class View(NamedTuple):
    """Where the frame stands in the widget: its rectangle, and widget pixels a frame pixel."""

    rect: QRectF
    scale: float

    def at(self, x: float, y: float) -> QPointF:
        """A point of the frame in the widget."""
        return QPointF(self.rect.left() + x * self.scale, self.rect.top() + y * self.scale)

    def frame_point(self, point: QPointF) -> tuple[float, float]:
        """A point of the widget in the frame."""
        return (point.x() - self.rect.left()) / self.scale, (point.y() - self.rect.top()) / self.scale


def paint_layer(
    painter: QPainter, view: View, layer: Layer, fine: Fine | None, rough: QPixmap | None, tokens: Tokens
) -> None:
    """A photo as it was scaled and turned in a thread. While that is on its way: a small one roughly, a large one as it was
    a moment ago, as turning it here would take too long. Its name, before it was read."""
    middle = view.at(layer.x, layer.y)
    wide, high = layer.size
    large = wide * high * view.scale**2 > ROUGH_PIXELS
    if fine is not None and (fine.exact or large):
        size = fine.picture.deviceIndependentSize()
        corner = QPointF(middle.x() - size.width() / 2, middle.y() - size.height() / 2)
        painter.drawPixmap(corner.toPoint(), fine.picture)  # on whole pixels: half ones would be mixed, which takes long
        return
    if rough is not None:
        painter.save()
        painter.translate(middle)
        painter.rotate(layer.rotation)
        painter.scale(-1 if layer.mirrored else 1, 1)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        box = QRectF(-wide * view.scale / 2, -high * view.scale / 2, wide * view.scale, high * view.scale)
        painter.drawPixmap(box, rough, QRectF(rough.rect()))
        painter.restore()
        return
    painter.setPen(QPen(QColor(tokens.line), 1))
    painter.setBrush(QColor(tokens.surface3))
    painter.drawPolygon(QPolygonF(outline(view, layer)))
    painter.setPen(QColor(tokens.dim))
    box = QRectF(middle.x() - wide * view.scale / 2 + 8, middle.y() - 12, wide * view.scale - 16, 24)
    name = painter.fontMetrics().elidedText(layer.name, Qt.TextElideMode.ElideMiddle, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)


def outline(view: View, layer: Layer) -> list[QPointF]:
    """The corners of a turned photo, in the widget."""
    return [view.at(x, y) for x, y in corners(layer)]


def turn_handle(view: View, layer: Layer) -> QPointF:
    """Where the handle that turns stands: above the photo's top edge."""
    _, high = layer.size
    x, y = to_frame(layer, 0, -high / 2 - TURN_ARM / view.scale)
    return view.at(x, y)


def paint_selection(painter: QPainter, view: View, layer: Layer, tokens: Tokens, *, grips: bool) -> None:
    """The outline; with `grips` a handle at each corner, and the one that turns."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(tokens.accent), 1.5))
    shape = outline(view, layer)
    for at, corner in enumerate(shape):  # one by one: a polygon of this width takes Qt ten times as long
        painter.drawLine(corner, shape[(at + 1) % len(shape)])
    if not grips:
        return
    _, high = layer.size
    knob = turn_handle(view, layer)
    painter.drawLine(view.at(*to_frame(layer, 0, -high / 2)), knob)
    painter.setBrush(QColor("#FFFFFF"))
    for point in (*shape, knob):
        painter.drawRoundedRect(QRectF(point.x() - HANDLE / 2, point.y() - HANDLE / 2, HANDLE, HANDLE), 2, 2)


def paint_guides(painter: QPainter, view: View, guides: Sequence[Guide], tokens: Tokens) -> None:
    painter.setPen(QPen(QColor(tokens.accent), 1))
    for guide in guides:
        point = view.at(guide.at, guide.at)
        if guide.upright:
            painter.drawLine(QPointF(point.x(), view.rect.top()), QPointF(point.x(), view.rect.bottom()))
        else:
            painter.drawLine(QPointF(view.rect.left(), point.y()), QPointF(view.rect.right(), point.y()))
