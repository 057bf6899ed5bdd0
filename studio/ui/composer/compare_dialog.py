"""The same form to two or three accounts at once, and what comes of it side by side, with time and cost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.account import Account
from studio.domain.carrying import carried
from studio.domain.event import JobChanged
from studio.domain.job import Job, JobRequest
from studio.domain.ledger import Estimate, EstimateSource
from studio.domain.operation import Operation
from studio.ui.bridge import Bridge, in_words
from studio.ui.composer.compare_column import CompareColumn
from studio.ui.costs.words import estimate_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.job_words import credits_spelt
from studio.ui.widgets.words import label, rule

if TYPE_CHECKING:
    from studio.app.core import Core

MOST = 3
_TICK_MS = 500


class Entrant(NamedTuple):
    """An account that offers the operation: what it would get, what it does not take, and what that costs."""

    account: Account
    request: JobRequest
    left_out: list[str]
    estimate: Estimate


async def entrants(core: Core, request: JobRequest) -> list[Entrant]:
    """The accounts that offer the operation of `request`, the one of the form first."""
    found: list[Entrant] = []
    own = next((one for one in core.operations(request.account) if one.id == request.operation), None)
    for account in core.accounts():
        operation = next((one for one in core.operations(account.name) if one.id == request.operation), None)
        if operation is None:
            continue
        values, left = carried(request.input, operation)
        theirs = JobRequest(request.operation, account.name, values, request.label)
        found.append(Entrant(account, theirs, [_label(name, operation, own) for name in left], await core.estimate(theirs)))
    return sorted(found, key=lambda one: one.account.name != request.account)


def _label(name: str, *operations: Operation | None) -> str:
    """What the form calls a field, by the first of these that has it."""
    known = (one.parameter(name) for one in operations if one is not None)
    return next((one.label for one in known if one is not None), name.replace("_", " ").capitalize())


class CompareDialog(QDialog):
    """`asset_wanted(asset)` to look at a result. Shown with `open()`; closing it stops no job."""

    asset_wanted = Signal(object)

    def __init__(self, bridge: Bridge, theme: Theme, request: JobRequest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareDialog")
        self.setWindowTitle(self.tr("Compare accounts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.resize(720, 520)
        self._bridge = bridge
        self._theme = theme
        self._request = request
        self._entrants: list[Entrant] = []
        self._boxes: list[QCheckBox] = []
        self._columns: dict[str, CompareColumn] = {}
        self._says = label("", "label", wrap=True)
        self._says.setObjectName("compareSays")
        self._says.setText(self.tr("Asking what each account takes, and what it costs…"))
        self._send = push(self.tr("Send"), "compareSend", "primary")
        self._send.clicked.connect(self.send)
        close = push(self.tr("Close"), "compareClose")
        close.clicked.connect(self.reject)
        self._choice, self._results = QWidget(), QWidget()
        self._list = QVBoxLayout(self._choice)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._row = QHBoxLayout(self._results)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._choice)
        self._pages.addWidget(self._results)
        self._lay_out(close)
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(self._tick)
        bridge.jobsChanged.connect(self._jobs_changed)
        bridge.run(lambda core: entrants(core, request), self._show_entrants, self._failed)

    def _lay_out(self, close: QWidget) -> None:
        inside = QVBoxLayout()
        inside.setContentsMargins(24, 24, 24, 16)
        inside.setSpacing(12)
        inside.addWidget(label(self.tr("Compare accounts"), "heading"))
        inside.addWidget(label(self._request.label or Job.new(self._request).title, "dim", wrap=True))
        inside.addWidget(self._pages, 1)
        inside.addWidget(self._says)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(close)
        foot.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(inside, 1)
        column.addWidget(rule())
        column.addLayout(foot)
        self._send.setEnabled(False)

    # choosing

    def _show_entrants(self, found: Sequence[Entrant]) -> None:
        self._entrants = list(found)
        for number, entrant in enumerate(found):
            box = QCheckBox(entrant.account.title)
            box.setObjectName(f"compare_{entrant.account.name}")
            box.setChecked(number < 2)
            box.toggled.connect(lambda _: self._count())
            words = [estimate_words(entrant.estimate, entrant.account)]
            if entrant.left_out:
                words.append(self.tr("does not take: {fields}").format(fields=", ".join(entrant.left_out)))
            note = label(" · ".join(words), "label", wrap=True)
            note.setContentsMargins(28, 0, 0, 0)
            box.setAccessibleDescription(note.text())
            self._list.addWidget(box)
            self._list.addWidget(note)
            self._list.addSpacing(12)
            self._boxes.append(box)
        self._list.addStretch(1)
        if self._boxes:
            QTimer.singleShot(0, self._boxes[0], lambda: self._boxes[0].setFocus())  # its layout shows it only then
        self._count()

    def chosen(self) -> list[Entrant]:
        """The accounts that are ticked."""
        return [entrant for entrant, box in zip(self._entrants, self._boxes, strict=True) if box.isChecked()]

    def _count(self) -> None:
        chosen = self.chosen()
        right = 2 <= len(chosen) <= MOST
        self._send.setEnabled(right)
        self._send.setText(self.tr("Send to {n}").format(n=len(chosen)) if chosen else self.tr("Send"))
        if not right:
            few = self.tr("Only one account offers this operation: add another one to compare.")
            self._says.setText(few if len(self._entrants) < 2 else self.tr("Choose two or three accounts."))
            return
        paid = [one.estimate for one in chosen if one.estimate.source is not EstimateSource.FREE]
        known = sum(one.amount for one in paid if one.amount is not None)
        if not paid:
            self._says.setText(self.tr("Free."))
        elif all(one.amount is not None for one in paid):
            self._says.setText(self.tr("About {credits} in all.").format(credits=credits_spelt(known)))
        else:
            self._says.setText(self.tr("What it costs in all is not known."))

    # sending and watching

    def send(self) -> None:
        """One job an account; a refusal of one is said in its column and keeps no other from going."""
        for entrant in self.chosen():
            column = CompareColumn(self._bridge, self._theme, entrant.account)
            column.asset_wanted.connect(self.asset_wanted)
            self._columns[entrant.account.name] = column
            self._row.addWidget(column, 1)
            self._bridge.run(partial(_submit, entrant.request), column.show_job, partial(_refused, column))
        self._pages.setCurrentWidget(self._results)
        self._send.hide()
        self._says.setText(self.tr("You can close this: the jobs go on, and stand in the queue."))
        self._clock.start()

    def _jobs_changed(self, changes: Sequence[JobChanged]) -> None:
        for change in changes:
            for column in self._columns.values():
                if column.job_id == change.job.id:
                    column.show_job(change.job)

    def _tick(self) -> None:
        for column in self._columns.values():
            column.tick()
        if self._columns and all(column.over for column in self._columns.values()):
            self._clock.stop()

    def _failed(self, error: BaseException) -> None:
        self._says.setText(in_words(error))


def _refused(column: CompareColumn, error: BaseException) -> None:
    column.show_error(in_words(error))


async def _submit(request: JobRequest, core: Core) -> Job:
    return await core.submit(request)


