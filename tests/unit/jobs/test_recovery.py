"""After kill -9 at any moment the next process goes on, and sends nothing twice that must not be."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from studio.domain.asset import Recipe
from studio.domain.job import Job, JobRequest
from studio.domain.operation import MediaKind
from studio.domain.remote import Change
from studio.domain.state import ACTIVE
from studio.domain.state import JobState as S
from tests.unit.jobs.world import Play, finished, remote

PHOTO = "file:///inputs/photo.jpg"


async def left_in(play: Play, state: S, **changes: object) -> Job:
    """A job that a process left behind in `state`."""
    job = Job.new(JobRequest("video.generate", "paid", {"prompt": "x", "image_url": PHOTO}))
    job = job.changed(state=state, created_at=play.clock.now(), **changes)
    await play.store.add(job)
    if state in ACTIVE:
        play.store.owners[job.id] = "a process that died"
    return job


@pytest.mark.parametrize("state", [S.QUEUED, S.UPLOADING, S.RUNNING, S.DOWNLOADING])
async def test_every_harmless_state_goes_on(play: Play, state: S) -> None:
    remote_id = "req_1" if state in (S.RUNNING, S.DOWNLOADING) else None
    job = await left_in(play, state, remote_id=remote_id)
    await play.runner.take_up()
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == int(remote_id is None)


async def test_a_job_left_while_it_was_sent_is_sent_again_with_the_same_body(play: Play) -> None:
    job = await left_in(play, S.SUBMITTING)
    play.hosted.kept[job.id] = {PHOTO: "https://hosted.test/then"}
    await play.runner.take_up()
    await play.until(job, S.DONE)
    key, values = play.provider.sent()[0]
    assert key == job.idempotency_key
    assert values["image_url"] == "https://hosted.test/then"
    assert play.provider.times("host") == 0


async def test_without_an_honoured_key_it_is_for_the_person(play: Play) -> None:
    play.provider.honours_idempotency = False
    job = await left_in(play, S.SUBMITTING)
    await play.runner.take_up()
    await play.until(job, S.UNKNOWN)
    assert play.provider.times("submit") == 0


async def test_without_a_provider_a_sent_job_is_for_the_person(play: Play) -> None:
    from studio.domain.errors import KeyMissingError

    play.missing = KeyMissingError("No key.")
    job = await left_in(play, S.SUBMITTING)
    await play.runner.take_up()
    await play.until(job, S.UNKNOWN)


async def test_a_cancel_is_brought_to_its_end(play: Play) -> None:
    job = await left_in(play, S.CANCELLING, remote_id="req_1")
    await play.runner.take_up()
    await play.until(job, S.CANCELLED)


async def test_results_already_placed_are_not_fetched_again(play: Play) -> None:
    play.provider.polls = [finished(3)]
    job = await left_in(play, S.DOWNLOADING, remote_id="req_1", asset_ids=("a", "b"))
    await play.runner.take_up()
    done = await play.until(job, S.DONE)
    assert play.provider.times("download") == 1
    assert len(done.asset_ids) == 3


async def test_a_result_that_was_placed_and_not_yet_recorded_is_taken_from_its_place(play: Play) -> None:
    job = await left_in(play, S.DOWNLOADING, remote_id="req_1")
    await play.library.place(job, 0, play.library.part_for(job, 0), MediaKind.VIDEO, "", Recipe("video.generate", "x", {}))
    await play.runner.take_up()
    done = await play.until(job, S.DONE)
    assert play.provider.times("download") == 0
    assert done.asset_ids == (f"asset_{job.id}_0",)


async def test_a_next_try_time_outlives_the_process(play: Play) -> None:
    moment = play.clock.now() + timedelta(seconds=300)
    job = await left_in(play, S.QUEUED, not_before=moment)
    await play.runner.take_up()
    await play.until(job, S.DONE)
    assert play.provider.moments("submit")[0] >= moment


async def test_three_crashes_in_a_row_park_the_job(play: Play) -> None:
    for state, parked in ((S.RUNNING, S.FAILED), (S.DOWNLOADING, S.FAILED), (S.CANCELLING, S.FAILED),
                          (S.UPLOADING, S.FAILED), (S.SUBMITTING, S.UNKNOWN)):
        job = await left_in(play, state, remote_id="req_1", attempts=2)
        await play.runner.take_up()
        ended = await play.until(job, parked)
        assert ended.error is not None
        assert (ended.error.code, ended.error.retryable) == ("parked", True)
        assert ended.attempts == 0
    await play.runner.retry(job.id)
    await play.until(job, S.DONE)


async def test_crashes_are_forgotten_once_the_job_gets_on(play: Play) -> None:
    play.provider.polls = [remote()]
    job = await left_in(play, S.RUNNING, remote_id="req_1", attempts=1)
    await play.runner.take_up()
    await play.sees(job, lambda seen: seen.attempts == 0)
    await play.restart()
    assert play.now(job).attempts == 1


async def test_an_orderly_end_is_no_crash(play: Play) -> None:
    async def never() -> object:
        await asyncio.Event().wait()
        return remote()

    play.provider.polls = [never]  # type: ignore[list-item]
    job = await left_in(play, S.RUNNING, remote_id="req_1")
    for _ in range(5):
        await play.runner.take_up()
        await asyncio.sleep(0.01)
        assert play.now(job).attempts == 1
        await play.runner.close()
        assert play.now(job).attempts == 0
        assert play.store.owners == {}
        play.runner = play._start()
    assert play.now(job).state is S.RUNNING


async def test_closing_waits_for_the_answer_to_what_may_cost(play: Play) -> None:
    sent = asyncio.Event()

    async def slow() -> object:
        sent.set()
        await play.clock.wait(asyncio.Event(), 3)
        return remote()

    play.provider.submits = [slow]  # type: ignore[list-item]
    play.provider.polls = [remote()]
    job = await play.submit()
    await sent.wait()
    await play.runner.close()
    assert play.now(job).state is S.RUNNING
    assert play.now(job).remote_id == "req_1"


async def test_a_hundred_and_more_are_all_taken_up(play: Play) -> None:
    jobs = [await left_in(play, S.RUNNING, remote_id="req_1") for _ in range(120)]
    await play.runner.take_up()
    await play.runner.idle()
    assert {play.now(job).state for job in jobs} == {S.DONE}


@pytest.mark.parametrize("honours", [True, False])
@pytest.mark.parametrize("writes", range(1, 9))
async def test_killed_after_any_write_it_ends_and_is_sent_once(writes: int, honours: bool) -> None:
    """The process dies right after its n-th write; the next one brings the job to its end, or asks the person."""
    play = Play()
    play.provider.honours_idempotency = honours
    inner = play.store.change
    count = 0
    died = asyncio.Event()

    async def dying(expected: Job, change: Change) -> Job | None:
        nonlocal count
        if died.is_set():
            await asyncio.Event().wait()
        stored = await inner(expected, change)
        count += 1
        if count == writes:
            died.set()
            await asyncio.Event().wait()
        return stored

    play.store.change = dying  # type: ignore[method-assign]
    job = await play.submit(image_url=PHOTO)
    idle = asyncio.ensure_future(play.runner.idle())
    await asyncio.wait({idle, asyncio.ensure_future(died.wait())}, return_when=asyncio.FIRST_COMPLETED)
    idle.cancel()
    play.store.change = inner  # type: ignore[method-assign]
    await play.restart()
    ended = await play.until(job, *(frozenset(S) - ACTIVE))
    posts = {key for key, _ in play.provider.sent()}
    if ended.state is S.UNKNOWN:
        assert not honours
        assert play.provider.times("submit") == 0
    else:
        assert ended.state is S.DONE
        assert posts == {job.idempotency_key}
        assert honours or play.provider.times("submit") == 1
        assert len(play.library.placed) == 1
    await play.runner.close()
