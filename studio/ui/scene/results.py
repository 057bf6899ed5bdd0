"""What came of a board: follows its job until the picture is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.scene.link import OPERATION

if TYPE_CHECKING:
    from studio.domain.event import JobChanged

class BoardResults(QObject):
    """`came(asset)` with the picture of the job sent last; `standing(words)` while it is made and when it failed."""

    came = Signal(object)
    standing = Signal(str)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._job = ""
        bridge.jobsChanged.connect(self._jobs_changed)

    def follow(self, job: Job) -> None:
        """Wait for this one from now on, if it is a scene's."""
        if job.request.operation == OPERATION:
            self._job = job.id
            self._tell(job)

    def _jobs_changed(self, changes: Iterable[JobChanged]) -> None:
        for change in changes:
            if change.job.id == self._job:
                self._tell(change.job)

    def _tell(self, job: Job) -> None:
        if job.state is JobState.DONE and job.asset_ids:
            self._job, first = "", job.asset_ids[0]
            self.standing.emit("")
            self._bridge.run(lambda core: core.asset(first), self.came.emit)
        elif job.state is JobState.FAILED:
            self._job = ""
            words = self.tr("The scene was not composed: {reason}")
            self.standing.emit(words.format(reason=job.error.message if job.error is not None else ""))
        elif job.state is JobState.CANCELLED:
            self._job = ""
            self.standing.emit("")
        else:
            share = f" {round(100 * job.progress)} %" if job.progress else ""
            self.standing.emit(self.tr("Composing…") + share)
