"""Stand-ins for clips that the window cannot decode: made in a process of their own, kept by content in a bounded folder."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from studio.domain.errors import InputError, LocalError

Report = Callable[[float], None]

LARGEST = 2 << 30
"""Bytes that all stand-ins together may take; those not played for longest go first."""


class Proxies:
    """`folder` may be lost at any time. One is made at a time: making takes a whole core."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest
        self._one = asyncio.Lock()

    async def of(self, source: Path, sha256: str, report: Report) -> Path:
        """The stand-in of a clip, made now where it was not made before; cancelling ends the making.

        `report` hears the share done, from 0 to 1, on the core's loop. Raises InputError for a file that cannot be decoded
        at all, LocalError where it cannot be written.
        """
        target = self._folder / f"{sha256}.mp4"
        if await asyncio.to_thread(_touch, target):
            return target
        async with self._one:
            if await asyncio.to_thread(_touch, target):
                return target
            part = self._folder / f".{os.getpid()}-{sha256[:16]}.mp4"
            try:
                await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
                await self._make(source, part, report)
                await asyncio.to_thread(os.replace, part, target)
                await asyncio.to_thread(self._tidy, target)
            except OSError as error:
                words = f"A copy that plays here could not be written: {error.strerror}."
                raise LocalError(words, advice="Free some space on the disk and try again.") from error
            finally:
                with contextlib.suppress(OSError):  # Windows: the killed process may hold it a moment longer
                    part.unlink(missing_ok=True)
        return target

    async def _make(self, source: Path, part: Path, report: Report) -> None:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_process, args=(str(source), str(part), there), daemon=True)
        await asyncio.to_thread(process.start)
        there.close()
        done = False
        try:
            await _follow(here, report)
            done = True
        finally:
            await asyncio.shield(asyncio.to_thread(_end, process, here, 5.0 if done else 0.0))

    def _tidy(self, kept: Path) -> None:
        """Throw out what was not played for longest, beyond the limit; never the one that is wanted now."""
        stored = [(one.stat(), one) for one in self._folder.glob("[!.]*.mp4")]
        known = sorted(((told.st_mtime, told.st_size, one) for told, one in stored), reverse=True)
        total = 0
        for _, size, path in known:
            total += size
            if total > self._largest and path != kept:
                path.unlink(missing_ok=True)


def _process(source: str, out: str, tell: Connection) -> None:
    from studio.media.proxy import proxy_process  # FFmpeg comes in there, and not in the window's process

    proxy_process(source, out, tell)


async def _follow(here: Connection, report: Report) -> None:
    while True:
        try:
            if not await asyncio.to_thread(here.poll, 0.2):
                continue
            said = here.recv_bytes()
        except (EOFError, OSError) as error:
            raise InputError("It could not be decoded here.", advice="Another program may play it.") from error
        if said == b"ok":
            return
        if said.startswith(b"!"):
            raise InputError(said[1:].decode(), advice="Another program may play it.")
        report(int.from_bytes(said, "big") / 1000)


def _end(process: BaseProcess, here: Connection, patience_s: float) -> None:
    process.join(patience_s)
    if process.is_alive():
        process.kill()
        process.join()
    here.close()


def _touch(path: Path) -> bool:
    try:
        os.utime(path)
    except OSError:
        return False
    return True
