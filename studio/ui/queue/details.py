"""What the selected job says in full, its buttons, and a drawer with all that is known of it; of several jobs, what they are
together and what can be done with all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.job import Job
from studio.domain.state import JobState
from studio.ui.gallery.flow import FlowLayout
from studio.ui.queue.actions import QueueAction, actions_for, actions_for_many
from studio.ui.queue.words import cost_words, job_name, state_line, summary
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.icons import icon
from studio.ui.widgets.job_words import error_words, number_words, wait_sentence
from studio.ui.widgets.words import ElidedLabel, label, restyle, rule

if TYPE_CHECKING:
    from studio.ui.queue.facts import JobFacts
    from studio.ui.queue.reading import Facts

_MOST_BUTTONS = 3


class JobDetails(QFrame):
    """`wanted(name)` when a button is pressed, `opened(is_open)` for the drawer, `menu_wanted` for what has no button,
    `copied(text)`. The message of an error stands here whole and can be selected."""

    wanted = Signal(str)
    opened = Signal(bool)
    menu_wanted = Signal()
    copied = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("queueDetails")
        self.setAccessibleName(self.tr("Selected job"))
        self._theme = theme
        self._shown: list[QueueAction] = []
        self._job: Job | None = None
        self._operation = ""
        self._is_paused: Callable[[Job], bool] = lambda job: False
        self.facts: JobFacts | None = None  # made when the drawer is first opened
        self._title = ElidedLabel("", "strong")
        self._line = ElidedLabel("", "label")
        self._message = label("", "error", wrap=True)
        self._message.setObjectName("queueMessage")
        self._message.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._buttons = FlowLayout(gap=8, line=theme.current.control)  # in a narrow panel they take two lines
        self._lay_out()

    def _lay_out(self) -> None:
        more = tool("more", self.tr("More to do with it"), "queueMore", self._theme)
        more.clicked.connect(self.menu_wanted)
        self._drawer = tool("chevron-up", self.tr("Details"), "queueDrawer", self._theme)
        self._drawer.setCheckable(True)
        self._theme.changed.connect(self._draw_drawer)
        self._drawer.toggled.connect(self._toggled)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title, 1)
        head.addWidget(more)
        head.addWidget(self._drawer)
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 10, 16, 14)
        inside.setSpacing(4)
        inside.addLayout(head)
        inside.addWidget(self._line)
        inside.addWidget(self._message)
        inside.addSpacing(6)
        inside.addLayout(self._buttons)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(rule())
        self._column.addLayout(inside)

    # the drawer

    @property
    def is_open(self) -> bool:
        return self._drawer.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open the drawer with everything that is known of the job, or close it."""
        self._drawer.setChecked(is_open and self._job is not None)

    def _toggled(self, is_open: bool) -> None:
        if is_open and self.facts is None:
            from studio.ui.queue.facts import JobFacts  # the first screen does without it

            self.facts = JobFacts(self._theme)
            self.facts.copied.connect(self.copied)
            self._column.addWidget(self.facts, 1)
        if self.facts is not None:
            self.facts.setVisible(is_open)
            if self._job is not None:
                self._show_one(self._job, self._operation)
        words = self.tr("Close the details") if is_open else self.tr("Details")
        self._drawer.setToolTip(words)
        self._drawer.setAccessibleName(words)
        self._draw_drawer()
        self.opened.emit(is_open)

    def _draw_drawer(self) -> None:
        tokens = self._theme.current
        self._drawer.setIcon(icon("chevron-down" if self.is_open else "chevron-up", tokens.dim, tokens.faint, 16))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_open:
            self.set_open(False)
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 420 if self.is_open else super().sizeHint().height())

    # what is shown

    def set_paused(self, is_paused: Callable[[Job], bool]) -> None:
        self._is_paused = is_paused

    def show_jobs(self, jobs: Sequence[Job], operation: str) -> None:
        """Everything about one job, with its operation's title; of several ones what they are together."""
        if len(jobs) == 1:
            self._show_one(jobs[0], operation)
        elif jobs:
            self._show_many(jobs)

    def show_facts(self, facts: Facts) -> None:
        if self.facts is not None:
            self.facts.show_facts(facts)

    def tick(self) -> None:
        if self.facts is not None and self.is_open:
            self.facts.tick()

    def _show_one(self, job: Job, operation: str) -> None:
        self._job, self._operation = job, operation
        self._drawer.setEnabled(True)
        self._title.setText(job_name(job).replace("\n", " "))
        # a failed job's state says already whether it cost anything
        cost = "" if job.state is JobState.FAILED else cost_words(job)
        parts = [state_line(job, paused=self._is_paused(job)), cost, operation, job.request.label or ""]
        self._line.setText(" · ".join(part for part in parts if part))
        words = error_words(job) if job.state in (JobState.FAILED, JobState.UNKNOWN) or not job.is_terminal else ""
        role = "error" if job.state is JobState.FAILED else "warn"
        if not words:
            words, role = wait_sentence(job), "label"
        self._say("" if self.is_open and job.error is not None else words, role)  # the drawer has the whole of it
        self._offer(actions_for(job, self._is_paused))
        if self.facts is not None and self.is_open:
            self.facts.show_job(job)

    def _show_many(self, jobs: Sequence[Job]) -> None:
        self._job = None
        self._drawer.setChecked(False)
        self._drawer.setEnabled(False)
        self._title.setText(self.tr("{n} jobs").format(n=f"{len(jobs):,}"))
        costs = [job.credits.estimated for job in jobs if job.request.account != LOCAL_ACCOUNT and not job.is_terminal]
        known = [cost for cost in costs if cost is not None]
        price = self.tr("≈ {n} cr").format(n=number_words(sum(known))) if known else ""
        self._line.setText(" · ".join(part for part in (summary(Counter(job.state for job in jobs))[0], price) if part))
        self._say("", "label")
        self._offer(actions_for_many(jobs, self._is_paused))

    def _say(self, words: str, role: str) -> None:
        self._message.setText(words)
        self._message.setVisible(bool(words))
        restyle(self._message, "role", role)

    def _offer(self, actions: Sequence[QueueAction]) -> None:
        """The buttons are made anew only when other ones are wanted."""
        main = [action for action in actions if action.is_main][:_MOST_BUTTONS]
        if main == self._shown:
            return
        self._shown = main
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for action in main:
            self._buttons.addWidget(self._button(action.words, action.name))

    def _button(self, words: str, name: str) -> QPushButton:
        button = push(words, f"queueAction_{name}")
        button.clicked.connect(lambda: self.wanted.emit(name))
        return button
