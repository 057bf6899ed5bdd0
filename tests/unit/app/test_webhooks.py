"""Addresses, the receiver behind them, and what an event does, over real HTTP; the core's part of it with preferences."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from studio.app.core import Core
from studio.app.webhook_paths import FILE_NAME, PREFIX, WebhookPaths
from studio.app.webhooks import RecentEvents, Webhooks, checked_public_url, checked_secret, try_to_listen
from studio.domain.account import LOCAL, Account, Secret, Service
from studio.domain.errors import InputError, LocalError, NotFoundError
from studio.domain.event import Event, ProblemRaised, ReceiverChanged
from studio.net.webhook_signatures import WebhookSigner, new_secret
from studio.settings.paths import Paths
from studio.settings.preferences import Preferences
from tests.ports import free_port

CANNON = Account("cannon", Service.CANNON_STUDIO, "https://www.cannonstudio.app")
CANVAS = Account("canvas", Service.CANVAS_LABS, "https://api.canvaslabs.us/v1")
REHEARSAL = Account("rehearsal", Service.CANNON_STUDIO, "http://127.0.0.1:1")
ON = Preferences(webhook_receiver=True)


class Desk:
    """Webhooks with accounts, secrets and a runner that notes what it was asked to look at."""

    def __init__(self, folder: Path) -> None:
        self.list = [LOCAL, CANNON, CANVAS, REHEARSAL]
        self.secrets: dict[str, str] = {}
        self.slow = 0.0
        self.heard = asyncio.Event()
        self.looked: list[tuple[str, str]] = []
        self.events: list[Event] = []
        self.webhooks = Webhooks(folder, lambda: self.list, self._secret, self._look, self.events.append)
        self.client = httpx.AsyncClient(trust_env=False, timeout=60)

    async def _secret(self, account: str) -> str | None:
        await asyncio.sleep(self.slow)
        if account not in {known.name for known in self.list}:
            raise NotFoundError("gone")
        return self.secrets.get(account)

    def _look(self, account: str, remote_id: str) -> bool:
        self.looked.append((account, remote_id))
        self.heard.set()
        return True

    def port(self) -> int | None:
        return self.webhooks.port

    async def post(self, account: str, value: object, headers: dict[str, str] | None = None) -> int:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        address = f"http://127.0.0.1:{self.webhooks.port}{self.webhooks._paths.path_of(account)}"
        return (await self.client.post(address, content=body, headers=headers)).status_code

    async def signed(self, account: str, value: object, secret: str, event: str = "evt_1", late: float = 0.0) -> int:
        body = json.dumps(value)
        headers = WebhookSigner([secret]).headers(event, time.time() + late, body)
        return await self.post(account, body.encode(), headers)

    async def seen(self, count: int) -> list[tuple[str, str]]:
        async with asyncio.timeout(60):
            while len(self.looked) < count:
                self.heard.clear()
                await self.heard.wait()
        await asyncio.sleep(0.02)
        return self.looked


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    await desk.client.aclose()
    await desk.webhooks.close()


def canvas(job: str = "job_1") -> dict[str, object]:
    return {"event": "job.completed", "job_id": job, "status": "completed"}


def cannon(request: str = "req_1", name: str = "request.succeeded") -> dict[str, object]:
    return {"event": name, "created_at": "2026-03-20T14:30:42Z", "data": {"id": request, "status": "succeeded"}}


async def test_nothing_listens_unless_the_person_wants_it(desk: Desk) -> None:
    await desk.webhooks.preferences_changed(ON)  # not started
    assert desk.webhooks.port is None
    await desk.webhooks.start(Preferences())
    assert desk.webhooks.port is None
    assert desk.webhooks.address("cannon") is None
    assert desk.webhooks.address_to_send(REHEARSAL) is None
    assert desk.events == []


async def test_unsigned_events_are_hints_and_doubled_ones_are_one(desk: Desk) -> None:
    await desk.webhooks.start(ON)
    assert await desk.post("canvas", canvas()) == 204
    assert await desk.post("canvas", canvas()) == 204
    assert await desk.post("cannon", cannon()) == 204
    assert await desk.post("canvas", canvas("job_2")) == 204
    assert await desk.seen(3) == [("canvas", "job_1"), ("cannon", "req_1"), ("canvas", "job_2")]


async def test_with_a_secret_only_signed_events_count(desk: Desk) -> None:
    old, new = new_secret(), new_secret()
    desk.secrets["cannon"] = f"{new},{old}"
    await desk.webhooks.start(ON)
    assert await desk.post("cannon", cannon()) == 401
    assert await desk.signed("cannon", cannon(), new_secret()) == 401
    assert await desk.signed("cannon", cannon(), new, late=-400) == 401
    assert await desk.signed("cannon", cannon(), new, late=400) == 401
    unreadable = {"webhook-id": "e 1", "webhook-timestamp": "x", "webhook-signature": "y"}
    assert await desk.post("cannon", cannon(), unreadable) == 400
    assert await desk.signed("cannon", {"event": "x"}, new) == 400
    assert desk.looked == []
    assert await desk.signed("cannon", cannon(), old, "evt_1") == 204
    assert await desk.signed("cannon", cannon(), new, "evt_2") == 204
    assert await desk.signed("cannon", cannon("req_other"), new, "evt_2") == 204  # the same event again, whatever it says
    assert await desk.seen(2) == [("cannon", "req_1")] * 2
    desk.secrets["cannon"] = new
    assert await desk.signed("cannon", cannon(), old, "evt_3") == 401
    desk.secrets["cannon"] = "nonsense"
    assert await desk.signed("cannon", cannon(), new, "evt_3") == 503
    assert len(desk.looked) == 2


async def test_what_cannot_be_read_or_is_not_ours_is_refused(desk: Desk) -> None:
    await desk.webhooks.start(ON)
    assert await desk.post("canvas", b"<html>") == 400
    assert await desk.post("canvas", b"{}" + b" " * 300_000) == 413
    base = f"http://127.0.0.1:{desk.webhooks.port}"
    assert (await desk.client.post(base + "/hooks/guess", content=b"{}")).status_code == 404
    assert (await desk.client.get(base + str(desk.webhooks._paths.path_of("canvas")))).status_code == 405
    desk.list.remove(CANVAS)  # gone, and its address not yet
    assert await desk.post("canvas", canvas()) == 404
    await desk.webhooks.accounts_changed()
    assert desk.webhooks.address("canvas") is None
    assert desk.looked == []


async def test_a_keyring_that_does_not_answer_leaves_a_hint(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.app.webhooks._SECRET_S", 0.05)
    desk.slow = 60.0
    await desk.webhooks.start(ON)
    assert await desk.post("cannon", cannon()) == 204
    assert await desk.seen(1) == [("cannon", "req_1")]


async def test_a_flood_is_answered_and_does_not_pile_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.webhooks, "_queue", asyncio.Queue[tuple[str, str]](2))
    await desk.webhooks.start(ON)
    await desk.webhooks._tasks.close()  # nobody takes them out
    statuses = [await desk.post("canvas", canvas(f"job_{number}")) for number in range(4)]
    assert statuses == [204, 204, 503, 503]


async def test_the_address_stays_and_goes_through_the_tunnel(desk: Desk, tmp_path: Path) -> None:
    await desk.webhooks.start(ON)
    here = desk.webhooks.address("cannon")
    assert here is not None
    assert here.startswith(f"http://127.0.0.1:{desk.webhooks.port}{PREFIX}")
    assert desk.webhooks.address("local") is None
    assert desk.webhooks.address_to_send(CANNON) is None  # it could not reach this computer
    assert desk.webhooks.address_to_send(REHEARSAL) == desk.webhooks.address("rehearsal")
    await desk.webhooks.preferences_changed(replace(ON, webhook_public_url="https://tunnel.example/studio/"))
    address = desk.webhooks.address("cannon")
    assert address is not None
    assert address == desk.webhooks.address_to_send(CANNON)
    assert address.startswith("https://tunnel.example/studio/hooks/")
    assert address.rsplit("/", 1)[1] == here.rsplit("/", 1)[1]
    assert str(desk.webhooks.address_to_send(REHEARSAL)).startswith("http://127.0.0.1:")
    tokens = {str(desk.webhooks.address(name)) for name in ("cannon", "canvas", "rehearsal")}
    assert len(tokens) == 3
    passed_on = f"http://127.0.0.1:{desk.webhooks.port}/studio{PREFIX}{address.rsplit('/', 1)[1]}"
    assert (await desk.client.post(passed_on, json=cannon())).status_code == 204  # a tunnel that keeps its own path
    other = Desk(tmp_path)
    await other.webhooks.start(ON)
    assert str(other.webhooks.address("cannon")).rsplit("/", 1)[1] == here.rsplit("/", 1)[1]
    await other.webhooks.close()
    await other.client.aclose()


async def test_a_process_that_cannot_listen_sends_the_same_address(desk: Desk, tmp_path: Path) -> None:
    """A request that another process sends again must have the same body, or the same key would be refused."""
    wanted = replace(ON, webhook_public_url="https://tunnel.example", webhook_port=free_port())
    await desk.webhooks.start(wanted)
    other = Desk(tmp_path)
    await other.webhooks.start(wanted)
    assert other.webhooks.port is None
    assert [event.listening for event in other.events if isinstance(event, ReceiverChanged)] == [False]
    assert other.webhooks.address_to_send(CANNON) == desk.webhooks.address_to_send(CANNON) is not None
    assert other.webhooks.address("cannon") == desk.webhooks.address("cannon")
    await other.webhooks.preferences_changed(replace(wanted, webhook_public_url=""))
    assert other.webhooks.address("cannon") is None
    await other.webhooks.close()
    await other.client.aclose()


async def test_it_is_switched_on_and_off_and_moved(desk: Desk) -> None:
    port = free_port()
    await desk.webhooks.start(ON)
    first = desk.webhooks.port
    await desk.webhooks.preferences_changed(replace(ON, theme="light"))
    assert desk.webhooks.port == first
    await desk.webhooks.preferences_changed(replace(ON, webhook_port=port))
    assert desk.port() == port
    assert await desk.post("canvas", canvas()) == 204
    await desk.webhooks.preferences_changed(Preferences())
    assert desk.port() is None
    with pytest.raises(httpx.ConnectError):
        await desk.client.post(f"http://127.0.0.1:{port}/")
    said = [event.listening for event in desk.events if isinstance(event, ReceiverChanged)]
    assert said == [True, False, True, False]
    await desk.webhooks.close()
    await desk.webhooks.close()


async def test_an_account_is_added_also_where_its_address_cannot_be_kept(desk: Desk, tmp_path: Path) -> None:
    await desk.webhooks.start(ON)
    desk.list.append(Account("later", Service.CANVAS_LABS, "https://later.example"))
    (tmp_path / FILE_NAME).unlink()
    (tmp_path / FILE_NAME).mkdir()
    await desk.webhooks.accounts_changed()
    assert desk.webhooks.address("later") is None
    assert [type(event) for event in desk.events] == [ReceiverChanged, ProblemRaised]


async def test_the_doctor_tries_the_port(desk: Desk) -> None:
    port = free_port()
    wanted = replace(ON, webhook_port=port, webhook_public_url="https://tunnel.example")
    assert await try_to_listen(Preferences()) == (True, "events are not received; jobs are polled")
    assert await try_to_listen(wanted) == (True, f"port {port} is free; https://tunnel.example")
    assert await try_to_listen(ON) == (True, "a port is free; no tunnel")
    await desk.webhooks.start(wanted)
    works, words = await try_to_listen(wanted)
    assert not works
    assert str(port) in words


# -- small parts


def test_only_the_last_events_are_remembered() -> None:
    recent = RecentEvents(3)
    assert [recent.is_new("a", event) for event in "1123"] == [True, False, True, True]
    assert recent.is_new("b", "1")
    assert recent.is_new("a", "1")  # so long ago that it is forgotten
    assert len(recent._seen) == 3


def test_the_file_of_paths_is_the_owners_and_survives_being_broken(tmp_path: Path) -> None:
    paths = WebhookPaths(tmp_path)
    paths.make(["a", "b"])
    file = tmp_path / FILE_NAME
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = paths.path_of("a")
    again = WebhookPaths(tmp_path)
    again.make(["a", "c"])
    assert again.path_of("a") == kept
    assert again.path_of("b") is None
    assert again.account_at(str(kept)) == "a"
    assert again.account_at("/hooks/é") is None
    assert again.account_at("") is None
    for broken in (b"{", b"[]", b'{"paths": 7}', b'{"paths": {"a": 7, "c": "short"}}'):
        file.write_bytes(broken)
        other = WebhookPaths(tmp_path)
        other.make(["a"])
        assert other.path_of("a") not in (None, kept)
    with pytest.raises(LocalError):
        WebhookPaths(file / "no folder").make(["a"])


@pytest.mark.parametrize(("url", "kept"), [("", ""), (" https://a.example/x/ ", "https://a.example/x"),
                                           ("http://localhost:8080", "http://localhost:8080")])
def test_a_tunnels_address_has_one_spelling(url: str, kept: str) -> None:
    assert checked_public_url(url) == kept


@pytest.mark.parametrize("url", ["http://a.example", "a.example", "https://a.example/?x=1", "https://a.example/#x", "ftp://a.example"])
def test_a_tunnels_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_public_url(url)
    assert caught.value.field == "webhook_public_url"


def test_a_secret_is_checked_before_it_is_kept() -> None:
    one, two = new_secret(), new_secret()
    assert checked_secret(f" {one}  {two} ") == f"{one},{two}"
    for text in ("", "whsec_", f"{one},x"):
        with pytest.raises(InputError) as caught:
            checked_secret(text)
        assert one not in str(caught.value)


# -- the core


async def test_the_core_listens_as_its_preferences_say(core: Core, far: str, paths: Paths) -> None:
    await core.set_preferences(ON)
    assert core.webhook_address(far) is None  # not at work yet
    await core.start()
    assert core.webhook_port is not None
    address = core.webhook_address(far)
    assert address is not None
    await core.add_account(Account("later", Service.CANVAS_LABS), None)
    assert core.webhook_address("later") not in (None, address)
    await core.remove_account("later")
    assert core.webhook_address("later") is None
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        assert (await client.post(address, json=cannon())).status_code == 204
        secret = new_secret()
        with pytest.raises(InputError):
            await core.set_secret(far, Secret.WEBHOOK, "no secret")
        await core.set_secret(far, Secret.WEBHOOK, f"{secret} {new_secret()}")
        assert (await client.post(address, json=cannon("req_2"))).status_code == 401
        body = json.dumps(cannon("req_2"))
        headers = WebhookSigner([secret]).headers("evt_1", time.time(), body)
        assert (await client.post(address, content=body, headers=headers)).status_code == 204
    for wrong in (replace(ON, webhook_public_url="http://far.example"), replace(ON, webhook_public_url="https://a.example/?b"),
                  replace(ON, webhook_port=70_000), replace(ON, webhook_port=-1), replace(ON, webhook_port=True)):
        with pytest.raises(InputError):
            await core.set_preferences(wrong)
    await core.close()
    other = await Core.open(paths)
    await other.start()
    assert str(other.webhook_address(far)).rsplit("/", 1)[1] == address.rsplit("/", 1)[1]
    await other.set_preferences(Preferences())
    assert other.webhook_address(far) is None
    await other.close()
