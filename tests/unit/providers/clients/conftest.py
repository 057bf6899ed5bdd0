"""Clients of a scripted server: as a local engine, and as the remote service that it plays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar

import pytest

from studio.providers.clients import AsyncCannonStudio, AsyncCanvasLabs, CannonStudio, CanvasLabs, Timing
from studio.providers.clients.dialect import CanvasDialect
from tests.unit.net.raw_server import RawServer

KEY = "cs_live_canary_library_0123456789"
AnyClient = TypeVar("AnyClient", AsyncCannonStudio, AsyncCanvasLabs)


class Clock:
    """Keeps how long was slept, and does not sleep."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timing(clock: Clock) -> Timing:
    return Timing(timeout_s=30.0, sleep=clock.sleep, chance=lambda: 0.5)


def remote(client: AnyClient) -> AnyClient:
    """The client takes its loopback server for the remote service: no engine extensions, no more keys than documented."""
    connection = client._connection
    connection.at_engine = False
    if isinstance(client, AsyncCanvasLabs):
        connection.keyed = False
        connection.dialect = CanvasDialect(connection.client, keyed=False)
    return client


@pytest.fixture
async def cannon(server: RawServer, timing: Timing) -> AsyncIterator[AsyncCannonStudio]:
    async with AsyncCannonStudio(KEY, base_url=server.url, timing=timing) as client:
        yield remote(client)


@pytest.fixture
async def canvas(server: RawServer, timing: Timing) -> AsyncIterator[AsyncCanvasLabs]:
    async with AsyncCanvasLabs(KEY, base_url=f"{server.url}/v1", timing=timing) as client:
        yield remote(client)


@pytest.fixture
async def engine_cannon(server: RawServer, timing: Timing) -> AsyncIterator[AsyncCannonStudio]:
    async with AsyncCannonStudio(KEY, base_url=server.url, timing=timing) as client:
        yield client


@pytest.fixture
def sync_cannon(server: RawServer, timing: Timing) -> CannonStudio:
    """To be called in another thread: the server runs on the test's own loop."""
    return CannonStudio(KEY, base_url=server.url, timing=timing)


@pytest.fixture
def sync_canvas(server: RawServer, timing: Timing) -> CanvasLabs:
    return CanvasLabs(KEY, base_url=f"{server.url}/v1", timing=timing)
