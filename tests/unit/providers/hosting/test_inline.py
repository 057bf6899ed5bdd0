"""Files inside the request, and which host an account gets."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from studio.domain.account import LOCAL, Account, HostKind, MediaHost, Service
from studio.domain.errors import InputError, KeyRefusedError, LocalError, ServiceFaultError
from studio.domain.hosted import HostedFile
from studio.net.retry import RetryPolicy
from studio.net.transport import Transport
from studio.providers.endpoint import Endpoint
from studio.providers.factory import make_provider
from studio.providers.hosting.bucket import BucketHost
from studio.providers.hosting.content_types import content_type_of, plain_suffix
from studio.providers.hosting.factory import how_to_host, make_host, try_host
from studio.providers.hosting.inline import MOST_INLINE, InlineHost
from tests.unit.providers.hosting.conftest import S3, read_secret

WORK = Account("work", Service.CANVAS_LABS, "https://api.canvaslabs.us/v1")
INLINE = replace(WORK, media_host=MediaHost(HostKind.INLINE))


async def key() -> str:
    return "cl_live_made_up_0123"


async def test_the_file_itself(tmp_path: Path) -> None:
    photo = tmp_path / "photo.webp"
    photo.write_bytes(bytes(range(256)))
    host = InlineHost("work")
    hosted = await host.put(photo, host.location_for(photo))
    head, _, text = hosted.url.partition(",")
    assert head == "data:image/webp;base64"
    assert base64.b64decode(text, validate=True) == bytes(range(256))
    assert (hosted.location, hosted.expires_at, host.place) == ("", None, "")
    assert "data:" not in repr(hosted)


async def test_the_largest_and_one_more_byte(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(bytes(MOST_INLINE))
    host = InlineHost("work")
    host.check(photo.as_uri(), "image_url")
    assert len((await host.put(photo)).url) > MOST_INLINE
    photo.write_bytes(bytes(MOST_INLINE + 1))
    with pytest.raises(InputError, match=r"8\.0 MB, and inside a request 8 MB is the most"):
        await host.put(photo)
    with pytest.raises(InputError, match="the most") as caught:
        host.check(photo.as_uri(), "image_url")
    assert caught.value.field == "image_url"


async def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(LocalError):
        await InlineHost("work").put(tmp_path / "gone.png")
    InlineHost("work").check((tmp_path / "gone.png").as_uri(), "image_url")
    InlineHost("work").check("file:///%00", "image_url")


async def test_what_a_bucket_holds_is_not_its_to_remove() -> None:
    assert not await InlineHost("work").holds("s3+https://s3.test/b/1")
    with pytest.raises(InputError, match="elsewhere"):
        await InlineHost("work").remove("s3+https://s3.test/b/1")


def test_which_host_an_account_gets(s3: S3) -> None:
    assert make_host(LOCAL, read_secret) is None
    assert make_host(WORK, read_secret) is None
    assert isinstance(make_host(INLINE, read_secret), InlineHost)
    assert isinstance(make_host(s3.account(), read_secret), BucketHost)


def test_names_tell_nothing_of_a_file() -> None:
    assert plain_suffix(Path("x.JPEG")) == ".jpeg"
    assert plain_suffix(Path("x.my-name")) == ""
    assert content_type_of(Path("x.MP4")) == "video/mp4"
    assert content_type_of(Path("x.exe")) == "application/octet-stream"


async def test_a_provider_takes_files_where_it_has_a_host(tmp_path: Path) -> None:
    transport = Transport()
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"x")
    values = {"image_url": photo.as_uri(), "style": "anime"}
    given = {"image_url": "data:image/png;base64,eA==", "style": "anime"}
    try:
        without = make_provider(WORK, transport=transport, key=key)
        with pytest.raises(InputError) as caught:
            without.validate("style.transfer", values)
        assert caught.value.code == "needs_media_host"
        assert caught.value.advice == how_to_host(WORK)
        assert "Settings > Accounts > work > Media host" in caught.value.advice
        with pytest.raises(InputError):
            without.validate("style.transfer", given)
        provider = make_provider(INLINE, transport=transport, key=key, media_host=make_host(INLINE, read_secret))
        provider.validate("style.transfer", values)
        provider.validate("style.transfer", given)
    finally:
        await transport.aclose()


async def test_a_host_of_its_own_comes_before_the_engine(s3: S3) -> None:
    async def engine() -> Endpoint:
        return Endpoint("http://127.0.0.1:1", "x")

    transport = Transport()
    try:
        here = replace(s3.account(), base_url="http://127.0.0.1:9")
        provider = make_provider(here, transport=transport, key=key, media_host=make_host(here, read_secret))
        assert isinstance(provider.media_host, BucketHost)
        assert make_provider(LOCAL, transport=transport, endpoint=engine).media_host is None
    finally:
        await transport.aclose()


async def test_what_there_is_to_try() -> None:
    """Nothing where files go inside the request; without a host there is no trial."""
    transport = Transport()
    try:
        await try_host(INLINE, read_secret, transport)
        with pytest.raises(InputError, match="work has no media host") as caught:
            await try_host(WORK, read_secret, transport)
    finally:
        await transport.aclose()
    assert (caught.value.code, caught.value.advice) == ("needs_media_host", how_to_host(WORK))


@pytest.mark.parametrize(("wrong", "words"), [("?nothing", "something else"), ("/not-there", "refused")])
async def test_a_trial_that_fails_leaves_nothing(
    s3: S3, monkeypatch: pytest.MonkeyPatch, wrong: str, words: str
) -> None:
    """The address that is read back is not the file's."""
    put = BucketHost.put

    async def elsewhere(self: BucketHost, path: Path, location: str) -> HostedFile:
        hosted = await put(self, path, location)
        address = hosted.url.partition("?")[0]
        if wrong == "?nothing":
            s3.client.put_object(Bucket=s3.account().media_host.bucket, Key=address.rpartition("/")[2], Body=b"other")
            return hosted
        return replace(hosted, url=address + wrong)

    monkeypatch.setattr(BucketHost, "put", elsewhere)
    transport = Transport()
    try:
        with pytest.raises(ServiceFaultError, match=words) as caught:
            await try_host(s3.account(), read_secret, transport)
    finally:
        await transport.aclose()
    assert "X-Amz" not in caught.value.in_words()
    assert s3.keys() == []


