"""Small files inside the request itself, as `data:` addresses (RFC 2397), for services that take those."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from studio.domain.errors import InputError
from studio.domain.hosted import HostedFile
from studio.providers.errors import of_disk
from studio.providers.hosting.bucket_errors import settings_place
from studio.providers.hosting.content_types import content_type_of

MOST_INLINE = 8 * 1024 * 1024
"""Bytes of a file; as text it is a third longer."""


class InlineHost:
    """Implements studio.jobs.ports.FileHost. Nothing lies anywhere, so nothing is shared, kept or removed."""

    place = ""
    margin_s = 0.0

    def __init__(self, account: str) -> None:
        self._account = account

    def check(self, value: str, field: str) -> None:
        """Raises InputError where the file of a `file:` value is too large, so that it is said before there is a job.

        A file that is not there is not this one's to report.
        """
        try:
            size = Path(url2pathname(urlsplit(value).path)).stat().st_size
        except (OSError, ValueError):
            return
        if size > MOST_INLINE:
            raise self._too_large(size, field)

    def location_for(self, path: Path) -> str:
        return ""

    async def put(self, path: Path, location: str = "") -> HostedFile:
        """Raises InputError for a file that is too large, LocalError for one that cannot be read."""
        try:
            data = await asyncio.to_thread(self._read, path)
        except OSError as error:
            raise of_disk(error) from error
        return HostedFile(await asyncio.to_thread(_address, content_type_of(path), data))

    async def holds(self, location: str) -> bool:
        """Nothing lies anywhere."""
        return False

    async def remove(self, location: str) -> None:
        """Raises InputError: nothing was put anywhere by this host, so it lies at another."""
        words = f"A file that was put elsewhere cannot be removed: {self._account} sends files inside the request now."
        raise InputError(words, advice="Delete it in the bucket where it lies.", code="other_bucket")

    def _read(self, path: Path) -> bytes:
        with path.open("rb") as stream:
            data = stream.read(MOST_INLINE + 1)
            if len(data) <= MOST_INLINE:
                return data
            size = path.stat().st_size
        raise self._too_large(size)

    def _too_large(self, size: int, field: str | None = None) -> InputError:
        return InputError(
            f"The file has {size / 1024**2:.1f} MB, and inside a request {MOST_INLINE // 1024**2} MB is the most.",
            advice=f"Take a smaller file, or set up a bucket under {settings_place(self._account)}.",
            field=field, code="too_large_inline",
        )


def _address(content_type: str, data: bytes) -> str:
    return f"data:{content_type};base64,{base64.b64encode(data).decode('ascii')}"
