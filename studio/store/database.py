"""The store's file: one writer thread that commits what waits together, and readers beside it."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from studio.domain.errors import BugError
from studio.store.connections import make_engine
from studio.store.faults import in_words
from studio.store.migrate import migrate

log = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[Connection], T]

MOST_PER_COMMIT = 256
_READERS = 3


class _Write(Generic[T]):
    """A function that waits for its transaction, and whoever waits for its result on an event loop."""

    __slots__ = ("error", "future", "loop", "result", "work")

    def __init__(self, work: Work[T]) -> None:
        self.work = work
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[T] = self.loop.create_future()
        self.result: T | None = None
        self.error: Exception | None = None


class _MemberFailedError(Exception):
    """One function of a group raised: its transaction was rolled back as a whole."""

    def __init__(self, number: int, cause: Exception) -> None:
        super().__init__(str(cause))
        self.number = number
        self.cause = cause


class Database:
    """One store file. `write` and `read` may be called from any asyncio loop; their functions run on the database's threads.

    A function given to `write` may be run a second time when its group failed: it must only work on its connection.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writes: queue.SimpleQueue[_Write[Any] | None] = queue.SimpleQueue()
        self._closed = False
        self._guard = threading.Lock()          # between write() and close(): nothing is queued after the end mark
        self._writer_engine = make_engine(path, writes=True)
        self._reader_engine = make_engine(path, writes=False)
        self._writer = self._writer_engine.connect()
        self._writer_busy = threading.Lock()
        self._seen_version = 0
        self._local = threading.local()
        self._reader_connections: list[Connection] = []
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-read")
        self._thread = threading.Thread(target=self._write_loop, name="store-write", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, path: Path) -> Database:
        """Open, make or update the store at `path`; blocks.

        Raises StoreTooNewError, DiskFullError or LocalError (no right to write, damaged, held by another program).
        """
        try:
            migrate(path)
            return cls(path)
        except Exception as error:
            raise in_words(error, path) from error

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction; returns when it is on the disk. What waits meanwhile shares the next commit.

        Raises what `work` raises (nothing of it is written then), DiskFullError or LocalError.
        """
        item = _Write(work)
        with self._guard:
            if self._closed:
                raise BugError("The store was closed before this was written.")
            self._writes.put(item)
        return await item.future

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a reader: one consistent view of all that was committed before."""
        if self._closed:
            raise BugError("The store was closed before this was read.")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def data_version(self) -> int:
        """A number that changes when another connection than the writer (another process) has committed.

        Never waits: while the writer is at work the last number is given again.
        """
        if self._writer_busy.acquire(blocking=False):
            try:
                self._seen_version = self._pragma("data_version")
            finally:
                self._writer_busy.release()
        return self._seen_version

    def close(self) -> None:
        """Write what is queued, then end the threads. Calling it twice does nothing more."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            self._writes.put(None)
        self._thread.join()
        self._readers.shutdown(wait=True)
        for connection in (*self._reader_connections, self._writer):
            connection.close()
        self._reader_engine.dispose()
        self._writer_engine.dispose()

    def _pragma(self, name: str) -> int:
        raw = self._writer.connection.dbapi_connection
        if raw is None:
            raise BugError("The store's connection is gone.")
        cursor = raw.cursor()
        try:
            cursor.execute(f"PRAGMA {name}")
            row = cursor.fetchone()
            return 0 if row is None else int(row[0])
        finally:
            cursor.close()

    def _read(self, work: Work[T]) -> T:
        connection: Connection | None = getattr(self._local, "connection", None)
        try:
            if connection is None:
                connection = self._local.connection = self._reader_engine.connect()
                self._reader_connections.append(connection)
            with connection.begin():
                return work(connection)
        except Exception as error:
            told = in_words(error, self.path)
            if told is error:
                raise
            raise told from error

    def _write_loop(self) -> None:
        ended = False
        while not ended:
            item = self._writes.get()
            group: list[_Write[Any]] = []
            while item is not None:
                if not item.future.cancelled():
                    group.append(item)
                if len(group) >= MOST_PER_COMMIT:
                    break
                try:
                    item = self._writes.get_nowait()
                except queue.Empty:
                    break
            ended = item is None
            if group:
                with self._writer_busy:
                    self._write_group(group)
                _tell(group)

    def _write_group(self, group: Sequence[_Write[Any]]) -> None:
        """Commit a group. Where a member fails, or the commit, the others are done again without it, in their order."""
        waiting = [list(group)]
        while waiting:
            part = waiting.pop()
            try:
                results = self._commit(part)
            except Exception as error:  # noqa: BLE001  (a border: whatever it was, it goes to whoever waits for it)
                if len(part) > 1:
                    log.warning("a commit of %d writes failed (%s) and is done again in parts", len(part), error)
                    waiting.extend(reversed(_parts(part, error)))
                else:
                    self._refuse(part[0], error.cause if isinstance(error, _MemberFailedError) else error)
            else:
                for item, result in zip(part, results, strict=True):
                    item.result = result

    def _refuse(self, item: _Write[Any], error: Exception) -> None:
        told = in_words(error, self.path)
        if told is not error:
            told.__cause__ = error
        item.error = told

    def _commit(self, group: Sequence[_Write[Any]]) -> list[Any]:
        """One transaction without savepoints: at each of those the full-text index would write out what it holds."""
        results = []
        with self._writer.begin():
            for number, item in enumerate(group):
                try:
                    results.append(item.work(self._writer))
                except Exception as error:
                    raise _MemberFailedError(number, error) from error
        return results


def _tell(group: Sequence[_Write[Any]]) -> None:
    """Wake those who wait, each loop once: a wake-up costs more than a small write."""
    loops: dict[asyncio.AbstractEventLoop, list[_Write[Any]]] = {}
    for item in group:
        loops.setdefault(item.loop, []).append(item)
    for loop, items in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, items)
        except RuntimeError:
            log.info("%d writes were done for a loop that has ended", len(items))


def _settle(items: Sequence[_Write[Any]]) -> None:
    for item in items:
        if item.future.done():
            continue  # whoever waited was cancelled meanwhile; what was written stays
        if item.error is not None:
            item.future.set_exception(item.error)
        else:
            item.future.set_result(item.result)


def _parts(group: list[_Write[Any]], error: Exception) -> list[list[_Write[Any]]]:
    """What to try after a group failed: around the member that failed, else one by one."""
    if not isinstance(error, _MemberFailedError):
        return [[item] for item in group]
    number = error.number
    return [part for part in (group[:number], [group[number]], group[number + 1 :]) if part]
