"""After a drill: is every job in one state with its result or its reason, made once, paid once, and whole on the disk?"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.job import Job
from studio.domain.query import AssetQuery, JobQuery
from studio.domain.state import TERMINAL, JobState, may_follow
from studio.library.placing import INCOMING
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from tests.drills.engine_life import CREDITS

MOST = 1_000_000
PARKED = "three times"
"""In the note with which a job is parked that was followed by three processes that died."""


@dataclass
class Books:
    """What both sides have written. `wrong` is empty when every promise was kept."""

    states: Counter[str] = field(default_factory=Counter)
    jobs: int = 0
    remote_jobs: int = 0
    files: int = 0
    charged: float = 0.0
    lost: int = 0
    twice: int = 0
    unfinished: int = 0
    parked: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Remote:
    """A row of the engine."""

    id: str
    key: str
    status: str
    charged: int
    hashes: tuple[str, ...]


async def check(home: Path, accepted: Sequence[str], *, paid_account: str) -> Books:
    """Compare the studio's store, its media folder and the engine's own records. No process may be at work on them."""
    paths = Paths.of_home(home)
    books = Books()
    db = Database.open(paths.store)
    try:
        store = SqlJobStore(db)
        jobs = await store.list(JobQuery(limit=MOST))
        assets = await SqlAssetStore(db, paths.media, paths.thumbnails).list(AssetQuery(limit=MOST))
        for job in jobs:
            entries = await store.timeline(job.id)
            _life(books, job, [entry.state for entry in entries])
            books.parked += sum(PARKED in entry.note for entry in entries)
    finally:
        db.close()
    remote = _remote(paths.engine / "engine.db", books)
    _whole(paths.store, books)
    books.jobs, books.remote_jobs = len(jobs), len(remote)
    books.states = Counter(job.state.value for job in jobs)
    known = {job.id for job in jobs}
    missing = [job_id for job_id in accepted if job_id not in known]
    books.lost += len(missing)
    books.wrong += [f"{job_id} was accepted and is gone" for job_id in missing]
    _made_once(books, jobs, remote)
    _money(books, jobs, remote, paid_account)
    _results(books, jobs, assets, remote)
    _folder(books, paths, assets)
    return books


def _life(books: Books, job: Job, walked: Sequence[JobState]) -> None:
    """One end, reached by steps that the table knows, and a reason where it is no result."""
    if job.state not in TERMINAL:
        books.unfinished += 1
        books.wrong.append(f"{job.id} is still {job.state}")
    steps = [state for number, state in enumerate(walked) if number == 0 or state is not walked[number - 1]]
    for before, after in pairwise(steps):
        if not may_follow(before, after):
            books.wrong.append(f"{job.id} went from {before} to {after}")
    if not steps or steps[-1] is not job.state:
        books.wrong.append(f"{job.id} is {job.state}, and its timeline says otherwise")
    if job.state is JobState.FAILED and job.error is None:
        books.wrong.append(f"{job.id} failed without a reason")


def _remote(path: Path, books: Books) -> Mapping[str, _Remote]:
    with closing(sqlite3.connect(path)) as connection:
        files: dict[str, list[str]] = {}
        for job_id, digest in connection.execute("SELECT job_id, sha256 FROM files WHERE job_id IS NOT NULL"):
            files.setdefault(job_id, []).append(digest)
        rows = connection.execute("SELECT id, idempotency_key, status, charged FROM jobs"
                                  " WHERE idempotency_key IS NOT NULL").fetchall()
        left = CREDITS - sum(row[3] for row in rows)
        granted = dict(connection.execute("SELECT name, value FROM account"))
    books.charged = float(sum(row[3] for row in rows))
    if left < 0 or not granted:
        books.wrong.append("the engine's credits do not add up")
    return {key: _Remote(job_id, key, status, charged, tuple(files.get(job_id, ())))
            for job_id, key, status, charged in rows}


def _whole(path: Path, books: Books) -> None:
    with closing(sqlite3.connect(path)) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        books.wrong.append(f"the store is damaged: {said}")


def _made_once(books: Books, jobs: Sequence[Job], remote: Mapping[str, _Remote]) -> None:
    """Every remote job belongs to one job here, under the key that was made with it."""
    keys = Counter(job.idempotency_key for job in jobs)
    ids = Counter(job.remote_id for job in jobs if job.remote_id is not None)
    strangers = [one.id for key, one in remote.items() if keys[key] != 1]
    shared = [one for one, count in ids.items() if count > 1]
    books.twice += len(strangers) + len(shared)
    books.wrong += [f"{one} was made, and belongs to no job here" for one in strangers]
    books.wrong += [f"{one} belongs to several jobs" for one in shared]
    for job in jobs:
        there = remote.get(job.idempotency_key)
        if job.state is JobState.DONE and (there is None or there.status != "succeeded" or there.id != job.remote_id):
            books.wrong.append(f"{job.id} is done here, and not over there")
        if job.remote_id is not None and (there is None or there.id != job.remote_id):
            books.wrong.append(f"{job.id} has {job.remote_id}, which its key did not make")


def _money(books: Books, jobs: Sequence[Job], remote: Mapping[str, _Remote], paid_account: str) -> None:
    """What each job says it was charged is what the engine charged for it."""
    for job in jobs:
        there = remote.get(job.idempotency_key)
        if job.state is JobState.DONE and job.request.account == paid_account:
            if there is not None and job.credits.charged != there.charged:
                books.wrong.append(f"{job.id} says {job.credits.charged} credits, the engine {there.charged}")
        elif job.state is JobState.FAILED and there is not None and there.charged:
            books.wrong.append(f"{job.id} failed and was charged {there.charged}")


def _results(books: Books, jobs: Sequence[Job], assets: Sequence[Asset], remote: Mapping[str, _Remote]) -> None:
    """Every result of a job that is done lies in the library, whole, once."""
    by_id = {asset.id: asset for asset in assets}
    outputs = Counter((asset.job_id, asset.output_index) for asset in assets)
    twice = [(of, count) for of, count in outputs.items() if count > 1]
    books.wrong += [f"output {index} of {job} is there {count} times" for (job, index), count in twice]
    for job in jobs:
        if job.state is not JobState.DONE:
            continue
        found = [by_id[one] for one in job.asset_ids if one in by_id]
        there = remote.get(job.idempotency_key)
        wanted = sorted(there.hashes) if there is not None else []
        if sorted(asset.sha256 for asset in found) != wanted or not wanted:
            books.lost += 1
            books.wrong.append(f"{job.id} is done, and its result is not that of the engine")


def _folder(books: Books, paths: Paths, assets: Sequence[Asset]) -> None:
    """Every asset's file is whole, and none lies among the results that nobody knows (what began to come lies apart)."""
    for asset in assets:
        books.files += 1
        if not asset.path.is_file() or sha256(asset.path.read_bytes()).hexdigest() != asset.sha256:
            books.lost += 1
            books.wrong.append(f"the file of {asset.id} is not whole")
    known = {asset.path.resolve() for asset in assets}
    for path in paths.media.rglob("*"):
        if path.is_file() and INCOMING not in path.parts and path.resolve() not in known:
            books.wrong.append(f"{path.name} lies in the media folder and is nobody's")
