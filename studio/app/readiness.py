"""While a job runs, a process is made ready that will look into its result."""

from __future__ import annotations

import asyncio
import time

from studio.domain.event import Event, JobChanged
from studio.domain.state import JobState
from studio.jobs.tasks import Tasks
from studio.media.workers import IDLE_S, warm_workers


class Readiness:
    """Hears of running jobs. The process ends by itself when nothing comes; as long as jobs run it is kept."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._until = 0.0

    def hear(self, event: Event) -> None:
        """Cheap: asked of every event."""
        runs = isinstance(event, JobChanged) and event.job.state is JobState.RUNNING
        if runs and time.monotonic() >= self._until:
            self._until = time.monotonic() + IDLE_S / 2
            self._tasks.start(asyncio.to_thread(warm_workers), "a process for results")
