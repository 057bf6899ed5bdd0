"""Canvas Labs, and a local engine that plays it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio.contracts.canvas.envelope import JobObject
from studio.domain.account import Account, Balance
from studio.domain.errors import InputError
from studio.domain.operation import MediaKind
from studio.domain.remote import RemoteJob
from studio.net.transport import Transport
from studio.providers.answers import accepted, canvas_job
from studio.providers.canvas import CanvasClient
from studio.providers.client import finite
from studio.providers.endpoint import EndpointSource
from studio.providers.provider import ServiceProvider


class CanvasProvider(ServiceProvider):
    """Implements studio.jobs.ports.Provider over Canvas Labs' contract."""

    def __init__(self, account: Account, transport: Transport, endpoints: EndpointSource) -> None:
        super().__init__(account, transport, endpoints)
        self._canvas = CanvasClient(self._client, keyed=self.honours_idempotency)

    @property
    def honours_idempotency(self) -> bool:
        """The engine does. The service itself is not known to: there a lost answer is never sent again by itself."""
        return self._at_engine

    async def submit(self, operation: str, values: Mapping[str, object], idempotency_key: str) -> RemoteJob:
        body = self._sendable(operation, values)
        return accepted(await self._canvas.generate(operation, body, idempotency_key))

    async def poll(self, operation: str, remote_id: str) -> RemoteJob:
        kind = self._kind(operation)
        return canvas_job(await self._canvas.job(remote_id), kind)

    async def cancel(self, remote_id: str) -> RemoteJob:
        """Engine only. A job that was done already comes back as it is: its results are the person's."""
        if not self.can_cancel:
            raise InputError(f"{self._service_name} has no way to cancel a job.", code="cannot_cancel", advice="")
        read = await self._canvas.cancel(remote_id)
        model: JobObject = read.model
        return canvas_job(read, MediaKind.IMAGE if model.type == "image" else MediaKind.VIDEO)

    async def balance(self) -> Balance:
        """What GET /account/credits says, which is also the test of the key."""
        answer = await self._canvas.credits()
        limits = answer.rate_limit or {}
        return Balance(
            remaining=finite(answer.balance, low=float("-inf")),
            used_this_month=finite(answer.used_this_month),
            plan=answer.plan,
            requests_per_minute=_whole(limits.get("requests_per_minute", limits.get("requestsPerMinute"))),
            concurrent_jobs=_whole(limits.get("concurrent_jobs", limits.get("concurrentJobs"))),
        )

    async def _upload(self, path: Path, content_type: str) -> str:
        return await self._canvas.upload(path, content_type)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
