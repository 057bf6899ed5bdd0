"""The main job in a real window on a real server: a file dragged in from another program, typing, kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import read_beside
from tests.e2e.conftest import Screen, wait_until
from tests.ui.web import site

pytestmark = [pytest.mark.slow, pytest.mark.xvfb]
PROMPT = "a harbour at dusk, slow dolly forward"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photograph-like JPEG, made here."""
    import cv2
    import numpy as np

    rows = np.linspace(0, 1, 480, dtype=np.float32)[:, None]
    columns = np.linspace(0, 1, 640, dtype=np.float32)[None, :]
    picture = np.stack([rows * 200 + 30 + 0 * columns, columns * 160 + 40 + 0 * rows, (1 - rows) * columns * 220], axis=-1)
    cv2.circle(picture, (420, 170), 60, (80, 200, 255), -1)
    file = tmp_path / "holiday.jpg"
    assert cv2.imwrite(str(file), picture.astype(np.uint8))
    return file


class Home:
    """A data folder, and the command line as another program would use it."""

    def __init__(self, folder: Path, screen: Screen) -> None:
        self.folder = folder
        self._screen = screen
        self.log = folder.parent / "window.log"

    def draft(self) -> dict[str, Any]:
        """What the window has written down of the composer: a quarter of a second behind what is on the screen."""
        try:
            kept = json.loads((self.folder / "window.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        draft: dict[str, Any] = kept.get("draft", {})
        return draft

    def open_window(self) -> subprocess.Popen[bytes]:
        (self.folder / "window.json").unlink(missing_ok=True)
        window = self._screen.start(sys.executable, "-m", "studio", log=self.log, STUDIO_HOME=str(self.folder))
        name = self._screen.window("^Studio")
        self._screen.hand("windowsize", "--sync", name, "1180", "800")
        self._screen.hand("windowmove", "--sync", name, "250", "40")
        self._screen.hand("windowactivate", "--sync", name)
        wait_until(lambda: "operation" in self.draft(), 60, "the form")
        return window

    def command(self, *words: str) -> dict[str, Any]:
        surroundings = {**os.environ, "STUDIO_HOME": str(self.folder)}
        done = subprocess.run(
            [sys.executable, "-m", "studio", *words, "--json"], env=surroundings, capture_output=True, text=True, check=False
        )
        assert done.stdout, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def jobs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.command("jobs", "list")["jobs"]
        return found

    def requests_at_the_engine(self) -> int:
        """How many jobs the engine was ever asked for: read from its own store."""
        stores = list((self.folder / "engine").glob("*.db"))
        assert stores
        return int(read_beside(stores[0], "select count(*) from jobs")[0][0])


@pytest.fixture
def home(tmp_path: Path, screen: Screen) -> Iterator[Home]:
    home = Home(tmp_path / "studio", screen)
    yield home
    subprocess.run(
        [sys.executable, "-m", "studio", "engine", "--stop"],
        env={**os.environ, "STUDIO_HOME": str(home.folder)}, capture_output=True, check=False,
    )


def drag_in(screen: Screen, home: Home, file: Path, tmp_path: Path) -> None:
    """A file from the other program's window into the composer."""
    drag_to_start(screen, tmp_path, "files", str(file))
    wait_until(lambda: home.draft().get("references"), 20, "the dropped photo in the form")


def drag_to_start(screen: Screen, tmp_path: Path, kind: str, first: str, *more: str) -> None:
    """Onto the zone of the start frame, in small moves as a hand does."""
    source = str(Path(__file__).with_name("drag_source.py"))
    other = screen.start(sys.executable, source, first, "10", "10", kind, *more, log=tmp_path / "source.log")
    name = screen.window("Drag source")
    screen.hand("windowactivate", "--sync", name)
    screen.hand("mousemove", "--sync", "100", "80", "mousedown", "1")
    for step in range(1, 25):
        screen.hand("mousemove", "--sync", str(100 + step * 9), str(80 + step * 11), "sleep", "0.03")
    # the zone "Start frame", the first of those that the window shows while something is dragged over it
    screen.hand("mousemove", "--sync", "312", "340", "sleep", "1.5", "mousemove", "--sync", "316", "345", "sleep", "0.5")
    screen.grab(tmp_path / "dragging.png")
    screen.hand("mouseup", "1", "sleep", "0.5")
    other.kill()
    other.wait(60)


def type_and_send(screen: Screen, home: Home) -> None:
    name = screen.window("^Studio")
    screen.hand("windowactivate", "--sync", name)
    screen.hand("key", "--clearmodifiers", "ctrl+l")
    screen.hand("type", "--clearmodifiers", "--delay", "25", PROMPT)
    wait_until(lambda: home.draft().get("prompt") == PROMPT, 20, "the typed prompt in the form")
    screen.hand("key", "--clearmodifiers", "ctrl+Return")


def test_a_dragged_photo_and_a_prompt_become_a_video(screen: Screen, home: Home, photo: Path, tmp_path: Path) -> None:
    window = home.open_window()
    drag_in(screen, home, photo, tmp_path)
    type_and_send(screen, home)
    screen.grab(tmp_path / "sent.png")
    wait_until(home.jobs, 30, "the job in the store", 0.5)
    wait_until(lambda: home.jobs()[0]["state"] in ("done", "failed"), 600, "the end of the job", 1)
    screen.grab(tmp_path / "done.png")
    [job] = home.jobs()
    assert job["state"] == "done", job
    assert job["input"]["prompt"] == PROMPT
    assert job["operation"] == "video.generate"
    assert job["input"]["image_url"].startswith("file:"), "the dragged photo did not reach the job"
    assert Path(job["assets"][0]["path"]).stat().st_size > 10_000
    assert window.poll() is None, home.log.read_text(encoding="utf-8")[-2000:]


def test_after_kill_9_the_next_start_brings_the_job_home_once(screen: Screen, home: Home, tmp_path: Path) -> None:
    window = home.open_window()
    type_and_send(screen, home)
    wait_until(lambda: [job for job in home.jobs() if job["state"] == "running"], 60, "the running job", 0.3)
    window.send_signal(signal.SIGKILL)
    window.wait(60)
    [job] = home.jobs()
    assert job["state"] != "done", "the job was over before the kill: nothing was shown"
    again = home.open_window()
    wait_until(lambda: home.jobs()[0]["state"] in ("done", "failed"), 600, "the end of the job", 1)
    [job] = home.jobs()
    assert job["state"] == "done", job
    assets = home.command("assets", "list")["assets"]
    assert [asset["id"] for asset in assets] == [asset["id"] for asset in job["assets"]]
    assert home.requests_at_the_engine() == 1
    assert again.poll() is None
    screen.grab(tmp_path / "after-kill.png")


def rows(home: Home) -> dict[tuple[str, str], tuple[str, str]]:
    """The references in the draft: value and name by field and place."""
    return {(row[0], row[1]): (row[2], row[3]) for row in home.draft().get("references", [])}


def test_every_kind_of_drag_from_another_program_arrives(screen: Screen, home: Home, photo: Path, tmp_path: Path) -> None:
    """An address, several files, a browser's picture and pixels, one after the other; nothing of this computer is asked."""
    window = home.open_window()
    start, end = ("image_url", "0"), ("end_image_url", "0")
    with site() as here:
        address = f"{here.url}/photo.jpg"
        drag_to_start(screen, tmp_path, "links", address)
        wait_until(lambda: rows(home).get(start) == (address, "photo.jpg"), 20, "the address in the draft")
        second = tmp_path / "second.jpg"
        second.write_bytes(photo.read_bytes() + b"\0")  # another content, the same picture
        drag_to_start(screen, tmp_path, "files", str(photo), str(second))
        wait_until(lambda: rows(home).get(start, ("", ""))[1] == photo.name, 20, "the first file in its place")
        wait_until(lambda: rows(home).get(end, ("", ""))[1] == second.name, 20, "the second file in the next place")
        before = rows(home)[start]
        drag_to_start(screen, tmp_path, "html", str(photo))
        wait_until(lambda: rows(home).get(start, ("", ""))[1] == "pasted.png", 20, "the browser's picture")
        assert rows(home)[start][0] == before[0], "it is the same content"
        drag_to_start(screen, tmp_path, "image", str(photo))
        wait_until(lambda: rows(home)[start][0].endswith(".png"), 20, "the pixels as a PNG")
        assert here.asked == []
    screen.grab(tmp_path / "filled.png")
    assert window.poll() is None
