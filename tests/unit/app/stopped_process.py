"""A process of its own that follows the jobs of a store and stands still at a given step, until it is told to go on. Run as
`python -m tests.unit.app.stopped_process STORE BOOK STAGE`; for test_leases.py, which plays the other process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from studio.app.ownership import Leases, this_place, this_process
from studio.domain.query import JobQuery
from studio.domain.remote import Pace, RemoteJob
from studio.jobs.clock import SystemClock
from studio.jobs.runner import Runner
from studio.jobs.scheduler import Scheduler
from studio.jobs.walk import World
from studio.store.database import Database
from studio.store.hosted_urls import SqlHostedUrls
from studio.store.jobs import SqlJobStore
from studio.store.paces import SqlPaceStore
from studio.store.processes import ProcessBook
from tests.unit.jobs.world import LeapingClock, MemoryLibrary, ScriptedProvider, finished

STAGES = ("queued", "submitting", "running", "downloading")


async def nothing(_step: str) -> None:
    """Stands still nowhere."""


class Studio:
    """What follows jobs, over a real store. Its service has every job finished at once."""

    def __init__(self, store: Path, book: Path, stand_still: Callable[[str], object] = nothing) -> None:
        self.db = Database.open(store)
        self.store = SqlJobStore(self.db)
        self.library = MemoryLibrary()
        self.leases = Leases(ProcessBook(book), this_process(), this_place())
        self.provider = _StandingProvider(stand_still)
        clock = SystemClock()
        scheduler = Scheduler(SqlPaceStore(self.db, Pace), clock, self._in_flight)
        world = World(self.store, self, self.library, SqlHostedUrls(self.db), scheduler, clock, lambda event: None,
                      lambda: 0.5)
        self.runner = Runner(world, self.leases.owner, self.leases.follows, self.leases.has_ended)

    async def of(self, account: str) -> ScriptedProvider:
        states = {job.state.value for job in await self.store.list(JobQuery(unfinished=True))}
        for stage in states & {"queued", "submitting"}:
            await self.provider.stand_still(stage)  # type: ignore[misc]
        return self.provider

    async def _in_flight(self, account: str) -> set[str]:
        return set()

    async def close(self) -> None:
        await self.runner.close()
        await asyncio.to_thread(self.db.close)


class _StandingProvider(ScriptedProvider):
    def __init__(self, stand_still: Callable[[str], object]) -> None:
        super().__init__(LeapingClock(), submits=[finished()])
        self.stand_still = stand_still

    async def submit(self, operation: str, values: Mapping[str, object], idempotency_key: str) -> RemoteJob:
        answer = await super().submit(operation, values, idempotency_key)
        await self.stand_still("running")  # type: ignore[misc]
        return answer

    async def download(self, url: str, part: Path, report: Callable[[int, int | None], None]) -> str:
        await self.stand_still("downloading")  # type: ignore[misc]
        return await super().download(url, part, report)


async def main(store: Path, book: Path, stage: str) -> None:
    """Says "here" at the stage, goes on after a line on standard input, and says at the end what it did."""
    told: set[str] = set()

    async def stand_still(step: str) -> None:
        if step == stage and not told:
            told.add(step)
            print("here", flush=True)  # this is what the other process reads
            await asyncio.to_thread(sys.stdin.readline)

    studio = Studio(store, book, stand_still)
    await studio.leases.beat()
    await studio.runner.take_up()
    await studio.runner.idle()
    print(f"sent {studio.provider.times('submit')} placed {len(studio.library.placed)}", flush=True)
    await studio.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
