"""Plays an animated GIF or WebP: one frame is shown, one decoded ahead in a worker thread, and never more are in memory,
however many the file has. It goes round by reading the file again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QColorSpace, QImage, QImageReader

from studio.ui.images.formats import picture_reader
from studio.ui.viewer.view_decoder import MOST_PIXELS

SUFFIXES = frozenset((".gif", ".webp"))
SHORTEST_MS = 20
USUAL_MS = 100
"""What programs show a frame for that says no time."""


class _Strip:
    """The file as it is read frame by frame; used by one worker at a time."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._reader: QImageReader | None = None
        self._read = 0

    def next(self) -> tuple[QImage | None, int, bool]:
        """The next frame, for how many ms it is shown, and whether it is the file's first. None: there is but one, or
        nothing can be read any more."""
        for _ in range(2):
            if self._reader is None:
                self._reader = picture_reader(self._path)
                self._reader.setAutoTransform(True)
                self._read = 0
                size = self._reader.size()
                if not self._reader.supportsAnimation() or size.width() * size.height() > MOST_PIXELS:
                    return None, 0, False
            frame = self._reader.read()
            if not frame.isNull():
                self._read += 1
                space = frame.colorSpace()
                if space.isValid() and space != QColorSpace(QColorSpace.NamedColorSpace.SRgb):
                    frame.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
                delay = self._reader.nextImageDelay()
                return frame, max(SHORTEST_MS, delay) if delay > 0 else USUAL_MS, self._read == 1
            alone = self._read < 2
            self._reader = None
            if alone:
                return None, 0, False
        return None, 0, False


class _Signals(QObject):
    arrived = Signal(int, object, int, bool)


class _Next(QRunnable):
    def __init__(self, number: int, strip: _Strip, signals: _Signals) -> None:
        super().__init__()
        self._number, self._strip, self._signals = number, strip, signals

    def run(self) -> None:
        with suppress(RuntimeError):  # the program ends: nobody is there to hear it
            self._signals.arrived.emit(self._number, *self._strip.next())


class Animation(QObject):
    """`frame` (QImage) when it is due; `began` once it is known that there is more than one."""

    frame = Signal(QImage)
    began = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown = 0
        self.is_running = False
        self._number = 0
        self._strip: _Strip | None = None
        self._ahead: tuple[QImage, int] | None = None
        self._due = 0.0
        self._waits = False  # a worker decodes
        self._paused = False
        self._signals = _Signals()
        self._signals.arrived.connect(self._arrived, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._show)

    def start(self, path: Path) -> None:
        """Begin with this file; nothing comes of one with a single frame."""
        self.stop()
        self._strip = _Strip(path)
        self._ask()

    def stop(self) -> None:
        self._number += 1
        self._strip = self._ahead = None
        self._timer.stop()
        self.shown = 0
        self.is_running = self._paused = self._waits = False

    @property
    def is_paused(self) -> bool:
        return self._paused

    def set_paused(self, paused: bool) -> None:
        self._paused = paused
        if paused:
            self._timer.stop()
        elif self._ahead is not None:
            self._timer.start(0)

    def _ask(self) -> None:
        if self._strip is not None and not self._waits:
            self._waits = True
            QThreadPool.globalInstance().start(_Next(self._number, self._strip, self._signals), 1)

    def _arrived(self, number: int, image: QImage | None, delay_ms: int, first: bool) -> None:
        if number != self._number:
            return
        self._waits = False
        if image is None:
            self._strip = None
            return
        if not self.is_running and not first:
            self.is_running = True
            self.began.emit()
        self._ahead = (image, delay_ms)
        if not self._paused:
            self._timer.start(max(0, round((self._due - monotonic()) * 1000)))

    def _show(self) -> None:
        if self._ahead is None:
            return
        image, delay_ms = self._ahead
        self._ahead = None
        self._due = max(monotonic(), self._due) + delay_ms / 1000
        if self.is_running:  # the first one stands there already, as every picture does
            self.shown += 1
            self.frame.emit(image)
        self._ask()
