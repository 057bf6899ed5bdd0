"""Decodes one picture for the viewer: the newest request wins, an older one's result is never shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal

from studio.ui.images.reading import Fit, read_picture


class _Signals(QObject):
    arrived = Signal(int, object)  # number of the request, Reading


class _Decode(QRunnable):
    def __init__(self, number: int, path: str, box: QSize | None, signals: _Signals) -> None:
        super().__init__()
        self._number, self._path, self._box, self._signals = number, path, box, signals

    def run(self) -> None:
        self._signals.arrived.emit(self._number, read_picture(self._path, self._box, Fit.CONTAIN))


class PictureDecoder(QObject):
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
        # Above the thumbnails: the person looks at this one.
        QThreadPool.globalInstance().start(_Decode(self._number, path, box, self._signals), 1)

    def cancel(self) -> None:
        """Forget what is under way."""
        self._number += 1

    def _arrived(self, number: int, reading: object) -> None:
        if number == self._number:
            self.decoded.emit(reading, self._whole)
