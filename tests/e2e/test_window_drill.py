"""The whole in the real window against a paid engine that misbehaves: in the end every job is accounted for, once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import read_beside
from tests.e2e.conftest import Screen, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xvfb]
KEY = "cs_live_drill_window_0123456789"
CREDITS = 5000
JOBS = 8
CREATE = {"method": "POST", "path": "/api/v1/requests"}
FAULTS = [
    {"match": CREATE, "times": 1, "do": "status", "status": 402},
    {"match": CREATE, "times": 1, "do": "status", "status": 429, "headers": {"Retry-After": "2"}},
    {"match": CREATE, "times": 1, "do": "drop_before"},
    {"match": CREATE, "times": 2, "do": "drop_after"},
    {"match": {"method": "GET", "path": "/api/v1/requests/*"}, "p": 0.2, "seed": 7, "do": "status", "status": 503},
    {"match": {"method": "GET", "path": "/files/*"}, "times": 2, "do": "cut_body"},
    {"match": {"method": "GET", "path": "/files/*"}, "times": 1, "do": "expire"},
]
SETTLED = ("done", "failed", "cancelled", "unknown")


class PaidEngine:
    """`studio engine` as a paid service of its own, with the drills above."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        faults = folder / "faults.json"
        folder.mkdir()
        faults.write_text(json.dumps(FAULTS), encoding="utf-8")
        with (folder / "engine.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "studio", "engine", "--home", str(folder / "home"), "--key-stdin", "--plan", "pro",
                 "--credits", str(CREDITS), "--faults", str(faults)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                env={**os.environ, "STUDIO_HOME": str(folder / "home")},
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(KEY + "\n")
        self._process.stdin.close()
        self.url = str(json.loads(self._process.stdout.readline())["url"])

    def jobs(self) -> list[tuple[str, str]]:
        """(idempotency key, status) of all that it was ever asked for."""
        [store] = (self.folder / "home").rglob("engine.db")
        return [(str(row[0]), str(row[1])) for row in read_beside(store, "select idempotency_key, status from jobs")]

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(120)
        if self._process.stdout is not None:
            self._process.stdout.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PaidEngine]:
    engine = PaidEngine(tmp_path / "paid")
    yield engine
    engine.end()


class Desk:
    """The window's data folder, and the command line beside it."""

    def __init__(self, home: Path, engine: PaidEngine, screen: Screen) -> None:
        self.home = home
        self._screen = screen
        self.surroundings = {**os.environ, "STUDIO_HOME": str(home), "CANNON_API_KEY": KEY}
        self.command("accounts", "add", "paid", "--service", "cannon-studio", "--base-url", engine.url)
        (home / "settings.json").write_text(json.dumps({"default_account": "paid"}), encoding="utf-8")
        # what the window remembers of the last time: a small picture
        draft = {"operation": "image.generate", "prompt": "", "values": {"image.generate": {"resolution": "1K"}}}
        (home / "window.json").write_text(json.dumps({"draft": draft}), encoding="utf-8")

    def command(self, *words: str) -> dict[str, Any]:
        call = [sys.executable, "-m", "studio", *words, "--json"]
        done = subprocess.run(call, env=self.surroundings, capture_output=True, text=True, check=False)
        assert done.stdout, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def jobs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.command("jobs", "list")["jobs"]
        return found

    def draft(self) -> dict[str, Any]:
        kept = json.loads((self.home / "window.json").read_text(encoding="utf-8"))
        found: dict[str, Any] = kept.get("draft", {})
        return found

    def open_window(self, log: Path) -> subprocess.Popen[bytes]:
        window = self._screen.start(
            sys.executable, "-m", "studio", log=log, STUDIO_HOME=str(self.home), CANNON_API_KEY=KEY
        )
        name = self._screen.window("^Studio")
        for words in (("windowsize", "1280", "800"), ("windowmove", "60", "40"), ("windowactivate",)):
            self._screen.hand(words[0], "--sync", name, *words[1:])
        wait_until(lambda: "references" in self.draft(), 60, "the form")
        return window

    def send(self, words: str) -> None:
        """Type a prompt in place of the last one, and send it."""
        self._screen.hand("key", "--clearmodifiers", "ctrl+l")
        self._screen.hand("key", "--clearmodifiers", "ctrl+a")
        self._screen.hand("type", "--clearmodifiers", "--delay", "15", words)
        wait_until(lambda: self.draft().get("prompt") == words, 20, "the typed prompt")
        self._screen.hand("key", "--clearmodifiers", "ctrl+Return")


def test_in_the_end_every_job_is_accounted_for(screen: Screen, engine: PaidEngine, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "studio", engine, screen)
    window = desk.open_window(tmp_path / "window.log")
    for number in range(JOBS):
        desk.send(f"a harbour at dusk, take {number}")
        wait_until(lambda wanted=number + 1: len(desk.jobs()) == wanted, 30, "the job in the store")  # type: ignore[misc]
    screen.grab(tmp_path / "busy.png")
    wait_until(lambda: all(job["state"] in SETTLED for job in desk.jobs()), 600, "the end of all jobs", 1)
    for job in desk.jobs():
        if job["state"] == "unknown":  # only the person decides, and says yes here: the key makes it one job
            desk.command("jobs", "retry", job["id"])
    wait_until(lambda: all(job["state"] in ("done", "failed") for job in desk.jobs()), 120, "the doubtful ones", 1)
    screen.grab(tmp_path / "settled.png")
    assert window.poll() is None, (tmp_path / "window.log").read_text(encoding="utf-8")[-2000:]
    jobs, over_there = desk.jobs(), engine.jobs()
    assert [job["state"] for job in jobs].count("failed") == 1, "the refused one, and no other"
    for job in jobs:
        if job["state"] == "done":
            assert Path(job["assets"][0]["path"]).stat().st_size > 1000
        else:
            assert job["state"] == "failed", job
            assert job["error"]["message"]
    assert len({key for key, _ in over_there}) == len(over_there), "something was made twice"
    paid = {job["remote_id"] for job in jobs if job["state"] == "done"}
    assert len(over_there) == len(paid), "nothing runs over there that is not accounted for here"
    charged = sum(job["credits"]["charged"] or 0 for job in jobs)
    left = desk.command("credits", "--account", "paid")
    assert CREDITS - charged == pytest.approx(_remaining(left)), "the books of both sides differ"


def _remaining(answer: dict[str, Any]) -> float:
    number = next(value for name, value in answer.items() if name in ("remaining", "credits_remaining", "balance"))
    return float(number)
