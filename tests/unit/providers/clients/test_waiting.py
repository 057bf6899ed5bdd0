"""Waiting: the pace, the end of patience, and how a job's end is told."""

from __future__ import annotations

import asyncio

import pytest

from studio.domain.errors import (
    Cost,
    JobFailedError,
    KeyRefusedError,
    RequestRefusedError,
    ServiceFaultError,
    UnreachableError,
)
from studio.domain.pacing import poll_delay, scarce_floor
from studio.providers.clients import AsyncCannonStudio, AsyncCanvasLabs, AsyncJob, CannonStudio
from studio.providers.clients.errors import UnknownStatusError, WaitTimeoutError
from studio.providers.clients.waiting import MOST_FAULTS, MOST_STRANGE
from tests.unit.net.raw_server import RawServer, Script, hang_up, reply, silent
from tests.unit.providers.clients.conftest import Clock

VIDEO = "https://cdn.example.com/v.mp4"


def seen_as(status: str, **more: object) -> Script:
    return reply(200, {"id": "req_1", "operation": "video.generate", "status": status, **more})


QUEUED, PROCESSING = seen_as("queued"), seen_as("processing", progress=0.5)
DONE = seen_as("succeeded", billableCredits=48, output={"asset_type": "video", "video_url": VIDEO, "model": "seedance2"})


async def queued(server: RawServer, client: AsyncCannonStudio, *scripts: Script, **hint: object) -> AsyncJob:
    """A job just accepted, the clock's record emptied by whoever looks; then `scripts` answer the looks."""
    server.say(reply(202, {"id": "req_1", "status": "queued", **hint}), *scripts)
    return await client.video.generate(prompt="x")


async def test_to_its_end(server: RawServer, cannon: AsyncCannonStudio, clock: Clock) -> None:
    job = await queued(server, cannon, QUEUED, PROCESSING, DONE)
    assert repr(job) == "AsyncJob(req_1, queued)"
    result = await job.wait()
    assert (result.url, result.urls, result.credits, result.credits_used) == (VIDEO, (VIDEO,), 48, 48)
    assert result.output["model"] == "seedance2"
    assert result.raw["status"] == "succeeded"
    assert (job.done, job.failed, job.status, job.credits) == (True, False, "succeeded", 48)
    assert job.raw == result.raw
    assert clock.slept == pytest.approx([1.0, 1.5, 2.25])
    asked = len(server.seen)
    assert (await job.wait()).url == VIDEO
    assert len(server.seen) == asked


async def test_the_services_own_pace(server: RawServer, cannon: AsyncCannonStudio, clock: Clock) -> None:
    """A hint of nothing is taken for the first look only: nobody is asked without a pause."""
    hinted = seen_as("processing", poll_after_ms=4000)
    job = await queued(server, cannon, hinted, seen_as("processing", poll_after_ms=0), DONE, poll_after_ms=0)
    await job.wait()
    assert clock.slept == [0, 4.0, 0.2]


def test_the_pace_without_a_hint() -> None:
    assert [poll_delay(looks, None, lambda: 0.5) for looks in range(8)] == pytest.approx(
        [1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 10, 10]
    )
    assert poll_delay(30, None, lambda: 0.0) == pytest.approx(8)
    assert poll_delay(30, None, lambda: 1.0) == pytest.approx(12)
    assert poll_delay(10_000, None, lambda: 0.5) == pytest.approx(10)
    assert poll_delay(3, 0.001, lambda: 0.5, 0.02) == 0.02


async def test_a_time_out_carries_the_job_and_cancels_nothing(server: RawServer, cannon: AsyncCannonStudio) -> None:
    job = await queued(server, cannon, PROCESSING)
    with pytest.raises(WaitTimeoutError) as caught:
        await job.wait(timeout=0.5)
    assert caught.value.job is job
    assert (caught.value.cost, caught.value.retryable, job.failed) == (Cost.UNKNOWN, True, False)
    assert [seen.method for seen in server.seen] == ["POST", "GET"]
    server.say(DONE)
    assert (await job.wait(timeout=0)).url == VIDEO


@pytest.mark.slow
async def test_a_service_that_says_nothing_is_not_waited_for_longer(server: RawServer, cannon: AsyncCannonStudio) -> None:
    job = await queued(server, cannon, silent())
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(WaitTimeoutError):
        await job.wait(timeout=0.1)
    assert loop.time() - began < 2
    assert len(server.seen) == 2


