"""Cancel, retry and give up, in every state."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from studio.domain.errors import InputError, NotFoundError, UnknownOutcomeError, UnreachableError
from studio.domain.hosted import HostedFile
from studio.domain.job import Job, JobRequest
from studio.domain.remote import Change, Pace
from studio.domain.state import JobState as S
from studio.domain.state import WaitReason
from tests.unit.jobs.world import Play, finished, remote


async def test_a_waiting_job_is_cancelled_at_once(play: Play) -> None:
    play.provider.submits = [UnreachableError("x")]
    job = await play.submit()
    await play.sees(job, lambda seen: seen.waiting_for is not None)
    ended = await play.runner.cancel(job.id)
    assert ended.state is S.CANCELLED
    assert ended.finished_at is not None
    tries = play.provider.times("submit")
    await play.runner.idle()
    assert play.provider.times("submit") == tries


async def test_cancelling_one_waiting_job_leaves_the_running_one_alone(play: Play) -> None:
    play.paces.kept["paid"] = Pace(extra={"concurrent_jobs": 1})
    play.provider.polls = [*[remote()] * 30, finished()]
    first = await play.submit()
    await play.until(first, S.RUNNING)
    second = await play.submit()
    await play.sees(second, lambda seen: seen.waiting_for is WaitReason.CONCURRENCY_LIMIT)
    assert (await play.runner.cancel(second.id)).state is S.CANCELLED
    assert play.now(first).state is S.RUNNING
    await play.until(first, S.DONE)
    assert play.provider.times("cancel") == 0


async def test_a_running_job_is_cancelled_over_there(play: Play) -> None:
    play.provider.polls = [remote()]
    job = await play.submit()
    await play.until(job, S.RUNNING)
    ended = await play.runner.cancel(job.id)
    assert ended.state is S.CANCELLED
    assert ended.credits.charged == 0.0
    assert play.provider.times("cancel") == 1
    with pytest.raises(InputError, match="nothing to cancel"):
        await play.runner.cancel(job.id)


async def test_a_service_without_cancel_lets_the_job_go(play: Play) -> None:
    play.provider.can_cancel = False
    play.provider.polls = [remote()]
    job = await play.submit()
    await play.until(job, S.RUNNING)
    assert (await play.runner.cancel(job.id)).state is S.CANCELLED
    assert "no way to cancel" in play.store.notes(job)
    assert "cost" in play.store.notes(job)


async def test_a_cancel_that_is_not_done_yet_lets_the_job_go(play: Play) -> None:
    play.provider.polls = [remote()]
    play.provider.cancels = [remote()]
    job = await play.submit()
    await play.until(job, S.RUNNING)
    assert (await play.runner.cancel(job.id)).state is S.CANCELLED
    assert "Let go" in play.store.notes(job)


async def test_a_cancel_that_comes_too_late_keeps_the_result(play: Play) -> None:
    play.provider.polls = [remote()]
    play.provider.cancels = [finished()]
    job = await play.submit()
    await play.until(job, S.RUNNING)
    await play.runner.cancel(job.id)
    done = await play.until(job, S.DONE)
    assert done.asset_ids
    assert (S.CANCELLING, S.DOWNLOADING) in play.store.walked


@pytest.mark.parametrize("can_cancel", [True, False])
async def test_a_job_cancelled_while_it_is_sent_keeps_its_id(play: Play, can_cancel: bool) -> None:
    play.provider.can_cancel = can_cancel
    sent = asyncio.Event()
    answer = asyncio.Event()

    async def slow() -> object:
        sent.set()
        await answer.wait()
        return remote()

    play.provider.submits = [slow]  # type: ignore[list-item]
    job = await play.submit()
    await sent.wait()
    assert (await play.runner.cancel(job.id)).state is S.CANCELLED
    answer.set()
    await play.runner.idle()
    ended = play.now(job)
    assert ended.state is S.CANCELLED
    assert ended.remote_id == "req_1"
    assert play.provider.times("cancel") == int(can_cancel)
    assert "already been accepted" in play.store.notes(job)


async def test_another_process_cancels_and_this_one_notices(play: Play) -> None:
    play.provider.polls = [remote()]
    job = await play.submit()
    await play.until(job, S.RUNNING)
    here = play.now(job)
    assert await play.store.change(here, Change(here.changed(state=S.CANCELLING))) is not None
    play.runner.nudge()
    await play.until(job, S.CANCELLED)
    assert play.provider.times("cancel") == 1


async def test_a_refused_job_is_retried_as_a_new_request(play: Play) -> None:
    play.provider.submits = [InputError("x"), remote()]
    job = await play.submit()
    await play.until(job, S.FAILED)
    again = await play.runner.retry(job.id)
    assert again.idempotency_key != job.idempotency_key
    done = await play.until(job, S.DONE)
    assert done.error is None


async def test_a_retry_while_the_uploads_are_removed_goes_on(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    play.provider.polls = [remote(S.FAILED, error_message="x", charged=5.0), finished()]
    entered, let_go = asyncio.Event(), asyncio.Event()
    release = play.hosted.release

    async def slow(job_id: str) -> Sequence[HostedFile]:
        if not entered.is_set():
            entered.set()
            await let_go.wait()
        return await release(job_id)

    monkeypatch.setattr(play.hosted, "release", slow)
    job = await play.submit()
    await entered.wait()
    assert play.now(job).state is S.FAILED
    assert (await play.runner.retry(job.id)).state is S.QUEUED
    let_go.set()
    await play.runner.idle()
    assert play.now(job).state is S.DONE
    assert play.provider.times("submit") == 2


async def test_a_job_that_failed_over_there_is_a_new_intent(play: Play) -> None:
    play.provider.polls = [remote(S.FAILED, error_message="x", charged=5.0), finished()]
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.remote_id == "req_1"
    again = await play.runner.retry(job.id)
    assert again.state is S.QUEUED
    assert again.remote_id is None
    assert again.finished_at is None
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 2


async def test_an_unknown_outcome_is_sent_again_under_the_same_key(play: Play) -> None:
    play.provider.honours_idempotency = False
    play.provider.submits = [UnknownOutcomeError("x"), remote()]
    job = await play.submit()
    await play.until(job, S.UNKNOWN)
    again = await play.runner.retry(job.id)
    assert again.state is S.SUBMITTING
    done = await play.until(job, S.DONE)
    assert done.idempotency_key == job.idempotency_key


async def test_an_unknown_outcome_can_be_given_up_or_cancelled(play: Play) -> None:
    play.provider.honours_idempotency = False
    play.provider.submits = [UnknownOutcomeError("x")]
    job = await play.submit()
    await play.until(job, S.UNKNOWN)
    with pytest.raises(InputError):
        await play.runner.give_up((await play.submit()).id)
    given = await play.runner.give_up(job.id)
    assert given.state is S.FAILED
    assert given.error is not None
    assert (given.error.code, given.error.cost, given.error.retryable) == ("given_up", "unknown", False)
    other = await play.submit()
    await play.until(other, S.UNKNOWN)
    assert (await play.runner.cancel(other.id)).state is S.CANCELLED


async def test_what_cannot_be_done_is_said(play: Play) -> None:
    job = await play.submit()
    await play.until(job, S.DONE)
    for verb in (play.runner.cancel, play.runner.retry, play.runner.give_up):
        with pytest.raises(InputError):
            await verb(job.id)
        with pytest.raises(NotFoundError):
            await verb("job_none")


async def test_an_upload_is_broken_off(play: Play) -> None:
    begun = asyncio.Event()

    async def slow() -> object:
        begun.set()
        await asyncio.Event().wait()
        return remote()

    play.provider.hosts = [slow]  # type: ignore[list-item]
    job = await play.submit(image_url="file:///inputs/photo.jpg")
    await begun.wait()
    assert play.now(job).state is S.UPLOADING
    assert (await play.runner.cancel(job.id)).state is S.CANCELLED
    await play.runner.idle()
    assert play.provider.times("submit") == 0


async def test_a_draft_can_be_thrown_away(play: Play) -> None:
    draft = Job.new(JobRequest("video.generate", "paid", {"prompt": "x"})).changed(state=S.DRAFT)
    await play.store.add(draft)
    await play.runner.take_up()
    assert not play.runner.follows(draft.id)
    assert (await play.runner.cancel(draft.id)).state is S.CANCELLED


async def test_a_job_retried_in_two_places_goes_once(play: Play) -> None:
    play.provider.submits = [InputError("x"), remote()]
    job = await play.submit()
    await play.until(job, S.FAILED)
    both = await asyncio.gather(play.runner.retry(job.id), play.runner.retry(job.id), return_exceptions=True)
    assert any(not isinstance(result, BaseException) for result in both)
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 2
