"""Cannon Studio, and the local engine through the same contract."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio.domain.account import Account, Balance, Service
from studio.domain.errors import InputError
from studio.domain.operation import MediaKind
from studio.domain.remote import RemoteJob
from studio.net.transport import Transport
from studio.providers.answers import accepted, cannon_job
from studio.providers.cannon import CannonClient
from studio.providers.client import finite
from studio.providers.endpoint import EndpointSource
from studio.providers.provider import ServiceProvider


class CannonProvider(ServiceProvider):
    """Implements studio.jobs.ports.Provider over Cannon Studio's contract."""

    def __init__(self, account: Account, transport: Transport, endpoints: EndpointSource) -> None:
        super().__init__(account, transport, endpoints)
        self._cannon = CannonClient(self._client)

    @property
    def honours_idempotency(self) -> bool:
        """Documented: a repeated create under the same key makes no second request."""
        return True

    async def submit(self, operation: str, values: Mapping[str, object], idempotency_key: str) -> RemoteJob:
        body = self._sendable(operation, values)
        return accepted(await self._cannon.create(operation, body, idempotency_key))

    async def poll(self, operation: str, remote_id: str) -> RemoteJob:
        kind = self._kind(operation)
        return cannon_job(await self._cannon.get(remote_id), kind)

    async def cancel(self, remote_id: str) -> RemoteJob:
        """Engine only. A job that was done already comes back as it is: its results are the person's."""
        if not self.can_cancel:
            raise InputError(f"{self._service_name} has no way to cancel a job.", code="cannot_cancel", advice="")
        read = await self._cannon.cancel(remote_id)
        said = getattr(read.model, "operation", None)
        known = {operation.id: operation.kind for operation in self.operations()}
        return cannon_job(read, known.get(said or "", MediaKind.VIDEO))

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
