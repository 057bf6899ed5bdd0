"""A real S3 server on loopback (moto's, in this process), and a bucket in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from studio.domain.account import Account, HostKind, MediaHost, Secret, Service

BUCKET = "studio-tests"
REGION = "eu-central-1"
KEY_ID, SECRET = "AKIDCANARY0123456789", "canary/secret+of/the+bucket0123456789abcd"


@dataclass(frozen=True)
class S3:
    """`url` is the server's address, `client` the other side's view of it."""

    url: str
    client: Any

    def keys(self) -> list[str]:
        return [one["Key"] for one in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def account(self, **fields: Any) -> Account:
        host = {"kind": HostKind.BUCKET, "endpoint": self.url, "bucket": BUCKET, "region": REGION, **fields}
        return Account("work", Service.CANNON_STUDIO, "https://www.cannonstudio.app", media_host=MediaHost(**host))


@pytest.fixture(scope="module")
def _server() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def s3(_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    config = Config(retries={"max_attempts": 1})
    client = boto3.client("s3", endpoint_url=_server, region_name=REGION, aws_access_key_id="test",
                          aws_secret_access_key="test", config=config)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield S3(_server, client)
    for one in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=one["Key"])
    client.delete_bucket(Bucket=BUCKET)
    client.close()


async def read_secret(purpose: Secret) -> str | None:
    return {Secret.HOST_KEY: KEY_ID, Secret.HOST_SECRET: SECRET}.get(purpose)
