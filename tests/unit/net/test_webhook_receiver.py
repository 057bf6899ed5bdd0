"""The receiver over real sockets: what comes in, what is refused before it is read, and that nothing hangs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest

from studio.net.webhook_receiver import Delivery, WebhookReceiver
from tests.ports import free_port

PATH = "/hooks/secret"


class Heard:
    """A receiver whose handler keeps what came. `answer` is what it gives, or raises."""

    def __init__(self, **limits: float) -> None:
        self.deliveries: list[Delivery] = []
        self.answer: HTTPStatus | Exception | float = HTTPStatus.NO_CONTENT
        self.receiver = WebhookReceiver(lambda path: path == PATH, self._handle, **limits)  # type: ignore[arg-type]
        self.port = 0

    async def _handle(self, delivery: Delivery) -> HTTPStatus:
        self.deliveries.append(delivery)
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, float):
            await asyncio.sleep(self.answer)
            return HTTPStatus.OK
        return self.answer

    async def send(self, data: bytes, *, end: bool = True) -> bytes:
        """All that is answered until the connection ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(data)
            if end:
                writer.write_eof()
            async with asyncio.timeout(60):
                return await reader.read()
        finally:
            writer.close()

    async def post(self, body: bytes = b"{}", head: str = "", path: str = PATH, method: str = "POST") -> int:
        request = f"{method} {path} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        return status(await self.send(request))


def status(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer
    return int(answer[9:12])


@pytest.fixture
async def heard() -> AsyncIterator[Heard]:
    heard = Heard(request_s=60.0, max_body=1000, handling_s=0.3, max_connections=4)
    heard.port = await heard.receiver.start()
    yield heard
    await heard.receiver.close()


async def opened(heard: Heard, count: int) -> None:
    """Until so many connections are open."""
    async with asyncio.timeout(60):
        while len(heard.receiver._open) != count:  # noqa: ASYNC110  # nothing here can set an event
            await asyncio.sleep(0.005)


async def test_a_post_reaches_the_handler_as_it_came(heard: Heard) -> None:
    assert await heard.post(b'{"a": "\xc3\xa9"}', "Webhook-Id: e1\r\nX-Two: 1\r\nX-Two: 2\r\n", PATH + "?a=b") == 204
    (delivery,) = heard.deliveries
    assert (delivery.path, delivery.body) == (PATH, b'{"a": "\xc3\xa9"}')
    assert delivery.headers["webhook-id"] == "e1"
    assert "e1" not in repr(delivery)


async def test_several_come_over_one_connection_also_in_chunks(heard: Heard) -> None:
    one = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na".encode()
    two = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbc\r\n1\r\nd\r\n0\r\n\r\n".encode()
    answer = await heard.send(one + two + one)
    assert answer.count(b"HTTP/1.1 204") == 3
    assert [delivery.body for delivery in heard.deliveries] == [b"a", b"bcd", b"a"]


@pytest.mark.parametrize(
    ("head", "path", "method", "expected"),
    [
        ("", "/hooks/other", "POST", 404), ("", "/", "POST", 404), ("", PATH + "/", "POST", 404), ("", "/%2e", "POST", 404),
        ("", PATH, "GET", 405), ("", PATH, "PUT", 405), ("", PATH, "OPTIONS", 405),
        ("Content-Encoding: gzip\r\n", PATH, "POST", 415),
        ("Webhook-Id: a\r\nWebhook-Id: b\r\n", PATH, "POST", 400),
    ],
)
async def test_what_is_no_event_is_refused(heard: Heard, head: str, path: str, method: str, expected: int) -> None:
    assert await heard.post(b"{}", head, path, method) == expected
    assert heard.deliveries == []


async def test_a_long_body_is_refused_by_what_it_says_and_by_what_comes(heard: Heard) -> None:
    assert await heard.post(b"x" * 1000) == 204
    assert await heard.post(b"x" * 1001) == 413
    said = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n".encode()
    assert status(await heard.send(said)) == 413
    endless = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + b"400\r\n" + b"x" * 1024
    assert status(await heard.send(endless)) == 413
    assert status(await heard.send(said + b"y" * 500_000)) == 413  # still writing, and reads the answer
    assert len(heard.deliveries) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"GARBAGE\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"POST /hooks/secret HTTP/1.1\r\n\r\n",
        b"POST /hooks/secret HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        b"POST /hooks/secret HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /hooks/secret HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /hooks/secret HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40_000 + b"\r\n\r\n",
        b"POST /hooks/secret HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab",
    ],
)
async def test_what_is_no_http_is_answered_or_dropped_and_the_next_one_served(heard: Heard, data: bytes) -> None:
    answer = await heard.send(data)
    assert answer == b"" or 400 <= status(answer) < 500
    assert heard.deliveries == []
    assert await heard.post() == 204


