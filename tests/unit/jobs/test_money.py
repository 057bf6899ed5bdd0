"""Ways to pay twice, or to lose what was paid for: each found by asking what could still go wrong."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from studio.domain.errors import (
    BusyError,
    CreditsError,
    JobFailedError,
    KeyRefusedError,
    RequestRefusedError,
    ResultExpiredError,
    StudioError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.job import Job, TimelineEntry
from studio.domain.remote import Pace
from studio.domain.state import JobState as S
from studio.jobs.runner import Runner
from studio.jobs.walk import Walk
from tests.unit.jobs.test_recovery import PHOTO, left_in
from tests.unit.jobs.world import Play, ScriptedProvider, finished, remote


@pytest.mark.parametrize("refusal", [CreditsError("No credits.", status=402), KeyRefusedError("Wrong key.", status=401)])
async def test_a_refusal_of_the_account_does_not_make_a_lost_request_a_new_one(play: Play, refusal: StudioError) -> None:
    # Services look at key and credits before they look for the first request: this says nothing about that one.
    play.provider.submits = [UnknownOutcomeError("No answer."), refusal, remote()]
    job = await play.submit()
    lost = await play.until(job, S.UNKNOWN, S.FAILED)
    assert lost.state is S.UNKNOWN
    assert lost.error is not None
    assert refusal.message in lost.error.message
    await play.runner.retry(job.id)
    await play.until(job, S.DONE)
    assert {key for key, _ in play.provider.sent()} == {job.idempotency_key}


async def test_the_person_sends_again_and_the_account_is_refused(play: Play) -> None:
    job = await left_in(play, S.UNKNOWN)
    play.provider.submits = [CreditsError("No credits.", status=402), remote()]
    await play.runner.retry(job.id)
    await play.until(job, S.UNKNOWN)
    await play.runner.retry(job.id)
    await play.until(job, S.DONE)
    assert {key for key, _ in play.provider.sent()} == {job.idempotency_key}


async def test_a_conflict_after_new_uploads_shows_that_the_first_request_arrived(play: Play) -> None:
    gone = RequestRefusedError("That URL is gone.", status=422, field="image_url")
    conflict = RequestRefusedError("Other body.", status=409)
    play.provider.submits = [gone, conflict]
    job = await left_in(play, S.QUEUED)
    play.store.lines[job.id].append(TimelineEntry(play.clock.now(), S.SUBMITTING))
    play.store.jobs[job.id] = job = job.changed(state=S.SUBMITTING)
    play.hosted.kept[job.id] = {PHOTO: "https://hosted.test/then"}
    await play.runner.take_up()
    lost = await play.until(job, S.UNKNOWN, S.FAILED)
    assert lost.state is S.UNKNOWN


async def test_a_job_that_is_not_found_for_a_moment_is_asked_for_again(play: Play) -> None:
    unknown = RequestRefusedError("No such request.", status=404)
    play.provider.polls = [unknown, unknown, finished()]
    job = await play.submit()
    ended = await play.until(job, S.DONE, S.FAILED)
    assert ended.state is S.DONE


async def test_a_job_that_stays_unknown_over_there_keeps_its_id(play: Play) -> None:
    play.provider.polls = [RequestRefusedError("No such request.", status=404)]
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.remote_id == "req_1"
    assert failed.error is not None
    assert failed.error.retryable
    play.provider.polls = [finished()]
    await play.runner.retry(job.id)
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 1


async def test_an_answer_to_a_job_that_was_given_up_as_unknown_meanwhile_is_taken(play: Play) -> None:
    """Another process took this one for dead while its request was on its way."""
    play.provider.honours_idempotency = False
    answered = asyncio.Event()

    async def slow() -> object:
        await answered.wait()
        return remote()

    play.provider.submits = [slow]  # type: ignore[list-item]
    job = await play.submit()
    await play.sees(job, lambda _: play.provider.times("submit") == 1)
    other = Runner(play.runner._world, "other", lambda owner: False)
    await other.take_up()
    await play.until(job, S.UNKNOWN)
    answered.set()
    done = await play.until(job, S.DONE, S.CANCELLED)
    assert done.state is S.DONE
    assert done.remote_id == "req_1"
    assert play.provider.times("cancel") == 0
    await other.close()


async def test_a_new_intent_never_takes_the_old_files_for_its_own(play: Play) -> None:
    """One of two results came, the other had expired. Running it again is paid again: both new results count."""
    expired = ResultExpiredError("Gone.", status=404)
    play.provider.polls = [finished(2)]
    play.provider.downloads = []
    fetch = play.provider.download
    lost = True

    async def download(url: str, *more: object) -> str:
        if lost and url.endswith("/1"):
            raise expired
        return await fetch(url, *more)  # type: ignore[arg-type]

    play.provider.download = download  # type: ignore[method-assign, assignment]
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert len(failed.asset_ids) == 1
    lost = False
    again = await play.runner.retry(job.id)
    done = await play.until(again, S.DONE)
    assert len(done.asset_ids) == 2
    assert not set(done.asset_ids) & set(failed.asset_ids)
    assert play.now(job).asset_ids == failed.asset_ids


async def test_a_job_of_another_process_is_cancelled_by_that_process(play: Play) -> None:
    """Two that follow the same job could both write into one download."""
    play.provider.polls = [remote()]
    play.provider.cancels = [finished()]
    job = await play.submit()
    await play.until(job, S.RUNNING)
    command_line = Runner(play.runner._world, "command line", lambda owner: owner == play.me)
    cancelling = asyncio.ensure_future(command_line.cancel(job.id))
    await play.until(job, S.CANCELLING)
    assert not command_line.follows(job.id)
    play.runner.nudge()  # what the watch does when another process wrote
    await play.until(job, S.DONE)
    await cancelling
    assert not command_line.follows(job.id)
    assert play.provider.times("download") == 1
    assert play.provider.times("cancel") == 1
    await command_line.close()


async def test_a_job_of_nobody_is_cancelled_here(play: Play) -> None:
    job = await left_in(play, S.RUNNING, remote_id="req_1")
    ended = await play.runner.cancel(job.id)
    assert ended.state is S.CANCELLED
    assert play.provider.times("cancel") == 1


async def test_nothing_new_is_sent_while_the_studio_closes(play: Play) -> None:
    answered = asyncio.Event()

    async def slow() -> object:
        await answered.wait()
        return remote()

    play.provider.submits = [slow, UnknownOutcomeError("cut")]  # type: ignore[list-item]
    play.provider.honours_idempotency = False
    play.paces.kept["paid"] = Pace(extra={"concurrent_jobs": 1})
    first = await play.submit()
    second = await play.submit()
    await play.sees(first, lambda _: play.provider.times("submit") == 1)
    closing = asyncio.ensure_future(play.runner.close())
    await asyncio.sleep(0)
    answered.set()
    await closing
    assert play.now(first).remote_id == "req_1"
    assert play.now(second).state is S.QUEUED
    assert play.provider.times("submit") == 1


async def test_an_upload_that_fails_while_a_request_is_sent_again_is_tried_again(play: Play) -> None:
    """The key is honoured: what was lost by a crash is found by sending again, once the way is free."""
    play.provider.hosts = [UnreachableError("The engine starts.")]
    job = await left_in(play, S.SUBMITTING)
    await play.runner.take_up()
    await play.until(job, S.DONE)
    assert (S.SUBMITTING, S.UNKNOWN) not in play.store.walked


async def test_a_result_that_is_refused_twice_for_another_reason_can_be_asked_for_again(play: Play) -> None:
    """A 403 may be a firewall's: only the service's own word ends the hope for what was paid."""
    play.provider.downloads = [ResultExpiredError("No.", status=403), ResultExpiredError("No.", status=403)]
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert failed.error.retryable
    await play.runner.retry(job.id)
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 1


async def test_uploads_go_when_the_result_is_here_also_after_a_restart(play: Play) -> None:
    play.provider.polls = [remote(poll_after_s=5.0)]
    job = await play.submit(image_url=PHOTO)
    await play.until(job, S.RUNNING)
    await play.restart()
    play.provider.polls = [finished()]
    await play.until(job, S.DONE)
    assert any("hosted.test" in str(what) for kind, what, _ in play.provider.asked if kind == "discard")
    assert play.hosted.kept == {}


async def test_uploads_of_a_job_that_failed_over_there_go_too(play: Play) -> None:
    play.provider.polls = [remote(S.FAILED, error_message="Too dark.")]
    job = await play.submit(image_url=PHOTO)
    await play.until(job, S.FAILED)
    await play.runner.idle()
    assert any("hosted.test" in str(what) for kind, what, _ in play.provider.asked if kind == "discard")
    assert play.hosted.kept == {}


# -- clocks


class SetBackClock:
    """A clock that is set back by an hour during each sleep."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        assert len(self.waits) < 5, self.waits
        self.moment -= timedelta(hours=1)
        return False


