"""Finding the engine of a data folder, starting it when there is none, ending it. Blocking: call it in a thread.

Light on purpose (standard library and psutil): nothing of the server is imported here.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

import studio
from studio.engine.address import EngineAddress, read_address
from studio.engine.file_lock import FileLock, LockTimeoutError

LAUNCH_LOCK = "launch.lock"
OUTPUT_FILE = "engine-output.log"
START_TIMEOUT_S = 60.0
_HEALTH_TIMEOUT_S = 15.0  # a loaded machine answers late; an engine that is gone refuses at once
_DRAIN_TIMEOUT_S = 40.0
_STOP_TIMEOUT_S = 10.0
_PAUSE_S = 0.02
_SECRET_VARIABLES = ("CANNON_API_KEY", "CANVAS_LABS_API_KEY")
_ENGINE_NICE = 5


class EngineStartError(RuntimeError):
    """The engine did not come up; the message has the end of what it said."""


def ensure_engine(folder: Path) -> EngineAddress:
    """The running engine of this engine folder (`Paths.engine`), started detached at low priority if there is none.

    Any number of processes may call it at once: one of them starts the engine, all get the same. One of another version is
    asked to finish what it renders, and a new one takes its place. Raises EngineStartError.
    """
    address = _usable(folder)
    if address is not None:
        return address
    lock = FileLock(folder / LAUNCH_LOCK, timeout_s=START_TIMEOUT_S + _DRAIN_TIMEOUT_S)
    try:
        with lock:
            return _usable(folder) or _start(folder)
    except LockTimeoutError:
        raise EngineStartError("Another program has been starting the engine for too long. Close it.") from None


def stop_engine(folder: Path) -> bool:
    """End the engine of this folder; jobs that it was rendering wait for the next. False if there was none."""
    address = read_address(folder)
    if address is None:
        return False
    _end(address, drain=False, timeout_s=_STOP_TIMEOUT_S)
    return True


def healthy(address: EngineAddress, timeout_s: float = _HEALTH_TIMEOUT_S) -> bool:
    """Whether it answers /health as this version, and is not about to end."""
    answer = _call(address, "GET", "/health", timeout_s)
    return answer is not None and answer.get("status") == "ok" and answer.get("version") == studio.__version__


def _usable(folder: Path) -> EngineAddress | None:
    address = read_address(folder)
    if address is None or address.version != studio.__version__:
        return None
    return address if healthy(address) else None


def _start(folder: Path) -> EngineAddress:
    old = read_address(folder)
    if old is not None:  # another version, or one that does not answer
        _end(old, drain=True, timeout_s=_DRAIN_TIMEOUT_S)
    process = _spawn(folder)
    # The engine outlives this program as a rule; when it does not, somebody has to take note, or it stays a zombie.
    threading.Thread(target=process.wait, name="engine-reaper", daemon=True).start()
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end:
        address = read_address(folder)
        if address is not None and healthy(address):
            return address
        if process.poll() is not None:
            break
        time.sleep(_PAUSE_S)
    else:
        process.kill()
    raise EngineStartError(f"The engine did not start. {_last_words(folder)}".strip())


def _spawn(folder: Path) -> subprocess.Popen[bytes]:
    """A process of its own that outlives this one, with its output in a file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    program = [sys.executable, "engine"] if getattr(sys, "frozen", False) else [sys.executable, "-m", "studio.engine"]
    command = [*program, "--home", str(folder.parent), "--detached"]
    environment = {name: value for name, value in os.environ.items() if name not in _SECRET_VARIABLES}
    # The same package as here, also where this program runs in a checkout that is not installed.
    root = str(Path(studio.__file__).parents[1])
    environment["PYTHONPATH"] = os.pathsep.join(part for part in (root, environment.get("PYTHONPATH", "")) if part)
    with (folder / OUTPUT_FILE).open("wb") as output:
        if sys.platform == "win32":
            # No DETACHED_PROCESS: each worker would then open a console window of its own.
            flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
            flags |= subprocess.BELOW_NORMAL_PRIORITY_CLASS
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder,
                                    env=environment, creationflags=flags)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder,
                                   env=environment, start_new_session=True)
        with contextlib.suppress(ProcessLookupError):  # it ended already; the caller finds out
            os.setpriority(os.PRIO_PROCESS, process.pid, _ENGINE_NICE)
        return process


def _end(address: EngineAddress, *, drain: bool, timeout_s: float) -> None:
    """Ask it to end, wait, and end it by force where it does not."""
    path = "/engine/stop?drain" if drain else "/engine/stop"
    if _call(address, "POST", path, _HEALTH_TIMEOUT_S) is not None and _gone(address, timeout_s):
        return
    try:
        process = psutil.Process(address.pid)
        process.terminate()
        if not _gone(address, _STOP_TIMEOUT_S):
            process.kill()
            _gone(address, _STOP_TIMEOUT_S)
    except psutil.NoSuchProcess:
        return


def _gone(address: EngineAddress, timeout_s: float) -> bool:
    end = time.monotonic() + timeout_s
    while address.alive():
        if time.monotonic() >= end:
            return False
        time.sleep(_PAUSE_S)
    return True


def _call(address: EngineAddress, method: str, path: str, timeout_s: float) -> dict[str, object] | None:
    """The JSON answer, or None where nothing sensible answers."""
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=timeout_s)
    try:
        connection.request(method, path, headers={"x-api-key": address.token})
        answer = connection.getresponse()
        value = json.loads(answer.read(65536))
        return value if answer.status < 300 and isinstance(value, dict) else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def _last_words(folder: Path) -> str:
    try:
        text = (folder / OUTPUT_FILE).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
    return text[-500:]
