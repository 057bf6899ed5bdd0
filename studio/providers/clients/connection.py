"""What a client stands on: the account's address and key, the transport, sending, looking, uploads and downloads."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.contracts.operations import find
from studio.domain.account import Service
from studio.domain.errors import InputError, UnknownOutcomeError
from studio.domain.remote import RemoteJob, RemoteResult
from studio.net.errors import ForbiddenAddressError, NetError
from studio.net.guard import refuse_inward_literal
from studio.net.origin import is_loopback, require_safe
from studio.net.retry import RetryPolicy
from studio.net.transport import Transport
from studio.providers.answers import accepted
from studio.providers.client import ServiceClient
from studio.providers.clients.access import FixedEndpoint, endpoint_of
from studio.providers.clients.asking import Asker
from studio.providers.clients.dialect import CannonDialect, CanvasDialect, Dialect
from studio.providers.clients.media import Uploads, checked, hosted, refuse_unsafe
from studio.providers.clients.places import Place
from studio.providers.endpoint import Endpoint, key_of
from studio.providers.errors import of_disk, of_download

_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class CreateOptions:
    """What goes along with an input. `idempotency_key` None: one is made for this call, and serves all of its attempts."""

    webhook_url: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in seconds: `timeout_s` without a byte. `attempts` of a create and of a question that is put off.

    `sleep` and `chance` are there for tests.
    """

    timeout_s: float = 30.0
    attempts: int = 3
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


class Connection:
    """One account at one service. Where the address is this computer an engine is taken to be there: it takes uploads, can
    cancel, and honours the idempotency key under both contracts."""

    def __init__(self, service: Service, api_key: str | None, base_url: str | None, timing: Timing) -> None:
        self._endpoint = endpoint_of(service, api_key, base_url)
        self.name = service.display_name
        self.timing = timing
        self.at_engine = is_loopback(self._endpoint.url)
        self.keyed = service is Service.CANNON_STUDIO or self.at_engine
        self.transport = Transport(timeout_s=timing.timeout_s, sleep=timing.sleep, draw=timing.chance)
        self.client = ServiceClient(self.transport, FixedEndpoint(self._endpoint), self.name)
        self.asker = Asker(RetryPolicy(attempts=timing.attempts), sleep=timing.sleep, chance=timing.chance)
        self.client.on_remaining = self.asker.heard
        self.waiting = 0  # how many jobs are looked at just now: they share what the service lets through
        self._uploads = Uploads(self.client)
        cannon = service is Service.CANNON_STUDIO
        self.dialect: Dialect = CannonDialect(self.client) if cannon else CanvasDialect(self.client, keyed=self.keyed)

    @property
    def base_url(self) -> str:
        return self._endpoint.url

    async def create(
        self, operation: str, values: Mapping[str, Any], options: CreateOptions, *, check: bool = True
    ) -> RemoteJob:
        """Checks, uploads and sends. `check` False, or an operation that no contract knows: the service judges the input."""
        known = find(self.dialect.contract, operation)
        body: Mapping[str, Any] = {name: value for name, value in values.items() if value is not None}
        if known is not None and check:
            body = checked(known, values, at_engine=self.at_engine)
            refuse_unsafe(known, body)
        key = _idempotency_key(options.idempotency_key)
        webhook = _webhook(options.webhook_url)
        sent = await hosted(body, self._uploads.put if self.at_engine else None, self.name)

        async def send() -> RemoteJob:
            return accepted(await self.dialect.create(operation, sent, key, webhook))

        try:
            return await self.asker.create(send, keyed=self.keyed)
        except UnknownOutcomeError as error:
            if self.keyed:
                error.idempotency_key = key
                error.advice = "Send it again with the idempotency_key of this error: it stays one job."
            raise

    async def find(self, job_id: str) -> tuple[RemoteJob, str | None]:
        """A job by its id, and its operation where the service names it."""
        read = await self.asker.read(lambda: self.dialect.get(job_id))
        return self.dialect.job(read, None), self.dialect.operation_of(read)

    async def look(self, job_id: str, operation: str | None) -> RemoteJob:
        """One look, for a loop that waits."""
        return self.dialect.job(await self.asker.look(lambda: self.dialect.get(job_id)), operation)

    async def refresh(self, job_id: str, operation: str | None) -> RemoteJob:
        return self.dialect.job(await self.asker.read(lambda: self.dialect.get(job_id)), operation)

    async def cancel(self, job_id: str, operation: str | None) -> RemoteJob:
        """Raises InputError where nothing documents a cancel."""
        if not self.at_engine:
            raise InputError(f"{self.name} has no way to cancel a job.", code="cannot_cancel", advice="")
        return self.dialect.job(await self.asker.read(lambda: self.dialect.cancel(job_id)), operation)

    async def save(self, result: RemoteResult, path: Path) -> Path:
        """See Result.download. The key goes along only to the account's own origin."""
        place = Place()
        try:
            target = await asyncio.to_thread(place.take, path, result)
            await self._fetch(result.url, target)
        except NetError as error:
            raise of_download(error, self.name) from None
        except OSError as error:
            raise of_disk(error) from error
        finally:
            place.leave()
        return target

    async def _fetch(self, url: str, target: Path) -> None:
        part = target.with_name(target.name + ".part")

        async def fetch(endpoint: Endpoint) -> str:
            if not self.at_engine:
                refuse_inward_literal(url)
            return await self.transport.download(url, part, key=key_of(endpoint))

        await self.client.at_endpoint(fetch)
        await asyncio.to_thread(os.replace, part, target)

    async def aclose(self) -> None:
        await self.transport.aclose()


def _idempotency_key(given: str | None) -> str:
    """Made once for a call, outside of every retry. Raises InputError for what no header can hold."""
    if given is None:
        return secrets.token_hex(16)
    if not 0 < len(given) <= _LONGEST_KEY or not all("!" <= character <= "~" for character in given):
        raise InputError("An idempotency key is one word of at most 255 plain characters.", field="idempotency_key")
    return given


def _webhook(url: str | None) -> str | None:
    try:
        return None if url is None else require_safe(url)
    except ForbiddenAddressError as error:
        raise InputError(f"webhook_url: {error}", field="webhook_url") from None
