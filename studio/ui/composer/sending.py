"""How what the composer shows is sent: as one job, as several, or as another input of a job that still waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.composer.batch import submit_many
from studio.ui.composer.edit_bar import EditBar
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.account import Account
    from studio.domain.event import JobChanged
    from studio.ui.composer.batch_dialog import BatchDialog
    from studio.ui.composer.composer import Composer

Sent = Callable[[Job], object]
Failed = Callable[[BaseException], object]


class Sending(QObject):
    """Belongs to a composer. `job` is the one that is edited just now, None while new ones are made."""

    def __init__(self, composer: Composer, bridge: Bridge, theme: Theme) -> None:
        super().__init__(composer)
        self._composer = composer
        self._bridge = bridge
        self._theme = theme
        self._home: Account | None = None  # where the composer was before a job of another account came in
        self.dialog: BatchDialog | None = None
        self.bar = EditBar()
        self.bar.saved.connect(composer.submit)
        self.bar.left.connect(self.leave)
        controls = composer.foot.batch
        controls.counted.connect(composer.foot.set_count)
        controls.counted.connect(composer.prompt_tools.set_count)
        controls.more_wanted.connect(self.open_batch)
        bridge.jobsChanged.connect(self._jobs_changed)

    @property
    def job(self) -> Job | None:
        return self.bar.job

    def send(self, request: JobRequest, sent: Sent, failed: Failed) -> None:
        """Send what is shown. `sent(job)`: the job, the first of several, or the one that was edited."""
        edited, count = self.job, self._composer.foot.batch.count.value()
        if edited is not None:
            wanted = replace(edited.request, operation=request.operation, input=request.input)
            self._bridge.run(lambda core: core.queue.edit(edited.id, wanted), partial(self._saved, sent), failed)
        elif count > 1:
            many, tools = self._composer.undrawn(request), self._composer.prompt_tools
            lists, drawing = tools.lists(), tools.drawing()
            self._bridge.run(lambda core: submit_many(core, many, count, lists, drawing), sent, failed)
        else:
            self._bridge.run(lambda core: core.submit(request), sent, failed)

    # a waiting job

    def go_to(self, account: Account) -> None:
        """New jobs go to this account. A waiting job that is edited keeps its own: the composer goes there after it."""
        if self.job is None:
            self._composer.set_account(account)
        else:
            self._home = account

    def edit(self, job: Job) -> None:
        """Load a waiting job, to be saved where it stands. What stands in the composer comes back afterwards."""
        if self.job is not None:
            self._show_draft()
        account = self._composer.foot.account
        if account is None or account.name == job.request.account:
            self._begin(job)
            return
        self._home = self._home or account

        async def other(core: Core) -> Account:
            return core.account(job.request.account)

        self._bridge.run(other, partial(self._go_there, job))

    def _go_there(self, job: Job, account: Account) -> None:
        self.bar.begin(job)  # so that nothing of it is kept as the draft
        self._composer.set_account(account)
        self._bridge.run(_after_what_was_asked, lambda _: self._begin(job))

    def _begin(self, job: Job) -> None:
        self.bar.begin(job)
        self._set_editing(editing=True)
        self._composer.load(job.request)
        operation = self._composer.operation
        if operation is None or operation.id != job.request.operation:
            self.leave()  # the composer has said why

    def leave(self) -> None:
        """The job stays as it was."""
        if self.job is None:
            return
        self.bar.save.setEnabled(True)
        self._set_editing(editing=False)
        home, self._home = self._home, None
        if home is None:
            self._show_draft()
            return
        self._composer.set_account(home)
        self._bridge.run(_after_what_was_asked, lambda _: self._show_draft())

    def _set_editing(self, *, editing: bool) -> None:
        foot = self._composer.foot
        foot.set_editing(editing)
        self._composer.prompt_tools.set_count(1 if editing else foot.batch.count.value())

    def _show_draft(self) -> None:
        self._composer.show_draft()
        self.bar.end()

    def _saved(self, sent: Sent, job: Job) -> None:
        self.leave()
        sent(job)

    def _jobs_changed(self, changes: Iterable[JobChanged]) -> None:
        edited = self.job
        if edited is None:
            return
        now = next((change.job for change in changes if change.job.id == edited.id), None)
        if now is not None and now.state is not JobState.QUEUED and self.bar.save.isEnabled():
            self.bar.save.setEnabled(False)
            self._composer.foot.set_error(self.tr("The job has left the queue meanwhile, as it was. Nothing was changed."))

    # many

    def open_batch(self) -> None:
        """Choose what is to be varied, and see all the jobs before they are sent."""
        from studio.ui.composer.batch_dialog import BatchDialog

        composer = self._composer
        operation, request = composer.operation, composer.request_now()
        if operation is None or request is None or self.job is not None:
            return
        self.dialog = BatchDialog(
            self._bridge, self._theme, operation, request, composer.window(), lists=composer.prompt_tools.lists()
        )
        self.dialog.submitted.connect(composer.submitted)
        if not composer.prompt_tools.knows_lists():  # words that are typed there may name some
            self._bridge.run(lambda core: core.prompts.book(), self.dialog.take_book)
        self.dialog.open()


async def _after_what_was_asked(core: Core) -> None:
    """Answered after everything that was asked before."""
