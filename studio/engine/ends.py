"""The jobs that ended last, numbered, and those who wait to hear of the next one: a hint, since what became of a job is only
in the contracts' own answers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from studio.engine.errors import ApiError
from studio.engine.files import now_ms

KEPT = 1000
"""Ends that are remembered: whoever asks after an older one is told that it has lost count."""
MOST_WAITING = 32


class Ends:
    """`note` is called for each end once it is on disk; `since` and `wait` answer who asks. All on the engine's loop.

    The first number is the millisecond of the engine's start, so that those of an earlier engine are too small to be taken
    for its own: no engine ends more than a job in each millisecond of its life.
    """

    def __init__(self, first: int | None = None) -> None:
        self._latest = now_ms() if first is None else first
        self._ids: deque[str] = deque(maxlen=KEPT)
        self._more = asyncio.Event()
        self._closed = False
        self.waiting = 0

    def note(self, job_id: str) -> None:
        """This job has succeeded, failed or was cancelled."""
        self._latest += 1
        self._ids.append(job_id)
        self._tell()

    def since(self, after: int | None) -> dict[str, Any]:
        """The latest number, and the ids of the jobs that ended after number `after`, oldest first; `lost` where that cannot
        be said: none was given, or it is another engine's, or too old."""
        if after is None or not self._latest - len(self._ids) <= after <= self._latest:
            return {"latest": self._latest, "ids": [], "lost": True}
        return {"latest": self._latest, "ids": list(self._ids)[len(self._ids) - (self._latest - after):]}

    async def wait(self, after: int | None, seconds: float, gone: Callable[[], Coroutine[Any, Any, None]]) -> dict[str, Any]:
        """`since`, as soon as there is something to say, or after so many seconds, or once whoever asked is `gone`.

        Raises ApiError for one more than may wait, and once the engine ends.
        """
        found = self.since(after)
        if found["ids"] or "lost" in found:
            return found
        if self._closed:
            raise ApiError(503, "stopping", "The engine ends.", retry_after_s=1)
        if self.waiting >= MOST_WAITING:
            raise ApiError(429, "too_many_waiting", f"{MOST_WAITING} wait already for the end of a job.", retry_after_s=1)
        watching = [asyncio.ensure_future(self._more.wait()), asyncio.ensure_future(gone())]
        self.waiting += 1
        try:
            await asyncio.wait(watching, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.waiting -= 1
            for one in watching:
                one.cancel()
        return self.since(after)

    def close(self) -> None:
        """The engine ends: who waits is answered now, and nobody waits any more."""
        self._closed = True
        self._tell()

    def _tell(self) -> None:
        self._more.set()
        self._more = asyncio.Event()
