"""A canvas whose content is zoomed to the pointer and moved: by wheel, keys, dragging and double click."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

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


class ZoomCanvas(Canvas):
    """`zoomChanged`: screen pixels a picture pixel, and whether it is fitted. Zoom and places are in device pixels."""

    zoomChanged = Signal(float, bool)  # noqa: N815  # Qt's spelling

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.zoom = Zoom()
        self._drag: QPointF | None = None

    @property
    def has_picture(self) -> bool:
        """Whether there is something to zoom."""
        return True

    @property
    def scale(self) -> float:
        """Screen pixels a picture pixel: 1.0 is 1:1."""
        return self.zoom.scale

    @property
    def is_fitted(self) -> bool:
        return self.zoom.fitted

    def room(self) -> QSize:
        """The room for the picture, in device pixels."""
        ratio = self.devicePixelRatioF()
        return QSize(round(max(1, self.width() - 2 * INSET) * ratio), round(max(1, self.height() - 2 * INSET) * ratio))

    def target(self) -> QRectF:
        """Where the whole picture lies, in the view's own pixels; it may reach beyond the view."""
        ratio, zoom = self.devicePixelRatioF(), self.zoom
        return QRectF(INSET + zoom.x / ratio, INSET + zoom.y / ratio,
                      zoom.width * zoom.scale / ratio, zoom.height * zoom.scale / ratio)

    def tell(self) -> None:
        """What is seen has changed."""
        self.zoomChanged.emit(self.zoom.scale, self.zoom.fitted)
        self.update()

    def fit(self) -> None:
        self.zoom.fit()
        self.tell()

    def actual_size(self, at: QPointF | None = None) -> None:
        """1:1: one picture pixel a screen pixel, around `at` or the middle."""
        self.zoom_to(1.0, at)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Larger or smaller around `at` or the middle."""
        self.zoom_to(self.zoom.scale * factor, at)

    def zoom_to(self, scale: float, at: QPointF | None) -> None:
        point = self.within(at) if at is not None else QPointF(self.room().width() / 2, self.room().height() / 2)
        self.zoom.zoom_to(scale, point.x(), point.y())
        self.tell()

    def within(self, point: QPointF) -> QPointF:
        """A point of the view in the zoom's pixels."""
        ratio = self.devicePixelRatioF()
        return QPointF((point.x() - INSET) * ratio, (point.y() - INSET) * ratio)

    def pan(self, dx: float, dy: float) -> None:
        """Move by device pixels."""
        self.zoom.pan(dx, dy)
        self.update()

    @property
    def can_pan(self) -> bool:
        return self.zoom.scale > self.zoom.fit_scale * 1.001

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
        elif key in _PANS and self.can_pan:
            self.pan(_PANS[key].x(), _PANS[key].y())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self.zoom.fitted:
            self._drag = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            moved = (event.position() - self._drag) * self.devicePixelRatioF()
            self._drag = event.position()
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.zoom.fitted:
            self.actual_size(event.position())
        else:
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.room()
        self.zoom.resize_view(room.width(), room.height())
        self.tell()
