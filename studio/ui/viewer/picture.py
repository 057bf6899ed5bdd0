"""Shows one picture: fitted, at its own size, or zoomed to the pointer.

It is decoded in the background, first the small thumbnail, then at the size that is shown, and in full only when zoomed in.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.ui.images.decoder import PictureDecoder
from studio.ui.images.reading import Reading, ReadProblem
from studio.ui.theme.theme import Theme
from studio.ui.viewer.canvas import INSET, Canvas
from studio.ui.viewer.zoom import Zoom

STEP = 1.25
_PANS = {
    Qt.Key.Key_Left: QPoint(64, 0),
    Qt.Key.Key_Right: QPoint(-64, 0),
    Qt.Key.Key_Up: QPoint(0, 64),
    Qt.Key.Key_Down: QPoint(0, -64),
}


class PictureView(Canvas):
    """`zoomChanged` (screen pixels a picture pixel, fitted), `shown` when a picture stands there, `failed` (ReadProblem)."""

    zoomChanged = Signal(float, bool)  # noqa: N815  # Qt's spelling
    shown = Signal()
    failed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("pictureView")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._path: Path | None = None
        self._zoom = Zoom()
        self._source = QSize()
        self._small: QPixmap | None = None
        self._whole: QPixmap | None = None
        self._whole_asked = False
        self._drag: QPointF | None = None
        self._poster = PictureDecoder(self)
        self._poster.decoded.connect(self._poster_arrived)
        self._decoder = PictureDecoder(self)
        self._decoder.decoded.connect(self._arrived)
        self._resized = QTimer(self, singleShot=True, interval=120)
        self._resized.timeout.connect(self._decode_for_view)

    # -- what is shown ----------------

    def show_picture(self, path: Path, thumbnail: Path | None, width: int | None, height: int | None) -> None:
        """Show the file. `width` and `height` in pixels, if known, give the frame before anything is decoded."""
        self.clear()
        self._path = path
        if width and height:
            self._take_size(QSize(width, height))
        if thumbnail is not None:
            self._poster.decode(str(thumbnail), QSize(512, 512))
        self._decode_for_view()

    def clear(self) -> None:
        self._path = None
        self._poster.cancel()
        self._decoder.cancel()
        self._small = self._whole = None
        self._whole_asked = False
        self._source = QSize()
        self._zoom = Zoom(view_width=self._view().width(), view_height=self._view().height())
        self.update()

    @property
    def is_whole(self) -> bool:
        """Whether every pixel of the file is in memory."""
        return self._whole is not None

    @property
    def has_picture(self) -> bool:
        return self._small is not None or self._whole is not None

    @property
    def scale(self) -> float:
        """Screen pixels a picture pixel: 1.0 is 1:1."""
        return self._zoom.scale

    @property
    def is_fitted(self) -> bool:
        return self._zoom.fitted

    def picture_point(self, point: QPointF) -> QPointF:
        """The picture's pixel under a point of the view."""
        ratio = self.devicePixelRatioF()
        zoom = self._zoom
        left, top = point.x() * ratio - INSET * ratio, point.y() * ratio - INSET * ratio
        return QPointF((left - zoom.x) / zoom.scale, (top - zoom.y) / zoom.scale)

    def _view(self) -> QSize:
        """The room for the picture, in device pixels."""
        ratio = self.devicePixelRatioF()
        return QSize(round(max(1, self.width() - 2 * INSET) * ratio), round(max(1, self.height() - 2 * INSET) * ratio))

    def _take_size(self, size: QSize) -> None:
        if size == self._source:
            return
        self._source = size
        view = self._view()
        self._zoom = Zoom(view.width(), view.height(), max(1, size.width()), max(1, size.height()))
        self._zoom.fit()
        self._tell()

    def _tell(self) -> None:
        self.zoomChanged.emit(self._zoom.scale, self._zoom.fitted)
        self._want_whole()
        self.update()

    # -- decoding ----------------

    def _decode_for_view(self) -> None:
        if self._path is not None and self._whole is None and not self._whole_asked:
            self._decoder.decode(str(self._path), self._view())

    def _want_whole(self) -> None:
        """Zoomed in beyond what was decoded: the full picture is needed."""
        small = self._small
        if self._path is None or self._whole is not None or self._whole_asked or self._zoom.fitted or small is None:
            return
        if self._zoom.scale * self._source.width() > small.width() * 1.02 and small.width() < self._source.width():
            self._whole_asked = True
            self._decoder.decode(str(self._path), None)

    def _poster_arrived(self, reading: Reading, _whole: bool) -> None:
        if reading.image is not None and not self.has_picture:
            self._small = _pixmap(reading.image)
            self.update()

    def _arrived(self, reading: Reading, whole: bool) -> None:
        if reading.image is None:
            if not whole:  # the full picture may be too large for this computer: the smaller one stays
                self.failed.emit(reading.problem or ReadProblem.DAMAGED)
            return
        if reading.source is not None:
            self._take_size(reading.source)
        if whole:
            self._whole = _pixmap(reading.image)
        else:
            self._small = _pixmap(reading.image)
            if self._small.size() == self._source:
                self._whole = self._small
        self._want_whole()
        self.update()
        self.shown.emit()

    # -- zoom ----------------

    def fit(self) -> None:
        self._zoom.fit()
        self._tell()

    def actual_size(self, at: QPointF | None = None) -> None:
        """1:1: one picture pixel a screen pixel, around `at` or the middle."""
        self._zoom_to(1.0, at)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Larger or smaller around `at` or the middle."""
        self._zoom_to(self._zoom.scale * factor, at)

    def _zoom_to(self, scale: float, at: QPointF | None) -> None:
        ratio = self.devicePixelRatioF()
        point = at if at is not None else QPointF(self.width() / 2, self.height() / 2)
        self._zoom.zoom_to(scale, (point.x() - INSET) * ratio, (point.y() - INSET) * ratio)
        self._tell()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned and self.has_picture:
            self.zoom_by(1.2 ** (turned / 120), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_1:
            self.actual_size()
        elif key in _PANS and self._zoom.scale > self._zoom.fit_scale * 1.001:
            self._zoom.pan(_PANS[key].x(), _PANS[key].y())
            self.update()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            moved = (event.position() - self._drag) * self.devicePixelRatioF()
            self._drag = event.position()
            self._zoom.pan(moved.x(), moved.y())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._zoom.fitted:
            self.actual_size(event.position())
        else:
            self.fit()

    # -- painting ----------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        view = self._view()
        self._zoom.resize_view(view.width(), view.height())
        if self._small is not None and self._zoom.fitted and self._small.width() < min(view.width(), self._source.width()):
            self._resized.start()
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.begin()
        picture = self._small
        if self._whole is not None and (picture is None or self._zoom.scale * self._source.width() > picture.width() * 1.02):
            picture = self._whole
        if picture is not None:
            self._paint_picture(painter, picture)
        self.paint_focus(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter, picture: QPixmap) -> None:
        ratio, zoom = self.devicePixelRatioF(), self._zoom
        across, down = zoom.width * zoom.scale / ratio, zoom.height * zoom.scale / ratio
        target = QRectF(INSET + zoom.x / ratio, INSET + zoom.y / ratio, across, down)
        # Above 3:1 single pixels are what the person wants to see.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom.scale < 3)
        visible = target.intersected(QRectF(self.rect()))
        across, down = picture.width() / target.width(), picture.height() / target.height()
        source = QRectF((visible.x() - target.x()) * across, (visible.y() - target.y()) * down,
                        visible.width() * across, visible.height() * down)
        painter.drawPixmap(visible, picture, source)


def _pixmap(image: QImage) -> QPixmap:
    """Without a conversion where the screen takes the image's own format."""
    return QPixmap.fromImage(image, Qt.ImageConversionFlag.NoFormatConversion)
