"""Shows one picture: fitted, at its own size, zoomed to the pointer, turned; with a histogram over it, or moving."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QWidget

from studio.ui.theme.theme import Theme
from studio.ui.viewer.canvas import INSET
from studio.ui.viewer.layer import PictureLayer
from studio.ui.viewer.zoom import Zoom
from studio.ui.viewer.zoom_canvas import STEP, ZoomCanvas

if TYPE_CHECKING:
    from studio.ui.viewer.animation import Animation
    from studio.ui.viewer.histogram import Histogram

__all__ = ["STEP", "PictureView"]
_MOVING = frozenset((".gif", ".webp"))


class PictureView(ZoomCanvas):
    """`zoomChanged` (screen pixels a picture pixel, fitted), `shown` when a picture stands there, `failed` (ReadProblem or
    words), `detail` (words) on what is still loading, `turned` (quarter turns), `movingChanged` (bool) for an animation."""

    shown = Signal()
    failed = Signal(object)
    detail = Signal(str)
    turned = Signal(int)
    histogramShown = Signal(bool)  # noqa: N815  # Qt's spelling
    movingChanged = Signal(bool)  # noqa: N815  # Qt's spelling

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("pictureView")
        self.turns = 0
        self._layer = PictureLayer(self)
        self._layer.arrived.connect(self._arrived)
        self._layer.improved.connect(self.update)
        self._layer.sized.connect(self._take_size)
        self._layer.failed.connect(self.failed)
        self._layer.detail.connect(self._say_detail)
        self._said = ""
        self._histogram: Histogram | None = None
        self._histogram_wanted = False
        self.animation: Animation | None = None
        self._resized = QTimer(self, singleShot=True, interval=120)
        self._resized.timeout.connect(lambda: self._layer.decode_for(self.room()))

    # -- what is shown ----------------

    def show_picture(self, path: Path, thumbnail: Path | None, width: int | None, height: int | None) -> None:
        """Show the file. `width` and `height` in pixels, if known, give the frame before anything is decoded."""
        self.clear()
        size = QSize(width, height) if width and height else QSize()
        if size.isValid():
            self._take_size(size)
        self._layer.show(path, thumbnail, self.room(), size)
        if path.suffix.lower() in _MOVING:
            self._play(path)

    def clear(self) -> None:
        self._layer.clear()
        self._said = ""
        self.turns = 0
        if self.animation is not None and (self.animation.is_running or self.animation.shown):
            self.movingChanged.emit(False)
        if self.animation is not None:
            self.animation.stop()
        if self._histogram is not None:
            self._histogram.count(None)
        self.zoom = Zoom(view_width=self.room().width(), view_height=self.room().height())
        self.update()

    @property
    def layer(self) -> PictureLayer:
        return self._layer

    @property
    def is_whole(self) -> bool:
        """Whether every pixel of the file is in memory."""
        return self._layer.is_whole

    @property
    def has_picture(self) -> bool:
        return self._layer.has_picture

    def picture_point(self, point: QPointF) -> QPointF:
        """The picture's pixel under a point of the view (of the picture as it stands there, turned)."""
        ratio, zoom = self.devicePixelRatioF(), self.zoom
        left, top = (point.x() - INSET) * ratio, (point.y() - INSET) * ratio
        return QPointF((left - zoom.x) / zoom.scale, (top - zoom.y) / zoom.scale)

    def _take_size(self, size: QSize) -> None:
        room, seen = self.room(), size.transposed() if self.turns % 2 else size
        if (seen.width(), seen.height()) == (self.zoom.width, self.zoom.height):
            return
        self.zoom = Zoom(room.width(), room.height(), max(1, seen.width()), max(1, seen.height()))
        self.zoom.fit()
        self.tell()

    def tell(self) -> None:
        self._layer.want(self.zoom.scale)
        super().tell()

    def _arrived(self) -> None:
        self._layer.want(self.zoom.scale)
        self.update()
        if self._histogram is not None and self._histogram_wanted and self._histogram.counts is None:
            self._histogram.count(self._layer.image)
        self.shown.emit()

    def _say_detail(self, words: str) -> None:
        if words != self._said:
            self._said = words
            if not self.has_picture:
                self.update()
            self.detail.emit(words)

    # -- turning, histogram, animation ----------------

    def turn(self, quarters: int = 1) -> None:
        """Turn what is seen clockwise; the file stays as it is, and the next picture stands upright again."""
        if not self.has_picture:
            return
        self.turns = (self.turns + quarters) % 4
        self._take_size(self._layer.size)
        self.zoom.fit()
        self.tell()
        self.turned.emit(self.turns)

    @property
    def shows_histogram(self) -> bool:
        return self._histogram_wanted

    def let_go(self) -> None:
        """Close the file where it is read all the time: an animation stands still then."""
        if self.animation is not None:
            self.animation.stop()

    def show_histogram(self, wanted: bool) -> None:
        """How often each value occurs, over the corner; kept for the pictures that follow."""
        self._histogram_wanted = wanted
        if wanted and self._histogram is None:
            from studio.ui.viewer.histogram import Histogram  # not wanted at the start

            self._histogram = Histogram(self)
            self._histogram.changed.connect(self.update)
        if wanted and self._histogram is not None and self._layer.image is not None:
            self._histogram.count(self._layer.image)
        self.histogramShown.emit(wanted)
        self.update()

    @property
    def histogram(self) -> Histogram | None:
        return self._histogram

    def _play(self, path: Path) -> None:
        if self.animation is None:
            from studio.ui.viewer.animation import Animation

            self.animation = Animation(self)
            self.animation.frame.connect(self._frame_arrived)
            self.animation.began.connect(lambda: self.movingChanged.emit(True))
        self.animation.start(path)

    def _frame_arrived(self, image: QImage) -> None:
        self._layer.show_image(image)
        self.update()

    def toggle_motion(self) -> bool:
        """Stop an animation or let it go on; False where nothing moves."""
        if self.animation is None or not self.animation.is_running:
            return False
        self.animation.set_paused(not self.animation.is_paused)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_R:
            self.turn(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif key == Qt.Key.Key_H:
            self.show_histogram(not self._histogram_wanted)
        elif key == Qt.Key.Key_Space and self.toggle_motion():
            event.accept()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.animation is not None:
            self.animation.set_paused(True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.animation is not None:
            self.animation.set_paused(False)

    # -- painting ----------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.zoom.fitted:
            self._resized.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.begin()
        if self.has_picture:
            painter.save()
            self._paint_picture(painter)
            painter.restore()
        elif self._said:
            painter.setPen(QColor(self._theme.current.dim))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._said)
        if self._histogram is not None and self._histogram_wanted and self.has_picture:
            self._histogram.paint(painter, QRectF(self.rect()))
        self.paint_focus(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter) -> None:
        target = self.target()
        if not self.turns:
            self._layer.paint(painter, target, QRectF(self.rect()), self.zoom.scale)
            return
        painter.setTransform(_turn_of(target, self.turns), True)
        wide, high = (target.height(), target.width()) if self.turns % 2 else (target.width(), target.height())
        seen = _turn_of(target, self.turns).inverted()[0].mapRect(QRectF(self.rect()))
        self._layer.paint(painter, QRectF(-wide / 2, -high / 2, wide, high), seen, self.zoom.scale)


def _turn_of(target: QRectF, turns: int) -> QTransform:
    """From the upright picture around (0, 0) to where it lies turned in the view."""
    return QTransform().translate(target.center().x(), target.center().y()).rotate(90 * turns)
