"""Two pictures on one canvas, zoomed and moved as one: divided by a slider, side by side, one through the other, or only
what differs."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.images.captions import title_of
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.viewer.canvas import INSET
from studio.ui.viewer.compare_marks import paint_divider, paint_name, paint_track
from studio.ui.viewer.layer import PictureLayer
from studio.ui.viewer.picture_difference import GAIN, Found, PictureDifference
from studio.ui.viewer.zoom import Zoom
from studio.ui.viewer.zoom_canvas import ZoomCanvas

GAP = 12.0
"""Pixels between the two when they stand side by side."""
_STEP, _NEAR = 0.05, 18.0


class Mode(StrEnum):
    SLIDER = "slider"
    SIDE = "side"
    ONION = "onion"
    DIFFERENCE = "difference"


class CompareView(ZoomCanvas):
    """`share`: how much of the first is seen, from 0 to 1: left of the divider, or of its colours. `said` (words)."""

    said = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("compareView")
        self.mode = Mode.SLIDER
        self.share = 0.5
        self.assets: tuple[Asset, Asset] | None = None
        self.layers = (PictureLayer(self), PictureLayer(self))
        self._difference = PictureDifference(self)
        self._difference.found.connect(self._difference_found)
        self._shown_difference: QPixmap | None = None
        self._sliding = False
        for layer in self.layers:
            layer.arrived.connect(self._arrived)
            layer.improved.connect(self.update)
            layer.sized.connect(self._take_size)
            layer.failed.connect(lambda _problem: self.said.emit(self.tr("One of the two cannot be shown")))
        self._describe()

    # -- what is shown ----------------

    def show_assets(self, first: Asset, second: Asset) -> None:
        """Pictures, or the posters of clips."""
        self.clear()
        self.assets = (first, second)
        self._begin_zoom(QSize(first.width or 0, first.height or 0))
        for layer, asset in zip(self.layers, self.assets, strict=True):
            poster = asset.kind is not MediaKind.IMAGE
            path = asset.thumbnail if poster and asset.thumbnail is not None else asset.path
            size = QSize() if poster or not (asset.width and asset.height) else QSize(asset.width, asset.height)
            layer.show(path, None if poster else asset.thumbnail, self.room(), size)
        self._describe()
        self.update()

    def clear(self) -> None:
        self.assets = None
        for layer in self.layers:
            layer.clear()
        self._shown_difference = None
        self._difference.forget()
        self.update()

    @property
    def has_picture(self) -> bool:
        return self.layers[0].has_picture or self.layers[1].has_picture

    def set_mode(self, mode: Mode) -> None:
        self.mode = mode
        fitted = self.zoom.fitted
        half = self._half_room()
        self.zoom.resize_view(half.width(), half.height())
        if fitted:
            self.zoom.fit()
        self._describe()
        self._want_difference()
        self.tell()

    def set_share(self, share: float) -> None:
        self.share = min(max(share, 0.0), 1.0)
        self._describe()
        self.update()

    def _describe(self) -> None:
        names = [title_of(asset) for asset in self.assets] if self.assets is not None else ["", ""]
        words = self.tr("Comparing “{0}” with “{1}”").format(*names)
        if self.mode in (Mode.SLIDER, Mode.ONION):
            words += self.tr(", {0} % of the first shown. Arrow keys change it.").format(round(self.share * 100))
        self.setAccessibleName(words)

    # -- sizes ----------------

    def _half_room(self) -> QSize:
        room = self.room()
        if self.mode is Mode.SIDE:
            room.setWidth(max(1, round((room.width() - GAP * self.devicePixelRatioF()) / 2)))
        return room

    def _begin_zoom(self, size: QSize) -> None:
        half = self._half_room()
        self.zoom = Zoom(half.width(), half.height(), max(1, size.width()), max(1, size.height()))
        self.zoom.fit()

    def _take_size(self) -> None:
        size = self.layers[0].size
        if size.isValid() and (size.width(), size.height()) != (self.zoom.width, self.zoom.height):
            self._begin_zoom(size)
            self.tell()

    def tell(self) -> None:
        for layer in self.layers:
            if layer.size.isValid():
                layer.want(self.zoom.scale * self.zoom.width / max(1, layer.size.width()))
        super().tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        half = self._half_room()
        self.zoom.resize_view(half.width(), half.height())
        for layer in self.layers:
            layer.decode_for(self.room())

    def _arrived(self) -> None:
        self._want_difference()
        self.tell()

    def _want_difference(self) -> None:
        first, second = (layer.image for layer in self.layers)
        if self.mode is Mode.DIFFERENCE and first is not None and second is not None:
            self._difference.find(first, second)

    def _difference_found(self, found: Found) -> None:
        self._shown_difference = QPixmap.fromImage(found.image)
        if found.identical:
            self.said.emit(self.tr("Both are the same, pixel for pixel"))
        else:
            share = f"{found.mean * 100:.1f}" if found.mean >= 0.0005 else self.tr("less than 0.1")
            self.said.emit(self.tr("They differ by {0} % on average (shown {1} times as bright)").format(share, GAIN))
        self.update()

    # -- painting ----------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.begin()
        if self.assets is not None:
            target = self.target()
            if self.mode is Mode.SIDE:
                self._paint_beside(painter, target)
            elif self.mode is Mode.DIFFERENCE:
                self._paint_difference(painter, target)
            else:
                self._paint_over(painter, target)
            self._paint_names(painter)
        self.paint_focus(painter)
        painter.end()

    def _paint_layer(self, painter: QPainter, number: int, target: QRectF, visible: QRectF) -> None:
        """The second is fitted into the first's frame, which may have another shape."""
        layer = self.layers[number]
        size = layer.size if layer.size.isValid() else layer.image.size() if layer.image is not None else QSize()
        if size.isEmpty():
            return
        scale = min(target.width() / size.width(), target.height() / size.height())
        box = QRectF(0, 0, size.width() * scale, size.height() * scale)
        box.moveCenter(target.center())
        layer.paint(painter, box, visible, scale * self.devicePixelRatioF())

    def _paint_over(self, painter: QPainter, target: QRectF) -> None:
        whole = QRectF(self.rect())
        divider = self._divider(target)
        if self.mode is Mode.ONION:
            self._paint_layer(painter, 1, target, whole)
            painter.setOpacity(self.share)
            self._paint_layer(painter, 0, target, whole)
            painter.setOpacity(1.0)
            paint_track(painter, self._track(), self.share)
            return
        left, right = QRectF(0, 0, divider, self.height()), QRectF(divider, 0, self.width() - divider, self.height())
        self._paint_layer(painter, 0, target, left)
        self._paint_layer(painter, 1, target, right)
        paint_divider(painter, divider, INSET, self.height() - INSET)

    def _paint_beside(self, painter: QPainter, target: QRectF) -> None:
        half = self._half_room().width() / self.devicePixelRatioF()
        for number, left in enumerate((INSET, INSET + half + GAP)):
            area = QRectF(left, INSET, half, self.height() - 2 * INSET)
            painter.save()
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
            self._paint_layer(painter, number, target.translated(left - INSET, 0), area)
            painter.restore()

    def _paint_difference(self, painter: QPainter, target: QRectF) -> None:
        picture = self._shown_difference
        if picture is not None:
            painter.drawPixmap(target, picture, QRectF(picture.rect()))

    def _divider(self, target: QRectF) -> float:
        """In the view's pixels: within what is seen of the picture, so that it can always be taken hold of."""
        left, right = max(target.left(), float(INSET)), min(target.right(), float(self.width() - INSET))
        return left + (right - left) * self.share

    def _track(self) -> QRectF:
        width = min(240.0, self.width() - 64.0)
        return QRectF((self.width() - width) / 2, self.height() - 40.0, width, 24.0)

    def _paint_names(self, painter: QPainter) -> None:
        if self.assets is None or self.mode is Mode.DIFFERENCE:
            return
        painter.setFont(interface_font(self._theme.current.font_small))
        middle = self.width() / 2
        for number, asset in enumerate(self.assets):
            left = 14.0 if number == 0 else middle + GAP / 2 + 10 if self.mode is Mode.SIDE else None
            paint_name(painter, f"{'AB'[number]}  {title_of(asset)}", left, self.width() - 14.0, min(220, middle - 40))

    # -- mouse and keys ----------------

    def _grips(self, point: QPointF) -> bool:
        """Whether a press there moves the share and not the pictures."""
        if self.mode is Mode.SLIDER:
            return not self.can_pan or abs(point.x() - self._divider(self.target())) < _NEAR
        return self.mode is Mode.ONION and (not self.can_pan or self._track().adjusted(-12, -6, 12, 6).contains(point))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._sliding = event.button() == Qt.MouseButton.LeftButton and self._grips(event.position())
        if self._sliding:
            self._slide(event.position())
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._sliding:
            self._slide(event.position())
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._sliding = False
        super().mouseReleaseEvent(event)

    def _slide(self, point: QPointF) -> None:
        if self.mode is Mode.ONION:
            track = self._track()
            self.set_share((track.right() - point.x()) / track.width())
            return
        target = self.target()
        left, right = max(target.left(), float(INSET)), min(target.right(), float(self.width() - INSET))
        self.set_share((point.x() - left) / max(1.0, right - left))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        moves = key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if moves and self.mode in (Mode.SLIDER, Mode.ONION):
            ahead = (key == Qt.Key.Key_Right) == (self.mode is Mode.SLIDER)
            self.set_share(self.share + (_STEP if ahead else -_STEP))
        else:
            super().keyPressEvent(event)
