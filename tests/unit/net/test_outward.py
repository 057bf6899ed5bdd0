"""Connections to addresses that were looked at first, and redirects that lead inward."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import pytest

from studio.net.errors import NotSentError, RedirectError
from studio.net.exchange import Call
from studio.net.guard import check_outward, check_outward_async
from studio.net.transport import Transport, _next_address
from tests.unit.net.raw_server import RawServer, reply


def resolved(*addresses: str) -> list[tuple[Any, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[Any, ...]]]:
    """What the system's look-up says of names; other names are looked up as ever."""
    known: dict[str, list[tuple[Any, ...]]] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        return known[host] if host in known else real(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.mark.skipif(sys.platform == "darwin", reason="only 127.0.0.1 is set up there")
async def test_each_address_of_a_name_is_tried(
    server: RawServer, transport: Transport, names: dict[str, list[tuple[Any, ...]]]
) -> None:
    """The first refuses the connection, the second answers; the Host is the name's."""
    names["several.localhost"] = resolved("127.0.0.2", "127.0.0.1")
    server.say(reply(200, b"here"))
    port = server.url.rpartition(":")[2]
    url = f"http://several.localhost:{port}/a"
    call = Call("GET", url, outward=True, allow_loopback=True)
    async with transport._exchange.open(call, None) as answer:
        assert b"".join([piece async for piece in answer.chunks]) == b"here"
    assert server.seen[0].headers["host"] == f"several.localhost:{port}"
    names["several.localhost"] = resolved("127.0.0.2", "127.0.0.3")
    with pytest.raises(NotSentError):
        async with transport._exchange.open(call, None):
            pass


async def test_a_name_without_an_address(names: dict[str, list[tuple[Any, ...]]]) -> None:
    names["nothing.example"] = []
    with pytest.raises(NotSentError, match=r"nothing\.example has no address"):
        check_outward("https://nothing.example/")
    with pytest.raises(NotSentError, match="has no address"):
        await check_outward_async("https://nothing.example/")


@pytest.mark.parametrize("location", ["http://127.0.0.1:9/", "https://localhost/", "https://[::1]/x", "//127.0.0.1/x"])
def test_nobody_out_there_redirects_to_this_computer(location: str) -> None:
    with pytest.raises(RedirectError, match="this computer") as caught:
        _next_address(Call("GET", "https://cdn.example.com/a"), 302, location)
    assert caught.value.status == 302


async def test_a_header_that_cannot_be_written_never_leaves(server: RawServer, transport: Transport) -> None:
    server.say(reply(200))
    with pytest.raises(NotSentError, match="cannot be written") as caught:
        await transport.request("POST", f"{server.url}/a", headers={"x-note": "secret\r\nx-evil: 1"}, json={})
    assert "secret" not in str(caught.value)
    await asyncio.sleep(0.02)
    assert server.seen == []
