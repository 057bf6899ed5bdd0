"""A raw server, and a transport that does not really wait between tries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from studio.net.transport import Transport
from tests.unit.net.raw_server import RawServer, running_server

NOW = datetime(2026, 3, 20, 14, 30, tzinfo=UTC)


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with running_server() as running:
        yield running


@pytest.fixture
async def other_server() -> AsyncIterator[RawServer]:
    async with running_server() as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    """The waits that the transport asked for, in seconds."""
    return []


@pytest.fixture
async def transport(waits: list[float]) -> AsyncIterator[Transport]:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    made = Transport(timeout_s=30.0, connect_s=30.0, sleep=sleep, draw=lambda: 1.0, now=lambda: NOW)
    yield made
    await made.aclose()
