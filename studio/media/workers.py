"""Processes that open media files for the window: behind it in line for the processor, held to memory and time, and no loss
when a file crashes a decoder. They start when they are needed and end when nothing was asked of them for a while.

A worker is watched from here (psutil), alike on Linux, Windows and macOS; on Linux and macOS the system holds it to its
memory besides. On Windows a sudden allocation can go over the limit for as long as a look takes (WATCH_EVERY_S).
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import queue
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from studio.media.errors import MediaCostError, MediaError

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

log = logging.getLogger(__name__)
T = TypeVar("T")

PLACES = 2
MEMORY = 1_500_000_000
"""Bytes that a worker may take: the largest picture that is read, 89 million pixels, three times over, and the libraries."""
_ADDRESS_ROOM = 2_500_000_000  # addresses that libraries reserve and never touch
CPU_S = 20.0
STILL_S = 60.0
"""Without any processor time, for a disk that does not answer. No limit by the clock: what stands back may take long."""
_NICE = 10
"""Behind the window, before renders: somebody waits to see what is made here, and at the lowest priority any other busy
program would starve it."""
WATCH_EVERY_S = 0.2
IDLE_S = 120.0
_START_S = 60.0
_READY, _DONE, _RAISED = "ready", "done", "raised"


class WorkerUnavailableError(Exception):
    """No worker process could be started: the file is not to blame."""


class _LostError(Exception):
    """The process ended by itself."""


class _FaultError(Exception):
    """Something that no decoder should raise; with the worker's trace."""


class _TookTooMuchError(Exception):
    """The process was ended: it took more than it may."""


class MediaWorkers:
    """At most `places` processes. `run` may be called on any thread; it waits for a free one."""

    def __init__(self, places: int = PLACES, *, memory: int = MEMORY, idle_s: float = IDLE_S) -> None:
        self._workers = [_Worker(memory, idle_s) for _ in range(places)]
        self._inline = False
        self._free: queue.LifoQueue[_Worker] = queue.LifoQueue()  # the last one used is warm
        for worker in self._workers:
            self._free.put(worker)

    def run(self, task: Callable[..., T], path: Path, *given: object, cpu_s: float = CPU_S, still_s: float = STILL_S) -> T:
        """`task(path, *given)` in a worker; `task` is a function of a module, and what goes over is pickled.

        Raises what `task` raises (MediaError, OSError), and MediaCostError where the file takes more time or memory than it
        may, or ends the process twice. Where no process can be started the work is done here: better than not at all.
        """
        if self._inline:
            return task(path, *given)
        worker = self._free.get()
        try:
            return self._run(worker, task, path, given, cpu_s, still_s)
        except WorkerUnavailableError:
            log.exception("no worker can be started: %s is opened in this process", path)
            return task(path, *given)
        finally:
            self._free.put(worker)

    def warm(self) -> None:
        """Have a process ready, with what reads most files loaded: the first file after a while waits a second less.

        Does nothing where the work is done in this process, or all places are taken. Blocks for that second.
        """
        if not self._inline and not self._free.empty():
            with contextlib.suppress(MediaCostError):  # it is logged, and the file that comes will tell
                self.run(load_readers, Path())

    @contextlib.contextmanager
    def inline(self) -> Iterator[None]:
        """Meanwhile do all work in this process."""
        self._inline, before = True, self._inline
        try:
            yield
        finally:
            self._inline = before

    def _run(
        self, worker: _Worker, task: Callable[..., T], path: Path, given: tuple[object, ...], cpu_s: float, still_s: float
    ) -> T:
        lost = False
        while True:
            try:
                return cast(T, worker.ask((task, (path, *given)), cpu_s, still_s))
            except _FaultError as error:
                log.error("an unexpected error over %s: %s", path, error)  # noqa: TRY400  the trace is the worker's
                words = f"“{path.name}” cannot be read. Save it anew with another program."
                raise MediaCostError(words) from None
            except _TookTooMuchError as error:
                log.warning("a worker was ended over %s: %s", path, error)
                raise MediaCostError(
                    f"“{path.name}” takes more time or memory to read than a file may. Save a smaller copy and use that."
                ) from None
            except _LostError:
                log.warning("a worker ended over %s", path)
                if lost:
                    words = f"“{path.name}” breaks the program that reads it. Save it anew with another program."
                    raise MediaCostError(words) from None
                lost = True  # it may have been ended for another reason, or its time had come

    def stop_busy(self) -> None:
        """End what is being worked on; whoever waits for it gets a MediaCostError. For the end of the program."""
        for worker in self._workers:
            worker.stop_if_busy()

    def close(self) -> None:
        """End all processes; the next `run` starts new ones."""
        for worker in self._workers:
            worker.stop()


