"""Whose jobs they are: of processes that live, died, stand still, or cannot be judged from here; and what happens when one
that was taken for gone goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from studio.app import ownership
from studio.app.ownership import BEATS_MISSED, Leases, Life, life_of, this_place, this_process
from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState
from studio.engine.process import birth
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.processes import Heartbeat, ProcessBook
from tests.unit.app.stopped_process import STAGES, Studio

HERE, ELSEWHERE = this_place(), "another computer"
GONE = "99999999:1@never"
posix = pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped by signals")


@pytest.fixture
def book(tmp_path: Path) -> ProcessBook:
    return ProcessBook(tmp_path / "processes.db")


def leases(book: ProcessBook) -> Leases:
    return Leases(book, this_process(), HERE)


async def look(ours: Leases, times: int) -> None:
    for _ in range(times):
        await ours.beat()


async def test_one_that_died_is_gone_at_once_however_lately_it_gave_a_beat(book: ProcessBook) -> None:
    ours = leases(book)
    book.beat(GONE, HERE)
    await ours.beat()
    assert not ours.follows(GONE)
    assert ours.has_ended(GONE)


async def test_one_that_lives_here_keeps_its_jobs_without_any_beat(book: ProcessBook) -> None:
    ours = leases(book)
    await look(ours, 3 * BEATS_MISSED)
    assert ours.follows(this_process())
    assert not ours.has_ended(this_process())


async def test_one_elsewhere_is_gone_when_its_heart_stands_still(book: ProcessBook) -> None:
    """Its number says nothing here, although nobody here bears it."""
    ours = leases(book)
    for _ in range(3 * BEATS_MISSED):
        book.beat(GONE, ELSEWHERE)
        await ours.beat()
        assert ours.follows(GONE)
    await look(ours, BEATS_MISSED - 1)
    assert ours.follows(GONE)
    await look(ours, 1)
    assert not ours.follows(GONE)
    assert not ours.has_ended(GONE)  # it may go on
    book.beat(GONE, ELSEWHERE)
    await ours.beat()
    assert ours.follows(GONE)


async def test_no_clock_makes_a_heart_stand_still(book: ProcessBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is set on by a year between two looks, and back; or all slept meanwhile."""
    ours = leases(book)
    now = 1_800_000_000.0
    monkeypatch.setattr("studio.store.processes.time.time", lambda: now)
    for step in (0.0, 86_400.0, -365 * 86_400.0, 3600.0):
        now += step
        book.beat(GONE, ELSEWHERE)
        await ours.beat()
        assert ours.follows(GONE)


async def test_one_elsewhere_that_never_gave_a_beat_is_waited_for_as_long(
    book: ProcessBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "life_of", lambda owner: Life.UNSURE)
    ours = leases(book)
    assert ours.follows("7:1")
    await look(ours, BEATS_MISSED - 1)
    assert ours.follows("7:1")
    await look(ours, 1)
    assert not ours.follows("7:1")


async def test_where_no_beat_can_be_read_nobody_is_taken_for_gone(tmp_path: Path) -> None:
    ours = leases(ProcessBook(tmp_path / "no such folder" / "processes.db"))
    ours._seen["7:1"] = Heartbeat(ELSEWHERE, 1)
    await look(ours, 3 * BEATS_MISSED)
    assert ours.follows("7:1")
    await ours.end()


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "processes.db"
    path.write_bytes(b"no database, and never was one" * 100)
    book = ProcessBook(path)
    assert book.beat("1:a", HERE) == {}
    assert book.beat("1:a", HERE) == {"1:a": Heartbeat(HERE, 1)}


async def test_one_that_ends_in_good_order_leaves_nothing(tmp_path: Path, book: ProcessBook) -> None:
    ours = leases(book)
    await ours.beat()
    await ours.end()
    with closing(sqlite3.connect(tmp_path / "processes.db")) as raw:
        assert raw.execute("SELECT count(*) FROM processes").fetchone() == (0,)


@posix
def test_a_process_that_stands_still_is_neither_alive_nor_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = f"{child.pid}:{birth(child.pid)}"
    try:
        assert life_of(owner) is Life.RUNS
        _stop(child)
        assert life_of(owner) is Life.UNSURE
        child.send_signal(signal.SIGCONT)
    finally:
        child.kill()
        child.communicate()
    assert life_of(owner) is Life.ENDED


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGSTOP)
    _, status = os.waitpid(child.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)


def _another_studio(store: Path, book: Path, stage: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.unit.app.stopped_process", str(store), str(book), stage]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])


@pytest.mark.slow
@posix
@pytest.mark.parametrize("stage", STAGES)
async def test_a_process_that_stood_still_does_nothing_more_with_jobs_that_were_taken_over(
    tmp_path: Path, stage: str
) -> None:
    """A real process is stopped at that step, its jobs are taken over after it has missed its beats, and it goes on."""
    path, book = tmp_path / "studio.db", tmp_path / "processes.db"
    db = Database.open(path)
    job = await SqlJobStore(db).add(Job.new(JobRequest("video.generate", "paid", {"prompt": "a pier"})))
    db.close()
    child = _another_studio(path, book, stage)
    assert child.stdout is not None
    studio = Studio(path, book)
    try:
        assert await asyncio.to_thread(child.stdout.readline) == b"here\n"
        await studio.leases.beat()
        await studio.runner.take_up()
        assert not studio.runner.follows(job.id)  # it lives
        _stop(child)
        await look(studio.leases, BEATS_MISSED)
        await studio.runner.take_up()
        assert studio.runner.follows(job.id)
        await studio.runner.idle()
        done = await studio.store.get(job.id)
        assert done is not None
        assert (done.state, len(done.asset_ids)) == (JobState.DONE, 1)
        child.send_signal(signal.SIGCONT)
        said, _ = await asyncio.to_thread(child.communicate, b"\n", 60)
        # what it had sent before it was stopped is the one request that there may be; the same key went along with both
        assert said == f"sent {int(stage in ('running', 'downloading'))} placed 0\n".encode()
        assert child.returncode == 0
        assert await studio.store.get(job.id) == done
        timeline = await studio.store.timeline(job.id)
        assert [entry.state for entry in timeline].count(JobState.DONE) == 1
    finally:
        child.kill()
        child.communicate()
        await studio.close()