async def test_a_clock_that_is_set_back_makes_no_pause_longer(play: Play) -> None:
    clock = SetBackClock()
    job = Job.new(play.store.jobs[(await play.submit()).id].request)
    await play.store.add(job)
    world = play.runner._world.__class__(play.store, play, play.library, play.hosted, play.scheduler, clock,
                                         play.events.append, lambda: 0.5)
    await Walk(world, job).pause(5)
    assert clock.waits == [5]


async def test_times_from_before_the_clock_was_set_right_hold_nothing_up(play: Play) -> None:
    far = play.clock.now() + timedelta(days=900)
    play.paces.kept["paid"] = Pace(not_before=far, extra={
        "requests_per_minute": 3, "recent": [far.timestamp()] * 3, "concurrent_jobs": 1,
    })
    began = play.clock.now()
    job = await left_in(play, S.QUEUED, not_before=far)
    await play.runner.take_up()
    await play.until(job, S.DONE)
    assert play.clock.now() - began < timedelta(hours=1)


async def test_a_service_that_asks_for_days_of_patience_is_asked_again_within_the_hour(play: Play) -> None:
    play.provider.submits = [BusyError("Later.", retry_after_s=20 * 86_400.0), remote()]
    began = play.clock.now()
    job = await play.submit()
    await play.until(job, S.DONE)
    assert timedelta(minutes=30) <= play.clock.now() - began <= timedelta(hours=1, minutes=10)


