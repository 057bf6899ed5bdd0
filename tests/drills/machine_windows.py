"""What the state machine of jobs is made of: a clock that can be set, the store without threads, and windows that are
processes which can be killed and stopped."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine

from studio.domain.job import Job
from studio.domain.query import JobQuery
from studio.domain.state import JobState
from studio.jobs.runner import Runner
from studio.jobs.scheduler import Scheduler
from studio.jobs.walk import World
from studio.store.connections import make_engine
from studio.store.jobs import SqlJobStore
from studio.store.migrate import migrate
from tests.drills.model_service import ModelProvider
from tests.unit.jobs.world import LeapingClock

if TYPE_CHECKING:
    from tests.drills.job_machine import JobMachine

T = TypeVar("T")
ACCOUNTS = {"keyed": True, "unkeyed": False}
"""Account -> whether its service honours the idempotency key."""
MOST_WAITS = 3_000
"""So often nobody sleeps in one step of the machine, unless something waits for ever."""
_IN_FLIGHT = (JobState.UPLOADING, JobState.SUBMITTING, JobState.RUNNING, JobState.CANCELLING)


async def turns(count: int) -> None:
    """Let everybody move so often."""
    for _ in range(count):
        await asyncio.sleep(0)


@cache
def template() -> bytes:
    """An empty store, made once for all examples."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        migrate(path)
        return path.read_bytes()


@cache
def engine_of(folder: str) -> Engine:
    """One for all examples, which keeps the SQL that was compiled."""
    return make_engine(Path(folder) / "studio.db", writes=True)


@cache
def workplace() -> str:
    """In memory where that goes: it is not the disk that is tried."""
    folder = tempfile.mkdtemp(prefix="studio-machine-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class SetClock(LeapingClock):
    """The clock on the wall can be set; what sleeps goes by one that cannot."""

    def __init__(self) -> None:
        super().__init__()
        self.set_by = timedelta()
        self.waits = 0
        self.stuck = asyncio.Event()

    def now(self) -> datetime:
        return self.moment + self.set_by

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        self.waits += 1
        if self.waits > MOST_WAITS:
            self.stuck.set()
        return await super().wait(event, seconds)


class InlineDatabase:
    """The store's SQL in the caller's own thread: hypothesis decides alone what happens after what."""

    def __init__(self) -> None:
        folder = workplace()
        for left in Path(folder).iterdir():
            left.unlink()
        (Path(folder) / "studio.db").write_bytes(template())
        self._connection = engine_of(folder).connect()

    async def write(self, work: Callable[[Connection], T]) -> T:
        with self._connection.begin():
            return work(self._connection)

    read = write

    def close(self) -> None:
        self._connection.close()


class Window:
    """One process of the studio: killed, stopped and started anew as the machine likes."""

    def __init__(self, machine: JobMachine, number: int) -> None:
        self._machine = machine
        self._number = number
        self._lives = 0
        self.going = asyncio.Event()
        self.going.set()
        self.writes_left: int | None = None
        self.start()

    def start(self) -> None:
        self._lives += 1
        self.owner = f"window-{self._number}-{self._lives}"
        self._machine.alive.add(self.owner)
        self.writes_left = None
        self.store = _WindowStore(self)
        self.providers = {name: ModelProvider(self._machine.service, name, honours=honours, breathe=self.breathe)
                          for name, honours in ACCOUNTS.items()}
        clock = self._machine.clock
        scheduler = Scheduler(self._machine.paces, clock, self._in_flight)
        world = World(self.store, self, self._machine.library, self._machine.hosted, scheduler, clock, lambda event: None,
                      lambda: 0.5)
        self.runner = Runner(world, self.owner, lambda owner: owner in self._machine.alive)

    async def of(self, account: str) -> ModelProvider:
        return self.providers[account]

    async def _in_flight(self, account: str) -> set[str]:
        jobs = await self.store.list(JobQuery(unfinished=True, account=account))
        return {job.id for job in jobs if job.state in _IN_FLIGHT}

    async def breathe(self) -> None:
        """Returns while the process runs; a stopped one stays here."""
        await self.going.wait()

    async def wrote(self) -> None:
        """The process may die right after any of its writes: then nothing of it goes on."""
        if self.writes_left is not None:
            self.writes_left -= 1
            if self.writes_left <= 0:
                self.going.clear()
                await asyncio.Event().wait()

    async def kill(self) -> None:
        self._machine.alive.discard(self.owner)
        await self.runner._tasks.close()
        self.going.set()


class _WindowStore(SqlJobStore):
    """The real store's code over the shared file, out of one window."""

    def __init__(self, window: Window) -> None:
        super().__init__(window._machine.db)  # type: ignore[arg-type]  # the two methods that it uses are there
        self._window = window

    async def change(self, expected: Job, change: Any) -> Job | None:
        await self._window.breathe()
        await asyncio.sleep(0)
        stored = await super().change(expected, change)
        await self._window.wrote()
        return stored

    async def get(self, job_id: str) -> Job | None:
        await self._window.breathe()
        await asyncio.sleep(0)
        return await super().get(job_id)

    async def followed(self, job_id: str, owner: str) -> Job | None:
        await self._window.breathe()
        await asyncio.sleep(0)
        return await super().followed(job_id, owner)
