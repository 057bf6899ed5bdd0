"""Carries out what the person wants done with jobs: single ones, several, those of a label, all."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from studio.domain.errors import InputError
from studio.domain.job import Job
from studio.ui.bridge import Bridge, in_words
from studio.ui.queue.actions import actions_for, fitting
from studio.ui.queue.model import QueueModel
from studio.ui.queue.order import neighbours, waiting_of
from studio.ui.widgets.job_words import error_words

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.pause import PauseScope

Call = Callable[["Core", str], Awaitable[object]]

_EACH: dict[str, Call] = {
    "cancel": lambda core, job_id: core.cancel(job_id),
    "retry": lambda core, job_id: core.retry(job_id),
    "approve": lambda core, job_id: core.approve(job_id),
    "give_up": lambda core, job_id: core.give_up(job_id),
    "check_again": lambda core, job_id: core.queue.check_again(job_id),
    "pause_job": lambda core, job_id: core.queue.pause("job", job_id),
    "resume_job": lambda core, job_id: core.queue.resume("job", job_id),
}


class QueueWork(QObject):
    """Wishes that others carry out go on as signals; `pauses_changed` and `lost` (the rows are not what the store says)."""

    asset_wanted = Signal(object)
    reuse_wanted = Signal(object)
    edit_wanted = Signal(object)
    copied = Signal(str)
    pauses_changed = Signal()
    lost = Signal()

    def __init__(self, bridge: Bridge, model: QueueModel, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._model = model
        self._moves: deque[tuple[Sequence[str], str | None]] = deque()

    def do(self, name: str, jobs: Sequence[Job]) -> bool:
        """Carry out the action `name` with those of `jobs` that it fits. False where it fits none."""
        if name.startswith("move_"):
            return self._step(name.removeprefix("move_"), jobs)
        fit = fitting(name, jobs, self._model.is_paused)
        if not fit:
            return False
        if name in _EACH:
            self._each(name, [job.id for job in fit])
        elif name == "duplicate":
            ids = [job.id for job in fit]
            self._bridge.run(lambda core: core.queue.duplicate(ids))
        else:
            self._do_one(name, fit[0])
        return True

    def _do_one(self, name: str, job: Job) -> None:
        if name == "show":
            self._bridge.run(lambda core: core.asset(job.asset_ids[0]), self.asset_wanted.emit)
        elif name == "reuse":
            self.reuse_wanted.emit(job)
        elif name == "edit":
            self.edit_wanted.emit(job)
        elif name.startswith("copy_"):
            self.copy({"copy_error": error_words(job), "copy_remote_id": job.remote_id or "", "copy_id": job.id}[name])

    def offers(self, name: str, job: Job) -> bool:
        return name in {action.name for action in actions_for(job, self._model.is_paused)}

    def copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(text)

    def _each(self, name: str, ids: Sequence[str]) -> None:
        call = _EACH[name]

        async def run(core: Core) -> None:
            refused: InputError | None = None
            for job_id in ids:
                try:
                    await call(core, job_id)
                except InputError as error:  # it has moved on meanwhile; the others are done all the same
                    refused = error
            if refused is not None:
                raise refused

        done = self._pauses_asked if name.endswith("_job") else None
        self._bridge.run(run, done)

    def _pauses_asked(self, _: object) -> None:
        self.pauses_changed.emit()

    # places in line

    def _step(self, step: str, jobs: Sequence[Job]) -> bool:
        moved = [job for job in jobs if self._offers_moves(job)]
        if not moved:
            return False
        line = waiting_of(self._model.all_jobs(), moved[0].request.account)
        ids = [job.id for job in line if job.id in {one.id for one in moved}]
        before = neighbours(line, ids, step)
        if isinstance(before, bool):
            return False
        self.move(ids, before)
        return True

    def _offers_moves(self, job: Job) -> bool:
        return self.offers("move_up", job)

    def move(self, ids: Sequence[str], before: str | None) -> None:
        """Put waiting jobs of one account before another one (None: at the end), here at once and then in the store."""
        moved = [job for job_id in ids if (job := self._model.job(job_id)) is not None]
        if not moved:
            return
        line = [job for job in waiting_of(self._model.all_jobs(), moved[0].request.account) if job.id not in ids]
        at = next((place for place, job in enumerate(line) if job.id == before), len(line))
        low = line[at - 1].position if at > 0 else line[0].position - 1 if line else 0.0
        high = line[at].position if at < len(line) else low + 1
        for number, job in enumerate(moved, 1):
            self._model.place(job.id, low + (high - low) * number / (len(moved) + 1))
        self._moves.append(([job.id for job in moved], before))
        if len(self._moves) == 1:
            self._send_move()

    def _send_move(self) -> None:
        """One after the other: the core may answer two calls in another order than they came."""
        ids, before = self._moves[0]
        self._bridge.run(lambda core: core.queue.move(ids, before), self._moved, self._not_moved)

    def _moved(self, _: None) -> None:
        self._moves.popleft()
        if self._moves:
            self._send_move()
        else:
            self._model.let_places_go()

    def _not_moved(self, error: BaseException) -> None:
        self._moves.clear()  # what came after stood on this one
        self._model.let_places_go()
        self.lost.emit()
        self._bridge.problem.emit(in_words(error))

    # labels, accounts, everything

    def set_label(self, jobs: Sequence[Job], words: str) -> None:
        """Give jobs a label; no words take it away."""
        ids, label = [job.id for job in jobs], words.strip() or None
        if ids:
            self._bridge.run(lambda core: core.queue.set_label(ids, label))

    def hold(self, scope: PauseScope, name: str = "") -> None:
        """Nothing of it leaves the queue any more; what was sent goes on."""
        self._bridge.run(lambda core: core.queue.pause(scope, name), self._pauses_asked)

    def release(self, scope: PauseScope, name: str = "") -> None:
        self._bridge.run(lambda core: core.queue.resume(scope, name), self._pauses_asked)

    def cancel_waiting(self, *, account: str | None = None, label: str | None = None) -> None:
        """All that was not sent yet: what was sent goes on."""
        self._bridge.run(lambda core: core.queue.cancel_waiting(account=account, label=label))

    def cancel_all(self, *, account: str | None = None, label: str | None = None) -> None:
        self._bridge.run(lambda core: core.queue.cancel_all(account=account, label=label))

    def with_label(self, name: str, label: str) -> None:
        """The action `name` with the unfinished jobs of a label: hold, release, first or last in line."""
        self._bridge.run(lambda core: core.queue.group(label), partial(self._grouped, name))

    def _grouped(self, name: str, ids: Sequence[str]) -> None:
        jobs = [job for job_id in ids if (job := self._model.job(job_id)) is not None]
        if not name.startswith("move_"):
            self.do(name, jobs)
            return
        for account in {job.request.account for job in jobs}:
            self._step(name.removeprefix("move_"), [job for job in jobs if job.request.account == account])
