"""Running one engine: its lock, its socket, its parts, and its end. `run` is what the command line calls."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from studio import __version__
from studio.engine.address import remove_address, write_address
from studio.engine.errors import EngineError
from studio.engine.file_lock import FileLock
from studio.engine.options import EngineOptions

if TYPE_CHECKING:
    import uvicorn

    from studio.engine.desk import Desk
    from studio.engine.pool import WorkerPool

log = logging.getLogger(__name__)
ENGINE_LOCK = "engine.lock"
DRAIN_S = 20.0
SWEEP_EVERY_S = 600.0


def run(options: EngineOptions) -> int:
    """Serve until told to stop. In the foreground the first line on stdout is {"url", "key"}. 1 when it cannot start."""
    try:
        _log_to(options)
        asyncio.run(serve(options, ready=None if options.detached else _print_address, signals=True))
    except (EngineError, OSError) as error:
        log.info("the engine did not start", exc_info=error)
        words = _disk_words(error) if isinstance(error, OSError) else str(error)
        print(words, file=sys.stderr)  # noqa: T201 for the person, or for the launcher, which reads the output file
        return 1
    return 0


def _disk_words(error: OSError) -> str:
    where = error.filename or "A file of the engine"
    return f"{where} cannot be used: {error.strerror or error}. Check its folder and its rights, or choose another --home."


async def serve(
    options: EngineOptions, *, ready: Callable[[str, str], None] | None = None, signals: bool = False,
    started: Callable[[Desk], None] | None = None,
) -> None:
    """One engine from its lock to its end. `ready` gets URL and key once it listens, `started` its parts (for tests)."""
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(folder / ENGINE_LOCK)
    if not lock.acquire():
        raise EngineError("An engine already runs for this data folder. `studio engine --stop` ends it.")
    try:
        listener = _listen(options.port)
        port = int(listener.getsockname()[1])
        url, key = f"http://127.0.0.1:{port}", options.key or secrets.token_urlsafe(32)
        with contextlib.closing(listener):
            await _serve_on(listener, url, key, options, ready, started, signals)
    finally:
        remove_address(folder)
        lock.release()


async def _serve_on(
    listener: socket.socket, url: str, key: str, options: EngineOptions, ready: Callable[[str, str], None] | None,
    started: Callable[[Desk], None] | None, signals: bool,
) -> None:
    # Imported here: the rest of this module stays light for whoever only reads its options.
    from studio.engine.assemble import assemble
    from studio.engine.fault_rules import for_requests, read_faults
    from studio.engine.server import build_app, http_server, with_faults

    rules = [] if options.faults is None else read_faults(options.faults)
    desk, pool = await assemble(options, url, key, rules)
    try:
        server = http_server(with_faults(build_app(desk, port=int(listener.getsockname()[1]), key=key), for_requests(rules)))
        write_address(options.folder, url, key, __version__)
        with _signals(desk) if signals else contextlib.nullcontext():
            if ready is not None:
                ready(url, key)
            if started is not None:
                started(desk)
            await _until_stopped(server, listener, desk, pool, options)
    finally:
        pool.close()
        await desk.work.close()
        await desk.webhooks.close()
        await desk.store.recover(clean=True)
        await desk.store.close()


async def _until_stopped(
    server: uvicorn.Server, listener: socket.socket, desk: Desk, pool: WorkerPool, options: EngineOptions
) -> None:
    from studio.engine.life import IDLE_S, IDLE_VARIABLE

    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener]), name="http")
        others = [
            group.create_task(desk.work.run(), name="work"),
            group.create_task(desk.webhooks.run(), name="webhooks"),
            group.create_task(_sweep(desk), name="sweep"),
            group.create_task(pool.watch(), name="watch"),
        ]
        if options.detached:
            idle_s = float(os.environ.get(IDLE_VARIABLE, IDLE_S))
            others.append(group.create_task(desk.life.watch(idle_s, lambda: _busy(desk)), name="idle"))
        asyncio.get_running_loop().call_later(0.2, pool.warm_up)  # after the first /health was answered
        await desk.life.ended()
        if desk.life.drain:
            await _drain(desk)
        desk.ends.close()  # before the server ends, which waits for those that it answers
        server.should_exit = True
        for task in others:
            task.cancel()
        await serving


async def _drain(desk: Desk) -> None:
    """Start nothing new, and give what is being rendered some time; the rest waits in the store for the next engine."""
    desk.work.draining = True
    end = asyncio.get_running_loop().time() + DRAIN_S
    while desk.work.running and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110 at most for 20 s, once a life
        await asyncio.sleep(0.05)


async def _busy(desk: Desk) -> bool:
    return bool(await desk.store.unfinished()) or await desk.webhooks.pressing()


async def _sweep(desk: Desk) -> None:
    import sqlite3

    while True:
        try:
            await desk.files.sweep()
        except (OSError, sqlite3.OperationalError):
            log.exception("old files could not be removed")
        await asyncio.sleep(SWEEP_EVERY_S)


def _listen(port: int) -> socket.socket:
    """A socket on loopback only. EngineError when the port is taken."""
    # The protocol is named because asyncio switches Nagle's delay off (40 ms an answer) only where it reads IPPROTO_TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # on Windows it would let others take the port
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise EngineError(f"Port {port} cannot be used: {error.strerror}.") from error
    listener.listen(128)
    return listener


@contextlib.contextmanager
def _signals(desk: Desk) -> Iterator[None]:
    """SIGINT and SIGTERM end the engine in good order: jobs go back to the queue, the address file goes away."""
    loop = asyncio.get_running_loop()

    def handle(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(desk.life.stop)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_address(url: str, key: str) -> None:
    print(json.dumps({"url": url, "key": key}), flush=True)  # noqa: T201 the promised first line


def _log_to(options: EngineOptions) -> None:
    """A rotating file in the engine's folder; in the foreground warnings go to stderr too. No request lines: URLs of files
    are secrets."""
    from logging.handlers import RotatingFileHandler

    options.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = options.folder / "engine.log"
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    logging.raiseExceptions = False  # a full disk would else print a traceback for each line that cannot be logged
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    if not options.detached:
        console = logging.StreamHandler()
        console.setLevel(logging.WARNING)
        root.addHandler(console)

