"""Where a command meets what nobody thought of: words and one document, and never a traceback."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from studio.cli.main import run
from tests.unit.cli.test_main import answer, home  # noqa: F401  the fixture is used by its name

DEEP = "[" * 100_000


def test_a_name_in_another_spelling_is_the_same_account(capsys: pytest.CaptureFixture[str]) -> None:
    apart = unicodedata.normalize("NFD", "élève")
    added = answer(capsys, "accounts", "add", apart, "--service", "cannon-studio")
    assert added["name"] == unicodedata.normalize("NFC", "élève")
    answer(capsys, "accounts", "remove", apart)


@pytest.mark.parametrize("words", [
    ("submit", "video.generate", "--input", DEEP), ("submit", "video.generate", "--input", '{"seed": NaN}'),
])
def test_an_input_that_is_no_json_is_a_usage_error(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    error = answer(capsys, *words, code=2)["error"]
    assert error["kind"] == "usage"
    assert len(error["message"]) < 400


@pytest.mark.slow
@pytest.mark.parametrize("value", [DEEP, "NaN", "-Infinity", "{", "x" * 100_000])
def test_a_value_that_is_no_json_names_its_field(capsys: pytest.CaptureFixture[str], value: str) -> None:
    error = answer(capsys, "submit", "video.generate", "-p", f"duration={value}", code=1)["error"]
    assert (error["field"], error["code"]) == ("duration", "no_json")
    assert len(error["message"]) < 400


def test_a_key_that_is_no_text_is_refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n"), encoding="utf-8"))
    assert "error" in answer(capsys, "accounts", "add", "x", "--service", "cannon-studio", "--key-stdin", code=2)
    assert [account["name"] for account in answer(capsys, "accounts", "list")["accounts"]] == ["local"]


def test_a_mistake_of_ours_is_told_in_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("cl_live_secret")

    monkeypatch.setattr("studio.app.history.HistoryService.list", broken)
    error = answer(capsys, "jobs", "list", code=1)["error"]
    assert error["kind"] == "bug"
    monkeypatch.setattr("studio.cli.accounts.Terminal", lambda as_json: 1 / 0)
    assert run(["accounts", "list"]) == 1
    out = capsys.readouterr()
    assert "Traceback" not in out.err + out.out
    assert "cl_live_secret" not in out.err + out.out


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="pipes end otherwise there")
@pytest.mark.parametrize("words", [["operations", "--json"], ["operations"], ["--help"], ["jobs", "list"]])
def test_a_reader_that_has_gone_is_no_failure(tmp_path: Path, words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-m", "studio", *words], stdout=write, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "STUDIO_HOME": str(tmp_path)}, check=False, timeout=180)
    os.close(write)
    assert done.stderr == ""
    assert done.returncode in (0, 1)  # 1 is what rich and typer make of it themselves


@pytest.mark.slow
def test_submit_without_wait_heeds_its_time(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    from studio.app.engine_link import EngineLink

    async def never(self: EngineLink) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(EngineLink, "endpoint", never)
    monkeypatch.setattr("studio.jobs.runner.POST_GRACE_S", 0.1)
    job = answer(capsys, "submit", "image.generate", "-p", "prompt=a lake", "--timeout", "0.2")
    assert job["state"] in ("queued", "submitting")
