"""Asks about what is held, without standing in the way: jobs that go beyond a budget, and a queue that was paused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.event import JobChanged
from studio.domain.job import Job
from studio.domain.pause import Pause
from studio.domain.state import JobState, WaitReason
from studio.ui.bridge import Bridge, in_words
from studio.ui.costs.pause_rows import PauseRows
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import ElidedLabel, counted, label

if TYPE_CHECKING:
    from studio.app.core import Core

_MOST = 1000
_SOON_MS = 120


@dataclass(frozen=True, slots=True)
class _Held:
    """What is held back: jobs by their budget, the oldest first, and what the person paused."""

    jobs: list[Job] = field(default_factory=list)
    pauses: frozenset[Pause] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()


class HoldBar(QFrame):
    """Hidden while nothing is held. `failed(words)` when an answer could not be carried out."""

    failed = Signal(str)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.setObjectName("holdBar")
        self._bridge = bridge
        self._held: list[Job] = []
        self._paused_jobs: frozenset[str] = frozenset()
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._ask)
        self._paused = self._pause_row()
        self.pauses = PauseRows()
        self.pauses.resumed.connect(self._resume)
        self._question = self._question_row()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        column.addWidget(self._paused)
        column.addWidget(self.pauses)
        column.addWidget(self._question)
        self._show(_Held())
        bridge.jobsChanged.connect(self._jobs_changed)
        for signal in (bridge.storeChanged, bridge.ready, bridge.pauseChanged):
            signal.connect(self._soon.start)
        if bridge.is_ready:
            self._soon.start()

    def _pause_row(self) -> QWidget:
        self._pause_words = label("", wrap=True)
        self._pause_words.setObjectName("pauseWords")
        self.go_on = push(self.tr("Let it go on"), "resumeQueue")
        self.go_on.clicked.connect(lambda: self._do(lambda core: core.resume_queue()))
        return _row(self._pause_words, self.go_on)

    def _question_row(self) -> QWidget:
        self._title = ElidedLabel("", "strong")
        self._title.setObjectName("heldTitle")
        self._words = label("", wrap=True)
        self._words.setObjectName("heldWords")
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._title)
        column.addWidget(self._words)
        self.approve = push(self.tr("Send it"), "approveHeld", "primary")
        self.approve_all = push(self.tr("Send all"), "approveAllHeld")
        self.cancel = push(self.tr("Don't send"), "cancelHeld")
        self.approve.clicked.connect(self._approve_first)
        self.approve_all.clicked.connect(self._approve_all)
        self.cancel.clicked.connect(self._cancel_first)
        return _row(words, self.cancel, self.approve_all, self.approve)

    # what is held

    @property
    def held(self) -> Sequence[Job]:
        """Jobs that wait for the person's word or for their budget, the oldest first."""
        return tuple(self._held)

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        known = {job.id for job in self._held} | self._paused_jobs
        if any(_is_held(change.job) or change.job.id in known for change in changes):
            self._soon.start()

    def _ask(self) -> None:
        self._bridge.run(_ask_held, self._show, self._not_read)

    def _not_read(self, error: BaseException) -> None:
        self.failed.emit(in_words(error))

    def _show(self, answer: _Held) -> None:
        before, held = {job.id for job in self._held}, answer.jobs
        paused = Pause("all") in answer.pauses
        self._held = held
        self._paused_jobs = frozenset(pause.name for pause in answer.pauses if pause.scope == "job")
        self.pauses.show_pauses(answer.pauses, answer.titles, waiting=answer.waiting)
        self._paused.setVisible(paused)
        self._pause_words.setText(self.tr("The queue is held: nothing is sent until you let it go on."))
        self._question.setVisible(bool(held))
        if held:
            first = held[0]
            rest = counted(len(held), "", self.tr("1 of {n} · "))
            self._title.setText(f"{rest}{first.title}".replace("\n", " "))
            error = first.error
            self._words.setText("" if error is None else f"{error.message} {self.tr('Nothing was sent yet.')}")
            self.setAccessibleName(f"{self._title.text()}. {self._words.text()}")
        self.approve_all.setVisible(len(held) > 1)
        for button in (self.approve, self.approve_all, self.cancel):
            button.setEnabled(True)
        self.setVisible(paused or bool(held) or not self.pauses.isHidden())
        if before != {job.id for job in held}:
            self.updateGeometry()

    # the person's answers

    def _resume(self, pauses: list[Pause]) -> None:
        async def resume(core: Core) -> None:
            for pause in pauses:
                await core.queue.resume(pause.scope, pause.name)

        self._do(resume)

    def _approve_first(self) -> None:
        if self._held:
            job_id = self._held[0].id
            self._do(lambda core: core.approve(job_id))

    def _approve_all(self) -> None:
        ids = [job.id for job in self._held]

        async def approve(core: Core) -> None:
            for job_id in ids:
                await core.approve(job_id)

        self._do(approve)

    def _cancel_first(self) -> None:
        if self._held:
            job_id = self._held[0].id
            self._do(lambda core: core.cancel(job_id))

    def _do(self, make: Callable[[Core], Awaitable[object]]) -> None:
        for button in (self.approve, self.approve_all, self.cancel):
            button.setEnabled(False)
        self._bridge.run(make, self._done, self._not_done)

    def _done(self, _: object) -> None:
        self._ask()

    def _not_done(self, error: BaseException) -> None:
        self._ask()
        self.failed.emit(in_words(error))


def _row(words: QWidget, *buttons: QWidget) -> QWidget:
    row = QWidget()
    inside = QHBoxLayout(row)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.setSpacing(8)
    inside.addWidget(words, 1)
    for button in buttons:
        inside.addWidget(button)
    return row


def _is_held(job: Job) -> bool:
    return job.state is JobState.QUEUED and job.waiting_for is WaitReason.BUDGET


async def _ask_held(core: Core) -> _Held:
    from studio.domain.query import JobQuery

    jobs = await core.jobs(JobQuery(state=JobState.QUEUED, limit=_MOST))
    titles = {account.name: account.title for account in core.accounts()}
    held = [job for job in reversed(jobs) if _is_held(job)]
    return _Held(held, await core.queue.pauses(), titles, frozenset(job.id for job in jobs))
