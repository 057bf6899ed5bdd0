"""A small HTTP server on loopback that takes events and nothing else, for a person who puts a tunnel before it.

h11 reads the requests; what is added are the limits. An address that is not known is refused before its body is read, and
the handler only checks and queues: whoever sends gets an answer in milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import h11

log = logging.getLogger(__name__)

MAX_BODY = 256 * 1024
REQUEST_S = 10.0
"""A request must be whole so many seconds after its connection, or the one before it, began."""
HANDLING_S = 5.0
MAX_CONNECTIONS = 32
_MAX_HEAD = 16 * 1024
_READ = 64 * 1024
_REQUESTS_A_CONNECTION = 100
_LINGER_S, _LINGER_BYTES = 2.0, 4 * 1024 * 1024

Handler = Callable[["Delivery"], Awaitable[HTTPStatus]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST as it came: `headers` by lower-case name, each of them once; `body` the raw bytes."""

    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class _RefusedError(Exception):
    """The request is answered with this status, and the connection ends."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class WebhookReceiver:
    """`known` says whether a path is one of ours; `handle` checks a delivery, queues it and gives the status to answer.

    Times in seconds, sizes in bytes. For use on one event loop. `close` may be called at any time, and again.
    """

    def __init__(
        self, known: Callable[[str], bool], handle: Handler, *, max_body: int = MAX_BODY, request_s: float = REQUEST_S,
        handling_s: float = HANDLING_S, max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        self._known, self._handle = known, handle
        self._max_body, self._request_s, self._handling_s = max_body, request_s, handling_s
        self._max_connections = max_connections
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0) -> int:
        """Listen on 127.0.0.1; 0 takes a free port. Gives the port. Raises OSError where it is taken."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if sys.platform != "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # on Windows others could take the port
            listener.bind(("127.0.0.1", port))
            self._server = await asyncio.start_server(self._connected, sock=listener, limit=_READ)
        except BaseException:
            listener.close()
            raise
        return int(listener.getsockname()[1])

    async def close(self) -> None:
        """Stop listening; requests that are under way are cut."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        tasks = list(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:  # asyncio runs this as a task, always
            raise RuntimeError("a connection without a task")
        try:
            if len(self._open) >= self._max_connections:
                return
            self._open.add(task)
            await self._serve(reader, writer)
        except (ConnectionError, TimeoutError) as error:
            log.debug("a sender of events went away: %s", type(error).__name__)
        except asyncio.CancelledError:
            if self._server is not None:
                raise  # not our own close: then somebody else ends this task
        finally:
            self._open.discard(task)
            writer.transport.abort() if self._server is None else writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)
        for _ in range(_REQUESTS_A_CONNECTION):
            try:
                async with asyncio.timeout(self._request_s):
                    delivery = await self._read(connection, reader, writer)
                if delivery is None:
                    return
                status = await self._answer_of(delivery)
            except (_RefusedError, TimeoutError, h11.RemoteProtocolError) as error:
                if connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                    await _send(connection, writer, _status_of(error), last=True)
                    await _linger(reader, writer)
                return
            await _send(connection, writer, status)
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()

    async def _read(
        self, connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Delivery | None:
        """The next request, whole; None when the sender has no more. Raises _RefusedError, h11.RemoteProtocolError."""
        request = await _next(connection, reader)
        if not isinstance(request, h11.Request):
            return None
        path = request.target.decode("ascii", "replace").partition("?")[0]
        headers = self._admit(request, path)
        if connection.they_are_waiting_for_100_continue:
            writer.write(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
        body = bytearray()
        while True:
            event = await _next(connection, reader)
            if isinstance(event, h11.EndOfMessage):
                return Delivery(path, headers, bytes(body))
            if not isinstance(event, h11.Data):
                return None  # broken off
            body += event.data
            if len(body) > self._max_body:
                raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _admit(self, request: h11.Request, path: str) -> dict[str, str]:
        """What is known before the body: the address, the method, the length. Raises _RefusedError."""
        if not self._known(path):
            raise _RefusedError(HTTPStatus.NOT_FOUND)
        if request.method != b"POST":
            raise _RefusedError(HTTPStatus.METHOD_NOT_ALLOWED)
        if sum(len(name) + len(value) for name, value in request.headers) > _MAX_HEAD:
            raise _RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        headers: dict[str, str] = {}
        for name, value in request.headers:
            key = name.decode("ascii")
            if key in headers and key.startswith("webhook-"):
                raise _RefusedError(HTTPStatus.BAD_REQUEST)  # which of the two was signed?
            headers[key] = value.decode("latin-1")
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._max_body:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        return headers

    async def _answer_of(self, delivery: Delivery) -> HTTPStatus:
        try:
            async with asyncio.timeout(self._handling_s):
                return await self._handle(delivery)
        except TimeoutError:
            return HTTPStatus.SERVICE_UNAVAILABLE
        except Exception:  # the border to the network: a fault of ours is answered and logged, and the server goes on
            log.exception("an event could not be handled")
            return HTTPStatus.INTERNAL_SERVER_ERROR


def _status_of(error: Exception) -> HTTPStatus:
    if isinstance(error, _RefusedError):
        return error.status
    if isinstance(error, TimeoutError):
        return HTTPStatus.REQUEST_TIMEOUT
    return HTTPStatus(getattr(error, "error_status_hint", 0) or HTTPStatus.BAD_REQUEST)


async def _next(connection: h11.Connection, reader: asyncio.StreamReader) -> object:
    while True:
        event = connection.next_event()
        if event is not h11.NEED_DATA:
            return event
        connection.receive_data(await reader.read(_READ))


async def _send(
    connection: h11.Connection, writer: asyncio.StreamWriter, status: HTTPStatus, *, last: bool = False
) -> None:
    """An answer without a body: whoever sends events reads the status alone."""
    headers = [] if status is HTTPStatus.NO_CONTENT else [("Content-Length", "0")]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "POST"))
    if last:
        headers.append(("Connection", "close"))
    response = connection.send(h11.Response(status_code=status.value, headers=headers, reason=status.phrase.encode()))
    writer.write((response or b"") + (connection.send(h11.EndOfMessage()) or b""))
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(REQUEST_S):
            await writer.drain()


async def _linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read on for a moment and drop it: who still writes would else find the connection reset, and not the answer."""
    with contextlib.suppress(ConnectionError, TimeoutError, OSError):
        writer.write_eof()
        async with asyncio.timeout(_LINGER_S):
            left = _LINGER_BYTES
            while left > 0 and (piece := await reader.read(_READ)):
                left -= len(piece)
