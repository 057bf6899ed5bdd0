"""Limits, colour and media host of an account: checked when set, kept, and read from files of other versions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.domain.account import Account, HostKind, MediaHost, Service
from studio.domain.errors import InputError, NotFoundError
from studio.settings.account_fields import checked_host
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths

PLAIN = Account("work", Service.CANNON_STUDIO, "https://www.cannonstudio.app")
BUCKET = MediaHost(HostKind.BUCKET, "https://s3.example.com", "my-bucket", "eu-central-1", "studio/in", 3600)
FULL = replace(PLAIN, requests_per_minute=60, concurrent_jobs=10, colour="#aa3300", media_host=BUCKET)


def test_kept_and_read(paths: Paths) -> None:
    book = AccountBook(paths)
    assert book.add(FULL) == FULL
    assert AccountBook(paths).get("work") == FULL
    changed = replace(FULL, requests_per_minute=None, colour="", media_host=MediaHost(HostKind.INLINE))
    assert book.update(changed) == changed
    assert AccountBook(paths).get("work") == changed
    with pytest.raises(NotFoundError):
        book.update(replace(FULL, name="nobody"))
    with pytest.raises(InputError):
        book.update(replace(FULL, name="local"))


def test_one_spelling(paths: Paths) -> None:
    odd = MediaHost(HostKind.BUCKET, " https://s3.example.com/ ", " my-bucket ", " eu-central-1 ", "/studio/in/", 3600)
    assert AccountBook(paths).add(replace(FULL, media_host=odd)) == FULL


def test_a_file_of_the_first_version(paths: Paths) -> None:
    paths.create()
    old = {"name": "work", "service": "cannon-studio", "base_url": "https://www.cannonstudio.app"}
    (paths.data / "accounts.json").write_text(json.dumps({"version": 1, "accounts": [old]}))
    assert AccountBook(paths).get("work") == PLAIN


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"requests_per_minute": 0}, "requests_per_minute"),
        ({"requests_per_minute": -1}, "requests_per_minute"),
        ({"requests_per_minute": True}, "requests_per_minute"),
        ({"requests_per_minute": 2.5}, "requests_per_minute"),
        ({"concurrent_jobs": 0}, "concurrent_jobs"),
        ({"concurrent_jobs": 10**9}, "concurrent_jobs"),
        ({"colour": "red"}, "colour"),
        ({"colour": "#abc"}, "colour"),
        ({"colour": "#12345g"}, "colour"),
    ],
)
def test_what_cannot_be(paths: Paths, fields: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as caught:
        AccountBook(paths).add(replace(PLAIN, **fields))
    assert caught.value.field == where
    assert not (paths.data / "accounts.json").exists()


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"endpoint": "http://s3.example.com"}, "endpoint"),
        ({"endpoint": "s3.example.com"}, "endpoint"),
        ({"endpoint": "https://u:p@s3.example.com"}, "endpoint"),
        ({"endpoint": "https://s3.example.com/?x"}, "endpoint"),
        ({"endpoint": "", "region": ""}, "region"),
        ({"region": "Mars 1"}, "region"),
        *[({"bucket": name}, "bucket") for name in
          ("", "ab", "a" * 64, "Upper", "under_score", "a..b", "-ab", "ab-", "192.168.1.1", "a/b")],
        *[({"prefix": name}, "prefix") for name in ("a b", "a//b", "../x", "a/../b", "ä", "x?y", "p" * 201)],
        *[({"expires_s": value}, "expires_s") for value in (59, 604801, 0, -1, True, 3600.5)],
    ],
)
def test_buckets_that_cannot_be(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_host(replace(BUCKET, **fields))
    assert caught.value.field == f"media_host.{where}"


@pytest.mark.parametrize(
    "fields",
    [{"endpoint": ""}, {"endpoint": "http://127.0.0.1:9000"}, {"endpoint": "http://localhost:9000", "region": ""},
     {"bucket": "abc"}, {"bucket": "a.b-c.9"}, {"prefix": ""}, {"prefix": "a/b.c_d-e=1"}, {"expires_s": 60},
     {"expires_s": 604800}, {"region": "auto"}],
)
def test_buckets_that_can(fields: dict[str, Any]) -> None:
    assert checked_host(replace(BUCKET, **fields)) == replace(BUCKET, **fields)


def test_a_kind_that_needs_no_bucket_needs_none() -> None:
    for kind in (HostKind.NONE, HostKind.INLINE):
        assert checked_host(MediaHost(kind)) == MediaHost(kind)


def test_what_a_later_version_wrote_stays(paths: Paths) -> None:
    """Fields that are not known, in the entry and in its media host, and a kind of host that is not."""
    paths.create()
    file = paths.data / "accounts.json"
    later = {"kind": "hologram", "bucket": 7}
    entry = {"name": "work", "service": "cannon-studio", "colour": 5, "mood": "good", "requests_per_minute": 9,
             "media_host": later}
    file.write_text(json.dumps({"version": 9, "accounts": [entry]}))
    book = AccountBook(paths)
    assert book.get("work") == replace(PLAIN, requests_per_minute=9)
    book.update(replace(PLAIN, requests_per_minute=8))
    written = json.loads(file.read_text())["accounts"][0]
    assert (written["mood"], written["media_host"], written["colour"]) == ("good", later, 5)
    assert written["requests_per_minute"] == 8
    book.update(replace(PLAIN, media_host=BUCKET, colour="#123456"))
    assert book.get("work").media_host == BUCKET
    written = json.loads(file.read_text())["accounts"][0]
    written["media_host"]["storage_class"] = "cold"
    file.write_text(json.dumps({"version": 9, "accounts": [written]}))
    book.update(replace(PLAIN, media_host=MediaHost()))
    assert json.loads(file.read_text())["accounts"][0]["media_host"]["storage_class"] == "cold"


_VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.lists(st.integers(), max_size=2)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(
    st.dictionaries(st.sampled_from(["requests_per_minute", "concurrent_jobs", "colour", "media_host"]), _VALUES),
    st.dictionaries(st.sampled_from(["kind", "endpoint", "bucket", "region", "prefix", "expires_s"]), _VALUES),
)
def test_no_entry_breaks_it(paths: Paths, fields: dict[str, Any], host: dict[str, Any]) -> None:
    paths.create()
    entry = {"name": "work", "service": "cannon-studio", **fields, **({"media_host": host} if host else {})}
    (paths.data / "accounts.json").write_text(json.dumps({"version": 1, "accounts": [entry]}))
    account = AccountBook(paths).get("work")
    assert account.base_url == PLAIN.base_url
    assert AccountBook(paths).add(account) == account
