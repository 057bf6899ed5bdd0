"""The wheel in an environment of its own: resources are inside, the command line and the window start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

WINDOW = """
import asyncio, sys
from pathlib import Path
from studio.settings.paths import Paths
from studio.ui.host import run_window
from studio.settings.shipped import shipped

async def visit(window):
    assert window.isVisible()
    await asyncio.sleep(0.1)
    print(shipped("samples/lighthouse.jpg"), shipped("guide/guide.md").stat().st_size)

run_window(Paths.of_home(Path(sys.argv[1])), visit=visit)
"""


@pytest.mark.slow
def test_the_wheel_starts_away_from_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "clean", with_pip=True)
    python = tmp_path / "clean" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    # the dependencies come from this environment, without its link to the checkout: PYTHONPATH reads no .pth files
    surroundings = {**os.environ, "PYTHONPATH": sysconfig.get_paths()["purelib"], "STUDIO_HOME": str(tmp_path / "home"),
                    "QT_QPA_PLATFORM": "offscreen"}

    def run(*words: str) -> str:
        command = [str(python), *words]
        done = subprocess.run(command, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    operations = json.loads(run("-m", "studio", "operations", "--json"))["operations"]
    assert {operation["id"] for operation in operations} >= {"video.generate", "image.generate"}
    sample, size = run("-c", WINDOW, str(tmp_path / "home")).split()[-2:]
    assert str(tmp_path / "clean") in sample
    assert "_resources" in sample
    assert int(size) > 500
