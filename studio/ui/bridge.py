"""Between the window and the core: the core lives on a thread of its own with its own asyncio loop.

The GUI thread never waits for it. Calls go over and their answers come back as futures (for coroutines) or as slots; events
are gathered for 50 ms and arrive as one signal a kind.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from studio.domain.errors import BugError, StudioError
from studio.domain.event import (
    AssetAdded,
    AssetChanged,
    BalanceChanged,
    EngineChanged,
    Event,
    JobChanged,
    ProblemRaised,
    StoreChanged,
)
from studio.jobs.tasks import Tasks

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.settings.paths import Paths

T = TypeVar("T")
OpenCore = Callable[["Paths"], Awaitable["Core"]]
log = logging.getLogger(__name__)

MERGE_S = 0.05
CLOSE_LIMIT_S = 3.0


class BridgeClosedError(StudioError):
    """The window is closing; nothing was started."""

    kind = "closing"


async def _open_core(paths: Paths) -> Core:
    # the heavy libraries (SQLAlchemy, pydantic, httpx) come in here, on the core's thread, after the first paint
    from studio.app.core import Core

    return await Core.open(paths)


def in_words(error: BaseException) -> str:
    """An error as a sentence for the person."""
    if isinstance(error, StudioError):
        return error.in_words()
    return BugError(f"Something unexpected happened: {error or type(error).__name__}.").in_words()


class Bridge(QObject):
    """Owner of the core's thread. Make it, connect, then `start()`; calls made before are answered once the core is open."""

    jobsChanged = Signal(object)  # noqa: N815  # Qt's spelling
    assetsChanged = Signal(object)  # noqa: N815
    balanceChanged = Signal(object)  # noqa: N815
    engineChanged = Signal(object)  # noqa: N815
    storeChanged = Signal()  # noqa: N815
    problem = Signal(str)
    ready = Signal()

    _events = Signal(object)
    _answered = Signal(object, object, object)
    _opened_here = Signal()
    _failed_here = Signal(str)

    def __init__(self, paths: Paths, parent: QObject | None = None, *, open_core: OpenCore = _open_core) -> None:
        super().__init__(parent)
        self.paths = paths
        self.is_ready = False
        self._open_core = open_core
        self._loop = asyncio.new_event_loop()
        self._core: asyncio.Future[Core] = self._loop.create_future()
        self._stop = asyncio.Event()
        self._ended: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._work, name="studio-core", daemon=True)
        self._tasks = Tasks()
        self._gathered: list[Event] = []
        self._closing = False
        queued = Qt.ConnectionType.QueuedConnection
        self._events.connect(self._deliver, queued)
        self._answered.connect(self._hand_over, queued)
        self._opened_here.connect(self._become_ready, queued)
        self._failed_here.connect(self.problem, queued)

    # from the GUI thread

    def start(self) -> None:
        """Open the core on its thread. `ready` follows, or `problem` with the reason."""
        if not self._closing and not self._thread.is_alive():
            self._thread.start()

    def call(self, make: Callable[[Core], Awaitable[T]]) -> asyncio.Future[T]:
        """Await `make(core)` from a coroutine on the GUI's loop. Cancelling the future cancels the work."""
        return asyncio.wrap_future(self._submit(make))

    def run(
        self,
        make: Callable[[Core], Awaitable[T]],
        done: Callable[[T], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
    ) -> concurrent.futures.Future[T]:
        """Start `make(core)`; the slots are called on the GUI thread, unless their widget is gone by then.

        Without `failed` an error is raised as `problem`.
        """
        future = self._submit(make)
        future.add_done_callback(lambda ended: self._report(ended, done, failed))
        return future

    def stop(self) -> concurrent.futures.Future[None]:
        """Ask the core to close; the answer is set when its thread has ended."""
        if not self._closing:
            self._closing = True
            if self._thread.ident is None:
                self._loop.close()
                self._ended.set_result(None)
            else:
                self._loop.call_soon_threadsafe(self._stop.set)
        return self._ended

    def close(self, limit_s: float = CLOSE_LIMIT_S) -> bool:
        """Stop and wait, `limit_s` at most. Blocks: for tests and the very end. False if the core did not end in time."""
        ended = self.stop()
        try:
            ended.result(limit_s)
        except concurrent.futures.TimeoutError:
            log.warning("the core did not close within %s s; its jobs go on at the next start", limit_s)
            return False
        if self._thread.ident is not None:
            self._thread.join(limit_s)
        return True

    def _submit(self, make: Callable[[Core], Awaitable[T]]) -> concurrent.futures.Future[T]:
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        if self._closing:
            future.set_exception(BridgeClosedError("The window is closing.", advice=""))
            return future
        self._loop.call_soon_threadsafe(self._begin, make, future)
        return future

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
            core = await self._open_core(self.paths)
            core.subscribe(self._gather)
            self._core.set_result(core)
            await core.start()
        except Exception as error:
            # the border between core and window: whatever happens at start is shown, and calls fail with it
            log.exception("the core did not start")
            if not self._core.done():
                self._core.set_exception(error)
                self._core.exception()  # looked at here: nobody may ever call
            self._failed_here.emit(in_words(error))
            return
        self._opened_here.emit()

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
        self._events.emit(gathered)

    def _report(
        self,
        ended: concurrent.futures.Future[T],
        done: Callable[[T], object] | None,
        failed: Callable[[BaseException], object] | None,
    ) -> None:
        if not ended.cancelled() and shiboken6.isValid(self):
            self._answered.emit(ended, done, failed)

    # back on the GUI thread

    @Slot()
    def _become_ready(self) -> None:
        self.is_ready = True
        self.ready.emit()

    @Slot(object, object, object)
    def _hand_over(
        self,
        ended: concurrent.futures.Future[T],
        done: Callable[[T], object] | None,
        failed: Callable[[BaseException], object] | None,
    ) -> None:
        error = ended.exception()
        if error is None:
            if done is not None and _alive(done):
                done(ended.result())
        elif isinstance(error, BridgeClosedError):
            return
        elif failed is not None:
            if _alive(failed):
                failed(error)
        else:
            if not isinstance(error, StudioError):
                log.error("a call from the window failed", exc_info=error)
            self.problem.emit(in_words(error))

    @Slot(object)
    def _deliver(self, events: list[Event]) -> None:
        jobs: dict[str, JobChanged] = {}
        assets: dict[str, AssetAdded | AssetChanged] = {}
        store = False
        for event in events:
            if isinstance(event, JobChanged):
                before = jobs.get(event.job.id)
                jobs[event.job.id] = JobChanged(event.job, event.is_new or (before is not None and before.is_new))
            elif isinstance(event, AssetAdded | AssetChanged):
                added = isinstance(assets.get(event.asset.id), AssetAdded)
                assets[event.asset.id] = AssetAdded(event.asset) if added else event
            elif isinstance(event, StoreChanged):
                store = True
            else:
                self._deliver_single(event)
        if jobs:
            self.jobsChanged.emit(list(jobs.values()))
        if assets:
            self.assetsChanged.emit(list(assets.values()))
        if store:
            self.storeChanged.emit()

    def _deliver_single(self, event: BalanceChanged | EngineChanged | ProblemRaised) -> None:
        if isinstance(event, BalanceChanged):
            self.balanceChanged.emit(event)
        elif isinstance(event, EngineChanged):
            self.engineChanged.emit(event)
        else:
            self.problem.emit(event.words)


def _alive(slot: Callable[..., object]) -> bool:
    """Whether the widget that a bound slot (also one in a functools.partial) belongs to still exists."""
    owner = getattr(slot.func if isinstance(slot, partial) else slot, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)
