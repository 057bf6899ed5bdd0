"""The history page: what was spent on top, a table with one line a job, details at the right."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.event import JobChanged
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job, TimelineEntry
from studio.domain.ledger import LedgerEntry
from studio.domain.query import JobTotals
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.costs.page import CostsView
from studio.ui.gallery.search_field import SearchField
from studio.ui.history.details import JobDetails
from studio.ui.history.model import HistoryModel
from studio.ui.history.table import HistoryTable
from studio.ui.history.totals import DAYS, TotalsBar
from studio.ui.images.message import MessageView
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.job_words import state_name
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import counted, label, rule

if TYPE_CHECKING:
    from studio.app.core import Core

SEARCH_DELAY_MS = 120
_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.DONE, JobState.FAILED, JobState.UNKNOWN, JobState.CANCELLED)


class HistoryPage(QWidget):
    """`assetOpened` (asset) to show a result, `runAgain` (job) to fill the form with it, `showInGallery` (asset)."""

    assetOpened = Signal(object)  # noqa: N815  # Qt's spelling
    showInGallery = Signal(object)  # noqa: N815
    runAgain = Signal(object)  # noqa: N815
    makeRequested = Signal()  # noqa: N815

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyPage")
        self._bridge, self._theme = bridge, theme
        self._failure = ""
        self.model = HistoryModel(bridge, self)
        self.table = HistoryTable(self.model, theme, self)
        self.totals = TotalsBar(theme, self)
        self.costs = CostsView(bridge, theme)
        self.details = JobDetails(theme, self)
        self.details.hide()
        self.message = MessageView(theme, self)
        self.message.setObjectName("historyMessage")
        self._make = push(self.tr("Make something"), "historyMake", "primary")
        self._clear = push(self.tr("Show all jobs"), "historyClear")
        self._again = push(self.tr("Try again"), "historyTryAgain")
        self._build()
        self._delay = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._sums = QTimer(self, singleShot=True, interval=250)
        self.setFocusProxy(self.table)
        self._connect()
        self._show_state()

    # -- assembly ----------------

    def _build(self) -> None:
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.message)
        jobs = QWidget()
        inside = QVBoxLayout(jobs)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.totals)
        inside.addWidget(self._stack, 1)
        self._views = QStackedWidget(self)
        self._views.addWidget(jobs)
        self._views.addWidget(self.costs)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._bar())
        left.addWidget(rule())
        left.addWidget(self._views, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        self._rule = rule(vertical=True)
        self._rule.hide()
        row.addWidget(self._rule)
        row.addWidget(self.details)

    def _bar(self) -> QWidget:
        tokens = self._theme.current
        bar = QWidget(self)
        bar.setFixedHeight(56)
        self.search = SearchField(self._theme, "historySearch", bar)
        self.search.setAccessibleName(self.tr("Search the history"))
        self.search.setPlaceholderText(self.tr("Search prompts, labels, job ids"))
        self.search.setMaximumWidth(400)
        self.state_box = QComboBox(bar)
        self.state_box.setObjectName("historyState")
        self.state_box.setAccessibleName(self.tr("State"))
        self.state_box.addItem(self.tr("All states"), None)
        for state in _STATES:
            self.state_box.addItem(state_name(state), state.value)
        self.state_box.setMinimumWidth(132)
        self._count = label("", "label")
        self._count.setObjectName("historyCount")
        row = QHBoxLayout(bar)
        row.setContentsMargins(tokens.lg, 0, tokens.lg, 0)
        row.setSpacing(tokens.sm)
        self.views = Segments((("jobs", self.tr("Jobs")), ("costs", self.tr("Costs"))), name=self.tr("View"))
        self.views.setObjectName("historyViews")
        self.views.setFixedWidth(168)
        row.addWidget(self.views)
        row.addSpacing(tokens.sm)
        row.addWidget(self.search, 1)
        row.addWidget(self.state_box)
        row.addStretch(1)
        row.addWidget(self._count)
        return bar

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._delay.start())
        self.search.returnPressed.connect(self.table.setFocus)
        self._delay.timeout.connect(self._ask)
        self.views.chosen.connect(lambda view: self.show_view(str(view)))
        self.state_box.currentIndexChanged.connect(lambda _: self._ask())
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(self._open_result)
        self.details.closed.connect(self.close_details)
        self.details.runAgain.connect(self.runAgain)
        self.details.retryRequested.connect(self._retry)
        self.details.galleryRequested.connect(self.showInGallery)
        self._make.clicked.connect(self.makeRequested)
        self._clear.clicked.connect(self._show_all)
        self._again.clicked.connect(self._ask)
        self._sums.timeout.connect(self._ask_totals)
        for signal in (self.model.modelReset, self.model.rowsInserted, self.model.rowsRemoved, self.model.answered):
            signal.connect(self._show_state)
        self.model.dataChanged.connect(self._refresh_details)
        self.model.failed.connect(self._show_failure)
        self._bridge.jobsChanged.connect(self._jobs_changed)
        self._bridge.storeChanged.connect(self._sums.start)
        self._bridge.ready.connect(self._begin)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus,
                  context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close_details,
                  context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if self._bridge.is_ready:
            self._begin()

    def show_view(self, view: str) -> None:
        """The jobs, one line each, or what they cost: "jobs" or "costs"."""
        costs = view == "costs"
        self.views.set_value(view)
        self._views.setCurrentIndex(1 if costs else 0)
        for widget in (self.search, self.state_box, self._count):
            widget.setVisible(not costs)
        if costs:
            self.close_details()
            self.costs.refresh()

    # -- filling ----------------

    def show_first(self, first: FirstScreen) -> None:
        """What the store said before the core was ready."""
        self.model.show(first.jobs)

    def _begin(self) -> None:
        self._bridge.run(_names, self._names_arrived)
        self._ask()
        self._ask_totals()

    def _names_arrived(self, names: tuple[dict[str, str], dict[str, str]]) -> None:
        self.model.set_names(*names)

    def _ask(self) -> None:
        self._delay.stop()
        self._failure = ""
        wanted = self.state_box.currentData()
        self.model.ask(self.search.text(), None if wanted is None else JobState(wanted))

    def _ask_totals(self) -> None:
        here = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        month, days = here.replace(day=1), here - timedelta(days=DAYS - 1)

        async def sums(core: Core) -> tuple[JobTotals, JobTotals]:
            return await core.totals(month), await core.totals(days)

        self._bridge.run(sums, self._totals_arrived)

    def _totals_arrived(self, sums: tuple[JobTotals, JobTotals]) -> None:
        self.totals.show_month(sums[0])
        self.totals.chart.show_days(sums[1].days)

    # -- states ----------------

    def _show_state(self) -> None:
        if self._failure:
            self.message.say("alert", self.tr("The history could not be read"), self._failure, (self._again,))
        elif self.model.search or self.model.state is not None:
            words = self.tr("No job has these words in its prompt, label or id. Try fewer or shorter ones.")
            self.message.say("search", self.tr("No job matches"), words, (self._clear,))
        else:
            words = self.tr("Every job you send is kept here for good: what was asked, what it cost and what came out.")
            self.message.say("clock", self.tr("Nothing was sent yet"), words, (self._make,))
        empty = not self.model.jobs
        self._stack.setCurrentWidget(self.message if empty and (self.model.complete or self._failure) else self.table)
        self._count.setText(self._count_words())

    def _count_words(self) -> str:
        count = len(self.model.jobs)
        if not count:
            return ""
        if not self.model.complete:
            return self.tr("{n}+ jobs").format(n=f"{count:,}")
        return counted(count, self.tr("{n} job"), self.tr("{n} jobs"))

    def _show_failure(self, words: str) -> None:
        self._failure = words
        self._show_state()

    def _show_all(self) -> None:
        self.search.clear()
        self.state_box.setCurrentIndex(0)
        self._ask()

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        if any(change.is_new or change.job.is_terminal for change in changes):
            self._sums.start()
        shown = self.details.job
        if shown is not None and any(change.job.id == shown.id for change in changes):
            self._ask_timeline(shown.id)

    # -- details ----------------

    def _choose(self, job: Job | None) -> None:
        if job is None:
            return
        self.details.show_job(job, self.model.asset_of(job))
        self.details.show()
        self._rule.show()
        self._ask_timeline(job.id)

    def close_details(self) -> None:
        """Give the table the whole width again."""
        self.details.hide()
        self._rule.hide()
        self.table.clearSelection()
        self.table.setFocus()

    def _refresh_details(self) -> None:
        shown = self.details.job
        if shown is None or not self.details.isVisible():
            return
        row = self.model.row_of(shown.id)
        job = None if row is None else self.model.job_at(row)
        if job is not None:
            self.details.show_job(job, self.model.asset_of(job))

    def _ask_timeline(self, job_id: str) -> None:
        async def steps(core: Core) -> tuple[str, list[TimelineEntry], list[LedgerEntry]]:
            return job_id, await core.timeline(job_id), await core.job_costs(job_id)

        self._bridge.run(steps, self._timeline_arrived)

    def _timeline_arrived(self, answer: tuple[str, list[TimelineEntry], list[LedgerEntry]]) -> None:
        job_id, entries, costs = answer
        if self.details.job is not None and self.details.job.id == job_id:
            self.details.timeline.show_entries(entries)
            self.details.show_ledger(costs)

    def _open_result(self, job: Job) -> None:
        asset = self.model.asset_of(job)
        if asset is not None:
            self.assetOpened.emit(asset)

    def _retry(self, job: Job) -> None:
        self._bridge.run(lambda core: core.retry(job.id))


async def _names(core: Core) -> tuple[dict[str, str], dict[str, str]]:
    accounts = {account.name: account.title for account in core.accounts()}
    return {operation.id: operation.title for operation in core.operations()}, accounts
