"""A real window server for the tests that need one: Xvfb with openbox, and xdotool as the hand on mouse and keyboard."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

NEEDED = ("Xvfb", "openbox", "xdotool")
PATIENCE_S = 300.0
"""The least that anything is waited for: what comes is not waited out, and on a busy machine the engine's workers, which
give way to everybody, are late now and then."""


def wait_until(condition: Callable[[], object], seconds: float, what: str, pause: float = 0.2) -> object:
    """The first true value of `condition`; fails with `what` when it does not come in time."""
    seconds = max(seconds, PATIENCE_S)
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


@dataclass
class Screen:
    """One Xvfb display, 1440 × 900."""

    display: str
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
        return {**inherited, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", **more}

    def start(self, *command: str, log: Path, **more: str) -> subprocess.Popen[bytes]:
        with log.open("ab") as out:
            process = subprocess.Popen(command, env=self.environment(**more), stdout=out, stderr=out)
        self.started.append(process)
        return process

    def hand(self, *words: str) -> str:
        """One xdotool call; its output."""
        done = subprocess.run(["xdotool", *words], env=self.environment(), capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def window(self, title: str, seconds: float = 40) -> str:
        """The id of the visible window with this title."""
        found = wait_until(
            lambda: self.hand("search", "--onlyvisible", "--name", title).split(), seconds, f"the window {title!r}"
        )
        assert isinstance(found, list)
        return str(found[-1])

    def grab(self, out: Path) -> None:
        """A picture of the whole screen, through Qt in a process of its own."""
        code = (
            "import sys; from PySide6.QtGui import QGuiApplication;"
            "app = QGuiApplication([]); app.primaryScreen().grabWindow(0).save(sys.argv[1])"
        )
        subprocess.run([sys.executable, "-c", code, str(out)], env=self.environment(), check=True)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        pytest.skip(f"no {', '.join(missing)} here: the test of the real window needs them")
    read, write = os.pipe()
    # -r: no key repeats by itself, however late its release comes
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-r"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb did not start"
    here = Screen(f":{number}")
    here.start("openbox", "--sm-disable", log=tmp_path / "openbox.log")
    try:
        yield here
        here.grab(tmp_path / "last.png")  # what a test that failed saw last: pytest keeps the folder
    finally:
        for process in [*reversed(here.started), server]:
            process.kill()
            process.wait(60)
