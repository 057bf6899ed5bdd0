"""`studio`: without a command the window, else the command line; the only place that knows window, command line and engine.

What is imported decides how fast the window paints (packaging/bench P1): everything beyond the standard library comes in
where it is used.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.cli.programs import EngineRequest

_SCREENLESS = frozenset({"offscreen", "minimal"})
_SHOW_SCREEN = ("DISPLAY", "WAYLAND_DISPLAY")


def has_screen(environment: Mapping[str, str], system: str = sys.platform) -> bool:
    """Whether a window could be seen: no screen is neither DISPLAY nor WAYLAND_DISPLAY, or Qt told to paint offscreen."""
    if environment.get("QT_QPA_PLATFORM", "").partition(":")[0] in _SCREENLESS:
        return False
    if system in ("win32", "darwin"):
        return True
    return any(environment.get(name) for name in _SHOW_SCREEN)


def main(arguments: Sequence[str] | None = None) -> int:
    """The program. Exit codes: 0 done, 1 failed, 2 usage."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support

        freeze_support()  # a worker of the engine begins here in a packed program
    if given:
        return _command_line(given)
    if not has_screen(os.environ):
        sys.stderr.write("studio: there is no screen here. `studio tour --out DIR` runs the window without one and saves "
                         "pictures of it; `studio --help` lists what works on the command line.\n")
        return 1
    return _window()


def _window() -> int:
    gc.disable()  # until the first paint: there is nothing to collect while all is being made
    from studio.app.logs import catch_all, set_up
    from studio.settings.paths import Paths

    paths = Paths.from_environment()
    set_up(paths)
    catch_all()
    from studio.ui.host import run_window

    return run_window(paths)


def _command_line(arguments: Sequence[str]) -> int:
    from studio.app.logs import catch_all
    from studio.cli.main import run
    from studio.cli.programs import Programs

    catch_all()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a sign shows another one
    return run(arguments, Programs(tour=_tour, engine=_engine, stop_engine=_stop_engine))


def _tour(out: Path) -> int:
    from studio.ui.tour import run

    return run(out)


def _engine(request: EngineRequest) -> int:
    from studio.engine.options import EngineOptions
    from studio.engine.serve import run

    key = sys.stdin.readline().strip() or None if request.key_stdin else None
    secret = sys.stdin.readline().strip() or None if request.webhook_secret_stdin else None  # after the key
    return run(EngineOptions(home=request.home, port=request.port, key=key, detached=request.detached, plan=request.plan,
                             credits=request.credits, faults=request.faults, models=request.models,
                             cluster=request.executor, webhook_url=request.webhook_url, webhook_secret=secret))


def _stop_engine(home: Path) -> bool:
    from studio.engine.launch import stop_engine
    from studio.settings.paths import Paths

    return stop_engine(Paths.of_home(home).engine)


if __name__ == "__main__":
    sys.exit(main())
