"""Media that a job takes in: which fields hold URLs, which of them are own files, and fetching the others."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from studio.contracts.operations import WireOperation
from studio.engine.errors import ApiError, invalid
from studio.engine.files import Files, own_file
from studio.engine.records import JobRecord
from studio.engine.render.task import RenderRefusedError
from studio.engine.store import Store
from studio.media.sniffing import HEAD_BYTES, sniff

log = logging.getLogger(__name__)
MAX_FETCH_BYTES = 512 * 1024 * 1024
_WORDS = {"image": "a picture", "video": "a video", "audio": "a sound"}


class Fetch(Protocol):
    """Brings a public URL to a file. Raises RenderRefusedError with a message for people."""

    async def __call__(self, url: str, to: Path, *, max_bytes: int) -> None: ...


def media_fields(operation: WireOperation) -> dict[str, tuple[str, ...]]:
    """Field name -> the kinds of media that it takes."""
    fields = {}
    for name, field in operation.model.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and isinstance(extra.get("x-media"), list):
            fields[name] = tuple(str(kind) for kind in extra["x-media"])  # type: ignore[union-attr]
    return fields


def media_values(operation: WireOperation, values: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """(field, kinds, URL) for each URL of an input."""
    for name, kinds in media_fields(operation).items():
        value = values.get(name)
        for url in value if isinstance(value, list) else [value]:
            if isinstance(url, str):
                yield name, kinds, url


async def check_media(store: Store, operation: WireOperation, values: Mapping[str, Any]) -> dict[str, str]:
    """URL -> own token, or "" for one to be fetched later. ApiError naming the field for what can never work."""
    found = {}
    for name, kinds, url in media_values(operation, values):
        own = own_file(url)
        if own is None:
            _check_public(name, url)
            found[url] = ""
            continue
        record = await store.file(own[0])
        if record is None or record.deleted or record.name != own[1]:
            raise invalid(name, f"{name} is no file of this engine, or not any more. Upload it again.")
        kind = record.mime.partition("/")[0]
        if kind not in kinds:
            wanted = " or ".join(_WORDS.get(word, word) for word in kinds)
            raise invalid(name, f"{name} must be {wanted}; the file is {record.mime}.")
        found[url] = record.token
    return found


async def content_names(store: Store, operation: WireOperation, values: Mapping[str, Any]) -> dict[str, str]:
    """Own URL -> a name of its content, so that a repeated request is known again after a second upload of the same file."""
    names = {}
    for _, _, url in media_values(operation, values):
        own = own_file(url)
        record = await store.file(own[0]) if own is not None else None
        if record is not None:
            names[url] = f"sha256:{record.sha256}"
    return names


async def gather(job: JobRecord, store: Store, files: Files, folder: Path, fetch: Fetch | None) -> dict[str, str]:
    """URL -> local path for all media of a job. RenderRefusedError where one cannot be had."""
    paths = {}
    for number, (url, token) in enumerate(job.media.items()):
        if token:
            record = await store.file(token)
            if record is None or not record.path or not files.path(record).is_file():
                raise RenderRefusedError("An uploaded file of this job is gone. Upload it again and run the job again.")
            paths[url] = str(files.path(record))
            continue
        if fetch is None:
            raise RenderRefusedError("This engine fetches no media from other addresses. Upload the file instead.")
        target = folder / f"input-{number}-{secrets.token_hex(4)}"
        await fetch(url, target, max_bytes=MAX_FETCH_BYTES)
        if sniff(await asyncio.to_thread(_head, target)) is None:
            raise RenderRefusedError("The address of the media answered with something that is no picture, video or sound.")
        paths[url] = str(target)
    return paths


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def _check_public(name: str, url: str) -> None:
    """What is wrong at first sight. Names are resolved, and looked at again, when the file is fetched."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
        _ = parts.port
    except ValueError:
        raise invalid(name, f"{name} is no valid address.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise invalid(name, f"{name} must be an http or https address. Upload the file first and use the URL that answers.")
    if parts.username is not None or parts.password is not None:
        raise invalid(name, f"{name} must not hold a user name or a password.")
    if _is_inward(host):
        raise _inward(name)


def _is_inward(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        # A number alone ("2130706433", "0x7f.1") is an old way to write an address that resolvers still read.
        return host.replace(".", "").replace("x", "").isalnum() and host[0].isdigit() and _numeric(host)


def _numeric(host: str) -> bool:
    return all(part.isdigit() or part.startswith("0x") for part in host.split(".") if part)


def _inward(name: str) -> ApiError:
    return invalid(name, f"{name} points inward, to this computer or its network. Upload the file instead.")
