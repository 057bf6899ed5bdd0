"""Addresses of media that lead inward, in every spelling: refused with the field named, and nothing is ever asked there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from studio.engine.fetch import Fetcher
from studio.engine.render.task import RenderRefusedError
from studio.net import guard
from tests.unit.engine.rig import Rig, engine
from tests.unit.net.test_tls import make_certificate

LITERALS = (
    "https://127.0.0.1:{port}/a.png", "https://localhost:{port}/a.png", "https://localhost.:{port}/a.png",
    "https://LOCALHOST:{port}/a.png", "https://a.localhost:{port}/a.png", "https://[::1]:{port}/a.png",
    "https://[::ffff:127.0.0.1]:{port}/a.png", "https://[::ffff:7f00:1]:{port}/a.png", "https://[::]:{port}/a.png",
    "https://user@127.0.0.1:{port}/a.png", "https://example.org@127.0.0.1:{port}/a.png",
    "https://127.0.0.1:{port}@example.org/a.png", "https://example.org:x@127.0.0.1:{port}/a.png",
    "https://169.254.169.254/latest/meta-data", "https://[fd00:ec2::254]/", "https://10.0.0.1/a.png",
    "https://0.0.0.0:{port}/a.png", "https://[64:ff9b::7f00:1]/a.png", "https://127.0.0.1:{port}\\@example.org/a.png",
    "http://127.0.0.1:{port}/a.png", "http://localhost:{port}/a.png", "file:///etc/passwd", "//127.0.0.1:{port}/a.png",
    "ftp://127.0.0.1:{port}/a.png", "https:/127.0.0.1:{port}/a.png", "https://127.0.0.1:{port}\t/a.png",
)
"""Plain to see when the job is made."""
LOOKED_UP = (
    "https://2130706433:{port}/a.png", "https://0x7f000001:{port}/a.png", "https://0x7f.1:{port}/a.png",
    "https://0177.0.0.1:{port}/a.png", "https://017700000001:{port}/a.png", "https://127.1:{port}/a.png",
    "https://127.0.1:{port}/a.png", "https://0:{port}/a.png", "https://rebound.example:{port}/a.png",
    "https://mixed.example:{port}/a.png", "https://mapped.example:{port}/a.png",
    "https://１２７.0.0.1:{port}/a.png",  # full-width digits, which IDNA reads as plain ones
)
"""Found out when the name is looked up."""


class Listener:
    """Counts who connects."""

    def __init__(self) -> None:
        self.count = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.count += 1
            connection.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # macOS: it is not connected
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread on Linux
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of an attacker who answers with inward addresses; everything else is looked up as always."""
    real = socket.getaddrinfo
    known = {"rebound.example": ["127.0.0.1"], "mixed.example": ["93.184.216.34", "127.0.0.1"],
             "mapped.example": ["::ffff:127.0.0.1"]}

    def look_up(host: Any, port: Any, *arguments: Any, **options: Any) -> list[Any]:
        if host not in known:
            return real(host, port, *arguments, **options)
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(families[":" in text], socket.SOCK_STREAM, 6, "", (text, port)) for text in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_what_is_plain_to_see_makes_no_job(shared: Rig, listener: Listener) -> None:
    for form in LITERALS:
        answer = shared.post("video.generate", image_url=form.format(port=listener.port))
        assert answer.status_code == 422, form
        assert answer.json()["error"]["details"][0]["field"] == "image_url"
    assert listener.count == 0


@pytest.mark.slow
def test_what_a_name_hides_is_found_out_before_anything_is_asked(tmp_path: Path, listener: Listener, names: None) -> None:
    with engine(tmp_path) as rig:
        for form in LOOKED_UP:
            answer = rig.post("video.generate", image_url=form.format(port=listener.port))
            if answer.status_code == 422:  # the better: seen at once
                assert answer.json()["error"]["details"][0]["field"] == "image_url"
                continue
            found = rig.finished(answer.json()["id"])
            assert (found["status"], found["errorCode"], found["errorField"]) == ("failed", "refused", "image_url"), form
            assert "could not be fetched" in found["errorMessage"]
    assert listener.count == 0


async def test_the_address_that_was_judged_is_the_one_that_is_asked(
    tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding between look and leap: a look-up for the leap, which would lead inward, is not made."""
    asked = 0
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *arguments: Any, **options: Any) -> list[Any]:
        nonlocal asked
        if host != "rebinding.example":
            return real(host, port, *arguments, **options)
        asked += 1
        # Out on the internet at first (nobody answers there: TEST-NET-3, let through below), this computer ever after.
        address = "203.0.113.1" if asked == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, listener.port))]

    judge = guard.is_inward
    monkeypatch.setattr(guard, "is_inward", lambda address: str(address) != "203.0.113.1" and judge(address))
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    fetcher = Fetcher()
    with pytest.raises((RenderRefusedError, TimeoutError)):
        async with asyncio.timeout(2):
            await fetcher(f"https://rebinding.example:{listener.port}/a.png", tmp_path / "a", max_bytes=1000)
    await fetcher.close()
    assert asked >= 1
    assert listener.count == 0


@pytest.mark.parametrize("target", [
    "https://127.0.0.1:{port}/a.png", "http://127.0.0.1:{port}/a.png", "https://rebound.example:{port}/a.png",
    "https://2130706433:{port}/a.png", "https://[::ffff:127.0.0.1]:{port}/a.png", "file:///etc/passwd",
    "//localhost:{port}/", "gopher://127.0.0.1:{port}/",
])
async def test_a_redirect_inward_is_not_followed(
    target: str, tmp_path: Path, listener: Listener, names: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public server (here: one on loopback that the guard is told to take for public) that points inward."""
    from studio.net import exchange

    real = guard.check_outward_async

    async def check(url: str, *, allow_loopback: bool = False) -> guard.Checked:
        return await real(url, allow_loopback=url.startswith("https://localhost") and "/start" in url)

    monkeypatch.setattr(exchange, "check_outward_async", check)
    async with _redirecting(tmp_path, target.format(port=listener.port), monkeypatch) as (port, served):
        fetcher = Fetcher()
        with pytest.raises(RenderRefusedError, match="could not be fetched"):
            await fetcher(f"https://localhost:{port}/start.png", tmp_path / "a", max_bytes=1000)
        await fetcher.close()
        assert served == ["/start.png"]
    assert listener.count == 0


@asynccontextmanager
async def _redirecting(folder: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[int, list[str]]]:
    """An https server for the name localhost that sends everybody on to `target`; its port, and what it was asked for."""
    certificate, key = make_certificate(folder, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    served: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        served.append(head.split(b" ")[1].decode())
        answer = f"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        writer.write(answer.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield int(server.sockets[0].getsockname()[1]), served
    finally:
        server.close()
