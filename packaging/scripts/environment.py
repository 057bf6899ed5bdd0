"""Makes the environment `.venv` in the checkout from packaging/requirements.lock, with every hash checked."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from system import say

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "packaging" / "requirements.lock"
STAMP = VENV / "studio-lock.sha256"


def python() -> Path:
    """The environment's own Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _wanted() -> str:
    digest = hashlib.sha256(LOCK.read_bytes())
    digest.update((ROOT / "pyproject.toml").read_bytes())
    digest.update(f"{sys.version_info[:2]}{ROOT}".encode())
    return digest.hexdigest()


def make() -> Path:
    """The environment's Python; installs only when the lock or the project's metadata changed. Exits where it cannot."""
    wanted = _wanted()
    if STAMP.is_file() and STAMP.read_text(encoding="ascii") == wanted and python().exists():
        return python()
    say(f"Making the environment {VENV} (a minute or two the first time)")
    if not _works():
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    _run([str(python()), "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv"])
    uv = [str(python()), "-m", "uv", "pip"]
    target = ["--python", str(python())]
    # compiled now, once: the first start of window and engine would wait for it otherwise
    _run([*uv, "install", "-q", "--compile-bytecode", *target, "--require-hashes", "-r", str(LOCK)])
    _run([*uv, "install", "-q", *target, "--no-deps", "-e", str(ROOT)])
    STAMP.write_text(wanted, encoding="ascii")
    return python()


def _works() -> bool:
    """Whether the environment that lies there can be used by this interpreter's version."""
    if not python().exists():
        return False
    check = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return subprocess.run([str(python()), "-c", check], capture_output=True, check=False).returncode == 0


def _run(command: list[str]) -> None:
    # What these print is for the person, and must not mix with a command's own answer on standard output.
    done = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
    if done.returncode:
        say("This step failed: " + " ".join(command))
        say("Check the connection to your package index and the free disk space, then run it again.")
        raise SystemExit(1)
