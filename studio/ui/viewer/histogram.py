"""How often each value of red, green and blue occurs in the picture, drawn over its corner. Counted in a worker thread."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QObject, QPointF, QRectF, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

SAMPLE = 640
"""Pixels of the longer side that are counted: taken out of the picture, not averaged, as that would hide clipped ones."""
WIDTH, HEIGHT, PAD, EDGE = 256, 96, 8, 8
_COLOURS = ("#F2666A", "#4CC38A", "#5EB0FF")
Counts = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def counts_of(image: QImage) -> Counts:
    """256 counts each of red, green and blue."""
    size = image.size()
    if max(size.width(), size.height()) > SAMPLE:
        size = size.scaled(QSize(SAMPLE, SAMPLE), Qt.AspectRatioMode.KeepAspectRatio)
        image = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation)
    flat = image.convertToFormat(QImage.Format.Format_RGBX8888)
    data = bytes(flat.constBits())  # four bytes a pixel: lines need no filling
    red, green, blue = (tuple(channel.count(value) for value in range(256))
                        for channel in (data[0::4], data[1::4], data[2::4]))
    return red, green, blue


class _Signals(QObject):
    counted = Signal(int, object)


class _Count(QRunnable):
    def __init__(self, number: int, image: QImage, signals: _Signals) -> None:
        super().__init__()
        self._number, self._image, self._signals = number, image, signals

    def run(self) -> None:
        with suppress(RuntimeError):  # the program ends: nobody is there to hear it
            self._signals.counted.emit(self._number, counts_of(self._image))


class Histogram(QObject):
    """`changed` when there is something else to paint."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counts: Counts | None = None
        self._drawn: QPixmap | None = None
        self._number = 0
        self._signals = _Signals()
        self._signals.counted.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def count(self, image: QImage | None) -> None:
        """Count this picture; None empties it."""
        self._number += 1
        if image is None:
            self.counts = self._drawn = None
            self.changed.emit()
            return
        QThreadPool.globalInstance().start(_Count(self._number, image, self._signals))

    def _take(self, number: int, counts: Counts) -> None:
        if number == self._number:
            self.counts, self._drawn = counts, None
            self.changed.emit()

    def paint(self, painter: QPainter, room: QRectF) -> None:
        """In the lower right corner of `room`."""
        ratio = painter.device().devicePixelRatioF()
        if self._drawn is None or self._drawn.devicePixelRatio() != ratio:
            self._drawn = self._draw(ratio)
        size = self._drawn.deviceIndependentSize()
        size *= min(1.0, (room.width() - 2 * EDGE) / size.width())  # a narrow room has all of it, smaller
        corner = QPointF(room.right() - size.width() - EDGE, room.bottom() - size.height() - EDGE)
        painter.drawPixmap(QRectF(corner, size), self._drawn, QRectF(self._drawn.rect()))

    def _draw(self, ratio: float) -> QPixmap:
        """Once for each picture: the curves cost more than all else that is painted."""
        drawn = QPixmap(QSize(WIDTH + 2 * PAD, HEIGHT + 2 * PAD) * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(9, 10, 13, 190))
        painter.drawRoundedRect(QRectF(0, 0, WIDTH + 2 * PAD, HEIGHT + 2 * PAD), PAD, PAD)
        if self.counts is not None:
            _draw_curves(painter, self.counts)
        painter.end()
        return drawn


def _draw_curves(painter: QPainter, counts: Counts) -> None:
    # the two ends may hold most pixels of all (black, white): the rest would be a flat line under them
    top = max(max(channel[1:255]) for channel in counts) or max(max(channel) for channel in counts) or 1
    bottom = PAD + HEIGHT
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Screen)
    for channel, colour in zip(counts, _COLOURS, strict=True):
        points = [QPointF(PAD + value, bottom - min(1.0, count / top) * HEIGHT) for value, count in enumerate(channel)]
        fill = QColor(colour)
        fill.setAlpha(110)
        painter.setPen(QPen(QColor(colour), 1))
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF([QPointF(PAD, bottom), *points, QPointF(PAD + WIDTH, bottom)]))
