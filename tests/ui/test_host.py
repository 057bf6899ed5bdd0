"""The whole program's start and end, in a process of its own: what is imported, what is painted, how it closes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAVY = ("numpy", "cv2", "PIL", "av", "httpx", "PySide6.QtMultimedia", "sqlalchemy", "alembic", "pydantic", "keyring",
         "fastapi", "qtawesome")

PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from studio.settings.paths import Paths
from studio.ui import host, window

paths = Paths.of_home(Path(sys.argv[1]))
what = sys.argv[2]
made = window.MainWindow.__init__

def watch(self, *args, **kwargs):
    made(self, *args, **kwargs)
    self.first_painted.connect(lambda: print(json.dumps({"painted": sorted(sys.modules)}), flush=True))
    self._bridge.ready.connect(lambda: print(json.dumps({"ready": True}), flush=True))
    if what == "close":
        self._bridge.ready.connect(lambda: QTimer.singleShot(50, self.close))
    if what == "early":
        self.first_painted.connect(lambda: QTimer.singleShot(0, self.close))
    if what == "error":
        def boom():
            raise RuntimeError("a slot went wrong")
        self._bridge.ready.connect(boom)
        self._bridge.ready.connect(lambda: QTimer.singleShot(100, lambda: (
            print(json.dumps({"notice": self.notice.words()}), flush=True), self.close())))

window.MainWindow.__init__ = watch
code = host.run_window(paths)
print(json.dumps({"code": code}), flush=True)
"""


def start(home: Path, what: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(home), what],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        cwd=Path(__file__).parents[2],
    )


def finish(process: subprocess.Popen[str]) -> tuple[dict[str, object], str]:
    """What the program printed, joined, and its standard error."""
    try:
        out, problems = process.communicate(timeout=180)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    said: dict[str, object] = {}
    for line in out.splitlines():
        said.update(json.loads(line))
    return said, problems


@pytest.mark.slow
def test_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path) -> None:
    said, problems = finish(start(tmp_path, "close"))
    loaded = said["painted"]
    assert isinstance(loaded, list)
    assert "studio.ui.window" in loaded
    assert not [name for name in HEAVY if name in loaded]
    assert said["ready"] is True, problems
    assert said["code"] == 0
    assert "Traceback" not in problems


@pytest.mark.slow
def test_closing_before_the_core_is_open_ends_in_order(tmp_path: Path) -> None:
    said, problems = finish(start(tmp_path, "early"))
    assert said["code"] == 0
    assert "Traceback" not in problems
    assert "never awaited" not in problems


@pytest.mark.slow
def test_an_error_in_a_slot_is_shown_and_the_window_goes_on(tmp_path: Path) -> None:
    said, _ = finish(start(tmp_path, "error"))
    assert "a slot went wrong" in str(said["notice"])
    assert said["code"] == 0


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
def test_a_request_of_the_system_ends_it_in_order(tmp_path: Path) -> None:
    process = start(tmp_path, "stay")
    assert process.stdout is not None
    # until the core is there nothing has been opened that would need an orderly end
    lines = [process.stdout.readline(), process.stdout.readline()]
    assert "painted" in lines[0]
    assert "ready" in lines[1]
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    said, problems = finish(process)
    assert said["code"] == 0, problems
    assert time.monotonic() - began < 60
