"""Where a clip stands, as a slider: a click goes there at once, and the part that is played over and over is marked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSlider, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.viewer.play_range import PlayRange

_MARK = 3.0
"""Pixels: how thick the range is drawn."""


class SeekSlider(QSlider):
    """Milliseconds."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("seekSlider")
        self.setSingleStep(1000)
        self.setPageStep(5000)
        self.setMinimumWidth(64)
        self._theme = theme
        self._range = PlayRange()

    def set_play_range(self, play_range: PlayRange) -> None:
        self._range = play_range
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            from PySide6.QtWidgets import QStyle, QStyleOptionSlider  # their enums take 10 ms: not at the start

            option = QStyleOptionSlider()
            self.initStyleOption(option)
            handle = self.style().subControlRect(
                QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
            )
            if not handle.contains(event.position().toPoint()):
                room = max(1, self.width() - handle.width())
                at = round(event.position().x() - handle.width() / 2)
                value = QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, room)
                self.setSliderPosition(value)
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._range.is_set or self.maximum() <= 0:
            return
        left = self._x(self._range.start_s or 0.0)
        right = self._x(self.maximum() / 1000 if self._range.end_s is None else self._range.end_s)
        painter = QPainter(self)
        accent = QColor(self._theme.current.accent)
        bottom = self.height() / 2 + 9
        painter.fillRect(QRectF(left, bottom - _MARK, max(1.0, right - left), _MARK), accent)
        for x in (left, right):
            painter.fillRect(QRectF(x - 1, bottom - 3 * _MARK, 2, 3 * _MARK), accent)
        painter.end()

    def _x(self, seconds: float) -> float:
        inset = 7.0  # half the handle
        return inset + (self.width() - 2 * inset) * min(1.0, seconds * 1000 / self.maximum())
