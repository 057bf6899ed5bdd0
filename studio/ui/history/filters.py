"""What is to be seen of the history: state, kind, operation, account, label, days, cost; and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from studio.domain.history import HistoryFacets, HistoryOrder, HistoryQuery
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState
from studio.ui.history.filter_box import FilterBox
from studio.ui.history.ranges import Cost, CostRange, DayRange, Days, RangeDialog, days_of
from studio.ui.images.captions import kind_words, short_day_words, today
from studio.ui.widgets.buttons import push
from studio.ui.widgets.job_words import number_words, operation_words, state_name

_ON_THE_WAY = (JobState.UPLOADING, JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.CANCELLING)
_STATES: Mapping[JobState, tuple[JobState, ...]] = {
    JobState.QUEUED: (JobState.QUEUED,), JobState.RUNNING: _ON_THE_WAY, JobState.DONE: (JobState.DONE,),
    JobState.FAILED: (JobState.FAILED,), JobState.UNKNOWN: (JobState.UNKNOWN,), JobState.CANCELLED: (JobState.CANCELLED,),
}
CHOOSE = "choose"
_PRICES: tuple[Cost, ...] = ((0.0, 0.0), (0.01, 10.0), (10.0, 50.0), (50.0, None))


class Filters(QWidget):
    """`changed()` when something else is to be seen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyFilters")
        self._titles: Mapping[str, str] = {}
        self._days: Days = (None, None)
        self._cost: Cost = (None, None)
        self.states = FilterBox("historyState", self.tr("State"), self.tr("All states"))
        self.kinds = FilterBox("historyKind", self.tr("Kind"), self.tr("All kinds"))
        self.operations = FilterBox("historyOperation", self.tr("Operation"), self.tr("All operations"))
        self.accounts = FilterBox("historyAccount", self.tr("Account"), self.tr("All accounts"))
        self.labels = FilterBox("historyLabel", self.tr("Label"), self.tr("All labels"))
        self.days = FilterBox("historyDays", self.tr("Day"), self.tr("Any day"))
        self.costs = FilterBox("historyCost", self.tr("Cost"), self.tr("Any cost"))
        self.order = FilterBox("historyOrder", self.tr("Order"))
        for state in _STATES:
            self.states.addItem(state_name(state), state.value)
        for kind in MediaKind:
            self.kinds.addItem(kind_words(kind), kind.value)
        self._fill_ranges()
        self.clear_button = push(self.tr("Clear"), "historyClearFilters", "ghost")
        self.clear_button.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 8)
        row.setSpacing(4)
        for box in self._boxes():
            row.addWidget(box)
            box.activated.connect(self._tell)
        self.days.activated.disconnect()
        self.days.activated.connect(self._days_chosen)
        self.costs.activated.disconnect()
        self.costs.activated.connect(self._cost_chosen)
        row.addWidget(self.clear_button)
        self._show_clear()

    def _boxes(self) -> tuple[QComboBox, ...]:
        return (self.states, self.kinds, self.operations, self.accounts, self.labels, self.days, self.costs, self.order)

    def _fill_ranges(self) -> None:
        for words, name in ((self.tr("Today"), "today"), (self.tr("Yesterday"), "yesterday"), (self.tr("Last 7 days"), "7"),
                            (self.tr("Last 30 days"), "30"), (self.tr("This month"), "month"),
                            (self.tr("Last month"), "last_month"), (self.tr("Between…"), CHOOSE)):
            self.days.addItem(words, name)
        for cost in _PRICES:
            self.costs.addItem(self._cost_words(cost), cost)
        self.costs.addItem(self.tr("Between…"), CHOOSE)
        for words, order in ((self.tr("Newest first"), HistoryOrder.NEWEST), (self.tr("Oldest first"), HistoryOrder.OLDEST),
                             (self.tr("Most credits first"), HistoryOrder.COST),
                             (self.tr("Longest first"), HistoryOrder.DURATION)):
            self.order.addItem(words, order.value)

    def _cost_words(self, cost: Cost) -> str:
        low, high = cost
        if high == 0:
            return self.tr("Free")
        if high is None:
            return self.tr("{n} credits or more").format(n=number_words(low or 0))
        if not low or low < 1:
            return self.tr("Up to {n} credits").format(n=number_words(high))
        return self.tr("{low} to {high} credits").format(low=number_words(low), high=number_words(high))

    # what there is to choose from

    def show_facets(self, facets: HistoryFacets, titles: Mapping[str, str], accounts: Mapping[str, str]) -> None:
        """The values that occur, by their titles."""
        self._titles = titles
        _refill(self.operations, [(operation_words(name, titles), name) for name in facets.operations])
        _refill(self.accounts, [(accounts.get(name, name), name) for name in facets.accounts])
        _refill(self.labels, [(name, name) for name in facets.labels])

    # what is chosen

    def query(self, search: str) -> HistoryQuery:
        """What the choices mean, with these words beside them."""
        state, kind, operation = (box.currentData() for box in (self.states, self.kinds, self.operations))
        first, last = self._days
        low, high = self._cost
        return HistoryQuery(
            search=search.strip() or None,
            states=() if state is None else _STATES[JobState(state)],
            operations=() if operation is None else (str(operation),),
            kind=None if kind is None else MediaKind(kind),
            account=self.accounts.currentData(), label=self.labels.currentData(),
            since=None if first is None else _beginning(first),
            until=None if last is None else _beginning(last + timedelta(days=1)),
            min_credits=low, max_credits=high, order=HistoryOrder(self.order.currentData()),
        )

    @property
    def is_open(self) -> bool:
        """Whether all jobs pass."""
        return self.query("").is_open

    def set_order(self, order: HistoryOrder) -> None:
        """As if it were chosen."""
        self.order.setCurrentIndex(self.order.findData(order.value))
        self._tell()

    def set_days(self, days: Days) -> None:
        """Only jobs of these days; (None, None): of all."""
        self._days = days
        self._tell()

    def set_cost(self, cost: Cost) -> None:
        """Only jobs that cost so much."""
        self._cost = cost
        self._tell()

    def clear(self) -> None:
        """Let everything pass, in the usual order."""
        for box in self._boxes():
            box.setCurrentIndex(0)
        self._name_range(self.days, "")
        self._name_range(self.costs, "")
        self._days, self._cost = (None, None), (None, None)
        self._tell()

    def _tell(self, *_: object) -> None:
        self._show_clear()
        self.changed.emit()

    def _show_clear(self) -> None:
        self.clear_button.setEnabled(self.query("") != HistoryQuery())

    def _days_chosen(self, _: int) -> None:
        name = self.days.currentData()
        if name == CHOOSE:
            self._open(DayRange(self._days, self), self._take_days)
            return
        self._name_range(self.days, "")
        self.set_days(days_of(name, today()))

    def _take_days(self, days: Days) -> None:
        first, last = (short_day_words(day) if day else "" for day in days)
        self._name_range(self.days, f"{first} – {last}")
        self.set_days(days)

    def _cost_chosen(self, _: int) -> None:
        cost = self.costs.currentData()
        if cost == CHOOSE:
            self._open(CostRange(self._cost, self), self._take_cost)
            return
        self._name_range(self.costs, "")
        self.set_cost((None, None) if cost is None else (cost[0], cost[1]))

    def _take_cost(self, cost: Cost) -> None:
        self._name_range(self.costs, self._cost_words(cost))
        self.set_cost(cost)

    def _name_range(self, box: QComboBox, words: str) -> None:
        """The entry for a range of one's own says which it is."""
        box.setItemText(box.findData(CHOOSE), words or self.tr("Between…"))

    @staticmethod
    def _open(dialog: RangeDialog, take: Callable[..., None]) -> None:
        dialog.taken.connect(take)
        dialog.open()


def _refill(box: QComboBox, entries: Sequence[tuple[str, str]]) -> None:
    """Other entries; what is chosen stays, also where it occurs no more."""
    if [(box.itemText(at), box.itemData(at)) for at in range(1, box.count())] == list(entries):
        return
    chosen, words = box.currentData(), box.currentText()
    while box.count() > 1:
        box.removeItem(1)
    for title, value in entries:
        box.addItem(title, value)
    if chosen is not None and box.findData(chosen) < 0:
        box.addItem(words, chosen)
    box.setCurrentIndex(max(0, box.findData(chosen)))


def _beginning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day).astimezone()
