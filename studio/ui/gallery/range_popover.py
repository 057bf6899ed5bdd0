"""Two values between which the gallery is narrowed: days, pixels, seconds or credits."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QCheckBox, QDateEdit, QDoubleSpinBox, QHBoxLayout, QSpinBox, QWidget

from studio.domain.query import AssetQuery
from studio.ui.gallery.filters import FIELDS, Filter, day_start, title_of_filter
from studio.ui.gallery.popover import Popover
from studio.ui.images.captions import today
from studio.ui.widgets.buttons import push

_MOST = {Filter.SIZE: 65_535, Filter.LENGTH: 86_400, Filter.COST: 10_000_000}


class RangePopover(Popover):
    """`chosen` (values by field) when the person takes it. An end that is switched off is open."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, which: Filter, query: AssetQuery) -> None:
        super().__init__(parent, "filterRange", title_of_filter(which))
        self._which = which
        least, most = (getattr(query, name) for name in FIELDS[which])
        if isinstance(most, datetime):
            most -= timedelta(microseconds=1)
        self.least, self._least_on = self._end(self.tr("From"), "filterLeast", least)
        self.most, self._most_on = self._end(self.tr("To"), "filterMost", most)
        if least is None and most is None:
            self._least_on.setChecked(True)
        take = push(self.tr("Apply"), "filterApply", "primary")
        take.clicked.connect(self._take)
        self.column.addWidget(take)

    def _end(self, words: str, name: str, value: object) -> tuple[QWidget, QCheckBox]:
        on = QCheckBox(words)
        on.setObjectName(f"{name}On")
        on.setAccessibleName(words)
        control = self._control(value)
        control.setObjectName(name)
        control.setAccessibleName(f"{title_of_filter(self._which)}: {words}")
        control.setEnabled(value is not None)
        on.setChecked(value is not None)
        on.toggled.connect(control.setEnabled)
        row = QHBoxLayout()
        row.setSpacing(12)
        on.setMinimumWidth(72)
        row.addWidget(on)
        row.addWidget(control, 1)
        self.column.addLayout(row)
        return control, on

    def _control(self, value: object) -> QWidget:
        if self._which is Filter.DATE:
            day = value.astimezone().date() if isinstance(value, datetime) else today()
            edit = QDateEdit(QDate(day.year, day.month, day.day))
            edit.setDisplayFormat("d MMM yyyy")
            edit.setCalendarPopup(True)
            edit.setMinimumWidth(140)
            return edit
        box: QSpinBox | QDoubleSpinBox = QSpinBox() if self._which is Filter.SIZE else QDoubleSpinBox()
        box.setRange(0, _MOST[self._which])
        box.setMinimumWidth(120)
        box.setSuffix({Filter.SIZE: " px", Filter.LENGTH: " s"}.get(self._which, ""))
        if isinstance(value, int | float):
            box.setValue(value)  # type: ignore[arg-type]  # a whole number for the box of whole numbers
        return box

    def values(self) -> dict[str, object]:
        """What is chosen now, by field of AssetQuery."""
        ends = zip(FIELDS[self._which], ((self.least, self._least_on), (self.most, self._most_on)), strict=True)
        chosen: dict[str, object] = {}
        for name, (control, on) in ends:
            if on.isChecked():
                chosen[name] = self._value(control, is_end=control is self.most)
        return chosen

    def _value(self, control: QWidget, *, is_end: bool) -> object:
        if isinstance(control, QDateEdit):
            picked = control.date()
            day = datetime(picked.year(), picked.month(), picked.day()).date()  # noqa: DTZ001  # a day, not a moment
            return day_start(day + timedelta(days=1) if is_end else day)
        return control.value() if isinstance(control, QSpinBox | QDoubleSpinBox) else None

    def _take(self) -> None:
        self.chosen.emit(self.values())
        self.close()
