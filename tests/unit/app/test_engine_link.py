"""The link to the engine: one start, one event, kept alive, and words when it does not come up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studio.app import engine_link
from studio.app.engine_link import EngineLink
from studio.domain.errors import UnreachableError
from studio.domain.event import EngineChanged, Event
from studio.engine.address import EngineAddress
from studio.engine.launch import EngineStartError
from studio.jobs.tasks import Tasks


async def test_the_engine_is_told_of_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = [EngineAddress("http://127.0.0.1:1", "a"), EngineAddress("http://127.0.0.1:1", "a"),
                 EngineAddress("http://127.0.0.1:2", "b")]
    monkeypatch.setattr(engine_link, "ensure_engine", lambda folder: addresses.pop(0))
    monkeypatch.setattr(engine_link, "KEEP_EVERY_S", 0.01)
    events: list[Event] = []
    asked = 0

    async def ask() -> object:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise UnreachableError("It is gone.")
        return None

    down = asyncio.Event()

    def hear(event: Event) -> None:
        events.append(event)
        if len(events) == 2:
            down.set()

    tasks = Tasks()
    link = EngineLink(tmp_path, hear, tasks)
    link.keep_with(ask)
    assert (await link.endpoint()).url.endswith(":1")
    await link.endpoint()
    assert events == [EngineChanged(True, "The engine is running.")]
    await down.wait()
    assert events[1] == EngineChanged(False, "It is gone.")
    assert (await link.endpoint()).key == "b"
    assert events[2].running  # type: ignore[union-attr]
    await tasks.close()


async def test_an_engine_that_does_not_start_makes_jobs_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(folder: Path) -> EngineAddress:
        raise EngineStartError("No room.")

    monkeypatch.setattr(engine_link, "ensure_engine", fail)
    events: list[Event] = []
    with pytest.raises(UnreachableError, match="No room"):
        await EngineLink(tmp_path, events.append, Tasks()).endpoint()
    assert events == []
