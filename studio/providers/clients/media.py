"""Files in an input. Both services take addresses only; an engine on this computer gets files uploaded."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from studio.contracts.cannon.envelope import UPLOADS_PATH, UploadAnswer
from studio.contracts.check import FieldError, check
from studio.contracts.operations import WireOperation
from studio.contracts.wire import RequestModel
from studio.domain.errors import InputError
from studio.net.errors import ForbiddenAddressError
from studio.net.origin import origin_of, require_safe
from studio.providers.client import ServiceClient

Media: TypeAlias = str | Path | bytes
"""An address that the service can fetch. Where an engine on this computer is asked also a Path, or a file's bytes."""

_PLACE = "https://upload.invalid/file"  # stands for a file while the rest of an input is checked
_LEAST_LEFT = timedelta(hours=1)
Upload = Callable[[Path | bytes], Awaitable[str]]


class Uploads:
    """Sends files to an engine; the same bytes once, while the address that they got is good for an hour more."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client
        self._known: dict[str, tuple[str, datetime]] = {}

    async def put(self, data: Path | bytes) -> str:
        """Gives the address. Raises LocalError where the file cannot be read, RequestRefusedError where it is no media."""
        digest = await asyncio.to_thread(_digest, data)
        url, expires = self._known.get(digest, ("", datetime.min.replace(tzinfo=UTC)))
        if expires - datetime.now(UTC) > _LEAST_LEFT:
            return url
        content_type = (mimetypes.guess_type(data.name)[0] if isinstance(data, Path) else None) or "application/octet-stream"
        answer = await self._client.upload(
            lambda endpoint: origin_of(endpoint.url) + UPLOADS_PATH, data, content_type, UploadAnswer
        )
        good_until = _moment(answer.expires_at)
        if good_until is not None:
            self._known[digest] = (answer.url, good_until)
        return answer.url


def checked(operation: WireOperation, values: Mapping[str, Any], *, at_engine: bool) -> dict[str, Any]:
    """The input as the contract's model reads it, files left as they are; what is None counts as not given.

    Raises InputError for the first fault, naming its field.
    """
    given = {name: _plain(value) for name, value in values.items() if value is not None}
    media = _media_fields(operation)
    for name, value in given.items():
        if _is_local(value) and name not in media:
            raise InputError(f"{name} takes no file.", field=name, code="invalid_input")
    stand_ins = {name: _stand_in(value) for name, value in given.items()}
    try:
        body = check(operation, stand_ins, engine=at_engine).payload()
    except FieldError as error:
        raise InputError(error.message, field=error.field, code="invalid_input") from None
    for name in media & given.keys():
        body[name] = given[name]
    return body


async def hosted(values: Mapping[str, Any], upload: Upload | None, service: str) -> dict[str, Any]:
    """The input with every file at an address. `upload` None: nothing takes files there. Raises InputError."""
    body: dict[str, Any] = {}
    for name, value in values.items():
        items = value if isinstance(value, list) else [value]
        if upload is None and any(isinstance(item, Path | bytes) for item in items):
            raise InputError(
                f"{name}: {service} takes media from web addresses only, and this is a file.", field=name,
                code="needs_media_host", advice="Put it where the service can fetch it, and give its https address.",
            )
        sent = [await upload(item) if upload and isinstance(item, Path | bytes) else item for item in items]
        body[name] = sent if isinstance(value, list) else sent[0]
    return body


def refuse_unsafe(operation: WireOperation, values: Mapping[str, Any]) -> None:
    """Media addresses that no service may be sent to: local files as text, plain http. Raises InputError."""
    for name in _media_fields(operation) & values.keys():
        value = values[name]
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, str) or item.startswith("data:"):
                continue
            try:
                require_safe(item)
            except ForbiddenAddressError as error:
                words = f"{name}: {error}"
                raise InputError(words, field=name, code="invalid_input",
                                 advice="Give an https address, or a Path for a file on this computer.") from None


def _media_fields(operation: WireOperation) -> frozenset[str]:
    extras = {name: info.json_schema_extra for name, info in operation.model.model_fields.items()}
    return frozenset(name for name, extra in extras.items() if isinstance(extra, dict) and "x-media" in extra)


def _plain(value: Any) -> Any:
    """Tuples and other sequences as lists, the contract's own objects as what goes on the wire."""
    if isinstance(value, RequestModel):
        return value.payload()
    if isinstance(value, Mapping):
        return {name: item for name, item in value.items() if item is not None}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(value)
    return bytes(value) if isinstance(value, bytearray | memoryview) else value


def _is_local(value: Any) -> bool:
    return any(isinstance(item, Path | bytes) for item in (value if isinstance(value, list) else [value]))


def _stand_in(value: Any) -> Any:
    if isinstance(value, list):
        return [_stand_in(item) for item in value]
    return _PLACE if isinstance(value, Path | bytes) else value


def _digest(data: Path | bytes) -> str:
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    try:
        with data.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"The file {data.name} cannot be read: {error.strerror or type(error).__name__}.",
                         code="unreadable_file") from None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
