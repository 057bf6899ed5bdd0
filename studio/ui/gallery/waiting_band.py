"""A line over the grid for results that are paid for and not here: still at the service, which keeps them for a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.domain.job import Job
from studio.domain.query import JobQuery
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.images.captions import full_moment_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import ElidedLabel

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import JobChanged

MOST_LOOKED_AT = 200


def still_there(jobs: Sequence[Job]) -> list[Job]:
    """Those whose result a service keeps for a time and that is not here: the nearest end first."""
    now = datetime.now(UTC)
    waiting = [job for job in jobs if job.state in (JobState.FAILED, JobState.DOWNLOADING) and job.expires_at is not None]
    return sorted((job for job in waiting if job.expires_at and job.expires_at > now), key=lambda job: str(job.expires_at))


class WaitingBand(QFrame):
    """Hidden while there are none."""

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("galleryWaiting")
        self.setProperty("surface", "panel")
        self._bridge = bridge
        self.jobs: list[Job] = []
        self._words = ElidedLabel("", "warn")
        self._fetch = push(self.tr("Fetch again"), "galleryFetchAgain")
        self._fetch.clicked.connect(self.fetch)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.current.lg, theme.current.xs, theme.current.lg, theme.current.xs)
        row.setSpacing(theme.current.md)
        row.addWidget(self._words, 1)
        row.addWidget(self._fetch)
        self._soon = QTimer(self, singleShot=True, interval=1000)
        self._soon.timeout.connect(self.refresh)
        bridge.jobsChanged.connect(self._jobs_changed)
        bridge.storeChanged.connect(self._look_soon)
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def refresh(self) -> None:
        """Ask which there are."""

        async def answer(core: Core) -> list[Job]:
            found: list[Job] = []
            for state in (JobState.FAILED, JobState.DOWNLOADING):
                found += await core.jobs(JobQuery(state=state, limit=MOST_LOOKED_AT))
            return still_there(found)

        self._bridge.run(answer, self._show, lambda _: None)

    def fetch(self) -> None:
        """Try again to get them; what runs already goes on by itself."""
        ids = [job.id for job in self.jobs if job.state is JobState.FAILED]

        async def again(core: Core) -> None:
            for job_id in ids:
                await core.retry(job_id)

        self._bridge.run(again)

    def _jobs_changed(self, changes: Sequence[JobChanged]) -> None:
        if self.jobs or {change.job.state for change in changes} & {JobState.FAILED, JobState.DOWNLOADING}:
            self._look_soon()

    def _look_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _show(self, jobs: list[Job]) -> None:
        self.jobs = jobs
        failed = [job for job in jobs if job.state is JobState.FAILED]
        self.setVisible(bool(failed))
        if not failed or failed[0].expires_at is None:
            return
        one = self.tr("1 result could not be fetched and is still at the service, until {when}.")
        many = self.tr("{n} results could not be fetched and are still at the service; the first until {when}.")
        words = one if len(failed) == 1 else many
        self._words.setText(words.format(n=f"{len(failed):,}", when=full_moment_words(failed[0].expires_at)))
