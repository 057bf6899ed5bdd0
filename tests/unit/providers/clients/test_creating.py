"""What a create does when its answer is late, lost, or a refusal: one key for all tries, and never twice without one."""

from __future__ import annotations

import asyncio
import email.utils
import json
from datetime import UTC, datetime, timedelta

import pytest

from studio.domain.errors import (
    BusyError,
    Cost,
    CreditsError,
    InputError,
    KeyRefusedError,
    PermissionRefusedError,
    ServiceFaultError,
    StudioError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.pacing import WINDOW_S
from studio.net.retry import RetryPolicy
from studio.providers.clients import AsyncCannonStudio, AsyncCanvasLabs
from studio.providers.clients.asking import Asker
from studio.providers.clients.errors import (
    ConflictError,
    ParametersRefusedError,
    RequestRefusedError,
    TooLargeForServiceError,
    UnknownToServiceError,
)
from tests.ports import free_port
from tests.unit.net.raw_server import RawServer, hang_up, raw, reply
from tests.unit.providers.clients.conftest import KEY, Clock

ACCEPTED = reply(202, {"id": "req_1", "job_id": "job_1", "status": "queued"})
HALF = raw(b'HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\n{"id": "req')
NONSENSE = reply(202, b"<html>welcome</html>")
NAMELESS = reply(202, {"status": "queued"})
LOST = [pytest.param(script, id=name) for name, script in
        (("no answer", hang_up()), ("half an answer", HALF), ("nonsense", NONSENSE), ("no id", NAMELESS))]


def keys(server: RawServer, header: str = "x-idempotency-key") -> list[str]:
    return [seen.headers[header] for seen in server.posts]


@pytest.mark.parametrize("lost", LOST)
async def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    server: RawServer, cannon: AsyncCannonStudio, clock: Clock, lost: object
) -> None:
    server.scripts = [lost, reply(500), ACCEPTED]  # type: ignore[list-item]  # a parameter of pytest's
    request = await cannon.image.generate(prompt="x")
    assert request.id == "req_1"
    assert len(server.posts) == 3
    assert len(set(keys(server))) == 1
    assert len({seen.body for seen in server.posts}) == 1
    assert clock.slept == [0.25, 0.5]


@pytest.mark.parametrize("lost", LOST)
async def test_without_a_key_that_counts_it_leaves_once(server: RawServer, canvas: AsyncCanvasLabs, lost: object) -> None:
    server.scripts = [lost, ACCEPTED]  # type: ignore[list-item]
    with pytest.raises(UnknownOutcomeError) as caught:
        await canvas.video.generate(prompt="x")
    assert (caught.value.cost, caught.value.idempotency_key) == (Cost.UNKNOWN, None)
    assert len(server.posts) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 504])
async def test_a_fault_without_a_key_that_counts(server: RawServer, canvas: AsyncCanvasLabs, status: int) -> None:
    server.say(reply(status), ACCEPTED)
    with pytest.raises(UnknownOutcomeError) as caught:
        await canvas.image.generate(prompt="x")
    assert caught.value.status == status
    assert len(server.posts) == 1


@pytest.mark.parametrize(("status", "kind"), [(429, BusyError), (503, ServiceFaultError)])
async def test_a_refusal_without_a_key_that_counts_surfaces(
    server: RawServer, canvas: AsyncCanvasLabs, status: int, kind: type[StudioError]
) -> None:
    server.say(reply(status, headers={"Retry-After": "7"}), ACCEPTED)
    with pytest.raises(kind) as caught:
        await canvas.image.generate(prompt="x")
    assert (caught.value.retry_after_s, caught.value.cost, caught.value.advice) == (7, Cost.NONE, "Try again later.")
    assert len(server.posts) == 1


async def test_it_stays_unknown_whatever_later_tries_are_told(server: RawServer, cannon: AsyncCannonStudio) -> None:
    """The first may have been carried out: that a later one was refused for now says nothing of it."""
    server.say(hang_up(), reply(503), reply(429))
    with pytest.raises(UnknownOutcomeError) as caught:
        await cannon.image.generate(prompt="x")
    assert caught.value.cost is Cost.UNKNOWN
    assert caught.value.idempotency_key == keys(server)[0]
    assert "idempotency_key" in caught.value.advice
    assert len(server.posts) == 3