@pytest.mark.slow
async def test_a_slow_sender_is_let_go() -> None:
    heard = Heard(request_s=1.0)
    heard.port = await heard.receiver.start()
    for data in (b"", b"POST /ho", f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc".encode()):
        answer = await heard.send(data, end=False)
        assert status(answer) == 408
    assert heard.deliveries == []
    await heard.receiver.close()


async def test_a_sender_that_waits_for_leave_gets_it(heard: Heard) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", heard.port)
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n".encode())
    assert await reader.readline() == b"HTTP/1.1 100 \r\n"
    await reader.readline()
    writer.write(b"{}")
    assert (await reader.readline()).startswith(b"HTTP/1.1 204")
    writer.close()


async def test_a_handler_that_fails_or_hangs_is_answered_for(heard: Heard, caplog: pytest.LogCaptureFixture) -> None:
    heard.answer = RuntimeError("ours")
    assert await heard.post() == 500
    assert "could not be handled" in caplog.text
    heard.answer = 60.0
    assert await heard.post() == 503
    heard.answer = HTTPStatus.UNAUTHORIZED
    assert await heard.post() == 401


async def test_too_many_connections_are_not_taken(heard: Heard) -> None:
    idle = [await asyncio.open_connection("127.0.0.1", heard.port) for _ in range(4)]
    await opened(heard, 4)
    assert await heard.send(b"", end=False) == b""
    for _, writer in idle:
        writer.close()
    await opened(heard, 0)
    assert await heard.post() == 204


async def test_it_listens_on_this_computer_alone_and_ends_while_connections_are_open(heard: Heard) -> None:
    assert heard.receiver._server is not None
    assert {sock.getsockname()[0] for sock in heard.receiver._server.sockets} == {"127.0.0.1"}
    reader, writer = await asyncio.open_connection("127.0.0.1", heard.port)
    await opened(heard, 1)
    async with asyncio.timeout(30):
        await heard.receiver.close()
    with contextlib.suppress(ConnectionError):  # reset or ended
        assert await reader.read() == b""
    writer.close()
    await heard.receiver.close()
    with pytest.raises(OSError, match=r".+"):
        await asyncio.open_connection("127.0.0.1", heard.port)


async def test_a_port_that_is_taken_is_said_and_a_free_one_is_given_again() -> None:
    with socket.socket() as taken:
        port = free_port()
        taken.bind(("127.0.0.1", port))
        taken.listen()
        heard = Heard()
        with pytest.raises(OSError, match=r".+"):
            await heard.receiver.start(port)
    heard.port = await heard.receiver.start(port)
    assert heard.port == port
    assert await heard.post() == 204
    await heard.receiver.close()


async def test_a_sender_that_resets_is_forgotten(heard: Heard, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "studio.net")
    _, writer = await asyncio.open_connection("127.0.0.1", heard.port)
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc".encode())
    await writer.drain()
    while not heard.receiver._open:  # noqa: ASYNC110  # nothing here can set an event
        await asyncio.sleep(0.005)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0))
    writer.transport.abort()
    while heard.receiver._open:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    assert "went away" in caplog.text
    assert await heard.post() == 204
    assert len(heard.deliveries) == 1


async def test_one_connection_is_not_served_for_ever(heard: Heard) -> None:
    one = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na".encode()
    answer = await heard.send(one * 130, end=False)
    assert answer.count(b"HTTP/1.1 204") == len(heard.deliveries) == 100
