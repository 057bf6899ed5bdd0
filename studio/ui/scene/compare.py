"""The board and what came of it, one over the other with a divider between them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.domain.asset import Asset
from studio.ui.images.decoder import PictureDecoder
from studio.ui.images.reading import Reading
from studio.ui.scene.painting import MARGIN
from studio.ui.theme.theme import Theme
from studio.ui.viewer.canvas import Canvas

_STEP = 0.05
_KNOB = 13.0


class CompareView(Canvas):
    """`share`: how much of the width shows the board, from the left; arrows and the mouse move it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("sceneCompare")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.share = 0.5
        self._board: QPixmap | None = None
        self._result: QPixmap | None = None
        self._asset: Asset | None = None
        self._decoder = PictureDecoder(self)
        self._decoder.decoded.connect(self._arrived)
        self._resized = QTimer(self, singleShot=True, interval=120)
        self._resized.timeout.connect(self._decode)
        self._describe()

    @property
    def has_result(self) -> bool:
        return self._result is not None

    def show_result(self, asset: Asset) -> None:
        """Read the picture that came back; it is shown when it is there."""
        self._asset = asset
        self._decode()

    def _decode(self) -> None:
        """At the size in which it is shown, so that painting it costs no scaling."""
        if self._asset is not None:
            ratio, room = self.devicePixelRatioF(), self._room()
            self._decoder.decode(str(self._asset.path), QSize(round(room.width() * ratio), round(room.height() * ratio)))

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    def show_board(self, picture: QPixmap) -> None:
        """The board as it was sent."""
        self._board = picture
        self.update()

    def set_share(self, share: float) -> None:
        self.share = min(max(share, 0.0), 1.0)
        self._describe()
        self.update()

    def _arrived(self, reading: Reading, _whole: bool) -> None:
        image = reading.image if reading.image is not None else QImage()
        self._result = None if image.isNull() else QPixmap.fromImage(image, Qt.ImageConversionFlag.NoFormatConversion)
        self.update()

    def _describe(self) -> None:
        words = self.tr("Board and result: {n} % of the board shown. Arrow keys move the divider.")
        self.setAccessibleName(words.format(n=round(self.share * 100)))

    def _frame(self) -> QRectF:
        first = self._result or self._board
        if first is None:
            return QRectF()
        size = first.deviceIndependentSize()
        room = self._room()
        scale = max(0.01, min(room.width() / size.width(), room.height() / size.height()))
        wide, high = round(size.width() * scale), round(size.height() * scale)
        return QRectF(round((self.width() - wide) / 2), round((self.height() - high) / 2), wide, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.begin()
        painter.setClipping(False)  # everything lies within the round surface, whose clip would make it slow
        frame = self._frame()
        if self._result is not None:
            painter.drawPixmap(frame, self._result, QRectF(self._result.rect()))
        if self._board is not None:
            self._paint_board(painter, frame, self._board)
        if self._result is not None and self._board is not None:
            self._paint_divider(painter, frame)
        self.paint_focus(painter)
        painter.end()

    def _paint_board(self, painter: QPainter, frame: QRectF, board: QPixmap) -> None:
        """Fitted into the result's frame, which may have another shape."""
        shown = QRectF(frame)
        if self._result is not None:
            shown.setWidth(frame.width() * self.share)
        size = board.deviceIndependentSize()
        scale = min(frame.width() / size.width(), frame.height() / size.height())
        fitted = QRectF(0, 0, size.width() * scale, size.height() * scale)
        fitted.moveCenter(frame.center())
        painter.save()
        painter.setClipRect(shown)
        painter.fillRect(shown, QColor(self._theme.current.canvas))
        painter.drawPixmap(fitted, board, QRectF(board.rect()))
        painter.restore()

    def _paint_divider(self, painter: QPainter, frame: QRectF) -> None:
        x = frame.left() + frame.width() * self.share
        painter.setPen(QPen(QColor("#FFFFFF"), 2))
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        painter.setBrush(QColor(9, 10, 13, 200))
        middle = QPointF(x, frame.center().y())
        painter.drawEllipse(middle, _KNOB, _KNOB)
        for way in (-1, 1):
            tip = middle + QPointF(way * 7, 0)
            painter.drawPolyline([tip + QPointF(-way * 4, -4), tip, tip + QPointF(-way * 4, 4)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._divide(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._divide(event.position())

    def _divide(self, point: QPointF) -> None:
        frame = self._frame()
        if frame.width() > 0:
            self.set_share((point.x() - frame.left()) / frame.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.set_share(self.share + step)
