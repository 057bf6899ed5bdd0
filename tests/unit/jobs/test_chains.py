"""The runner of chains where no engine easily leads: an unknown outcome, a result that is still there, a full disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from studio.domain.asset import Asset
from studio.domain.chain_run import ChainRun, RunState
from studio.domain.errors import DiskFullError, NotFoundError
from studio.domain.event import Event, StoreChanged
from studio.domain.job import Job, JobError, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.remote import Change
from studio.domain.state import JobState
from studio.jobs.chains import ChainRunner, ChainWorld
from studio.jobs.clock import SystemClock
from studio.jobs.tasks import Tasks
from studio.store.chains import SqlChainStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from tests.unit.domain.chains import OPERATIONS, TALKING

ANSWERS = {"idea": "a pier", "words": "Hello."}


@dataclass
class Scene:
    """A real store, and jobs that do what the test says."""

    db: Database
    events: list[Event] = field(default_factory=list)
    retried: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    full: bool = False

    def __post_init__(self) -> None:
        self.store = SqlChainStore(self.db)
        self.jobs = SqlJobStore(self.db)
        self.tasks = Tasks()
        world = ChainWorld(self.store, self, lambda account: OPERATIONS, self.prepare, self.asset, self.hold, SystemClock(),
                           self.hear)
        self.runner = ChainRunner(world, self.tasks)

    def hear(self, event: Event) -> None:
        self.events.append(event)
        self.runner.hear(event)

    async def prepare(self, request: JobRequest) -> Job:
        if self.full:
            raise DiskFullError("The disk is full.")
        return Job.new(request)

    async def asset(self, asset_id: str) -> Asset:
        if asset_id == "asset_gone":
            raise NotFoundError("There is no such asset.")
        return Asset(asset_id, MediaKind.IMAGE, Path("/media/a.png"), "image/png", "", 1)

    async def hold(self, job_id: str, held: bool) -> None:
        """Nothing is sent here anyhow."""

    async def retry(self, job_id: str) -> Job:
        self.retried.append(job_id)
        return await self.set(job_id, JobState.RUNNING)

    async def cancel(self, job_id: str) -> Job:
        self.cancelled.append(job_id)
        return await self.set(job_id, JobState.CANCELLED)

    async def take_up(self) -> None:
        """Nobody works here."""

    async def set(self, job_id: str, *states: JobState, **more: object) -> Job:
        """Lead a job through these states."""
        job = await self.jobs.get(job_id)
        assert job is not None
        for state in states:
            stored = await self.jobs.change(job, Change(job.changed(state=state, **more)))
            assert stored is not None
            job = stored
        return job

    async def begin(self) -> tuple[ChainRun, Job]:
        run = await self.runner.start(ChainRun.new(TALKING, "paid", ANSWERS))
        assert run.current_job is not None
        return run, run.current_job


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    db = await asyncio.to_thread(Database.open, tmp_path / "studio.db")
    scene = Scene(db)
    yield scene
    await scene.tasks.close()
    await asyncio.to_thread(db.close)


@pytest.mark.slow
async def test_an_unknown_outcome_waits_for_the_person_and_is_sent_again_under_its_own_key(scene: Scene) -> None:
    run, job = await scene.begin()
    await scene.set(job.id, JobState.SUBMITTING, JobState.UNKNOWN)
    run = await scene.runner.advance(run.id)
    assert (run.state, run.needs_person) == (RunState.RUNNING, True)
    again = await scene.runner.retry(run.id)
    assert scene.retried == [job.id]
    assert [(one.attempt, one.job.id, one.job.idempotency_key) for one in again.jobs] == [(1, job.id, job.idempotency_key)]


@pytest.mark.slow
async def test_what_may_still_lie_at_the_service_is_asked_for_and_not_made_anew(scene: Scene) -> None:
    run, job = await scene.begin()
    error = JobError("service", "away", "It did not come.", True)
    await scene.set(job.id, JobState.SUBMITTING, JobState.RUNNING, JobState.FAILED, remote_id="req_1", error=error)
    run = await scene.runner.advance(run.id)
    assert (run.state, run.stopped_by) == (RunState.FAILED, error)
    again = await scene.runner.retry(run.id)
    assert scene.retried == [job.id]
    assert (again.state, len(again.jobs), again.attempts_of(0)) == (RunState.RUNNING, 1, 1)


async def test_what_surely_failed_gets_a_new_job(scene: Scene) -> None:
    run, job = await scene.begin()
    await scene.set(job.id, JobState.FAILED, error=JobError("input", "bad", "Wrong.", False))
    await scene.runner.advance(run.id)
    again = await scene.runner.retry(run.id)
    assert scene.retried == []
    assert (again.attempts_of(0), again.current_job is not None and again.current_job.id != job.id) == (2, True)


@pytest.mark.slow
async def test_a_full_disk_ends_no_run(scene: Scene) -> None:
    run, job = await scene.begin()
    await scene.set(job.id, JobState.SUBMITTING, JobState.DOWNLOADING, JobState.DONE, output={"enhancedPrompt": "more"})
    scene.full = True
    with pytest.raises(DiskFullError):
        await scene.runner.advance(run.id)
    assert (await scene.runner._get(run.id)).state is RunState.RUNNING
    scene.full = False
    scene.hear(StoreChanged())  # another process made room
    assert await scene.runner.settled()
    after = await scene.runner._get(run.id)
    assert after.current == 1
    assert after.current_job is not None
    assert after.current_job.request.input["prompt"] == "more"
    looks = 0
    while await scene.runner.settled():  # the news of its own step is looked at once more
        looks += 1
        assert looks < 5, "it never comes to rest"


async def test_a_result_that_was_purged_is_told(scene: Scene) -> None:
    run, job = await scene.begin()
    await scene.set(job.id, JobState.SUBMITTING, JobState.DOWNLOADING, JobState.DONE, output={"enhancedPrompt": "more"})
    run = await scene.runner.advance(run.id)
    assert run.current_job is not None
    await scene.set(run.current_job.id, JobState.SUBMITTING, JobState.DOWNLOADING, JobState.DONE, asset_ids=("asset_gone",))
    run = await scene.runner.advance(run.id)
    assert (run.state, run.current) == (RunState.FAILED, 2)
    assert run.error is not None
    assert run.error.field == "clip.image_url"


async def test_a_cancel_that_comes_too_late_lets_the_result_come(scene: Scene) -> None:
    run, job = await scene.begin()
    await scene.set(job.id, JobState.SUBMITTING, JobState.DOWNLOADING, JobState.DONE, output={"enhancedPrompt": "more"})
    cancelled = await scene.runner.cancel(run.id)
    assert (cancelled.state, scene.cancelled) == (RunState.CANCELLED, [])
    assert (await scene.runner.advance(run.id)).current == 0
    again = await scene.runner.retry(run.id)
    assert (again.state, again.current, scene.retried) == (RunState.RUNNING, 1, [])
