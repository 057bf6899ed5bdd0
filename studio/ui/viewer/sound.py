"""Shows a sound: its name, its waveform with the part that was played, the range that is repeated. A click goes there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.domain.asset import Asset
from studio.ui.images.captions import clock_words, duration_words, title_of
from studio.ui.images.thumbnail import wrapped
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.viewer.canvas import Canvas
from studio.ui.viewer.play_range import PlayRange
from studio.ui.widgets import icons

_EDGE = 32
_HIGHEST = 220.0
_MIDDLE = 128


def peaks_of(data: bytes) -> list[tuple[float, float]]:
    """Pairs of bytes (lowest, highest; 128 is silence) as numbers from -1 to 1."""
    pairs = zip(data[0::2], data[1::2], strict=False)
    return [((low - _MIDDLE) / _MIDDLE, (high - _MIDDLE) / _MIDDLE) for low, high in pairs]


def read_peaks(path: Path) -> list[tuple[float, float]]:
    """The waveform that was kept in a file; blocks, so not on the GUI thread."""
    return peaks_of(path.read_bytes()[:8192])


class SoundView(Canvas):
    """`seeked` (seconds) by a click or drag on the waveform, `pressed` by a click elsewhere."""

    seeked = Signal(float)
    pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("soundView")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._asset: Asset | None = None
        self._peaks: list[tuple[float, float]] = []
        self._length = self._position = 0.0
        self._range = PlayRange()
        self._note = ""

    def show_asset(self, asset: Asset) -> None:
        self._asset = asset
        self._peaks = []
        self._note = ""
        self._length, self._position = asset.duration_s or 0.0, 0.0
        self._range = PlayRange()
        self.setAccessibleName(title_of(asset))
        self.update()

    @property
    def asset(self) -> Asset | None:
        return self._asset

    @property
    def has_waveform(self) -> bool:
        return bool(self._peaks)

    def show_peaks(self, peaks: list[tuple[float, float]]) -> None:
        """From -1 to 1, in the order of time."""
        self._peaks = peaks
        self.update()

    def set_note(self, words: str) -> None:
        """Why there is no waveform."""
        self._note = words
        self.update()

    def set_length(self, seconds: float) -> None:
        self._length = seconds
        self.update()

    def set_position(self, seconds: float) -> None:
        self._position = seconds
        self.setAccessibleDescription(f"{clock_words(seconds)} / {clock_words(self._length)}")
        self.update(self._wave_box().toAlignedRect().adjusted(-4, -4, 4, 4))

    def set_play_range(self, play_range: PlayRange) -> None:
        self._range = play_range
        self.update()

    # -- the mouse ----------------

    def _wave_box(self) -> QRectF:
        height = min(_HIGHEST, max(48.0, self.height() * 0.42))
        return QRectF(_EDGE, self.height() * 0.5 - height * 0.35, max(40, self.width() - 2 * _EDGE), height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._wave_box().contains(event.position()):
            self._seek(event.position())
        else:
            self.pressed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._wave_box().contains(event.position()):
            self._seek(event.position())

    def _seek(self, point: QPointF) -> None:
        box = self._wave_box()
        if self._length > 0:
            self.seeked.emit(self._length * min(1.0, max(0.0, (point.x() - box.left()) / box.width())))

    # -- painting ----------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.begin()
        asset = self._asset
        if asset is not None:
            self._paint_name(painter, asset)
            self._paint_wave(painter)
        self.paint_focus(painter)
        painter.end()

    def _paint_name(self, painter: QPainter, asset: Asset) -> None:
        tokens = self._theme.current
        wave = self._wave_box()
        painter.setFont(interface_font(tokens.font_primary, weight=QFont.Weight.Medium))
        painter.setPen(QColor(tokens.text))
        width = min(520, self.width() - 2 * _EDGE)
        spacing = painter.fontMetrics().lineSpacing()
        room = wave.top() - 24
        lines = wrapped(title_of(asset), painter.fontMetrics(), width, max(spacing, min(spacing * 3, round(room) - 52)))
        top = max(12.0, wave.top() - 44 - spacing * len(lines))
        if top > 52:
            glyph = icons.pixmap("audio", tokens.faint, 32, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(self.width() / 2 - 16, top - 44), glyph)
        box = QRectF((self.width() - width) / 2, top, width, spacing * len(lines))
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, "\n".join(lines))
        painter.setFont(interface_font(tokens.font_label))
        painter.setPen(QColor(tokens.dim))
        below = QRectF(box.left(), box.bottom() + 4, width, 20)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self._note or duration_words(asset.duration_s))

    def _paint_wave(self, painter: QPainter) -> None:
        tokens = self._theme.current
        box = self._wave_box()
        middle = box.center().y()
        self._paint_range(painter, box)
        played = box.left() + box.width() * (min(1.0, self._position / self._length) if self._length > 0 else 0.0)
        if not self._peaks:
            painter.setPen(QPen(QColor(tokens.line), 2))
            painter.drawLine(QLineF(box.left(), middle, box.right(), middle))
        else:
            before, after = self._bars(box, middle, played)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            for colour, bars in ((tokens.accent, before), (tokens.faint, after)):
                painter.setPen(QPen(QColor(colour), 1))
                painter.drawLines(bars)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.text), 1.5))
        painter.drawLine(QLineF(played, box.top(), played, box.bottom()))

    def _bars(self, box: QRectF, middle: float, played: float) -> tuple[list[QLineF], list[QLineF]]:
        """A line a column of two pixels, with one between left free: those played, and the rest."""
        before: list[QLineF] = []
        after: list[QLineF] = []
        half, count = box.height() / 2, len(self._peaks)
        for x in range(round(box.left()), round(box.right()), 3):
            low, high = self._peaks[min(count - 1, int((x - box.left()) / box.width() * count))]
            top, bottom = middle - max(0.01, high) * half, middle - min(-0.01, low) * half
            bars = before if x <= played else after
            bars += [QLineF(x, top, x, bottom), QLineF(x + 1, top, x + 1, bottom)]
        return before, after

    def _paint_range(self, painter: QPainter, box: QRectF) -> None:
        if not self._range.is_set or self._length <= 0:
            return
        start = (self._range.start_s or 0.0) / self._length
        end = 1.0 if self._range.end_s is None else min(1.0, self._range.end_s / self._length)
        shade = QColor(self._theme.current.accent)
        shade.setAlpha(40)
        left, width = box.left() + start * box.width(), (end - start) * box.width()
        painter.fillRect(QRectF(left, box.top(), width, box.height()), shade)
