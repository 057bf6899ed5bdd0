"""Everything that is known of one job, to be read and copied: its steps, its error, what was sent, what it cost."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.job import Job
from studio.ui.costs.words import ledger_words
from studio.ui.queue.input_words import input_lines
from studio.ui.queue.reading import Facts
from studio.ui.queue.timeline import StepList
from studio.ui.queue.words import deadline_words, utc_now
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.job_words import cost_of, cost_sentence, number_words
from studio.ui.widgets.words import ElidedLabel, label

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class JobFacts(QScrollArea):
    """`copied(text)` when something is to be put on the clipboard. What takes reading comes with `show_facts`."""

    copied = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("queueFacts")
        self.setAccessibleName(self.tr("Details"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that the arrow keys scroll it
        self._theme = theme
        self._job: Job | None = None
        self._labels: Mapping[str, str] = {}
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(16, 4, 16, 16)
        self._column.setSpacing(16)
        self._column.addWidget(self._error_box())
        self.steps = StepList(theme)
        self._part(self.tr("Timeline"), self.steps)
        self._cost = label("", wrap=True)
        self._cost.setObjectName("queueCost")
        self._cost.setTextInteractionFlags(_SELECTABLE)
        self._part(self.tr("Cost"), self._cost)
        self._deadline = label("", "warn", wrap=True)
        self._deadline.setObjectName("queueDeadline")
        self._column.addWidget(self._deadline)
        self._input = QGridLayout()
        self._input.setContentsMargins(0, 0, 0, 0)
        self._input.setHorizontalSpacing(12)
        self._input.setVerticalSpacing(6)
        self._input.setColumnStretch(1, 1)
        holder = QWidget()
        holder.setObjectName("queueInput")
        holder.setLayout(self._input)
        self._part(self.tr("Sent"), holder)
        self._ids = QVBoxLayout()
        self._ids.setSpacing(4)
        self._remote = self._id_line(self.tr("At the service"), "queueRemoteId", self.tr("Copy the service's id"))
        self._own = self._id_line(self.tr("In Studio"), "queueJobId", self.tr("Copy the job's id"))
        self._column.addLayout(self._ids)
        self._column.addStretch(1)
        self.setWidget(inner)

    def _part(self, name: str, content: QWidget) -> None:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(label(name, "label"))
        column.addWidget(content)
        self._column.addLayout(column)

    def _error_box(self) -> QFrame:
        self._error = QFrame()
        self._error.setObjectName("queueError")
        self._error.setProperty("surface", "box")
        self._happened = label("", wrap=True)
        self._happened.setObjectName("queueErrorWords")
        self._happened.setTextInteractionFlags(_SELECTABLE)
        copy = push(self.tr("Copy"), "queueCopyError", "ghost")
        copy.setAccessibleName(self.tr("Copy the error"))
        copy.clicked.connect(lambda: self.copied.emit(self.error_text()))
        head = QHBoxLayout()
        head.addWidget(label(self.tr("What happened"), "error"), 1)
        head.addWidget(copy)
        column = QVBoxLayout(self._error)
        column.setContentsMargins(12, 8, 8, 12)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._happened)
        return self._error

    def _id_line(self, name: str, object_name: str, words: str) -> tuple[QWidget, QLabel]:
        holder = QWidget()
        shown = ElidedLabel("", "", Qt.TextElideMode.ElideMiddle)
        shown.setObjectName(object_name)
        copy = tool("copy", words, f"{object_name}Copy", self._theme)
        copy.clicked.connect(lambda: self.copied.emit(shown.text()))
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(label(name, "label"))
        row.addWidget(shown, 1)
        row.addWidget(copy)
        self._ids.addWidget(holder)
        return holder, shown

    # what is shown

    def show_job(self, job: Job) -> None:
        """What the job says itself; for another job than before the rest goes until it is read."""
        if self._job is None or self._job.id != job.id:
            self.steps.show_entries(())
            self._labels = {}
            self.verticalScrollBar().setValue(0)
            self._cost.setText(self._cost_words(job))
        sent_before = None if self._job is None or self._job.id != job.id else self._job.request.input
        self._job = job
        self._error.setVisible(job.error is not None)
        self._happened.setText(self.error_text())
        self._remote[0].setVisible(job.remote_id is not None)
        self._remote[1].setText(job.remote_id or "")
        self._own[1].setText(job.id)
        self._tell_deadline(job)
        if sent_before != job.request.input:
            self._show_input(job)

    def show_facts(self, facts: Facts) -> None:
        """What was read of the job that is shown; of another one it comes too late and is not."""
        job = self._job
        if job is None or facts.job_id != job.id:
            return
        self.steps.show_entries(facts.timeline)
        lines = ledger_words(facts.costs) if any(entry.amount != 0 for entry in facts.costs) else ""
        self._cost.setText("\n".join(part for part in (self._cost_words(job), lines) if part))
        if facts.labels != self._labels:
            self._labels = facts.labels
            self._show_input(job)

    def tick(self) -> None:
        """The deadline comes nearer."""
        if self._job is not None:
            self._tell_deadline(self._job)

    def error_text(self) -> str:
        """The whole error, with its code and the ids, to be read here or sent to somebody."""
        job = self._job
        if job is None or job.error is None:
            return ""
        error = job.error
        lines = [error.message, cost_sentence(cost_of(job)), error.advice, f"{error.kind}/{error.code} · {job.id}"]
        return "\n".join(line for line in lines if line)

    def _tell_deadline(self, job: Job) -> None:
        words = deadline_words(job, utc_now())
        self._deadline.setText(words)
        self._deadline.setVisible(bool(words))

    def _cost_words(self, job: Job) -> str:
        estimated, charged = job.credits.estimated, job.credits.charged
        if job.request.account == LOCAL_ACCOUNT:
            return self.tr("Free, on this computer")
        parts = []
        if estimated is not None:
            parts.append(self.tr("estimated {0}").format(number_words(estimated)))
        if charged is not None:
            parts.append(self.tr("charged {0}").format(number_words(charged)))
        words = " · ".join(parts) or self.tr("Not known yet")
        return words[:1].upper() + words[1:]

    def _show_input(self, job: Job) -> None:
        while (item := self._input.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, value) in enumerate(input_lines(job.request.input, self._labels)):
            shown = label(value, wrap=True)
            shown.setTextInteractionFlags(_SELECTABLE)
            self._input.addWidget(label(name, "label"), row, 0, top)
            self._input.addWidget(shown, row, 1, top)
