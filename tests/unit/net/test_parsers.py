"""Whatever comes over the network is read or refused in net's own errors: addresses, bodies, headers of a file."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import pickle
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.net.answer import Answer
from studio.net.body import read_bounded
from studio.net.download import DownloadLimits, download_to
from studio.net.errors import BadAnswerError, ForbiddenAddressError, NetError, TooLargeError
from studio.net.exchange import Reply
from studio.net.guard import refuse_inward_literal
from studio.net.origin import Key, is_loopback_host, origin_of, require_safe, shown

HOSTS = st.sampled_from([
    "example.com", "localhost", "127.0.0.1", "[::1]", "10.0.0.1", "EXAMPLE.com.", "a.b@c", "[", "é.de", "",
])
ADDRESSES = st.text(max_size=30) | st.builds(
    "{}{}{}{}".format, st.sampled_from(["https://", "http://", "ftp://", "HTTPS://", "//", "https:", ""]), HOSTS,
    st.sampled_from(["", ":443", ":0", ":99999", ":x", ":-1"]), st.text(max_size=10).map(lambda text: f"/{text}"),
)


@pytest.mark.slow
@settings(deadline=None)
@given(ADDRESSES)
def test_any_address_is_judged(url: str) -> None:
    """Only https, or http to this computer; and what is shown of one never holds its query."""
    assert "?" not in shown(url)
    try:
        assert require_safe(url) == url
    except ForbiddenAddressError:
        return
    origin = origin_of(url)
    assert origin.startswith("https://") or is_loopback_host(origin.removeprefix("http://").rpartition(":")[0])
    assert origin_of(origin) == origin
    key = Key("cs_live_0123456789", url)
    assert key.bearer_for(url) == "Bearer cs_live_0123456789"
    assert key.bearer_for("https://elsewhere.example/") is None


@settings(deadline=None)
@given(ADDRESSES)
def test_any_link_of_a_service_is_judged(url: str) -> None:
    try:
        refuse_inward_literal(url)
    except ForbiddenAddressError:
        return
    assert not any(inward in origin_of(url) for inward in ("localhost", "127.0.0.1", "::1", "10.0.0.1"))


def test_what_cannot_be_read_is_not_shown() -> None:
    assert shown("https://[::1") == "an address that cannot be read"


def test_a_key_stays_in_its_process() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Key("cs_live_0123456789", "https://example.com"))


async def chunked(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


ENCODINGS = st.sampled_from(["", "identity", "gzip", "x-gzip", " GZIP ", "br", "deflate"])


@pytest.mark.slow
@settings(deadline=None)
@given(st.binary(max_size=400), ENCODINGS, st.integers(1, 50))
def test_any_body_is_read_or_refused(data: bytes, encoding: str, size: int) -> None:
    try:
        body = asyncio.run(read_bounded(chunked(data, size), encoding, 300))
    except (BadAnswerError, TooLargeError):
        return
    assert len(body) <= 300
    if encoding in ("", "identity"):
        assert body == data


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=3), st.integers(1, 50))
def test_a_compressed_body_is_what_went_in(members: list[bytes], size: int) -> None:
    packed = b"".join(gzip.compress(member) for member in members)
    assert asyncio.run(read_bounded(chunked(packed, size), "gzip", 1000)) == b"".join(members)


def test_a_compressed_body_is_limited_as_it_comes_too() -> None:
    with pytest.raises(TooLargeError):
        asyncio.run(read_bounded(chunked(gzip.compress(bytes(range(256)) * 4, 0), 100), "gzip", 500))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8,
)


@pytest.mark.slow
@settings(deadline=None)
@given(st.binary(max_size=100) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_answer_is_an_object_that_can_be_kept_or_none(body: bytes) -> None:
    try:
        value = Answer(200, {}, body).json()
    except BadAnswerError:
        return
    assert isinstance(value, dict)
    assert json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")) == value


FILE = b"the whole file as it is at the server"
LENGTHS = st.sampled_from(["", "0", "5", str(len(FILE)), "99", "-1", "1e3", "9" * 30, "x"])
RANGES = st.sampled_from(["", f"bytes 9-{len(FILE) - 1}/{len(FILE)}", f"bytes 9-{len(FILE) - 1}/*", f"bytes */{len(FILE)}",
                          "bytes */9", "bytes 9-8/37", "bytes 0-5/6", "bytes 9-40/41", "items 1-2/3", "bytes " + "9" * 40])
ETAGS = st.sampled_from(['"v1"', '"v2"', 'W/"v1"', "", "v1", '"\r"', "é"])
ODD = st.text(st.characters(max_codepoint=255), max_size=12)


@st.composite
def replies(draw: st.DrawFn) -> tuple[int, dict[str, str], bytes]:
    names = {"content-length": LENGTHS, "content-range": RANGES, "etag": ETAGS, "last-modified": ODD, "retry-after": ODD,
             "content-encoding": st.sampled_from(["identity", "gzip", ""])}
    chosen = draw(st.lists(st.sampled_from(sorted(names)), unique=True))
    headers = {name: draw(names[name] | ODD) for name in chosen}
    body = draw(st.sampled_from([FILE, FILE[9:], FILE[:5], b"", FILE + b"more"]))
    return draw(st.sampled_from([200, 206, 206, 416, 404, 500, 204])), headers, body


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(replies(), min_size=1, max_size=3), st.booleans(), st.sampled_from([None, 37, 12]))
def test_no_lie_about_a_file_is_believed(
    answers: list[tuple[int, dict[str, str], bytes]], begun: bool, total: int | None
) -> None:
    """A file is what the last answer held, from where it was asked for, or there is an error."""
    asked: list[str] = []
    given_last: list[tuple[int, bytes]] = []
    left = list(answers)

    @asynccontextmanager
    async def ask(headers: Mapping[str, str]) -> AsyncIterator[Reply]:
        asked.append(headers.get("Range", "bytes=0-"))
        status, said, body = left.pop(0) if len(left) > 1 else left[0]
        given_last[:] = [(status, body)]
        yield Reply(status, said, chunked(body, 7))

    async def pause(_attempt: int, _error: NetError) -> bool:
        return len(asked) < 4

    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "a.part"
        if begun:
            part.write_bytes(FILE[:9])
            part.with_name("a.part.json").write_text(json.dumps({"validator": '"v1"', "total": total}))
        try:
            told = asyncio.run(download_to(part, ask, pause, None, DownloadLimits(max_bytes=1000, block=10)))
        except NetError:
            assert not part.exists() or part.stat().st_size <= 1000
            return
        data = part.read_bytes()
        assert told == hashlib.sha256(data).hexdigest()
        assert [path.name for path in part.parent.iterdir()] == ["a.part"]
        ((status, body),) = given_last
        start = 0 if status == 200 else int(asked[-1].removeprefix("bytes=").removesuffix("-"))
        assert data[start:] == (b"" if status == 416 else body)
        assert status == 200 or start > 0
