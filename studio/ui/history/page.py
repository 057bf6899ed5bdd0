"""The history page: every job as a table or on the line of time, what was spent, and the details of one at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.event import JobChanged
from studio.domain.first_screen import FirstScreen
from studio.domain.history import HistoryFacets, HistoryOrder
from studio.domain.job import Job
from studio.ui.bridge import Bridge
from studio.ui.costs.page import CostsView
from studio.ui.gallery.search_field import SearchField
from studio.ui.history.details import JobDetails
from studio.ui.history.drawer import Drawer
from studio.ui.history.export_bar import ExportBar
from studio.ui.history.filters import Filters
from studio.ui.history.model import HistoryModel
from studio.ui.history.reading import Names, read_facets, read_names
from studio.ui.history.states import count_words, say_why_empty
from studio.ui.history.table import HistoryTable
from studio.ui.history.timeline_view import JobTimeline
from studio.ui.history.totals import TotalsBar
from studio.ui.history.zoom_buttons import ZoomButtons
from studio.ui.images.message import MessageView
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label, rule

SEARCH_DELAY_MS = 60
_SUMS_MS, _FACETS_MS, _AFTER_ROWS_MS = 250, 2000, 80
JOBS, TIMELINE, COSTS = "jobs", "timeline", "costs"


class HistoryPage(QWidget):
    """`assetOpened` (asset) to show a result, `runAgain` (job) to fill the form with it, `showInGallery` (asset), `say`
    (words) for what is worth knowing."""

    assetOpened = Signal(object)  # noqa: N815  # Qt's spelling
    showInGallery = Signal(object)  # noqa: N815
    runAgain = Signal(object)  # noqa: N815
    makeRequested = Signal()  # noqa: N815
    say = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyPage")
        self._bridge, self._theme = bridge, theme
        self._failure = ""
        self.view = JOBS
        self.model = HistoryModel(bridge, self)
        self.table = HistoryTable(self.model, theme, self)
        self.timeline = JobTimeline(bridge, theme, self)
        self.filters = Filters(self)
        self.export = ExportBar(bridge, self)
        self.totals = TotalsBar(theme, self)
        self.costs = CostsView(bridge, theme)
        self.details = JobDetails(theme, self)
        self.details.hide()
        self.message = MessageView(theme, self)
        self.message.setObjectName("historyMessage")
        self._make = push(self.tr("Make something"), "historyMake", "primary")
        self._clear = push(self.tr("Show all jobs"), "historyClear")
        self._again = push(self.tr("Try again"), "historyTryAgain")
        self._delay = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._sums = QTimer(self, singleShot=True, interval=_SUMS_MS)
        self._facets = QTimer(self, singleShot=True, interval=_FACETS_MS)
        self._build()
        self.drawer = Drawer(bridge, self.model, self.details, self._rule)
        self.setFocusProxy(self.table)
        self._connect()
        self._show_state()

    # -- assembly ----------------

    def _build(self) -> None:
        self._stack = QStackedWidget(self)
        for widget in (self.table, self.timeline, self.message):
            self._stack.addWidget(widget)
        jobs = QWidget()
        inside = QVBoxLayout(jobs)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for part in (self.filters, self.export, rule(), self.totals):
            inside.addWidget(part)
        inside.addWidget(self._stack, 1)
        self._views = QStackedWidget(self)
        self._views.addWidget(jobs)
        self._views.addWidget(self.costs)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._bar())
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
        self.zoom = ZoomButtons(self.timeline, self._theme)
        self.zoom.hide()
        self._count = label("", "label")
        self._count.setObjectName("historyCount")
        self.export_button = push(self.tr("Export…"), "exportJobs")
        self.export_button.setToolTip(self.tr("What is shown here, as a table or as JSON"))
        names = ((JOBS, self.tr("Table")), (TIMELINE, self.tr("Timeline")), (COSTS, self.tr("Costs")))
        self.views = Segments(names, name=self.tr("View"))
        self.views.setObjectName("historyViews")
        self.views.setFixedWidth(252)
        row = QHBoxLayout(bar)
        row.setContentsMargins(tokens.lg, 0, tokens.lg, 0)
        row.setSpacing(tokens.sm)
        row.addWidget(self.views)
        row.addSpacing(tokens.sm)
        row.addWidget(self.search, 8)  # first of all room for words
        row.addStretch(1)
        row.addWidget(self.zoom)
        row.addWidget(self._count)
        row.addSpacing(tokens.sm)
        row.addWidget(self.export_button)
        return bar

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._delay.start())
        self.search.returnPressed.connect(self._focus_rows)
        self._delay.timeout.connect(self._ask)
        self.views.chosen.connect(lambda view: self.show_view(str(view)))
        self.filters.changed.connect(self._ask)
        self.table.headings.ordered.connect(lambda order: self.filters.set_order(HistoryOrder(order)))
        self.table.chosen.connect(self.drawer.choose)
        self.table.opened.connect(self._open_result)
        self.timeline.chosen.connect(self.drawer.choose_by_id)
        self.timeline.opened.connect(lambda job_id: self.drawer.with_job(job_id, self._open_result))
        details = self.details
        details.closed.connect(self.close_details)
        details.runAgain.connect(self._run_again)
        details.changeRequested.connect(self.runAgain)
        details.retryRequested.connect(lambda job: self._bridge.run(lambda core: core.retry(job.id)))
        details.galleryRequested.connect(self.showInGallery)
        self.costs.say.connect(self.say)
        self.export.said.connect(self.say)
        self.export_button.clicked.connect(lambda: self.export.choose_file(self.filters.query(self.search.text())))
        self._make.clicked.connect(self.makeRequested)
        self._clear.clicked.connect(self._show_all)
        self._again.clicked.connect(self._ask)
        self._sums.timeout.connect(self._ask_totals)
        self._facets.timeout.connect(self._ask_facets)
        for signal in (self.model.modelReset, self.model.rowsInserted, self.model.answered, self.timeline.answered):
            signal.connect(self._show_state)
        self.model.failed.connect(self._show_failure)
        self.timeline.failed.connect(self._show_failure)
        self._bridge.jobsChanged.connect(self._jobs_changed)
        self._bridge.storeChanged.connect(lambda: self._sums.start(_SUMS_MS))
        self._bridge.ready.connect(self._begin)
        scope = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus, context=scope)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close_details, context=scope)
        if self._bridge.is_ready:
            self._begin()

    def show_view(self, view: str) -> None:
        """The jobs one line each ("jobs"), on the line of time ("timeline"), or what they cost ("costs")."""
        self.view = view
        self.views.set_value(view)
        costs = view == COSTS
        self._views.setCurrentIndex(1 if costs else 0)
        for widget in (self.search, self._count, self.export_button):
            widget.setVisible(not costs)
        self.filters.order.setVisible(view != TIMELINE)
        self.zoom.setVisible(view == TIMELINE)
        self.setFocusProxy(self.timeline if view == TIMELINE else self.table)
        if costs:
            self.close_details()
            self.costs.refresh()
            return
        if view == TIMELINE and not self.timeline.days.answers(self.model.query):
            self.timeline.ask(self.model.query)
        self._show_state()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.set_shown(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.model.set_shown(False)

    # -- filling ----------------

    def show_first(self, first: FirstScreen) -> None:
        """What the store said before the core was ready."""
        self.model.show(first.jobs)

    def _begin(self) -> None:
        self._ask()
        self._bridge.run(read_names, self._names_arrived)
        for timer in (self._sums, self._facets):  # the rows come first
            timer.start(_AFTER_ROWS_MS)

    def _ask_facets(self) -> None:
        self._bridge.run(read_facets, self._facets_arrived)

    def _facets_arrived(self, answer: tuple[HistoryFacets, Names]) -> None:
        facets, names = answer
        self.filters.show_facets(facets, *names)
        self._names_arrived(names)

    def _names_arrived(self, names: Names) -> None:
        self.model.set_names(*names)
        self.timeline.set_titles(names[0])

    def _ask(self) -> None:
        self._delay.stop()
        self._failure = ""
        query = self.filters.query(self.search.text())
        self.table.headings.set_order(query.order)
        self.table.verticalScrollBar().setValue(0)
        self.model.ask(query)
        if self.view == TIMELINE:
            self.timeline.ask(query)

    def _ask_totals(self) -> None:
        self._bridge.run(self.totals.read, self.totals.show_sums)

    # -- states ----------------

    def _show_state(self) -> None:
        if self.view == COSTS:
            return
        say_why_empty(self.message, self.model.query, self._failure, self._make, self._clear, self._again)
        empty = not len(self.model.rows)
        if self._failure or (empty and self.model.is_counted):
            self._stack.setCurrentWidget(self.message)
        else:
            self._stack.setCurrentWidget(self.timeline if self.view == TIMELINE else self.table)
        self._count.setText(count_words(len(self.model.rows), is_all=self.model.is_counted))
        self.export_button.setEnabled(not empty and not self._failure)

    def _show_failure(self, words: str) -> None:
        self._failure = words
        self._show_state()

    def _show_all(self) -> None:
        self.search.clear()
        self.filters.clear()

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        if any(change.is_new or change.job.is_terminal for change in changes):
            self._sums.start(_SUMS_MS)
        if any(change.is_new for change in changes) and not self._facets.isActive():
            self._facets.start(_FACETS_MS)

    # -- one job ----------------

    def close_details(self) -> None:
        """Give the jobs the whole width again."""
        self.drawer.close()
        self.table.clearSelection()
        self.timeline.clear_current()
        if self.view != COSTS:
            self._focus_rows()

    def _focus_rows(self) -> None:
        rows = self._stack.currentWidget()
        if rows is not None:
            rows.setFocus()

    def _open_result(self, job: Job) -> None:
        self.drawer.with_result(job, self.assetOpened.emit)

    def _run_again(self, job: Job) -> None:
        """As it was: the same input, its seed too."""
        self._bridge.run(lambda core: core.queue.duplicate([job.id]), self._runs_again)

    def _runs_again(self, made: Sequence[Job]) -> None:
        for job in made:
            self.say.emit(self.tr("{title} is in the queue again, as it was.").format(title=job.title))
