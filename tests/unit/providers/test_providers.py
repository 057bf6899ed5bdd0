"""Both providers against a server that plays their service, well and badly."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

import pytest

from studio.contracts.operations import CANNON, CANVAS, LOCAL_EXTRAS, NOT_YET_LOCAL
from studio.domain.account import LOCAL, Account, Service
from studio.domain.errors import (
    BusyError,
    Cost,
    InputError,
    KeyMissingError,
    KeyRefusedError,
    LocalError,
    PermissionRefusedError,
    RequestRefusedError,
    ResultExpiredError,
    ServiceFaultError,
    StudioError,
    UnknownOperationError,
    UnreachableError,
)
from studio.domain.state import JobState
from studio.jobs.ports import Provider
from studio.net.transport import Transport
from studio.providers.cannon_provider import CannonProvider
from studio.providers.canvas_provider import CanvasProvider
from studio.providers.endpoint import Endpoint, EngineEndpoint
from studio.providers.factory import make_provider
from tests.ports import free_port
from tests.unit.net.raw_server import RawServer, file_script, hang_up, head, raw, reply
from tests.unit.providers.conftest import INPUT, KEY, AnyProvider, RemoteCannon, RemoteCanvas, key

QUEUED = {"id": "req_1", "status": "queued", "operation": "video.generate", "poll_after_ms": 2000,
          "urls": {"get": "https://evil.example/steal"}}


def silent_report(_done: int, _total: int | None) -> None:
    return None


async def test_cannon_submit(server: RawServer, cannon: RemoteCannon) -> None:
    server.say(reply(202, QUEUED, {"X-RateLimit-Remaining": "8"}))
    job = await cannon.submit("video.generate", INPUT, "intent-1")
    assert (job.remote_id, job.state, job.poll_after_s, job.raw) == ("req_1", JobState.RUNNING, 2.0, QUEUED)
    sent = server.seen[0]
    assert (sent.method, sent.path) == ("POST", "/api/v1/requests")
    assert sent.json() == {"operation": "video.generate", "input": INPUT}
    assert sent.headers["x-idempotency-key"] == "intent-1"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert cannon.requests_remaining == 8


async def test_canvas_submit(server: RawServer, canvas: RemoteCanvas) -> None:
    server.say(reply(202, {"job_id": "job_1", "status": "queued", "type": "video", "created_at": "x"}))
    job = await canvas.submit("video.generate", INPUT, "intent-1")
    assert (job.remote_id, job.state) == ("job_1", JobState.RUNNING)
    assert (server.seen[0].path, server.seen[0].json()) == ("/v1/video/generate", INPUT)
    assert server.seen[0].headers["idempotency-key"] == "intent-1"


async def test_a_poll_asks_its_own_service(server: RawServer, cannon: RemoteCannon, canvas: RemoteCanvas) -> None:
    server.say(reply(200, {"id": "req/../1", "status": "processing"}))
    assert (await cannon.poll("video.generate", "req/../1")).state is JobState.RUNNING
    assert server.seen[0].path == "/api/v1/requests/req%2F..%2F1"
    server.say(reply(200, {"job_id": "j", "status": "processing"}))
    await canvas.poll("image.generate", "j?x=1")
    assert server.seen[1].path == "/v1/jobs/j%3Fx%3D1"


@pytest.mark.parametrize("remote_id", ["", ".", "..", "a\nb", "x" * 201])
async def test_ids_that_cannot_be(server: RawServer, provider: AnyProvider, remote_id: str) -> None:
    with pytest.raises(RequestRefusedError):
        await provider.poll("video.generate", remote_id)
    assert server.seen == []


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "prompt"), ({"prompt": " "}, "prompt"), ({"prompt": 5}, "prompt"), ({"prompt": "x", "duration": "5"}, "duration"),
     ({"prompt": "x", "resolution": "8k"}, "resolution"), ({"prompt": "x", "colour": "red"}, "colour"),
     ({"prompt": "x", "image_url": ""}, "image_url"), ({"prompt": "x", "image_url": "photo.jpg"}, "image_url"),
     ({"prompt": "x", "image_url": "http://example.com/a.png"}, "image_url"),
     ({"prompt": "x", "image_url": "file:///home/me/photo.jpg"}, "image_url")],
)
async def test_input_is_checked_before_anything_is_sent(
    server: RawServer, provider: AnyProvider, values: dict[str, object], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        provider.validate("video.generate", values)
    assert caught.value.field == field
    with pytest.raises(InputError):
        await provider.submit("video.generate", values, "k")
    assert server.seen == []


def test_what_is_there_and_what_is_not(cannon: RemoteCannon, canvas: RemoteCanvas, local: CannonProvider) -> None:
    for one in (cannon, canvas, local):
        with pytest.raises(UnknownOperationError):
            one.validate("video.dream", {})
        one.validate("video.generate", {"prompt": "x", "image_url": "https://example.com/a.png"})
    with pytest.raises(InputError):
        cannon.validate("video.generate", {"prompt": "x", "audio": True})
    with pytest.raises(InputError):
        local.validate("music.generate", {"prompt": "x", "persona_id": "p"})
    local.validate("video.generate", {"prompt": "x", "audio": True, "image_url": "file:///photo.jpg", "seed": 7})
    assert [one.honours_idempotency for one in (cannon, canvas, local)] == [True, False, True]
    assert [one.can_cancel for one in (cannon, canvas, local)] == [False, False, True]


async def test_a_file_needs_a_host(provider: AnyProvider, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        await provider.host(tmp_path / "photo.jpg")
    assert "https address" in caught.value.advice
    assert str(tmp_path) not in caught.value.in_words()


async def test_the_engine_takes_uploads(
    server: RawServer, local: CannonProvider, transport: Transport, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff" + bytes(5000))
    uploaded = {"url": f"{server.url}/files/t/p.jpg", "size_bytes": 5003, "content_type": "image/jpeg", "expires_at": "x"}
    server.say(reply(201, uploaded))
    assert await local.host(photo) == uploaded["url"]
    sent = server.seen[0]
    assert (sent.path, sent.headers["content-type"], sent.body) == ("/api/v1/uploads", "image/jpeg", photo.read_bytes())
    account = Account("labs", Service.CANVAS_LABS, f"{server.url}/v1")
    labs = CanvasProvider(account, transport, EngineEndpoint(lambda: at(server, "/v1")))
    assert await labs.host(photo) == uploaded["url"]
    assert server.seen[1].path == "/api/v1/uploads"
    assert (labs.account, labs.honours_idempotency, labs.can_cancel) == (account, True, True)
    assert any(one.parameter("seed") for one in labs.operations())
    with pytest.raises(LocalError):
        await local.host(tmp_path / "missing.jpg")


async def at(server: RawServer, path: str = "") -> Endpoint:
    return Endpoint(server.url + path, KEY)


async def test_cancel_at_the_engine(server: RawServer, local: CannonProvider, cannon: RemoteCannon) -> None:
    server.say(reply(200, {"id": "r", "status": "failed", "errorCode": "cancelled", "operation": "image.generate"}))
    assert (await local.cancel("r")).state is JobState.CANCELLED
    assert server.seen[0].path == "/api/v1/requests/r/cancel"
    done: dict[str, object] = {"id": "r", "status": "succeeded", "operation": "image.generate", "output": {"image_url": "https://x/a.png"}}
    server.say(reply(200, done))
    late = await local.cancel("r")
    assert (late.state, late.results[0].url) == (JobState.DOWNLOADING, "https://x/a.png")
    with pytest.raises(InputError):
        await cannon.cancel("r")


async def test_balances(server: RawServer, cannon: RemoteCannon, canvas: RemoteCanvas, local: CannonProvider) -> None:
    server.say(reply(200, {"ok": True, "creditsRemaining": 1250, "account": {"plan": "trial"}}))
    balance = await cannon.balance()
    assert (balance.remaining, balance.plan, balance.unlimited) == (1250, "trial", False)
    assert (await local.balance()).unlimited
    server.say(reply(200, {"ok": True, "credits": {"remaining": 7}, "account": "odd"}))
    assert (await cannon.balance()).remaining == 7
    server.say(reply(200, {"balance": 42.5, "used_this_month": 3, "plan": "pro",
                           "rate_limit": {"requests_per_minute": 60, "concurrent_jobs": 10}}))
    said = await canvas.balance()
    assert (said.remaining, said.used_this_month, said.plan) == (42.5, 3, "pro")
    assert (said.requests_per_minute, said.concurrent_jobs) == (60, 10)
    server.say(reply(401, {"error": {"code": "bad_key", "message": "No."}}))
    with pytest.raises(KeyRefusedError):
        await cannon.balance()


async def test_results_come_without_the_key(
    server: RawServer, other_server: RawServer, cannon: RemoteCannon, local: CannonProvider, tmp_path: Path
) -> None:
    data = os.urandom(300_000)
    other_server.say(file_script(data))
    sums = await local.download(f"{other_server.url}/v/1.mp4?sig=x", tmp_path / "a.part", silent_report)
    assert sums == hashlib.sha256(data).hexdigest()
    assert "authorization" not in other_server.seen[0].headers
    server.say(file_script(data))
    await local.download(f"{server.url}/files/t/1.mp4", tmp_path / "b.part", silent_report)
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "https://127.0.0.1/x", "https://10.0.0.1/x", "http://example.com/x",
                                 "https://localhost/x", "ftp://example.com/x", "https://[fd00::1]/x"])
async def test_a_remote_service_does_not_point_inward(cannon: RemoteCannon, tmp_path: Path, url: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        await cannon.download(url, tmp_path / "a.part", silent_report)
    assert (caught.value.code, caught.value.cost) == ("address", Cost.CHARGED)


async def test_results_that_cannot_be_had(server: RawServer, local: CannonProvider, tmp_path: Path) -> None:
    url = f"{server.url}/files/t/1.mp4"
    for status in (403, 404, 410):
        server.say(reply(status, b"gone"))
        with pytest.raises(ResultExpiredError):
            await local.download(url, tmp_path / "a.part", silent_report)
    server.say(reply(429, b"", {"Retry-After": "999"}))
    with pytest.raises(BusyError) as caught:
        await local.download(url, tmp_path / "a.part", silent_report)
    assert caught.value.retry_after_s == 999
    server.say(reply(200, b"", {"Content-Length": "99999999999"}))
    with pytest.raises(RequestRefusedError, match=r"8\.0 GB"):
        await local.download(url, tmp_path / "a.part", silent_report)
    server.say(raw(head(200, {"Content-Length": "100"}) + b"x"))
    with pytest.raises(UnreachableError):
        await local.download(url, tmp_path / "a.part", silent_report)
    server.say(file_script(b"data"))
    (tmp_path / "folder.part").mkdir()
    with pytest.raises(LocalError):
        await local.download(url, tmp_path / "folder.part", silent_report)


async def test_discard(server: RawServer, local: CannonProvider, cannon: RemoteCannon) -> None:
    server.say(reply(204))
    await local.discard(f"{server.url}/files/token/photo.jpg")
    assert [(one.method, one.path) for one in server.seen] == [("DELETE", "/files/token/photo.jpg")]
    server.say(reply(404))
    await local.discard(f"{server.url}/files/token/photo.jpg")
    seen = len(server.seen)
    await local.discard("https://cdn.example/x.mp4")
    await local.discard(f"{server.url}/api/v1/requests/req_1")
    await cannon.discard(f"{server.url}/files/token/photo.jpg")
    assert len(server.seen) == seen
    faults = ((reply(500), ServiceFaultError), (reply(403), PermissionRefusedError), (hang_up(), UnreachableError))
    for script, kind in faults:
        server.say(script)
        with pytest.raises(kind):
            await local.discard(f"{server.url}/files/token/photo.jpg")


async def test_an_engine_that_moved_is_found_again(
    server: RawServer, other_server: RawServer, transport: Transport, tmp_path: Path
) -> None:
    """The old port refuses; the address is asked for anew, once, and old URLs lead to the new engine."""
    asked: list[Endpoint] = []
    places = [Endpoint(f"http://127.0.0.1:{free_port()}", "old-key"), Endpoint(server.url, KEY)]

    async def endpoint() -> Endpoint:
        asked.append(places[min(len(asked), 1)])
        return asked[-1]

    made = make_provider(LOCAL, transport=transport, endpoint=endpoint)
    server.say(reply(202, QUEUED))
    assert (await made.submit("video.generate", INPUT, "k")).remote_id == "req_1"
    assert len(asked) == 2
    assert len(server.posts) == 1
    server.say(file_script(b"result"))
    await made.download(f"{places[0].url}/files/t/1.mp4", tmp_path / "a.part", silent_report)
    assert server.seen[-1].path == "/files/t/1.mp4"
    assert len(asked) == 2


async def test_another_program_on_the_engines_port(server: RawServer, other_server: RawServer, transport: Transport) -> None:
    places = [Endpoint(server.url, "old-key"), Endpoint(other_server.url, KEY)]

    async def endpoint() -> Endpoint:
        return places.pop(0) if len(places) > 1 else places[0]

    made = make_provider(LOCAL, transport=transport, endpoint=endpoint)
    server.say(reply(401))
    other_server.say(reply(202, QUEUED))
    assert (await made.submit("video.generate", INPUT, "k")).remote_id == "req_1"
    assert [len(server.posts), len(other_server.posts)] == [1, 1]


async def test_an_engine_that_stays_away(transport: Transport) -> None:
    gone = Endpoint(f"http://127.0.0.1:{free_port()}", KEY)

    async def endpoint() -> Endpoint:
        return gone

    made = make_provider(LOCAL, transport=transport, endpoint=endpoint)
    with pytest.raises(UnreachableError):
        await made.submit("video.generate", INPUT, "k")


async def test_keys(server: RawServer, transport: Transport) -> None:
    account = Account("work", Service.CANNON_STUDIO, server.url)

    async def none() -> str:
        return ""

    async def odd() -> str:
        return "schlüssel\n"

    with pytest.raises(KeyMissingError, match="work"):
        await make_provider(account, transport=transport, key=none).balance()
    with pytest.raises(KeyRefusedError) as caught:
        await make_provider(account, transport=transport, key=odd).balance()
    assert "schlüssel" not in caught.value.in_words()
    assert server.seen == []


async def test_nothing_shows_the_key(
    server: RawServer, provider: AnyProvider, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    for script in (reply(401, {"error": {"message": "No."}}), reply(500), hang_up(), reply(200, b"<html>")):
        server.say(script)
        with pytest.raises(StudioError) as caught:
            await provider.submit("video.generate", INPUT, "k")
        assert KEY not in caught.value.in_words() + repr(caught.value)
    assert KEY not in caplog.text + repr(provider) + repr(vars(provider)) + repr(Endpoint(server.url, KEY))


def test_the_factory_keeps_the_port(transport: Transport) -> None:
    async def endpoint() -> Endpoint:
        return Endpoint("http://127.0.0.1:1", KEY)

    made: list[Provider] = [
        make_provider(LOCAL, transport=transport, endpoint=endpoint),
        make_provider(Account("a", Service.CANNON_STUDIO, "https://www.cannonstudio.app"), transport=transport, key=key),
        make_provider(Account("b", Service.CANVAS_LABS, "https://api.canvaslabs.us/v1"), transport=transport, key=key),
    ]
    assert [type(one).__name__ for one in made] == ["LocalProvider", "CannonProvider", "CanvasProvider"]
    here = [one for one in (*CANNON, *LOCAL_EXTRAS) if one.id not in NOT_YET_LOCAL]
    assert [len(one.operations()) for one in made] == [len(here), len(CANNON), len(CANVAS)] == [len(here), 19, 4]