async def test_a_trial_whose_address_nobody_serves(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    put = BucketHost.put

    async def nowhere(self: BucketHost, path: Path, location: str) -> HostedFile:
        return replace(await put(self, path, location), url="http://127.0.0.1:1/x?X-Amz-Signature=canary")

    monkeypatch.setattr(BucketHost, "put", nowhere)
    transport = Transport(policy=RetryPolicy(attempts=1))
    try:
        with pytest.raises(ServiceFaultError, match="does not work") as caught:
            await try_host(s3.account(), read_secret, transport)
    finally:
        await transport.aclose()
    assert "canary" not in caught.value.in_words()
    assert s3.keys() == []


async def test_a_trial_file_that_cannot_be_deleted_is_logged(
    s3: S3, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refused(self: BucketHost, location: str) -> None:
        raise KeyRefusedError("It may not delete.")

    put = BucketHost.put

    async def elsewhere(self: BucketHost, path: Path, location: str) -> HostedFile:
        hosted = await put(self, path, location)
        return replace(hosted, url=hosted.url.partition("?")[0] + "/not-there")

    monkeypatch.setattr(BucketHost, "remove", refused)
    transport = Transport()
    try:
        with pytest.raises(KeyRefusedError, match="may not delete"):
            await try_host(s3.account(), read_secret, transport)
        monkeypatch.setattr(BucketHost, "put", elsewhere)
        with pytest.raises(ServiceFaultError, match="refused"):
            await try_host(s3.account(), read_secret, transport)
    finally:
        await transport.aclose()
    assert "was left in the bucket: It may not delete." in caplog.text
    assert "X-Amz" not in caplog.text
