"""What works on this computer and what does not: real tries, for `studio doctor`."""

from __future__ import annotations

import asyncio
import os
import platform
import subprocess
import sys
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.errors import StudioError
from studio.settings.paths import Paths

OLDEST_PYTHON = (3, 11)
CHILD_LIMIT_S = 60.0
_LIBRARIES_ADVICE = (
    "Install the system libraries that Qt needs: on Debian and Ubuntu `packaging/run` does it; elsewhere the message names"
    " the missing one."
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried. `needed`: the studio does not work without it."""

    name: str
    works: bool
    detail: str
    advice: str = ""
    needed: bool = True


Try = Callable[[Paths], Awaitable[Check]]


async def check_all(paths: Paths, show: Callable[[Check], None]) -> list[Check]:
    """Try everything, one after the other; `show` hears each as it is known."""
    found = []
    for attempt in (_python, _window, _player, _codecs, _folders, _store, _keyring, _engine, _events):
        check = await attempt(paths)
        show(check)
        found.append(check)
    return found


async def _python(paths: Paths) -> Check:
    works = sys.version_info >= OLDEST_PYTHON
    return Check("python", works, f"{platform.python_version()} on {platform.platform(terse=True)}",
                 "Install Python 3.11 or newer.")


async def _in_child(code: str) -> tuple[bool, str]:
    """Whether Python code runs in a process of its own (a missing library may end the process), and its last line."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM") or "offscreen"}

    def run() -> tuple[bool, str]:
        try:
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=CHILD_LIMIT_S,
                                  env=environment, check=False)
        except subprocess.TimeoutExpired:
            return False, "it did not answer in a minute"
        lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
        return done.returncode == 0, lines[-1] if lines else f"exit code {done.returncode}"

    return await asyncio.to_thread(run)


async def _window(paths: Paths) -> Check:
    works, detail = await _in_child(
        "import PySide6, PySide6.QtGui, PySide6.QtWidgets as widgets; made = widgets.QApplication([]);"
        "print(PySide6.__version__)"
    )
    return Check("window", works, f"PySide6 {detail}" if works else detail, _LIBRARIES_ADVICE)


async def _player(paths: Paths) -> Check:
    works, detail = await _in_child("import PySide6.QtMultimedia as m; print('QtMultimedia loads')")
    return Check("player", works, detail, f"Video cannot be played inside the window. {_LIBRARIES_ADVICE}", needed=False)


async def _codecs(paths: Paths) -> Check:
    wanted = ["libx264", "aac", "mjpeg"]
    works, detail = await _in_child(
        f"import av; missing = [n for n in {wanted!r} if n not in av.codecs_available]; assert not missing, missing;"
        f"print('PyAV', av.__version__, 'with', ', '.join({wanted!r}))"
    )
    return Check("codecs", works, detail, "Install PyAV from its wheel: `pip install av`.")


async def _folders(paths: Paths) -> Check:
    def write() -> None:
        paths.create()
        for folder in (paths.media, paths.data, paths.cache):
            probe = folder / f".probe-{uuid.uuid4().hex}"
            probe.write_bytes(b"studio")
            probe.unlink()

    try:
        await asyncio.to_thread(write)
    except OSError as error:
        return Check("folders", False, f"{error.filename}: {error.strerror}", "Check its rights, or set STUDIO_HOME.")
    return Check("folders", True, f"media in {paths.media}, data in {paths.data}")


async def _store(paths: Paths) -> Check:
    from studio.app.core import Core

    try:
        core = await Core.open(paths)
        counts = await core.asset_counts()
        await core.close()
    except StudioError as error:
        return Check("store", False, error.message, error.advice)
    return Check("store", True, f"{paths.store}, {counts.get('all', 0)} assets")


async def _keyring(paths: Paths) -> Check:
    works, detail = await _in_child(
        "import keyring; k = keyring.get_keyring(); assert k.priority > 0, 'no keyring'; print(type(k).__module__)"
    )
    advice = ("Keys cannot be kept: set CANNON_API_KEY or CANVAS_LABS_API_KEY, or install a keyring"
              " (gnome-keyring or KWallet on Linux).")
    return Check("keyring", works, detail if works else "none that can be used here", advice, needed=False)


async def _engine(paths: Paths) -> Check:
    from studio.app.core import Core

    try:
        core = await Core.open(paths)
    except StudioError as error:
        return Check("engine", False, error.message, error.advice)
    try:
        await core.balance(LOCAL_ACCOUNT)
    except StudioError as error:
        return Check("engine", False, error.message, f"See {_engine_log(paths)}.")
    finally:
        await core.close()
    return Check("engine", True, "starts and answers")


async def _events(paths: Paths) -> Check:
    from studio.app.webhooks import try_to_listen
    from studio.settings.preferences import load_with_report

    preferences, _ = await asyncio.to_thread(load_with_report, paths.settings)
    works, words = await try_to_listen(preferences)
    return Check("events", works, words, "Choose another port in the settings.", needed=False)


def _engine_log(paths: Paths) -> Path:
    return paths.engine / "engine.log"
