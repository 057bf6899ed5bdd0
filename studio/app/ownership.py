"""Which process follows a job, and whether it still does: its number together with its start, because numbers come again,
and a heartbeat for where that cannot be judged from here."""

from __future__ import annotations

import asyncio
import os
import platform
import threading
from enum import Enum
from pathlib import Path

import psutil

from studio.engine.process import birth, lives
from studio.store.processes import Heartbeat, ProcessBook

BEATS_MISSED = 5
"""So many looks in a row at which a heartbeat has not moved: then its process is taken for gone. The looks themselves are
counted, about three seconds apart, and no clock is asked: time that passes while this computer, or this process, sleeps, or
by which a clock is set, counts for nothing."""
_STOPPED = frozenset({psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP})


class Life(Enum):
    """What can be said of a process. UNSURE: it is elsewhere, or it stands still and may never go on."""

    RUNS = "runs"
    ENDED = "ended"
    UNSURE = "unsure"


def this_process() -> str:
    """"pid:start", see studio.engine.process."""
    return f"{os.getpid()}:{birth(os.getpid())}"


def this_place() -> str:
    """Where a process id means what it means here: this computer, and the same namespace of process ids on it (a container
    has its own)."""
    try:
        machine = Path("/etc/machine-id").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        machine = ""
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = ""
    return f"{platform.node()}/{machine}/{namespace}"


def is_alive(owner: str) -> bool:
    """Whether that very process of this computer still runs. What cannot be read is nobody."""
    number, _, began = owner.partition(":")
    return number.isdecimal() and len(number) < 12 and lives(int(number), began)


def life_of(owner: str) -> Life:
    """Of a process of this computer."""
    if not is_alive(owner):
        return Life.ENDED
    try:
        stopped = psutil.Process(int(owner.partition(":")[0])).status() in _STOPPED
    except psutil.NoSuchProcess:
        return Life.ENDED
    except psutil.AccessDenied:
        return Life.RUNS
    return Life.UNSURE if stopped else Life.RUNS


class Leases:
    """Whether the processes that jobs belong to still follow them. `beat` says that this one does, and looks at the others;
    the answers are asked for on the store's thread."""

    def __init__(self, book: ProcessBook, owner: str, place: str) -> None:
        self.owner = owner
        self._book = book
        self._place = place
        self._guard = threading.Lock()
        self._seen: dict[str, Heartbeat] = {}
        self._missed: dict[str, int] = {}

    async def beat(self) -> None:
        """One beat of this process, and one look at those of the others."""
        found = await asyncio.to_thread(self._book.beat, self.owner, self._place)
        if not found:
            return  # it cannot be read: that says nothing about anybody
        with self._guard:
            for owner in {*found, *self._missed}:
                moved = owner in found and found[owner] != self._seen.get(owner)
                self._missed[owner] = 0 if moved else self._missed.get(owner, 0) + 1
            self._seen = dict(found)

    async def end(self) -> None:
        """This process follows nothing any more."""
        await asyncio.to_thread(self._book.forget, self.owner)

    def follows(self, owner: str) -> bool:
        """Whether jobs of that process are best left to it."""
        life = self._life(owner)
        if life is not Life.UNSURE:
            return life is Life.RUNS
        with self._guard:
            # one that never gave a beat is looked at from now on
            return self._missed.setdefault(owner, 0) < BEATS_MISSED

    def has_ended(self, owner: str) -> bool:
        """Whether it is certain that it can do nothing any more."""
        return self._life(owner) is Life.ENDED

    def _life(self, owner: str) -> Life:
        with self._guard:
            known = self._seen.get(owner)
        return Life.UNSURE if known is not None and known.place != self._place else life_of(owner)
