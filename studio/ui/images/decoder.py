"""Decodes one picture for the viewer: the newest request wins, an older one's result is never shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal

from studio.ui.images.reading import Fit, Reading, read_picture

Read = Callable[[str, QSize | None], Reading]


def read_to_fit(path: str, box: QSize | None) -> Reading:
    """All of a picture, scaled to fit `box` in device pixels, or in full size."""
    return read_picture(path, box, Fit.CONTAIN)


class _Signals(QObject):
    arrived = Signal(int, object)  # number of the request, Reading


class _Decode(QRunnable):
    def __init__(self, number: int, read: Callable[[], Reading], signals: _Signals) -> None:
        super().__init__()
        self._number, self._read, self._signals = number, read, signals

    def run(self) -> None:
        with suppress(RuntimeError):  # the program ends: nobody is there to hear it
            self._signals.arrived.emit(self._number, self._read())


class PictureDecoder(QObject):
    """`decode` returns at once; `decoded(Reading, whole)` follows, where `whole` says that it is the full size. `read` runs
    in a worker thread."""

    decoded = Signal(object, bool)

    def __init__(self, parent: QObject | None = None, *, read: Read = read_to_fit) -> None:
        super().__init__(parent)
        self._read = read
        self._number = 0
        self._whole = False
        self._signals = _Signals()
        self._signals.arrived.connect(self._arrived, Qt.ConnectionType.QueuedConnection)

    def decode(self, path: str, box: QSize | None) -> None:
        """Read `path` scaled to fit `box` in device pixels, or in full size."""
        self._number += 1
        self._whole = box is None
        # Above the thumbnails: the person looks at this one.
        QThreadPool.globalInstance().start(_Decode(self._number, partial(self._read, path, box), self._signals), 1)

    def cancel(self) -> None:
        """Forget what is under way."""
        self._number += 1

    def _arrived(self, number: int, reading: object) -> None:
        if number == self._number:
            self.decoded.emit(reading, self._whole)
