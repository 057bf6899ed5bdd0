"""Cannon Studio, and a local engine that plays it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from studio.domain.account import Account, Balance, Service
from studio.domain.errors import InputError
from studio.domain.operation import MediaKind
from studio.domain.remote import RemoteJob
from studio.net.transport import Transport
from studio.providers.answers import accepted, cannon_job
from studio.providers.cannon import CannonClient
from studio.providers.client import finite
from studio.providers.discovery import Answered, ask
from studio.providers.endpoint import EndpointSource
from studio.providers.openapi_reader import guess_kind
from studio.providers.provider import ServiceProvider


class CannonProvider(ServiceProvider):
    """Implements studio.jobs.ports.Provider over Cannon Studio's contract."""

    def __init__(self, account: Account, transport: Transport, endpoints: EndpointSource) -> None:
        super().__init__(account, transport, endpoints)
        self._cannon = CannonClient(self._client)
        self.webhook_url: Callable[[], str | None] = lambda: None
        """The address for the events of a job, asked for with each request; None: the job is polled and nothing else."""

    @property
    def honours_idempotency(self) -> bool:
        """Documented: a repeated create under the same key makes no second request."""
        return True

    async def submit(self, operation: str, values: Mapping[str, object], idempotency_key: str) -> RemoteJob:
        body = self._sendable(operation, values)
        return accepted(await self._cannon.create(operation, body, idempotency_key, self.webhook_url()))

    async def poll(self, operation: str, remote_id: str) -> RemoteJob:
        """Of an operation that is known only from a document, the answer itself says what it made."""
        read = await self._cannon.get(remote_id)
        known = next((one for one in self.operations() if one.id == operation), None)
        if known is None:  # the document that named it is gone; the job is not
            return cannon_job(read, guess_kind(operation), open_ended=True)
        return cannon_job(read, known.kind, open_ended=known.discovered)

    async def discover(self, etag: str) -> Answered:
        """The service's own document; see studio.providers.discovery.refresh."""
        return await ask(self._client, etag)

    async def cancel(self, remote_id: str) -> RemoteJob:
        """Engine only. A job that was done already comes back as it is: its results are the person's."""
        if not self.can_cancel:
            raise InputError(f"{self._service_name} has no way to cancel a job.", code="cannot_cancel", advice="")
        read = await self._cannon.cancel(remote_id)
        said = getattr(read.model, "operation", None)
        known = next((operation for operation in self.operations() if operation.id == said), None)
        kind = MediaKind.VIDEO if known is None else known.kind
        return cannon_job(read, kind, open_ended=known is None or known.discovered)

    async def balance(self) -> Balance:
        """What GET /status says, which is also the test of the key."""
        answer = await self._cannon.status()
        remaining = answer.credits_remaining
        if remaining is None:
            said = (answer.credits or {}).get("remaining")
            remaining = float(said) if isinstance(said, int | float) and not isinstance(said, bool) else None
        plan = (answer.account or {}).get("plan")
        return Balance(
            remaining=finite(remaining, low=float("-inf")),
            plan=plan if isinstance(plan, str) else None,
            unlimited=self.account.service is Service.LOCAL,
        )

    async def _upload(self, path: Path, content_type: str) -> str:
        return await self._cannon.upload(path, content_type)
