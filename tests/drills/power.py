"""R2: power cuts over the job store. The store's own code runs on a disk that writes everything down; then any number of
cuts is played from that record, each is opened again, and all that was acknowledged before it has to be there.

`python -m tests.drills.power [CUTS] [--normal]` prints one JSON row. --normal plants synchronous=NORMAL, which must be seen.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import multiprocessing
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from studio.domain.job import Credits, Job, JobRequest
from studio.domain.query import JobQuery
from studio.domain.remote import Change
from studio.domain.state import JobState
from studio.store import connections, migrate
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from tests.drills.apsw_dbapi import Connection
from tests.drills.recording_disk import Disk, Recorder, Step

STORE = "studio.db"
FILES = (STORE, f"{STORE}-wal", f"{STORE}-journal")
CHECKPOINT_PAGES = 48
"""SQLite's own 1000 would make a record so long that few of its moments could be cut."""
JOBS_A_RECORD, AT_ONCE = 24, 6
CUTS_A_RECORD = 2_500
WHOLE_LOOK_EVERY = 50
"""Of so many cuts one is opened by the store itself, read through it and written to."""
PATH = (JobState.UPLOADING, JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.DONE)
_numbers = itertools.count()


@dataclass
class Tally:
    """`lost`: acknowledged, and gone after the cut."""

    cuts: int = 0
    records: int = 0
    steps: int = 0
    lost: int = 0
    damaged: int = 0
    unopened: int = 0
    strange: int = 0
    acknowledged: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return self.lost + self.damaged + self.unopened + self.strange

    def add(self, other: Tally) -> None:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)

    def see(self, kind: str, words: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.examples) < 5:
            self.examples.append(f"{kind}: {words}")


@dataclass
class Log:
    """What the store was asked to write (`meant`: job id -> revision -> the job) and what it said it had (`told`: at which
    step of the disk, which job, which revision)."""

    meant: dict[str, dict[int, Job]] = field(default_factory=dict)
    told: list[tuple[int, str, int]] = field(default_factory=list)


