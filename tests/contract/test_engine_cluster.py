"""`studio engine --executor dask://…`: jobs on the two worker processes of a real local cluster, from end to end."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from studio.engine.cluster import connect
from studio.engine.errors import EngineError

KEY = "cluster-key"
ROOT = Path(__file__).parents[2]
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@contextmanager
def _program(arguments: list[str], first_input: str = "") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A program of ours and its first line; it ends with the block."""
    command, pipe = [sys.executable, *arguments], subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(first_input)
        process.stdin.flush()
        yield process, process.stdout.readline()
    finally:
        process.stdin.close()  # the cluster ends by that
        if "-m" in arguments:
            process.terminate()
        process.wait(120)
        process.stdout.close()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """HOST:PORT of a cluster with two workers, each a process of its own."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    script = tmp_path_factory.mktemp("cluster") / "cluster.py"
    script.write_text(CLUSTER)
    with _program([str(script)]) as (_, line):
        assert line.startswith("tcp://"), line
        yield line.strip().removeprefix("tcp://")


class Engine:
    """A client of an engine that another process runs."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.http = httpx.Client(base_url=url, headers={"x-api-key": KEY}, timeout=60, trust_env=False)

    def create(self, operation: str, **values: Any) -> str:
        answer = self.http.post("/api/v1/requests", json={"operation": operation, "input": values})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def show(self, request: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/api/v1/requests/{request}").json()
        return found

    def until(self, request: str, *statuses: str, timeout_s: float = 600) -> dict[str, Any]:
        end = time.monotonic() + timeout_s
        while (found := self.show(request))["status"] not in statuses:
            assert time.monotonic() < end, found
            time.sleep(0.05)
        return found


@pytest.fixture
def engine(scheduler: str, tmp_path: Path) -> Iterator[Engine]:
    command = ["-m", "studio", "engine", "--home", str(tmp_path), "--key-stdin", "--executor", f"dask://{scheduler}"]
    with _program(command, KEY + "\n") as (process, line):
        made = Engine(process, json.loads(line)["url"])
        yield made
        made.http.close()


def _kin(process: subprocess.Popen[str]) -> int:
    return len(psutil.Process(process.pid).children(recursive=True))


@pytest.mark.slow
def test_a_job_from_one_end_to_the_other(engine: Engine, tmp_path: Path) -> None:
    requests = [engine.create("video.generate", prompt="a lake at dawn", duration=1, resolution="720p", seed=seed)
                for seed in (3, 4)]
    seen = [engine.until(one, "processing") for one in requests]  # both at once: the cluster has two places
    assert {one["status"] for one in seen} == {"processing"}
    assert _kin(engine.process) == 0, "nothing is rendered in processes of the engine's own"
    progress = {one: [0.0] for one in requests}
    while any(engine.show(one)["status"] == "processing" for one in requests):
        for one in requests:
            progress[one].append(engine.show(one)["progress"])
        time.sleep(0.05)
    for request in requests:
        found = engine.show(request)
        assert found["status"] == "succeeded", found["errorMessage"]
        assert progress[request] == sorted(progress[request])
        assert len({value for value in progress[request] if 0 < value < 1}) >= 3, progress[request]
        answer = httpx.get(found["output"]["video_url"], trust_env=False, timeout=60)
        assert answer.content[4:8] == b"ftyp"
        folder = tmp_path / "engine" / "jobs" / request
        end = time.monotonic() + 60
        while len(list(folder.iterdir())) > 1 and time.monotonic() < end:
            time.sleep(0.05)
        assert len(list(folder.iterdir())) == 1


@pytest.mark.slow
def test_a_cancel_stops_the_worker_and_an_upload_arrives_there(engine: Engine, tmp_path: Path) -> None:
    from tests.unit.engine.hostile import picture

    long = engine.create("video.generate", prompt="a forest", duration=60, resolution="1080p")
    found = engine.until(long, "processing")
    while found["progress"] == 0.0:
        found = engine.show(long)
        time.sleep(0.05)
    cancelled = engine.http.post(f"/api/v1/requests/{long}/cancel").json()
    assert (cancelled["status"], cancelled["errorCode"]) == ("failed", "cancelled")
    folder = tmp_path / "engine" / "jobs" / long
    end = time.monotonic() + 60
    while folder.exists() and time.monotonic() < end:  # the worker has looked, stopped, and given its place back
        time.sleep(0.05)
    assert not folder.exists()
    url = engine.http.post("/api/v1/uploads", content=picture("PNG")).json()["url"]
    edited = engine.until(engine.create("image.edit", prompt="black and white", image_url=url), "succeeded", "failed")
    assert edited["status"] == "succeeded", edited["errorMessage"]
    broken = engine.http.post("/api/v1/uploads", content=picture("PNG")[:90]).json()["url"]
    refused = engine.until(engine.create("image.edit", prompt="brighter", image_url=broken), "succeeded", "failed")
    assert (refused["status"], refused["errorField"]) == ("failed", "image_url")


@pytest.mark.slow
def test_a_worker_that_dies_costs_its_job_another_start(scheduler: str, engine: Engine) -> None:
    """Dask starts another worker; the job goes on there, or starts again: either way it ends well, and once."""
    from distributed import Client

    with Client(f"tcp://{scheduler}", set_as_default=False) as client:  # type: ignore[no-untyped-call]
        pids = client.run(_own_pid)
        request = engine.create("video.generate", prompt="a lake", duration=2, resolution="720p", seed=5)
        found = engine.until(request, "processing")
        while found["progress"] == 0.0:
            found = engine.show(request)
            time.sleep(0.05)
        busy = [worker for worker, tasks in client.processing().items() if tasks]
    assert len(busy) == 1
    psutil.Process(pids[busy[0]]).kill()
    assert engine.until(request, "succeeded", "failed")["status"] == "succeeded"


def _own_pid() -> int:
    import os

    return os.getpid()


def test_a_wrong_address_is_told() -> None:
    for address in ("tcp://localhost:1", "dask://", "localhost:8786"):
        with pytest.raises(EngineError, match="dask://HOST:PORT"):
            connect(address)


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r"extra “dask”"):
        connect("dask://127.0.0.1:8786")


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    command = [sys.executable, "-m", "studio", "engine", "--home", str(tmp_path), "--executor", "dask://127.0.0.1:9"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 1
    assert "No Dask scheduler answers at 127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
