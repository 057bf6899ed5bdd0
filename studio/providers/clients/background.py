"""One event loop on a thread of its own, for callers that know no async: the sync clients are the async ones driven here."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from studio.domain.errors import BugError, InputError

Result = TypeVar("Result")
_GLANCE_S = 0.25
"""How often a waiting caller wakes up: on Windows a wait without an end cannot be interrupted by Ctrl+C."""


class _Running:
    """The loop and its thread, apart from the BackgroundLoop so that the thread does not keep that one alive."""

    def __init__(self, at_end: Callable[[], Awaitable[None]]) -> None:
        self.at_end = at_end
        self.loop = asyncio.new_event_loop()
        # Its own pool: at the interpreter's end no thread can be started, which asyncio would need to close the usual one.
        self.pool = ThreadPoolExecutor(4, thread_name_prefix="studio-client-file")
        self.loop.set_default_executor(self.pool)
        self.thread = threading.Thread(target=self.turn, name="studio-client", daemon=True)
        self.thread.start()

    def turn(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
            self.loop.run_until_complete(self._wind_up())
        finally:
            asyncio.set_event_loop(None)
            self.pool.shutdown(wait=True)
            self.loop.close()

    async def _wind_up(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.at_end()
        await self.loop.shutdown_asyncgens()

    def stop(self) -> None:
        """Ends the loop and waits for its thread, unless this is that thread (a collection of garbage may run there)."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.loop.stop)
        if threading.current_thread() is not self.thread:
            self.thread.join()


class BackgroundLoop:
    """Runs coroutines for callers in any other thread. The thread starts with the first of them.

    `close` ends it; what forgets to is closed when the object goes, at the latest at the interpreter's end. `at_end` is
    awaited on the loop before it ends.
    """

    def __init__(self, at_end: Callable[[], Awaitable[None]]) -> None:
        self._at_end = at_end
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._finalizer: weakref.finalize[Any, BackgroundLoop] | None = None
        self._closed = False

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Its result, or what it raised. Ctrl+C ends the waiting and the coroutine, not the job at the service.

        Raises InputError where the client is closed, also while this call waits.
        """
        try:
            with self._lock:  # a close that comes now finds the coroutine on the loop, and ends it
                future = asyncio.run_coroutine_threadsafe(coroutine, self._started().loop)
        except BaseException:
            coroutine.close()
            raise
        try:
            while not future.done():
                concurrent.futures.wait([future], timeout=_GLANCE_S)
        except BaseException:
            future.cancel()
            raise
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise _closed() from None

    def close(self) -> None:
        """Ends what is under way and joins the thread. May be called more than once."""
        with self._lock:
            self._closed = True
            finalizer, self._running = self._finalizer, None
        if finalizer is not None:
            finalizer()

    def _started(self) -> _Running:
        if self._closed:
            raise _closed()
        if self._running is None:
            self._running = _Running(self._at_end)
            self._finalizer = weakref.finalize(self, self._running.stop)
        if not self._running.thread.is_alive():
            raise _closed()  # the interpreter is ending, or this process was forked off and has no such thread
        if threading.current_thread() is self._running.thread:
            raise BugError("A sync client was called on its own thread, which would wait for itself.")
        return self._running


def _closed() -> InputError:
    return InputError("The client is closed.", code="closed", advice="Make a new one.")
