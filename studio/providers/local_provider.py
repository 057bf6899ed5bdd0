"""The local engine, which speaks both contracts with one key: Cannon Studio's at its root, Canvas Labs' below /v1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from studio.contracts.canvas.envelope import JobObject
from studio.domain.account import Account, Service
from studio.domain.operation import MediaKind, Operation
from studio.domain.remote import RemoteJob
from studio.net.transport import Transport
from studio.providers import catalogue
from studio.providers.answers import accepted, canvas_job
from studio.providers.cannon_provider import CannonProvider
from studio.providers.canvas import CanvasClient
from studio.providers.client import ServiceClient
from studio.providers.discovered import Discovered, more_values
from studio.providers.discovery import Answered
from studio.providers.endpoint import Endpoint, EndpointSource

_CANVAS_PATH = "/v1"
_CANVAS_IDS = "job_"


class LocalProvider(CannonProvider):
    """Implements studio.jobs.ports.Provider for the account local: all of Cannon Studio's contract, and of Canvas Labs' what
    the other has not. An operation, and of a job its id, says which contract it belongs to."""

    def __init__(self, account: Account, transport: Transport, endpoints: EndpointSource) -> None:
        super().__init__(account, transport, endpoints)
        self._canvas_side = ServiceClient(transport, _Below(endpoints, _CANVAS_PATH), self._service_name)
        self._canvas = CanvasClient(self._canvas_side, keyed=True)

    async def discover(self, etag: str) -> Answered:
        """Of the engine's document only what this program does not know: the names of diffusion models in the person's own
        folders."""
        answered = await super().discover(etag)
        if answered.discovered is None:
            return answered
        return Answered(_own_models(answered.discovered, self._built_in()), answered.etag)

    @property
    def requests_remaining(self) -> int | None:
        """The lower of what both contracts' last answers said."""
        said = [client.remaining for client in (self._client, self._canvas_side) if client.remaining is not None]
        return min(said, default=None)

    async def submit(self, operation: str, values: Mapping[str, object], idempotency_key: str) -> RemoteJob:
        if not _is_canvas(operation):
            return await super().submit(operation, values, idempotency_key)
        body = self._sendable(operation, values)
        return accepted(await self._canvas.generate(operation, body, idempotency_key))

    async def poll(self, operation: str, remote_id: str) -> RemoteJob:
        if not _is_canvas(operation):
            return await super().poll(operation, remote_id)
        return canvas_job(await self._canvas.job(remote_id), self._kind(operation))

    async def cancel(self, remote_id: str) -> RemoteJob:
        """A job that was done already comes back as it is: its results are the person's."""
        if not remote_id.startswith(_CANVAS_IDS):
            return await super().cancel(remote_id)
        read = await self._canvas.cancel(remote_id)
        model: JobObject = read.model
        return canvas_job(read, MediaKind.IMAGE if model.type == "image" else MediaKind.VIDEO)


_OWN = ("model", "voice_id")


def _own_models(found: Discovered, known: Sequence[Operation]) -> Discovered:
    """Of each operation that takes a model or a voice of the person's own those fields with their names."""
    kept = []
    for operation in known:
        described = found.find(operation.id)
        if described is None:
            continue
        named = {name: [str(value) for value in more_values(operation, described, name)] for name in _OWN}
        fields = {name: {**described.properties[name], "examples": values} for name, values in named.items() if values}
        if fields:
            kept.append(replace(described, schema={**described.schema, "properties": fields, "required": []}))
    return Discovered(tuple(kept), found.notes)


def _is_canvas(operation: str) -> bool:
    wire = catalogue.find_wire(Service.LOCAL, operation)
    return wire is not None and wire.contract == "canvas"


class _Below:
    """The same place and key, the address with a path behind it."""

    def __init__(self, endpoints: EndpointSource, path: str) -> None:
        self._endpoints = endpoints
        self._path = path

    async def current(self) -> Endpoint:
        found = await self._endpoints.current()
        return Endpoint(found.url + self._path, found.key)

    async def renew(self, failed: Endpoint) -> bool:
        return await self._endpoints.renew(Endpoint(failed.url.removesuffix(self._path), failed.key))
