"""The real program as a process of its own, with a data folder of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIMIT_S = 600.0
PYCACHE = Path(tempfile.gettempdir()) / "studio-tests-pycache"
"""Compiled modules of all these short lives: where nothing is compiled beforehand each would spend seconds on it."""


def read_beside(path: Path, question: str) -> list[tuple[Any, ...]]:
    """From a store that another program writes, opens, closes, or was killed at."""
    limit = time.monotonic() + 30
    while True:
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
                return connection.execute(question).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error) or time.monotonic() > limit:
                raise
            time.sleep(0.05)


@dataclass(frozen=True)
class Answer:
    """`document` is the JSON on standard output, None when there is none."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


def _line(words: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-m", "studio", *map(str, words)]


@dataclass
class Command:
    """Runs `studio …` on one data folder; `close` ends what was started."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CANNON_", "CANVAS_"))}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        return {**kept, "STUDIO_HOME": str(self.home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
                "PYTHONPYCACHEPREFIX": str(PYCACHE), **self.environment}

    def __call__(self, *words: str | Path, stdin: str = "") -> Answer:
        done = subprocess.run(_line(words), input=stdin, capture_output=True, text=True, timeout=LIMIT_S,
                              env=self._environment(), check=False)
        return Answer(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str | Path, log: Path) -> subprocess.Popen[bytes]:
        """The same without waiting for its end."""
        with log.open("wb") as out:
            process = subprocess.Popen(_line(words), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                       env=self._environment())
        self.started.append(process)
        return process

    def states(self) -> list[str]:
        """The states of all jobs, read beside the programs that write them; empty before there is a store."""
        return [row[0] for row in self._read("studio.db", "SELECT state FROM jobs ORDER BY created_at")]

    def engine_jobs(self) -> int:
        """How many jobs the engine was ever given."""
        return len(self._read("engine/engine.db", "SELECT id FROM jobs"))

    def _read(self, name: str, question: str) -> list[tuple[Any, ...]]:
        path = self.home / name
        if not path.is_file():
            return []
        try:
            return read_beside(path, question)
        except sqlite3.OperationalError:
            return []  # just being made

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait(60)
        self("engine", "--stop")
