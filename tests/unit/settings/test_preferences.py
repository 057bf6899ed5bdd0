"""What the person set survives: broken files, newer versions, kills in the middle of a write."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.settings import preferences as module
from studio.settings.preferences import Preferences, load, load_with_report, save


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "settings.json"


def test_no_file_is_the_defaults(file: Path) -> None:
    assert load_with_report(file) == (Preferences(), None)
    assert not file.exists()


def test_written_and_read(file: Path) -> None:
    mine = Preferences(theme="light", default_account="work", reduced_motion=True, filmstrip=False, ask_above_credits=50)
    save(file, mine)
    assert load(file) == mine
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [name.name for name in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b"\xff\xfe\x00", b"[" * 100_000, b'{"theme": "dark"'])
def test_a_broken_file_is_kept_and_told(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    preferences, report = load_with_report(file)
    assert preferences == Preferences()
    assert report is not None
    kept = [name for name in file.parent.iterdir() if ".broken-" in name.name]
    assert [name.read_bytes() for name in kept] == [content]
    assert kept[0].name in report
    save(file, Preferences(theme="light"))
    assert load(file).theme == "light"
    assert kept[0].read_bytes() == content


def test_saving_over_a_broken_file_keeps_it(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"{broken")
    save(file, Preferences())
    assert any(".broken-" in name.name and name.read_bytes() == b"{broken" for name in file.parent.iterdir())


def test_single_values_that_make_no_sense(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"theme": "pink", "filmstrip": 1, "reduced_motion": True, "ask_above_credits": -1}))
    with caplog.at_level(logging.WARNING):
        preferences = load(file)
    assert preferences == Preferences(reduced_motion=True)
    assert all(name in caplog.text for name in ("theme", "filmstrip", "ask_above_credits"))


def test_what_a_newer_version_wrote_stays(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"version": 9, "theme": "light", "hologram": {"depth": 3}}))
    changed = replace(load(file), theme="dark")
    save(file, changed)
    written = json.loads(file.read_text())
    assert (written["version"], written["hologram"], written["theme"]) == (9, {"depth": 3}, "dark")
    assert load(file).other["hologram"] == {"depth": 3}


def test_nothing_is_written_that_cannot_be_read(file: Path) -> None:
    with pytest.raises(ValueError, match="theme"):
        save(file, Preferences(theme="pink"))
    assert not file.exists()


def test_every_field_is_checked() -> None:
    assert set(module._CHECKS) == set(Preferences.__slots__) - {"other"}


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from([*module._CHECKS, "version", "x"]),
        st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.lists(st.integers(), max_size=2),
    )
)
def test_no_json_breaks_it(tmp_path: Path, written: dict[str, object]) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(written))
    preferences = load(file)
    save(file, preferences)
    assert repr(load(file)) == repr(preferences)


def test_a_folder_that_cannot_be_written_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(file, Preferences(theme="light"))

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        save(file, Preferences(theme="dark"))
    assert load(file).theme == "light"
    assert [name.name for name in file.parent.iterdir()] == ["settings.json"]


def test_reading_them_loads_nothing_heavy() -> None:
    heavy = "keyring httpx pydantic numpy PIL sqlalchemy asyncio"
    code = f"import sys, studio.settings.preferences; print([m for m in '{heavy}'.split() if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
