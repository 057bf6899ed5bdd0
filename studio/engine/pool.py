"""The places where renders run: one worker process a place, so that a worker that dies takes no other job with it."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import psutil

from studio.engine import inspection, worker
from studio.engine.limits import MEMORY_AN_INSPECTION, memory_a_render
from studio.engine.render.task import RenderTask
from studio.engine.worker import Rendered

if TYPE_CHECKING:
    from studio.media.probe import MediaInfo

log = logging.getLogger(__name__)
T = TypeVar("T")
MEMORY_A_PLACE = 1_500_000_000  # bytes, for a render in 1080p with its encoder
WARM_MODULES = ("numpy", "cv2", "PIL.Image", "av")
INSPECTING_MODULES = ("PIL.Image", "av")
INSPECTION_S = 60.0  # by the clock: a worker runs at the lowest priority
WATCH_EVERY_S = 0.25


class WorkerDiedError(Exception):
    """The process that rendered is gone: killed, out of memory, or crashed in a library."""


class WorkerTookTooMuchError(WorkerDiedError):
    """It was ended because it took more memory than it may; another try would end alike."""


class WorkerDidNotStartError(WorkerDiedError):
    """The process never came up: what it was asked to do is not to blame."""


class _Place:
    """An executor for one render at a time, and the process behind it where it is ours.

    `limit`: the bytes it may take now, None while it does nothing.
    """

    def __init__(self, executor: Executor, pid: Future[int]) -> None:
        self.executor = executor
        self.pid = pid
        self.limit: int | None = None
        self.over = False

    def how_it_ended(self) -> type[WorkerDiedError]:
        """Of a process that is gone."""
        if not self.pid.done() or self.pid.exception() is not None:
            return WorkerDidNotStartError
        return WorkerTookTooMuchError if self.over else WorkerDiedError

    def overdrawn(self) -> bool:
        """Whether the process takes more than it may."""
        if self.limit is None or self.over or not self.pid.done() or self.pid.exception() is not None:
            return False
        try:
            return int(psutil.Process(self.pid.result()).memory_info().rss) > self.limit
        except psutil.Error:
            return False  # it is gone; whoever waits for it finds out


class WorkerPool:
    """`places` renders at once. With `executor` given (a cluster's, a test's) all places share it and nothing is killed;
    one worker of our own beside it looks at what comes from outside. `own_executor`: it is shut down with the pool.

    `memory`: bytes that one render may take; None: this machine's, shared by the places.
    """

    def __init__(
        self, places: int, *, executor: Executor | None = None, warm: tuple[str, ...] = WARM_MODULES,
        memory: int | None = None, own_executor: bool = False,
    ) -> None:
        self.places = places
        self.shared = executor is not None
        self._executor = executor
        self._own_executor = own_executor
        self._warm = warm
        self._memory = memory or memory_a_render(psutil.virtual_memory().total, places)
        self._own: list[_Place | None] = [None] * (places + 1)
        self._looks = asyncio.Lock()

    def warm_up(self) -> None:
        """Start the first worker now, so that the first render does not wait for its imports."""
        if not self.shared:
            self._place(0)

    async def run(self, place: int, target: str, task: RenderTask, threads: int) -> Rendered:
        """Render in this place. Raises WorkerDiedError, and whatever the renderer raised."""
        if self._executor is None:
            return await self._run_own(place, self._memory, worker.render, target, task, threads)
        try:
            return await asyncio.wrap_future(self._executor.submit(worker.render, target, task, threads))
        except BrokenExecutor as error:
            raise WorkerDiedError(str(error)) from error

    async def inspect(self, place: int, path: str) -> MediaInfo:
        """Look at a file from outside, in the worker of this place.

        Raises MediaError, and WorkerDiedError where the file took the worker along, or more time or memory than it may.
        """
        if not self.shared:
            return await self._look(place, path)
        async with self._looks:
            return await self._look(self.places, path)

    async def _look(self, place: int, path: str) -> MediaInfo:
        try:
            async with asyncio.timeout(INSPECTION_S):
                return await self._run_own(place, self._memory + MEMORY_AN_INSPECTION, inspection.inspect, path)
        except (TimeoutError, asyncio.CancelledError) as error:
            self.kill(place)  # it may be busy with the file for long
            self._discard(place)
            if isinstance(error, TimeoutError):
                raise WorkerDiedError("it took too long") from None
            raise

    async def watch(self) -> None:
        """Until cancelled, end each worker that takes more memory than it may: not every system has a limit of its own."""
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            for number, entry in enumerate(self._own):
                if entry is not None and entry.overdrawn():
                    log.warning("worker %d takes more than %s bytes and is ended", number, entry.limit)
                    entry.over = True
                    _kill(entry.pid)

    def kill(self, place: int) -> None:
        """End the worker of this place, whatever it does; `run` then raises WorkerDiedError."""
        entry = self._own[place]
        if entry is not None:
            _kill(entry.pid)

    def close(self) -> None:
        """End all workers at once; what they did is done again another time."""
        for place in range(len(self._own)):
            self.kill(place)
            self._discard(place)
        if self._executor is not None and self._own_executor:
            self._executor.shutdown(wait=False)

    async def _run_own(self, place: int, limit: int, work: Callable[..., T], *values: object) -> T:
        entry, future = self._submit(place, work, *values)
        entry.limit = limit
        try:
            return await asyncio.wrap_future(future)
        except BrokenExecutor as error:
            if self._own[place] is entry:
                self._discard(place)
            raise entry.how_it_ended()(str(error)) from error
        finally:
            entry.limit = None

    def _submit(self, place: int, work: Callable[..., T], *values: object) -> tuple[_Place, Future[T]]:
        entry = self._place(place)
        try:
            return entry, entry.executor.submit(work, *values)
        except BrokenExecutor:  # it died while it had nothing to do: no job is to blame
            log.warning("worker %d died while idle; another is started", place)
            self._discard(place)
            entry = self._place(place)
            return entry, entry.executor.submit(work, *values)

    def _place(self, place: int) -> _Place:
        entry = self._own[place]
        if entry is None:
            # spawn: a fork would copy the server's sockets, threads and locks.
            executor = ProcessPoolExecutor(
                max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=worker.begin,
                initargs=(self._memory,),
            )
            modules = self._warm if place < self.places else INSPECTING_MODULES
            entry = self._own[place] = _Place(executor, executor.submit(worker.warm, modules))
        return entry

    def _discard(self, place: int) -> None:
        entry, self._own[place] = self._own[place], None
        if entry is not None:
            entry.executor.shutdown(wait=False, cancel_futures=True)


def place_count() -> int:
    """As many renders at once as cores, but no more than the memory has room for."""
    return max(1, min(core_count(), psutil.virtual_memory().total // MEMORY_A_PLACE))


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _kill(pid: Future[int]) -> None:
    def act(found: Future[int]) -> None:
        if found.cancelled() or found.exception() is not None:
            return  # it never came up
        try:
            psutil.Process(found.result()).kill()
        except psutil.NoSuchProcess:
            return

    pid.add_done_callback(act)  # at once where the number is known already
