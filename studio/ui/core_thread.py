"""The core's own thread and asyncio loop. Loaded with asyncio after the first paint; the bridge is what the window sees."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from studio.domain.event import Event
from studio.jobs.tasks import Tasks

if TYPE_CHECKING:
    from studio.app.core import Core

T = TypeVar("T")
log = logging.getLogger(__name__)

MERGE_S = 0.05


class CoreThread:
    """Opens the core with `open_core` and runs calls on it. `heard` (events of MERGE_S at a time), `opened` and `failed`
    are called on this thread. `ended` is set when the thread has nothing left to do."""

    def __init__(
        self,
        open_core: Callable[[], Awaitable[Core]],
        *,
        heard: Callable[[list[Event]], object],
        opened: Callable[[], object],
        failed: Callable[[BaseException], object],
        ended: concurrent.futures.Future[None],
    ) -> None:
        self._open_core = open_core
        self._heard, self._opened, self._failed = heard, opened, failed
        self._ended = ended
        self._loop = asyncio.new_event_loop()
        self._core: asyncio.Future[Core] = self._loop.create_future()
        self._stop = asyncio.Event()
        self._tasks = Tasks()
        self._gathered: list[Event] = []
        self._thread = threading.Thread(target=self._work, name="studio-core", daemon=True)

    # from any thread

    def start(self) -> None:
        self._thread.start()

    def submit(self, make: Callable[[Core], Awaitable[T]], future: concurrent.futures.Future[T]) -> None:
        """Set `future` to what `make(core)` gives, once the core is open. Cancelling the future cancels the work."""
        self._loop.call_soon_threadsafe(self._begin, make, future)

    def stop(self) -> None:
        """Close the core and end the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)

    def join(self, limit_s: float) -> None:
        self._thread.join(limit_s)

    # on the core's thread

    def _work(self) -> None:
        try:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(self._live())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()
            self._ended.set_result(None)

    async def _live(self) -> None:
        opening = self._loop.create_task(self._open())
        try:
            await self._stop.wait()
        finally:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            await self._tasks.close()
            await self._shut()

    async def _open(self) -> None:
        try:
            core = await self._open_core()
            core.subscribe(self._gather)
            self._core.set_result(core)
            await core.start()
        except Exception as error:
            # the border between core and window: whatever happens at start is shown, and calls fail with it
            log.exception("the core did not start")
            if not self._core.done():
                self._core.set_exception(error)
                self._core.exception()  # looked at here: nobody may ever call
            self._failed(error)
            return
        self._opened()

    async def _shut(self) -> None:
        if not self._core.done() or self._core.cancelled() or self._core.exception() is not None:
            return
        try:
            await self._core.result().close()
        except Exception:
            # the last step of the thread: nobody is left to tell but the log
            log.exception("the core did not close cleanly")

    def _begin(self, make: Callable[[Core], Awaitable[T]], future: concurrent.futures.Future[T]) -> None:
        if future.cancelled():
            return
        task = self._tasks.start(self._answer(make, future), "call from the window")
        future.add_done_callback(lambda ended: self._cancel(task) if ended.cancelled() else None)

    def _cancel(self, task: asyncio.Task[None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(task.cancel)

    async def _answer(self, make: Callable[[Core], Awaitable[T]], future: concurrent.futures.Future[T]) -> None:
        try:
            core = await asyncio.shield(self._core)
            value = await make(core)
        except asyncio.CancelledError:
            future.cancel()
            raise
        except BaseException as error:  # noqa: BLE001  # carried over to the caller, who gets it whole
            if not future.cancelled():
                future.set_exception(error)
            return
        if not future.cancelled():
            future.set_result(value)

    def _gather(self, event: Event) -> None:
        if not self._gathered:
            self._loop.call_later(MERGE_S, self._flush)
        self._gathered.append(event)

    def _flush(self) -> None:
        gathered, self._gathered = self._gathered, []
        self._heard(gathered)
