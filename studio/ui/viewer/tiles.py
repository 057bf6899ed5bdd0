"""The tiles of a large picture: asked for while painting, kept in a bounded cache, the newest view's first."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap

from studio.app.deep_pictures import DeepPicture, Failed, Heard, Overview, Place, Tile, Whole
from studio.ui.images.cache import PixmapCache

SIDE = 512
CACHE_BYTES = 96 * 1024 * 1024


class _Signals(QObject):
    """Outlives the tiles where the process still says something."""

    heard = Signal(object, object)


class Tiles(QObject):
    """`overview` (QImage, the whole QSize), `changed` when a tile arrived, `failed` (words)."""

    overview = Signal(QImage, QSize)
    changed = Signal()
    failed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_whole = False
        self.is_sharp = False
        self._cache = PixmapCache(CACHE_BYTES)
        self._beyond: set[Place] = set()
        self._closed = False
        signals = _Signals()
        signals.heard.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._signals = signals

        def heard(message: Heard) -> None:  # on the process's thread: bytes become an image here, not in the window's
            image = _image(message) if isinstance(message, (Overview, Tile)) and message.pixels else None
            signals.heard.emit(message, image)

        self._source = DeepPicture(path, heard)
        self.destroyed.connect(self._source.close)

    @property
    def bytes(self) -> int:
        """What the window itself holds of the picture, beside its overview."""
        return self._cache.bytes

    def close(self) -> None:
        """End the process and forget everything."""
        self._closed = True
        self._source.close()
        self._cache.clear()
        self.deleteLater()

    def _take(self, message: Heard, image: QImage | None) -> None:
        if self._closed:
            return
        if isinstance(message, Overview) and image is not None:
            self.overview.emit(image, QSize(*message.whole))
        elif isinstance(message, Tile):
            if image is None:
                self._beyond.add(message.place)
            else:
                self._cache.put(message.place, QPixmap.fromImage(image, Qt.ImageConversionFlag.NoFormatConversion))
            self.changed.emit()
        elif isinstance(message, Whole):
            self.is_whole = True
            self.changed.emit()
        elif isinstance(message, Failed):
            self.failed.emit(message.words)

    # -- painting ----------------

    def paint(self, painter: QPainter, box: QRectF, visible: QRectF, size: QSize, scale: float) -> None:
        """Paint what is there of the level that `scale` wants, over whatever stands there already; ask for the rest."""
        level = max(0, math.floor(math.log2(1 / scale) + 0.01)) if scale < 1 else 0
        missing = []
        for place, target in places_in(box, visible, size, level):
            pixmap = self._cache.get(place)
            if pixmap is not None:
                painter.drawPixmap(target, pixmap, QRectF(pixmap.rect()))
            elif place not in self._beyond:
                missing.append((_apart(target, visible), place))
        self.is_sharp = not missing
        self._source.ask([place for _, place in sorted(missing)])


def places_in(box: QRectF, visible: QRectF, size: QSize, level: int) -> list[tuple[Place, QRectF]]:
    """The tiles of a level that touch `visible`, each with the part of `box` that it fills; `size` of the whole picture."""
    side = SIDE << level
    ratio = box.width() / size.width()
    seen = visible.translated(-box.topLeft())
    first_column, last_column = _touched(seen.left(), seen.right(), side * ratio, size.width(), side)
    first_row, last_row = _touched(seen.top(), seen.bottom(), side * ratio, size.height(), side)
    found = []
    for row in range(first_row, last_row + 1):
        for column in range(first_column, last_column + 1):
            wide, high = min(side, size.width() - column * side), min(side, size.height() - row * side)
            target = QRectF(box.left() + column * side * ratio, box.top() + row * side * ratio, wide * ratio, high * ratio)
            found.append((Place(level, column, row), target))
    return found


def _touched(start: float, end: float, step: float, length: int, side: int) -> tuple[int, int]:
    last = (length - 1) // side
    return max(0, min(last, math.floor(start / step))), max(0, min(last, math.ceil(end / step) - 1))


def _apart(target: QRectF, visible: QRectF) -> float:
    """How far a tile lies from the middle of what is seen: there the person looks."""
    return abs(target.center().x() - visible.center().x()) + abs(target.center().y() - visible.center().y())


def _image(message: Overview | Tile) -> QImage:
    shape = QImage.Format.Format_ARGB32 if message.has_alpha else QImage.Format.Format_RGB32
    return QImage(message.pixels, message.width, message.height, message.width * 4, shape).copy()