class _Worker:
    """One process at a time, made when it is needed; used by one thread at a time."""

    def __init__(self, memory: int, idle_s: float) -> None:
        self._memory, self._idle_s = memory, idle_s
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._busy = False
        self._stopped = False

    def ask(self, request: object, cpu_s: float, still_s: float) -> object:
        connection = self._ready()
        self._busy, self._stopped = True, False
        try:
            connection.send(request)
            self._watch(connection, cpu_s, still_s)
            how, answer = connection.recv()
        except (EOFError, OSError) as error:
            self.stop()
            if self._stopped:
                raise _TookTooMuchError("the program ends") from error
            raise _LostError from error
        except _TookTooMuchError:
            self.stop()
            raise
        finally:
            self._busy = False
        if how == _DONE:
            return answer
        raise cast(Exception, answer)

    def _ready(self) -> Connection:
        if self._process is not None and self._connection is not None and self._process.is_alive():
            return self._connection
        self.stop()
        here, there = multiprocessing.get_context("spawn").Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(there, self._memory + _ADDRESS_ROOM, self._idle_s), name="studio-media", daemon=True
        )
        try:
            process.start()
        except (OSError, RuntimeError) as error:  # RuntimeError: a script that does not guard its main module
            here.close()
            raise WorkerUnavailableError(f"no worker could be started: {error}") from error
        finally:
            there.close()
        self._process, self._connection = process, here
        try:
            if here.poll(_START_S) and here.recv() == _READY:
                return here
        except (EOFError, OSError):
            pass
        process.join(1.0)
        code = process.exitcode
        self.stop()
        raise WorkerUnavailableError(f"a worker did not start (exit code {code})")

    def _watch(self, connection: Connection, cpu_s: float, still_s: float) -> None:
        """Until there is an answer, or the process has taken too much."""
        if connection.poll(WATCH_EVERY_S):
            return
        import psutil

        moved = time.monotonic()
        try:
            process = psutil.Process(self._process.pid if self._process else None)
            # what it used before was used for other files
            last = _cpu_of(process)
            spent = last - WATCH_EVERY_S
            while not connection.poll(WATCH_EVERY_S):
                used = _cpu_of(process)
                if used > last:
                    last, moved = used, time.monotonic()
                if used - spent > cpu_s:
                    raise _TookTooMuchError(f"more than {cpu_s:.0f} s of processor time")
                if process.memory_info().rss > self._memory:
                    raise _TookTooMuchError(f"more than {self._memory:,} bytes")
                if time.monotonic() - moved > still_s:
                    raise _TookTooMuchError(f"it stood still for {still_s:.0f} s")
        except psutil.Error:
            return  # it is gone: reading says so

    def stop_if_busy(self) -> None:
        process = self._process
        if self._busy and process is not None:
            self._stopped = True
            with contextlib.suppress(OSError, ValueError):
                process.kill()

    def stop(self) -> None:
        process, self._process = self._process, None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join()
            process.close()


def _cpu_of(process: object) -> float:
    import psutil

    assert isinstance(process, psutil.Process)  # noqa: S101  for the type checker
    times = process.cpu_times()
    return float(times.user + times.system)


def serve(connection: Connection, addresses: int, idle_s: float) -> None:
    """What a worker process does: answer until nobody asked for `idle_s` seconds, or the other end is gone."""
    from studio.media.background import step_back

    warnings.simplefilter("ignore")  # what is odd about a file is told by what comes out
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to all of its processes
    step_back(addresses, nice=_NICE)
    logging.disable()  # libraries say what is odd about a file, and nobody listens here but the person's terminal
    connection.send(_READY)
    with contextlib.suppress(EOFError, OSError):
        while connection.poll(idle_s):
            task, given = connection.recv()
            connection.send(_answer(task, given))


def _answer(task: Callable[..., object], given: tuple[object, ...]) -> tuple[str, object]:
    try:
        return _DONE, task(*given)
    except MediaError as error:
        return _RAISED, error
    except MemoryError:
        return _RAISED, _TookTooMuchError("more memory than there is for it")
    except OSError as error:  # FFmpeg's are OSErrors of their own kinds, which do not survive the way
        return _RAISED, OSError(error.errno, error.strerror or str(error), error.filename)
    except Exception:  # noqa: BLE001  whatever a decoder raises over a broken file; the other end logs it
        return _RAISED, _FaultError(traceback.format_exc())


def load_readers(_path: Path) -> None:
    """What a worker imports for its first picture or film."""
    import studio.media.pictures
    import studio.media.probe
    import studio.media.thumbnails  # noqa: F401


_lock = threading.Lock()
_shared: MediaWorkers | None = None


def workers() -> MediaWorkers:
    """The workers of this process."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = MediaWorkers()
        return _shared


def warm_workers() -> None:
    """A file is on its way."""
    workers().warm()


def stop_busy_workers() -> None:
    """Let nobody wait for a file when the program ends."""
    if _shared is not None:
        _shared.stop_busy()
