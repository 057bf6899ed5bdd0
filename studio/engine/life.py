"""When the engine ends: at a word, at a signal, or (started detached) when nobody has needed it for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

IDLE_VARIABLE = "STUDIO_ENGINE_IDLE_S"
IDLE_S = 60.0


class Life:
    """Knows when the last authenticated request was and how many are being answered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self._active = 0
        self._stop = asyncio.Event()
        self.drain = False

    @contextmanager
    def request(self) -> Iterator[None]:
        """Around each request that showed the key, or that fetches a file: a long download keeps the engine."""
        self._active += 1
        try:
            yield
        finally:
            self._active -= 1
            self._last = self._clock()

    def asked(self) -> None:
        """A request that may be answered late counts when it comes: whoever only waits keeps no engine."""
        self._last = self._clock()

    @property
    def quiet_s(self) -> float:
        return 0.0 if self._active else self._clock() - self._last

    def stop(self, *, drain: bool = False) -> None:
        """End now, or after what is being rendered (`drain`)."""
        self.drain = drain
        self._stop.set()

    async def ended(self) -> None:
        await self._stop.wait()

    async def watch(self, idle_s: float, busy: Callable[[], Awaitable[bool]]) -> None:
        """Stop after `idle_s` seconds in which nobody asked, unless there are jobs to work on."""
        while True:
            await asyncio.sleep(max(min(idle_s - self.quiet_s, 5.0), 0.05))
            if self.quiet_s >= idle_s and not await busy() and self.quiet_s >= idle_s:
                self.stop()
                return
