"""The local engine as the studio needs it: started when it is first used, kept while this process is open, never waited for
on the loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from studio.app.logs import hide
from studio.domain.errors import StudioError, UnreachableError
from studio.domain.event import EngineChanged, Listener
from studio.engine.launch import EngineStartError, ensure_engine
from studio.jobs.tasks import Tasks
from studio.providers.endpoint import Endpoint

log = logging.getLogger(__name__)

KEEP_EVERY_S = 20.0
"""The engine ends by itself after a minute without a question."""


class EngineLink:
    """Gives the engine's address to its provider. From the first use on, `ask` is called now and then so that it stays."""

    def __init__(self, folder: Path, emit: Listener, tasks: Tasks) -> None:
        self._folder = folder
        self._emit = emit
        self._tasks = tasks
        self._url: str | None = None
        self._keeping = False
        self._ask: Callable[[], Awaitable[object]] | None = None

    def keep_with(self, ask: Callable[[], Awaitable[object]]) -> None:
        """How to ask the engine something with its key (the local provider's balance)."""
        self._ask = ask

    async def endpoint(self) -> Endpoint:
        """Address and key of the running engine, started where there is none. Raises UnreachableError."""
        try:
            address = await asyncio.to_thread(ensure_engine, self._folder)
        except (EngineStartError, OSError) as error:
            self._down(str(error))
            words = f"The local engine could not be started: {error}"
            raise UnreachableError(words, advice="`studio doctor` says what is missing; the job waits.") from error
        hide(address.token)
        if address.url != self._url:
            self._url = address.url
            self._emit(EngineChanged(running=True, note="The engine is running."))
        if not self._keeping and self._ask is not None:
            self._keeping = True
            self._tasks.start(self._keep(self._ask), "engine keeper")
        return Endpoint(address.url, address.token)

    def _down(self, note: str) -> None:
        if self._url is not None:
            self._url = None
            self._emit(EngineChanged(running=False, note=note))

    async def _keep(self, ask: Callable[[], Awaitable[object]]) -> None:
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            try:
                await ask()
            except StudioError as error:
                log.info("the engine does not answer: %s", error.message)
                self._down(error.message)
