"""Media hosts and secrets of accounts from the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend

from studio.cli.main import run
from studio.domain.account import Account, HostKind, MediaHost, Service
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from tests.unit.cli.test_main import answer, home

__all__ = ["home"]
BUCKET = ("--media-host", "bucket", "--bucket", "my-bucket", "--region", "eu-central-1", "--prefix", "studio")
SECRET = "canary/secret+of/the+bucket"


class Memory(KeyringBackend):
    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves it without types
        self.entries: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[username]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    backend = Memory()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


def stored(home: Path) -> Account:
    return AccountBook(Paths.of_home(home)).get("paid")


def add(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, object]:
    return answer(capsys, "accounts", "add", "paid", "--service", "canvas-labs", *words, code=code)


@pytest.mark.slow
def test_a_bucket_is_set_and_stays(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert add(capsys, *BUCKET)["media_host"] == "bucket"
    expected = MediaHost(HostKind.BUCKET, "", "my-bucket", "eu-central-1", "studio")
    assert stored(home).media_host == expected
    assert add(capsys, "--base-url", "https://labs.example/v1")["media_host"] == "bucket"
    assert stored(home) == Account("paid", Service.CANVAS_LABS, "https://labs.example/v1", media_host=expected)
    assert add(capsys, "--media-host", "inline")["media_host"] == "inline"
    assert add(capsys, "--media-host", "none")["media_host"] == "none"
    assert stored(home).media_host == MediaHost()


def test_what_cannot_be_a_bucket(capsys: pytest.CaptureFixture[str]) -> None:
    assert "error" in add(capsys, "--media-host", "bucket", "--bucket", "No Good", "--region", "x", code=1)
    assert "error" in add(capsys, "--media-host", "bucket", "--bucket", "good-name", code=1)
    assert "error" in add(capsys, "--bucket", "good-name", code=2)
    assert answer(capsys, "accounts", "list")["accounts"][1:] == []


@pytest.mark.slow
def test_secrets_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, memory: Memory, home: Path
) -> None:
    add(capsys, *BUCKET)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))
    said = answer(capsys, "accounts", "secret", "paid", "media-host-secret", "--stdin")
    assert said == {"account": "paid", "purpose": "media-host-secret", "kept": True}
    assert memory.entries == {"account:paid:media-host-secret": SECRET}
    assert all(SECRET.encode() not in file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert answer(capsys, "accounts", "secret", "paid", "media-host-secret", "--forget")["kept"] is False
    assert memory.entries == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [("paid", "media-host-secret"), ("paid", "media-host-secret", SECRET), ("paid", "something", "--stdin"),
     ("paid", "media-host-secret", "--stdin", "--forget")],
)
def test_secrets_are_no_arguments(capsys: pytest.CaptureFixture[str], memory: Memory, words: tuple[str, ...]) -> None:
    add(capsys)
    assert run(["accounts", "secret", *words]) == 2
    assert memory.entries == {}


def test_a_secret_that_could_not_be_kept_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from keyring.backends import fail

    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    add(capsys)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))
    error = answer(capsys, "accounts", "secret", "paid", "media-host-key", "--stdin", code=1)["error"]
    assert error["code"] == "secret_not_kept"
    assert SECRET not in json.dumps(error)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))
    unknown = answer(capsys, "accounts", "secret", "nobody", "media-host-key", "--stdin", code=1)["error"]
    assert unknown["kind"] == "not_found"
