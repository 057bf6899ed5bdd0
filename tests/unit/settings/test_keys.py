"""Keys where there is no keyring, one that does nothing, that hangs, that fails. The real one: test_real_keyring.py."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordSetError

from studio.domain.account import LOCAL, Account, Secret, Service
from studio.domain.errors import InputError
from studio.settings.keys import KeyNotKept, KeyRing, KeySource

CANNON = Account("work", Service.CANNON_STUDIO, "https://www.cannonstudio.app")
CANVAS = Account("labs", Service.CANVAS_LABS, "https://api.canvaslabs.us/v1")
SECRET = "cs_live_canary_4711"


class Memory(KeyringBackend):
    """A keyring that works; `delay_s` and `fail` make it a sick one."""

    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves it without types
        self.entries: dict[tuple[str, str], str] = {}
        self.calls: list[str] = []
        self.threads: set[str] = set()
        self.fail: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def _enter(self, what: str) -> None:
        self.calls.append(what)
        self.threads.add(threading.current_thread().name)
        self.gate.wait(10)
        if self.fail is not None:
            raise self.fail

    def get_password(self, service: str, username: str) -> str | None:
        self._enter("get")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._enter("set")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._enter("delete")
        del self.entries[service, username]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    backend = Memory()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends import fail

    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)


async def test_kept_read_once_deleted(memory: Memory) -> None:
    keys = KeyRing()
    assert await keys.get(CANNON) is None
    assert await keys.source(CANNON) is KeySource.NONE
    assert await keys.set("work", f"  {SECRET}\n") is None
    assert memory.entries == {("studio", "account:work"): SECRET}
    assert await keys.get(CANNON) == SECRET
    assert await keys.source(CANNON) is KeySource.KEYRING
    memory.calls.clear()
    fresh = KeyRing()
    assert [await fresh.get(CANNON) for _ in range(3)] == [SECRET] * 3
    assert memory.calls == ["get"]
    assert await fresh.delete("work") is None
    assert memory.entries == {}
    assert await fresh.get(CANNON) is None
    assert await fresh.delete("work") is None
    assert memory.threads == {"keyring"}


async def test_other_secrets_have_entries_of_their_own(memory: Memory) -> None:
    keys = KeyRing()
    await keys.set("work", SECRET)
    for purpose in Secret:
        assert await keys.secret("work", purpose) is None
        assert await keys.set_secret("work", purpose, f" {SECRET}-{purpose.value} ") is None
    assert memory.entries == {
        ("studio", "account:work"): SECRET,
        ("studio", "account:work:media-host-key"): f"{SECRET}-media-host-key",
        ("studio", "account:work:media-host-secret"): f"{SECRET}-media-host-secret",
        ("studio", "account:work:webhook-secret"): f"{SECRET}-webhook-secret",
    }
    fresh = KeyRing()
    memory.calls.clear()
    assert [await fresh.secret("work", Secret.HOST_SECRET) for _ in range(3)] == [f"{SECRET}-media-host-secret"] * 3
    assert memory.calls == ["get"]
    assert await fresh.secret_source("work", Secret.HOST_SECRET) is KeySource.KEYRING
    assert await fresh.secret("other", Secret.HOST_SECRET) is None
    assert await fresh.delete_secret("work", Secret.WEBHOOK) is None
    assert await fresh.secret("work", Secret.WEBHOOK) is None
    assert await fresh.get(CANNON) == SECRET
    assert await fresh.delete_all("work") is None
    assert memory.entries == {}
    assert await fresh.get(CANNON) is None


@pytest.mark.usefixtures("no_keyring")
async def test_other_secrets_without_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANNON_API_KEY", "cs_live_of_the_environment")
    keys = KeyRing()
    told = await keys.set_secret("work", Secret.HOST_SECRET, SECRET)
    assert told is not None
    assert "not saved" in told.words
    assert "environment" not in told.words, "there is no variable for it"
    assert SECRET not in told.words
    assert await keys.secret("work", Secret.HOST_SECRET) == SECRET
    assert await keys.secret_source("work", Secret.HOST_SECRET) is KeySource.SESSION
    assert await keys.secret("work", Secret.WEBHOOK) is None
    assert await keys.delete_all("work") is None
    assert await keys.secret("work", Secret.HOST_SECRET) is None


async def test_other_secrets_of_a_locked_keyring(memory: Memory) -> None:
    memory.fail = KeyringLocked("x")
    keys = KeyRing()
    assert await keys.secret("work", Secret.HOST_KEY) is None
    assert await keys.secret_source("work", Secret.HOST_KEY) is KeySource.UNREADABLE
    told = await keys.delete_all("work")
    assert told is not None
    assert "may still be" in told.words


@pytest.mark.parametrize("value", ["", "two words", "x" * 1025])
async def test_what_cannot_be_a_secret(memory: Memory, value: str) -> None:
    with pytest.raises(InputError, match="secret") as caught:
        await KeyRing().set_secret("work", Secret.WEBHOOK, value)
    assert caught.value.field == "webhook-secret"
    assert not value or value not in caught.value.in_words()
    assert memory.calls == []


async def test_the_hint(memory: Memory) -> None:
    keys = KeyRing()
    assert await keys.hint(CANNON) is None
    await keys.set("work", SECRET)
    assert await keys.hint(CANNON) == "4711"
    await keys.set("work", "short_key")
    assert await keys.hint(CANNON) is None
    assert await keys.hint(LOCAL) is None


@pytest.mark.usefixtures("no_keyring")
async def test_no_keyring_keeps_it_for_the_session_and_says_so() -> None:
    keys = KeyRing()
    told = await keys.set("work", SECRET)
    assert isinstance(told, KeyNotKept)
    assert "not saved" in str(told)
    assert SECRET not in str(told) + repr(told)
    assert (await keys.get(CANNON), await keys.source(CANNON)) == (SECRET, KeySource.SESSION)
    assert await KeyRing().get(CANNON) is None
    assert await keys.delete("work") is None
    assert await keys.source(CANNON) is KeySource.NONE


async def test_a_keyring_that_does_nothing_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends import null

    monkeypatch.setattr(keyring, "get_keyring", null.Keyring)
    assert isinstance(await KeyRing().set("work", SECRET), KeyNotKept)


async def test_a_keyring_that_writes_plain_files_is_none(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Memory, "__module__", "keyrings.alt.file")
    assert isinstance(await KeyRing().set("work", SECRET), KeyNotKept)
    assert memory.calls == []


async def test_a_keyring_that_forgets_at_once(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Memory, "set_password", lambda *_args: None)
    told = await KeyRing().set("work", SECRET)
    assert told is not None
    assert "did not keep" in told.words
    assert memory.entries == {}


async def test_a_keyring_that_hangs(memory: Memory) -> None:
    memory.gate.clear()
    keys = KeyRing(read_s=0.05, write_s=0.05)
    started = time.monotonic()
    assert await keys.get(CANNON) is None
    assert time.monotonic() - started < 8, "the gate holds for longer"
    assert await keys.source(CANNON) is KeySource.UNREADABLE
    told = await keys.set("work", SECRET)
    assert told is not None
    assert "locked" in told.words
    assert await keys.get(CANNON) == SECRET
    memory.gate.set()


async def test_it_is_found_once_the_keyring_is_unlocked(memory: Memory) -> None:
    memory.entries["studio", "account:work"] = SECRET
    memory.gate.clear()
    keys = KeyRing(read_s=0.05, again_s=0.02)
    assert await keys.get(CANNON) is None
    memory.gate.set()
    for _ in range(500):
        if await keys.get(CANNON) is not None:
            break
        await asyncio.sleep(0.02)
    assert (await keys.get(CANNON), await keys.source(CANNON)) == (SECRET, KeySource.KEYRING)


@pytest.mark.parametrize("error", [KeyringLocked("x"), PasswordSetError(SECRET), RuntimeError(SECRET), OSError(1783)])
async def test_a_keyring_that_fails(memory: Memory, error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    memory.fail = error
    keys = KeyRing()
    assert await keys.source(CANNON) is KeySource.UNREADABLE
    told = await keys.set("work", SECRET)
    assert told is not None
    assert SECRET not in told.words + caplog.text
    gone = await keys.delete("work")
    assert gone is not None
    assert "account:work" in gone.words


async def test_the_loop_goes_on_while_the_keyring_thinks(memory: Memory) -> None:
    memory.gate.clear()
    keys = KeyRing(read_s=60)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while ticks < 10:
            await asyncio.sleep(0.01)
            ticks += 1
        memory.gate.set()  # by itself it opens only after many seconds

    ticking = asyncio.ensure_future(tick())
    await keys.get(CANNON)
    assert ticks >= 10
    await ticking


async def test_an_unlucky_question_is_not_repeated(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANNON_API_KEY", SECRET)
    keys = KeyRing()
    assert [await keys.get(CANNON) for _ in range(5)] == [SECRET] * 5
    assert memory.calls == ["get"]
    await keys.set("work", "cs_live_mine")
    assert await keys.get(CANNON) == "cs_live_mine"


async def test_what_another_process_changed_is_seen(memory: Memory) -> None:
    entry = ("studio", "account:work")
    memory.entries[entry] = SECRET
    keys = KeyRing(fresh_s=0.0)
    assert await keys.get(CANNON) == SECRET
    memory.entries[entry] = "cs_live_new"
    assert await keys.get(CANNON) == "cs_live_new"
    memory.fail = KeyringLocked("x")
    assert await keys.get(CANNON) == "cs_live_new"
    memory.fail = None
    del memory.entries[entry]  # or it is locked and says nothing: no proof
    assert await keys.get(CANNON) == "cs_live_new"


async def test_a_key_set_during_a_read_wins(memory: Memory) -> None:
    memory.entries["studio", "account:work"] = SECRET
    memory.gate.clear()
    keys = KeyRing(read_s=30)
    reading = asyncio.ensure_future(keys.get(CANNON))
    await asyncio.sleep(0.02)
    setting = asyncio.ensure_future(keys.set("work", "cs_live_new"))
    await asyncio.sleep(0.02)
    memory.gate.set()
    assert await setting is None
    assert await reading == "cs_live_new"
    assert await keys.get(CANNON) == "cs_live_new"


async def test_many_at_once_ask_once(memory: Memory) -> None:
    memory.entries["studio", "account:work"] = SECRET
    keys = KeyRing()
    assert await asyncio.gather(*(keys.get(CANNON) for _ in range(20))) == [SECRET] * 20
    assert memory.calls == ["get"]


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize(
    ("account", "variable", "allowed"),
    [
        (CANNON, "CANNON_API_KEY", True),
        (CANVAS, "CANVAS_LABS_API_KEY", True),
        (CANNON, "CANVAS_LABS_API_KEY", False),
        (Account("a", Service.CANNON_STUDIO, "http://127.0.0.1:9"), "CANNON_API_KEY", True),
        (Account("a", Service.CANVAS_LABS, "http://localhost:9/v1"), "CANVAS_LABS_API_KEY", True),
        (Account("a", Service.CANNON_STUDIO, "https://evil.example"), "CANNON_API_KEY", False),
        (Account("a", Service.CANNON_STUDIO, "https://www.cannonstudio.app.evil.example"), "CANNON_API_KEY", False),
        (Account("a", Service.CANNON_STUDIO, "https://www.cannonstudio.app:8443"), "CANNON_API_KEY", False),
        (Account("a", Service.CANVAS_LABS, "http://api.canvaslabs.us/v1"), "CANVAS_LABS_API_KEY", False),
        (LOCAL, "CANNON_API_KEY", False),
    ],
)
async def test_the_environment_is_for_home_only(
    monkeypatch: pytest.MonkeyPatch, account: Account, variable: str, allowed: bool
) -> None:
    monkeypatch.setenv(variable, f" {SECRET} ")
    keys = KeyRing()
    assert await keys.get(account) == (SECRET if allowed else None)
    assert await keys.source(account) is (KeySource.ENVIRONMENT if allowed else KeySource.NONE)


async def test_the_keyring_comes_before_the_environment(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.entries["studio", "account:work"] = SECRET
    monkeypatch.setenv("CANNON_API_KEY", "cs_live_other")
    assert await KeyRing().get(CANNON) == SECRET


@pytest.mark.parametrize("key", ["", " \n", "two words", "schlüssel", "a\x00b", "x" * 1025])
async def test_what_cannot_be_a_key(memory: Memory, key: str) -> None:
    with pytest.raises(InputError) as caught:
        await KeyRing().set("work", key)
    assert caught.value.field == "key"
    assert not key.strip() or key not in caught.value.in_words()
    assert memory.calls == []


async def test_nothing_shows_it(memory: Memory) -> None:
    keys = KeyRing()
    await keys.set("work", SECRET)
    assert SECRET not in repr(keys) + str(keys)
    assert memory.entries


def test_import_is_lazy_and_a_hang_does_not_keep_the_program(tmp_path: Path) -> None:
    """keyring is not imported before it is needed, and a keyring that never answers does not delay the end."""
    (tmp_path / "slow_ring.py").write_text(
        "import time\nfrom keyring.backend import KeyringBackend\n"
        "class Ring(KeyringBackend):\n    priority = 9\n"
        "    def get_password(self, service, username):\n        time.sleep(60)\n"
        "    set_password = delete_password = get_password\n"
    )
    code = (
        "import asyncio, sys\nfrom studio.settings.keys import KeyRing\nfrom studio.domain.account import Account, Service\n"
        "assert 'keyring' not in sys.modules\n"
        "print(asyncio.run(KeyRing(read_s=0.1).source(Account('a', Service.CANNON_STUDIO, 'https://x.example'))))\n"
    )
    started = time.monotonic()
    places = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[3])])
    env = {**os.environ, "PYTHONPATH": places, "PYTHON_KEYRING_BACKEND": "slow_ring.Ring"}
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120, env=env)
    assert answer.stdout.strip() == "unreadable"
    assert time.monotonic() - started < 50
