"""What differs between two pictures, found in a worker thread."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QPainter

GAIN = 4
"""How many times as bright the difference is shown: most are too dark to be seen as they are."""
_SAMPLE = QSize(96, 96)


class Found(NamedTuple):
    """`mean`: the average difference of a colour value, from 0 to 1. `identical`: every pixel is the same."""

    image: QImage
    mean: float
    identical: bool


def difference_of(first: QImage, second: QImage) -> Found:
    """The second is brought to the first's size."""
    found = first.convertToFormat(QImage.Format.Format_RGB32)
    other = second.convertToFormat(QImage.Format.Format_RGB32)
    if other.size() != found.size():
        other = other.scaled(found.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    identical = found == other  # the composition below may round by one
    painter = QPainter(found)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, other)
    painter.end()
    sample = found.scaled(_SAMPLE, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    values = bytes(sample.convertToFormat(QImage.Format.Format_RGBX8888).constBits())
    mean = (sum(values) - 255 * (len(values) // 4)) / (len(values) // 4 * 3 * 255)
    painter = QPainter(found)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    for _ in range(GAIN.bit_length() - 1):
        painter.drawImage(0, 0, found.copy())  # twice as bright each time
    painter.end()
    return Found(found, mean, identical)


class _Signals(QObject):
    found = Signal(int, object)


class _Find(QRunnable):
    def __init__(self, number: int, first: QImage, second: QImage, signals: _Signals) -> None:
        super().__init__()
        self._number, self._first, self._second, self._signals = number, first, second, signals

    def run(self) -> None:
        with suppress(RuntimeError):  # the program ends: nobody is there to hear it
            self._signals.found.emit(self._number, difference_of(self._first, self._second))


class PictureDifference(QObject):
    """`found` (Found) of the pair that was asked for last."""

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._signals = _Signals()
        self._signals.found.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def find(self, first: QImage, second: QImage) -> None:
        self._number += 1
        QThreadPool.globalInstance().start(_Find(self._number, first, second, self._signals))

    def forget(self) -> None:
        self._number += 1

    def _take(self, number: int, found: Found) -> None:
        if number == self._number:
            self.found.emit(found)
