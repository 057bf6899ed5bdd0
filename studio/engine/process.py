"""Which process is meant: its number comes again, so its start is told with it. Light: standard library and psutil.

On Linux the start is counted from the boot: as a time of day it would shift whenever the clock is set, and a process that
lives would be taken for dead.
"""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

_COUNTED = sys.platform.startswith("linux")
_TOLERANCE_S = 1.0
_AFTER_NAME, _STATE, _START = b")", 0, 19
"""In /proc/<pid>/stat (proc(5)): what follows the name begins with the state; the start in clock ticks is 20th."""


def birth(pid: int) -> str:
    """When the process `pid` began, as a word that stays the same while it lives. Raises psutil.NoSuchProcess or
    psutil.AccessDenied."""
    if _COUNTED:
        return f"{_fields(pid)[_START].decode()}@{_boot()}"
    return f"{psutil.Process(pid).create_time():.2f}"


def lives(pid: int, began: str) -> bool:
    """Whether the process `pid` that began at `began` still runs."""
    try:
        if _COUNTED:
            return birth(pid) == began and _fields(pid)[_STATE] not in (b"Z", b"X")
        process = psutil.Process(pid)
        same = abs(process.create_time() - float(began)) < _TOLERANCE_S
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, ValueError):
        return False
    except psutil.AccessDenied:
        return True  # it is there, only not ours to look into


def _fields(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(_AFTER_NAME)[2].split()
    except (FileNotFoundError, ProcessLookupError):
        raise psutil.NoSuchProcess(pid) from None
    except PermissionError:
        raise psutil.AccessDenied(pid) from None


def _boot() -> str:
    """This boot's own name, so that no process of an earlier one is meant."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()[:8]
    except OSError:
        return "?"
