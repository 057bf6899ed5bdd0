"""Starts the window: the application object, the event loop, and an orderly end. The one file that names qasync."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

import qasync
from PySide6.QtCore import QObject, QSocketNotifier, Qt, Signal
from PySide6.QtWidgets import QApplication

from studio import __version__
from studio.app import first_screen
from studio.domain.query import FirstScreen
from studio.settings import preferences as settings
from studio.settings.paths import Paths
from studio.ui import session
from studio.ui.bridge import CLOSE_LIMIT_S, Bridge, in_words
from studio.ui.theme.theme import Theme
from studio.ui.window import MainWindow

log = logging.getLogger(__name__)


class _Alarm(QObject):
    """Carries the words of an error nobody caught from any thread to the window."""

    raised = Signal(str)

    def raise_for(self, error: BaseException) -> None:
        log.error("nobody caught this", exc_info=error)
        self.raised.emit(in_words(error))


class _Signals:
    """Ends the window in good order on Ctrl+C or a request of the system, without a timer that wakes the process."""

    def __init__(self, window: MainWindow) -> None:
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._drain)
        self._window = window
        self._before: dict[int, Any] = {}
        self._wakeup = -1

    def listen(self) -> None:
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, lambda *_: self._window.close())

    def close(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _drain(self) -> None:
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return  # read already: Python runs the handler as soon as it is back in Python code


Visit = Callable[[MainWindow], Awaitable[None]]


def run_window(paths: Paths, visit: Visit | None = None) -> int:
    """Open the window on this data folder and stay until it is closed. The process's exit code.

    `visit` is given the window once it is shown and closes it when it returns: the tour works that way.
    """
    first = first_screen.read(paths)
    preferences, problem = settings.load_with_report(paths.settings)
    kept = session.read(paths.data / session.FILE_NAME)
    app = _application()
    theme = Theme(preferences.theme, reduced_motion=preferences.reduced_motion)
    theme.apply_font()
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(_live(paths, theme, first, preferences, kept, problem, visit))
    return 0


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
    else:
        QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("studio")
    # the end is ours: the last window being closed must not stop the loop under running tasks
    app.setQuitOnLastWindowClosed(False)
    return app


async def _live(
    paths: Paths,
    theme: Theme,
    first: FirstScreen,
    preferences: settings.Preferences,
    kept: dict[str, object],
    problem: str | None,
    visit: Visit | None,
) -> None:
    alarm = _Alarm()
    hooks = _install_hooks(alarm)
    bridge = Bridge(paths)
    remembered = session.Session(paths.data / session.FILE_NAME, kept)
    window = MainWindow(bridge, theme, first, preferences, remembered)
    # dressed once, when it is whole: each part that is put into a dressed window would be styled again and again
    theme.apply()
    window.hold_close = True
    alarm.raised.connect(window.notice.say)
    closed = asyncio.Event()
    window.close_wanted.connect(closed.set)
    window.first_painted.connect(lambda: _after_first_paint(bridge))
    signals = _Signals(window)
    signals.listen()
    if problem:
        window.notice.say(problem)
    window.show()
    try:
        await (closed.wait() if visit is None else visit(window))
    finally:
        await _end(bridge, remembered)
        signals.close()
        _remove_hooks(hooks)
        window.hold_close = False
        window.close()
        window.deleteLater()


def _after_first_paint(bridge: Bridge) -> None:
    from studio.ui.widgets.icons import application_icon

    bridge.start()
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setWindowIcon(application_icon())


async def _end(bridge: Bridge, remembered: session.Session) -> None:
    """Write what is remembered and close the core, each with a limit: a window that is closed is gone soon."""
    saved = asyncio.wrap_future(remembered.close())
    stopped = asyncio.wrap_future(bridge.stop())
    done, late = await asyncio.wait({saved, stopped}, timeout=CLOSE_LIMIT_S)
    for future in done:
        if not future.cancelled() and future.exception() is not None:
            log.error("something was not saved at the end", exc_info=future.exception())
    if late:
        log.warning("the core did not close within %s s; its jobs go on at the next start", CLOSE_LIMIT_S)


def _install_hooks(alarm: _Alarm) -> tuple[Any, Any]:
    before = (sys.excepthook, threading.excepthook)

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before[0](kind, error, trace)
        else:
            alarm.raise_for(error)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            alarm.raise_for(args.exc_value)

    def in_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            alarm.raise_for(error)
        else:
            log.error("in the event loop: %s", context.get("message"))

    sys.excepthook = caught
    threading.excepthook = in_thread
    asyncio.get_running_loop().set_exception_handler(in_loop)
    return before


def _remove_hooks(before: tuple[Any, Any]) -> None:
    sys.excepthook, threading.excepthook = before
