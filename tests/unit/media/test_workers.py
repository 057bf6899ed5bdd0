"""Media workers: what crashes, hangs or swells there costs a message and nothing else."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from studio.media.errors import MediaCostError, NotMediaError
from studio.media.workers import MediaWorkers

FILE = Path("some/where/odd.png")


@pytest.fixture(scope="module")
def workers() -> Iterator[MediaWorkers]:
    made = MediaWorkers(1, memory=400_000_000)
    yield made
    made.close()


def who(_path: Path) -> tuple[int, int]:
    return os.getpid(), int(psutil.Process().nice())


def crash(_path: Path) -> None:
    os.kill(os.getpid(), signal.SIGSEGV if os.name == "posix" else signal.SIGTERM)


def crash_once(path: Path) -> str:
    if not path.exists():
        path.touch()
        crash(path)
    return "read the second time"


def hang(_path: Path) -> None:
    time.sleep(60)


def spin(_path: Path) -> None:
    while True:
        pass


def swell(_path: Path) -> int:
    held = []
    while True:
        held.append(bytes(os.urandom(1) * 20_000_000))
        time.sleep(0.01)


def end_at_once(*_given: object) -> None:
    os._exit(3)


def refuse(path: Path) -> None:
    raise NotMediaError(f"“{path.name}” is no picture.")


def missing(path: Path) -> bytes:
    return path.read_bytes()


def bug(path: Path) -> int:
    return len(path.name) // 0


@pytest.mark.slow
def test_work_is_done_elsewhere_and_stands_back(workers: MediaWorkers) -> None:
    pid, nice = workers.run(who, FILE)
    assert pid != os.getpid()
    assert nice > psutil.Process().nice()
    assert workers.run(who, FILE)[0] == pid, "the process stays for the next file"
    with workers.inline():
        assert workers.run(who, FILE)[0] == os.getpid()


def test_what_the_task_says_of_the_file_comes_back(workers: MediaWorkers) -> None:
    with pytest.raises(NotMediaError, match=r"“odd\.png” is no picture"):
        workers.run(refuse, FILE)
    with pytest.raises(FileNotFoundError):
        workers.run(missing, FILE)


@pytest.mark.slow
def test_a_crash_is_tried_once_more_and_then_blamed_on_the_file(workers: MediaWorkers, tmp_path: Path) -> None:
    assert workers.run(crash_once, tmp_path / "mark") == "read the second time"
    with pytest.raises(MediaCostError, match=r"odd\.png"):
        workers.run(crash, FILE)
    assert workers.run(who, FILE)[0] != os.getpid(), "another process takes its place"


@pytest.mark.slow
@pytest.mark.parametrize(("task", "limits"), [(hang, {"still_s": 0.5}), (spin, {"cpu_s": 0.5}), (swell, {})],
                         ids=["time", "processor", "memory"])
def test_what_takes_too_much_is_ended(workers: MediaWorkers, task: object, limits: dict[str, float]) -> None:
    assert callable(task)
    began = time.monotonic()
    with pytest.raises(MediaCostError, match="more time or memory"):
        workers.run(task, FILE, **limits)
    assert time.monotonic() - began < 30


def test_an_error_that_nobody_foresaw_is_logged_with_its_trace(
    workers: MediaWorkers, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(MediaCostError, match="cannot be read"):
        workers.run(bug, FILE)
    assert "ZeroDivisionError" in caplog.text


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.slow
def test_an_idle_worker_goes_and_another_comes(workers: MediaWorkers) -> None:
    brief = MediaWorkers(1, idle_s=0.1)
    first = brief.run(who, FILE)[0]
    deadline = time.monotonic() + 60
    while _lives(first):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert brief.run(who, FILE)[0] != first
    brief.close()


def loaded(_path: Path) -> tuple[int, bool]:
    return os.getpid(), "studio.media.probe" in sys.modules and "av" in sys.modules


@pytest.mark.slow
def test_a_process_is_made_ready_before_the_first_file(workers: MediaWorkers) -> None:
    workers.close()
    workers.warm()
    ready = workers._workers[0]._process
    assert ready is not None
    assert workers.run(loaded, FILE) == (ready.pid, True)
    with workers.inline():
        workers.close()
        workers.warm()
        assert workers._workers[0]._process is None


def test_where_no_process_can_be_started_the_work_is_done_here(
    workers: MediaWorkers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    workers.close()
    monkeypatch.setattr("studio.media.workers.serve", end_at_once)
    assert workers.run(who, FILE)[0] == os.getpid()
    assert "did not start (exit code 3)" in caplog.text
