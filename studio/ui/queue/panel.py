"""The queue: every unfinished job and the newest ended ones, what is to be seen of them, and below the list what the
selected job says and what can be done with it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QMenu, QStackedLayout, QVBoxLayout, QWidget

from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job
from studio.ui.bridge import Bridge
from studio.ui.images.loader import ImageLoader
from studio.ui.queue import reading
from studio.ui.queue.actions import actions_for, actions_for_many
from studio.ui.queue.delegate import QueueDelegate
from studio.ui.queue.details import JobDetails
from studio.ui.queue.filter_bar import FilterBar
from studio.ui.queue.model import QueueModel
from studio.ui.queue.order import JobFilter, counts
from studio.ui.queue.pictures import JobPictures
from studio.ui.queue.view import QueueView
from studio.ui.queue.words import RUNNING, cancel_words, summary
from studio.ui.queue.work import QueueWork
from studio.ui.theme.theme import Theme
from studio.ui.widgets.words import FittingLabel, label

if TYPE_CHECKING:
    from studio.domain.event import JobChanged
    from studio.domain.pause import Pause
    from studio.ui.queue.menus import QueueMenus
    from studio.ui.queue.reading import Contents, Facts

_LIST, _EMPTY, _NOTHING = range(3)
_AT_A_TIME = 100
"""So many jobs are shown in one turn of the window's thread."""
_SOON_MS, _LATEST_MS, _REST = 150, 700, 5
"""Other processes may write often. The store is read anew so soon after a change; a long queue, which takes long to read,
after a rest of so many times that long, but within a second."""


