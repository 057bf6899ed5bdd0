"""Loads pictures for views: asked for while painting, decoded in worker threads, newest request first.

A view calls `next_generation` before it asks for what it shows; what was asked for earlier, is not asked for again and has
not been begun is dropped. So a fast scroll costs only what stands still long enough to be seen.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QPixmap

from studio.ui.images.cache import PixmapCache
from studio.ui.images.reading import Fit, PictureKey, Reading, render

WORKERS = max(1, min(3, (QThreadPool.globalInstance().maxThreadCount() or 2) - 1))
RETRY_S = 5.0
"""A file that could not be read is not tried again for so long."""
FRAME_BUDGET_S = 0.002
"""How long one turn of the GUI thread may spend on turning images into pixmaps."""


@dataclass(slots=True)
class _Wanted:
    """A picture that is waited for, and by whom."""

    key: PictureKey
    generation: int
    tokens: list[Hashable] = field(default_factory=list)


class _Work:
    """What the workers share with the loader. It outlives the loader if a decode is still under way then."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: OrderedDict[PictureKey, _Wanted] = OrderedDict()  # the newest request stands last
        self.begun: dict[PictureKey, _Wanted] = {}
        self.done: deque[tuple[_Wanted, Reading]] = deque()
        self.generation = 0
        self.running = 0
        self.closed = False

    def take(self) -> _Wanted | None:
        """The newest request that is still wanted, or None: then the worker is counted out."""
        with self.lock:
            while self.waiting and not self.closed:
                key, wanted = self.waiting.popitem()
                if wanted.generation == self.generation:
                    self.begun[key] = wanted
                    return wanted
            self.running -= 1
            return None


class _Worker(QRunnable):
    """Decodes until nothing is wanted any more. Holds no loader: `wake` is a bound signal, dead with its object."""

    def __init__(self, work: _Work, signals: _Signals) -> None:
        super().__init__()
        self._work = work
        self._signals = signals

    def run(self) -> None:
        while (wanted := self._work.take()) is not None:
            reading = render(wanted.key)
            with self._work.lock:
                self._work.begun.pop(wanted.key, None)
                self._work.done.append((wanted, reading))
                closed = self._work.closed
            if not closed:
                self._signals.arrived.emit()


class _Signals(QObject):
    """Kept alive by workers and loader alike, so that a late worker never emits through a deleted object."""

    arrived = Signal()


class ImageLoader(QObject):
    """One view's pictures. `request` answers from the cache at once or later by `loaded(token)`."""

    loaded = Signal(object)
    failed = Signal(object, object)  # token, ReadProblem

    def __init__(self, parent: QObject | None = None, *, limit_bytes: int = 64 * 1024 * 1024) -> None:
        super().__init__(parent)
        self.cache = PixmapCache(limit_bytes)
        self._work = _Work()
        self._signals = _Signals()
        self._signals.arrived.connect(self._collect, Qt.ConnectionType.QueuedConnection)
        self._unreadable: dict[str, float] = {}  # path: when it last failed
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._collect)
        work = self._work
        self.destroyed.connect(lambda: _close(work))

    def next_generation(self) -> None:
        """From here on only what is asked for anew is wanted."""
        with self._work.lock:
            self._work.generation += 1

    def request(
        self, path: str | Path, size: QSize, token: Hashable, *, radius: int = 0, fit: Fit = Fit.COVER, ratio: float = 1.0
    ) -> QPixmap | None:
        """The picture of `path` in `size` (logical pixels) if it is in memory; else None, and `loaded(token)` follows.

        `ratio` is the screen's device pixel ratio. A file that could not be read is left alone for RETRY_S.
        """
        key = _key(path, size, radius, fit, ratio)
        pixmap = self.cache.get(key)
        if pixmap is not None:
            pixmap.setDevicePixelRatio(ratio)
            return pixmap
        if key.width < 1 or key.height < 1 or perf_counter() - self._unreadable.get(key.path, -RETRY_S) < RETRY_S:
            return None
        self._want(key, token)
        return None

    def cached(
        self, path: str | Path, size: QSize, *, radius: int = 0, fit: Fit = Fit.COVER, ratio: float = 1.0
    ) -> QPixmap | None:
        """As `request`, but only from memory: nothing is asked for."""
        return self.cache.get(_key(path, size, radius, fit, ratio))

    def is_unreadable(self, path: str | Path) -> bool:
        """Whether this file failed to load."""
        return str(path) in self._unreadable

    def look_again(self, path: str | Path) -> None:
        """The file may be readable by now: the next request tries it."""
        self._unreadable.pop(str(path), None)

    def _want(self, key: PictureKey, token: Hashable) -> None:
        work = self._work
        with work.lock:
            begun = work.begun.get(key)
            if begun is not None:
                if token not in begun.tokens:
                    begun.tokens.append(token)
                return
            wanted = work.waiting.pop(key, None) or _Wanted(key, work.generation)
            wanted.generation = work.generation
            if token not in wanted.tokens:
                wanted.tokens.append(token)
            work.waiting[key] = wanted
            start = work.running < WORKERS and not work.closed
            work.running += start
        if start:
            QThreadPool.globalInstance().start(_Worker(work, self._signals))

    def _collect(self) -> None:
        """Turn what arrived into pixmaps, a few milliseconds at a time."""
        until = perf_counter() + FRAME_BUDGET_S
        while perf_counter() < until:
            with self._work.lock:
                if not self._work.done:
                    return
                wanted, reading = self._work.done.popleft()
            self._keep(wanted, reading)
        self._again.start()

    def _keep(self, wanted: _Wanted, reading: Reading) -> None:
        if reading.image is None:
            self._unreadable[wanted.key.path] = perf_counter()
            for token in wanted.tokens:
                self.failed.emit(token, reading.problem)
            return
        self._unreadable.pop(wanted.key.path, None)
        self.cache.put(wanted.key, QPixmap.fromImage(reading.image))
        for token in wanted.tokens:
            self.loaded.emit(token)

    def is_idle(self) -> bool:
        """Whether nothing waits, runs or stands to be collected."""
        with self._work.lock:
            return not (self._work.waiting or self._work.begun or self._work.done)

    def close(self) -> None:
        """Drop what is not begun; a decode under way ends by itself and its result is forgotten."""
        _close(self._work)


def _key(path: str | Path, size: QSize, radius: int, fit: Fit, ratio: float) -> PictureKey:
    return PictureKey(str(path), round(size.width() * ratio), round(size.height() * ratio), round(radius * ratio), fit)


def _close(work: _Work) -> None:
    with work.lock:
        work.closed = True
        work.waiting.clear()
