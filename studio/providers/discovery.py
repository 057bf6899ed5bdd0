"""Asks a service for its own OpenAPI document and keeps what it says of operations, with the document's ETag.

Kept is not the document but what was read from it (a few kilobytes), one file an account, readable by its owner alone and
without any key. A document that cannot be used changes nothing: what was known before stays, and the reason is said.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from studio.contracts.cannon.envelope import OPENAPI_PATH
from studio.domain.account import Account
from studio.domain.operation import MediaKind
from studio.net.answer import Answer
from studio.net.errors import BadAnswerError, NetError, TooLargeError
from studio.net.transport import MAX_BODY
from studio.providers.client import ServiceClient
from studio.providers.discovered import NOTHING, Discovered, DiscoveredOperation
from studio.providers.endpoint import Endpoint, key_of
from studio.providers.errors import of_answer, of_net
from studio.providers.openapi_reader import MOST_OPERATIONS, is_operation_name, read_document
from studio.providers.schema_reader import DocumentError, SchemaReader, text

log = logging.getLogger(__name__)

DUE_AFTER = timedelta(days=1)
_VERSION = 1
_DEADLINE_S = 60.0
_LONGEST_ETAG = 500
_NOT_MODIFIED = 304
_LARGEST_KEPT = 1_000_000  # letters


@dataclass(frozen=True, slots=True)
class Answered:
    """What a service answered. `discovered` is None where the document is still the one that the ETag stands for."""

    discovered: Discovered | None
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of an account's service, and when the service was asked for it last."""

    discovered: Discovered = NOTHING
    etag: str = ""
    asked_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether a day has gone by since, or the clock was set back."""
        return self.asked_at is None or not timedelta(0) <= now - self.asked_at < DUE_AFTER


class Discoverer(Protocol):
    """A provider whose service describes itself."""

    account: Account

    @property
    def discovered(self) -> Discovered: ...
    async def discover(self, etag: str) -> Answered: ...
    def learn(self, discovered: Discovered) -> None: ...


async def refresh(provider: Discoverer, book: DocumentBook, now: datetime) -> bool:
    """Ask the service, keep what it says, and let the provider know. True: the provider's operations are others now.

    Raises DocumentError for a document that cannot be used, and StudioError where none could be had. After both everything
    is as it was, but for the next time at which it is due.
    """
    before = await asyncio.to_thread(book.load, provider.account)
    try:
        answered = await provider.discover(before.etag)
    except DocumentError:
        await _keep(book, provider.account, Known(before.discovered, before.etag, now))
        raise
    found = before.discovered if answered.discovered is None else answered.discovered
    for note in found.notes:
        log.info("of the document of %s: %s", provider.account.name, note)
    await _keep(book, provider.account, Known(found, answered.etag, now))
    if found.operations == provider.discovered.operations:
        return False
    provider.learn(found)
    return True


async def _keep(book: DocumentBook, account: Account, known: Known) -> None:
    try:
        await asyncio.to_thread(book.save, account, known)
    except OSError as error:
        log.warning("what %s says of itself cannot be kept: %s", account.name, error)


async def ask(client: ServiceClient, etag: str) -> Answered:
    """GET the document, unless it is still the one of `etag`. Raises DocumentError or StudioError."""
    keys: list[str] = []

    async def send(endpoint: Endpoint) -> Answer:
        keys.append(endpoint.key)
        return await client.transport.request("GET", endpoint.url + OPENAPI_PATH, key=key_of(endpoint), max_body=MAX_BODY,
                                              headers={"If-None-Match": etag} if etag else None, deadline_s=_DEADLINE_S)

    try:
        answer = await client.at_endpoint(send)
    except TooLargeError:
        raise DocumentError(f"It is larger than {MAX_BODY // 2**20} MB.") from None
    except NetError as error:
        raise of_net(error, client.name) from None
    if answer.status == _NOT_MODIFIED and etag:
        return Answered(None, etag)
    if not answer.ok:
        raise of_answer(answer, client.name)
    discovered = await asyncio.to_thread(_read, answer)  # it may be large
    tag = answer.headers.get("etag", "").strip()
    kept = json.dumps(_written(discovered), ensure_ascii=False)
    if len(kept) > _LARGEST_KEPT:
        raise DocumentError("It says more about its operations than can be kept.")
    if any(key and key in tag + kept for key in keys):
        raise DocumentError("It repeats the account's key, which is not to be kept in a file.")
    usable = len(tag) <= _LONGEST_ETAG and tag.isascii() and tag.isprintable()
    return Answered(discovered, tag if usable else "")


def _read(answer: Answer) -> Discovered:
    try:
        return read_document(answer.json())
    except BadAnswerError:
        raise DocumentError("It is no JSON object.") from None
    except RecursionError:
        raise DocumentError("It is nested too deeply.") from None


class DocumentBook:
    """What is known of each account's service, in a folder. Methods block for a small file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, account: Account) -> Known:
        """Nothing where there is no file, or one that another version or another address wrote, or a damaged one."""
        try:
            found = json.loads(self._path(account).read_bytes())
            if not isinstance(found, dict) or found.get("version") != _VERSION or found.get("base_url") != account.base_url:
                return Known()
            asked_at = datetime.fromisoformat(str(found.get("asked_at"))).astimezone(UTC)
            return Known(_taken(found.get("operations")), str(found.get("etag", "")), asked_at)
        except FileNotFoundError:
            return Known()
        except (OSError, ValueError, RecursionError, OverflowError) as error:
            log.warning("what was kept of the service of %s cannot be read: %s", account.name, error)
            return Known()

    def save(self, account: Account, known: Known) -> None:
        """Write whole or not at all. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = {
            "version": _VERSION, "account": account.name, "base_url": account.base_url, "etag": known.etag,
            "asked_at": None if known.asked_at is None else known.asked_at.isoformat(),
            "operations": _written(known.discovered),
        }
        path = self._path(account)
        partial = path.with_suffix(f".{secrets.token_hex(4)}.part")
        try:
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(written, file, ensure_ascii=False)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    def forget(self, account: Account) -> None:
        """An account that is gone leaves nothing behind."""
        try:
            self._path(account).unlink(missing_ok=True)
        except OSError as error:
            log.warning("what was kept of the service of %s cannot be deleted: %s", account.name, error)

    def _path(self, account: Account) -> Path:
        """Named by a hash: an account's name may hold what no file name may."""
        return self._folder / f"{hashlib.sha256(account.name.encode()).hexdigest()[:24]}.json"


def _written(discovered: Discovered) -> list[dict[str, Any]]:
    every = discovered.operations
    return [{"id": one.id, "title": one.title, "kind": one.kind.value, "schema": one.schema} for one in every]


def _taken(written: object) -> Discovered:
    """From a file, read with the same care as from a service: somebody else may have written it."""
    found = []
    reader = SchemaReader({})
    for one in written[:MOST_OPERATIONS] if isinstance(written, list) else []:
        if isinstance(one, Mapping) and isinstance(one.get("id"), str) and is_operation_name(one["id"]):
            title = text(one.get("title"), 80) or one["id"]
            schema = {"title": title, **reader.object_schema(one.get("schema"))}
            found.append(DiscoveredOperation(one["id"], title, MediaKind(str(one.get("kind"))), schema))
    return Discovered(tuple(found))
