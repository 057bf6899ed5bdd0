"""kill -9 of the engine at random moments while clients create jobs: each accepted job ends exactly once."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from studio.engine.address import read_address
from tests.unit.engine.renderers import every

ROOT = Path(__file__).parents[2]
KILLS = 4
PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from studio.engine.options import EngineOptions
from studio.engine.serve import run
with ThreadPoolExecutor(2) as executor:
    options = EngineOptions(home=Path(sys.argv[1]), key="key", renderers={renderers!r}, executor=executor, places=2)
    sys.exit(run(options))
"""


class _Client(threading.Thread):
    """Creates jobs one after the other. An answer that was lost is asked for again under the same key, as a studio does."""

    def __init__(self, folder: Path, number: int) -> None:
        super().__init__()
        self._folder = folder
        self._number = number
        self._http: httpx.Client
        self.accepted: dict[str, set[str]] = {}
        self.stop = threading.Event()

    def run(self) -> None:
        count = 0
        with httpx.Client(trust_env=False, timeout=60) as self._http:
            while not self.stop.is_set():
                if self._create(f"client-{self._number}-{count}"):
                    count += 1
                else:
                    time.sleep(0.02)

    def _create(self, key: str) -> bool:
        address = read_address(self._folder)
        if address is None:
            return False
        body = {"operation": "image.generate", "input": {"prompt": "for 0.02", "seed": self._number}}
        try:
            headers = {"x-api-key": address.token, "x-idempotency-key": key}
            answer = self._http.post(f"{address.url}/api/v1/requests", json=body, headers=headers)
        except httpx.TransportError:
            return False
        assert answer.status_code == 202, answer.text
        self.accepted.setdefault(key, set()).add(answer.json()["id"])
        return True


def _start(home: Path) -> subprocess.Popen[bytes]:
    program = home / "program.py"
    program.write_text(PROGRAM.format(renderers=every("slow")))
    process = subprocess.Popen(
        [sys.executable, str(program), str(home)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 120
    while read_address(home / "engine") is None:
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    return process


@pytest.mark.slow
def test_each_accepted_job_ends_exactly_once(tmp_path: Path) -> None:
    draw = random.Random(7)
    folder = tmp_path / "engine"
    clients = [_Client(folder, number) for number in range(2)]
    for client in clients:
        client.start()
    try:
        for _ in range(KILLS):
            process = _start(tmp_path)
            time.sleep(draw.uniform(0.05, 1.2))
            process.kill()
            process.wait()
        last = _start(tmp_path)
        _some_accepted(clients)
    finally:
        for client in clients:
            client.stop.set()
        for client in clients:
            client.join()
    try:
        _all_ended(folder)
    finally:
        last.terminate()
        assert last.wait(60) == 0
    keys = {key: ids for client in clients for key, ids in client.accepted.items()}
    assert len(keys) > KILLS
    connection = sqlite3.connect(folder / "engine.db")
    rows = dict(connection.execute("SELECT idempotency_key, id FROM jobs").fetchall())
    statuses = {row[0] for row in connection.execute("SELECT DISTINCT status FROM jobs")}
    files = connection.execute("SELECT job_id, path FROM files").fetchall()
    connection.close()
    assert statuses == {"succeeded"}
    for key, ids in keys.items():
        assert ids == {rows[key]}, key
    assert sorted(job for job, _ in files) == sorted(rows.values())
    assert all((folder / path).is_file() for _, path in files)


def _some_accepted(clients: list[_Client]) -> None:
    """However few got through between the kills."""
    end = time.monotonic() + 120
    while sum(len(client.accepted) for client in clients) <= KILLS:
        assert time.monotonic() < end
        time.sleep(0.02)


def _all_ended(folder: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        connection = sqlite3.connect(folder / "engine.db")
        left = connection.execute("SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'processing')").fetchone()[0]
        connection.close()
        if left == 0:
            return
        time.sleep(0.1)
    raise AssertionError(json.dumps({"left": left}))
