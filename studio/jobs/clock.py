"""The clock of the job runner, handed in so that tests live through hours in milliseconds."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Protocol

from studio.domain.job import now


class Clock(Protocol):
    def now(self) -> datetime: ...
    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Sleep for `seconds`, or until `event` is set: then True."""
        ...


class SystemClock:
    """The real one."""

    def now(self) -> datetime:
        return now()

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await event.wait()
        except TimeoutError:
            return False
        return True
