"""Files in an S3-compatible bucket, given out as presigned addresses.

The requests are obstore's. It would take much of its set-up from the environment (AWS_*): everything that decides where a
request goes and how it is signed is therefore given, so that only this account's bucket and keys are ever used.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from studio.domain.account import Account, Secret
from studio.domain.errors import InputError, KeyMissingError
from studio.domain.hosted import HostedFile
from studio.providers.errors import of_disk
from studio.providers.hosting.bucket_errors import of_bucket, settings_place
from studio.providers.hosting.content_types import content_type_of, plain_suffix

MULTIPART_ABOVE = 16 * 1024 * 1024
PART_SIZE = 8 * 1024 * 1024
PARTS_AT_ONCE = 2
"""Together they bound the memory of an upload, in bytes, whatever the file's size."""
LONGEST_MARGIN_S = 3600.0
_REQUEST_S, _CONNECT_S = "300s", "10s"
_RETRIES, _RETRYING = 3, timedelta(seconds=60)
_DEFAULT_REGION = "us-east-1"
_SCHEME = "s3+"

ReadSecret = Callable[[Secret], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class _Credentials:
    key_id: str = field(repr=False)
    secret: str = field(repr=False)


class BucketHost:
    """Implements studio.jobs.ports.FileHost. `secret` reads the account's keyring entries; None: there is none.

    Every error is from the StudioError tree, and holds neither an address that was signed nor a key.
    """

    def __init__(self, account: Account, secret: ReadSecret) -> None:
        host = account.media_host
        self._account = account.name
        self._settings = host
        self._secret = secret
        self._made: tuple[_Credentials, Any] | None = None
        self._region = host.region or _DEFAULT_REGION
        self._amazon = not host.endpoint
        self._endpoint = host.endpoint.rstrip("/") or _amazon(self._region)
        self._host = urlsplit(self._endpoint).netloc
        self._root = f"{_SCHEME}{self._endpoint}/{host.bucket}/"

    def __repr__(self) -> str:
        return f"BucketHost({self._root})"

    @property
    def place(self) -> str:
        """Where files lie: the same word for the same folder of the same bucket."""
        return self._root + (f"{self._settings.prefix}/" if self._settings.prefix else "")

    @property
    def margin_s(self) -> float:
        """How long an address has to be good for still, to be given to one more job."""
        return min(LONGEST_MARGIN_S, self._settings.expires_s / 4)

    def location_for(self, path: Path) -> str:
        """Where this file will lie: a name by chance, which nobody can guess and which tells nothing of the file."""
        return f"{self.place}{secrets.token_hex(16)}{plain_suffix(path)}"

    async def put(self, path: Path, location: str) -> HostedFile:
        """Uploads from the disk, in parts where the file is large; over what an earlier try left there.

        Raises LocalError where the file cannot be read, KeyMissingError, KeyRefusedError, InputError (no such bucket, wrong
        region), UnreachableError, ServiceFaultError.
        """
        try:
            size = (await asyncio.to_thread(path.stat)).st_size
        except OSError as error:
            raise of_disk(error) from error
        store = await self._store()
        name = self._name_of(location)
        life = timedelta(seconds=self._settings.expires_s)

        async def put_and_sign(obstore: Any) -> tuple[datetime, str]:
            await obstore.put_async(
                store, name, path, attributes={"Content-Type": content_type_of(path)},
                use_multipart=size > MULTIPART_ABOVE, chunk_size=PART_SIZE, max_concurrency=PARTS_AT_ONCE,
            )
            signed_at = datetime.now(UTC)
            return signed_at, str(await obstore.sign_async(store, "GET", name, life))

        signed_at, url = await self._asked(put_and_sign)
        return HostedFile(url, signed_at + life, location)

    async def holds(self, location: str) -> bool:
        """Whether it lies there still, as far as this key may know. Raises UnreachableError, ServiceFaultError."""
        store = await self._store()
        name = self._name_of(location)

        async def look(obstore: Any) -> bool:
            refused = obstore.exceptions.PermissionDeniedError, obstore.exceptions.UnauthenticatedError
            try:
                await obstore.head_async(store, name)
            except (FileNotFoundError, *refused):  # a key that may not list is refused for what is not there
                return False
            return True

        return bool(await self._asked(look))

    async def remove(self, location: str) -> None:
        """Deletes the object; gone already is fine. Raises as `put`, and InputError for another bucket's."""
        store = await self._store()
        name = self._name_of(location)

        async def delete(obstore: Any) -> None:
            await obstore.delete_async(store, name)

        await self._asked(delete)

    def _name_of(self, location: str) -> str:
        if not location.startswith(self._root):
            words = f"A file that was put elsewhere cannot be removed by {self._account}'s media host of today."
            raise InputError(words, advice="Delete it in the bucket where it lies.", code="other_bucket")
        return location.removeprefix(self._root)

    async def _asked(self, ask: Callable[[Any], Awaitable[Any]]) -> Any:
        obstore = await asyncio.to_thread(_library)
        try:
            return await ask(obstore)
        except (obstore.exceptions.BaseError, OSError, ValueError) as error:
            told = of_bucket(error, account=self._account, bucket=self._settings.bucket, host=self._host)
        raise told  # out here, so that the other's text is in no traceback

    async def _store(self) -> Any:
        credentials = await self._credentials()
        if self._made is None or self._made[0] != credentials:
            self._made = credentials, await asyncio.to_thread(self._make, credentials)
        return self._made[1]

    async def _credentials(self) -> _Credentials:
        key_id = await self._secret(Secret.HOST_KEY)
        secret = await self._secret(Secret.HOST_SECRET)
        if key_id and secret:
            return _Credentials(key_id, secret)
        missing = "access key" if not key_id else "secret"
        raise KeyMissingError(
            f"There is no {missing} for the bucket of {self._account}, or the keyring cannot be read just now.",
            advice=f"Give it under {settings_place(self._account)}.", code="media_host_key_missing",
        )

    def _make(self, credentials: _Credentials) -> Any:
        def given() -> dict[str, object]:
            return {"access_key_id": credentials.key_id, "secret_access_key": credentials.secret, "token": None,
                    "expires_at": None}

        bucket = self._settings.bucket
        # Amazon's own way; a dot in the name would not fit its certificate. Other makers know paths only.
        by_host = self._amazon and "." not in bucket
        endpoint = self._endpoint.replace("://", f"://{bucket}.", 1) if by_host else self._endpoint
        return _library().store.S3Store(
            bucket, endpoint=endpoint, region=self._region, credential_provider=given,
            config={
                "aws_endpoint_url_s3": endpoint, "virtual_hosted_style_request": by_host, "skip_signature": False,
                "unsigned_payload": False, "s3_express": False, "request_payer": False, "disable_tagging": True,
            },
            client_options={
                "allow_http": self._endpoint.startswith("http://"), "allow_invalid_certificates": False,
                "timeout": _REQUEST_S, "connect_timeout": _CONNECT_S, "user_agent": "studio",
            },
            retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRYING},
        )


def _library() -> Any:
    """Loaded when it is needed: it is 15 MB large, and many never use it."""
    import obstore
    import obstore.store

    return obstore


def _amazon(region: str) -> str:
    """https://docs.aws.amazon.com/general/latest/gr/s3.html"""
    return f"https://s3.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
