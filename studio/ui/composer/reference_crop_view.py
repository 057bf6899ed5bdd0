"""The picture in the crop editor with its frame: pulled by handles, moved by mouse and arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.composer.reference_crop_shape import CropShape
from studio.ui.theme.theme import Theme

MARGIN = 20.0
REACH = 14.0
"""How near to a handle a press counts, px."""
_STEP, _LONG_STEP = 1, 10
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_CURSORS = {
    (-1, -1): Qt.CursorShape.SizeFDiagCursor, (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor, (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor, (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor, (0, 1): Qt.CursorShape.SizeVerCursor,
}
HANDLES = tuple(_CURSORS)


class CropView(QWidget):
    """Arrow keys move the frame by a pixel with Shift by ten; with Alt they pull its right and lower edge."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("cropView")
        self.setAccessibleName(self.tr("Frame of the picture"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(360, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._picture: QPixmap | None = None
        self.shape_now: CropShape | None = None
        self._held: tuple[int, int] | None = None
        self._last = QPointF()
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    def set_picture(self, image: QImage, shape: CropShape) -> None:
        """A preview of the picture as it stands now, and the frame over it."""
        self._picture = QPixmap.fromImage(image)
        self.set_shape(shape)

    def turn(self, quarters: int, *, mirror: bool = False) -> None:
        """Turn what is shown clockwise, or mirror it; the frame goes along."""
        if self._picture is None or self.shape_now is None:
            return
        transform = QTransform().scale(-1, 1) if mirror else QTransform().rotate(90 * quarters)
        self._picture = self._picture.transformed(transform)
        self.set_shape(self.shape_now.mirrored() if mirror else self.shape_now.turned(quarters))

    def set_shape(self, shape: CropShape) -> None:
        self.shape_now = shape
        wide, high = shape.pixels
        self.setAccessibleDescription(self.tr("{w} by {h} pixels are kept").format(w=f"{wide:,}", h=f"{high:,}"))
        self.update()
        self.changed.emit()

    def picture_box(self) -> QRectF:
        """Where the picture is drawn."""
        room = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        if self.shape_now is None:
            return room
        scale = min(room.width() / self.shape_now.width, room.height() / self.shape_now.height)
        width, height = self.shape_now.width * scale, self.shape_now.height * scale
        return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)

    def frame(self) -> QRectF:
        """Where the frame is drawn."""
        area = self.picture_box()
        left, top, right, bottom = self.shape_now.box if self.shape_now is not None else (0.0, 0.0, 1.0, 1.0)
        return QRectF(area.left() + left * area.width(), area.top() + top * area.height(),
                      (right - left) * area.width(), (bottom - top) * area.height())

    def handle_at(self, point: QPointF) -> tuple[int, int] | None:
        """The handle near a point; (0, 0) inside the frame, None outside."""
        frame = self.frame()
        near = {handle: (_handle_point(frame, handle) - point).manhattanLength() for handle in HANDLES}
        closest = min(HANDLES, key=lambda handle: near[handle])
        if near[closest] <= REACH * 1.5:
            return closest
        return (0, 0) if frame.contains(point) else None

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.shape_now is not None:
            self._held = self.handle_at(event.position())
            self._last = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None or self.shape_now is None:
            over = self.handle_at(event.position())
            inside = Qt.CursorShape.SizeAllCursor if over == (0, 0) else Qt.CursorShape.ArrowCursor
            self.setCursor(_CURSORS.get(over, inside) if over is not None else inside)
            return
        area = self.picture_box()
        move = event.position() - self._last
        self._last = event.position()
        self._change(self._held, move.x() / area.width(), move.y() / area.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow is None or self.shape_now is None:
            super().keyPressEvent(event)
            return
        keys = event.modifiers()
        step = _LONG_STEP if keys & Qt.KeyboardModifier.ShiftModifier else _STEP
        pulls = bool(keys & Qt.KeyboardModifier.AltModifier)
        handle = (abs(arrow[0]), abs(arrow[1])) if pulls else (0, 0)
        self._change(handle, arrow[0] * step / self.shape_now.width, arrow[1] * step / self.shape_now.height)

    def _change(self, handle: tuple[int, int], dx: float, dy: float) -> None:
        if self.shape_now is not None:
            shape = self.shape_now
            self.set_shape(shape.moved(dx, dy) if handle == (0, 0) else shape.pulled(*handle, dx, dy))

    # looks

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        if self._picture is None:
            painter.setPen(QColor(tokens.dim))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Reading the picture…"))
            return
        area, frame = self.picture_box(), self.frame()
        painter.drawPixmap(area, self._picture, QRectF(self._picture.rect()))
        self._paint_veil(painter, area, frame)
        painter.setPen(QPen(QColor(255, 255, 255, 90), 1))
        for third in (1 / 3, 2 / 3):
            x, y = frame.left() + frame.width() * third, frame.top() + frame.height() * third
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        ring = QColor(tokens.accent if self.hasFocus() else "#FFFFFF")
        painter.setPen(QPen(ring, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame)
        painter.setPen(QPen(QColor(9, 10, 13), 1))
        painter.setBrush(ring)
        for handle in HANDLES:
            painter.drawEllipse(_handle_point(frame, handle), 5, 5)

    @staticmethod
    def _paint_veil(painter: QPainter, area: QRectF, frame: QRectF) -> None:
        """What is cut off, in the dark."""
        veil = QColor(9, 10, 13, 165)
        painter.fillRect(QRectF(area.topLeft(), QPointF(area.right(), frame.top())), veil)
        painter.fillRect(QRectF(QPointF(area.left(), frame.bottom()), area.bottomRight()), veil)
        painter.fillRect(QRectF(QPointF(area.left(), frame.top()), QPointF(frame.left(), frame.bottom())), veil)
        painter.fillRect(QRectF(QPointF(frame.right(), frame.top()), QPointF(area.right(), frame.bottom())), veil)


def _handle_point(frame: QRectF, handle: tuple[int, int]) -> QPointF:
    across, down = handle
    return QPointF(frame.center().x() + across * frame.width() / 2, frame.center().y() + down * frame.height() / 2)
