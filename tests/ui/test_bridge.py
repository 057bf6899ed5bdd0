"""The bridge: calls go over and come back, events are merged, closing never hangs, errors reach the window."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from studio.domain.errors import NotFoundError
from studio.domain.event import JobChanged
from studio.domain.job import Job, JobRequest
from studio.settings.paths import Paths
from studio.ui.bridge import Bridge, BridgeClosedError
from tests.ui.core_double import CoreDouble


def test_an_answer_arrives_on_the_gui_thread(qtbot: QtBot, double_bridge: Bridge) -> None:
    threads: list[threading.Thread] = []
    answers: list[list[object]] = []

    async def work(core: object) -> list[object]:
        threads.append(threading.current_thread())
        return [1]

    def done(value: list[object]) -> None:
        threads.append(threading.current_thread())
        answers.append(value)

    double_bridge.run(work, done)
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [[1]]
    assert threads[0] is not threads[1]
    assert threads[1] is threading.main_thread()


def test_an_error_goes_to_failed_or_becomes_a_problem(qtbot: QtBot, double_bridge: Bridge) -> None:
    errors: list[BaseException] = []
    double_bridge.run(lambda core: core.job("job_none"), failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], NotFoundError)
    with qtbot.waitSignal(double_bridge.problem) as caught:
        double_bridge.run(lambda core: core.job("job_none"))
    assert "There is no job job_none." in caught.args[0]


def test_events_of_one_job_arrive_as_one(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble) -> None:
    seen: list[list[JobChanged]] = []
    double_bridge.jobsChanged.connect(seen.append)
    job = Job.new(JobRequest("image.generate", "local", {"prompt": "a"}))

    async def many(core: object) -> None:
        for step in range(100):
            double.show(job.changed(progress=step / 100))

    double_bridge.run(many)
    qtbot.waitUntil(lambda: bool(seen))
    assert [len(batch) for batch in seen] == [1]
    assert seen[0][0].job.progress == 0.99
    assert seen[0][0].is_new, "that it is new is not lost in the merge"


def test_calls_before_the_start_are_answered_after_it(qtbot: QtBot, paths: Paths, double: CoreDouble) -> None:
    async def open_double(_: Paths) -> CoreDouble:
        return double

    bridge = Bridge(paths, open_core=open_double)  # type: ignore[arg-type]  # the double has the methods, not the type
    answers: list[int] = []
    bridge.run(lambda core: asyncio.sleep(0, 7), answers.append)
    bridge.start()
    qtbot.waitUntil(lambda: answers == [7])
    assert bridge.close(60)


def test_a_core_that_does_not_open_is_told(qtbot: QtBot, paths: Paths) -> None:
    async def broken(_: Paths) -> CoreDouble:
        raise NotFoundError("The store is gone.")

    bridge = Bridge(paths, open_core=broken)  # type: ignore[arg-type]  # as above
    errors: list[BaseException] = []
    with qtbot.waitSignal(bridge.problem) as caught:
        bridge.start()
    assert caught.args[0].startswith("The store is gone.")
    bridge.run(lambda core: core.idle(), failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert bridge.close(60)


def test_closing_ends_work_under_way_and_refuses_new(qtbot: QtBot, paths: Paths, double: CoreDouble) -> None:
    async def open_double(_: Paths) -> CoreDouble:
        return double

    bridge = Bridge(paths, open_core=open_double)  # type: ignore[arg-type]  # as above
    bridge.start()
    qtbot.waitUntil(lambda: bridge.is_ready)
    forever = bridge.run(lambda core: asyncio.sleep(3600))
    assert bridge.close(60)
    assert forever.cancelled()
    with pytest.raises(BridgeClosedError):
        bridge.run(lambda core: core.idle()).result(1)


def test_a_core_that_hangs_is_left_after_the_limit(qtbot: QtBot, paths: Paths, double: CoreDouble) -> None:
    release = threading.Event()

    async def hang() -> None:
        release.wait(60)

    async def open_double(_: Paths) -> CoreDouble:
        double.close = hang  # type: ignore[method-assign]  # a core whose closing blocks
        return double

    bridge = Bridge(paths, open_core=open_double)  # type: ignore[arg-type]  # as above
    bridge.start()
    qtbot.waitUntil(lambda: bridge.is_ready)
    began = time.monotonic()
    assert not bridge.close(0.2)
    assert time.monotonic() - began < 30
    release.set()
    assert bridge.close(60)


def test_a_bridge_never_started_closes(qtbot: QtBot, paths: Paths) -> None:
    assert Bridge(paths).close()
