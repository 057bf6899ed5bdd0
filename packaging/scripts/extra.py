"""The tests of an optional extra, in an environment of their own that is made from the extra's lock with every hash checked:
the extra and the tools for tests, without Qt, which those tests do not touch."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import environment
from system import say


@dataclass(frozen=True)
class Extra:
    """`name`: of `.venv-NAME` and of packaging/requirements-NAME.lock. `tests`: what pytest is given. `size`: of what is
    installed, in words; `advice`: what to do where a package is not to be had."""

    name: str
    tests: tuple[str, ...]
    size: str
    advice: str = "Check the connection to your package index and the free disk space, then run it again."

    @property
    def _venv(self) -> Path:
        return environment.ROOT / f".venv-{self.name}"

    def run(self, surroundings: dict[str, str], arguments: list[str]) -> bool:
        """Set up what is missing and run the tests; True if they passed. `arguments` go to pytest."""
        python = self._make()
        command = [str(python), "-m", "pytest", "-q", "--durations=8", "-p", "no:pytest-qt", *self.tests, *arguments]
        # offline from the first import on: the tests show that nothing is fetched
        own = {**surroundings, "STUDIO_TESTS_WITHOUT_QT": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(environment.ROOT)}
        return subprocess.run(command, cwd=environment.ROOT, env=own, check=False).returncode == 0

    def _make(self) -> Path:
        venv, lock = self._venv, environment.ROOT / "packaging" / f"requirements-{self.name}.lock"
        python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        stamp = venv / "studio-lock.sha256"
        wanted = hashlib.sha256(lock.read_bytes() + f"{sys.version_info[:2]}{venv}".encode()).hexdigest()
        if python.exists() and stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
            return python
        say(f"Making the environment {venv} ({self.size}; some minutes the first time)")
        if not python.exists():
            self._do([sys.executable, "-m", "venv", "--clear", str(venv)])
        # pip and not uv: it looks where the person's own settings say that packages lie
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        self._do([*install, "-r", str(lock)])
        stamp.write_text(wanted, encoding="ascii")
        return python

    def _do(self, command: list[str]) -> None:
        if subprocess.run(command, cwd=environment.ROOT, stdout=sys.stderr, check=False).returncode:
            say("This step failed: " + " ".join(command))
            say(self.advice)
            raise SystemExit(1)
