"""A job's way when things go well, and what it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from studio.domain.errors import InputError, NotFoundError, UnreachableError
from studio.domain.event import JobChanged
from studio.domain.operation import MediaKind
from studio.domain.state import JobState as S
from tests.unit.jobs.world import Play, ScriptedProvider, finished, remote

PHOTO = "file:///inputs/photo.jpg"


async def test_a_job_without_files_goes_straight_to_its_service(play: Play) -> None:
    job = await play.submit(seed=7)
    assert job.state is S.QUEUED
    done = await play.until(job, S.DONE)
    assert play.store.walked == [(S.QUEUED, S.SUBMITTING), (S.SUBMITTING, S.RUNNING), (S.RUNNING, S.DOWNLOADING),
                                 (S.DOWNLOADING, S.DONE)]
    assert done.remote_id == "req_1"
    assert done.submitted_at is not None
    assert done.finished_at is not None
    assert done.credits.charged == 48.0
    assert done.output == {"video_url": "…"}
    assert done.asset_ids == (f"asset_{job.id}_0",)
    assert [kind for kind, _, _ in play.provider.asked] == ["submit", "poll", "download"]
    assert play.provider.asked[0][1] == (job.idempotency_key, {"prompt": "a pier", "seed": 7})


async def test_local_files_are_hosted_and_their_urls_stay_out_of_the_job(play: Play) -> None:
    job = await play.submit(image_url=PHOTO, reference_image_urls=[PHOTO, "https://else.test/a.png"])
    done = await play.until(job, S.DONE)
    assert (S.QUEUED, S.UPLOADING) in play.store.walked
    assert play.provider.times("host") == 1
    _, values = play.provider.sent()[0]
    hosted = "https://hosted.test/photo.jpg?token=secret1"
    assert values["image_url"] == hosted
    assert values["reference_image_urls"] == [hosted, "https://else.test/a.png"]
    assert done.request.input["image_url"] == PHOTO
    assert play.hosted.kept == {}
    assert [url for kind, url, _ in play.provider.asked if kind == "discard"] == [hosted]
    assert "token" not in repr(play.library.recipes)
    assert play.library.recipes[0].input["image_url"] == "photo.jpg"


async def test_a_prompt_that_begins_like_a_file_is_a_prompt(play: Play) -> None:
    job = await play.submit(prompt=PHOTO)
    await play.until(job, S.DONE)
    assert play.provider.times("host") == 0


async def test_a_file_that_is_gone_fails_before_anything_is_sent(play: Play) -> None:
    job = await play.submit(image_url="file:///inputs/other.jpg")
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert failed.error.kind == "input"
    assert play.provider.times("submit") == 0


async def test_a_prompt_result_becomes_an_asset() -> None:
    play = Play()
    play.provider.polls = [remote(S.DONE, output={"enhancedPrompt": "a pier at dusk"}, charged=1.0)]
    job = await play.submit(operation="prompt.enhance.video")
    done = await play.until(job, S.DONE)
    assert [asset.kind for asset in play.library.placed.values()] == [MediaKind.PROMPT]
    assert done.asset_ids
    await play.runner.close()


async def test_an_answer_that_is_finished_at_once_is_taken(play: Play) -> None:
    play.provider.submits = [finished(2)]
    job = await play.submit()
    done = await play.until(job, S.DONE)
    assert play.provider.times("poll") == 0
    assert len(done.asset_ids) == 2


async def test_a_finished_job_without_a_file_says_so(play: Play) -> None:
    play.provider.polls = [remote(S.DONE)]
    job = await play.submit()
    await play.until(job, S.DONE)
    assert "sent no file" in play.store.notes(job)


async def test_polls_follow_the_hint_else_grow_to_ten_seconds(play: Play) -> None:
    play.provider.submits = [remote(poll_after_s=3.0)]
    play.provider.polls = [remote(poll_after_s=2.0), *[remote()] * 9, finished()]
    job = await play.submit()
    await play.until(job, S.DONE)
    sent = play.provider.moments("submit")
    asked = [*sent, *play.provider.moments("poll")]
    gaps = [round((b - a).total_seconds(), 2) for a, b in pairwise(asked)]
    assert gaps[:2] == [3.0, 2.0]
    assert gaps[2:] == sorted(gaps[2:])
    assert gaps[-1] == 10.0


async def test_progress_is_written_when_it_moves_and_events_follow_the_store(play: Play) -> None:
    play.provider.polls = [remote(progress=0.1, eta_s=9.0), remote(progress=0.1), remote(progress=0.5), finished()]
    job = await play.submit()
    await play.until(job, S.DONE)
    shown = [event.job.progress for event in play.events if isinstance(event, JobChanged) and event.job.state is S.RUNNING]
    assert shown == [None, 0.1, 0.5]
    downloads = [e.job.progress for e in play.events if isinstance(e, JobChanged) and e.job.state is S.DOWNLOADING]
    assert 0.5 in downloads
    first = play.events[0]
    assert isinstance(first, JobChanged)
    assert first.is_new


@pytest.mark.parametrize(("kind", "forgotten"), [(MediaKind.IMAGE, 3), (MediaKind.AUDIO, 3), (MediaKind.VIDEO, 0)])
async def test_every_result_is_fetched_once_and_then_forgotten_over_there(
    play: Play, kind: MediaKind, forgotten: int
) -> None:
    """But a video, which a later job may name by its id."""
    answer = finished(3)
    play.provider.polls = [replace(answer, results=tuple(replace(result, kind=kind) for result in answer.results))]
    play.provider.discards = [UnreachableError("gone")]
    job = await play.submit()
    done = await play.until(job, S.DONE)
    assert len(done.asset_ids) == 3
    assert play.provider.times("download") == 3
    assert play.provider.times("discard") == forgotten


async def test_a_service_that_fails_a_job_is_quoted_with_its_price(play: Play) -> None:
    for charged, cost in ((None, "unknown"), (0.0, "none"), (12.0, "charged")):
        play.provider.polls = [remote(S.FAILED, error_message="Moderated.", error_code="nsfw", charged=charged)]
        job = await play.submit()
        failed = await play.until(job, S.FAILED)
        assert failed.error is not None
        assert (failed.error.message, failed.error.code, failed.error.cost) == ("Moderated.", "nsfw", cost)
        assert failed.error.retryable is False
        assert failed.finished_at is not None


async def test_a_job_cancelled_at_the_service_ends_here_too(play: Play) -> None:
    play.provider.polls = [remote(S.CANCELLED, charged=0.0)]
    job = await play.submit()
    ended = await play.until(job, S.CANCELLED)
    assert ended.credits.charged == 0.0


async def test_no_provider_no_job(play: Play) -> None:
    play.missing = NotFoundError("There is no account paid.")
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert failed.error.kind == "not_found"


async def test_a_refused_request_keeps_the_field() -> None:
    play = Play(ScriptedProvider(Play().clock, submits=[InputError("Too long.", field="prompt")]))
    job = await play.submit()
    failed = await play.until(job, S.FAILED)
    assert failed.error is not None
    assert failed.error.field == "prompt"
    await play.runner.close()
