"""Manners of a process that works behind the window: far back in the line for the processor, and with bounded memory."""

from __future__ import annotations

import logging
import sys

log = logging.getLogger(__name__)


def step_back(memory_bytes: int | None = None, *, nice: int = 19) -> None:
    """Lower this process's priority: to the lowest, or to `nice` (on Windows: below normal). With `memory_bytes` no more
    than that is given to it (not on Windows)."""
    import psutil

    try:
        if sys.platform == "win32":
            psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS if nice >= 19 else psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            psutil.Process().nice(max(nice, psutil.Process().nice()))
    except psutil.Error:
        log.warning("the priority of a worker could not be lowered", exc_info=True)
    if memory_bytes is not None and sys.platform != "win32":
        import resource

        try:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))
        except (OSError, ValueError):
            log.warning("the memory of a worker could not be limited", exc_info=True)
