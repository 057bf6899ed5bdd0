"""The same against gnome-keyring on a D-Bus of its own, and against a system without D-Bus."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
SECRET = "cs_live_canary_real_keyring"

WALK = f"""
import asyncio, sys
from studio.domain.account import Account, Secret, Service
from studio.settings.keys import KeyRing

ACCOUNT = Account("Büro 2", Service.CANNON_STUDIO, "https://www.cannonstudio.app")

async def walk(step):
    keys = KeyRing(read_s=20)
    if step == "set":
        print("told", await keys.set(ACCOUNT.name, "{SECRET}"))
    elif step == "get":
        print("same", await keys.get(ACCOUNT) == "{SECRET}", await keys.source(ACCOUNT))
    elif step == "set-secrets":
        for purpose in Secret:
            print(purpose, await keys.set_secret(ACCOUNT.name, purpose, "{SECRET}-" + purpose))
    elif step == "get-secrets":
        for purpose in Secret:
            found = await keys.secret(ACCOUNT.name, purpose)
            print(purpose, found == "{SECRET}-" + purpose, await keys.secret_source(ACCOUNT.name, purpose))
    elif step == "delete-all":
        print("told", await keys.delete_all(ACCOUNT.name), await keys.source(ACCOUNT))
    else:
        print("told", await keys.delete(ACCOUNT.name), await keys.source(ACCOUNT))

asyncio.run(walk(sys.argv[1]))
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    names = {"DATA": "data", "CONFIG": "config", "CACHE": "cache", "STATE": "state"}
    folders = {f"XDG_{name}_HOME": str(home / folder) for name, folder in names.items()}
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")}
    return {**kept, **folders, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "PYTHONPATH": str(ROOT), **more}


def run(command: list[str], env: dict[str, str]) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert SECRET not in answer.stdout + answer.stderr
    return answer.stdout


@pytest.mark.slow
@pytest.mark.keyring
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_a_real_keyring_across_processes(tmp_path: Path) -> None:
    """Kept by one process, read and deleted by others, with nothing in the clear on disk."""
    walk = tmp_path / "walk.py"
    walk.write_text(WALK, "utf-8")
    python = f"'{sys.executable}' '{walk}'"
    script = (
        "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;"
        f" {python} set && {python} get && {python} delete && {python} get"
    )
    home = tmp_path / "home"
    home.mkdir()
    lines = run(["dbus-run-session", "--", "sh", "-c", script], environment(home)).split("\n")
    assert lines[:4] == ["told None", "same True keyring", "told None none", "same False none"]
    nothing_in_the_clear(home)


def nothing_in_the_clear(home: Path) -> None:
    clear = [file for file in home.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]
    assert clear == []


@pytest.mark.slow
@pytest.mark.keyring
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_every_secret_has_an_entry_of_its_own(tmp_path: Path) -> None:
    """Beside the key, across processes; removed with the account."""
    walk = tmp_path / "walk.py"
    walk.write_text(WALK, "utf-8")
    python = f"'{sys.executable}' '{walk}'"
    script = (
        "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;"
        f" {python} set && {python} set-secrets && {python} get-secrets && {python} get"
        f" && {python} delete-all && {python} get-secrets && {python} get"
    )
    home = tmp_path / "home"
    home.mkdir()
    lines = run(["dbus-run-session", "--", "sh", "-c", script], environment(home)).splitlines()
    purposes = ["media-host-key", "media-host-secret", "webhook-secret"]
    assert lines == [
        "told None", *[f"{one} None" for one in purposes], *[f"{one} True keyring" for one in purposes],
        "same True keyring", "told None none", *[f"{one} False none" for one in purposes], "same False none",
    ]
    nothing_in_the_clear(home)


@pytest.mark.slow
@pytest.mark.keyring
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_a_locked_keyring(tmp_path: Path) -> None:
    """It asks for its password where nobody sees it: after the time limit that is said, and no secret counts as absent."""
    walk = tmp_path / "walk.py"
    walk.write_text(WALK.replace("read_s=20", "read_s=1, write_s=1"), "utf-8")
    python = f"'{sys.executable}' '{walk}'"
    opened = "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;"
    home = tmp_path / "home"
    home.mkdir()
    script = f"{opened} {python} set-secrets"
    assert "webhook-secret None" in run(["dbus-run-session", "--", "sh", "-c", script], environment(home))
    locked = f"gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; {python} get-secrets; {python} set-secrets"
    lines = run(["dbus-run-session", "--", "sh", "-c", locked], environment(home)).splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines[:3]] == ["False unreadable"] * 3
    assert all("was not saved" in line for line in lines[3:])
    nothing_in_the_clear(home)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix" or sys.platform == "darwin", reason="only there the keyring needs D-Bus")
def test_no_dbus_at_all(tmp_path: Path) -> None:
    walk = tmp_path / "walk.py"
    walk.write_text(WALK, "utf-8")
    env = environment(tmp_path, DBUS_SESSION_BUS_ADDRESS=f"unix:path={tmp_path}/nothing", CANNON_API_KEY="cs_live_env")
    said = run([sys.executable, str(walk), "set"], env)
    assert "was not saved" in said
    assert run([sys.executable, str(walk), "get"], env).strip() == "same False environment"
    assert run([sys.executable, str(walk), "set-secrets"], env).count("was not saved") == 3
    found = run([sys.executable, str(walk), "get-secrets"], env)
    assert found.count(" False ") == 3
    assert "environment" not in found


@pytest.mark.slow
@pytest.mark.keyring
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_a_dbus_without_a_keyring(tmp_path: Path) -> None:
    walk = tmp_path / "walk.py"
    walk.write_text(WALK, "utf-8")
    quiet = tmp_path / "bus.conf"
    quiet.write_text(
        '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"'
        ' "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">'
        f"<busconfig><type>session</type><listen>unix:tmpdir={tmp_path}</listen>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>'
        '<allow own="*"/></policy></busconfig>'
    )
    said = run(
        ["dbus-run-session", f"--config-file={quiet}", "--", sys.executable, str(walk), "set"], environment(tmp_path)
    )
    assert "was not saved" in said
