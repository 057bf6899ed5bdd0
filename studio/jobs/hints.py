"""Events of services are hints: they only make a job be looked at now. One that comes before the answer that names its job
is kept for a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.state import JobState
from studio.jobs.clock import Clock
from studio.jobs.walk import Walk

TOLD_EVERY = timedelta(seconds=5)
_MOST_EARLY = 64


class Hints:
    """`walks`: the jobs that are followed, by id."""

    def __init__(self, walks: Mapping[str, Walk], clock: Clock) -> None:
        self._walks = walks
        self._clock = clock
        self.early: dict[tuple[str, str], None] = {}

    def look_now(self, account: str, remote_id: str) -> bool:
        """An event says that this job ended over there: ask the service at once. Whether a job was found to look at.

        It is a hint and no more: the poll says what is true, and a wait that the service asked for is kept. Anybody may send
        one, so it counts once in TOLD_EVERY for each job; but each counts that the engine here tells whoever has its key.
        """
        moment = self._clock.now()
        for walk in self._walks.values():
            job = walk.job
            if job.state is not JobState.RUNNING or job.remote_id != remote_id or job.request.account != account:
                continue
            if account == LOCAL_ACCOUNT or walk.told_at is None or abs(moment - walk.told_at) >= TOLD_EVERY:
                walk.told, walk.told_at = True, moment
                walk.nudge.set()
            return True
        self.early[(account, remote_id)] = None
        while len(self.early) > _MOST_EARLY:
            del self.early[next(iter(self.early))]
        return False

    def heard_early(self, walk: Walk) -> None:
        """The event of a quick job can come before the answer that names the job is written."""
        job = walk.job
        key = (job.request.account, job.remote_id or "")
        if job.state is JobState.RUNNING and key in self.early:
            del self.early[key]
            walk.told, walk.told_at = True, self._clock.now()
