"""A long queue costs no more than a short one: only the first in line look for a place, and everybody gets a turn."""

from __future__ import annotations

import asyncio

import pytest

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.jobs.scheduler import LOOKING, Scheduler
from tests.unit.jobs.world import Play, finished, remote

JOBS = 5 * LOOKING


@pytest.mark.slow
async def test_only_the_first_in_line_look_and_all_get_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: set[str] = set()
    inner = Scheduler._barrier

    async def noted(scheduler: Scheduler, lane: object, job: Job) -> object:
        looked.add(job.id)
        return await inner(scheduler, lane, job)  # type: ignore[arg-type]  # the lane is the scheduler's own

    monkeypatch.setattr(Scheduler, "_barrier", noted)
    play = Play()
    play.provider.polls = [remote()]
    jobs = [await play.submit() for _ in range(JOBS)]
    for _ in range(2_000):
        await asyncio.sleep(0)
    looked.clear()
    for _ in range(20_000):
        await asyncio.sleep(0)
    assert 0 < len(looked) <= LOOKING
    play.provider.polls = [finished()]
    async with asyncio.timeout(240):
        await play.runner.idle()
    assert {play.now(job).state for job in jobs} == {JobState.DONE}
    await play.runner.close()
