"""Before a result comes there is a process to look into it, started once and not for what is not running."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import replace

import pytest

from studio.app.readiness import Readiness
from studio.domain.event import JobChanged
from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState
from studio.jobs.tasks import Tasks

QUEUED = Job.new(JobRequest("image.generate", "local", {"prompt": "a calm sea"}))


async def test_a_process_is_made_ready_once_when_a_job_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, warmed = asyncio.get_running_loop(), asyncio.Queue[bool]()
    told = functools.partial(loop.call_soon_threadsafe, warmed.put_nowait, True)
    monkeypatch.setattr("studio.app.readiness.warm_workers", told)
    tasks = Tasks()
    readiness = Readiness(tasks)
    readiness.hear(JobChanged(QUEUED))
    assert not len(tasks)
    for progress in (0.1, 0.2):
        readiness.hear(JobChanged(replace(QUEUED, state=JobState.RUNNING, progress=progress)))
    assert len(tasks) == 1
    assert await warmed.get()
    await tasks.close()
    assert warmed.empty()
