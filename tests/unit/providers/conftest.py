"""A raw server that plays a service, and providers that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from studio.domain.account import LOCAL, Account, Service
from studio.net.transport import Transport
from studio.providers.cannon_provider import CannonProvider
from studio.providers.canvas_provider import CanvasProvider
from studio.providers.endpoint import AccountEndpoint, Endpoint, EngineEndpoint
from tests.unit.net.raw_server import RawServer, running_server

KEY = "cs_live_canary_providers"
INPUT = {"prompt": "A lighthouse at dusk", "duration": 5}


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with running_server() as running:
        yield running


@pytest.fixture
async def other_server() -> AsyncIterator[RawServer]:
    async with running_server() as running:
        yield running


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    async def sleep(_seconds: float) -> None:
        return None

    made = Transport(timeout_s=30.0, connect_s=30.0, sleep=sleep)
    yield made
    await made.aclose()


async def key() -> str:
    return KEY


class RemoteCannon(CannonProvider):
    """A provider that takes its loopback server for the remote service: no engine extensions."""

    def __init__(self, url: str, transport: Transport) -> None:
        account = Account("work", Service.CANNON_STUDIO, url)
        super().__init__(account, transport, AccountEndpoint(account, key))
        self._at_engine = False


class RemoteCanvas(CanvasProvider):
    """The same for Canvas Labs."""

    def __init__(self, url: str, transport: Transport) -> None:
        account = Account("labs", Service.CANVAS_LABS, url)
        super().__init__(account, transport, AccountEndpoint(account, key))
        self._at_engine = False
        self._canvas._keyed = False


AnyProvider = RemoteCannon | RemoteCanvas


@pytest.fixture
def cannon(server: RawServer, transport: Transport) -> RemoteCannon:
    return RemoteCannon(server.url, transport)


@pytest.fixture
def canvas(server: RawServer, transport: Transport) -> RemoteCanvas:
    return RemoteCanvas(f"{server.url}/v1", transport)


@pytest.fixture(params=["cannon", "canvas"])
def provider(request: pytest.FixtureRequest) -> AnyProvider:
    """Each of the two services in turn."""
    made: AnyProvider = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def local(server: RawServer, transport: Transport) -> CannonProvider:
    async def endpoint() -> Endpoint:
        return Endpoint(server.url, KEY)

    return CannonProvider(LOCAL, transport, EngineEndpoint(endpoint))
