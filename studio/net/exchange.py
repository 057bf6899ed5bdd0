"""One request and its answer over httpx: the errors told apart, the connections kept, nothing secret printed.

The only file beside `transport` that names httpx. No retry and no redirect here.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from studio.net.errors import NetError, NoAnswerError, NotSentError
from studio.net.guard import IpAddress, check_outward_async
from studio.net.origin import is_loopback, require_safe, split

_log = logging.getLogger(__name__)

# What httpx raises only before the first byte of the request itself (a proxy's refusal included: all remote hosts are https,
# so that the proxy only saw the name).
_SURELY_NOT_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError,
    httpx.LocalProtocolError, httpx.InvalidURL,
)
Content = bytes | Callable[[], AsyncIterator[bytes]]


def silence() -> None:
    """Keeps the loggers of httpx and httpcore quiet whatever the level: they print whole URLs and headers."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it goes out. `fresh`: over a connection of its own, patiently. `outward`: only to the internet.

    `content`: the body, or what makes it anew for each attempt (with a Content-Length header then).
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: Content | None = field(default=None, repr=False)
    fresh: bool = False
    outward: bool = False
    allow_loopback: bool = False


@dataclass(slots=True)
class Reply:
    """Status and headers (lower-case names) of an answer whose body is still to come, as it was sent (not decoded)."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    chunks: AsyncIterator[bytes] = field(repr=False)


class Exchange:
    """Keeps the connections. Close it once, when no request is under way any more."""

    def __init__(self, *, timeout_s: float, connect_s: float, user_agent: str, max_connections: int) -> None:
        silence()
        self._timeout = httpx.Timeout(timeout_s, connect=connect_s)
        self._user_agent = user_agent
        self._max_connections = max_connections
        self._clients: dict[tuple[bool, bool, bool], httpx.AsyncClient] = {}
        self._trust: ssl.SSLContext | None = None

    async def close(self) -> None:
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    @asynccontextmanager
    async def open(self, call: Call, deadline: float | None) -> AsyncIterator[Reply]:
        """Sends the request and gives the answer as soon as its headers are there.

        `deadline`: loop time at which all of it must be over. Raises from the NetError tree, also while the body is read.
        """
        sent = False

        async def trace(event: str, _info: Any) -> None:
            nonlocal sent
            sent = sent or event.endswith("send_request_headers.started")

        require_safe(call.url)
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._send(call, trace)
                try:
                    headers = {name.lower(): value for name, value in response.headers.items()}
                    yield Reply(response.status_code, headers, response.aiter_raw())
                finally:
                    await response.aclose()
        except TimeoutError:
            raise _lost(call, "took too long", sent=sent) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            _log.debug("%s to %s: %s", call.method, split(call.url).hostname, type(error).__name__)
            if isinstance(error, _SURELY_NOT_SENT):
                sent = False
            raise _lost(call, _reason(error), sent=sent) from None  # the cause may hold the request, and so the key

    async def _send(self, call: Call, trace: Callable[[str, Any], Any]) -> httpx.Response:
        extensions: dict[str, Any] = {"trace": trace}
        if call.fresh:
            extensions["timeout"] = {**self._timeout.as_dict(), "read": None}  # the deadline alone ends it
        client = self._client(call)
        if not call.outward:
            return await client.send(self._request(client, call, call.url, extensions), stream=True)
        checked = await check_outward_async(call.url, allow_loopback=call.allow_loopback)
        extensions["sni_hostname"] = checked.host
        for address in checked.addresses[:-1]:
            try:
                return await client.send(self._pinned(client, call, address, extensions), stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await client.send(self._pinned(client, call, checked.addresses[-1], extensions), stream=True)

    def _pinned(
        self, client: httpx.AsyncClient, call: Call, address: IpAddress, extensions: dict[str, Any]
    ) -> httpx.Request:
        """The request to the very IP address that was checked; certificate and Host are still those of the name."""
        url = httpx.URL(call.url)
        host = url.netloc.decode("ascii")
        return self._request(client, call, url.copy_with(host=str(address)), extensions, host=host)

    def _request(
        self, client: httpx.AsyncClient, call: Call, url: httpx.URL | str, extensions: dict[str, Any], host: str = ""
    ) -> httpx.Request:
        content = call.content() if callable(call.content) else call.content
        headers = {"User-Agent": self._user_agent, "Accept-Encoding": "identity", **call.headers}
        if host:
            headers["Host"] = host
        return client.build_request(call.method, url, headers=headers, content=content, extensions=extensions)

    def _client(self, call: Call) -> httpx.AsyncClient:
        """System proxies serve remote hosts, never this computer, nor addresses that were checked here.

        `fresh` calls share no connection: one that the server is closing at that very moment would swallow a request, and
        nobody could say whether it was carried out.
        """
        encrypted = call.url.startswith("https:")
        direct = call.outward or is_loopback(call.url)
        kind = (encrypted, direct, call.fresh)
        client = self._clients.get(kind)
        if client is None:
            client = self._clients[kind] = self._make_client(encrypted=encrypted, direct=direct, fresh=call.fresh)
        return client

    def _make_client(self, *, encrypted: bool, direct: bool, fresh: bool) -> httpx.AsyncClient:
        if encrypted and self._trust is None:
            self._trust = httpx.create_ssl_context()
        # Plain http to this computer needs no certificates; an empty context trusts nobody.
        trust = self._trust if encrypted and self._trust else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        kept = 0 if fresh else self._max_connections
        limits = httpx.Limits(max_connections=self._max_connections, max_keepalive_connections=kept, keepalive_expiry=4.0)
        try:
            return httpx.AsyncClient(
                verify=trust, trust_env=not direct, timeout=self._timeout, limits=limits, follow_redirects=False,
                cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),  # no service sets a cookie here
            )
        except (ImportError, ValueError, httpx.InvalidURL):
            raise NotSentError("The system's proxy setting is one that cannot be used here.") from None


def _lost(call: Call, reason: str, *, sent: bool) -> NetError:
    host = split(call.url).hostname
    if sent:
        return NoAnswerError(f"{host} gave no whole answer: {reason}.")
    return NotSentError(f"{host} cannot be reached: {reason}.")


def _reason(error: Exception) -> str:
    """Why, in words. Only connection errors are quoted: the text of others may hold what was sent."""
    if isinstance(error, httpx.TimeoutException):
        return "it took too long"
    if isinstance(error, httpx.ConnectError):
        return str(error).rstrip(".") or "no connection"
    if isinstance(error, httpx.ProxyError):
        return "the proxy refused"
    if isinstance(error, httpx.LocalProtocolError | httpx.InvalidURL):
        return "the request cannot be written"
    return "the connection broke"


