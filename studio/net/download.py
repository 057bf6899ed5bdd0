"""Fetching a file: to a .part, resumed by Range and If-Range, its lengths checked, its bytes hashed on the way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from studio.net.errors import BadAnswerError, NetError, NoAnswerError, NotSentError, TooLargeError
from studio.net.exchange import Reply
from studio.net.part import PartFile, Version
from studio.net.retry import retry_after

Report = Callable[[int, int | None], None]
Ask = Callable[[Mapping[str, str]], AbstractAsyncContextManager[Reply]]
Pause = Callable[[int, NetError], Awaitable[bool]]

MAX_DOWNLOAD = 8 * 1024**3
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_UNSATISFIED = re.compile(r"bytes \*/(\d{1,18})")


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """`block`: bytes handed to the writing thread at once. `settle`: after so many they are brought onto the disk. A link
    slower than `slowest` bytes in `window_s` counts as dead.

    `attempts` in all, for a server that gives a little each time.
    """

    max_bytes: int = MAX_DOWNLOAD
    block: int = 4 * 1024 * 1024
    settle: int = 64 * 1024 * 1024
    slowest: int = 16 * 1024
    window_s: float = 60.0
    attempts: int = 20


async def download_to(part: Path, ask: Ask, pause: Pause, report: Report | None, limits: DownloadLimits) -> str:
    """Gives the SHA-256 in hex. `ask` sends the request with more headers, `pause` waits after a failure or gives up.

    The .part stays when the way broke, to go on from; it goes when what came is of no use.
    """
    file = PartFile(part)
    try:
        version = await asyncio.to_thread(file.resume)
        fruitless = 0
        for _ in range(limits.attempts):
            before = file.size
            try:
                return await _one_try(file, version, ask, report, limits)
            except (NotSentError, NoAnswerError, BadAnswerError) as error:
                fruitless = fruitless + 1 if file.size < before + limits.slowest else 1
                if not await pause(fruitless, error):
                    raise
            except TooLargeError:
                file.discard()
                raise
            file.close()
            file = PartFile(part)
            version = await asyncio.to_thread(file.resume)
        raise NoAnswerError(f"The connection broke {limits.attempts} times.")
    finally:
        file.close()


async def _one_try(file: PartFile, version: Version, ask: Ask, report: Report | None, limits: DownloadLimits) -> str:
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if file.size and version.validator is not None:
        headers |= {"Range": f"bytes={file.size}-", "If-Range": version.validator}
    async with ask(headers) as reply:
        if reply.status == 416 and _is_complete(reply, file.size, version):
            return await asyncio.to_thread(file.finish)
        total = await _begin(file, version, reply)
        if total is not None and total > limits.max_bytes:
            raise TooLargeError(f"The file has {total} bytes, more than the limit.", limit=limits.max_bytes)
        await _receive(file, reply.chunks, total, report, limits)
    if total is not None and file.size < total:
        raise NoAnswerError(f"The file ended after {file.size} of {total} bytes.")
    return await asyncio.to_thread(file.finish)


async def _begin(file: PartFile, version: Version, reply: Reply) -> int | None:
    """Decides by the answer's headers whether the bytes go on from what is there; gives the size of the whole file."""
    if reply.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise BadAnswerError("The file came compressed, which was not asked for.")
    length = _number(reply.headers.get("content-length"))
    if reply.status == 206:
        return await _go_on(file, version, reply.headers.get("content-range", ""), length)
    if reply.status == 416:
        await asyncio.to_thread(file.restart, Version())
        raise NoAnswerError("The file at the server is another one now.")
    if reply.status != 200:
        wait = retry_after(reply.headers.get("retry-after"), datetime.now(UTC))
        raise BadAnswerError(f"The server answered with status {reply.status}.", status=reply.status, retry_after_s=wait)
    await asyncio.to_thread(file.restart, Version(_validator(reply.headers), length))
    return length


async def _go_on(file: PartFile, version: Version, content_range: str, length: int | None) -> int | None:
    match = _RANGE.fullmatch(content_range.strip())
    total = None if match is None or match[3] == "*" else int(match[3])
    fits = (
        match is not None
        and int(match[1]) == file.size > 0
        and (total is None or int(match[2]) == total - 1)
        and (length is None or length == int(match[2]) - int(match[1]) + 1)
        and (version.total is None or total is None or total == version.total)
    )
    if not fits:
        await asyncio.to_thread(file.restart, Version())
        raise NoAnswerError("The server sent another part of the file than it was asked for.")
    return total if total is not None else version.total


def _is_complete(reply: Reply, size: int, version: Version) -> bool:
    match = _UNSATISFIED.fullmatch(reply.headers.get("content-range", "").strip())
    return match is not None and size > 0 and int(match[1]) == size == (size if version.total is None else version.total)


async def _receive(
    file: PartFile, chunks: AsyncIterator[bytes], total: int | None, report: Report | None, limits: DownloadLimits
) -> None:
    """Reads while a thread writes: one block is on its way to the disk, the next one is being gathered."""
    loop = asyncio.get_running_loop()
    disk = _Disk(file, limits)
    received = file.size
    window_end, window_start_bytes = loop.time() + limits.window_s, received
    try:
        async for chunk in chunks:
            received += len(chunk)
            if received > limits.max_bytes or (total is not None and received > total):
                raise TooLargeError("The file is larger than it may be.", limit=min(limits.max_bytes, total or received))
            if loop.time() > window_end:
                if received - window_start_bytes < limits.slowest:
                    raise NoAnswerError("The file comes too slowly.")
                window_end, window_start_bytes = loop.time() + limits.window_s, received
            if await disk.take(chunk) and report is not None:
                report(received, total)
    finally:
        # Also after an error: what came is worth keeping, the next try goes on from it.
        await disk.close()
    if report is not None:
        report(received, total)


class _Disk:
    """Writes a file's blocks in a thread, in order, and settles large ones on the way."""

    def __init__(self, file: PartFile, limits: DownloadLimits) -> None:
        self._file = file
        self._limits = limits
        self._block: list[bytes] = []  # joined in the thread: the loop copies nothing
        self._waiting = self._unsettled = 0
        self._writing: asyncio.Future[None] | None = None
        self._settling: asyncio.Future[None] | None = None

    async def take(self, chunk: bytes) -> bool:
        """Whether a block went out. Raises what the disk said of the block before it (OSError)."""
        self._block.append(chunk)
        self._waiting += len(chunk)
        if self._waiting < self._limits.block:
            return False
        if self._writing is not None:
            await self._writing
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(None, self._file.write, self._block)
        self._unsettled += self._waiting
        self._block, self._waiting = [], 0
        if self._unsettled >= self._limits.settle and (self._settling is None or self._settling.done()):
            if self._settling is not None:
                self._settling.result()  # a disk that fails says so now, not at the end
            self._settling, self._unsettled = loop.run_in_executor(None, self._file.settle), 0
        return True

    async def close(self) -> None:
        """Everything that came is written."""
        if self._writing is not None:
            await self._writing
        if self._settling is not None:
            await self._settling
        if self._block:
            await asyncio.to_thread(self._file.write, self._block)


def _validator(headers: Mapping[str, str]) -> str | None:
    """A strong ETag, else the date of the last change. A weak ETag does not promise the same bytes."""
    etag = headers.get("etag", "").strip()
    if re.fullmatch(r'"[!#-~]*"', etag):
        return etag
    date = headers.get("last-modified", "").strip()
    return date if re.fullmatch(r"[A-Za-z0-9 ,:+-]{10,40}", date) else None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"\d{1,18}", text.strip()) else None