async def test_a_status_that_no_contract_has(server: RawServer, cannon: AsyncCannonStudio) -> None:
    job = await queued(server, cannon, seen_as("pondering"))
    with pytest.raises(UnknownStatusError) as caught:
        await job.wait(timeout=None)
    assert (caught.value.word, caught.value.job, caught.value.cost) == ("pondering", job, Cost.UNKNOWN)
    assert len(server.seen) == 1 + MOST_STRANGE
    assert "pondering" in str(caught.value)


async def test_a_strange_status_that_passes(server: RawServer, cannon: AsyncCannonStudio) -> None:
    strange = [seen_as("pondering")] * (MOST_STRANGE - 1)
    job = await queued(server, cannon, *strange, PROCESSING, *strange, DONE)
    assert (await job.wait()).url == VIDEO


@pytest.mark.parametrize(("answer", "code", "words", "cost"), [
    ({"status": "failed", "errorMessage": "No face."}, "job_failed", "No face.", Cost.UNKNOWN),
    ({"status": "failed", "billableCredits": 0, "error": {"code": "moderated", "message": "Not this."}},
     "moderated", "Not this.", Cost.NONE),
    ({"status": "cancelled"}, "cancelled", "The job was cancelled.", Cost.UNKNOWN),
    ({"status": "failed", "errorCode": "cancelled", "billableCredits": 0}, "cancelled", "The job was cancelled.", Cost.NONE),
    ({"status": "succeeded", "output": {}}, "no_result", "The service says that it is done, and names no result.",
     Cost.UNKNOWN),
])
async def test_a_job_that_failed(
    server: RawServer, cannon: AsyncCannonStudio, answer: dict[str, object], code: str, words: str, cost: Cost
) -> None:
    whole: dict[str, object] = {"id": "req_1", "operation": "video.generate", "mark": 7, **answer}
    job = await queued(server, cannon, reply(200, whole))
    for _ in range(2):
        with pytest.raises(JobFailedError) as caught:
            await job.wait()
        error = caught.value
        assert (error.code, str(error), error.cost, error.remote_id, error.raw) == (code, words, cost, "req_1", whole)
    assert job.failed
    assert len(server.seen) == 2


async def test_faults_on_the_way_are_waited_out(server: RawServer, cannon: AsyncCannonStudio, clock: Clock) -> None:
    job = await queued(server, cannon, hang_up(), hang_up(), hang_up(), reply(500), reply(200, b"<html>"), PROCESSING, DONE)
    assert (await job.wait()).url == VIDEO
    assert sum(clock.slept) < 60


async def test_but_not_for_ever(server: RawServer, cannon: AsyncCannonStudio) -> None:
    job = await queued(server, cannon, reply(200, b"<html>"))
    with pytest.raises(ServiceFaultError):
        await job.wait(timeout=None)
    assert len(server.seen) == 1 + MOST_FAULTS
    server.stop_listening()
    server.drop_all()
    with pytest.raises(UnreachableError):
        await job.wait(timeout=None)


async def test_never_earlier_than_retry_after(server: RawServer, cannon: AsyncCannonStudio, clock: Clock) -> None:
    job = await queued(server, cannon, reply(429, headers={"Retry-After": "60"}), DONE)
    await job.wait()
    assert clock.slept[0] == pytest.approx(1)
    assert max(clock.slept) == pytest.approx(60, abs=5)


async def test_pauses_that_are_asked_for_are_no_faults(
    server: RawServer, cannon: AsyncCannonStudio, clock: Clock
) -> None:
    asked = [reply(429, headers={"Retry-After": "60"})] * (MOST_FAULTS + 5)
    job = await queued(server, cannon, *asked, DONE)
    assert (await job.wait(timeout=None)).url == VIDEO
    assert len([pause for pause in clock.slept if pause > 50]) > MOST_FAULTS


async def test_jobs_share_what_the_service_lets_through(server: RawServer, cannon: AsyncCannonStudio, clock: Clock) -> None:
    """With 7 requests left in the minute one is kept for a new job, and two jobs share the others: 20 s between looks."""
    server.say(reply(202, {"id": "req_1", "status": "queued"}, {"X-RateLimit-Remaining": "7"}), DONE)
    job = await cannon.video.generate(prompt="x")
    cannon._connection.waiting = 1
    await job.wait()
    assert clock.slept == [pytest.approx(20)]
    assert (cannon._connection.waiting, cannon.requests_remaining) == (1, 7)


@pytest.mark.parametrize(("waiting", "remaining", "seconds"), [
    (1, None, 0), (1, 0, 60), (1, 1, 60), (1, 2, 60), (1, 3, 30), (0, 61, 1), (4, 61, 4), (1, 1000, 60 / 999),
])
def test_the_pace_where_requests_are_scarce(waiting: int, remaining: int | None, seconds: float) -> None:
    assert scarce_floor(waiting, remaining) == pytest.approx(seconds)