@pytest.mark.parametrize(("status", "kind"), [
    (401, KeyRefusedError), (402, CreditsError), (409, ConflictError), (422, ParametersRefusedError),
])
async def test_a_plain_no_after_a_lost_answer(
    server: RawServer, cannon: AsyncCannonStudio, status: int, kind: type[StudioError]
) -> None:
    """The credits may be gone because the first was carried out. Only the input is as bad as it was."""
    server.say(hang_up(), reply(status))
    with pytest.raises(StudioError) as caught:
        await cannon.image.generate(prompt="x")
    if status == 422:
        assert type(caught.value) is kind
    else:
        assert type(caught.value) is UnknownOutcomeError
        assert type(caught.value.__cause__) is kind


async def test_only_faults_and_no_lost_answer(server: RawServer, cannon: AsyncCannonStudio) -> None:
    server.say(reply(503))
    with pytest.raises(ServiceFaultError) as caught:
        await cannon.image.generate(prompt="x")
    assert caught.value.cost is Cost.NONE
    assert len(server.posts) == 3


async def test_what_never_left_is_tried_again_without_risk(canvas: AsyncCanvasLabs, clock: Clock) -> None:
    port = free_port()
    async with AsyncCanvasLabs(KEY, base_url=f"http://127.0.0.1:{port}/v1", timing=canvas._connection.timing) as client:
        client._connection.keyed = False
        with pytest.raises(UnreachableError) as caught:
            await client.video.generate(prompt="x")
    assert caught.value.cost is Cost.NONE
    assert len(clock.slept) == 2


async def test_the_key_is_the_callers_or_made_once_a_call(server: RawServer, cannon: AsyncCannonStudio) -> None:
    server.say(ACCEPTED)
    await cannon.image.generate(prompt="x", idempotency_key="order-17")
    await cannon.image.generate(prompt="x")
    await cannon.image.generate(prompt="x")
    given, first, second = keys(server)
    assert given == "order-17"
    assert first != second
    assert min(len(first), len(second)) >= 32


@pytest.mark.parametrize("key", ["", "two words", "line\r\nx-evil: 1", "k" * 256, "clé"])
async def test_what_cannot_be_an_idempotency_key(server: RawServer, cannon: AsyncCannonStudio, key: str) -> None:
    with pytest.raises(InputError):
        await cannon.image.generate(prompt="x", idempotency_key=key)
    assert server.seen == []


async def test_canvas_labs_gets_the_header_too(server: RawServer, canvas: AsyncCanvasLabs) -> None:
    server.say(ACCEPTED)
    await canvas.video.generate(prompt="x", idempotency_key="order-18")
    assert keys(server, "idempotency-key") == ["order-18"]


async def test_a_pause_that_is_asked_for_is_kept_by_every_call(
    server: RawServer, cannon: AsyncCannonStudio, clock: Clock
) -> None:
    server.say(reply(429, headers={"Retry-After": "30"}), ACCEPTED)
    await cannon.image.generate(prompt="x")
    assert clock.slept[0] == pytest.approx(30.25)
    clock.slept.clear()
    await cannon.image.generate(prompt="y")  # the clock stood still: the pause is not over for this one either
    assert clock.slept == [pytest.approx(30, abs=5)]


async def test_nothing_goes_out_when_the_service_lets_nothing_through(
    server: RawServer, cannon: AsyncCannonStudio, clock: Clock
) -> None:
    """X-RateLimit-Remaining: 0 holds every call until the oldest request of the minute is a minute old."""
    body: dict[str, object] = {"id": "req_1", "status": "queued"}
    server.say(reply(202, body, {"X-RateLimit-Remaining": "1"}), reply(202, body, {"X-RateLimit-Remaining": "0"}), ACCEPTED)
    await cannon.image.generate(prompt="x")
    await cannon.image.generate(prompt="y")
    assert clock.slept == [], "one more was allowed"
    await cannon.image.generate(prompt="z")
    assert clock.slept == [pytest.approx(WINDOW_S, abs=5)]


async def test_the_window_is_counted_from_its_first_request() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def send() -> str:
        return "sent"

    asker = Asker(RetryPolicy(), sleep=sleep)
    await asker.read(send)
    await asyncio.sleep(0.3)
    await asker.read(send)
    asker.heard(0)
    await asker.read(send)
    assert len(slept) == 1
    assert slept[0] < WINDOW_S - 0.25, "the first request's minute, not the last one's"
    fresh = Asker(RetryPolicy(), sleep=sleep)
    fresh.heard(3)
    await fresh.read(send)
    assert len(slept) == 1, "three more were allowed"


