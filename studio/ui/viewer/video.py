"""Shows a clip (or a sound): its poster until the first frame, then the frames as they come."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.domain.asset import Asset
from studio.domain.job import now
from studio.domain.kinds import MediaKind
from studio.ui.images.captions import duration_words, title_of
from studio.ui.images.decoder import PictureDecoder
from studio.ui.images.reading import Reading
from studio.ui.images.thumbnail import wrapped
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.viewer.canvas import Canvas
from studio.ui.widgets import icons

DISC = 32
"""Radius of the round play sign over a poster."""
JUST_MADE = timedelta(seconds=30)
POSTER_WAIT_MS = 3000
"""How long the poster of a clip that was made just now is waited for; then an empty frame stands there."""


class VideoView(Canvas):
    """`pressed` when the person clicks the picture."""

    pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("videoView")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._asset: Asset | None = None
        self._poster: QImage | None = None
        self._frame: QImage | None = None
        self._sign = True
        self._down = False
        self._poster_asked = False
        self._wait = QTimer(self, singleShot=True, interval=POSTER_WAIT_MS)
        self._wait.timeout.connect(self.update)
        self._decoder = PictureDecoder(self)
        self._decoder.decoded.connect(self._poster_arrived)
        self.setFont(interface_font(theme.current.font_body))

    def show_asset(self, asset: Asset) -> None:
        """Show its poster; frames follow when it plays."""
        self.clear()
        self._asset = asset
        self.setAccessibleName(title_of(asset))
        self.show_poster(asset.thumbnail)
        if asset.thumbnail is None and asset.kind is MediaKind.VIDEO and now() - asset.created_at < JUST_MADE:
            self._wait.start()
        self.update()

    def show_poster(self, path: Path | None) -> None:
        """The picture that stands for the clip until it plays; it may be made only after the clip is there."""
        if path is not None and self._poster is None:
            self._poster_asked = True
            ratio = self.devicePixelRatioF()
            self._decoder.decode(str(path), QSize(round(self.width() * ratio), round(self.height() * ratio)))

    def clear(self) -> None:
        self._asset = None
        self._poster_asked = False
        self._wait.stop()
        self._decoder.cancel()
        self._poster = self._frame = None
        self._sign = True
        self.update()

    @property
    def frame(self) -> QImage | None:
        """The frame that is shown now, None while it is the poster."""
        return self._frame

    @property
    def is_waiting(self) -> bool:
        """Whether the clip was made just now and its poster is still to come: words stand in its place."""
        return self._wait.isActive() and self._frame is None

    @property
    def has_poster(self) -> bool:
        return self._poster is not None

    def show_frame(self, image: QImage) -> None:
        self._frame = image
        self.update()

    def set_sign(self, wanted: bool) -> None:
        """The round play sign in the middle, while nothing plays."""
        if wanted != self._sign:
            self._sign = wanted
            self.update()

    def _poster_arrived(self, reading: Reading, _whole: bool) -> None:
        self._poster = reading.image
        self._poster_asked = False  # one that cannot be read leaves the empty frame
        self._wait.stop()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._down = event.button() == Qt.MouseButton.LeftButton

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._down and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()  # not at the press: that may become a drag of the clip
        self._down = False

    # -- painting ----------------

    def _frame_box(self) -> QRectF:
        """By the clip's own size, so that poster and frames stand in the same place; the poster's where it is not known."""
        asset = self._asset
        if asset is not None and asset.width and asset.height:
            return self.fitted(asset.width, asset.height)
        image = self._frame or self._poster
        return QRectF() if image is None else self.fitted(image.width(), image.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.begin()
        asset = self._asset
        image = self._frame or self._poster
        if image is not None:
            box = self._frame_box()
            if self._frame is not None:
                box = self.fitted(image.width(), image.height())
            painter.drawImage(box, image)
        elif asset is not None and asset.kind is MediaKind.AUDIO:
            self._paint_sound(painter, asset)
        elif asset is not None and self.is_waiting:
            self._paint_waiting(painter)
        elif asset is not None and not self._poster_asked:
            self._paint_empty_frame(painter)
        if self._sign and asset is not None and asset.kind is MediaKind.VIDEO and not self.is_waiting:
            self._paint_sign(painter)
        self.paint_focus(painter)
        painter.end()

    def _paint_waiting(self, painter: QPainter) -> None:
        painter.setFont(interface_font(self._theme.current.font_label))
        painter.setPen(QColor(self._theme.current.dim))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Making its preview…"))

    def _paint_empty_frame(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.current.surface1))
        painter.drawRect(self._frame_box())

    def _paint_sound(self, painter: QPainter, asset: Asset) -> None:
        tokens = self._theme.current
        glyph = icons.pixmap("audio", tokens.faint, 40, self.devicePixelRatioF())
        middle = self.rect().center()
        painter.drawPixmap(QPoint(middle.x() - 20, middle.y() - 64), glyph)
        width = min(440, self.width() - 48)
        painter.setFont(interface_font(tokens.font_primary, weight=QFont.Weight.Medium))
        painter.setPen(QColor(tokens.text))
        lines = wrapped(title_of(asset), painter.fontMetrics(), width, painter.fontMetrics().lineSpacing() * 3)
        box = QRectF(middle.x() - width / 2, middle.y() - 8, width, 72)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, "\n".join(lines))
        painter.setFont(interface_font(tokens.font_label))
        painter.setPen(QColor(tokens.dim))
        below = QRectF(box.left(), box.top() + len(lines) * 20 + 6, width, 20)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, duration_words(asset.duration_s))

    def _paint_sign(self, painter: QPainter) -> None:
        middle = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(9, 10, 13, 170))
        painter.drawEllipse(middle, DISC, DISC)
        painter.setBrush(QColor("#FFFFFF"))
        left = middle + QPointF(-8, 0)
        painter.drawPolygon(QPolygonF([left + QPointF(0, -13), left + QPointF(22, 0), left + QPointF(0, 13)]))
