"""Keeps up with the form: asks the core what the job would cost as it is now, a moment after the last change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.event import JobChanged
from studio.domain.job import JobRequest
from studio.domain.ledger import FREE, Estimate
from studio.domain.state import JobState
from studio.ui.bridge import Bridge

log = logging.getLogger(__name__)

SOON_MS = 150


class PriceAsker(QObject):
    """`known(estimate)` for the newest question only. `request` is what would be sent now; None: nothing yet."""

    known = Signal(object)

    def __init__(self, bridge: Bridge, request: Callable[[], JobRequest | None], parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._request = request
        self._asked: JobRequest | None = None
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._ask)
        bridge.jobsChanged.connect(self._jobs_changed)

    def changed(self) -> None:
        """The form says something else."""
        self._soon.start()

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        """A job that was charged is one more to know by."""
        if self._asked is not None and self._asked.account != LOCAL_ACCOUNT and any(
            change.job.state is JobState.DONE and change.job.request.operation == self._asked.operation for change in changes
        ):
            self._soon.start()

    def _ask(self) -> None:
        request = self._asked = self._request()
        if request is None:
            return
        if request.account == LOCAL_ACCOUNT:
            self.known.emit(FREE)
            return

        self._bridge.run(lambda core: core.estimate(request), partial(self._known, request), partial(self._failed, request))

    def _known(self, request: JobRequest, estimate: Estimate) -> None:
        if request is self._asked:
            self.known.emit(estimate)

    def _failed(self, request: JobRequest, error: BaseException) -> None:
        """An account that is gone is told when the job is sent; here it only means that no price is known."""
        log.info("no estimate: %s", error)
        self._known(request, Estimate())
