"""The window at work: asyncio on Qt's loop, errors that nobody caught, requests to end, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from PySide6.QtCore import QSocketNotifier

from studio.ui.bridge import CLOSE_LIMIT_S, Bridge
from studio.ui.session import Session
from studio.ui.shell.folder_watch import FolderWatch
from studio.ui.window import MainWindow

log = logging.getLogger(__name__)

Visit = Callable[[MainWindow], Awaitable[None]]


class _Waker:
    """Lets Python run its handlers of Ctrl+C and the system's requests at once, without a timer that wakes the process."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._drain)
        self._before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def close(self) -> None:
        signal.set_wakeup_fd(self._before)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _drain(self) -> None:
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return  # read already: Python runs the handler as soon as it is back in Python code


async def live(window: MainWindow, bridge: Bridge, raised: Callable[[BaseException], None], visit: Visit | None) -> None:
    """Until the shown window is closed, or `visit` returns; then close the core and the window.

    `raised` is told of errors that reach the event loop.
    """
    _watch_loop(raised)
    closed = asyncio.Event()
    window.close_wanted.connect(closed.set)
    waker = _Waker()
    FolderWatch(bridge)  # kept by the bridge
    bridge.start()
    if not window.isVisible():
        closed.set()  # closed in the moment before there was a loop
    try:
        await _until_closed(closed, None if visit is None else visit(window))
    finally:
        await _end(bridge, window.session)
        waker.close()
        window.hold_close = False
        window.close()
        window.deleteLater()


async def _until_closed(closed: asyncio.Event, visit: Awaitable[None] | None) -> None:
    """Until the window is closed or the visit is over; a visit that is cut short by closing is cancelled."""
    if visit is None:
        await closed.wait()
        return
    ended, visiting = asyncio.ensure_future(closed.wait()), asyncio.ensure_future(visit)
    done, pending = await asyncio.wait((ended, visiting), return_when=asyncio.FIRST_COMPLETED)
    for future in pending:
        future.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    if visiting in done:
        visiting.result()  # an error of the visit is its caller's to see


def _watch_loop(raised: Callable[[BaseException], None]) -> None:
    def in_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            raised(error)
        else:
            log.error("in the event loop: %s", context.get("message"))

    asyncio.get_running_loop().set_exception_handler(in_loop)


async def _end(bridge: Bridge, remembered: Session) -> None:
    """Write what is remembered and close the core, each with a limit: a window that is closed is gone soon."""
    saved = asyncio.wrap_future(remembered.close())
    stopped = asyncio.wrap_future(bridge.stop())
    done, late = await asyncio.wait({saved, stopped}, timeout=CLOSE_LIMIT_S)
    for future in done:
        if not future.cancelled() and future.exception() is not None:
            log.error("something was not saved at the end", exc_info=future.exception())
    if late:
        log.warning("the core did not close within %s s; its jobs go on at the next start", CLOSE_LIMIT_S)
