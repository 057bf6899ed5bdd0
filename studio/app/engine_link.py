"""The local engine as the studio needs it: started when it is first used, kept while this process is open, never waited for
on the loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

from studio.app.logs import hide
from studio.domain.errors import StudioError, UnreachableError
from studio.domain.event import EngineChanged, Listener
from studio.engine.address import EngineAddress
from studio.engine.launch import EngineStartError, ensure_engine
from studio.jobs.tasks import Tasks
from studio.providers.endpoint import Endpoint

log = logging.getLogger(__name__)

KEEP_EVERY_S = 20.0
"""The engine ends by itself after a minute without a question."""
_CLOSING = "Studio is closing."


class EngineLink:
    """Gives the engine's address to its provider. From the first use on, `ask` is called now and then so that it stays."""

    def __init__(self, folder: Path, emit: Listener, tasks: Tasks) -> None:
        self._folder = folder
        self._emit = emit
        self._tasks = tasks
        self._url: str | None = None
        self._known: Endpoint | None = None
        self._keeping = False
        self._finding: asyncio.Future[EngineAddress] | None = None
        self._closed = False
        self._ask: Callable[[], Awaitable[object]] | None = None

    def keep_with(self, ask: Callable[[], Awaitable[object]]) -> None:
        """How to ask the engine something with its key (the local provider's balance)."""
        self._ask = ask

    async def endpoint(self) -> Endpoint:
        """Address and key of the running engine, started where there is none. Raises UnreachableError."""
        try:
            address = await self._find()
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
        self._known = Endpoint(address.url, address.token)
        return self._known

    def known(self) -> Endpoint | None:
        """What `endpoint` gave last, for whoever is not to start the engine: it may be gone. None before, and at the end."""
        return None if self._closed else self._known

    def close(self) -> None:
        """Nobody waits for a start any more: a request that waits for the address was surely not sent."""
        self._closed = True
        if self._finding is not None and not self._finding.done():
            self._finding.set_exception(EngineStartError(_CLOSING))

    async def _find(self) -> EngineAddress:
        """Whoever asks meanwhile gets the same answer."""
        if self._closed:
            raise EngineStartError(_CLOSING)
        finding = self._finding
        if finding is None:
            finding = self._finding = self._find_in_thread()
            finding.add_done_callback(self._found)
        return await asyncio.shield(finding)

    def _found(self, finding: asyncio.Future[EngineAddress]) -> None:
        self._finding = None
        if not finding.cancelled():
            finding.exception()  # seen, also where nobody waits for it any more

    def _find_in_thread(self) -> asyncio.Future[EngineAddress]:
        """A start can take a minute: on a thread that neither the loop's end nor the program's waits for, as they do for
        those of the loop's executor, and whose waiting takes no place there from what has to be written in the end."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[EngineAddress] = loop.create_future()

        def settle(address: EngineAddress | None, error: Exception | None) -> None:
            if future.done():
                return
            if address is not None:
                future.set_result(address)
            else:
                future.set_exception(error or EngineStartError("The engine gave no address."))

        def work() -> None:
            address: EngineAddress | None = None
            failed: Exception | None = None
            try:
                address = ensure_engine(self._folder)
            except Exception as error:  # noqa: BLE001  the border of the thread: handed to whoever waits
                failed = error
            try:
                loop.call_soon_threadsafe(settle, address, failed)
            except RuntimeError:
                log.info("the engine was looked for, and the studio has closed meanwhile")

        threading.Thread(target=work, name="engine-finder", daemon=True).start()
        return future

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
