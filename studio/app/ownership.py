"""Which process follows a job: its number together with its start time, because numbers come again."""

from __future__ import annotations

import psutil

_TOLERANCE_S = 1.0


def this_process() -> str:
    """"pid:start time in seconds since 1970"."""
    process = psutil.Process()
    return f"{process.pid}:{process.create_time():.2f}"


def is_alive(owner: str) -> bool:
    """Whether that very process still runs. What cannot be read is nobody."""
    number, _, started = owner.partition(":")
    try:
        process = psutil.Process(int(number))
        same = abs(process.create_time() - float(started)) < _TOLERANCE_S
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (ValueError, psutil.NoSuchProcess):
        return False
    except psutil.AccessDenied:
        return True  # it is there, only not ours to look into