async def test_a_pause_until_a_date(server: RawServer, cannon: AsyncCannonStudio, clock: Clock) -> None:
    """The other form of Retry-After."""
    date = email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    server.say(reply(429, headers={"Retry-After": date}), ACCEPTED)
    await cannon.image.generate(prompt="x")
    assert clock.slept[0] == pytest.approx(40, abs=3)
    assert len(server.posts) == 2


async def test_how_often_a_question_goes_out(server: RawServer, cannon: AsyncCannonStudio, clock: Clock) -> None:
    """A fault of a GET is repeated by the transport alone, three times in all; a pause that is asked for by the library."""
    server.say(reply(500))
    with pytest.raises(ServiceFaultError):
        await cannon.status()
    assert len(server.seen) == 3
    server.seen.clear()
    server.say(reply(503, headers={"Retry-After": "20"}), reply(429), reply(200, {"ok": True}))
    assert (await cannon.status()).ok
    assert len(server.seen) == 3
    assert clock.slept[2:] == pytest.approx([20.25, 20, 0.5, 20], abs=0.3)  # the clock stands still: the pause is not over


@pytest.mark.parametrize(("asked", "kept"), [(120, True), (121, False)])
async def test_the_longest_pause(
    server: RawServer, cannon: AsyncCannonStudio, clock: Clock, asked: int, kept: bool
) -> None:
    server.say(reply(429, headers={"Retry-After": str(asked)}), reply(200, {"ok": True}))
    if kept:
        assert (await cannon.status()).ok
        assert clock.slept[0] == pytest.approx(asked, abs=1)
    else:
        with pytest.raises(BusyError):
            await cannon.status()
        assert clock.slept == []


async def test_a_pause_that_is_too_long_surfaces_and_is_kept(
    server: RawServer, cannon: AsyncCannonStudio, clock: Clock
) -> None:
    server.say(reply(429, {"error": {"code": "daily_limit", "message": "Come back tomorrow."}}, {"Retry-After": "40000"}))
    for message in ("Come back tomorrow.", "The service asked for a pause that is not over yet."):
        with pytest.raises(BusyError) as caught:
            await cannon.status()
        assert str(caught.value) == message
        assert caught.value.retry_after_s == pytest.approx(40000, abs=60)
    assert len(server.seen) == 1
    assert clock.slept == []


@pytest.mark.parametrize(("status", "kind"), [
    (400, ParametersRefusedError), (401, KeyRefusedError), (402, CreditsError), (403, PermissionRefusedError),
    (404, UnknownToServiceError), (405, RequestRefusedError), (409, ConflictError), (413, TooLargeForServiceError),
    (410, UnknownToServiceError), (422, ParametersRefusedError), (425, BusyError), (429, BusyError),
    (500, ServiceFaultError), (502, ServiceFaultError), (503, ServiceFaultError), (504, ServiceFaultError),
])
async def test_every_status_has_its_type_and_facts(
    server: RawServer, cannon: AsyncCannonStudio, status: int, kind: type[StudioError]
) -> None:
    body: dict[str, object] = {"error": {"code": "its_code", "message": f"No: {KEY}", "param": "input.prompt"}}
    server.say(reply(status, body, {"x-request-id": "r-99", "Retry-After": "1000"}))
    with pytest.raises(StudioError) as caught:
        await cannon.requests.create("image.generate", {"prompt": "x"})
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.code, error.request_id, error.retry_after_s) == (status, "its_code", "r-99", 1000)
    assert error.cost is Cost.NONE
    assert str(error) == "No: •••"
    assert KEY not in json.dumps([repr(error), error.in_words(), error.__dict__], default=repr)
    if isinstance(error, RequestRefusedError):
        assert error.field == "prompt"


async def test_a_redirect_elsewhere_is_not_followed_with_the_key(
    server: RawServer, other_server: RawServer, cannon: AsyncCannonStudio
) -> None:
    other_server.say(ACCEPTED)
    server.say(reply(307, headers={"Location": f"{other_server.url}/api/v1/requests"}))
    with pytest.raises(RequestRefusedError):
        await cannon.image.generate(prompt="x")
    server.say(reply(307, headers={"Location": f"{other_server.url}/api/v1/status"}))
    other_server.say(reply(200, {"ok": True}))
    await cannon.status()
    assert all("authorization" not in seen.headers for seen in other_server.seen)
