"""Real worker processes: they render, die, are killed, and never outlive their engine."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from studio.engine.pool import WorkerPool
from tests.unit.engine.renderers import STUCK_S, every
from tests.unit.engine.rig import KEY, Rig


def _engine(home: Path, renderer: str, **options: Any) -> Rig:
    from studio.engine.options import EngineOptions

    return Rig(EngineOptions(home=home, key=KEY, renderers=every(renderer), **options))


def _process_of(rig: Rig, request: str) -> psutil.Process:
    path = rig.options.folder / "jobs" / request / "process"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            return psutil.Process(int(path.read_text()))
        except (OSError, ValueError):
            time.sleep(0.02)
    raise AssertionError("the worker never said its process id")


@pytest.mark.slow
def test_a_killed_worker_costs_its_job_one_more_start_and_others_nothing(tmp_path: Path) -> None:
    with _engine(tmp_path, "held", places=2) as rig:
        first, second = rig.create(), rig.create()
        victim, other = _process_of(rig, first), _process_of(rig, second)
        assert victim.pid != other.pid
        if sys.platform != "win32":
            assert (victim.nice(), other.nice()) == (19, 19)
        victim.kill()
        victim.wait(30)
        (rig.options.folder / "go").touch()
        assert rig.finished(second)["status"] == "succeeded"
        assert rig.finished(first)["status"] == "succeeded"
        assert _counts(rig, first) == (2, 1)
        assert _counts(rig, second) == (1, 0)


def _counts(rig: Rig, request: str) -> tuple[int, int]:
    import sqlite3

    connection = sqlite3.connect(rig.options.folder / "engine.db")
    starts, crashes = connection.execute("SELECT starts, crashes FROM jobs WHERE id = ?", (request,)).fetchone()
    connection.close()
    return int(starts), int(crashes)


@pytest.mark.slow
def test_a_job_that_always_kills_its_worker_fails_with_a_reason(tmp_path: Path) -> None:
    with _engine(tmp_path, "dies", places=1) as rig:
        found = rig.finished(rig.create())
        assert (found["status"], found["errorCode"]) == ("failed", "worker_died")
        assert "died 3 times" in found["errorMessage"]


@pytest.mark.slow
def test_a_render_that_ignores_the_cancel_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.engine.work.CANCEL_GRACE_S", 0.3)
    with _engine(tmp_path, "stubborn", places=1) as rig:
        stuck = rig.create()
        rig.until(stuck, "processing")
        _process_of(rig, stuck)
        began = time.monotonic()
        rig.client.post(f"/api/v1/requests/{stuck}/cancel")
        end = time.monotonic() + 45
        while rig.desk.work.running and time.monotonic() < end:
            time.sleep(0.02)
        assert rig.desk.work.running == 0
        assert time.monotonic() - began < STUCK_S - 10
        assert rig.request(stuck)["errorCode"] == "cancelled"


@pytest.mark.slow
async def test_a_worker_that_dies_while_idle_is_replaced(tmp_path: Path) -> None:
    from studio.engine.render.task import RenderTask

    pool = WorkerPool(1, warm=("json",))
    pool.warm_up()
    entry = pool._own[0]
    assert entry is not None
    assert entry.pid is not None
    psutil.Process(entry.pid.result(60)).kill()
    await asyncio.sleep(0.3)
    task = RenderTask("cannon:image.generate", {"prompt": "a"}, {}, str(tmp_path))
    rendered = await pool.run(0, every("quick")["cannon:image.generate"], task, 1)
    assert len(rendered.hashes) == 1
    pool.close()


@pytest.mark.slow
def test_workers_die_with_their_parent(tmp_path: Path) -> None:
    """However it dies: the worker below is in the middle of a long render when its engine is killed."""
    script = (
        "import asyncio, sys\n"
        "from studio.engine.pool import WorkerPool\n"
        "from studio.engine.render.task import RenderTask\n"
        "if __name__ == '__main__':\n"
        "    pool = WorkerPool(1, warm=())\n"
        f"    task = RenderTask('cannon:image.generate', {{'prompt': 'for 60'}}, {{}}, {str(tmp_path)!r})\n"
        f"    asyncio.run(pool.run(0, {every('slow')['cannon:image.generate']!r}, task, 1))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[3])
    try:
        path = tmp_path / "process"
        end = time.monotonic() + 60
        while not (path.exists() and path.read_text()) and time.monotonic() < end:
            time.sleep(0.02)
        worker = psutil.Process(int(path.read_text()))
    finally:
        parent.kill()
        parent.wait()
    worker.wait(30)
    assert not worker.is_running()
