"""Every step of a job's life, one below the other, with the time of each; long words are wrapped, never cut."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.domain.job import TimelineEntry
from studio.domain.state import JobState
from studio.ui.history.words import step_words
from studio.ui.images.captions import short_day_words
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets.job_words import state_token

_LEFT = 18
_BETWEEN = 10
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_TROUBLE = (JobState.FAILED, JobState.UNKNOWN, JobState.CANCELLED)


class StepList(QWidget):
    """Times to the second; the day before it where it is another than the first step's."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("queueTimeline")
        self.setAccessibleName(self.tr("Timeline"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._lines: list[tuple[str, str, str]] = []  # words, time, token of the dot
        self._tops: list[int] = []
        self.setFont(interface_font(theme.current.font_label))
        theme.changed.connect(self.update)

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        day = entries[0].at.astimezone().date() if entries else None
        self._lines = []
        for number, entry in enumerate(entries):
            local = entry.at.astimezone()
            moment = f"{local:%H:%M:%S}"
            if local.date() != day:
                moment = f"{short_day_words(local.date())}, {moment}"
            last = number == len(entries) - 1
            token = state_token(entry.state) if last or entry.state in _TROUBLE else "ok"
            self._lines.append((entry.note or step_words(entry.state), moment, token))
        self.setAccessibleDescription(". ".join(f"{words} {moment}" for words, moment, _ in self._lines))
        self._measure()

    def lines(self) -> list[tuple[str, str]]:
        """(words, time) of each step."""
        return [(words, moment) for words, moment, _ in self._lines]

    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure()

    def _measure(self) -> None:
        metrics = QFontMetrics(self.font())
        top, self._tops = 0, []
        for words, moment, _ in self._lines:
            self._tops.append(top)
            room = QRect(0, 0, self._room(metrics, moment), 10_000)
            top += metrics.boundingRect(room, _WRAP, words).height() + _BETWEEN
        self.setFixedHeight(max(0, top - _BETWEEN))
        self.update()

    def _room(self, metrics: QFontMetrics, moment: str) -> int:
        return max(60, self.width() - _LEFT - metrics.horizontalAdvance(moment) - 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        metrics = QFontMetrics(self.font())
        for number, (words, moment, token) in enumerate(self._lines):
            top = self._tops[number]
            middle = top + metrics.height() / 2
            if number + 1 < len(self._lines):
                painter.setPen(QColor(tokens.line))
                painter.drawLine(QPointF(4, middle + 6), QPointF(4, self._tops[number + 1] + metrics.height() / 2 - 6))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(tokens, token)))
            painter.drawEllipse(QPointF(4, middle), 4, 4)
            painter.setPen(QColor(tokens.dim))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
            painter.drawText(QRect(0, top, self.width(), metrics.height()), right, moment)
            painter.setPen(QColor(tokens.text))
            painter.drawText(QRect(_LEFT, top, self._room(metrics, moment), 10_000), _WRAP, words)
