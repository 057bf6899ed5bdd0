from __future__ import annotations

import asyncio

import pytest

from studio.app.events import Events
from studio.app.watch import watch
from studio.domain.errors import LocalError
from studio.domain.event import Event, ProblemRaised, StoreChanged


def test_a_listener_that_fails_keeps_nobody_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    events = Events()
    heard: list[Event] = []

    def fail(event: Event) -> None:
        raise ZeroDivisionError

    stop = events.subscribe(fail)
    events.subscribe(heard.append)
    events.emit(ProblemRaised("x"))
    stop()
    stop()
    events.emit(ProblemRaised("y"))
    assert heard == [ProblemRaised("x"), ProblemRaised("y")]
    assert caplog.text.count("a listener failed") == 1


async def test_another_process_is_noticed_and_a_store_that_fails_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.app.watch.LOOK_EVERY_S", 0.001)
    version, taken, looked, beats = 1, 0, 0, 0
    heard: list[Event] = []
    told = asyncio.Event()

    def hear(event: Event) -> None:
        heard.append(event)
        told.set()

    async def take_up() -> None:
        nonlocal taken
        taken += 1
        if taken == 1:
            raise LocalError("The disk is away.")

    async def look_around() -> None:
        nonlocal looked
        looked += 1

    async def beat() -> None:
        nonlocal beats
        beats += 1

    task = asyncio.ensure_future(watch(lambda: version, hear, look_around, take_up, beat))
    while taken < 2:  # noqa: ASYNC110  # nothing here can set an event
        await asyncio.sleep(0.001)
    version = 2
    before = taken
    await told.wait()
    assert heard == [StoreChanged()]
    assert looked == 1
    assert beats >= before >= 2
    task.cancel()
