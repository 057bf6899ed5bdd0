"""`packaging/test --diffusion`: the tests of the extra `diffusion`, in an environment of its own, `.venv-diffusion`.

It is made from packaging/requirements-diffusion.lock with every hash checked: the extra and the tools for tests, without Qt,
which those tests do not touch. Compiled by `uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate
--no-header --group dev --extra diffusion --find-links FOLDER --no-emit-package pyside6 --no-emit-package pyside6-essentials
--no-emit-package pyside6-addons --no-emit-package shiboken6 pyproject.toml`, FOLDER the one with PyTorch's build for
processors: that is what the lock names for Python 3.11 on x86-64 Linux, where the package index's own brings gigabytes for
graphics cards along. Everywhere else the index's own is taken.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import environment
from system import say

VENV = environment.ROOT / ".venv-diffusion"
LOCK = environment.ROOT / "packaging" / "requirements-diffusion.lock"
STAMP = VENV / "studio-lock.sha256"
TESTS = ["tests/diffusion", "tests/unit/engine/test_models.py", "tests/unit/engine/render/test_model_folders.py"]
_ADVICE = ("The build of PyTorch for processors (torch …+cpu) is not on every package index. Where it lies in a folder, "
           "name that in PIP_FIND_LINKS; the project's own site says where else it is.")


def run(surroundings: dict[str, str], arguments: list[str]) -> bool:
    """Set up what is missing and run the tests; True if they passed. `arguments` go to pytest."""
    python = _make()
    command = [str(python), "-m", "pytest", "-q", "--durations=8", "-p", "no:pytest-qt", *TESTS, *arguments]
    # offline from the first import on: the tests show that nothing is fetched
    own = {**surroundings, "STUDIO_TESTS_WITHOUT_QT": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(environment.ROOT)}
    return subprocess.run(command, cwd=environment.ROOT, env=own, check=False).returncode == 0


def _make() -> Path:
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = hashlib.sha256(LOCK.read_bytes() + f"{sys.version_info[:2]}{VENV}".encode()).hexdigest()
    if python.exists() and STAMP.is_file() and STAMP.read_text(encoding="ascii") == wanted:
        return python
    say(f"Making the environment {VENV} (1.5 GB; some minutes the first time)")
    if not python.exists():
        _do([sys.executable, "-m", "venv", "--clear", str(VENV)])
    # pip and not uv: it looks where the person's own settings say that packages lie
    _do([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)])
    STAMP.write_text(wanted, encoding="ascii")
    return python


def _do(command: list[str]) -> None:
    if subprocess.run(command, cwd=environment.ROOT, stdout=sys.stderr, check=False).returncode:
        say("This step failed: " + " ".join(command))
        say(_ADVICE)
        raise SystemExit(1)