class QueuePanel(QWidget):
    """`asset_wanted(asset)` to show a result, `reuse_wanted(job)` to load a job's input into the composer,
    `edit_wanted(job)` to change a waiting one there."""

    asset_wanted = Signal(object)
    reuse_wanted = Signal(object)
    edit_wanted = Signal(object)
    copied = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("queuePanel")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(240)
        self._bridge = bridge
        self._theme = theme
        self._pauses: frozenset[Pause] = frozenset()
        self._reading = self._again = False
        self._in_details: list[tuple[Job, str, bool]] = []
        self._loader = ImageLoader(self, limit_bytes=8 * 1024 * 1024)
        self.model = QueueModel(self)
        self.work = QueueWork(bridge, self.model, self)
        self.counts = FittingLabel("label")  # the dock's bar shows it beside its name
        self.counts.setObjectName("queueCounts")
        self.filter = FilterBar(theme)
        self.view = QueueView(theme)
        self._pictures = JobPictures(bridge, self)
        self._set_up_view()
        self.details = JobDetails(theme)
        self.details.hide()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self._read_at, self._read_s = 0.0, 0.0  # when the last reading began, and how long it took
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        self._waiting: deque[Job] = deque()  # changes that are yet to be shown
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._take_some)
        self._lay_out()
        self._connect()
        if bridge.is_ready:
            self.refresh()

    def _set_up_view(self) -> None:
        view = self.view
        view.setObjectName("queueView")
        view.setAccessibleName(self.tr("Queue"))
        view.setModel(self.model)
        delegate = QueueDelegate(self._theme, self._loader, self._pictures.of, view)
        view.setItemDelegate(delegate)
        view.label_box = delegate.label_box
        self._delegate = delegate

    def _connect(self) -> None:
        view, work, bridge = self.view, self.work, self._bridge
        view.menu_wanted.connect(self._open_job_menu)
        view.doubleClicked.connect(lambda _: self.do("show") or self.do("details"))
        view.pressed_key.connect(self.do)
        view.dropped.connect(work.move)
        view.label_clicked.connect(self.filter.set_label)
        view.selectionModel().selectionChanged.connect(lambda *_: self._show_details())
        self.model.label_given.connect(self._give_label)
        self.filter.changed.connect(self._filter)
        self.filter.left.connect(lambda: self.view.setFocus(Qt.FocusReason.OtherFocusReason))
        self.filter.menu_wanted.connect(self._open_queue_menu)
        self.filter.label_menu_wanted.connect(self._open_label_menu)
        self.details.wanted.connect(self.do)
        self.details.copied.connect(work.copy)
        self.details.menu_wanted.connect(self._open_menu_at_details)
        self.details.opened.connect(self._drawer_moved)
        for mine, theirs in ((self.asset_wanted, work.asset_wanted), (self.reuse_wanted, work.reuse_wanted),
                             (self.edit_wanted, work.edit_wanted), (self.copied, work.copied)):
            theirs.connect(mine)
        work.lost.connect(self.refresh)
        work.pauses_changed.connect(self._ask_pauses)
        self._theme.changed.connect(view.viewport().update)
        self._loader.loaded.connect(self._picture_loaded)
        self._pictures.known.connect(self._picture_loaded)
        bridge.jobsChanged.connect(self.take)
        bridge.pauseChanged.connect(self._ask_pauses)
        bridge.storeChanged.connect(self._read_soon)
        bridge.ready.connect(self.refresh)

    def _lay_out(self) -> None:
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        nothing_yet = self.tr("Nothing is queued. Jobs appear here as soon as you press Generate.")
        self._stack.addWidget(self._words("queueEmpty", nothing_yet))
        self._stack.addWidget(self._words("queueNothing", self.tr("No job is like that. Empty the field, or choose All.")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter)
        column.addLayout(self._stack, 2)
        column.addWidget(self.details)
        self._column = column
        self._count()

    @staticmethod
    def _words(name: str, text: str) -> QWidget:
        answer = label(text, "dim", wrap=True)
        answer.setObjectName(name)
        answer.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        answer.setContentsMargins(24, 32, 24, 24)
        return answer

    # what is shown

    def show_first(self, first: FirstScreen) -> None:
        """Fill from the first screen, before the core is there."""
        self._pictures.show_first(first)
        self.model.set_jobs(first.jobs)
        self._again = self._reading  # what is being read was asked for without these in mind
        self._count()

    def refresh(self) -> None:
        """Read the jobs anew: at the start, and when another process wrote to the store. Never twice at the same time."""
        if self._reading:
            self._again = True
            return
        self._reading, self._read_at = True, time.monotonic()
        self._bridge.run(reading.read_contents, partial(self._answered, self.model.known()), self._not_read)

    def take(self, changes: Iterable[JobChanged]) -> None:
        """What changed: at once, but for very many at a time, as those would hold up the window."""
        self._waiting.extend({change.job.id: change.job for change in changes}.values())
        self._take_some()

    def _take_some(self) -> None:
        some = [self._waiting.popleft() for _ in range(min(_AT_A_TIME, len(self._waiting)))]
        with self.view.anchored():
            self.model.take_jobs(list({job.id: job for job in some}.values()))
        self._count()
        self._show_details()
        if self._waiting:
            self._more.start()

    def select(self, job_id: str) -> bool:
        """Select a job and bring it into view, whatever is filtered; False if it is not known here."""
        if self.model.row_of(job_id) < 0 and self.model.job(job_id) is not None:
            self.filter.reset()
        row = self.model.row_of(job_id)
        if row < 0:
            return False
        index = self.model.index(row)
        # not the view's own call: it asks which keys are held, and Ctrl is while Ctrl+Enter sends
        self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.view.scrollTo(index)
        return True

    def current(self) -> Job | None:
        """The one selected job."""
        jobs = self.view.selected_jobs()
        return jobs[0] if len(jobs) == 1 else None

    def _answered(self, known: frozenset[str], contents: Contents) -> None:
        self._read_on()
        self.model.set_titles(contents.titles)
        self._know_pauses(contents.pauses)
        with self.view.anchored():
            self._waiting.extend(self.model.keep_only(contents.jobs, known))
        self._take_some()

    def _not_read(self, error: BaseException) -> None:
        from studio.ui.bridge import in_words

        self._read_on()
        self._bridge.problem.emit(in_words(error))

    def _read_on(self) -> None:
        self._reading, self._read_s = False, time.monotonic() - self._read_at
        if self._again:
            self._again = False
            self._read_soon()

    def _read_soon(self) -> None:
        if not self._soon.isActive():
            rest = self._read_s * (_REST + 1) - (time.monotonic() - self._read_at)
            self._soon.start(min(_LATEST_MS, max(_SOON_MS, round(rest * 1000))))

    def _ask_pauses(self) -> None:
        self._bridge.run(reading.read_pauses, self._know_pauses)

    def _know_pauses(self, pauses: frozenset[Pause]) -> None:
        if pauses == self._pauses:
            return
        self._pauses = pauses

        def is_paused(job: Job) -> bool:
            return any(pause.holds(job.request.account, job.id) for pause in pauses)

        self.model.set_paused(is_paused)
        self.details.set_paused(is_paused)
        self._show_details()

    def _filter(self, wanted: JobFilter) -> None:
        selected = [job.id for job in self.view.selected_jobs()]
        self._delegate.set_hidden_label(wanted.label)
        self.model.set_filter(wanted)
        chosen = self.view.selectionModel()
        for job_id in selected:
            row = self.model.row_of(job_id)
            if row >= 0:
                chosen.select(self.model.index(row), QItemSelectionModel.SelectionFlag.Select)
        self._count()
        self._show_details()

    def _count(self) -> None:
        states = self.model.states()
        known = bool(states)
        self.counts.set_texts(summary(states))
        self.filter.show_counts(counts(states))
        self.filter.setVisible(known)
        self._stack.setCurrentIndex(_LIST if self.model.rowCount() else _NOTHING if known else _EMPTY)
        if any(state in RUNNING for state in states):
            if not self._clock.isActive():
                self._clock.start()
        else:
            self._clock.stop()

    def _tick(self) -> None:
        if not self.model.tick():
            self._clock.stop()
        self.details.tick()

    # the details

    def _show_details(self) -> None:
        jobs = self.view.selected_jobs()
        shown = [(job, self.model.operation_title(job), self.model.is_paused(job)) for job in jobs]
        if shown == self._in_details:
            return  # most of what changes is about other jobs
        self._in_details = shown
        self.details.setVisible(bool(jobs))
        if not jobs:
            self.details.set_open(False)
            return
        self.details.show_jobs(jobs, self.model.operation_title(jobs[0]))
        self._ask_facts()

    def _ask_facts(self) -> None:
        job = self.current()
        if job is not None and self.details.is_open:
            self._bridge.run(lambda core: reading.read_facts(core, job), self._facts_known, lambda _: None)

    def _facts_known(self, facts: Facts) -> None:
        self.details.show_facts(facts)

    def _drawer_moved(self, is_open: bool) -> None:
        self._column.setStretchFactor(self.details, 3 if is_open else 0)
        self._ask_facts()
        QTimer.singleShot(0, self._keep_current_in_view)

    def _keep_current_in_view(self) -> None:
        if self.view.currentIndex().isValid():
            self.view.scrollTo(self.view.currentIndex())

    # pictures

    def picture_of(self, job: Job) -> Path | None:
        """The file that shows a job; None where its kind's icon stands."""
        return self._pictures.of(job)

    def _picture_loaded(self, job_id: object) -> None:
        row = self.model.row_of(str(job_id))
        if row >= 0:
            self.view.update(self.model.index(row))

    # what can be done

    def do(self, name: str) -> bool:
        """Carry out an action, by its name, with the selected jobs. False where there is nothing to do it with."""
        jobs = self.view.selected_jobs()
        ways: dict[str, Callable[[], object]] = {
            "details": lambda: self.details.set_open(not self.details.is_open),
            "close": self._close_drawer,
            "find": lambda: self.filter.field.setFocus(Qt.FocusReason.ShortcutFocusReason),
            "label": self._edit_label,
        }
        if name in ways:
            ways[name]()
            return True
        if name.startswith("only:"):
            self.filter.set_label(name.removeprefix("only:"))
            return True
        if name.startswith("cancel_all:"):
            self._ask_cancel(name.removeprefix("cancel_all:") or None)
            return True
        return bool(jobs) and self.work.do(name, jobs)

    def _close_drawer(self) -> None:
        self.details.set_open(False)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _edit_label(self) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            self.view.edit(index)

    def _give_label(self, job_id: str, words: str) -> None:
        """A label typed into one of several selected rows is for all of them."""
        jobs = self.view.selected_jobs()
        if all(job.id != job_id for job in jobs):
            jobs = [job for job in (self.model.job(job_id),) if job is not None]
        self.work.set_label(jobs, words)

    def _ask_cancel(self, label_: str | None) -> None:
        from studio.ui.dialogs.confirm_dialog import ConfirmDialog

        heading, words = cancel_words(self.model.all_jobs(), label_)
        dialog = ConfirmDialog(heading, words, self.tr("Cancel all"), self.window())
        dialog.confirmed.connect(lambda: self.work.cancel_all(label=label_))
        dialog.open()

    @cached_property
    def menus(self) -> QueueMenus:
        """Made when one is first opened."""
        from studio.ui.queue.menus import QueueMenus

        return QueueMenus(self.work, self)

    def _open_job_menu(self, at: QPoint) -> QMenu | None:
        jobs = self.view.selected_jobs()
        if not jobs:
            return None
        is_paused = self.model.is_paused
        actions = actions_for(jobs[0], is_paused) if len(jobs) == 1 else actions_for_many(jobs, is_paused)
        labels = {job.request.label for job in jobs}
        return self.menus.of_jobs(actions, labels.pop() if len(labels) == 1 else None, self.do, at)

    def _open_menu_at_details(self) -> None:
        self._open_job_menu(self.details.mapToGlobal(QPoint(self.details.width() // 2, 32)))

    def _open_label_menu(self, words: str) -> None:
        self.menus.of_label(words, self.do, self.filter.mapToGlobal(self.filter.rect().bottomRight()) - QPoint(200, 0))

    def _open_queue_menu(self) -> None:
        held = {pause.name for pause in self._pauses if pause.scope == "account"}
        is_held = any(pause.scope == "all" for pause in self._pauses)
        at = self.filter.menu.mapToGlobal(QPoint(0, self.filter.menu.height() + 4))
        self.menus.of_queue(self.model.all_jobs(), held, is_held, self.do, at)
