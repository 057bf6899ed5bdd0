"""Requests against a server that behaves badly in every way that can be scripted."""

from __future__ import annotations

import asyncio
import gzip
import logging
import traceback
from pathlib import Path

import pytest

from studio.net.errors import (
    BadAnswerError,
    ForbiddenAddressError,
    NoAnswerError,
    NotSentError,
    RedirectError,
    TooLargeError,
)
from studio.net.origin import Key
from studio.net.retry import RetryMode
from studio.net.transport import Transport
from tests.ports import free_port
from tests.unit.net.raw_server import RawServer, Seen, bomb, endless, hang_up, head, raw, reply, silent, until

SECRET = "cs_live_canary_0123456789"


async def test_a_plain_answer(server: RawServer, transport: Transport) -> None:
    server.say(reply(202, {"id": "req_1"}, {"X-RateLimit-Remaining": "9"}))
    headers = {"x-idempotency-key": "k"}
    answer = await transport.request("POST", f"{server.url}/a", json={"prompt": "Köln ♥"}, headers=headers)
    assert (answer.status, answer.json(), answer.headers["x-ratelimit-remaining"]) == (202, {"id": "req_1"}, "9")
    assert server.seen[0].json() == {"prompt": "Köln ♥"}
    assert server.seen[0].headers["x-idempotency-key"] == "k"
    assert "authorization" not in server.seen[0].headers


async def test_a_lost_answer_to_a_post_is_one_post(server: RawServer, transport: Transport) -> None:
    server.say(hang_up())
    with pytest.raises(NoAnswerError):
        await transport.request("POST", f"{server.url}/a", json={})
    assert len(server.posts) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_refused_post_is_one_post(server: RawServer, transport: Transport, status: int) -> None:
    server.say(reply(status, {}, {"Retry-After": "1"}))
    answer = await transport.request("POST", f"{server.url}/a", json={})
    assert (answer.status, answer.retry_after_s, len(server.posts)) == (status, 1, 1)


async def test_a_post_with_a_key_is_repeated_with_the_same_body(server: RawServer, transport: Transport) -> None:
    server.say(hang_up(), reply(503), reply(202, {"id": "req_1"}))
    answer = await transport.request(
        "POST", f"{server.url}/a", json={"n": 1}, headers={"x-idempotency-key": "k"}, retry=RetryMode.KEYED
    )
    assert answer.status == 202
    assert {(one.body, one.headers["x-idempotency-key"]) for one in server.posts} == {(b'{"n": 1}', "k")}
    assert len(server.posts) == 3


