"""Starts the window: first the picture on the screen, then the event loop and the core. The one file that names qasync.

The order is what makes the start quick: asyncio, qasync and the core are loaded when the first content stands on the screen.
"""

from __future__ import annotations

import gc
import logging
import signal
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from studio import __version__
from studio.app import first_screen
from studio.settings import preferences as settings
from studio.ui import session
from studio.ui.bridge import Bridge, in_words
from studio.ui.garbage import GuiCollector
from studio.ui.theme.theme import Theme
from studio.ui.window import MainWindow

if TYPE_CHECKING:
    from studio.settings.paths import Paths
    from studio.ui.running import Visit

log = logging.getLogger(__name__)

STYLE = "fusion"
ENDING = (signal.SIGINT, signal.SIGTERM)
PAINT_LIMIT_MS = 1000
"""A window that is not painted by then (minimised, or behind others) gets its core all the same."""


class _Alarm(QObject):
    """Carries the words of an error nobody caught from any thread to the window."""

    raised = Signal(str)

    def raise_for(self, error: BaseException) -> None:
        log.error("nobody caught this", exc_info=error)
        self.raised.emit(in_words(error))


class Shown(NamedTuple):
    """A window whose first content is on the screen, and what belongs to it."""

    app: QApplication
    bridge: Bridge
    window: MainWindow
    alarm: _Alarm
    painted: bool
    """False: it was not within the limit (minimised, behind others, or closed at once)."""


def run_window(paths: Paths, visit: Visit | None = None) -> int:
    """Open the window on this data folder and stay until it is closed. The process's exit code.

    `visit` is given the window once it is shown and closes it when it returns: the tour works that way.
    """
    before = (sys.excepthook, threading.excepthook)
    handlers = {number: signal.getsignal(number) for number in ENDING}
    shown = show_window(paths)
    try:
        _run(shown, visit)
    finally:
        sys.excepthook, threading.excepthook = before
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return 0


def show_window(paths: Paths) -> Shown:
    """Build the window from what stands on the disk, show it, and return when its first content is painted."""
    first = first_screen.read(paths)
    preferences, problem = settings.load_with_report(paths.settings)
    kept = session.read(paths.data / session.FILE_NAME)
    app = _application()
    theme = Theme(preferences.theme, reduced_motion=preferences.reduced_motion, styled=True)
    theme.prepare()
    bridge = Bridge(paths)
    window = MainWindow(bridge, theme, first, preferences, session.Session(paths.data / session.FILE_NAME, kept))
    # dressed once, when it is whole: each part that is put into a dressed window would be styled again and again
    theme.apply()
    window.hold_close = True
    alarm = _Alarm()
    alarm.raised.connect(window.notice.say)
    if problem:
        window.notice.say(problem)
    _install_hooks(alarm)
    for number in ENDING:
        signal.signal(number, lambda *_: window.close())
    painting = QEventLoop()
    painted: list[bool] = []
    window.first_painted.connect(lambda: painted.append(True))
    window.first_painted.connect(painting.quit)
    window.close_wanted.connect(painting.quit)
    QTimer.singleShot(PAINT_LIMIT_MS, painting, painting.quit)
    window.show()
    painting.exec()
    return Shown(app, bridge, window, alarm, bool(painted))


def _run(shown: Shown, visit: Visit | None) -> None:
    gc.freeze()  # what the window is made of stays: later collections need not look at it again
    GuiCollector(shown.window)
    import asyncio

    import qasync

    from studio.ui.running import live
    from studio.ui.widgets.icons import application_icon

    shown.app.setWindowIcon(application_icon())
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(shown.app)) as runner:
        runner.run(live(shown.window, shown.bridge, shown.alarm.raise_for, visit))


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
        app.setStyle(STYLE)
    else:
        QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        app = QApplication([*sys.argv[:1], "-style", STYLE])
    app.setApplicationName("Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("studio")
    # the end is ours: the last window being closed must not stop the loop under running tasks
    app.setQuitOnLastWindowClosed(False)
    return app


def _install_hooks(alarm: _Alarm) -> None:
    before: tuple[Any, Any] = (sys.excepthook, threading.excepthook)

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before[0](kind, error, trace)
        else:
            alarm.raise_for(error)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            alarm.raise_for(args.exc_value)

    sys.excepthook = caught
    threading.excepthook = in_thread