@contextlib.contextmanager
def recorded(recorder: Recorder, *, normal: bool = False) -> Iterator[None]:
    """The store opens its files through the recorder; nothing else about it changes."""
    settings = list(connections._SETTINGS)
    if normal:
        settings = ["PRAGMA synchronous = NORMAL" if "synchronous" in one else one for one in settings]
        assert settings != list(connections._SETTINGS)
    settings.append(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")

    def connect(path: Path) -> Any:
        return Connection(str(path), recorder.name, settings)

    with mock.patch.object(connections, "connect", connect), mock.patch.object(migrate, "connect", connect):
        yield


async def work(path: Path, recorder: Recorder, draw: random.Random) -> Log:
    """Jobs live their lives in the store, several at once, so that commits are grouped."""
    log = Log()
    db = Database.open(path)
    try:
        store = SqlJobStore(db)
        for job in await store.list(JobQuery(limit=10_000)):
            _keep(log, recorder, job, told=True)
        for _ in range(JOBS_A_RECORD // AT_ONCE):
            await asyncio.gather(*(_live(store, log, recorder, draw) for _ in range(AT_ONCE)))
    finally:
        db.close()
    return log


def _keep(log: Log, recorder: Recorder, job: Job, *, told: bool) -> None:
    log.meant.setdefault(job.id, {})[job.revision] = job
    if told:
        log.told.append((len(recorder.steps), job.id, job.revision))


async def _live(store: SqlJobStore, log: Log, recorder: Recorder, draw: random.Random) -> None:
    words = " ".join(draw.choice(("pier", "fog", "harbour", "night", "lamp")) for _ in range(draw.randint(3, 40)))
    job = Job.new(JobRequest("image.generate", "paid", {"prompt": words}, label="a cut"))
    _keep(log, recorder, job, told=False)
    await store.add(job, "Submitted.")
    _keep(log, recorder, job, told=True)
    for state in PATH[: draw.randint(1, len(PATH))]:
        moved = job.changed(state=state, credits=Credits(4.0, 4.0 if state is JobState.DONE else None),
                            remote_id=f"req_{job.id[-6:]}" if state in PATH[2:] else None)
        _keep(log, recorder, moved.changed(revision=job.revision + 1), told=False)
        stored = await store.change(job, Change(moved, str(state), {"status": state.value, "said": words}))
        assert stored is not None
        job = stored
        _keep(log, recorder, job, told=True)


def record(folder: Path, files: Mapping[str, bytes], seed: int, *, normal: bool = False) -> tuple[list[Step], Log]:
    """One life of a store that begins with `files`."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    recorder = Recorder(f"recorder-{os.getpid()}-{next(_numbers)}")
    try:
        with recorded(recorder, normal=normal):
            log = asyncio.run(work(folder / STORE, recorder, random.Random(seed)))
    finally:
        recorder.unregister()
    return recorder.steps, log


def play(
    files: Mapping[str, bytes], steps: list[Step], log: Log, cuts: int, draw: random.Random
) -> tuple[Tally, dict[str, bytes]]:
    """Cut the power `cuts` times at moments of the record. Also gives what the last sound cut left, to go on from."""
    tally = Tally(records=1, steps=len(steps), acknowledged=len(log.told))
    moments = sorted(draw.randint(0, len(steps)) for _ in range(cuts))
    disk, done, told, after = Disk(files), 0, iter([*log.told, (sys.maxsize, "", 0)]), dict(files)
    known: dict[str, int] = {}
    upcoming = next(told)
    with tempfile.TemporaryDirectory(dir=_memory()) as place:
        for number, moment in enumerate(moments):
            while done < moment:
                disk.take(steps[done])
                done += 1
            while upcoming[0] <= moment:
                known[upcoming[1]] = upcoming[2]
                upcoming = next(told)
            left = disk.cut(draw)
            wrong = tally.wrong
            _look(Path(place), left, known, log, tally, whole=number % WHOLE_LOOK_EVERY == 0)
            if tally.wrong == wrong and draw.random() < 0.1:
                after = left
    tally.cuts = cuts
    return tally, after


def _memory() -> str | None:
    """A folder in memory: the cuts are played here, and the disk of this machine is not what is tried."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _look(place: Path, left: Mapping[str, bytes], known: Mapping[str, int], log: Log, tally: Tally, *, whole: bool) -> None:
    for name in (*FILES, f"{STORE}-shm"):
        (place / name).unlink(missing_ok=True)
    for name, data in left.items():
        (place / name).write_bytes(data)
    try:
        found = _read(place / STORE, tally)
    except (sqlite3.Error, OSError) as error:
        tally.see("unopened", str(error))
        return
    for job_id, revision in known.items():
        if found.get(job_id, (-1,))[0] < revision:
            tally.see("lost", f"{job_id} was acknowledged at revision {revision}, and is at {found.get(job_id)}")
    for job_id, (revision, state, lines, answers) in found.items():
        meant = log.meant.get(job_id, {}).get(revision)
        if meant is None or (state, lines, answers) != (meant.state.value, revision + 1, revision):
            tally.see("strange", f"{job_id} at revision {revision}: {state}, {lines} lines, {answers} answers")
    if whole:
        asyncio.run(_look_whole(place / STORE, log, tally))


def _read(path: Path, tally: Tally) -> dict[str, tuple[int, str, int, int]]:
    """Job id -> revision, state, lines of its timeline, answers kept. Through the store's own way to open a file."""
    with closing(connections.connect(path)) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            tally.see("damaged", said)
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            return {}  # cut before the store was made: the next start makes it
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in connection.execute(
            "SELECT id, revision, state, (SELECT COUNT(*) FROM timeline WHERE job_id = jobs.id),"
            " (SELECT COUNT(*) FROM answers WHERE job_id = jobs.id) FROM jobs")}


async def _look_whole(path: Path, log: Log, tally: Tally) -> None:
    """The store opens what the cut left, gives every job as it was meant, and goes on."""
    db = Database.open(path)
    try:
        store = SqlJobStore(db)
        for job in await store.list(JobQuery(limit=100_000)):
            meant = log.meant.get(job.id, {}).get(job.revision)
            if meant is None or meant.changed(position=job.position) != job:  # its place is the store's to give
                tally.see("strange", f"{job.id} is not what was written")
        one = Job.new(JobRequest("image.generate", "paid", {"prompt": "after the cut"}))
        stored = await store.add(one)
        if await store.get(one.id) != stored:
            tally.see("strange", "the store does not go on after the cut")
    finally:
        db.close()


def drill(cuts: int, seed: int, *, normal: bool = False) -> Tally:
    """`cuts` over as many records as they need, each of which goes on from what a cut of the one before left."""
    draw = random.Random(seed)
    tally = Tally()
    files: dict[str, bytes] = {}
    while tally.cuts < cuts:
        with tempfile.TemporaryDirectory(dir=_memory()) as folder:
            steps, log = record(Path(folder), files, draw.randrange(2**31), normal=normal)
        part, files = play(files, steps, log, min(CUTS_A_RECORD, cuts - tally.cuts), draw)
        if tally.records % 6 == 5 or normal:
            files = {}  # and now and then from an empty folder: the making of the store is cut too
        tally.add(part)
    return tally


def drill_in_parts(cuts: int, seed: int, *, normal: bool = False) -> Tally:
    """The same on all cores."""
    cores = os.cpu_count() or 1
    shares = [cuts // cores + (number < cuts % cores) for number in range(cores)]
    tally = Tally()
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = [pool.submit(drill, share, seed + part, normal=normal) for part, share in enumerate(shares) if share]
        for done in parts:
            tally.add(done.result())
    return tally


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="packaging/drill cuts")
    parser.add_argument("cuts", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--normal", action="store_true", help="plant synchronous=NORMAL: the drill must see it")
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    tally = drill_in_parts(given.cuts, given.seed, normal=given.normal)
    for words in tally.examples:
        print(words, file=sys.stderr)
    counts = {name: value for name, value in asdict(tally).items() if name != "examples"}
    holds = (tally.lost > 0) if given.normal else tally.wrong == 0
    goal = "lost > 0: the planted failure is seen" if given.normal else "0 lost, 0 damaged, 0 unopened, 0 strange"
    print(json.dumps({"id": "R2.planted" if given.normal else "R2", **counts, "seed": given.seed,
                      "seconds": round(time.monotonic() - begun, 1), "goal": goal, "holds": holds}), flush=True)
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
