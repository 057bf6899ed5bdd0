"""Notices what other processes do with the same store: their writes, and their deaths."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from studio.domain.errors import StudioError
from studio.domain.event import Listener, StoreChanged

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
CLAIM_EVERY = 6
"""Every so many looks a heartbeat is given, and it is checked whether a process died that followed jobs."""


async def watch(
    version: Callable[[], int], emit: Listener, look_around: Callable[[], Awaitable[None]],
    take_up: Callable[[], Awaitable[None]], beat: Callable[[], Awaitable[None]],
) -> None:
    """Look for ever. `version` changes when another process wrote: then all hear of it, and new jobs are taken up. `beat`
    says that this process lives."""
    seen = version()
    looks = 0
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        looks += 1
        try:
            if looks % CLAIM_EVERY == 0:
                await beat()
            now = version()
            if now != seen:
                seen = now
                emit(StoreChanged())
                await look_around()
                await take_up()
            elif looks % CLAIM_EVERY == 0:
                await take_up()
        except StudioError as error:
            log.warning("the store could not be looked at: %s", error.message)
