"""Makes the media host that an account is set to, and tries it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import tempfile
from pathlib import Path

from studio.domain.account import Account, HostKind, Service
from studio.domain.errors import InputError, ServiceFaultError, StudioError
from studio.net.errors import NetError
from studio.net.transport import Transport
from studio.providers.hosting.bucket import BucketHost, ReadSecret
from studio.providers.hosting.bucket_errors import settings_place
from studio.providers.hosting.inline import InlineHost

_log = logging.getLogger(__name__)

MediaFileHost = BucketHost | InlineHost


def make_host(account: Account, secret: ReadSecret) -> MediaFileHost | None:
    """None where the account has none: its files go to the local engine, or nowhere."""
    if account.service is Service.LOCAL or account.media_host.kind is HostKind.NONE:
        return None
    if account.media_host.kind is HostKind.INLINE:
        return InlineHost(account.name)
    return BucketHost(account, secret)


def how_to_host(account: Account) -> str:
    """What to do where files cannot be given to the account's service."""
    return (
        f"Set up a bucket, or sending files inside the request, under {settings_place(account.name)}; or give an"
        " https address where the file can be fetched, or use the account local, which takes files as they are."
    )


async def try_host(account: Account, secret: ReadSecret, transport: Transport) -> None:
    """Puts a small file, reads it back as a service would, and deletes it. Raises the reason; nothing stays behind.

    Sending files inside the request needs no place, so there is nothing to try.
    """
    host = make_host(account, secret)
    if host is None:
        raise InputError(f"{account.name} has no media host.", advice=how_to_host(account), code="needs_media_host")
    if isinstance(host, InlineHost):
        return
    content = secrets.token_bytes(64)
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        path = Path(folder) / "trial"
        await asyncio.to_thread(path.write_bytes, content)
        location = host.location_for(path)
        hosted = await host.put(path, location)
    try:
        await _read_back(hosted.url, content, account, transport)
    except StudioError:
        try:
            await host.remove(location)
        except StudioError as error:
            _log.warning("the trial file %s was left in the bucket: %s", location, error.message)
        raise
    await host.remove(location)


async def _read_back(url: str, content: bytes, account: Account, transport: Transport) -> None:
    advice = f"Look at the bucket's rules, and at {settings_place(account.name)}."
    try:
        answer = await transport.request("GET", url, headers={"Accept": "*/*"})
    except NetError as error:
        raise ServiceFaultError(f"The address of a file in the bucket does not work: {error}", advice=advice) from None
    if not answer.ok:
        words = f"The address of a file in the bucket was refused (status {answer.status})."
        raise ServiceFaultError(words, advice=advice, status=answer.status, code="bucket_address")
    if answer.body != content:
        raise ServiceFaultError("The bucket gave something else than was put into it.", advice=advice, code="bucket_content")
