"""What a service says of itself reaches the core's operations, in the background, once a day, and survives a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from studio.app.core import Core
from studio.domain.account import Account, Service
from studio.domain.errors import KeyMissingError
from studio.domain.event import Event, OperationsChanged, ProblemRaised
from studio.domain.job import JobRequest
from studio.settings.paths import Paths
from tests.unit.net.raw_server import RawServer, Seen, reply, running_server
from tests.unit.providers.documents import LOCATION, document

KEY = "cs_live_made_up_0123"
NEW = "three_d.location.generate"


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with running_server() as running:
        running.say(reply(200, document(LOCATION), {"ETag": '"v1"'}))
        yield running


@pytest.fixture
def heard(core: Core) -> list[Event]:
    events: list[Event] = []
    core.subscribe(events.append)
    return events


def known(core: Core) -> bool:
    return NEW in [one.id for one in core.operations("work")]


async def until(events: list[Event], kind: type[Event]) -> Event:
    async with asyncio.timeout(60):
        while True:
            found = next((event for event in events if isinstance(event, kind)), None)
            if found is not None:
                return found
            await asyncio.sleep(0.01)


def asked(server: RawServer) -> int:
    return sum(one.path == "/api/v1/openapi" for one in server.seen)


async def test_asked_for_by_hand(core: Core, server: RawServer, heard: list[Event], paths: Paths) -> None:
    await core.add_account(Account("work", Service.CANNON_STUDIO, server.url), KEY)
    assert server.seen == [], "a command that stores an account stays offline"
    assert await core.refresh_operations("work") is None
    assert known(core)
    assert [event for event in heard if isinstance(event, OperationsChanged)] == [OperationsChanged("work")]
    server.say(reply(304))
    assert await core.refresh_operations("work") is None
    server.say(reply(200, b"<html>"))
    problem = await core.refresh_operations("work")
    assert problem is not None
    assert "no JSON" in problem
    server.say(reply(404, {"error": {"message": "No such thing."}}))
    assert "No such thing" in str(await core.refresh_operations("work"))
    assert known(core)
    assert sum(isinstance(event, OperationsChanged) for event in heard) == 1
    await core.close()
    again = await Core.open(paths)
    assert known(again), "offline, from what was kept"
    await again.remove_account("work")
    assert list((paths.data / "operations").iterdir()) == []
    await again.close()


async def test_in_the_background_when_an_account_is_added(core: Core, server: RawServer, heard: list[Event]) -> None:
    await core.start()
    await core.add_account(Account("work", Service.CANNON_STUDIO, server.url), KEY)
    assert await until(heard, OperationsChanged) == OperationsChanged("work")
    assert known(core)
    server.say(reply(200, {"ok": True, "creditsRemaining": 5}))
    for _ in range(3):
        await core.balance("work")
    await core.submit(JobRequest("prompt.enhance.image", "work", {"prompt": "a lake"}))
    assert asked(server) == 1, "once a day"


async def test_at_first_use_of_an_account_that_was_there(core: Core, server: RawServer, heard: list[Event]) -> None:
    await core.add_account(Account("work", Service.CANNON_STUDIO, server.url), KEY)
    await core.start()
    await core.balance("work")
    await until(heard, OperationsChanged)
    await core.add_account(Account("labs", Service.CANVAS_LABS, server.url), KEY)
    await core.balance("labs")
    assert asked(server) == 1, "only Cannon Studio documents such an endpoint"


async def test_a_bad_document_is_told_once(core: Core, server: RawServer, heard: list[Event]) -> None:
    server.say(reply(200, b"{}"))
    await core.start()
    await core.add_account(Account("work", Service.CANNON_STUDIO, server.url), KEY)
    told = await until(heard, ProblemRaised)
    assert isinstance(told, ProblemRaised)
    assert "nothing was changed" in told.words
    assert KEY not in told.words
    await core.balance("work")
    assert asked(server) == 1
    assert len(core.operations("work")) == 19


async def test_an_account_that_changes_meanwhile(core: Core, server: RawServer, paths: Paths) -> None:
    """What was asked for an account counts for it as it is when the answer comes, and for none that is gone."""
    account = Account("work", Service.CANNON_STUDIO, server.url)
    answer, waiting = asyncio.Event(), asyncio.Event()

    async def slowly(seen: Seen, writer: asyncio.StreamWriter) -> None:
        waiting.set()
        await answer.wait()
        await reply(200, document(LOCATION))(seen, writer)

    server.say(slowly)
    await core.add_account(account, KEY)
    asking = asyncio.ensure_future(core.refresh_operations("work"))
    await waiting.wait()
    await core.update_account(replace(account, colour="#336699"))
    assert not known(core)
    answer.set()
    assert await asking is None
    assert known(core)
    waiting.clear()
    answer.clear()
    asking = asyncio.ensure_future(core.refresh_operations("work"))
    await waiting.wait()
    await core.remove_account("work")
    answer.set()
    assert await asking is None
    assert list((paths.data / "operations").iterdir()) == []


async def test_a_service_that_is_away_is_not_told(core: Core, heard: list[Event], far: str) -> None:
    await core.start()
    await core.add_account(Account("other", Service.CANNON_STUDIO, core.account(far).base_url), KEY)
    await asyncio.sleep(0.2)
    assert not [event for event in heard if isinstance(event, ProblemRaised | OperationsChanged)]


async def test_what_was_asked_yesterday_by_another_process_is_asked_again_tomorrow_only(
    core: Core, server: RawServer, paths: Paths
) -> None:
    await core.add_account(Account("work", Service.CANNON_STUDIO, server.url), KEY)
    await core.refresh_operations("work")
    await core.close()
    second = await Core.open(paths)
    await second.start()
    server.say(reply(200, {"ok": True}))
    await second.add_account(Account("labs", Service.CANVAS_LABS, server.url), KEY)
    with pytest.raises(KeyMissingError):  # without a keyring the key went with the first process
        await second.balance("work")
    await second.submit(JobRequest("prompt.enhance.image", "work", {"prompt": "a lake"}))
    await asyncio.sleep(0.2)
    await second.close()
    assert asked(server) == 1
