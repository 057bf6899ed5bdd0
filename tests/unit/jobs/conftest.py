from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.jobs.world import Play


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    play = Play()
    yield play
    await play.runner.close()
