"""What goes wrong at a service or on the way to it, in the product's error tree; and that a paid POST leaves once."""

from __future__ import annotations

import pytest

from studio.domain.errors import (
    BusyError,
    Cost,
    CreditsError,
    KeyRefusedError,
    RequestRefusedError,
    ServiceFaultError,
    StudioError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.state import JobState
from studio.net.transport import Transport
from tests.ports import free_port
from tests.unit.net.raw_server import RawServer, Script, hang_up, head, raw, reply
from tests.unit.providers.conftest import INPUT, AnyProvider, RemoteCannon, RemoteCanvas

ERRORS = [
    (400, {"error": {"code": "bad", "message": "No.", "param": "duration"}}, RequestRefusedError, "duration"),
    (401, {"error": {"code": "bad_key", "message": "No."}}, KeyRefusedError, None),
    (402, {"error": {"code": "no_credits", "message": "No."}}, CreditsError, None),
    (403, {"error": {"code": "scope", "message": "No."}}, KeyRefusedError, None),
    (404, {"error": {"code": "gone", "message": "No."}}, RequestRefusedError, None),
    (409, {"error": {"code": "conflict", "message": "No."}}, RequestRefusedError, None),
    (413, {"error": {"code": "large", "message": "No."}}, RequestRefusedError, None),
    (422, {"error": {"code": "c", "message": "No.", "details": {"field": "input.prompt"}}}, RequestRefusedError, "prompt"),
    (422, {"error": {"code": "c", "message": "No.", "details": [{"path": "seed"}]}}, RequestRefusedError, "seed"),
    (429, {"error": {"code": "slow", "message": "No."}}, BusyError, None),
    (503, {"error": {"code": "down", "message": "No."}}, ServiceFaultError, None),
]


@pytest.mark.parametrize(("status", "body", "kind", "field"), ERRORS)
async def test_each_status_has_its_error(
    server: RawServer, provider: AnyProvider, status: int, body: dict[str, object], kind: type[StudioError],
    field: str | None,
) -> None:
    server.say(reply(status, body, {"X-Request-Id": "trace-7", "Retry-After": "9"}))
    with pytest.raises(kind) as caught:
        await provider.submit("video.generate", INPUT, "k")
    error = caught.value
    detail = body["error"]
    assert isinstance(detail, dict)
    assert (error.status, error.code, error.message, error.field) == (status, detail["code"], "No.", field)
    assert (error.request_id, error.retry_after_s, error.cost) == ("trace-7", 9, Cost.NONE)
    assert error.advice
    assert len(server.posts) == 1


async def test_an_internal_error_may_have_come_after_the_job_was_made(
    server: RawServer, cannon: RemoteCannon, canvas: RemoteCanvas
) -> None:
    """Under a key it may be sent again; where none is honoured the person decides."""
    for provider, kind, cost in ((cannon, ServiceFaultError, Cost.NONE), (canvas, UnknownOutcomeError, Cost.UNKNOWN)):
        server.say(reply(500, {"error": {"code": "internal", "message": "No."}}))
        with pytest.raises(kind) as caught:
            await provider.submit("video.generate", INPUT, "k")
        assert (caught.value.message, caught.value.cost) == ("No.", cost)


@pytest.mark.parametrize(
    "body", [b"<html>oops</html>", b"", b'{"error": "plain"}', b'{"message": "flat"}', b'{"detail": []}']
)
async def test_errors_without_a_proper_body(server: RawServer, provider: AnyProvider, body: bytes) -> None:
    server.say(reply(404, body))
    with pytest.raises(RequestRefusedError) as caught:
        await provider.poll("video.generate", "x")
    assert caught.value.message
    assert "<html" not in caught.value.message


async def test_a_slower_pace_is_the_schedulers_matter(server: RawServer, provider: AnyProvider) -> None:
    """One 429 is one request, also for a question that is free to repeat; a short fault is got over here."""
    for headers in ({}, {"Retry-After": "1"}):
        server.say(reply(429, {}, headers))
        seen = len(server.seen)
        with pytest.raises(BusyError):
            await provider.poll("video.generate", "x")
        assert len(server.seen) == seen + 1
    server.say(reply(503), hang_up(), reply(200, {"id": "x", "job_id": "x", "status": "queued"}))
    assert (await provider.poll("video.generate", "x")).state is JobState.RUNNING


async def test_a_gateway_error_is_no_answer_of_the_service(
    server: RawServer, cannon: RemoteCannon, canvas: RemoteCanvas
) -> None:
    """Under a key it may be sent again; without one nobody knows what the service did."""
    for status in (500, 502, 504):
        server.say(reply(status, b"<html>Bad gateway</html>"))
        with pytest.raises(UnknownOutcomeError):
            await canvas.submit("video.generate", INPUT, "k")
        with pytest.raises(ServiceFaultError):
            await cannon.submit("video.generate", INPUT, "k")
    server.say(reply(503, b"<html>Maintenance</html>"))
    with pytest.raises(ServiceFaultError):
        await canvas.submit("video.generate", INPUT, "k")


NO_ANSWERS: list[Script] = [
    hang_up(),
    raw(head(202, {"Content-Length": "50"}) + b'{"id": "req'),
    reply(202, b"<html>Welcome</html>"),
    reply(202, b"[]"),
    reply(202, {"status": "queued"}),
    reply(200, b'{"id": "\xff"}'),
    reply(202, b"x" * 9_000_000),
    reply(303, b"", {"Location": "/elsewhere"}),
]


@pytest.mark.parametrize("script", NO_ANSWERS, ids=["hung up", "cut", "html", "list", "no id", "utf-8", "huge", "see other"])
async def test_sent_and_no_usable_answer_is_one_post(
    server: RawServer, provider: AnyProvider, script: Script
) -> None:
    server.say(script)
    with pytest.raises(UnknownOutcomeError) as caught:
        await provider.submit("video.generate", INPUT, "k")
    assert caught.value.cost is Cost.UNKNOWN
    assert len(server.posts) == 1
    assert len(server.seen) == 1


async def test_nobody_there_is_surely_not_sent(transport: Transport) -> None:
    for made in (RemoteCannon(f"http://127.0.0.1:{free_port()}", transport),
                 RemoteCanvas(f"http://127.0.0.1:{free_port()}/v1", transport)):
        with pytest.raises(UnreachableError):
            await made.submit("video.generate", INPUT, "k")


async def test_a_service_that_moved(server: RawServer, provider: AnyProvider) -> None:
    server.say(reply(308, b"", {"Location": "https://new.example/api"}))
    with pytest.raises(RequestRefusedError, match=r"new\.example"):
        await provider.submit("video.generate", INPUT, "k")
    assert len(server.seen) == 1


async def test_nonsense_when_polled_is_a_fault_that_passes(server: RawServer, provider: AnyProvider) -> None:
    server.say(reply(200, b"<html>"))
    with pytest.raises(ServiceFaultError) as caught:
        await provider.poll("video.generate", "x")
    assert caught.value.retryable
    server.say(hang_up())
    with pytest.raises(UnreachableError):
        await provider.poll("video.generate", "x")
