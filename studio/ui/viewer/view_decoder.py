"""Decodes one picture for the viewer in a worker thread: the newest request wins. One too large for the window's own memory
is not begun; the caller has it decoded elsewhere then."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal

from studio.ui.images.formats import picture_reader
from studio.ui.images.reading import Fit, Reading, read_picture

MOST_PIXELS = 36_000_000
"""Larger ones are decoded in a process of their own: 144 MB in four bytes a pixel."""


class _Signals(QObject):
    arrived = Signal(int, object)  # number of the request, Reading


class _Decode(QRunnable):
    def __init__(self, number: int, path: str, box: QSize | None, signals: _Signals) -> None:
        super().__init__()
        self._number, self._path, self._box, self._signals = number, path, box, signals

    def run(self) -> None:
        with suppress(RuntimeError):  # the program ends: nobody is there to hear it
            self._signals.arrived.emit(self._number, read_bounded(self._path, self._box))


def read_bounded(path: str, box: QSize | None) -> Reading:
    """As `read_picture`; without image and problem where the header declares more than MOST_PIXELS."""
    size = picture_reader(path).size()
    if size.isValid() and size.width() * size.height() > MOST_PIXELS:
        return Reading(source=size)
    return read_picture(path, box, Fit.CONTAIN)


class ViewDecoder(QObject):
    """`decode` returns at once; `decoded(Reading, whole)` follows, where `whole` says that it is the full size."""

    decoded = Signal(object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._whole = False
        self._signals = _Signals()
        self._signals.arrived.connect(self._arrived, Qt.ConnectionType.QueuedConnection)

    def decode(self, path: str, box: QSize | None) -> None:
        """Read `path` scaled to fit `box` in device pixels, or in full size."""
        self._number += 1
        self._whole = box is None
        QThreadPool.globalInstance().start(_Decode(self._number, path, box, self._signals), 1)  # before the thumbnails

    def cancel(self) -> None:
        """Forget what is under way."""
        self._number += 1

    def _arrived(self, number: int, reading: object) -> None:
        if number == self._number:
            self.decoded.emit(reading, self._whole)
