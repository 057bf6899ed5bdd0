"""A TCP proxy before the engine that delays and cuts connections at every stage of a request, by chance."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections import Counter
from dataclasses import dataclass
from types import TracebackType

_LENGTH = re.compile(rb"^content-length:\s*(\d+)\s*$", re.IGNORECASE | re.MULTILINE)
_CONNECTION = re.compile(rb"^connection:[^\r\n]*\r\n", re.IGNORECASE | re.MULTILINE)
_END_OF_HEAD = b"\r\n\r\n"
_CREATE = b"POST /api/v1/requests "
STAGES = ("before the request", "in the request", "in the request, half of it sent on", "after the request", "in the answer")
LONGEST_DELAY_S = 0.15
_UPSTREAM_S = 30.0


@dataclass(frozen=True, slots=True)
class Weather:
    """Shares of the requests that are cut: of those that create a job, and of all others; and of those that are delayed."""

    creates: float = 0.35
    others: float = 0.08
    delayed: float = 0.2


class CuttingProxy:
    """Listens on a port of its own; `url` is where clients go. `cuts` counts what it did, by stage."""

    def __init__(self, upstream_port: int, draw: random.Random, weather: Weather | None = None) -> None:
        self._upstream = upstream_port
        self._draw = draw
        self._weather = weather or Weather()
        self._server: asyncio.Server
        self.cuts: Counter[str] = Counter()
        self.requests = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> CuttingProxy:
        # As many digits as the engine's: the addresses in its answers are turned to this port, their lengths stay.
        while len(str(self.port)) != len(str(self._upstream)):
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._one(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()
        finally:
            with contextlib.suppress(OSError):
                writer.close()
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests += 1
        begin = await reader.readexactly(len(_CREATE))
        stage = self._stage(begin)
        await self._delay()
        if stage == STAGES[0]:
            writer.transport.abort()
            return
        head = begin + await reader.readuntil(_END_OF_HEAD)
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if stage == STAGES[1]:
            await reader.readexactly(self._draw.randint(0, size))
            writer.transport.abort()
            return
        body = await reader.readexactly(size)
        await self._delay()
        head = _CONNECTION.sub(b"", head)[:-2] + b"connection: close\r\n\r\n"
        whole = self._turned(head + body, self.port, self._upstream)
        if stage == STAGES[2]:
            await self._ask(whole[: self._draw.randint(1, len(whole) - 1)], whole=False)
            writer.transport.abort()
            return
        answer = self._turned(await self._ask(whole, whole=True), self._upstream, self.port)
        await self._delay()
        if stage == STAGES[3]:
            writer.transport.abort()
            return
        if stage == STAGES[4]:
            writer.write(answer[: self._draw.randint(1, max(1, len(answer) - 1))])
            await writer.drain()
            await asyncio.sleep(0.005)  # let it go out: an abort drops what is still in the buffer
            writer.transport.abort()
            return
        writer.write(answer)
        await writer.drain()

    def _stage(self, begin: bytes) -> str | None:
        share = self._weather.creates if begin == _CREATE else self._weather.others
        if self._draw.random() >= share:
            return None
        stage = self._draw.choice(STAGES)
        self.cuts[stage] += 1
        return stage

    async def _delay(self) -> None:
        if self._draw.random() < self._weather.delayed:
            await asyncio.sleep(self._draw.uniform(0.0, LONGEST_DELAY_S))

    async def _ask(self, request: bytes, *, whole: bool) -> bytes:
        """What the engine answers; nothing where only a piece of the request is sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        try:
            writer.write(request)
            await writer.drain()
            if not whole:
                return b""
            async with asyncio.timeout(_UPSTREAM_S):
                return await reader.read(-1)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    @staticmethod
    def _turned(message: bytes, before: int, after: int) -> bytes:
        return message.replace(b"127.0.0.1:%d" % before, b"127.0.0.1:%d" % after)
