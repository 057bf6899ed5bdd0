"""kill -9 of the engine at random moments while it sends events: each job that ended is told, under one id, and whole."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import httpx
import pytest

from studio.engine.address import read_address
from studio.engine.webhooks import derived_secret
from tests.unit.engine.renderers import every
from tests.unit.engine.test_webhooks import Receiver

ROOT = Path(__file__).parents[2]
KILLS, JOBS = 4, 12
PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from studio.engine.options import EngineOptions
from studio.engine.serve import run
from studio.engine.webhooks import Webhooks
Webhooks.__init__.__kwdefaults__["schedule_s"] = (0.0,) + (0.15,) * 500
with ThreadPoolExecutor(2) as executor:
    options = EngineOptions(home=Path(sys.argv[1]), key="key", renderers={renderers!r}, executor=executor, places=2)
    sys.exit(run(options))
"""


def _start(home: Path) -> subprocess.Popen[bytes]:
    program = home / "program.py"
    program.write_text(PROGRAM.format(renderers=every("quick")))
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


def _create(home: Path, url: str, count: int, first: int) -> list[str]:
    address = read_address(home / "engine")
    assert address is not None
    made = []
    with httpx.Client(base_url=address.url, headers={"x-api-key": "key"}, trust_env=False, timeout=60) as client:
        for number in range(first, first + count):
            body = {"operation": "image.generate", "input": {"prompt": "a lake", "seed": number}, "webhook_url": url}
            answer = client.post("/api/v1/requests", json=body)
            assert answer.status_code == 202, answer.text
            made.append(str(answer.json()["id"]))
    return made


@pytest.mark.slow
def test_no_kill_loses_or_renames_an_event(tmp_path: Path) -> None:
    draw = random.Random(11)
    receiver = Receiver()
    receiver.answers = []
    receiver.answers += [(draw.choice((500, 503, 204)), {}) for _ in range(JOBS * KILLS)]
    receiver.answers += [(204, {})]
    made: list[str] = []
    process = _start(tmp_path)
    try:
        for number in range(KILLS):
            made += _create(tmp_path, receiver.url, JOBS, number * JOBS)
            time.sleep(draw.uniform(0.05, 0.6))
            process.kill()
            process.wait(60)
            process = _start(tmp_path)
        end = time.monotonic() + 120
        while not _all_delivered(tmp_path / "engine" / "engine.db", len(made)):
            assert time.monotonic() < end
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait(60)
        receiver.close()
    ids = defaultdict(set)
    for one in receiver.got:
        assert one.signed_with(derived_secret("key"))
        ids[json.loads(one.body)["data"]["id"]].add(one.id)
    assert set(ids) == set(made)
    assert all(len(found) == 1 for found in ids.values())


def _all_delivered(path: Path, count: int) -> bool:
    connection = sqlite3.connect(path)
    try:
        states = [row[0] for row in connection.execute("SELECT state FROM events")]
    finally:
        connection.close()
    return len(states) == count and set(states) == {"delivered"}
