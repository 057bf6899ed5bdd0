"""How each service is spoken to, under one interface: create, get, cancel, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from studio.contracts.cannon.envelope import RequestObject
from studio.contracts.canvas.envelope import JobObject
from studio.contracts.operations import Contract, find
from studio.domain.operation import MediaKind
from studio.domain.remote import RemoteJob
from studio.providers.answers import cannon_job, canvas_job
from studio.providers.cannon import CannonClient
from studio.providers.canvas import CanvasClient
from studio.providers.client import Read, ServiceClient


class Dialect(Protocol):
    """`operation` None: not known (a job that was looked up by its id)."""

    contract: Contract

    async def create(self, operation: str, values: Mapping[str, Any], key: str, webhook_url: str | None) -> Read: ...
    async def get(self, job_id: str) -> Read: ...
    async def cancel(self, job_id: str) -> Read: ...
    def job(self, read: Read, operation: str | None) -> RemoteJob: ...
    def operation_of(self, read: Read) -> str | None: ...


class CannonDialect:
    contract: Contract = "cannon"

    def __init__(self, client: ServiceClient) -> None:
        self.client = CannonClient(client)

    async def create(self, operation: str, values: Mapping[str, Any], key: str, webhook_url: str | None) -> Read:
        return await self.client.create(operation, values, key, webhook_url)

    async def get(self, job_id: str) -> Read:
        return await self.client.get(job_id)

    async def cancel(self, job_id: str) -> Read:
        return await self.client.cancel(job_id)

    def job(self, read: Read, operation: str | None) -> RemoteJob:
        """Of an operation that this version does not know any output will do."""
        name = operation or self.operation_of(read)
        known = find("cannon", name) if name else None
        if known is None:
            return cannon_job(read, MediaKind.PROMPT, open_ended=True)
        return cannon_job(read, MediaKind(known.result))

    def operation_of(self, read: Read) -> str | None:
        model: RequestObject = read.model
        return model.operation


class CanvasDialect:
    contract: Contract = "canvas"

    def __init__(self, client: ServiceClient, *, keyed: bool) -> None:
        self.client = CanvasClient(client, keyed=keyed)

    async def create(self, operation: str, values: Mapping[str, Any], key: str, webhook_url: str | None) -> Read:
        """The webhook's address is set in the service's dashboard, not in a request."""
        return await self.client.generate(operation, values, key)

    async def get(self, job_id: str) -> Read:
        return await self.client.job(job_id)

    async def cancel(self, job_id: str) -> Read:
        return await self.client.cancel(job_id)

    def job(self, read: Read, operation: str | None) -> RemoteJob:
        known = find("canvas", operation) if operation else None
        model: JobObject = read.model
        said = known.result if known is not None else model.type
        return canvas_job(read, MediaKind.IMAGE if said == "image" else MediaKind.VIDEO)

    def operation_of(self, read: Read) -> str | None:
        return None
