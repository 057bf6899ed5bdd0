"""What is painted over two pictures that are compared: the divider, the track, the names."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

_KNOB = 13.0
_BACK = QColor(9, 10, 13, 200)
_FRONT = QColor("#FFFFFF")


def paint_divider(painter: QPainter, x: float, top: float, bottom: float) -> None:
    """A line to be taken hold of."""
    painter.setPen(QPen(_FRONT, 2))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    painter.setBrush(_BACK)
    middle = QPointF(x, (top + bottom) / 2)
    painter.drawEllipse(middle, _KNOB, _KNOB)
    for way in (-1, 1):
        tip = middle + QPointF(way * 7, 0)
        painter.drawPolyline([tip + QPointF(-way * 4, -4), tip, tip + QPointF(-way * 4, 4)])


def paint_track(painter: QPainter, track: QRectF, share: float) -> None:
    """Between the first (left) and the second: the knob stands where the mixture is."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_BACK)
    painter.drawRoundedRect(track.adjusted(-32, 0, 32, 0), 12, 12)
    painter.setBrush(QColor(255, 255, 255, 90))
    painter.drawRoundedRect(QRectF(track.left(), track.center().y() - 1.5, track.width(), 3), 1.5, 1.5)
    painter.setBrush(_FRONT)
    painter.drawEllipse(QPointF(track.right() - track.width() * share, track.center().y()), 7, 7)
    painter.setPen(_FRONT)
    for words, left in (("A", track.left() - 24), ("B", track.right() + 12)):
        painter.drawText(QRectF(left, track.top(), 12, track.height()), Qt.AlignmentFlag.AlignCenter, words)


def paint_name(painter: QPainter, name: str, left: float | None, right: float, room: float) -> None:
    """In a small box that begins at `left`, or ends at `right`; `room` pixels at most."""
    metrics = painter.fontMetrics()
    words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, round(max(40.0, room)))
    width = metrics.horizontalAdvance(words) + 16
    box = QRectF(right - width if left is None else left, 14, width, 22)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_BACK)
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(_FRONT)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
