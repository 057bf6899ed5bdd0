"""Files in a bucket, against a real S3 server on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import ssl
import subprocess
import sys
import traceback
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from studio.domain.account import Account, HostKind, MediaHost, Secret, Service
from studio.domain.errors import (
    InputError,
    KeyMissingError,
    KeyRefusedError,
    LocalError,
    ServiceFaultError,
    StudioError,
    UnreachableError,
)
from studio.providers.hosting.bucket import MULTIPART_ABOVE, BucketHost, ReadSecret
from studio.providers.hosting.bucket_errors import of_bucket
from tests.ports import free_port
from tests.unit.net.test_tls import make_certificate
from tests.unit.providers.hosting.conftest import BUCKET, KEY_ID, REGION, S3, SECRET, read_secret

ROOT = Path(__file__).parents[4]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "Ada's private photo.JPG"
    path.write_bytes(os.urandom(5000))
    return path


def fetched(url: str) -> tuple[bytes, str]:
    with urllib.request.urlopen(url) as answer:  # noqa: S310  # the test's own server
        return answer.read(), answer.headers["Content-Type"]


async def test_put_read_and_removed(s3: S3, photo: Path) -> None:
    host = BucketHost(s3.account(prefix="studio/inputs"), read_secret)
    location = host.location_for(photo)
    assert s3.keys() == []
    hosted = await host.put(photo, location)
    (name,) = s3.keys()
    assert re.fullmatch(r"studio/inputs/[0-9a-f]{32}\.jpg", name)
    assert location == f"s3+{s3.url}/{BUCKET}/{name}"
    assert hosted.location == location
    assert fetched(hosted.url) == (photo.read_bytes(), "image/jpeg")
    assert await host.holds(location)
    await host.remove(location)
    assert s3.keys() == []
    assert not await host.holds(location)
    await host.remove(location)


async def test_the_address_is_signed_for_the_time_that_is_set(s3: S3, photo: Path) -> None:
    """The server that the tests use lets expired addresses pass, so what was signed is looked at."""
    host = BucketHost(s3.account(expires_s=1234), read_secret)
    before = datetime.now(UTC)
    hosted = await host.put(photo, host.location_for(photo))
    parts = urlsplit(hosted.url)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}" == s3.url
    assert given["X-Amz-Expires"] == "1234"
    assert given["X-Amz-SignedHeaders"] == "host"
    assert given["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert given["X-Amz-Credential"].startswith(f"{KEY_ID}/{before:%Y%m%d}/{REGION}/s3/")
    assert "X-Amz-Security-Token" not in given
    assert hosted.expires_at is not None
    assert abs(hosted.expires_at - before - timedelta(seconds=1234)) < timedelta(seconds=30)


async def test_the_signature_is_the_one_that_amazon_s_own_library_makes(s3: S3, photo: Path) -> None:
    from botocore.auth import S3SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    host = BucketHost(s3.account(expires_s=600), read_secret)
    url = (await host.put(photo, host.location_for(photo))).url
    parts = urlsplit(url)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    request = AWSRequest("GET", f"{parts.scheme}://{parts.netloc}{parts.path}")
    auth = S3SigV4QueryAuth(Credentials(KEY_ID, SECRET), "s3", REGION, expires=600)
    request.context["timestamp"] = given["X-Amz-Date"]
    auth._modify_request_before_signing(request)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    assert auth.signature(text, request) == given["X-Amz-Signature"]


@pytest.mark.slow
async def test_a_large_file_goes_in_parts(s3: S3, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(os.urandom(1024) + bytes(MULTIPART_ABOVE) + os.urandom(1024))
    host = BucketHost(s3.account(), read_secret)
    hosted = await host.put(film, host.location_for(film))
    (name,) = s3.keys()
    head = s3.client.head_object(Bucket=BUCKET, Key=name)
    assert head["ETag"].strip('"').endswith("-3"), "that many parts"
    assert head["ContentType"] == "video/mp4"
    assert fetched(hosted.url)[0] == film.read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the resident set is read as Unix gives it")
def test_a_big_file_does_not_fill_the_memory(s3: S3, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with film.open("wb") as stream:
        stream.truncate(160 * 1024**2)
    code = (
        "import asyncio, resource, sys\nfrom pathlib import Path\n"
        "from tests.unit.providers.hosting.conftest import S3, read_secret\n"
        "from studio.providers.hosting.bucket import BucketHost\n"
        "host = BucketHost(S3(sys.argv[1], None).account(), read_secret)\n"
        "async def walk(path):\n    await host.put(path, host.location_for(path))\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = asyncio.run(walk(Path(sys.argv[2])))\nprint(asyncio.run(walk(Path(sys.argv[3]))) - before)\n"
    )
    small = tmp_path / "small.mp4"
    small.write_bytes(b"small")
    command = [sys.executable, "-c", code, s3.url, str(small), str(film)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=180, cwd=ROOT)
    grown = int(answer.stdout) * (1 if sys.platform == "darwin" else 1024)
    assert grown < 80 * 1024**2


async def test_nothing_of_the_environment_is_used(
    s3: S3, photo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id=AMBIENT\naws_secret_access_key=AMBIENT\n")
    nowhere = "http://127.0.0.1:1"
    for name, value in {
        "ACCESS_KEY_ID": "AMBIENT", "SECRET_ACCESS_KEY": "AMBIENT", "SESSION_TOKEN": "AMBIENT", "ENDPOINT_URL": nowhere,
        "ENDPOINT_URL_S3": nowhere, "ENDPOINT": nowhere, "REGION": "us-west-9", "DEFAULT_REGION": "us-west-9",
        "BUCKET": "other", "SKIP_SIGNATURE": "true", "VIRTUAL_HOSTED_STYLE_REQUEST": "true", "S3_EXPRESS": "true",
        "PROFILE": "other", "SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), "REQUEST_PAYER": "true",
        "UNSIGNED_PAYLOAD": "true", "ROLE_ARN": "arn:aws:iam::1:role/x", "WEB_IDENTITY_TOKEN_FILE": "/nothing",
        "CONTAINER_CREDENTIALS_RELATIVE_URI": "/x", "ALLOW_INVALID_CERTIFICATES": "true",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    host = BucketHost(s3.account(), read_secret)
    hosted = await host.put(photo, host.location_for(photo))
    assert "AMBIENT" not in hosted.url
    assert "us-west-9" not in hosted.url
    assert hosted.url.startswith(f"{s3.url}/{BUCKET}/")
    assert f"Credential={KEY_ID}%2F" in hosted.url
    assert fetched(hosted.url)[0] == photo.read_bytes()


@pytest.mark.parametrize(
    ("fields", "expected", "where"),
    [
        ({}, "https://studio-tests.s3.eu-central-1.amazonaws.com/", ""),
        ({"region": "cn-north-1"}, "https://studio-tests.s3.cn-north-1.amazonaws.com.cn/", ""),
        ({"bucket": "a.b"}, "https://s3.eu-central-1.amazonaws.com/a.b/", ""),
        ({"endpoint": "https://s3.example.com/gate"}, "https://s3.example.com/gate/studio-tests/", ""),
        ({"endpoint": "https://s3.example.com", "region": ""}, "https://s3.example.com/studio-tests/", "us-east-1"),
    ],
)
async def test_where_an_address_points(fields: dict[str, str], expected: str, where: str) -> None:
    import obstore

    given = {"bucket": BUCKET, "region": REGION, **fields}
    host = BucketHost(Account("work", Service.CANVAS_LABS, "", media_host=MediaHost(HostKind.BUCKET, **given)), read_secret)  # type: ignore[arg-type]
    url = await obstore.sign_async(await host._store(), "GET", "x.png", timedelta(seconds=60))
    assert url.startswith(f"{expected}x.png?")
    assert f"%2F{where or given['region']}%2Fs3" in url


@pytest.fixture
def guarded(s3: S3) -> Iterator[dict[str, tuple[str, str]]]:
    """The server asks for rights from now on. A key that has them all in the bucket, and one that has none."""
    iam = boto3.client("iam", endpoint_url=s3.url, region_name="us-east-1", aws_access_key_id="test",
                       aws_secret_access_key="test")
    keys = {}
    for name in ("owner", "stranger"):
        iam.create_user(UserName=name)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        keys[name] = made["AccessKeyId"], made["SecretAccessKey"]
    rule = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [rule]})
    iam.put_user_policy(UserName="owner", PolicyName="all", PolicyDocument=policy)
    ask_for_rights(s3, "0")
    yield keys
    ask_for_rights(s3, "inf")
    for name, (key_id, _) in keys.items():
        iam.delete_access_key(UserName=name, AccessKeyId=key_id)
    iam.delete_user_policy(UserName="owner", PolicyName="all")
    for name in keys:
        iam.delete_user(UserName=name)
    iam.close()


def ask_for_rights(s3: S3, after: str) -> None:
    plain = {"Content-Type": "text/plain"}
    request = urllib.request.Request(f"{s3.url}/moto-api/reset-auth", after.encode(), plain, method="POST")  # noqa: S310
    urllib.request.urlopen(request).close()  # noqa: S310  # the test's own server


def with_key(key_id: str, secret: str) -> ReadSecret:
    async def read(purpose: Secret) -> str | None:
        return key_id if purpose is Secret.HOST_KEY else secret

    return read


@pytest.mark.slow
async def test_wrong_keys(s3: S3, photo: Path, guarded: dict[str, tuple[str, str]]) -> None:
    key_id, secret = guarded["owner"]
    host = BucketHost(s3.account(), with_key(key_id, secret))
    hosted = await host.put(photo, host.location_for(photo))
    await host.remove(hosted.location)
    for wrong, words in (((key_id, "not-the-secret"), "does not accept the key"),
                         (("AKIANOBODY0123456789", secret), "does not accept the key"),
                         (guarded["stranger"], "does not let this key put")):
        host = BucketHost(s3.account(), with_key(*wrong))
        with pytest.raises(KeyRefusedError, match=words) as caught:
            await host.put(photo, host.location_for(photo))
        assert "Settings > Accounts > work > Media host" in caught.value.advice
        assert not set(wrong) & set(caught.value.in_words().split())
        assert not await host.holds(hosted.location)


@pytest.mark.slow
def test_the_library_is_loaded_when_it_is_needed() -> None:
    code = "import sys, studio.app.core; print([n for n in ('obstore', 'boto3', 'botocore', 'keyring') if n in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=180, cwd=ROOT)
    assert answer.stdout.strip() == "[]"


async def test_a_missing_bucket(s3: S3, photo: Path) -> None:
    host = BucketHost(s3.account(bucket="not-there"), read_secret)
    with pytest.raises(InputError, match="no bucket not-there") as caught:
        await host.put(photo, host.location_for(photo))
    assert "Settings > Accounts > work > Media host" in caught.value.advice


async def test_an_endpoint_that_is_away(s3: S3, photo: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    host = BucketHost(s3.account(endpoint=address), read_secret)
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:\d+ cannot be reached"):
        await host.put(photo, host.location_for(photo))


async def test_without_its_secrets(s3: S3, photo: Path) -> None:
    async def half(purpose: Secret) -> str | None:
        return KEY_ID if purpose is Secret.HOST_KEY else None

    async def nothing(purpose: Secret) -> str | None:
        return None

    for read, word in ((half, "no secret"), (nothing, "no access key")):
        host = BucketHost(s3.account(), read)
        with pytest.raises(KeyMissingError, match=word) as caught:
            await host.put(photo, host.location_for(photo))
        assert "Settings > Accounts > work > Media host" in caught.value.advice


async def test_a_file_that_is_gone(s3: S3, tmp_path: Path) -> None:
    host = BucketHost(s3.account(), read_secret)
    with pytest.raises(LocalError):
        await host.put(tmp_path / "gone.png", host.location_for(tmp_path / "gone.png"))


async def test_a_file_of_another_bucket_is_left_alone(s3: S3, photo: Path) -> None:
    old = BucketHost(s3.account(bucket="of-then"), read_secret)
    with pytest.raises(InputError, match="elsewhere"):
        await BucketHost(s3.account(), read_secret).remove(old.location_for(photo))


async def test_a_new_secret_counts_at_once(s3: S3, photo: Path) -> None:
    ids = iter(["AKIDFIRST0000", "AKIDSECOND000"])

    async def rotated(purpose: Secret) -> str | None:
        return next(ids) if purpose is Secret.HOST_KEY else SECRET

    host = BucketHost(s3.account(), rotated)
    urls = [(await host.put(photo, host.location_for(photo))).url for _ in range(2)]
    assert ["AKIDFIRST0000" in urls[0], "AKIDSECOND000" in urls[1]] == [True, True]


def answered(status: int, code: str) -> Exception:
    xml = f"<Error><Code>{code}</Code><Message>no: {KEY_ID}</Message><AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId></Error>"
    return RuntimeError(f"Server returned non-2xx status code: {status} Nope: {xml}")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (answered(403, "InvalidAccessKeyId"), KeyRefusedError, "does not accept the key"),
        (answered(403, "SignatureDoesNotMatch"), KeyRefusedError, "does not accept the key"),
        (answered(401, "Whatever"), KeyRefusedError, "does not accept the key"),
        (answered(403, "AccessDenied"), KeyRefusedError, "does not let this key put"),
        (answered(403, "RequestTimeTooSkewed"), LocalError, "clock"),
        (answered(301, "PermanentRedirect"), InputError, "another region"),
        (answered(400, "AuthorizationHeaderMalformed"), InputError, "another region"),
        (answered(404, "NoSuchBucket"), InputError, "has no bucket"),
        (answered(400, "EntityTooLarge"), InputError, "refused the file"),
        (answered(503, "SlowDown"), ServiceFaultError, "fault"),
        (answered(500, "InternalError"), ServiceFaultError, "fault"),
        (RuntimeError("HTTP error: invalid peer certificate: UnknownIssuer"), UnreachableError, "certificate"),
        (RuntimeError("HTTP error: operation timed out"), UnreachableError, "cannot be reached"),
    ],
)
def test_what_the_bucket_says(error: Exception, kind: type[StudioError], words: str) -> None:
    told = of_bucket(error, account="work", bucket=BUCKET, host="s3.example.com")
    assert type(told) is kind
    assert words in told.message
    assert told.advice
    assert KEY_ID not in told.in_words()


async def test_secrets_are_nowhere(s3: S3, photo: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    host = BucketHost(s3.account(), read_secret)
    hosted = await host.put(photo, host.location_for(photo))
    broken = BucketHost(s3.account(bucket="not-there"), read_secret)
    with pytest.raises(InputError) as caught:
        await broken.put(photo, broken.location_for(photo))
    shown = [repr(host), repr(hosted), repr(host._made), caplog.text, *traceback.format_exception(caught.value)]
    text = json.dumps(shown)
    for secret in (KEY_ID, SECRET, "X-Amz-Signature"):
        assert secret not in text


@pytest.mark.slow
async def test_a_certificate_that_nobody_knows(photo: Path, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ALLOW_INVALID_CERTIFICATES", "true")
    certificate, key = make_certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        address = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        host = BucketHost(s3.account(endpoint=address), read_secret)
        with pytest.raises(UnreachableError, match="certificate"):
            await host.put(photo, host.location_for(photo))
