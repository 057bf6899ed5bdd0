"""Between the window and the core: the core lives on a thread of its own with its own asyncio loop.

The GUI thread never waits for it. Calls go over and their answers come back as futures (for coroutines) or as slots; events
are gathered for 50 ms and arrive as one signal a kind.
"""

from __future__ import annotations

import concurrent.futures
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from studio.domain.errors import BugError, StudioError

if TYPE_CHECKING:
    import asyncio

    from studio.app.core import Core
    from studio.domain.event import AssetAdded, AssetChanged, Event, JobChanged
    from studio.settings.paths import Paths
    from studio.ui.core_thread import CoreThread

T = TypeVar("T")
OpenCore = Callable[["Paths"], Awaitable["Core"]]
log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 3.0


class BridgeClosedError(StudioError):
    """The window is closing; nothing was started."""

    kind = "closing"


async def _open_core(paths: Paths) -> Core:
    # the heavy libraries (SQLAlchemy, pydantic, httpx) come in here, on the core's thread, after the first paint
    from studio.app.core import Core

    core = await Core.open(paths)
    await core.apply_on_start()
    return core


def in_words(error: BaseException) -> str:
    """An error as a sentence for the person."""
    if isinstance(error, StudioError):
        return error.in_words()
    return BugError(f"Something unexpected happened: {error or type(error).__name__}.").in_words()


def plain_words(error: BaseException) -> str:
    """The same of work that sent nothing anywhere, so nothing is said about cost."""
    return error.without_cost() if isinstance(error, StudioError) else in_words(error)


class Bridge(QObject):
    """Owner of the core's thread. Make it, connect, then `start()`; calls made before are answered once the core is open."""

    jobsChanged = Signal(object)  # noqa: N815  # Qt's spelling
    assetsChanged = Signal(object)  # noqa: N815
    balanceChanged = Signal(object)  # noqa: N815
    engineChanged = Signal(object)  # noqa: N815
    operationsChanged = Signal(str)  # noqa: N815  # the account's name
    storeChanged = Signal()  # noqa: N815
    pauseChanged = Signal()  # noqa: N815
    collectionsChanged = Signal()  # noqa: N815
    chainsChanged = Signal(object)  # noqa: N815  # the runs
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
        self._thread: CoreThread | None = None
        self._early: list[tuple[Callable[[Core], Awaitable[Any]], concurrent.futures.Future[Any]]] = []
        self._ended: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._closing = False
        queued = Qt.ConnectionType.QueuedConnection
        self._events.connect(self._deliver, queued)
        self._answered.connect(self._hand_over, queued)
        self._opened_here.connect(self._become_ready, queued)
        self._failed_here.connect(self.problem, queued)

    # from the GUI thread

    def start(self) -> None:
        """Open the core on its thread. `ready` follows, or `problem` with the reason."""
        if self._closing or self._thread is not None:
            return
        from studio.ui.core_thread import CoreThread  # asyncio comes in with it, after the first paint

        self._thread = CoreThread(
            lambda: self._open_core(self.paths), heard=self._events.emit, opened=self._opened_here.emit,
            failed=lambda error: self._failed_here.emit(in_words(error)), ended=self._ended,
        )
        self._thread.start()
        for make, future in self._early:
            self._thread.submit(make, future)
        self._early.clear()

    def call(self, make: Callable[[Core], Awaitable[T]]) -> asyncio.Future[T]:
        """Await `make(core)` from a coroutine on the GUI's loop. Cancelling the future cancels the work."""
        import asyncio

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
            if self._thread is None:
                for _, future in self._early:
                    _refuse(future)
                self._ended.set_result(None)
            else:
                self._thread.stop()
        return self._ended

    def close(self, limit_s: float = CLOSE_LIMIT_S) -> bool:
        """Stop and wait, `limit_s` at most. Blocks: for tests and the very end. False if the core did not end in time."""
        ended = self.stop()
        try:
            ended.result(limit_s)
        except concurrent.futures.TimeoutError:
            log.warning("the core did not close within %s s; its jobs go on at the next start", limit_s)
            return False
        if self._thread is not None:
            self._thread.join(limit_s)
        return True

    def _submit(self, make: Callable[[Core], Awaitable[T]]) -> concurrent.futures.Future[T]:
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        if self._closing:
            _refuse(future)
        elif self._thread is None:
            self._early.append((make, future))
        else:
            self._thread.submit(make, future)
        return future

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
        from studio.domain.event import AssetAdded, AssetChanged, JobChanged, StoreChanged

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

    def _deliver_single(self, event: Event) -> None:
        from studio.domain.event import (
            BalanceChanged,
            ChainRunChanged,
            CollectionsChanged,
            EngineChanged,
            OperationsChanged,
            PauseChanged,
            PausesChanged,
            ProblemRaised,
        )

        if isinstance(event, BalanceChanged):
            self.balanceChanged.emit(event)
        elif isinstance(event, EngineChanged):
            self.engineChanged.emit(event)
        elif isinstance(event, OperationsChanged):
            self.operationsChanged.emit(event.account)
        elif isinstance(event, PauseChanged | PausesChanged):
            self.pauseChanged.emit()
        elif isinstance(event, CollectionsChanged):
            self.collectionsChanged.emit()
        elif isinstance(event, ChainRunChanged):
            self.chainsChanged.emit([event.run])
        elif isinstance(event, ProblemRaised):
            self.problem.emit(event.words)


def _refuse(future: concurrent.futures.Future[Any]) -> None:
    if not future.cancelled():
        future.set_exception(BridgeClosedError("The window is closing.", advice=""))


def _alive(slot: Callable[..., object]) -> bool:
    """Whether the widget that a bound slot (also one in a functools.partial) belongs to still exists."""
    owner = getattr(slot.func if isinstance(slot, partial) else slot, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)
