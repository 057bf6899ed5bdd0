"""The `studio` command as other programs use it, against the real engine in its own process."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageDraw

from tests.e2e.command import Command
from tests.e2e.conftest import wait_until
from tests.ports import free_port

JOB_KEYS = ["id", "operation", "account", "state", "waiting_for", "remote_id", "idempotency_key", "progress", "created_at",
            "submitted_at", "finished_at", "credits", "error", "assets", "input", "output",
            "label", "position", "chain_run", "expires_at"]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Command]:
    command = Command(tmp_path / "home")
    yield command
    command.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    picture = Image.new("RGB", (640, 480), "#88aacc")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 300, 640, 480), fill="#335522")
    draw.ellipse((250, 120, 390, 330), fill="#ddaa66")
    path = tmp_path / "a photo.jpg"
    picture.save(path, quality=90)
    return path


@pytest.mark.slow
def test_pictures_and_videos_from_words_and_a_photo(studio: Command, photo: Path, tmp_path: Path) -> None:
    made = studio("submit", "image.generate", "-p", "prompt=a lighthouse at dusk", "-p", "resolution=1K", "-p", "seed=7",
                  "--wait", "--json")
    assert made.code == 0, made.err
    job = made.document
    assert list(job) == JOB_KEYS
    assert (job["operation"], job["account"], job["state"], job["waiting_for"]) == ("image.generate", "local", "done", None)
    assert job["credits"] == {"estimated": 0.0, "charged": 0.0}
    assert job["error"] is None
    assert job["input"] == {"prompt": "a lighthouse at dusk", "resolution": "1K", "seed": 7}
    (asset,) = job["assets"]
    assert asset["kind"] == "image"
    with Image.open(asset["path"]) as picture:
        assert max(picture.size) == 1024

    sent = studio("submit", "video.generate", "-p", "prompt=the tide comes in", "-p", f"image_url=@{photo}",
                  "-p", "duration=1", "-p", "resolution=720p", "--json")
    assert sent.code == 0, sent.err
    assert sent.document["state"] in ("running", "downloading", "done")
    assert sent.document["input"]["image_url"].startswith("file:")
    ended = studio("jobs", "wait", sent.document["id"], "--json")
    assert ended.code == 0, ended.err
    (video,) = ended.document["assets"]
    assert video["kind"] == "video"

    listed = studio("jobs", "list", "--json").document["jobs"]
    assert [found["id"] for found in listed] == [ended.document["id"], job["id"]]
    assert [found["state"] for found in studio("jobs", "list", "--search", "tide", "--json").document["jobs"]] == ["done"]
    assets = studio("assets", "list", "--json").document["assets"]
    assert {found["id"] for found in assets} == {video["id"], asset["id"]}
    shown = studio("assets", "show", video["id"], "--json").document
    assert shown["duration_s"] == pytest.approx(1.0, abs=0.05)
    assert shown["recipe"]["input"]["duration"] == 1

    out = tmp_path / "out"
    exported = studio("assets", "export", video["id"], asset["id"], "--to", out, "--json")
    assert exported.code == 0, exported.err
    assert [Path(path).parent for path in exported.document["paths"]] == [out, out]
    digest = hashlib.sha256(Path(exported.document["paths"][0]).read_bytes()).hexdigest()
    assert digest == shown["sha256"]

    deleted = studio("assets", "delete", asset["id"], "--json")
    assert deleted.document["assets"][0]["deleted_at"]
    assert len(studio("assets", "list", "--json").document["assets"]) == 1
    assert studio("assets", "restore", asset["id"], "--json").document["assets"][0]["deleted_at"] is None
    assert Path(asset["path"]).is_file()
    assert studio.engine_jobs() == 2


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["submitting", "running"])
def test_a_killed_command_loses_nothing_and_sends_nothing_twice(
    studio: Command, photo: Path, tmp_path: Path, moment: str
) -> None:
    process = studio.start("submit", "video.generate", "-p", "prompt=a ship in a storm", "-p", f"image_url=@{photo}", "-p",
                           "duration=2", "-p", "resolution=720p", "--wait", "--json", log=tmp_path / "log")
    later = ["submitting", "running", "downloading"]
    wanted = later[later.index(moment):]
    wait_until(lambda: any(state in wanted for state in studio.states()), 120, f"a job that is {moment}", pause=0.01)
    process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    process.wait(60)
    assert studio.states() != ["done"]

    resumed = studio("jobs", "resume", "--json")
    assert resumed.code == 0, resumed.err
    (job,) = resumed.document["jobs"]
    assert job["state"] == "done"
    assert len(job["assets"]) == 1
    assert studio.engine_jobs() == 1
    assert len(studio("assets", "list", "--json").document["assets"]) == 1
    again = studio("jobs", "resume", "--json")
    assert (again.code, again.document) == (0, {"jobs": []})


@pytest.mark.slow
def test_ctrl_c_leaves_the_job_and_says_how_to_go_on(studio: Command, tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("no Ctrl+C can be sent to another process here")
    log = tmp_path / "log"
    # Where the tests run in a shell's background Ctrl+C is ignored, and so it would be by the program started here.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = studio.start("submit", "video.generate", "-p", "prompt=hills", "-p", "duration=3", "--wait", log=log)
    signal.signal(signal.SIGINT, before)
    wait_until(lambda: "running" in studio.states(), 120, "a running job", pause=0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(300) == 1
    words = log.read_text()
    assert "studio jobs wait" in words
    assert "Traceback" not in words
    job = studio("jobs", "list", "--json").document["jobs"][0]
    cancelled = studio("jobs", "cancel", job["id"], "--json")
    assert cancelled.code == 0, cancelled.err
    assert cancelled.document["state"] == "cancelled"


@pytest.mark.slow
def test_a_time_out_is_no_failure(studio: Command) -> None:
    short = ("-p", "prompt=hills", "-p", "duration=2", "-p", "resolution=720p")
    waited = studio("submit", "video.generate", *short, "--wait", "--timeout", "0.2", "--json")
    assert waited.code == 1
    assert waited.document["state"] in ("queued", "submitting", "running")
    assert waited.document["error"] is None
    assert studio("jobs", "wait", waited.document["id"], "--json").code == 0


@pytest.mark.slow
def test_a_wrong_key_is_said_and_the_job_is_kept(studio: Command, tmp_path: Path) -> None:
    engine = subprocess.Popen([sys.executable, "-m", "studio", "engine", "--home", str(tmp_path / "service"), "--json"],
                              stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    try:
        assert engine.stdout is not None
        url = json.loads(engine.stdout.readline())["url"]
        added = studio("accounts", "add", "paid", "--service", "cannon-studio", "--base-url", url, "--json")
        assert added.code == 0, added.err
        assert added.document["key"] is None
        studio.environment["CANNON_API_KEY"] = "cs_live_wrong_key_0123456789"
        for words in (("accounts", "test", "paid"), ("credits", "--account", "paid")):
            asked = studio(*words, "--json")
            assert asked.code == 1
            assert asked.document["error"]["kind"] == "key_refused"
            assert "wrong_key" not in asked.out + asked.err
        sent = studio("submit", "image.generate", "--account", "paid", "-p", "prompt=x", "--json")
        assert sent.code == 1
        assert (sent.document["state"], sent.document["error"]["kind"]) == ("failed", "key_refused")
        assert not [path for path in studio.home.rglob("*") if path.is_file() and b"wrong_key" in path.read_bytes()]
        studio.environment.clear()
        sent = studio("submit", "image.generate", "--account", "paid", "-p", "prompt=x", "--json")
        assert (sent.code, sent.document["error"]["kind"]) == (1, "key_missing")
    finally:
        engine.terminate()
        engine.communicate(timeout=120)


@pytest.mark.slow
def test_an_unreachable_service_is_waited_for(studio: Command) -> None:
    studio.environment["CANVAS_LABS_API_KEY"] = "cl_live_some_key_0123456789"
    base = f"http://127.0.0.1:{free_port()}/v1"
    assert studio("accounts", "add", "far", "--service", "canvas-labs", "--base-url", base, "--json").code == 0
    sent = studio("submit", "image.generate", "--account", "far", "-p", "prompt=x", "--json")
    assert sent.code == 0, sent.err
    assert (sent.document["state"], sent.document["waiting_for"]) == ("queued", "offline")
    assert sent.document["remote_id"] is None
    resumed = studio("jobs", "resume", "--json")
    assert resumed.code == 1
    assert resumed.document["jobs"][0]["state"] == "queued"
    assert studio("jobs", "cancel", sent.document["id"], "--json").document["state"] == "cancelled"


@pytest.mark.slow
def test_an_engine_that_dies_is_started_again_and_the_job_goes_on(studio: Command, tmp_path: Path) -> None:
    process = studio.start("submit", "video.generate", "-p", "prompt=a ship in a storm", "-p", "duration=2", "-p",
                           "resolution=720p", "--wait", "--json", log=tmp_path / "log")
    wait_until(lambda: "running" in studio.states(), 120, "a running job", pause=0.02)
    address = json.loads((studio.home / "engine" / "address.json").read_text())
    engine = psutil.Process(address["pid"])
    engine.kill()
    engine.wait(60)
    assert process.wait(600) == 0, (tmp_path / "log").read_text()
    assert json.loads((studio.home / "engine" / "address.json").read_text())["pid"] != address["pid"]
    assert studio.engine_jobs() == 1
    assert studio.states() == ["done"]


@pytest.mark.slow
def test_errors_go_to_both_outputs_and_into_the_exit_code(studio: Command) -> None:
    usage = studio("jobs", "bogus", "--json")
    assert (usage.code, usage.document["error"]["kind"]) == (2, "usage")
    assert "bogus" in usage.err
    refused = studio("submit", "video.generate", "-p", "prompt=  ", "--json")
    assert (refused.code, refused.document["error"]["field"]) == (1, "prompt")
    assert "prompt" in refused.err


def test_without_a_screen_it_says_what_to_do(studio: Command) -> None:
    studio.environment["QT_QPA_PLATFORM"] = "offscreen"
    answer = studio()
    assert answer.code == 1
    assert "studio tour" in answer.err
