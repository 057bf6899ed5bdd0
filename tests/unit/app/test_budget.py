"""Budgets: asked about, held, approved, raised; counted with what is on its way; the same for two processes on one store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from studio.app.core import Core
from studio.domain.account import Budget
from studio.domain.errors import InputError
from studio.domain.job import Job
from studio.domain.state import JobState, WaitReason
from studio.jobs.clock import SystemClock
from studio.settings.paths import Paths
from tests.unit.app.paid import NAME, PICTURE_COSTS, at, paid, picture, until


def held(job: Job) -> bool:
    return job.waiting_for is WaitReason.BUDGET


@pytest.mark.slow
async def test_a_job_above_the_limit_waits_for_the_person_and_goes_when_approved(tmp_path: Path) -> None:
    async with paid(tmp_path, budget=Budget(ask_above=3)) as (core, rig):
        job = await core.submit(picture())
        job = await until(core, job.id, held)
        assert job.state is JobState.QUEUED
        assert job.error is not None
        assert job.error.code == "ask_above"
        assert "4 credits" in job.error.message
        assert "3 credits" in job.error.message
        assert rig.client.get("/api/v1/status").json()["creditsRemaining"] == 1000
        await core.idle()  # a held job does not keep anybody waiting
        await core.approve(job.id)
        done = await core.wait(job.id, 60)
        assert done.state is JobState.DONE
        assert done.error is None
        assert done.credits.charged == PICTURE_COSTS
        notes = [entry.note for entry in await core.timeline(job.id)]
        assert any(note.startswith("Held:") for note in notes)
        assert "Approved by the person." in notes


@pytest.mark.slow
async def test_a_held_job_can_be_cancelled_and_costs_nothing(tmp_path: Path) -> None:
    async with paid(tmp_path, budget=Budget(ask_above=3)) as (core, _):
        job = await core.submit(picture())
        await until(core, job.id, held)
        assert (await core.cancel(job.id)).state is JobState.CANCELLED
        assert (await core.standing(NAME)).today == 0
        with pytest.raises(InputError):
            await core.approve(job.id)


@pytest.mark.slow
async def test_the_day_s_budget_counts_what_is_on_its_way_and_lets_go_when_it_is_raised(tmp_path: Path) -> None:
    async with paid(tmp_path, budget=Budget(per_day=9), renderer="slow") as (core, rig):
        jobs = [await core.submit(picture(prompt="a lake 0.3")) for _ in range(4)]
        async with asyncio.timeout(60):
            while sum(map(held, [await core.job(job.id) for job in jobs])) < 2:  # noqa: ASYNC110  # in the store
                await asyncio.sleep(0.02)
        for job in jobs[:2]:
            await core.wait(job.id, 60)
        await asyncio.sleep(0.2)
        states = [(await core.job(job.id)) for job in jobs]
        assert sorted(job.state for job in states) == [JobState.DONE, JobState.DONE, JobState.QUEUED, JobState.QUEUED]
        waiting = next(job for job in states if held(job))
        assert waiting.error is not None
        assert waiting.error.code == "day_spent"
        assert "9 credits" in waiting.error.message
        assert (await core.standing(NAME)).today == 8.0
        await core.update_account(at(rig, budget=Budget(per_day=100)))
        for job in jobs:
            assert (await core.wait(job.id, 60)).state is JobState.DONE


@pytest.mark.slow
async def test_what_was_reserved_for_a_job_that_ends_without_cost_is_free_for_the_next(tmp_path: Path) -> None:
    async with paid(tmp_path, budget=Budget(per_month=5), renderer="slow") as (core, _):
        first = await core.submit(picture(prompt="a lake 30"))
        await until(core, first.id, lambda job: job.state is JobState.RUNNING)
        second = await core.submit(picture(prompt="a lake 0"))
        await until(core, second.id, held)
        assert (await core.cancel(first.id)).state is JobState.CANCELLED
        assert (await core.wait(second.id, 60)).state is JobState.DONE
        assert (await core.standing(NAME)).this_month == PICTURE_COSTS


@pytest.mark.slow
async def test_a_held_job_is_held_after_a_restart_and_an_approval_is_kept(tmp_path: Path) -> None:
    async with paid(tmp_path, budget=Budget(ask_above=3)) as (core, rig):
        one, two = await core.submit(picture()), await core.submit(picture())
        for job in (one, two):
            await until(core, job.id, held)
        await core.close()
        core = await Core.open(Paths.of_home(tmp_path / "home"))
        try:
            await core.approve(one.id)  # nobody follows it yet
            await core.start()
            assert (await core.wait(one.id, 60)).state is JobState.DONE
            assert held(await core.job(two.id))
        finally:
            await core.close()
        assert rig.client.get("/api/v1/status").json()["creditsRemaining"] == 1000 - PICTURE_COSTS


@pytest.mark.slow
async def test_two_on_one_store_do_not_spend_the_same_credits_twice(tmp_path: Path) -> None:
    async with paid(tmp_path, budget=Budget(per_day=8), renderer="slow") as (core, rig):
        other = await Core.open(Paths.of_home(tmp_path / "home"))
        try:
            await other.start()
            request = picture(prompt="a lake 0.2")
            made = await asyncio.gather(*(one.submit(request) for _ in range(3) for one in (core, other)))
            async with asyncio.timeout(60):
                while True:
                    jobs = [await core.job(job.id) for job in made]
                    if all(job.is_terminal or held(job) for job in jobs):
                        break
                    await asyncio.sleep(0.05)
        finally:
            await other.close()
        assert [job.state for job in jobs].count(JobState.DONE) == 2
        assert rig.client.get("/api/v1/status").json()["creditsRemaining"] == 1000 - 8


@pytest.mark.slow
async def test_an_approval_by_another_process_is_heard(tmp_path: Path) -> None:
    async with paid(tmp_path, budget=Budget(ask_above=1)) as (core, _):
        job = await core.submit(picture())
        await until(core, job.id, held)
        other = await Core.open(Paths.of_home(tmp_path / "home"))
        try:
            await other.approve(job.id)
            assert (await core.wait(job.id, 60)).state is JobState.DONE
        finally:
            await other.close()


@pytest.mark.slow
async def test_a_budget_raised_by_another_process_is_heard(tmp_path: Path) -> None:
    async with paid(tmp_path, budget=Budget(per_day=1)) as (core, rig):
        job = await core.submit(picture())
        await until(core, job.id, held)
        other = await Core.open(Paths.of_home(tmp_path / "home"))
        try:
            await other.update_account(at(rig, budget=Budget(per_day=100)))
            assert (await core.wait(job.id, 60)).state is JobState.DONE
        finally:
            await other.close()


@pytest.mark.slow
async def test_a_retry_as_a_new_request_is_asked_about_anew(tmp_path: Path) -> None:
    async with paid(tmp_path, credits=0, budget=Budget(ask_above=3)) as (core, _):
        job = await core.submit(picture())
        await until(core, job.id, held)
        await core.approve(job.id)
        failed = await core.wait(job.id, 60)
        assert failed.state is JobState.FAILED  # the service has no credits left
        again = await core.retry(job.id)
        assert held(await until(core, again.id, held))


@pytest.mark.slow
async def test_the_settings_limit_counts_where_the_account_has_none(tmp_path: Path) -> None:
    async with paid(tmp_path) as (core, rig):
        await core.set_preferences(replace(core.preferences, ask_above_credits=2.0))
        job = await core.submit(picture())
        await until(core, job.id, held)
        await core.update_account(at(rig, budget=Budget(ask_above=50)))
        assert (await core.wait(job.id, 60)).state is JobState.DONE


@pytest.mark.slow
async def test_held_jobs_do_not_stand_in_the_way_of_cheaper_ones(tmp_path: Path) -> None:
    async with paid(tmp_path, budget=Budget(ask_above=5)) as (core, _):
        dear = [await core.submit(picture(resolution="4K")) for _ in range(4)]
        cheap = await core.submit(picture())
        assert (await core.wait(cheap.id, 60)).state is JobState.DONE
        assert all(map(held, [await core.job(job.id) for job in dear]))


@pytest.mark.slow
async def test_a_paused_queue_holds_and_goes_on_also_over_a_restart(tmp_path: Path) -> None:
    async with paid(tmp_path) as (core, _):
        await core.pause_queue()
        job = await core.submit(picture())
        job = await until(core, job.id, lambda one: one.waiting_for is WaitReason.PAUSED)
        await core.close()
        core = await Core.open(Paths.of_home(tmp_path / "home"))
        try:
            await core.start()
            assert await core.is_paused()
            await asyncio.sleep(0.2)
            assert (await core.job(job.id)).state is JobState.QUEUED
            await core.resume_queue()
            assert (await core.wait(job.id, 60)).state is JobState.DONE
        finally:
            await core.close()


@pytest.mark.parametrize(("wanted", "before", "after"), [
    ("run", True, False), ("run", False, False), ("paused", False, True), ("as_was", True, True), ("as_was", False, False),
])
async def test_what_the_queue_does_when_the_window_opens(tmp_path: Path, wanted: str, before: bool, after: bool) -> None:
    core = await Core.open(Paths.of_home(tmp_path))
    try:
        await core.set_preferences(replace(core.preferences, on_start=wanted))
        if before:
            await core.pause_queue()
        await core.apply_on_start()
        assert await core.is_paused() is after
    finally:
        await core.close()




class Calendar(SystemClock):
    """The system's clock, some days ahead, on which nobody sleeps for long."""

    days = 0

    def now(self) -> datetime:
        return super().now() + timedelta(days=self.days)

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        return await super().wait(event, min(seconds, 0.2))


@pytest.mark.slow
@pytest.mark.parametrize(("budget", "code", "days"), [
    (Budget(per_day=5), "day_spent", 1), (Budget(per_month=5), "month_spent", 32),
])
async def test_a_held_job_goes_by_itself_on_another_day(tmp_path: Path, budget: Budget, code: str, days: int) -> None:
    async with paid(tmp_path, budget=budget) as (core, _):
        clock = Calendar()
        object.__setattr__(core._world, "clock", clock)
        assert (await core.wait((await core.submit(picture())).id, 60)).state is JobState.DONE
        second = await core.submit(picture())
        waiting = await until(core, second.id, held)
        assert waiting.error is not None
        assert waiting.error.code == code
        await asyncio.sleep(0.6)
        assert held(await core.job(second.id))
        clock.days = days
        assert (await core.wait(second.id, 60)).state is JobState.DONE
