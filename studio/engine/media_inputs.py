"""Media that a job takes in: which fields hold URLs, which of them are own files, and fetching the others."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from studio.contracts.operations import WireOperation, find
from studio.engine.errors import invalid
from studio.engine.files import Files, own_file
from studio.engine.records import JobRecord
from studio.engine.render.task import RenderRefusedError
from studio.engine.store import Store
from studio.media.sniffing import HEAD_BYTES, sniff
from studio.net.errors import ForbiddenAddressError
from studio.net.guard import refuse_inward_literal
from studio.net.origin import require_safe

MAX_FETCH_BYTES = 512 * 1024 * 1024
KIND_WORDS = {"image": "a picture", "video": "a video", "audio": "a sound"}


class Fetch(Protocol):
    """Brings a public URL to a file. Raises RenderRefusedError with a message for people."""

    async def __call__(self, url: str, to: Path, *, max_bytes: int) -> None: ...
    async def close(self) -> None: ...


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
            wanted = " or ".join(KIND_WORDS[word] for word in kinds)
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
    """URL -> local path for all media of a job. RenderRefusedError, with the field, for what cannot be had."""
    paths, fields = {}, _fields_of(job)
    for number, (url, token) in enumerate(job.media.items()):
        if token:
            record = await store.file(token)
            if record is None or not record.path or not files.path(record).is_file():
                words = "An uploaded file of this job is gone. Upload it again and run the job again."
                raise RenderRefusedError(words, fields.get(url))
            paths[url] = str(files.path(record))
            continue
        if fetch is None:
            words = "This engine fetches no media from other addresses. Upload the file instead."
            raise RenderRefusedError(words, fields.get(url))
        target = folder / f"input-{number}-{secrets.token_hex(4)}"
        try:
            await fetch(url, target, max_bytes=MAX_FETCH_BYTES)
        except RenderRefusedError as refused:
            raise RenderRefusedError(refused.message, fields.get(url)) from None
        if sniff(await asyncio.to_thread(_head, target)) is None:
            words = "The address of the media answered with something that is no picture, video or sound."
            raise RenderRefusedError(words, fields.get(url))
        paths[url] = str(target)
    return paths


def _fields_of(job: JobRecord) -> dict[str, str]:
    """URL -> the field that names it."""
    operation = find(job.contract, job.operation)
    return {} if operation is None else {url: name for name, _, url in media_values(operation, job.input)}


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def _check_public(name: str, url: str) -> None:
    """What is wrong at first sight. Names are looked up, and their addresses judged, when the file is fetched."""
    try:
        require_safe(url)
    except ForbiddenAddressError:
        raise invalid(name, f"{name} must be an https address. Upload a file of this computer first.") from None
    try:
        refuse_inward_literal(url)
    except ForbiddenAddressError:
        message = f"{name} points inward, to this computer or its network. Upload the file instead."
        raise invalid(name, message) from None
