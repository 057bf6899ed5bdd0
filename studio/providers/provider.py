"""What both services' providers share: the catalogue, validation, hosting, downloads and the clean-up afterwards.

A provider whose base address is this computer speaks to a local engine that plays the service: there, and only there, files
can be uploaded, jobs be cancelled and results be deleted (contract extensions of the engine).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from studio.contracts.check import FieldError, check
from studio.domain.account import Account, Service
from studio.domain.errors import InputError, UnknownOperationError
from studio.domain.operation import MediaKind, Operation
from studio.net.answer import Answer
from studio.net.errors import ForbiddenAddressError, NetError
from studio.net.guard import refuse_inward_literal
from studio.net.origin import is_loopback, require_safe
from studio.net.transport import Transport
from studio.providers import catalogue
from studio.providers.client import ServiceClient, refuse_local_file
from studio.providers.discovered import NOTHING, Discovered, DiscoveredOperation, additions, merged, more_values
from studio.providers.endpoint import Endpoint, EndpointSource, key_of
from studio.providers.errors import of_answer, of_disk, of_download, of_net
from studio.providers.hosting.content_types import content_type_of
from studio.providers.hosting.factory import MediaFileHost, how_to_host
from studio.providers.hosting.inline import InlineHost
from studio.providers.input_schema import fault
from studio.providers.rates import RATES_PATH, RateCard

# What the engine gave out: uploads and results. Its port changes with each start, the rest of the address does not.
_ENGINE_FILES = re.compile(r"(?:/api/v1)?/files/[^/]+(?:/[^/]+)?")


class ServiceProvider:
    """Base of the providers; studio.jobs.ports.Provider says what each method promises.

    The transport is its maker's to close.
    """

    def __init__(self, account: Account, transport: Transport, endpoints: EndpointSource) -> None:
        self.account = account
        self._transport = transport
        self._endpoints = endpoints
        self._at_engine = account.service is Service.LOCAL or _is_here(account.base_url)
        self._client = ServiceClient(transport, endpoints, self._service_name)
        self.media_host: MediaFileHost | None = None
        self._discovered = NOTHING
        self._operations: tuple[Operation, ...] | None = None

    @property
    def _service_name(self) -> str:
        return "The local engine" if self.account.service is Service.LOCAL else self.account.service.display_name

    @property
    def can_cancel(self) -> bool:
        """Neither service documents a cancel; the engine has one."""
        return self._at_engine

    @property
    def requests_remaining(self) -> int | None:
        """The X-RateLimit-Remaining of the last answer, if there was one."""
        return self._client.remaining

    def operations(self) -> Sequence[Operation]:
        """The contract's, with what the service's own document adds."""
        if self._operations is None:
            self._operations = merged(self._built_in(), self._discovered)
        return self._operations

    @property
    def discovered(self) -> Discovered:
        """What of the service's own document is known."""
        return self._discovered

    def learn(self, discovered: Discovered) -> None:
        """From now on these count beside the contract."""
        self._discovered, self._operations = discovered, None

    def _built_in(self) -> tuple[Operation, ...]:
        extras = self._at_engine and self.account.service is not Service.LOCAL
        return catalogue.operations(self.account.service, at_engine=extras)

    def validate(self, operation: str, values: Mapping[str, object]) -> None:
        """By the contract's own model. Raises UnknownOperationError, or InputError for the first fault, naming its field."""
        self._checked(operation, values)
        known = self._operation(operation)
        for name, given in catalogue.media_fields(known, values).items():
            for value in given:
                self._check_media(name, value)

    async def host(self, path: Path) -> str:
        """The engine takes uploads. A remote service takes addresses only: InputError says what to do."""
        if not self._at_engine:
            raise self._no_host()
        return await self._upload(path, content_type_of(path))

    async def download(self, url: str, part: Path, report: Callable[[int, int | None], None]) -> str:
        """Resumes a .part that is there; gives the SHA-256. The key goes along only to the account's own origin."""
        try:
            return await self._client.at_endpoint(lambda endpoint: self._fetch(endpoint, url, part, report))
        except NetError as error:
            raise of_download(error, self._service_name) from None
        except OSError as error:
            raise of_disk(error) from error

    async def discard(self, url: str) -> None:
        """Deletes an upload or a result at the engine; elsewhere there is nothing to delete. Gone already is fine."""
        if not self._at_engine or not _ENGINE_FILES.fullmatch(urlsplit(url).path):
            return

        async def delete(endpoint: Endpoint) -> Answer:
            return await self._transport.request("DELETE", _rehomed(url, endpoint), key=key_of(endpoint))

        try:
            answer = await self._client.at_endpoint(delete)
        except NetError as error:
            raise of_net(error, self._service_name) from None
        if not answer.ok and answer.status not in (404, 410):
            raise of_answer(answer, self._service_name)

    async def rates(self) -> RateCard | None:
        """The rate card of an engine; None elsewhere, as no service has one. Raises from the StudioError tree."""
        if not self._at_engine:
            return None

        async def ask(endpoint: Endpoint) -> Answer:
            home = urlsplit(endpoint.url)
            url = urlunsplit((home.scheme, home.netloc, RATES_PATH, "", ""))
            return await self._transport.request("GET", url, key=key_of(endpoint))

        try:
            answer = await self._client.at_endpoint(ask)
            if not answer.ok:
                raise of_answer(answer, self._service_name)
            return RateCard(answer.json())
        except NetError as error:
            raise of_net(error, self._service_name) from None

    async def close(self) -> None:
        """Nothing of its own is open; the transport stays with whoever made it."""

    async def _upload(self, path: Path, content_type: str) -> str:
        raise NotImplementedError

    async def _fetch(self, endpoint: Endpoint, url: str, part: Path, report: Callable[[int, int | None], None]) -> str:
        if self._at_engine:
            url = _rehomed(url, endpoint)
        else:
            refuse_inward_literal(url)
        return await self._transport.download(url, part, report=report, key=key_of(endpoint))

    def _checked(self, operation: str, values: Mapping[str, object]) -> dict[str, object]:
        """The body to send: what was given, as the contract's model reads it, or the schema that the service published."""
        wire, found = catalogue.find_wire(self.account.service, operation), self._discovered.find(operation)
        if wire is None:
            self._operation(operation)
            return _by_schema(found.schema if found is not None else {}, values)
        engine = self.account.service is Service.LOCAL
        known = next(one for one in self._built_in() if one.id == operation)
        beside = _beside(known, found, values)
        try:
            rest = {name: value for name, value in values.items() if name not in beside}
            body = check(wire, rest, engine=engine, played=self._at_engine and not engine).payload()
        except FieldError as error:
            raise InputError(error.message, field=error.field, code="invalid_input") from None
        return {**body, **_by_schema({"properties": found.properties}, beside)} if found is not None and beside else body

    def _sendable(self, operation: str, values: Mapping[str, object]) -> dict[str, object]:
        """The checked body, all of its media hosted."""
        body = self._checked(operation, values)
        for name, given in catalogue.media_fields(self._operation(operation), body).items():
            for value in given:
                refuse_local_file(value, name)
                self._check_media(name, value)
        return body

    def _check_media(self, name: str, value: str) -> None:
        if value.lower().startswith("file:"):
            if not self._at_engine and self.media_host is None:
                raise self._no_host(name)
            if isinstance(self.media_host, InlineHost):
                self.media_host.check(value, name)
            return
        if value.startswith("data:") and isinstance(self.media_host, InlineHost):
            return  # the account is set to that
        try:
            require_safe(value)
        except ForbiddenAddressError as error:
            raise InputError(f"{name}: {error}", field=name, code="invalid_input") from None

    def _no_host(self, name: str | None = None) -> InputError:
        words = f"{self._service_name} takes media only from web addresses, and this is a file on this computer."
        return InputError(words, advice=how_to_host(self.account), field=name, code="needs_media_host")

    def _operation(self, operation: str) -> Operation:
        for known in self.operations():
            if known.id == operation:
                return known
        raise UnknownOperationError(f"{self._service_name} has no operation {operation}.", field="operation")

    def _kind(self, operation: str) -> MediaKind:
        return self._operation(operation).kind