# -- services that talk nonsense


async def test_a_hint_of_zero_is_no_reason_to_hammer(play: Play) -> None:
    play.provider.polls = [*[remote(poll_after_s=0.0)] * 40, finished()]
    began = play.clock.now()
    job = await play.submit()
    await play.until(job, S.DONE)
    assert play.clock.now() - began >= timedelta(seconds=5)


@pytest.mark.parametrize("answer", [remote(poll_after_s=0.0), remote(unknown_status="resting", poll_after_s=0.0)])
async def test_a_finished_job_that_is_said_to_run_again_is_not_waited_for_for_ever(play: Play, answer: object) -> None:
    play.provider.polls = [answer]  # type: ignore[list-item]
    job = await left_in(play, S.DOWNLOADING, remote_id="req_1")
    await play.runner.take_up()
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert failed.error.retryable
    assert play.provider.times("poll") < 400


async def test_a_job_that_failed_after_its_cancel_is_cancelled(play: Play) -> None:
    provider: ScriptedProvider = play.provider
    provider.polls = [remote()]
    provider.cancels = [remote(S.FAILED, error_message="It broke.")]
    job = await play.submit()
    await play.until(job, S.RUNNING)
    ended = await play.runner.cancel(job.id)
    assert ended.state is S.CANCELLED


async def test_a_job_that_cannot_be_placed_is_fetched_again_and_not_sent_again(play: Play) -> None:
    play.library.failing = [JobFailedError("The service sent a text.")]
    job = await play.submit()
    await play.until(job, S.FAILED)
    await play.runner.retry(job.id)
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 1
