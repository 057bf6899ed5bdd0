"""How much memory and time a worker process may take, as the system enforces it on Linux and macOS (getrlimit(2)).

On Windows, and where macOS does not count, the pool watches its workers and ends one that takes more (`WorkerPool.watch`).
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator

log = logging.getLogger(__name__)

MEMORY_A_RENDER = 3_000_000_000  # bytes: the least that a render may take; one of 4K takes 1.8 GB
ADDRESS_ROOM = 4_000_000_000  # addresses that libraries reserve and never touch
_A_THREAD = 150_000_000  # addresses again: a decoder starts a thread a core, and each reserves a stack and a heap
MEMORY_AN_INSPECTION = 1_200_000_000  # the largest picture that is taken, 89 million pixels, three times over
INSPECTION_CPU_S = 20


def memory_a_render(total: int, places: int) -> int:
    """Bytes that each of `places` renders may take on a machine with `total` bytes."""
    return max(MEMORY_A_RENDER, total * 8 // 10 // places)


def limit_process(taken: int) -> None:
    """From now on this process gets a MemoryError, or a library its own error, beyond `taken` bytes and some room; and
    leaves no picture of its memory, which holds people's media, when it dies."""
    if sys.platform != "win32":
        import resource

        _set(resource.RLIMIT_AS, taken + ADDRESS_ROOM + _room_for_threads())
        _set(resource.RLIMIT_CORE, 0)


@contextlib.contextmanager
def tight(more_memory: int = MEMORY_AN_INSPECTION, cpu_s: int = INSPECTION_CPU_S) -> Iterator[None]:
    """While this runs the process may take `more_memory` bytes beyond what it has, and `cpu_s` seconds of processor time.

    Beyond the memory a MemoryError is raised; beyond the time the system ends the process (SIGXCPU).
    """
    if sys.platform == "win32":
        yield
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    before = [(kind, resource.getrlimit(kind)[0]) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU)]
    addresses = _addresses()
    if addresses:
        _set(resource.RLIMIT_AS, addresses + more_memory + _room_for_threads())
    _set(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + cpu_s)
    try:
        yield
    finally:
        for kind, soft in before:
            _set(kind, soft)


def _room_for_threads() -> int:
    return (os.cpu_count() or 1) * _A_THREAD


def _addresses() -> int:
    """Bytes of address space of this process; 0 where that says nothing: on macOS it is hundreds of gigabytes."""
    if not sys.platform.startswith("linux"):
        return 0
    import psutil

    return int(psutil.Process().memory_info().vms)


def _set(kind: int, soft: int) -> None:
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY and (soft == resource.RLIM_INFINITY or soft > hard):
            soft = hard
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError):  # macOS takes no limit below what is reserved already
            log.info("a limit of a worker could not be set", exc_info=True)