def _beside(known: Operation, found: DiscoveredOperation | None, values: Mapping[str, object]) -> dict[str, object]:
    """What of an input goes beyond the contract: fields that the service's document has, and values that it allows."""
    new = additions(known, found)
    return {
        name: value for name, value in values.items()
        if name in new or (isinstance(value, str | int | float) and _is_wider(known, found, name, value))
    }


def _is_wider(known: Operation, found: DiscoveredOperation | None, name: str, value: object) -> bool:
    """Whether a choice takes this value by the service's document alone. Free texts are the contract's to check."""
    parameter = known.parameter(name)
    return parameter is not None and bool(parameter.choices) and value in more_values(known, found, name)


def _by_schema(schema: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    wrong = fault(schema, values)
    if wrong is not None:
        raise InputError(wrong[1], field=wrong[0], code="invalid_input")
    return {name: value for name, value in values.items() if value is not None}


def _is_here(base_url: str) -> bool:
    try:
        return is_loopback(base_url)
    except ForbiddenAddressError:
        return False


def _rehomed(url: str, endpoint: Endpoint) -> str:
    """An address that an engine gave out, at the engine that runs now; other addresses as they are."""
    parts = urlsplit(url)
    if not _ENGINE_FILES.fullmatch(parts.path) or not _is_here(url):
        return url
    home = urlsplit(endpoint.url)
    return urlunsplit((home.scheme, home.netloc, parts.path, parts.query, ""))
