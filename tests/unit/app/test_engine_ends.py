"""The engine's word that a job has ended, heard by a whole core from a real engine: sooner than by polling, never needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from studio.app import engine_ends, engine_link
from studio.app.core import Core
from studio.app.engine_ends import EngineEnds
from studio.domain.event import Event, JobChanged, ProblemRaised
from studio.domain.job import Job, JobRequest
from studio.domain.query import AssetQuery
from studio.domain.state import JobState
from studio.engine import plans
from studio.engine.address import EngineAddress, read_address
from studio.engine.desk import Desk
from studio.engine.ends import Ends
from studio.engine.errors import ApiError
from studio.engine.launch import EngineStartError
from studio.engine.pace import PollLimits
from studio.engine.plans import Plan
from studio.jobs.tasks import Tasks
from studio.providers.endpoint import Endpoint
from studio.settings.paths import Paths
from tests.unit.engine.rig import KEY, Rig, engine

HOUR_MS = 3_600_000
LIMIT_S = 60.0


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110  the engine is in another thread
            await asyncio.sleep(0.005)


def request(prompt: str = "a lake") -> JobRequest:
    return JobRequest("image.generate", "local", {"prompt": prompt})


async def ended(core: Core, job: Job) -> Job:
    found = await core.wait(job.id, LIMIT_S)
    assert found.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED), found.state
    return found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine asks for an hour between two polls: whoever sees a job end has been told."""
    monkeypatch.setitem(plans.PLANS, "free", Plan("free", poll=PollLimits(HOUR_MS, HOUR_MS)))


@pytest.fixture
def polls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids that are asked about, in order."""
    asked: list[str] = []
    show = Desk.show

    async def counted(desk: Desk, contract: Any, job_id: str) -> dict[str, Any]:
        asked.append(job_id)
        return await show(desk, contract, job_id)

    monkeypatch.setattr(Desk, "show", counted)
    return asked


@pytest.fixture
def slow(patient: None, paths: Paths) -> Iterator[Rig]:
    """An engine whose jobs take as many seconds as their prompts end with."""
    paths.create()
    with engine(paths.data, "slow") as rig:
        yield rig


@pytest.mark.slow
async def test_a_job_that_ends_is_looked_at_then(patient: None, paths: Paths, core: Core, polls: list[str]) -> None:
    with engine(paths.data) as rig:
        await core.start()
        jobs = [await ended(core, await core.submit(request(f"lake {number}"))) for number in range(3)]
        assert [job.state for job in jobs] == [JobState.DONE] * 3
        assert [asset.job_id for asset in await core.assets(AssetQuery())] == [job.id for job in reversed(jobs)]
        for job in jobs:
            assert 1 <= polls.count(str(job.remote_id)) <= 2
        await core.close()
        await until(lambda: rig.desk.ends.waiting == 0)


async def test_a_cancel_elsewhere_is_heard_too(slow: Rig, core: Core, polls: list[str]) -> None:
    await core.start()
    first, second = [await core.wait_sent((await core.submit(request(f"for {HOUR_MS}"))).id, LIMIT_S) for _ in range(2)]
    await until(lambda: slow.desk.ends.waiting == 1)
    seen = len(polls)
    assert (await asyncio.to_thread(slow.client.post, f"/api/v1/requests/{first.remote_id}/cancel")).status_code == 200
    assert (await ended(core, first)).state is JobState.CANCELLED
    assert polls[seen:] == [first.remote_id], "the other one is left alone"
    await until(lambda: slow.desk.ends.waiting == 1)
    assert (await core.job(second.id)).state is JobState.RUNNING
    await core.cancel(second.id)


async def test_the_end_of_the_core_waits_for_nobody(slow: Rig, core: Core) -> None:
    await core.start()
    sent = await core.wait_sent((await core.submit(request(f"for {HOUR_MS}"))).id, LIMIT_S)
    await until(lambda: slow.desk.ends.waiting == 1)
    await core.close()
    assert core._link.known() is None
    await until(lambda: slow.desk.ends.waiting == 0)
    await asyncio.to_thread(slow.client.post, f"/api/v1/requests/{sent.remote_id}/cancel")


@pytest.mark.slow
async def test_without_the_hint_a_job_ends_by_polling(
    paths: Paths, core: Core, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = 0

    async def broken(ends: Ends, *rest: object) -> dict[str, Any]:
        nonlocal asked
        asked += 1
        raise ApiError(500, "internal", "A drill.")

    monkeypatch.setattr(Ends, "wait", broken)
    monkeypatch.setattr(engine_ends, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(engine_ends, "LONGEST_PAUSE_S", 0.001)
    caplog.set_level(logging.INFO, engine_ends.__name__)
    events: list[Event] = []
    core.subscribe(events.append)
    paths.create()
    with engine(paths.data, "slow"):
        await core.start()
        job = await ended(core, await core.submit(request("for 1")))
        assert job.state is JobState.DONE
        assert asked > 1
        said = [record.message for record in caplog.records if record.name == engine_ends.__name__]
        assert len(said) == 1, "once an outage"
        assert "500" in said[0]
        assert not any(isinstance(event, ProblemRaised) for event in events)
        await core.close()


@pytest.mark.slow
async def test_an_engine_that_went_away_is_not_started_for_it(
    paths: Paths, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The polls find the next one, which has the job; and that one is asked from then on."""
    starts = 0

    def find(folder: object) -> EngineAddress:
        nonlocal starts
        address = read_address(paths.engine)
        if address is None:
            starts += 1
            raise EngineStartError("It is away.")
        return address

    monkeypatch.setattr(engine_link, "ensure_engine", find)
    monkeypatch.setattr(engine_ends, "LONGEST_PAUSE_S", 0.01)
    monkeypatch.setattr(engine_ends, "FIRST_PAUSE_S", 0.01)
    paths.create()
    with ExitStack() as stack:
        first = stack.enter_context(engine(paths.data, "slow"))
        await core.start()
        job = await core.wait_sent((await core.submit(request(f"for {HOUR_MS}"))).id, LIMIT_S)
        await until(lambda: first.desk.ends.waiting == 1)
        await asyncio.to_thread(stack.close)
        await until(lambda: starts)
        with engine(paths.data, "slow") as second:
            await until(lambda: second.desk.ends.waiting == 1)
            await asyncio.to_thread(second.client.post, f"/api/v1/requests/{job.remote_id}/cancel")
            assert (await ended(core, job)).state is JobState.CANCELLED
            await core.close()


