"""The steps of one job's life, below each other on a line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.domain.job import TimelineEntry
from studio.domain.state import JobState
from studio.ui.history.words import step_words
from studio.ui.images.captions import short_day_words
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets.job_words import state_token

LINE = 30


class StepsView(QWidget):
    """Every step with its time to the millisecond; the day where it differs from the first one's."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyTimeline")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._entries: Sequence[TimelineEntry] = ()
        self.setFont(interface_font(theme.current.font_body))
        theme.changed.connect(self.update)

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        self._entries = entries
        self.setFixedHeight(LINE * len(entries))
        self.setAccessibleName(self.tr("Timeline"))
        self.setAccessibleDescription(". ".join(f"{words} {moment}" for words, moment in self.lines()))
        self.update()

    def lines(self) -> list[tuple[str, str]]:
        """(words, time) of each step."""
        answer = []
        day = None
        for entry in self._entries:
            local = entry.at.astimezone()
            clock = f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"
            moment = clock if day in (None, local.date()) else f"{short_day_words(local.date())}, {clock}"
            answer.append((entry.note or step_words(entry.state), moment))
            day = day or local.date()
        return answer

    def sizeHint(self) -> QSize:
        return QSize(328, LINE * len(self._entries))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self.font())
        painter.setFont(self.font())
        for number, (words, moment) in enumerate(self.lines()):
            box = QRect(0, number * LINE, self.width(), LINE)
            middle = box.center().y() + 0.5
            if number + 1 < len(self._entries):
                painter.setPen(QColor(tokens.line))
                painter.drawLine(QPointF(4, middle + 6), QPointF(4, middle + LINE - 6))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(tokens, self._dot(number))))
            painter.drawEllipse(QPointF(4, middle), 4, 4)
            painter.setPen(QColor(tokens.dim))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, moment)
            room = box.adjusted(20, 0, -metrics.horizontalAdvance(moment) - 12, 0)
            painter.setPen(QColor(tokens.text))
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _dot(self, number: int) -> str:
        """Steps that are behind are fine; failures and the step that runs now have their own colour."""
        state = self._entries[number].state
        if state in (JobState.FAILED, JobState.UNKNOWN, JobState.CANCELLED) or number == len(self._entries) - 1:
            return state_token(state)
        return "ok"
