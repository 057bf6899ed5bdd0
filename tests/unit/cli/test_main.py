"""The command line in this process: what it prints where, and its exit codes. The engine is not needed for these."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import studio
from studio.__main__ import has_screen
from studio.cli.main import run
from studio.cli.programs import EngineRequest, Programs


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    # Its handler would keep a file of this test's folder open.
    monkeypatch.setattr("studio.cli.session.set_up_logs", lambda paths: None)
    return tmp_path / "home"


def answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    """Standard output holds exactly one document, whatever the command had to say."""
    assert run([*words, "--json"]) == code
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    value = json.loads(out)
    assert isinstance(value, dict)
    return value


@pytest.mark.slow
def test_lists_of_a_new_library_are_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "jobs", "list") == {"jobs": []}
    assert answer(capsys, "assets", "list") == {"assets": []}
    assert answer(capsys, "jobs", "resume") == {"jobs": []}
    assert run(["jobs", "list"]) == 0
    assert capsys.readouterr().out == "No jobs.\n"


def test_operations_carry_one_object_schema_each(capsys: pytest.CaptureFixture[str]) -> None:
    operations = answer(capsys, "operations")["operations"]
    assert {"video.generate", "image.generate"} <= {operation["id"] for operation in operations}
    for operation in operations:
        assert list(operation) == ["id", "title", "kind", "input_schema", "discovered"]
        assert operation["input_schema"]["type"] == "object"
        assert set(operation["input_schema"].get("required", [])) <= set(operation["input_schema"]["properties"])
        assert operation["input_schema"]["additionalProperties"] is False
    assert run(["operations"]) == 0
    assert "video.generate" in capsys.readouterr().out


@pytest.mark.slow
def test_accounts_are_kept_without_their_key_where_there_is_no_keyring(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("cl_live_0123456789\n"))
    added = answer(capsys, "accounts", "add", "paid", "--service", "canvas-labs", "--key-stdin")
    assert added["key"] is None
    assert added["base_url"] == "https://api.canvaslabs.us/v1"
    assert "cl_live" not in json.dumps(added)
    listed = answer(capsys, "accounts", "list")["accounts"]
    assert [(found["name"], found["service"], found["key"]) for found in listed] == [
        ("local", "local", None), ("paid", "canvas-labs", None)]
    assert answer(capsys, "accounts", "test", "paid", code=1)["error"]["kind"] == "key_missing"
    assert answer(capsys, "accounts", "remove", "paid") == {"removed": "paid"}
    assert answer(capsys, "accounts", "remove", "paid", code=1)["error"]["kind"] == "not_found"


@pytest.mark.slow
def test_errors_are_documents_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("jobs", "show", "job_none"), ("jobs", "cancel", "job_none"), ("jobs", "retry", "job_none"),
                  ("jobs", "wait", "job_none"), ("assets", "show", "a"), ("assets", "restore", "a")):
        error = answer(capsys, *words, code=1)["error"]
        assert list(error) == ["kind", "code", "message", "field"]
        assert error["kind"] == "not_found"
    assert run(["jobs", "show", "job_none"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "There is no job job_none." in printed.err


@pytest.mark.slow
def test_usage_errors_have_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["nothing"], ["submit"], ["jobs", "list", "--state", "odd"], ["assets", "export", "a"],
                  ["submit", "video.generate", "--input", "{"], ["engine", "--plan", "gold"], ["engine"]):
        assert answer(capsys, *words, code=2)["error"]["kind"] == "usage"
        assert run(words) == 2
        assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_bad_input_names_its_field_and_makes_no_job(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = tmp_path / "notes.jpg"
    text.write_text("this is no picture")
    cases = [
        (("video.generate", "-p", "prompt=  "), "prompt"),
        (("video.generate",), "prompt"),
        (("video.generate", "-p", "prompt=x", "-p", "duration=soon"), "duration"),
        (("video.generate", "-p", "prompt=x", "-p", "duration=1000"), "duration"),
        (("video.generate", "-p", "prompt=x", "-p", "colour=red"), "colour"),
        (("video.generate", "-p", "prompt=x", "-p", f"image_url=@{tmp_path}/none.jpg"), "image_url"),
        (("video.generate", "-p", "prompt=x", "-p", f"image_url=@{text}"), "image_url"),
        (("video.generate", "--input", '{"prompt": "x", "reference_image_urls": ["@no.png"]}'), "reference_image_urls"),
        (("video.dream", "-p", "prompt=x"), "operation"),
        (("video.generate", "--account", "nobody", "-p", "prompt=x"), "account"),
    ]
    for words, field in cases:
        error = answer(capsys, "submit", *words, code=1)["error"]
        assert list(error) == ["kind", "code", "message", "field"]
        assert error["field"] == field, words
    assert answer(capsys, "jobs", "list") == {"jobs": []}


@pytest.mark.slow
def test_pictures_come_in_and_go_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Image.new("RGB", (64, 48), "#446688").save(tmp_path / "a.png")
    (asset,) = answer(capsys, "assets", "import", str(tmp_path / "a.png"))["assets"]
    assert Path(asset["path"]).is_absolute()
    assert answer(capsys, "assets", "show", asset["id"])["width"] == 64
    (path,) = answer(capsys, "assets", "export", asset["id"], "--to", str(tmp_path / "out"))["paths"]
    assert Path(path).read_bytes() == (tmp_path / "a.png").read_bytes()
    assert answer(capsys, "assets", "delete", asset["id"])["assets"][0]["deleted_at"]
    assert answer(capsys, "assets", "list", "--deleted")["assets"][0]["id"] == asset["id"]
    assert answer(capsys, "assets", "restore", asset["id"])["assets"][0]["deleted_at"] is None
    assert run(["assets", "list"]) == 0
    assert asset["id"] in capsys.readouterr().out
    assert run(["assets", "show", asset["id"]]) == 0


def test_a_store_of_the_future_is_refused_in_words(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    import sqlite3

    assert run(["jobs", "list"]) == 0
    connection = sqlite3.connect(home / "studio.db")
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    capsys.readouterr()
    assert answer(capsys, "jobs", "list", code=1)["error"]["kind"] == "store_too_new"


def test_the_programs_that_are_handed_in(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked: list[object] = []

    def tour(out: Path) -> int:
        asked.append(out)
        return 0

    def engine(request: EngineRequest) -> int:
        asked.append(request)
        return 1

    programs = Programs(tour, engine, lambda home: home == tmp_path)
    assert run(["tour", "--out", str(tmp_path)], programs) == 0
    assert run(["engine", "--home", str(tmp_path), "--port", "5", "--plan", "pro", "--credits", "9"], programs) == 1
    assert asked == [tmp_path, EngineRequest(tmp_path, 5, plan="pro", credits=9)]
    assert run(["engine", "--stop", "--home", str(tmp_path)], programs) == 0
    assert run(["engine", "--stop", "--json"], programs) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"stopped": False}


def test_the_engine_s_options_for_clusters_and_webhooks(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked: list[EngineRequest] = []

    def engine(request: EngineRequest) -> int:
        asked.append(request)
        return 0

    programs = Programs(lambda _: 0, engine, lambda _: False)
    options = ["--executor", "dask://farm:8786", "--webhook-url", "http://127.0.0.1:5/hook", "--webhook-secret-stdin"]
    assert run(["engine", "--home", str(tmp_path), *options], programs) == 0
    assert asked == [EngineRequest(tmp_path, executor="dask://farm:8786", webhook_url="http://127.0.0.1:5/hook",
                                   webhook_secret_stdin=True)]
    assert run(["engine", "--home", str(tmp_path), "--executor", "farm:8786"], programs) == 2
    assert "dask://HOST:PORT" in capsys.readouterr().err
    assert len(asked) == 1
    assert run(["engine", "--help"], programs) == 0
    words = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "shared folder" in words
    assert "--webhook-secret-stdin" in words


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"studio {studio.__version__}\n"


@pytest.mark.parametrize(("environment", "system", "seen"), [
    ({"DISPLAY": ":0"}, "linux", True), ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True), ({}, "linux", False),
    ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "linux", False), ({"QT_QPA_PLATFORM": "minimal:x"}, "win32", False),
    ({}, "win32", True), ({}, "darwin", True), ({"DISPLAY": ""}, "linux", False),
])
def test_what_counts_as_a_screen(environment: dict[str, str], system: str, seen: bool) -> None:
    assert has_screen(environment, system) is seen
