"""Engines as processes of their own: found, started once, replaced, ended, and going on after kill -9."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

import studio
from studio.engine.address import ADDRESS_FILE, EngineAddress, read_address, remove_address, write_address
from studio.engine.file_lock import FileLock, LockTimeoutError
from studio.engine.launch import EngineStartError, ensure_engine, stop_engine
from tests.unit.engine.renderers import every

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The engine folder of a data folder; whatever engine a test leaves there is ended."""
    yield tmp_path / "engine"
    address = read_address(tmp_path / "engine")
    if address is not None:
        with contextlib.suppress(psutil.NoSuchProcess):  # it may be ending by itself
            psutil.Process(address.pid).kill()


def _start(folder: Path, renderer: str, *, detached: bool = False, idle_s: float = 60.0) -> subprocess.Popen[str]:
    """An engine with the tests' renderers, in a process of its own; ready when its address file is there."""
    script = (
        "import sys; from pathlib import Path; from studio.engine.serve import EngineOptions, run\n"
        "if __name__ == '__main__':\n"
        f"    sys.exit(run(EngineOptions(home=Path({str(folder.parent)!r}), renderers={every(renderer)!r}, places=1,"
        f" detached={detached})))\n"
    )
    program = folder.parent / "program.py"
    program.write_text(script)
    env = {**os.environ, "STUDIO_ENGINE_IDLE_S": str(idle_s), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, str(program)], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while read_address(folder) is None:
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    return process


def _client(folder: Path) -> httpx.Client:
    address = read_address(folder)
    assert address is not None
    return httpx.Client(base_url=address.url, headers={"x-api-key": address.token}, timeout=20, trust_env=False)


def _wait_for(client: httpx.Client, request: str, *statuses: str) -> str:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        status = str(client.get(f"/api/v1/requests/{request}").json()["status"])
        if status in statuses:
            return status
        time.sleep(0.02)
    raise AssertionError(f"{request} never became {statuses}")


def _create(client: httpx.Client, prompt: str) -> str:
    body = {"operation": "image.generate", "input": {"prompt": prompt}}
    return str(client.post("/api/v1/requests", json=body).json()["id"])


def test_the_address_file_is_the_owner_s_alone(tmp_path: Path) -> None:
    written = write_address(tmp_path, "http://127.0.0.1:1234", "secret-token", "1.0")
    assert read_address(tmp_path) == written
    assert written.port == 1234
    assert "secret-token" not in repr(written)
    if os.name != "nt":
        assert (tmp_path / ADDRESS_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [ADDRESS_FILE]
    remove_address(tmp_path)
    assert read_address(tmp_path) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"url": "x", "token": "t", "pid": "p", "version": "", "started": 0}']
)
def test_a_broken_address_file_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / ADDRESS_FILE).write_text(text)
    assert read_address(tmp_path) is None
    remove_address(tmp_path)


def test_an_address_of_a_gone_or_another_process_is_none(tmp_path: Path) -> None:
    values = {"url": "http://127.0.0.1:1", "token": "t", "version": "1", "pid": os.getpid(), "started": 5.0}
    (tmp_path / ADDRESS_FILE).write_text(json.dumps(values))
    assert read_address(tmp_path) is None  # the number was taken by another process since
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / ADDRESS_FILE).write_text(json.dumps({**values, "pid": gone.pid}))
    assert read_address(tmp_path) is None


