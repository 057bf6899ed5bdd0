"""What goes wrong on the way, and that none of it loses a job or sends it twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from studio.domain.errors import (
    BusyError,
    CreditsError,
    DiskFullError,
    InputError,
    KeyMissingError,
    KeyRefusedError,
    LocalError,
    RequestRefusedError,
    ResultExpiredError,
    ServiceFaultError,
    StudioError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.event import ProblemRaised
from studio.domain.state import JobState as S
from studio.domain.state import WaitReason
from studio.jobs import following
from tests.unit.jobs.world import Play, finished, remote

PHOTO = "file:///inputs/photo.jpg"


async def test_an_unreachable_service_is_waited_for_with_growing_delays(play: Play) -> None:
    play.provider.submits = [*[UnreachableError("No way there.")] * 12, remote()]
    job = await play.submit()
    await play.sees(job, lambda seen: seen.waiting_for is not None)
    waiting = play.now(job)
    assert waiting.state is S.QUEUED
    assert waiting.waiting_for is WaitReason.OFFLINE
    assert waiting.not_before is not None
    assert waiting.error is None
    done = await play.until(job, S.DONE)
    assert done.waiting_for is None
    sent = play.provider.moments("submit")
    gaps = [(b - a).total_seconds() for a, b in pairwise(sent)]
    assert gaps == sorted(gaps)
    assert gaps[0] == pytest.approx(0.5)
    assert gaps[-1] == pytest.approx(60.0)
    assert {key for key, _ in play.provider.sent()} == {job.idempotency_key}
    assert play.store.notes(job).count("No way there.") == 1


async def test_retry_after_is_kept_for_the_whole_account(play: Play) -> None:
    play.provider.submits = [BusyError("Slow down.", retry_after_s=40.0, status=429), remote()]
    first = await play.submit()
    second = await play.submit(prompt="another")
    await play.until(first, S.DONE)
    await play.until(second, S.DONE)
    sent = play.provider.moments("submit")
    assert all(later - sent[0] >= timedelta(seconds=40) for later in sent[1:])
    assert play.paces.kept["paid"].not_before is not None


async def test_a_concurrency_limit_is_called_so(play: Play) -> None:
    play.provider.submits = [BusyError("Two at once.", code="concurrency_limit", retry_after_s=5), remote()]
    job = await play.submit()
    await play.sees(job, lambda seen: seen.waiting_for is not None)
    assert play.now(job).waiting_for is WaitReason.CONCURRENCY_LIMIT
    await play.until(job, S.DONE)


@pytest.mark.parametrize("error", [
    RequestRefusedError("No.", status=422, field="duration"), KeyRefusedError("Wrong key.", status=401),
    KeyMissingError("No key."), CreditsError("No credits.", status=402), InputError("Bad."),
])
async def test_a_refusal_ends_the_job_with_its_reason(play: Play, error: StudioError) -> None:
    play.provider.submits = [error]
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert (failed.error.kind, failed.error.message) == (error.kind, error.message)
    assert play.provider.times("submit") == 1


async def test_a_lost_answer_is_asked_again_under_the_same_key_where_it_is_honoured(play: Play) -> None:
    play.provider.submits = [UnknownOutcomeError("No answer."), UnreachableError("Gone."), remote()]
    job = await play.submit()
    await play.until(job, S.DONE)
    assert (S.SUBMITTING, S.UNKNOWN) not in play.store.walked
    # The second try surely did not leave, but the first may have: it never goes back into the queue.
    assert (S.SUBMITTING, S.QUEUED) not in play.store.walked
    assert [key for key, _ in play.provider.sent()] == [job.idempotency_key] * 3


@pytest.mark.parametrize("error", [
    UnknownOutcomeError("No answer."), ServiceFaultError("Nonsense."), ServiceFaultError("Gateway.", status=504),
])
async def test_a_lost_answer_is_for_the_person_where_no_key_is_honoured(play: Play, error: StudioError) -> None:
    play.provider.honours_idempotency = False
    play.provider.submits = [error]
    job = await play.submit()
    lost = await play.until(job, S.UNKNOWN)
    assert play.provider.times("submit") == 1
    assert lost.error is not None
    assert lost.error.kind == "unknown_outcome"
    assert lost.error.cost == "unknown"


async def test_a_service_that_answers_500_did_not_accept(play: Play) -> None:
    play.provider.honours_idempotency = False
    play.provider.submits = [ServiceFaultError("Internal.", status=500), ServiceFaultError("Outage.", status=503), remote()]
    job = await play.submit()
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 3


async def test_no_fault_of_a_poll_ends_a_job(play: Play) -> None:
    faults = [UnreachableError("a"), BusyError("b", retry_after_s=3), ServiceFaultError("c", status=502),
              KeyRefusedError("d"), UnknownOutcomeError("e"), DiskFullError("f")]
    play.provider.polls = [*faults, remote(), finished()]
    job = await play.submit()
    await play.sees(job, lambda seen: seen.waiting_for is not None)
    assert play.now(job).state is S.RUNNING
    done = await play.until(job, S.DONE)
    assert done.error is None
    assert play.provider.times("submit") == 1


async def test_a_missing_key_is_shown_while_the_job_goes_on_waiting(play: Play) -> None:
    play.provider.polls = [KeyMissingError("No key."), finished()]
    job = await play.submit()
    await play.sees(job, lambda seen: seen.error is not None)
    waiting = play.now(job)
    assert waiting.state is S.RUNNING
    assert waiting.error is not None
    assert waiting.error.retryable
    assert (await play.until(job, S.DONE)).error is None


async def test_a_job_that_the_service_no_longer_knows_can_be_looked_for_again(play: Play) -> None:
    play.provider.polls = [*[RequestRefusedError("No such request.", status=404)] * 4, finished()]
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert failed.error.retryable
    await play.runner.retry(job.id)
    done = await play.until(job, S.DONE)
    assert done.idempotency_key == job.idempotency_key
    assert play.provider.times("submit") == 1


async def test_a_status_that_nobody_knows_is_shown_and_given_half_an_hour(play: Play) -> None:
    play.provider.polls = [remote(unknown_status="pondering")]
    job = await play.submit()
    begun = play.clock.now()
    failed = await play.until(job, S.FAILED)
    assert timedelta(minutes=30) <= play.clock.now() - begun < timedelta(minutes=32)
    assert failed.error is not None
    assert "pondering" in failed.error.message
    assert failed.error.retryable
    assert play.store.notes(job).count("“pondering”") == 2  # once when it was first said, once at the end
    odd = remote(unknown_status="pondering")
    play.provider.polls = [odd, UnreachableError("x"), odd, finished()]
    await play.runner.retry(job.id)
    await play.until(job, S.DONE)


async def test_a_full_disk_keeps_the_result_and_says_so(play: Play) -> None:
    play.library.failing = [DiskFullError("The disk is full.")] * 3
    job = await play.submit()
    await play.sees(job, lambda seen: seen.error is not None)
    waiting = play.now(job)
    assert waiting.state is S.DOWNLOADING
    assert waiting.waiting_for is None
    assert waiting.error is not None
    assert (waiting.error.kind, waiting.error.retryable) == ("disk_full", True)
    done = await play.until(job, S.DONE)
    assert done.error is None
    assert len(play.library.placed) == 1


async def test_a_lost_download_goes_on(play: Play) -> None:
    play.provider.downloads = [UnreachableError("x"), ServiceFaultError("y")]
    job = await play.submit()
    await play.until(job, S.DONE)
    assert play.provider.times("download") == 3


async def test_an_expired_result_is_asked_for_anew_once(play: Play) -> None:
    play.provider.downloads = [ResultExpiredError("Expired.")]
    job = await play.submit()
    await play.until(job, S.DONE)
    assert play.provider.times("poll") == 2

    play.provider.downloads = [ResultExpiredError("Expired.")] * 2
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert (failed.error.kind, failed.error.cost, failed.error.retryable) == ("result_expired", "charged", False)


async def test_a_result_that_is_no_media_stays_at_the_service(play: Play) -> None:
    play.library.failing = [ServiceFaultError("This is no video.")]
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert failed.error.retryable
    assert play.provider.times("discard") == 0
    await play.runner.retry(job.id)
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 1


async def test_a_store_that_cannot_be_written_holds_the_answer(play: Play) -> None:
    job = await play.submit()
    await play.until(job, S.SUBMITTING)
    play.store.failing = [LocalError("read-only"), DiskFullError("full")]
    done = await play.until(job, S.DONE)
    assert done.remote_id == "req_1"
    assert play.provider.times("submit") == 1
    assert [event.words for event in play.events if isinstance(event, ProblemRaised)]


async def test_our_own_mistake_stops_one_job_and_keeps_it(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    play.provider.polls = [broken]  # type: ignore[list-item]  # a fault on purpose
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert (failed.error.kind, failed.error.retryable, failed.remote_id) == ("bug", True, "req_1")
    assert "broke in state" in caplog.text
    play.provider.submits = [broken]  # type: ignore[list-item]
    job = await play.submit()
    await play.until(job, S.UNKNOWN)


async def test_uploads_meet_faults_and_wait(play: Play) -> None:
    play.provider.hosts = [UnreachableError("x"), BusyError("y", retry_after_s=2), remote()]
    job = await play.submit(image_url=PHOTO)
    await play.until(job, S.DONE)
    assert play.provider.times("submit") == 1
    assert (S.UPLOADING, S.QUEUED) in play.store.walked
    play.provider.hosts = [RequestRefusedError("Too large.", status=413)]
    job = await play.submit(image_url=PHOTO)
    await play.until(job, S.FAILED)
    play.provider.hosts = [LocalError("Unreadable."), remote()]
    job = await play.submit(image_url=PHOTO)
    await play.until(job, S.DONE)


async def test_old_uploads_that_are_refused_are_made_again_once(play: Play) -> None:
    refused = RequestRefusedError("That URL is gone.", status=422, field="image_url")
    play.provider.submits = [UnreachableError("x"), refused, remote()]
    job = await play.submit(image_url=PHOTO)
    await play.until(job, S.DONE)
    assert play.provider.times("host") == 2

    play.provider.submits = [UnreachableError("x"), refused, refused]
    job = await play.submit(image_url=PHOTO)
    await play.until(job, S.FAILED)


async def test_a_conflict_of_a_request_sent_again_is_for_the_person(play: Play) -> None:
    play.provider.submits = [UnknownOutcomeError("x"), RequestRefusedError("Other body.", status=409)]
    job = await play.submit()
    lost = await play.until(job, S.UNKNOWN)
    assert lost.error is not None
    assert "may have arrived" in lost.error.message


async def test_a_cancel_that_hangs_is_let_go(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "CANCEL_LIMIT_S", 0.05)

    async def never() -> None:
        await asyncio.Event().wait()

    play.provider.cancels = [never]  # type: ignore[list-item]
    play.provider.polls = [remote()]
    job = await play.submit()
    await play.until(job, S.RUNNING)
    ended = await play.runner.cancel(job.id)
    assert ended.state is S.CANCELLED
    assert "may still run over there" in play.store.notes(job)
