"""Jump to a date: years and months with how much was made in each, and a field for a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from PySide6.QtCore import QDate, QLocale, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QDateEdit,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.ui.gallery.days import Day, first_of
from studio.ui.gallery.popover import Popover
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label

_Index = QModelIndex | QPersistentModelIndex
_PLACE = Qt.ItemDataRole.UserRole


class Month(NamedTuple):
    """A month, how many assets it has, and where its newest stands."""

    first_day: date
    made: int
    position: int


def months_of(days: Sequence[Day]) -> list[Month]:
    """The months that have any assets, newest first."""
    months: list[Month] = []
    position = 0
    for day in days:
        first_day = day.day.replace(day=1)
        if months and months[-1].first_day == first_day:
            months[-1] = months[-1]._replace(made=months[-1].made + day.count)
        else:
            months.append(Month(first_day, day.count, position))
        position += day.count
    return months


class _MonthLine(QStyledItemDelegate):
    """The month at the left, its number at the right; years as quiet headings."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, 30)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        words, _, number = str(index.data()).partition("\t")
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        box = option.rect.adjusted(10, 0, -10, 0)
        # not the option's own: a stylesheet makes of it the text's colour, half transparent, which is too pale to be read
        quiet = QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text) if number else quiet)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.setPen(quiet)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)


class _Months(QListWidget):
    """Enter takes the month; a digit goes to the year that begins so."""

    taken = Signal(QListWidgetItem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self.taken.emit(self.currentItem())
        else:
            super().keyPressEvent(event)


class DateJump(Popover):
    """`chosen` (position of the first asset to be shown)."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget, days: Sequence[Day], now_at: date | None) -> None:
        super().__init__(parent, "dateJump", self.tr("Jump to a date"))
        self._days = list(days)
        self.months = _Months()
        self.months.setObjectName("dateJumpMonths")
        self.months.setAccessibleName(self.tr("Months"))
        self.months.setMinimumSize(260, 320)
        self.months.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.months.setItemDelegate(_MonthLine(self.months))
        self._fill(now_at)
        self.months.itemClicked.connect(self._take)
        self.months.taken.connect(self._take)
        self.day = QDateEdit(QDate.currentDate() if now_at is None else QDate(now_at.year, now_at.month, now_at.day))
        self.day.setObjectName("dateJumpDay")
        self.day.setDisplayFormat("d MMM yyyy")
        self.day.setAccessibleName(self.tr("Day"))
        self.day.setCalendarPopup(True)
        go = push(self.tr("Go"), "dateJumpGo")
        go.clicked.connect(self._take_day)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(self.tr("Day"), "label", buddy=self.day))
        row.addWidget(self.day, 1)
        row.addWidget(go)
        self.column.addWidget(self.months, 1)
        self.column.addLayout(row)
        self.months.setFocus()

    def _fill(self, now_at: date | None) -> None:
        year = None
        locale = QLocale()
        for month in months_of(self._days):
            if month.first_day.year != year:
                year = month.first_day.year
                self.months.addItem(self._heading(str(year)))
            name = locale.standaloneMonthName(month.first_day.month)
            item = QListWidgetItem(f"{name}\t{month.made:,}")
            item.setData(_PLACE, month.position)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, self.tr("{0} {1}, {2}").format(name, year, f"{month.made:,}"))
            self.months.addItem(item)
            if self.months.currentItem() is None or (now_at is not None and month.first_day >= now_at.replace(day=1)):
                self.months.setCurrentItem(item)

    def _heading(self, words: str) -> QListWidgetItem:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def _take(self, item: QListWidgetItem) -> None:
        place = item.data(_PLACE)
        if isinstance(place, int):
            self.chosen.emit(place)
            self.close()

    def _take_day(self) -> None:
        picked = self.day.date()
        self.chosen.emit(first_of(self._days, date(picked.year(), picked.month(), picked.day())))
        self.close()