async def test_not_sent_means_that_no_try_was(server: RawServer, transport: Transport) -> None:
    """Sent and lost, then nobody listens any more: the outcome is not known."""

    async def swallow(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        server.stop_listening()
        writer.close()

    server.say(swallow)
    with pytest.raises(NoAnswerError, match="earlier"):
        await transport.request("POST", f"{server.url}/a", json={}, retry=RetryMode.KEYED)
    assert len(server.posts) == 1


async def test_a_paid_post_takes_a_connection_of_its_own(server: RawServer, transport: Transport) -> None:
    """A kept connection that the server closes at that moment would make the outcome unknown."""
    closing: list[asyncio.StreamWriter] = []

    async def last_one(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await reply(200, {})(seen, writer)
        closing.append(writer)

    server.say(last_one, reply(202, {}))
    await transport.request("GET", f"{server.url}/a")
    closing[0].close()  # the close has not reached the client when it sends the next request
    assert (await transport.request("POST", f"{server.url}/a", json={})).status == 202


async def test_both_forms_of_retry_after_are_obeyed(server: RawServer, transport: Transport, waits: list[float]) -> None:
    date = {"Retry-After": "Fri, 20 Mar 2026 14:30:10 GMT"}
    server.say(reply(429, {}, {"Retry-After": "3"}), reply(503, {}, date), reply(200, {}))
    assert (await transport.request("GET", f"{server.url}/a")).ok
    assert waits == [3.5, 10.5]


async def test_a_long_retry_after_surfaces(server: RawServer, transport: Transport, waits: list[float]) -> None:
    server.say(reply(429, {}, {"Retry-After": "121"}))
    answer = await transport.request("GET", f"{server.url}/a", deadline_s=1000)
    assert (answer.status, answer.retry_after_s, waits, len(server.seen)) == (429, 121, [], 1)


async def test_a_wait_beyond_the_deadline_surfaces(server: RawServer, transport: Transport, waits: list[float]) -> None:
    server.say(reply(429, {}, {"Retry-After": "100"}))
    answer = await transport.request("GET", f"{server.url}/a", deadline_s=5)
    assert (answer.status, waits) == (429, [])


async def test_nobody_listens(transport: Transport) -> None:
    with pytest.raises(NotSentError, match=r"127\.0\.0\.1"):
        await transport.request("POST", f"http://127.0.0.1:{free_port()}/a?token=secret", json={})


async def test_an_unknown_name(transport: Transport) -> None:
    with pytest.raises(NotSentError):
        await transport.request("POST", "https://no-such-host.invalid/a", json={})


async def test_no_tls_over_there(server: RawServer) -> None:
    impatient = Transport(connect_s=0.2)
    with pytest.raises(NotSentError):
        await impatient.request("POST", server.url.replace("http", "https") + "/a", json={}, retry=RetryMode.NEVER)
    await impatient.aclose()
    assert server.seen == []


async def test_silence_ends_with_the_time_limit(server: RawServer) -> None:
    server.say(silent())
    impatient = Transport(timeout_s=0.3)
    with pytest.raises(NoAnswerError):
        await impatient.request("GET", f"{server.url}/a", retry=RetryMode.NEVER)
    with pytest.raises(NoAnswerError):
        await impatient.request("POST", f"{server.url}/a", json={}, deadline_s=0.6)
    await impatient.aclose()
    await until(lambda: len(server.seen) == 2)
    assert [one.method for one in server.seen] == ["GET", "POST"]


async def test_a_paid_post_is_waited_for(server: RawServer) -> None:
    """Longer than the time without a byte: to give it up would leave its outcome unknown."""

    async def late(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        await reply(202, {})(seen, writer)

    server.say(late)
    impatient = Transport(timeout_s=0.1)
    assert (await impatient.request("POST", f"{server.url}/a", json={})).status == 202
    await impatient.aclose()


async def test_a_trickle_ends_with_the_deadline(server: RawServer, transport: Transport) -> None:
    server.say(endless(b" ", {"Content-Length": "1000000"}, pause_s=0.02))
    with pytest.raises(NoAnswerError):
        await transport.request("GET", f"{server.url}/a", deadline_s=0.6)


async def test_a_cut_body(server: RawServer, transport: Transport) -> None:
    server.say(raw(head(202, {"Content-Length": "100"}) + b'{"id": '))
    with pytest.raises(NoAnswerError):
        await transport.request("POST", f"{server.url}/a", json={})
    assert len(server.posts) == 1


async def test_an_endless_body(server: RawServer, transport: Transport) -> None:
    server.say(endless(b"x" * 65536, {"Content-Type": "application/json"}))
    with pytest.raises(TooLargeError):
        await transport.request("GET", f"{server.url}/a")
    assert len(server.seen) == 1


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_gzip_bomb(server: RawServer, transport: Transport, chunked: bool) -> None:
    data = bomb(50_000_000)
    if chunked:
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)
        server.say(raw(head(200, {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}) + body))
    else:
        server.say(reply(200, data, {"Content-Encoding": "gzip"}))
    with pytest.raises(TooLargeError):
        await transport.request("GET", f"{server.url}/a")


async def test_honest_gzip(server: RawServer, transport: Transport) -> None:
    members = gzip.compress(b'{"a": ') + gzip.compress(b"1}")
    server.say(reply(200, members, {"Content-Encoding": "gzip"}))
    assert (await transport.request("GET", f"{server.url}/a")).json() == {"a": 1}


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
async def test_compression_not_asked_for(server: RawServer, transport: Transport, encoding: str) -> None:
    server.say(reply(200, b"{}", {"Content-Encoding": encoding}))
    with pytest.raises(BadAnswerError):
        await transport.request("GET", f"{server.url}/a")


async def test_broken_compression(server: RawServer, transport: Transport) -> None:
    for data in (b"no gzip at all", gzip.compress(b"{}" * 50)[:-9]):
        server.say(reply(200, data, {"Content-Encoding": "gzip"}))
        with pytest.raises(BadAnswerError):
            await transport.request("GET", f"{server.url}/a")


@pytest.mark.parametrize(
    "body",
    [b"<html>down</html>", b"", b'{"a": "\xff\xfe"}', b"[1, 2]", b'{"a": NaN}', b"[" * 100_000, b'{"a": ' * 100_000,
     b'{"n": ' + b"9" * 10_000 + b"}"],
    ids=["html", "empty", "bad utf-8", "list", "nan", "deep list", "deep object", "huge number"],
)
async def test_nonsense_instead_of_json(server: RawServer, transport: Transport, body: bytes) -> None:
    server.say(reply(200, body))
    answer = await transport.request("GET", f"{server.url}/a")
    with pytest.raises(BadAnswerError):
        answer.json()


async def test_half_a_surrogate_pair_can_be_stored(server: RawServer, transport: Transport) -> None:
    server.say(reply(200, b'{"a": ["x\\ud800y", "\\ud83d\\ude00"], "b\\udfff": 1}'))
    value = (await transport.request("GET", f"{server.url}/a")).json()
    assert value["a"][1] == "😀"
    repr(value).encode("utf-8")
    str(value["a"][0]).encode("utf-8")


@pytest.mark.parametrize(
    "data",
    [b"garbage\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"\x00" * 500, b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200_000],
    ids=["words", "status", "zeros", "headers without end"],
)
async def test_no_http_at_all(server: RawServer, transport: Transport, data: bytes) -> None:
    server.say(raw(data))
    with pytest.raises(NoAnswerError):
        await transport.request("POST", f"{server.url}/a", json={})


async def test_the_key_goes_home_and_nowhere_else(server: RawServer, other_server: RawServer, transport: Transport) -> None:
    server.say(reply(302, b"", {"Location": f"{other_server.url}/b"}))
    other_server.say(reply(302, b"", {"Location": f"{server.url}/c"}))
    server.scripts.append(reply(200, {"ok": True}))
    key = Key(SECRET, server.url)
    assert (await transport.request("GET", f"{server.url}/a", key=key)).json() == {"ok": True}
    assert [one.headers.get("authorization") for one in server.seen] == [f"Bearer {SECRET}"] * 2
    assert SECRET not in repr(other_server.seen)
    other_server.say(reply(200, {}))
    await transport.request("GET", f"{other_server.url}/d", key=key)
    assert SECRET not in repr(other_server.seen)


async def test_redirects_have_an_end(server: RawServer, transport: Transport) -> None:
    server.say(reply(302, b"", {"Location": "/again"}))
    with pytest.raises(RedirectError):
        await transport.request("GET", f"{server.url}/a")
    assert len(server.seen) == 6


@pytest.mark.parametrize("location", ["http://example.com/", "file:///etc/passwd", "ftp://127.0.0.1/", "http://a:b@127.0.0.1/",
                                      "//example.com/x", "http://127.0.0.1:99999/"])
async def test_redirects_to_unsafe_places(server: RawServer, transport: Transport, location: str) -> None:
    server.say(reply(302, b"", {"Location": location}))
    with pytest.raises(RedirectError):
        await transport.request("GET", f"{server.url}/a")


async def test_a_redirect_to_what_is_no_address(server: RawServer, transport: Transport) -> None:
    server.say(reply(302, b"", {"Location": "http://[::1"}))
    with pytest.raises((NoAnswerError, RedirectError)):
        await transport.request("GET", f"{server.url}/a", retry=RetryMode.NEVER)
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_body_is_not_sent_elsewhere(
    server: RawServer, other_server: RawServer, transport: Transport, status: int
) -> None:
    server.say(reply(status, b"", {"Location": f"{other_server.url}/b"}))
    with pytest.raises(RedirectError) as caught:
        await transport.request("POST", f"{server.url}/a", json={"prompt": "mine"}, retry=RetryMode.KEYED)
    assert (caught.value.status, caught.value.target) == (status, other_server.url)
    assert other_server.seen == []
    assert len(server.seen) == 1


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://example.com/", "https://user:pw@example.com/", "https://",
                                 "x", "https://exa mple.com/", "https://example.com\\@evil.example/", "http://2130706433/"])
async def test_addresses_that_are_not_asked(transport: Transport, url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        await transport.request("GET", url)


async def test_no_cookie_is_kept(server: RawServer, transport: Transport) -> None:
    server.say(reply(200, {}, {"Set-Cookie": "tracker=1; Path=/"}))
    await transport.request("GET", f"{server.url}/a")
    await transport.request("GET", f"{server.url}/a")
    assert [one.headers.get("cookie") for one in server.seen] == [None, None]


async def test_system_proxies_do_not_see_this_computer(
    server: RawServer, other_server: RawServer, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, other_server.url)
    server.say(reply(200, {}))
    assert (await transport.request("GET", f"{server.url}/a")).ok
    other_server.say(reply(403))
    with pytest.raises(NotSentError, match="proxy"):
        await transport.request("POST", "https://example.invalid/", json={}, retry=RetryMode.NEVER)
    assert [one.method for one in other_server.seen] == ["CONNECT"]


async def test_a_proxy_that_cannot_be_used(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://127.0.0.1:1")
    with pytest.raises(NotSentError, match="proxy"):
        await transport.request("GET", "https://example.invalid/")


async def test_nothing_secret_in_logs_errors_or_reprs(
    server: RawServer, transport: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = Key(SECRET, server.url)
    texts = [repr(key), str(key), repr(server.url)]
    for status in (200, 500):
        server.say(reply(status, {}))
        texts.append(repr(await transport.request("GET", f"{server.url}/a?sig={SECRET}", key=key)))
    for script in (hang_up(), reply(302, b"", {"Location": "http://example.com/?sig=" + SECRET})):
        server.say(script)
        with pytest.raises((NoAnswerError, RedirectError)) as caught:
            await transport.request("GET", f"{server.url}/a?sig={SECRET}", key=key)
        texts += traceback.format_exception(caught.value)
    assert SECRET not in "".join(texts)
    assert SECRET not in caplog.text


@pytest.mark.parametrize("text", ["", "  ", "two words", "line\nbreak", "schlüssel", "null\x00"])
def test_what_cannot_be_a_key(text: str) -> None:
    with pytest.raises(ValueError, match="plain characters"):
        Key(text, "https://example.com")


async def test_upload_streams_the_file(server: RawServer, transport: Transport, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(range(256)) * 4096)
    server.say(hang_up(), reply(201, {"url": "x"}))
    reports: list[tuple[int, int | None]] = []
    answer = await transport.upload(
        f"{server.url}/up", path, content_type="video/mp4", report=lambda done, total: reports.append((done, total))
    )
    assert answer.status == 201
    assert [one.body == path.read_bytes() for one in server.posts] == [True, True]
    assert server.posts[0].headers["content-length"] == str(path.stat().st_size)
    assert "transfer-encoding" not in server.posts[0].headers
    assert reports[-1] == (path.stat().st_size, path.stat().st_size)
