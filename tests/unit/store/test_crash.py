"""kill -9 and other processes: what was acknowledged is there, what was not is not there by halves."""

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

from studio.domain.query import JobQuery
from studio.domain.remote import Change
from studio.domain.state import JobState
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from tests.unit.store.samples import job

# Adds jobs and moves them on, saying each step when the store has acknowledged it.
WORKER = """
import asyncio, sys
from pathlib import Path
from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState
from studio.domain.remote import Change
from studio.store.database import Database
from studio.store.jobs import SqlJobStore

async def one(store, n):
    job = Job.new(JobRequest("image.generate", "local", {"prompt": f"{sys.argv[2]} {n}"}))
    await store.add(job)
    print(job.id, 0, flush=True)
    for state in (JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.DONE):
        job = await store.change(job, Change(job.changed(state=state), raw={"state": state}))
        print(job.id, job.revision, flush=True)

async def main():
    store = SqlJobStore(Database.open(Path(sys.argv[1])))
    for start in range(0, int(sys.argv[3]), 8):
        await asyncio.gather(*(one(store, n) for n in range(start, start + 8)))

asyncio.run(main())
"""


def start(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WORKER, str(path), name, str(count)], stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 on Windows")
@pytest.mark.parametrize("lines", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (7, 40, 150))])
async def test_what_was_acknowledged_survives_a_kill(path: Path, lines: int) -> None:
    process = start(path, "job", 10_000)
    assert process.stdout is not None
    said: list[str] = []
    try:
        for _ in range(lines):
            said.append(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read().splitlines(keepends=True)
        process.stdout.close()
        process.wait()
    acknowledged: dict[str, int] = {}
    for line in said:
        if line.endswith("\n"):
            job_id, revision = line.split()
            acknowledged[job_id] = int(revision)
    db = Database.open(path)
    store = SqlJobStore(db)
    stored = {found.id: found for found in await store.list(JobQuery(limit=100_000))}
    for job_id, least in acknowledged.items():
        assert stored[job_id].revision >= least
    for job_id, found in stored.items():
        # Each state came with its line and its answer, in one transaction.
        assert [entry.state for entry in await store.timeline(job_id)][-1] is found.state
        assert len(await store.timeline(job_id)) == found.revision + 1
        assert len(await store.answers(job_id)) == found.revision
    db.close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.slow
async def test_processes_write_beside_each_other(path: Path) -> None:
    db = Database.open(path)
    others = [start(path, name, 16) for name in ("left", "right")]
    store = SqlJobStore(db)
    for n in range(40):
        made = job(f"mine {n}")
        await store.add(made)
        assert await store.change(made, Change(made.changed(state=JobState.CANCELLED))) is not None
        await asyncio.sleep(0.01)
    for process in others:
        out, _ = await asyncio.to_thread(process.communicate)
        assert process.returncode == 0
        assert len(out.splitlines()) == 16 * 5
    for search, count in (("left", 16), ("right", 16), ("mine", 40)):
        assert len(await store.list(JobQuery(search=search))) == count
    assert await store.unfinished_count() == 0
    db.close()
