"""The board itself: the frame with its photos, to be moved, scaled and turned by mouse, touch and keyboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.domain.scene_board import Layer
from studio.domain.scene_geometry import Guide, contains, photo_point
from studio.ui.composer import intake
from studio.ui.images.loader import ImageLoader
from studio.ui.images.reading import Fit
from studio.ui.scene import keys
from studio.ui.scene.brush import Brush
from studio.ui.scene.fine import FineLayers
from studio.ui.scene.grips import Grip, dragged, grip_at, pinched
from studio.ui.scene.painting import (
    MARGIN,
    PAPER,
    View,
    paint_guides,
    paint_layer,
    paint_selection,
)
from studio.ui.scene.pictures import LayerPictures
from studio.ui.scene.state import BoardState
from studio.ui.scene.words import described
from studio.ui.theme.theme import Theme
from studio.ui.viewer.canvas import Canvas
from studio.ui.widgets.buttons import push

_CURSORS = {"turn": Qt.CursorShape.PointingHandCursor, "scale": Qt.CursorShape.SizeFDiagCursor}


class BoardCanvas(Canvas):
    """`dropped(mime)` and `paste_wanted` are for the composer's references; `browse_wanted` on a double click elsewhere."""

    dropped = Signal(object)
    paste_wanted = Signal()
    browse_wanted = Signal()

    def __init__(self, state: BoardState, pictures: LayerPictures, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("sceneCanvas")
        self.setAccessibleName(self.tr("Scene board"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self._state, self._pictures = state, pictures
        self.brush = Brush(state)
        self._fine = FineLayers(self)
        self._fine.changed.connect(self.update)
        self._backgrounds = ImageLoader(self, limit_bytes=24 * 1024 * 1024)
        self._backgrounds.loaded.connect(lambda _: self.update())
        self._background: Path | None = None
        self._grip: Grip | None = None
        self._guides: tuple[Guide, ...] = ()
        self._fingers: tuple[Layer, tuple[QPointF, QPointF]] | None = None
        self._add = push(self.tr("Add photos"), "sceneAddPhotos")
        self._add.setParent(self)
        self._add.clicked.connect(self.browse_wanted)
        self._hint = self.tr("Drop two or three photos here, or paste them")
        state.changed.connect(self._changed)
        state.selection_changed.connect(self._changed)
        pictures.changed.connect(lambda _: self._changed())
        self.brush.changed.connect(self.update)
        self._changed()

    # what is shown

    def set_background(self, picture: Path | None) -> None:
        """The scene's picture behind the photos; None: plain paper."""
        self._background = picture
        self.update()

    def view(self) -> View:
        """Where the frame stands now."""
        wide, high = self._state.board.frame
        room_x, room_y = max(40, self.width() - 2 * MARGIN), max(40, self.height() - 2 * MARGIN)
        scale = min(room_x / wide, room_y / high)
        size = QSize(round(wide * scale), round(high * scale))
        left, top = round((self.width() - size.width()) / 2), round((self.height() - size.height()) / 2)
        return View(QRectF(left, top, size.width(), size.height()), scale)

    def board_picture(self) -> QPixmap:
        """The board without handles, as it is shown now: for comparing."""
        view = self.view()
        ratio = self.devicePixelRatioF()
        answer = QPixmap(round(view.rect.width() * ratio), round(view.rect.height() * ratio))
        answer.setDevicePixelRatio(ratio)
        painter = QPainter(answer)
        painter.translate(-view.rect.topLeft())
        self._paint_board(painter, view)
        painter.end()
        return answer

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = self.begin()
        view = self.view()
        painter.setClipRect(view.rect)  # within the round surface, whose own clip would make everything slow
        self._paint_board(painter, view)
        painter.setClipping(False)
        layer = self._state.selected
        if layer is not None:
            paint_selection(painter, view, layer, tokens, grips=not self.brush.on)
        if self._guides:
            paint_guides(painter, view, self._guides, tokens)
        self.brush.paint(painter, view, tokens)
        self.paint_focus(painter)
        painter.end()

    def _paint_board(self, painter: QPainter, view: View) -> None:
        ratio = self.devicePixelRatioF()
        empty = not self._state.board.layers
        if not empty:
            painter.fillRect(view.rect, QColor(PAPER))
        if self._background is not None:
            size = view.rect.size().toSize()
            picture = self._backgrounds.request(self._background, size, "scene", fit=Fit.COVER, ratio=ratio)
            if picture is not None:
                painter.drawPixmap(view.rect.topLeft(), picture)
        for layer in reversed(self._state.board.layers):
            image, rough = self._pictures.image(layer.id), self._pictures.pixmap(layer.id)
            fine = self._fine.get(layer, image, view.scale, ratio) if image is not None else None
            paint_layer(painter, view, layer, fine, rough, self._theme.current)
        if empty:
            self._paint_empty(painter, view)

    def _paint_empty(self, painter: QPainter, view: View) -> None:
        """What to do first, over the scene that may be chosen already."""
        tokens = self._theme.current
        if self._background is not None:
            painter.fillRect(view.rect, QColor(9, 10, 13, 140))
        pen = QPen(QColor(tokens.faint), 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(view.rect.adjusted(1, 1, -1, -1), tokens.radius, tokens.radius)
        painter.setPen(QColor(tokens.dim if self._background is None else "#FFFFFF"))
        above = QRectF(view.rect.left() + 16, view.rect.center().y() - 44, view.rect.width() - 32, 32)
        painter.drawText(above, int(Qt.AlignmentFlag.AlignCenter), self._hint)

    def _changed(self) -> None:
        layer = self._state.selected
        standing = self._pictures.standing(layer) if layer is not None else ""
        self._add.setVisible(not self._state.board.layers)
        self.setAccessibleDescription(described(self._state.board, layer.id if layer is not None else "", standing))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        middle = self.view().rect.center().toPoint()
        self._add.adjustSize()
        self._add.move(middle.x() - self._add.width() // 2, middle.y() + 2)

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event.position(), free=free)
        else:
            self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.layer_at(event.position()) is None and not self.brush.on:
            self.browse_wanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.brush.on:
            self.brush.set_size(self.brush.size + (2 if event.angleDelta().y() > 0 else -2))
            event.accept()
            return
        event.ignore()

    def layer_at(self, point: QPointF) -> Layer | None:
        """The photo of which something shows at a point of the widget: the one in front wins."""
        x, y = self.view().frame_point(point)
        for layer in self._state.board.layers:
            if contains(layer, x, y) and self._pictures.is_solid_at(layer, *photo_point(layer, x, y)):
                return layer
        return None

    def _press(self, point: QPointF) -> None:
        view, selected = self.view(), self._state.selected
        if self.brush.on:
            self.brush.begin(view, point)
            return
        at = view.frame_point(point)
        kind = grip_at(view, selected, point) if selected is not None else ""
        if kind and selected is not None:
            self._grip = Grip(kind, at, selected)
            return
        layer = self.layer_at(point)
        self._state.select(layer.id if layer is not None else "")
        self._grip = Grip("move", at, layer) if layer is not None else None
        self._state.end_group()

    def _drag(self, point: QPointF, *, free: bool = False) -> None:
        view = self.view()
        if self.brush.on:
            self.brush.go_on(view, point)
            return
        grip = self._grip
        if grip is None or self._state.selected is None:
            return
        free = free or not self._state.snaps
        layer, self._guides = dragged(grip, view.frame_point(point), self._state, view, free=free)
        self._state.change(lambda _: layer, f"drag-{grip.kind}")
        self.update()

    def _release(self) -> None:
        if self.brush.on:
            self.brush.end()
        self._grip, self._guides = None, ()
        self._state.end_group()
        self.update()

    def _point(self, point: QPointF) -> None:
        selected = self._state.selected
        if self.brush.on:
            self.brush.hover(point)
            return
        kind = grip_at(self.view(), selected, point) if selected is not None else ""
        over = self.layer_at(point) is not None
        shape = _CURSORS.get(kind) or (Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.ArrowCursor)
        if self.cursor().shape() != shape:
            self.setCursor(QCursor(shape))

    # touch

    def event(self, event: QEvent) -> bool:
        kinds = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel)
        if event.type() in kinds and isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """One finger drags, or paints with the brush; two move, scale and turn together."""
        points = [point.position() for point in event.points()]
        if event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
            self._fingers = None
            self._release()
        elif len(points) >= 2 and not self.brush.on:
            self._pinch((points[0], points[1]))
        elif event.type() == QEvent.Type.TouchBegin:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._press(points[0])
        elif self._fingers is None:  # after two fingers, one that is left does not make the photo jump
            self._drag(points[0])

    def _pinch(self, points: tuple[QPointF, QPointF]) -> None:
        layer = self._state.selected
        if layer is None:
            return
        if self._fingers is None:
            self._state.end_group()
            self._fingers = (layer, points)
            return
        before, at_first = self._fingers
        if before.id == layer.id:
            changed = pinched(before, at_first, points, self.view().scale)
            self._state.change(lambda _: changed, "touch")

    # keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_wanted.emit()
        elif event.key() == Qt.Key.Key_Escape and self.brush.on:
            self.brush.set_on(False)
        elif not keys.press(self._state, event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802  # Qt's name
        """Tab goes from photo to photo, and after the last one on to the next control."""
        layers = self._state.board.layers
        at = self._state.board.place_of(self._state.selected.id if self._state.selected is not None else "")
        to = at + (1 if forward else -1)
        if self.hasFocus() and 0 <= to < len(layers):
            self._state.select(layers[to].id)
            return True
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        layers = self._state.board.layers
        if layers and event.reason() == Qt.FocusReason.TabFocusReason:
            self._state.select(layers[0].id)
        elif layers and event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._state.select(layers[-1].id)

    # drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if intake.may_hold_media(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.dropped.emit(event.mimeData())
        event.acceptProposedAction()
