"""The queue over a real store and a service on loopback: held, arranged, changed, cleared, filled; fair between accounts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.app.core import Core
from studio.domain.account import Account, HostKind, MediaHost, Service
from studio.domain.batch import Axis, Batch
from studio.domain.errors import InputError, NotFoundError
from studio.domain.event import Event, JobChanged, PausesChanged
from studio.domain.job import Job, JobRequest
from studio.domain.ledger import EstimateSource
from studio.domain.pause import Pause
from studio.domain.query import JobQuery
from studio.domain.state import JobState, WaitReason
from tests.unit.app.paid import NAME, PICTURE_COSTS, at, paid, picture, until
from tests.unit.app.scripted_service import ScriptedService, serving
from tests.unit.engine.rig import Rig

ENDLESS = "a lake 600"
"""The slow renderer takes so many seconds: for a test that is for ever."""


@pytest.fixture
async def one_at_a_time(tmp_path: Path) -> AsyncIterator[tuple[Core, Rig]]:
    """A service that takes one job of the account at once."""
    async with paid(tmp_path, renderer="slow") as (core, rig):
        await core.update_account(replace(at(rig), concurrent_jobs=1))
        yield core, rig


def quick(number: int, **more: object) -> JobRequest:
    return replace(picture(prompt=f"a lake {number} 0", **more), label=None)


async def running(core: Core) -> Job:
    job = await core.submit(picture(prompt=ENDLESS))
    return await until(core, job.id, lambda seen: seen.state is JobState.RUNNING)


async def in_line(core: Core, count: int) -> list[Job]:
    """Jobs behind the one that runs."""
    made = [await core.submit(quick(number)) for number in range(count)]
    return [await until(core, job.id, lambda seen: seen.waiting_for is WaitReason.CONCURRENCY_LIMIT) for job in made]


async def ended(core: Core, jobs: list[Job]) -> list[Job]:
    return [await core.wait(job.id, 60) for job in jobs]


@pytest.mark.slow
async def test_cancelling_waiting_jobs_never_touches_the_running_one(one_at_a_time: tuple[Core, Rig]) -> None:
    """Permanent: one by one, by label, and all that wait."""
    core, rig = one_at_a_time
    first = await running(core)
    waiting = await in_line(core, 5)
    before = await core.timeline(first.id)
    await core.cancel(waiting[0].id)
    await core.queue.set_label([waiting[1].id], "Day 1")
    assert await core.queue.cancel_waiting(label="Day 1") == 1
    assert await core.queue.cancel_waiting(account="local") == 0
    assert await core.queue.cancel_waiting(account=NAME) == 3
    assert await core.queue.cancel_waiting() == 0
    assert {(await core.job(job.id)).state for job in waiting} == {JobState.CANCELLED}
    job = await core.job(first.id)
    assert (job.state, await core.timeline(first.id)) == (JobState.RUNNING, before)
    assert rig.client.get(f"/api/v1/requests/{first.remote_id}").json()["status"] in ("queued", "processing")
    assert await core.queue.cancel_all() == 1
    assert (await core.job(first.id)).state is JobState.CANCELLED
    assert rig.client.get(f"/api/v1/requests/{first.remote_id}").json()["status"] == "failed"  # this contract's word for it


@pytest.mark.slow
async def test_an_account_and_a_job_are_held_while_others_go_on(one_at_a_time: tuple[Core, Rig]) -> None:
    core, _ = one_at_a_time
    events: list[Event] = []
    core.subscribe(events.append)
    await core.queue.pause("account", NAME)
    held = [await core.submit(quick(number)) for number in range(2)]
    for job in held:
        await until(core, job.id, lambda seen: seen.waiting_for is WaitReason.PAUSED)
    free = await core.submit(JobRequest("prompt.enhance.image", "local", {"prompt": "a lake"}))
    assert (await core.wait(free.id, 300)).state is JobState.DONE
    await core.idle()  # what is held keeps nobody waiting
    await core.queue.pause("job", held[0].id)
    await core.queue.resume("account", NAME)
    assert (await core.wait(held[1].id, 60)).state is JobState.DONE
    assert (await core.job(held[0].id)).waiting_for is WaitReason.PAUSED
    await core.queue.resume("job", held[0].id)
    assert (await core.wait(held[0].id, 60)).state is JobState.DONE
    one, other = Pause("account", NAME), Pause("job", held[0].id)
    told = [event.pauses for event in events if isinstance(event, PausesChanged)]
    assert told == [{one}, {one, other}, {other}, frozenset()]
    with pytest.raises(NotFoundError):
        await core.queue.pause("job", "job_nowhere")


@pytest.mark.slow
async def test_a_running_job_goes_on_while_everything_is_held(tmp_path: Path) -> None:
    async with paid(tmp_path, renderer="held") as (core, rig):
        await core.update_account(replace(at(rig), concurrent_jobs=1))
        job = await core.submit(picture())
        await until(core, job.id, lambda seen: seen.state is JobState.RUNNING)
        (behind,) = await in_line(core, 1)
        await core.queue.pause("all")
        (rig.options.folder / "go").touch()
        assert (await core.wait(job.id, 60)).state is JobState.DONE
        await core.idle()
        assert (await core.job(behind.id)).waiting_for is WaitReason.PAUSED


@pytest.mark.slow
async def test_jobs_are_sent_in_the_order_that_they_were_put_in_also_by_another_window(
    one_at_a_time: tuple[Core, Rig], tmp_path: Path
) -> None:
    core, _ = one_at_a_time
    first = await running(core)
    made = await in_line(core, 4)
    other = await Core.open(core.paths)
    try:
        await other.queue.move([made[3].id], made[0].id)
        await core.queue.move([made[1].id, made[0].id], None)
        with pytest.raises(InputError):
            await core.queue.move([made[1].id], first.id)
        walks = core._runner._walks  # what the other window did is seen here within a second
        async with asyncio.timeout(60):
            while walks[made[3].id].job.position > walks[made[2].id].job.position:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    finally:
        await other.close()
    await core.cancel(first.id)
    done = await ended(core, made)
    order = sorted(done, key=lambda job: job.submitted_at or job.created_at)
    assert [made.index(next(one for one in made if one.id == job.id)) for job in order] == [3, 2, 1, 0]


async def test_only_jobs_of_one_account_are_put_in_order(one_at_a_time: tuple[Core, Rig]) -> None:
    core, _ = one_at_a_time
    await core.queue.pause("all")
    one = await core.submit(quick(1))
    other = await core.submit(JobRequest("image.generate", "local", {"prompt": "x"}))
    for ids, before, code in (([one.id, other.id], None, "accounts"), ([one.id], other.id, "accounts"),
                              ([one.id], one.id, "not_waiting")):
        with pytest.raises(InputError) as told:
            await core.queue.move(ids, before)
        assert told.value.code == code
    await core.queue.move([], None)
    assert [job.id for job in await core.queue.waiting(NAME)] == [one.id]


@pytest.mark.slow
async def test_a_waiting_job_is_changed_and_what_is_sent_is_the_new_one(one_at_a_time: tuple[Core, Rig]) -> None:
    core, _ = one_at_a_time
    first = await running(core)
    (job,) = await in_line(core, 1)
    changed = await core.queue.edit(job.id, quick(7, resolution="4K"))
    assert changed.idempotency_key == job.idempotency_key
    assert (changed.credits.estimated or 0) > PICTURE_COSTS
    for request, field in ((quick(7, resolution="9K"), "resolution"), (replace(quick(7), account="local"), "account")):
        with pytest.raises(InputError) as told:
            await core.queue.edit(job.id, request)
        assert told.value.field == field
    with pytest.raises(InputError) as told:
        await core.queue.edit(first.id, quick(7))
    assert told.value.code == "not_editable"
    await core.queue.edit(job.id, quick(8))
    await core.cancel(first.id)
    done = await core.wait(job.id, 60)
    assert (done.state, done.prompt, done.credits.estimated, done.credits.charged) == (
        JobState.DONE, "a lake 8 0", PICTURE_COSTS, PICTURE_COSTS)


async def test_a_batch_is_in_the_queue_as_a_whole_or_not_at_all(one_at_a_time: tuple[Core, Rig]) -> None:
    core, _ = one_at_a_time
    await core.queue.pause("all")
    events: list[Event] = []
    core.subscribe(events.append)
    batch = Batch(quick(1), count=3, axes=(Axis("aspect_ratio", ("1:1", "16:9")), Axis("resolution", ("1K", "4K"))))
    made = await core.queue.submit_batch(batch)
    assert [event.job.id for event in events if isinstance(event, JobChanged) and event.is_new] == [job.id for job in made]
    assert [job.id for job in await core.queue.waiting(NAME)] == [job.id for job in made]
    assert len({(job.request.input["seed"]) for job in made}) == len({job.idempotency_key for job in made}) == 12
    assert {job.request.label for job in made} == {"a lake 1 0"}
    thought = await core.queue.batch_estimate(batch)
    assert thought.source is EstimateSource.RATE_CARD
    assert thought.amount == sum(job.credits.estimated or 0 for job in made) > 12 * PICTURE_COSTS
    again = await core.queue.submit_batch(batch)
    assert {job.request.label for job in again} == {"a lake 1 0 (2)"}  # a group of its own
    assert await core.queue.group("a lake 1 0") == [job.id for job in made]
    with pytest.raises(InputError) as told:
        await core.queue.submit_batch(replace(batch, axes=(Axis("resolution", ("1K", "9K")),)))
    assert told.value.field == "resolution"
    assert len(await core.jobs(JobQuery())) == 24
    (single,) = await core.queue.submit_batch(Batch(quick(2)))
    assert (single.request.label, "seed" in single.request.input) == (None, False)


@pytest.mark.slow
async def test_a_copy_is_a_job_of_its_own_and_of_no_chain(one_at_a_time: tuple[Core, Rig]) -> None:
    core, _ = one_at_a_time
    await core.queue.pause("all")
    job = await core.submit(replace(quick(1), label="Day 1", chain_run="run_1"))
    (copy,) = await core.queue.duplicate([job.id])
    assert copy.request == replace(job.request, chain_run=None)
    assert copy.position > job.position
    assert copy.idempotency_key != job.idempotency_key
    with pytest.raises(InputError) as told:
        await core.queue.set_label([job.id], "x" * 300)
    assert told.value.field == "label"


@pytest.mark.slow
async def test_a_long_queue_and_slow_results_of_one_account_do_not_slow_another(core: Core, picture: bytes) -> None:
    """One service accepts everything and answers no download; each of the other's jobs comes to its end meanwhile."""
    photo = {"image_url": await core.attach_bytes(picture, "photo.png"), "prompt": "bluer"}
    with serving(picture) as slow, serving(picture) as other:
        slow.stuck = True
        for name, service in (("slow", slow), ("other", other)):
            await core.add_account(_inline(name, service), "cs_live_made_up_0123")
        await core.start()
        many = await core.queue.submit_batch(Batch(JobRequest("image.edit", "slow", photo), count=60))
        await until(core, many[0].id, lambda job: job.state is JobState.DOWNLOADING)
        async with asyncio.timeout(60):
            while slow.waiting < 8:  # noqa: ASYNC110  # of another thread
                await asyncio.sleep(0.02)
        mine = await core.queue.submit_batch(Batch(JobRequest("image.edit", "other", photo), count=6))
        assert {job.state for job in await ended(core, mine)} == {JobState.DONE}
        assert slow.waiting >= 8
        slow.release.set()


def _inline(name: str, service: ScriptedService) -> Account:
    return Account(name, Service.CANNON_STUDIO, service.url, media_host=MediaHost(HostKind.INLINE), concurrent_jobs=20)
