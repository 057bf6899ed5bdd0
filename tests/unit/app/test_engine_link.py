"""The link to the engine: one start, one event, kept alive, and words when it does not come up."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
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


async def test_many_who_ask_wait_for_one_start_and_take_no_place_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty jobs that wait for the engine left no thread for the store's last words."""
    starts: list[Path] = []
    free = threading.Event()

    def slowly(folder: Path) -> EngineAddress:
        starts.append(folder)
        free.wait(60)
        return EngineAddress("http://127.0.0.1:1", "a")

    monkeypatch.setattr(engine_link, "ensure_engine", slowly)
    link = EngineLink(tmp_path, lambda event: None, Tasks())
    asking = [asyncio.ensure_future(link.endpoint()) for _ in range(40)]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(30):
        assert await asyncio.to_thread(lambda: "at once") == "at once"
    free.set()
    assert {endpoint.url for endpoint in await asyncio.gather(*asking)} == {"http://127.0.0.1:1"}
    assert len(starts) == 1


@pytest.mark.slow
def test_a_start_that_takes_long_does_not_hold_the_end_of_the_program(tmp_path: Path) -> None:
    """The core closed in time, and its thread then waited for the engine with the loop's executor."""
    program = f"""
import asyncio, time
from pathlib import Path
from studio.app import core, engine_link
from studio.domain.job import JobRequest
from studio.settings.paths import Paths

engine_link.ensure_engine = lambda folder: time.sleep(120)

async def main():
    opened = await core.Core.open(Paths.of_home(Path({str(tmp_path)!r})))
    await opened.start()
    for number in range(8):
        await opened.submit(JobRequest("image.generate", "local", {{"prompt": f"a lake {{number}}"}}))
    await asyncio.sleep(0.3)
    began = time.monotonic()
    await opened.close()
    return began

began = asyncio.run(main())
print(time.monotonic() - began)
"""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=180)
    assert float(done.stdout) < 30
    assert time.monotonic() - began < 90