def test_the_lock_is_held_by_one_and_freed_by_death(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c",
         "import sys, time; from pathlib import Path; from studio.engine.file_lock import FileLock\n"
         "with FileLock(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)", str(path)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert not FileLock(path).acquire()
    with pytest.raises(LockTimeoutError), FileLock(path, timeout_s=0.1):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with FileLock(path, timeout_s=60):
        assert not FileLock(path).acquire()


def test_the_launcher_imports_nothing_heavy() -> None:
    heavy = ("fastapi", "uvicorn", "pydantic", "numpy", "cv2", "PIL", "av", "httpx", "starlette", "sqlite3", "PySide6")
    code = f"import sys, studio.engine.launch, studio.engine.serve; print([m for m in {heavy!r} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.slow
def test_many_launchers_at_once_get_one_engine(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from studio.engine.launch import ensure_engine\n"
        "a = ensure_engine(Path(sys.argv[1])); print(a.pid, a.url, a.token)"
    )

    def launch(_number: int) -> str:
        answer = subprocess.run(
            [sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=180, check=True
        )
        return answer.stdout

    with ThreadPoolExecutor(3) as threads:
        answers = set(threads.map(launch, range(3)))
    assert len(answers) == 1
    address = read_address(folder)
    assert address is not None
    assert ensure_engine(folder) == address
    process = psutil.Process(address.pid)
    assert str(folder.parent) in process.cmdline()
    if os.name != "nt":
        assert process.nice() == 5
        assert folder.stat().st_mode & 0o077 == 0
        assert os.getsid(address.pid) != os.getsid(0)
    text = (folder / "engine.log").read_text() if (folder / "engine.log").exists() else ""
    assert address.token not in text + (folder / "engine-output.log").read_text()
    assert stop_engine(folder)
    process.wait(60)
    assert not (folder / ADDRESS_FILE).exists()
    assert not stop_engine(folder)


@pytest.mark.slow
def test_a_killed_engine_goes_on_with_its_jobs_and_leaves_no_worker(folder: Path) -> None:
    folder.mkdir(parents=True)
    process = _start(folder, "held")
    with _client(folder) as client:
        (folder / "go").touch()
        done = _create(client, "one")
        _wait_for(client, done, "succeeded")
        (folder / "go").unlink()
        running, queued = _create(client, "two"), _create(client, "three")
        _wait_for(client, running, "processing")
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()
    assert read_address(folder) is None
    assert psutil.wait_procs(workers, timeout=60)[1] == []
    (folder / "go").touch()
    again = _start(folder, "held")
    with _client(folder) as client:
        for request in (done, running, queued):
            assert _wait_for(client, request, "succeeded", "failed") == "succeeded"
        url = client.get(f"/api/v1/requests/{done}").json()["output"]["image_url"]
        assert client.get(url).status_code == 200
    again.terminate()
    assert again.wait(60) == 0
    assert again.stdout is not None
    first_line = json.loads(again.stdout.readline())
    assert set(first_line) == {"url", "key"}
    again.stdout.close()


@pytest.mark.slow
def test_a_detached_engine_ends_when_nobody_needs_it_and_not_before(folder: Path) -> None:
    folder.mkdir(parents=True)
    process = _start(folder, "slow", detached=True, idle_s=3.0)
    with _client(folder) as client:
        request = _create(client, "for 4.5")
    time.sleep(3.5)
    assert process.poll() is None  # quiet for long enough, but the job is not done
    assert process.wait(60) == 0
    assert not (folder / ADDRESS_FILE).exists()
    assert process.stdout is not None
    assert process.stdout.read() == ""
    process.stdout.close()
    import sqlite3

    connection = sqlite3.connect(folder / "engine.db")
    assert connection.execute("SELECT status FROM jobs WHERE id = ?", (request,)).fetchone() == ("succeeded",)
    connection.close()


@pytest.mark.slow
def test_one_engine_a_data_folder(folder: Path) -> None:
    folder.mkdir(parents=True)
    first = _start(folder, "quick")
    assert first.stdout is not None
    command = [sys.executable, "-m", "studio.engine", "--home", str(folder.parent)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert second.returncode == 1
    assert "already runs" in second.stderr
    assert read_address(folder) is not None  # the second did not take the first's address away
    stopped = subprocess.run([*command, "--stop"], cwd=ROOT, timeout=120)
    assert stopped.returncode == 0
    assert first.wait(60) == 0
    first.stdout.close()


@pytest.mark.slow
def test_an_engine_of_another_version_is_replaced_and_its_jobs_stay(folder: Path) -> None:
    folder.mkdir(parents=True)
    old = _start(folder, "slow")
    with _client(folder) as client:
        running = _create(client, "for 3")
        _wait_for(client, running, "processing")
        waiting = _create(client, "for 0.01")
    values = json.loads((folder / ADDRESS_FILE).read_text())
    (folder / ADDRESS_FILE).write_text(json.dumps({**values, "version": "0.0.0"}))
    address = ensure_engine(folder)
    assert old.wait(60) == 0
    assert old.stdout is not None
    old.stdout.close()
    assert (address.pid != old.pid, address.version) == (True, studio.__version__)
    with _client(folder) as client:
        assert client.get(f"/api/v1/requests/{running}").json()["status"] == "succeeded"
        assert client.get(f"/api/v1/requests/{waiting}").json()["status"] != "failed"
    assert stop_engine(folder)


@pytest.mark.slow
def test_an_engine_that_cannot_start_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "engine.db").mkdir()  # no file can be made here
    with pytest.raises(EngineStartError, match=r"did not start. The engine's store .* cannot be opened"):
        ensure_engine(folder)


def test_an_address_shows_its_port() -> None:
    assert EngineAddress("http://127.0.0.1:4711", "t").port == 4711
