"""The system libraries that the PySide6 wheel needs are there: the list in packaging/scripts/system.py is complete."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

QT = Path(PySide6.__file__).parent / "Qt"
USED = ("Core", "Gui", "Widgets", "Multimedia", "Svg", "Test", "DBus", "XcbQpa", "WaylandClient", "Network", "OpenGL")


def native_files() -> list[Path]:
    libraries = [path for name in USED for path in (QT / "lib").glob(f"libQt6{name}.so.6")]
    folders = ("platforms", "multimedia", "imageformats")
    plugins = [path for folder in folders for path in (QT / "plugins" / folder).glob("*.so")]
    # EGLFS and its like draw on a bare console, linuxfb and vnc likewise: no desktop uses them.
    console = ("eglfs", "linuxfb", "vnc", "minimalegl", "vkkhrdisplay")
    return libraries + [path for path in plugins if not any(word in path.name for word in console)]


@pytest.mark.skipif(not sys.platform.startswith("linux") or not shutil.which("ldd"), reason="ldd is Linux's")
def test_nothing_that_the_window_loads_is_missing() -> None:
    files = native_files()
    assert len(files) > len(USED)
    answer = subprocess.run(["ldd", *map(str, files)], capture_output=True, text=True, check=False)
    assert "=>" in answer.stdout
    missing = sorted({line.split()[0] for line in answer.stdout.splitlines() if "not found" in line})
    assert not missing
