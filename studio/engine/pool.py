"""The places where renders run: one worker process a place, so that a worker that dies takes no other job with it."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor

import psutil

from studio.engine import worker
from studio.engine.render.task import RenderTask
from studio.engine.worker import Rendered

log = logging.getLogger(__name__)
MEMORY_A_RENDER = 1_500_000_000  # bytes, for a render in 1080p with its encoder
WARM_MODULES = ("numpy", "cv2", "PIL.Image", "av")


class WorkerDiedError(Exception):
    """The process that rendered is gone: killed, out of memory, or crashed in a library."""


class _Place:
    """An executor for one render at a time, and the process behind it where it is ours."""

    def __init__(self, executor: Executor, pid: Future[int] | None) -> None:
        self.executor = executor
        self.pid = pid


class WorkerPool:
    """`places` renders at once. With `executor` given (a cluster's, a test's) all places share it and nothing is killed."""

    def __init__(self, places: int, *, executor: Executor | None = None, warm: tuple[str, ...] = WARM_MODULES) -> None:
        self.places = places
        self._shared = executor
        self._warm = warm
        self._own: list[_Place | None] = [None] * places

    def warm_up(self) -> None:
        """Start the first worker now, so that the first render does not wait for its imports."""
        if self._shared is None:
            self._place(0)

    async def run(self, place: int, target: str, task: RenderTask, threads: int) -> Rendered:
        """Render in this place. Raises WorkerDiedError, and whatever the renderer raised."""
        try:
            return await asyncio.wrap_future(self._submit(place, target, task, threads))
        except BrokenExecutor as error:
            if self._shared is None:
                self._discard(place)
            raise WorkerDiedError(str(error)) from error

    def kill(self, place: int) -> None:
        """End the worker of this place, whatever it does; `run` then raises WorkerDiedError."""
        entry = self._own[place]
        if entry is not None and entry.pid is not None:
            _kill(entry.pid)

    def close(self) -> None:
        """End all workers at once; what they did is done again another time."""
        for place in range(self.places):
            self.kill(place)
            self._discard(place)

    def _submit(self, place: int, target: str, task: RenderTask, threads: int) -> Future[Rendered]:
        if self._shared is not None:
            return self._shared.submit(worker.render, target, task, threads)
        try:
            return self._place(place).executor.submit(worker.render, target, task, threads)
        except BrokenExecutor:  # it died while it had nothing to do: no job is to blame
            log.warning("worker %d died while idle; another is started", place)
            self._discard(place)
            return self._place(place).executor.submit(worker.render, target, task, threads)

    def _place(self, place: int) -> _Place:
        entry = self._own[place]
        if entry is None:
            # spawn: a fork would copy the server's sockets, threads and locks.
            executor = ProcessPoolExecutor(
                max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=worker.begin
            )
            entry = self._own[place] = _Place(executor, executor.submit(worker.warm, self._warm))
        return entry

    def _discard(self, place: int) -> None:
        entry, self._own[place] = self._own[place], None
        if entry is not None:
            entry.executor.shutdown(wait=False, cancel_futures=True)


def place_count() -> int:
    """As many renders at once as cores, but no more than the memory has room for."""
    return max(1, min(core_count(), psutil.virtual_memory().total // MEMORY_A_RENDER))


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


