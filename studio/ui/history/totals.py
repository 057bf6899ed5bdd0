"""What was spent: three sums and a bar for each day of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from studio.domain.query import DaySpending, JobTotals
from studio.ui.images.captions import day_words, today
from studio.ui.theme.theme import Theme
from studio.ui.theme.tokens import mix
from studio.ui.widgets.job_words import credits_spelt
from studio.ui.widgets.words import counted, label

if TYPE_CHECKING:
    from studio.app.core import Core

DAYS = 30
RECENT = 7
"""The last days are in the full accent colour, the ones before in a quiet one."""


class DayChart(QWidget):
    """Bars of `DAYS` days, today at the right: credits where any were spent in that time, else the number of jobs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyChart")
        self._theme = theme
        self._by_day: dict[date, DaySpending] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(48)
        self.setMinimumWidth(180)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(700, 48)

    def show_days(self, days: Sequence[DaySpending]) -> None:
        self._by_day = {spending.day.astimezone().date(): spending for spending in days}
        total = sum(spending.charged for spending in days)
        jobs = sum(spending.jobs for spending in days)
        self.setAccessibleName(self.tr("The last 30 days"))
        self.setAccessibleDescription(self._spelt(jobs, total))
        self.update()

    def bars(self) -> list[tuple[date, float]]:
        """(day, height from 0 to 1), oldest first."""
        now = today()
        days = [now - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
        shown = [self._by_day.get(day) for day in days]
        by_credits = any(spending is not None and spending.charged > 0 for spending in shown)
        amounts = [0.0 if s is None else (s.charged if by_credits else float(s.jobs)) for s in shown]
        largest = max(amounts) or 1.0
        return [(day, amount / largest) for day, amount in zip(days, amounts, strict=True)]

    def _box(self, number: int) -> QRectF:
        pitch = self.width() / DAYS
        return QRectF(number * pitch, 0, max(2.0, pitch - 3), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        quiet = QColor(mix(tokens.bg, tokens.accent, 0.38))
        for number, (_, height) in enumerate(self.bars()):
            box = self._box(number)
            tall = max(2.0, height * self.height())
            recent = QColor(tokens.accent) if number >= DAYS - RECENT else quiet
            painter.setBrush(recent if height > 0 else QColor(tokens.surface3))
            bar = QRectF(box.left(), self.height() - tall, box.width(), tall)
            painter.drawRoundedRect(bar, min(2.0, tall / 2), min(2.0, tall / 2))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(event.pos()), self)
            return True
        return super().event(event)

    def _tip(self, point: QPoint) -> str:
        number = min(DAYS - 1, max(0, int(point.x() * DAYS / max(1, self.width()))))
        day = today() - timedelta(days=DAYS - 1 - number)
        spending = self._by_day.get(day)
        jobs, charged = (0, 0.0) if spending is None else (spending.jobs, spending.charged)
        return f"{day_words(day)}: {self._spelt(jobs, charged)}"

    def _spelt(self, jobs: int, charged: float) -> str:
        return ", ".join((counted(jobs, self.tr("{n} job"), self.tr("{n} jobs")), credits_spelt(charged)))


class TotalsBar(QWidget):
    """This month's sums and the chart."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyTotals")
        self.setFixedHeight(80)
        tokens = theme.current
        self.chart = DayChart(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.lg, 0, tokens.lg, 0)
        row.setSpacing(tokens.xxl)
        self._spent = self._sum(row, self.tr("This month"), "totalSpent")
        self._jobs = self._sum(row, self.tr("Jobs"), "totalJobs")
        self._failed = self._sum(row, self.tr("Failed"), "totalFailed")
        row.addWidget(self.chart, 1)

    @staticmethod
    def _sum(row: QHBoxLayout, name: str, object_name: str) -> QLabel:
        value = label("–", "title")
        value.setObjectName(object_name)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addStretch(1)
        column.addWidget(label(name, "label", buddy=value))
        column.addWidget(value)
        column.addStretch(1)
        row.addLayout(column)
        return value

    @staticmethod
    async def read(core: Core) -> tuple[JobTotals, JobTotals]:
        """The sums since the first of the month, and those of the last DAYS days; on the core's thread."""
        here = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return await core.history.totals(here.replace(day=1)), await core.history.totals(here - timedelta(days=DAYS - 1))

    def show_sums(self, sums: tuple[JobTotals, JobTotals]) -> None:
        """What `read` gave."""
        self.show_month(sums[0])
        self.chart.show_days(sums[1].days)

    def show_month(self, totals: JobTotals) -> None:
        """Sums of the jobs since the first of the month."""
        self._spent.setText(credits_spelt(totals.charged))
        self._jobs.setText(f"{totals.jobs:,}")
        self._failed.setText(f"{totals.failed:,}")

    def words(self) -> tuple[str, str, str]:
        """What stands there: spent, jobs, failed."""
        return self._spent.text(), self._jobs.text(), self._failed.text()