class Heard:
    """One of these with an engine, and a runner that notes what it is asked to look at."""

    def __init__(self, rig: Rig) -> None:
        self.looked: list[tuple[str, str]] = []
        self.followed = True
        self.known: Endpoint | None = Endpoint(rig.url, KEY)
        self.tasks = Tasks()
        self.ends = EngineEnds(lambda: self.known, self._look, lambda job: self.followed, self.tasks)

    def _look(self, account: str, remote_id: str) -> bool:
        self.looked.append((account, remote_id))
        return True

    def runs(self, remote_id: str, account: str = "local", state: JobState = JobState.RUNNING) -> Job:
        job = Job.new(JobRequest("image.generate", account, {"prompt": "a lake"}))
        job = replace(job, state=state, remote_id=remote_id)
        self.ends.hear(JobChanged(job))
        return job


@pytest.fixture
def rig(paths: Paths) -> Iterator[Rig]:
    with engine(paths.data) as rig:
        yield rig


async def test_nothing_is_asked_for_jobs_elsewhere_or_of_an_engine_that_is_not_known(rig: Rig) -> None:
    heard = Heard(rig)
    heard.runs("req_1", account="paid")
    heard.runs("req_2", state=JobState.SUBMITTING)
    heard.known = None
    heard.runs("req_3")
    assert len(heard.tasks) == 0


async def test_at_first_all_that_run_are_looked_at_and_then_those_that_end(rig: Rig) -> None:
    heard = Heard(rig)
    heard.runs("req_a")
    heard.runs("req_b")
    await until(lambda: rig.desk.ends.waiting == 1)
    assert heard.looked == [("local", "req_a"), ("local", "req_b")]
    other = await asyncio.to_thread(rig.create)
    await until(lambda: len(heard.looked) == 3)
    assert heard.looked[2] == ("local", other)
    assert len(heard.tasks) == 1
    await heard.tasks.close()
    assert len(heard.tasks) == 0


async def test_once_nothing_runs_nobody_asks_until_something_does(rig: Rig) -> None:
    heard = Heard(rig)
    job = heard.runs("req_a")
    await until(lambda: rig.desk.ends.waiting == 1)
    heard.ends.hear(JobChanged(replace(job, state=JobState.DOWNLOADING)))
    one = await asyncio.to_thread(rig.create)
    await until(lambda: ("local", one) in heard.looked)
    await asyncio.sleep(2 * engine_ends._BREATH_S)
    assert rig.desk.ends.waiting == 0
    two = await asyncio.to_thread(rig.create)
    await asyncio.to_thread(rig.finished, two)
    assert ("local", two) not in heard.looked
    heard.runs("req_b")
    await until(lambda: ("local", two) in heard.looked)
    await until(lambda: rig.desk.ends.waiting == 1)
    heard.followed = False  # another process has it by now
    three = await asyncio.to_thread(rig.create)
    await until(lambda: ("local", three) in heard.looked)
    await asyncio.sleep(2 * engine_ends._BREATH_S)
    assert rig.desk.ends.waiting == 0
    await heard.tasks.close()


async def test_answers_that_make_no_sense_are_an_outage(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[dict[str, Any]] = [
        {"latest": "1", "ids": []}, {"latest": True, "ids": []}, {"latest": 1}, {"latest": 1, "ids": [2]},
        {"latest": -1, "ids": []}, {"latest": 7, "ids": ["req_a"]},
    ]

    async def nonsense(ends: Ends, *rest: object) -> dict[str, Any]:
        return answers.pop(0)

    monkeypatch.setattr(Ends, "wait", nonsense)
    monkeypatch.setattr(engine_ends, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(engine_ends, "LONGEST_PAUSE_S", 0.001)
    heard = Heard(rig)
    heard.runs("req_a")
    await until(lambda: heard.looked)
    assert (answers, heard.looked) == ([], [("local", "req_a")])
    await heard.tasks.close()
