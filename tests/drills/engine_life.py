"""The engine as the drills run it: real, on loopback, playing a paid service without limits, drawing small pictures."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from studio.engine import assemble as _warm  # noqa: F401  a fork of whoever has this is an engine in milliseconds
from studio.engine import server as _warm_server  # noqa: F401
from studio.engine.address import read_address
from studio.engine.options import EngineOptions
from studio.engine.plans import PLANS, Plan
from studio.engine.serve import run
from tests.drills.renderers import HERE
from tests.ports import free_port

KEY = "cs_live_drill_0123456789"
CREDITS = 1_000_000_000
PLAN = "drill"
START_S = 120.0


def quick_lives() -> bool:
    return sys.platform == "linux"


def processes() -> BaseContext:
    """On Linux: children of a server that has everything imported, so that a life begins in milliseconds. Elsewhere each one
    imports for itself: Windows cannot fork, and macOS' frameworks do not bear it."""
    if quick_lives():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.drills.studio_life", "tests.drills.engine_life"])
        return context
    return multiprocessing.get_context("spawn")


def serve(home: str, port: int, drill: int) -> None:
    """The life of one engine, in its own process. `drill`: the process that it must not outlive."""
    silence()
    end_with(drill)
    PLANS[PLAN] = Plan(PLAN, paid=True)
    with ThreadPoolExecutor(2) as executor:
        run(EngineOptions(home=Path(home), port=port, key=KEY, plan=PLAN, credits=CREDITS, executor=executor, places=2,
                          renderers={"cannon:image.generate": f"{HERE}:picture"}))


def end_with(drill: int) -> None:
    """A drill that is itself killed leaves nothing behind that runs on."""

    def watch() -> None:
        while psutil.pid_exists(drill):
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, name="drill-watch", daemon=True).start()


def silence() -> None:
    """Standard output belongs to the drill's own row."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


class DrillEngine:
    """Starts, kills and starts again the engine of one data folder, always on the same port."""

    def __init__(self, context: BaseContext, home: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._context = context
        self._home = home
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Running and answering when this returns."""
        arguments = (str(self._home), self.port, os.getpid())
        process = self._context.Process(target=serve, args=arguments)  # type: ignore[attr-defined]
        process.start()
        self._process = process
        end = time.monotonic() + START_S
        while not self._answers():
            if not process.is_alive() or time.monotonic() > end:
                raise RuntimeError("the drill's engine did not start; see engine.log in its folder")
            time.sleep(0.01)

    def _answers(self) -> bool:
        if read_address(self._home / "engine") is None:
            return False
        request = urllib.request.Request(f"{self.url}/health", headers={"x-api-key": KEY})  # noqa: S310  loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  loopback
                return bool(json.load(answer).get("status") == "ok")
        except (OSError, urllib.error.URLError, ValueError):
            return False

    @property
    def pid(self) -> int:
        if self._process is None or self._process.pid is None:
            raise RuntimeError("the drill's engine was not started")
        return self._process.pid

    def kill(self) -> None:
        """kill -9; gone when this returns."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
