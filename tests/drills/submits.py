"""R3: submits through a proxy that delays and cuts at every stage; beside it what a simple client makes of the same weather.

`python -m tests.drills.submits [N]` prints one JSON row.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from studio.app.core import Core
from studio.domain.account import Account, Service
from studio.domain.event import Event, JobChanged
from studio.domain.job import JobRequest
from studio.domain.state import NEEDS_PERSON
from studio.settings.paths import Paths
from tests.drills.accounting import Books, check
from tests.drills.cutting_proxy import CuttingProxy
from tests.drills.engine_life import KEY, DrillEngine, processes

ACCOUNT = "through-the-proxy"
AT_ONCE = 64
NAIVE_TRIES = 6
NAIVE_SHARE = 0.3
"""So many submits of the simple client for each one of ours: enough for a rate."""
STUCK_S = 240.0
"""So long nothing may happen to any job before it is said that they are stuck. Now and then one of a thousand fails ten
times in a row in this weather, and is tried again after up to a minute each time: it is slow, not stuck."""


@dataclass
class NaiveTally:
    """What a client does that sends again after an error, without a key: executed twice, or given up though executed."""

    submits: int = 0
    twice: int = 0
    lost: int = 0

    @property
    def rate(self) -> float:
        return (self.twice + self.lost) / max(1, self.submits)


@dataclass
class SubmitTally:
    submits: int = 0
    ended: int = 0
    cuts: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    books: Books = field(default_factory=Books)
    naive: NaiveTally = field(default_factory=NaiveTally)


class _Ends:
    """Counts the jobs that ended, once each; `changed` when anything happens to one."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.waiting: set[str] = set()
        self.changed = asyncio.Event()

    def hear(self, event: Event) -> None:
        if not isinstance(event, JobChanged):
            return
        if event.job.is_terminal or event.job.state in NEEDS_PERSON:
            self.ids.add(event.job.id)
            self.waiting.discard(event.job.id)
        self.changed.set()


async def ours(paths: Paths, url: str, count: int, draw: random.Random) -> tuple[int, list[str]]:
    """`count` jobs through the whole studio; how many ended, and the ids that were acknowledged."""
    core = await Core.open(paths)
    ends, accepted = _Ends(), []
    try:
        core.subscribe(ends.hear)
        await core.add_account(Account(ACCOUNT, Service.CANNON_STUDIO, url, concurrent_jobs=AT_ONCE), None)
        await core.start()
        for _ in range(count):
            values = {"prompt": "a pier in the fog", "seed": draw.randrange(2**31)}
            job = await core.submit(JobRequest("image.generate", ACCOUNT, values))
            accepted.append(job.id)
            if job.id not in ends.ids:
                ends.waiting.add(job.id)
            await _until(ends, 2 * AT_ONCE)
        await _until(ends, 1)
    finally:
        await core.close()
    return len(ends.ids), accepted


async def _until(ends: _Ends, fewer: int) -> None:
    """Until fewer jobs than that are under way, or nothing has happened for long."""
    while len(ends.waiting) >= fewer:
        ends.changed.clear()
        try:
            async with asyncio.timeout(STUCK_S):
                await ends.changed.wait()
        except TimeoutError:
            return


async def naive(url: str, count: int, draw: random.Random) -> dict[int, int]:
    """The loop that everybody writes first: POST, and again after an error. Seed -> 1 where it got its answer, else 0."""
    got: dict[int, int] = {}
    places = asyncio.Semaphore(16)

    async def one(client: httpx.AsyncClient, seed: int) -> None:
        got[seed] = 0
        async with places:
            for attempt in range(NAIVE_TRIES):
                try:
                    body = {"operation": "image.generate", "input": {"prompt": "naive", "seed": seed}}
                    answer = await client.post("/api/v1/requests", json=body)
                    answer.raise_for_status()
                    answer.json()
                except (httpx.HTTPError, ValueError):
                    await asyncio.sleep(0.05 * 2**attempt)
                else:
                    got[seed] = 1
                    return

    headers = {"x-api-key": KEY}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30, trust_env=False) as client:
        await asyncio.gather(*(one(client, seed) for seed in draw.sample(range(2**30), count)))
    return got


def naive_tally(engine_store: Path, got: dict[int, int]) -> NaiveTally:
    """By the engine's own records, in which nothing but the seed tells the intents apart."""
    with closing(sqlite3.connect(engine_store)) as connection:
        rows = connection.execute("SELECT input FROM jobs WHERE idempotency_key IS NULL").fetchall()
    made = Counter(json.loads(row[0])["seed"] for row in rows)
    tally = NaiveTally(submits=len(got))
    for seed, answered in got.items():
        tally.twice += made[seed] > 1
        tally.lost += not answered
    return tally


async def _play(home: Path, port: int, count: int, draw: random.Random, tally: SubmitTally) -> list[str]:
    async with CuttingProxy(port, draw) as proxy:
        tally.ended, accepted = await ours(Paths.of_home(home), proxy.url, count, draw)
        tally.cuts, tally.requests = Counter(proxy.cuts), proxy.requests
        got = await naive(proxy.url, max(50, int(count * NAIVE_SHARE)), draw)
    tally.naive = naive_tally(home / "engine" / "engine.db", got)
    return accepted


def drill(home: Path, count: int, seed: int) -> SubmitTally:
    """Sets CANNON_API_KEY and the keyring of this process for as long as it runs."""
    tally = SubmitTally(submits=count)
    home.mkdir(parents=True, exist_ok=True)
    before = dict(os.environ)
    os.environ |= {"CANNON_API_KEY": KEY, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    engine = DrillEngine(processes(), home)
    try:
        engine.start()
        accepted = asyncio.run(_play(home, engine.port, count, random.Random(seed), tally))
    finally:
        engine.kill()
        os.environ.clear()
        os.environ.update(before)
    tally.books = asyncio.run(check(home, accepted, paid_account=ACCOUNT))
    return tally


def main(arguments: list[str]) -> int:
    count = int(arguments[0]) if arguments else 100_000
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(2**31)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="studio-drill-", ignore_cleanup_errors=True) as folder:
        tally = drill(Path(folder) / "home", count, seed)
    books = tally.books
    for line in books.wrong[:40]:
        print(line, file=sys.stderr)
    holds = not books.wrong and books.states["done"] == count
    row = {"id": "R3", "submits": count, "requests": tally.requests, "cuts": dict(tally.cuts), "states": dict(books.states),
           "remote_jobs": books.remote_jobs, "twice": books.twice, "lost": books.lost, "stuck": books.unfinished,
           "wrong": len(books.wrong), "rate": (books.twice + books.lost + books.unfinished) / max(1, count),
           "naive": {"submits": tally.naive.submits, "twice": tally.naive.twice, "lost": tally.naive.lost,
                     "rate": round(tally.naive.rate, 4)},
           "seed": seed, "seconds": round(time.monotonic() - begun, 1), "goal": "rate 0", "holds": holds}
    print(json.dumps(row), flush=True)
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
