"""Ranges of days and of credits: what an entry of a menu means, and the dialogs that ask for others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QDialog, QDoubleSpinBox, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.images.captions import today
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label

Days = tuple[date | None, date | None]
"""From the first to the last, both counted."""
Cost = tuple[float | None, float | None]


def days_of(name: str | None, now: date) -> Days:
    """The days that an entry of the menu means."""
    first_of_month = now.replace(day=1)
    last_month = first_of_month - timedelta(days=1)
    known: dict[str | None, Days] = {
        "today": (now, now), "yesterday": (now - timedelta(days=1), now - timedelta(days=1)),
        "7": (now - timedelta(days=6), now), "30": (now - timedelta(days=29), now), "month": (first_of_month, now),
        "last_month": (last_month.replace(day=1), last_month),
    }
    return known.get(name, (None, None))


class RangeDialog(QDialog):
    """Two ends. `taken(range)`; shown with `open()`. Put away without an answer nothing changes."""

    taken = Signal(object)

    def __init__(self, heading: str, ends: Sequence[tuple[str, QWidget]], parent: QWidget) -> None:
        super().__init__(parent.window())
        self.setObjectName("historyRange")
        self.setWindowTitle(heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(label(heading, "heading"))
        for name, end in ends:
            end.setAccessibleName(name)
            row = QHBoxLayout()
            row.addWidget(label(name, "label", buddy=end), 1)
            row.addWidget(end, 2)
            column.addLayout(row)
        cancel, yes = push(self.tr("Cancel"), "historyRangeCancel"), push(self.tr("Show"), "historyRangeShow", "primary")
        cancel.clicked.connect(self.reject)
        yes.clicked.connect(self._take)
        yes.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(yes)
        column.addLayout(buttons)

    def value(self) -> tuple[object, object]:
        """Both ends, the smaller first."""
        raise NotImplementedError

    def _take(self) -> None:
        self.taken.emit(self.value())
        self.accept()


class DayRange(RangeDialog):
    """From a day to a day."""

    def __init__(self, days: Days, parent: QWidget) -> None:
        first, last = (QDateEdit(QDate(day.year, day.month, day.day)) for day in ((one or today()) for one in days))
        for edit in (first, last):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("d MMM yyyy")
        first.setObjectName("historyFirstDay")
        last.setObjectName("historyLastDay")
        ends = ((parent.tr("From"), first), (parent.tr("To"), last))
        super().__init__(parent.tr("Jobs of these days"), ends, parent)
        self.first, self.last = first, last

    def value(self) -> tuple[object, object]:
        first, last = sorted(date(day.year(), day.month(), day.day()) for day in (self.first.date(), self.last.date()))
        return first, last


class CostRange(RangeDialog):
    """From so many credits to so many."""

    def __init__(self, cost: Cost, parent: QWidget) -> None:
        low, high = (QDoubleSpinBox(decimals=2, maximum=1_000_000.0) for _ in range(2))
        low.setObjectName("historyLeastCredits")
        high.setObjectName("historyMostCredits")
        low.setValue(cost[0] or 0.0)
        high.setValue(100.0 if cost[1] is None else cost[1])
        super().__init__(parent.tr("Jobs that cost"), ((parent.tr("From"), low), (parent.tr("To"), high)), parent)
        self.low, self.high = low, high

    def value(self) -> tuple[object, object]:
        low, high = sorted((self.low.value(), self.high.value()))
        return low, high
