"""A loopback HTTP server on raw sockets: it says what a script tells it to, byte by byte, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    """A request as it came. Header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value


Script = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


def head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def reply(status: int = 200, body: bytes | dict[str, object] = b"", headers: Mapping[str, str] | None = None) -> Script:
    """A whole, honest answer."""
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    kind = "application/json" if isinstance(body, dict) else "application/octet-stream"

    async def script(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}) + data)
        await writer.drain()

    return script


def raw(data: bytes) -> Script:
    """These bytes, then the end of the connection."""

    async def script(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return script


def hang_up() -> Script:
    """No answer at all."""
    return raw(b"")


def silent(seconds: float = 30.0) -> Script:
    """Keeps the connection and says nothing."""

    async def script(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)

    return script


def endless(piece: bytes, headers: Mapping[str, str], pause_s: float = 0.0) -> Script:
    """Headers, then the piece again and again until nobody listens."""

    async def script(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, headers))
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return script


def bomb(unpacked: int) -> bytes:
    """A gzip of zeros that unpacks to so many bytes."""
    return gzip.compress(b"0" * unpacked)


def file_script(data: bytes, *, etag: str | None = '"v1"', cut_after: int | None = None) -> Script:
    """Serves a file with Range and If-Range as it should be; `cut_after`: breaks off after so many bytes of the body."""

    async def script(seen: Seen, writer: asyncio.StreamWriter) -> None:
        start, status = 0, 200
        headers = {"ETag": etag} if etag else {}
        wanted = seen.headers.get("range", "")
        if wanted.startswith("bytes=") and seen.headers.get("if-range") == etag:
            start, status = int(wanted.removeprefix("bytes=").rstrip("-")), 206
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        if status == 206 and start >= len(data):
            writer.write(head(416, {"Content-Range": f"bytes */{len(data)}", "Content-Length": "0"}))
            await writer.drain()
            return
        body = data[start:]
        writer.write(head(status, {**headers, "Content-Length": str(len(body))}))
        writer.write(body if cut_after is None else body[:cut_after])
        await writer.drain()
        if cut_after is not None:
            writer.close()

    return script


class RawServer:
    """Answers request after request from `scripts`; the last one stays."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.scripts: list[Script] = [reply(404)]
        self.url = ""
        self._writers: set[asyncio.StreamWriter] = set()
        self.listener: asyncio.Server | None = None

    def stop_listening(self) -> None:
        if self.listener is not None:
            self.listener.close()

    def say(self, *scripts: Script) -> None:
        self.scripts = list(scripts)

    @property
    def posts(self) -> list[Seen]:
        return [one for one in self.seen if one.method == "POST"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while not writer.is_closing():
                    request = await self._read(reader)
                    self.seen.append(request)
                    script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                    await script(request, writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Seen:
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = text.rstrip("\r\n").split("\r\n")
        method, path, _version = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Seen(method, path, headers, body)

    def drop_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()


@asynccontextmanager
async def running_server() -> AsyncIterator[RawServer]:
    """A server on a free port of 127.0.0.1; its tasks are over when the block ends."""
    server = RawServer()
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await server.serve(reader, writer)
        except asyncio.CancelledError:
            pass  # the end of the test
        finally:
            tasks.discard(task)

    listener = server.listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        server.drop_all()
        waiting = set(tasks)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    """Waits for what happens in a thread or over a socket; the test's own time limit ends it."""
    while not condition():  # noqa: ASYNC110  # nothing here can set an event
        await asyncio.sleep(0.005)