async def test_a_pause_longer_than_the_time_there_is(server: RawServer, cannon: AsyncCannonStudio) -> None:
    job = await queued(server, cannon, reply(429, headers={"Retry-After": "60"}), DONE)
    with pytest.raises(WaitTimeoutError):
        await job.wait(timeout=30)
    assert len(server.seen) == 2


@pytest.mark.parametrize(("status", "kind"), [(401, KeyRefusedError), (404, RequestRefusedError)])
async def test_what_waiting_does_not_mend(
    server: RawServer, cannon: AsyncCannonStudio, status: int, kind: type[Exception]
) -> None:
    job = await queued(server, cannon, reply(status))
    with pytest.raises(kind):
        await job.wait()
    assert len(server.seen) == 2


async def test_a_job_by_its_id(server: RawServer, cannon: AsyncCannonStudio, canvas: AsyncCanvasLabs) -> None:
    server.say(DONE)
    job = await cannon.requests.get("req_1")
    assert (job.operation, job.done) == ("video.generate", True)
    assert (await job.wait()).url == VIDEO
    assert len(server.seen) == 1
    picture = "https://cdn.canvaslabs.us/i/1.png"
    server.say(reply(200, {"job_id": "job_1", "status": "processing", "type": "image"}),
               reply(200, {"job_id": "job_1", "status": "completed", "type": "image", "result": {"url": picture},
                           "credits_used": 4.5}))
    found = await canvas.jobs.get("job_1")
    assert (found.done, found.operation) == (False, None)
    result = await found.wait()
    assert (result.url, result.credits_used, result.output) == (picture, 4.5, {"url": picture})


@pytest.mark.parametrize(("output", "urls"), [
    ({"asset_type": "video", "video_url": VIDEO}, (VIDEO,)),
    ({"imageUrl": "https://e.com/a.png"}, ("https://e.com/a.png",)),
    ({"model_url": "https://e.com/a.glb"}, ()),
])
async def test_operations_that_this_version_does_not_know(
    server: RawServer, cannon: AsyncCannonStudio, output: dict[str, object], urls: tuple[str, ...]
) -> None:
    server.say(reply(202, {"id": "req_1", "status": "queued"}),
               reply(200, {"id": "req_1", "operation": "three_d.new", "status": "succeeded", "output": output}))
    result = await (await cannon.requests.create("three_d.new", {"prompt": "x"})).wait()
    assert (result.urls, result.output) == (urls, output)


async def test_an_enhanced_prompt(server: RawServer, cannon: AsyncCannonStudio) -> None:
    server.say(reply(202, {"id": "req_1", "status": "queued"}),
               reply(200, {"id": "req_1", "operation": "prompt.enhance.image", "status": "succeeded", "billableCredits": 1,
                           "output": {"enhancedPrompt": "A lake, at dusk", "model": "m"}}))
    result = await (await cannon.prompt.enhance.image(prompt="a lake")).wait()
    assert (result.enhanced_prompt, result.url, result.credits) == ("A lake, at dusk", None, 1)


async def test_the_sync_wait_is_the_same_one(server: RawServer, sync_cannon: CannonStudio) -> None:
    """Errors carry the job that the caller holds."""

    def script() -> None:
        with sync_cannon as client:
            job = client.requests.create("video.generate", {"prompt": "x"})
            with pytest.raises(WaitTimeoutError) as late:
                job.wait(timeout=0.2)
            assert late.value.job is job
            with pytest.raises(UnknownStatusError) as strange:
                job.wait(timeout=None)
            assert strange.value.job is job
            with pytest.raises(JobFailedError):
                job.wait(timeout=None)
            assert job.failed

    odd = [seen_as("pondering")] * MOST_STRANGE
    server.say(reply(202, {"id": "req_1", "status": "queued"}), PROCESSING, PROCESSING, *odd, seen_as("cancelled"))
    await asyncio.to_thread(script)


async def test_cancel_is_the_engines(server: RawServer, cannon: AsyncCannonStudio) -> None:
    job = await queued(server, cannon, seen_as("failed", errorCode="cancelled", billableCredits=0))
    with pytest.raises(Exception, match="no way to cancel"):
        await job.cancel()
    cannon._connection.at_engine = True
    await job.cancel()
    assert server.seen[-1].path == "/api/v1/requests/req_1/cancel"
    assert job.failed


async def test_a_look_now(server: RawServer, cannon: AsyncCannonStudio) -> None:
    job = await queued(server, cannon, PROCESSING)
    assert (await job.refresh()).progress == 0.5
