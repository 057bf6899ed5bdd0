"""Each photo scaled and turned as it is shown, smoothly: made in threads, so that a drag costs the window little."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QPixmap, QTransform

from studio.domain.scene_board import Layer


class Fine(NamedTuple):
    """A photo as it is put on the screen; `exact`: just as it is wanted now, and not as it was wanted a moment ago."""

    picture: QPixmap
    exact: bool


class _Key(NamedTuple):
    """How a photo is wanted: which image, and its size in device pixels, angle and mirroring."""

    image: int
    width: int
    height: int
    rotation: float
    mirrored: bool


class _Signals(QObject):
    made = Signal(str, object, object)  # layer id, _Key, QImage


class _Make(QRunnable):
    def __init__(self, layer_id: str, key: _Key, image: QImage, signals: _Signals) -> None:
        super().__init__()
        self._id, self._key, self._image, self._signals = layer_id, key, image, signals

    def run(self) -> None:
        key, image = self._key, self._image
        if key.width < image.width():  # averaged first: turning samples single pixels
            image = image.scaled(
                key.width, key.height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        turn = QTransform()
        turn.rotate(key.rotation)
        across = key.width / image.width()
        turn.scale(-across if key.mirrored else across, key.height / image.height())
        self._signals.made.emit(self._id, key, image.transformed(turn, Qt.TransformationMode.SmoothTransformation))


class FineLayers(QObject):
    """`changed()` when one is ready. Of a photo one is made at a time, and then the newest that is wanted."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kept: dict[str, tuple[_Key, Fine]] = {}
        self._wanted: dict[str, tuple[_Key, QImage, float]] = {}
        self._under_way: dict[str, _Key] = {}
        self._signals = _Signals()
        self._signals.made.connect(self._made, Qt.ConnectionType.QueuedConnection)

    def get(self, layer: Layer, image: QImage, scale: float, ratio: float) -> Fine | None:
        """The photo as it was made last, None before that; where this is not just so, it is made.

        `scale`: widget pixels a frame pixel. `ratio`: device pixels a widget pixel.
        """
        wide, high = layer.size
        size = max(1, round(wide * scale * ratio)), max(1, round(high * scale * ratio))
        key = _Key(image.cacheKey(), *size, round(layer.rotation, 2), layer.mirrored)
        known = self._kept.get(layer.id)
        if known is not None and known[0] == key:
            return known[1]
        self._wanted[layer.id] = (key, image, ratio)
        self._begin(layer.id)
        return known[1]._replace(exact=False) if known is not None else None

    def is_idle(self) -> bool:
        return not self._under_way

    def _begin(self, layer_id: str) -> None:
        if layer_id in self._under_way or layer_id not in self._wanted:
            return
        key, image, _ = self._wanted[layer_id]
        self._under_way[layer_id] = key
        QThreadPool.globalInstance().start(_Make(layer_id, key, image, self._signals), 1)

    def _made(self, layer_id: str, key: _Key, image: QImage) -> None:
        self._under_way.pop(layer_id, None)
        wanted = self._wanted.get(layer_id)
        if wanted is None:
            return
        picture = QPixmap.fromImage(image, Qt.ImageConversionFlag.NoFormatConversion)
        picture.setDevicePixelRatio(wanted[2])
        self._kept[layer_id] = (key, Fine(picture, exact=True))
        if wanted[0] == key:
            self._wanted.pop(layer_id)
        else:
            self._begin(layer_id)
        self.changed.emit()
