"""The scene board under a real pointer, on a real server: a photo is dragged, then made larger by its handle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.settings.shipped import shipped
from tests.e2e.conftest import Screen, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xvfb]
STEPS = 12
SIZE = [1280, 820]
TURNS = 4
ROOT = Path(__file__).resolve().parent.parent.parent


class Board:
    """The window with two photos on its board, and the hand over it."""

    def __init__(self, folder: Path, screen: Screen) -> None:
        self.folder, self._screen = folder, screen
        self.log = folder / "window.log"
        photo = Path(shipped("samples/lighthouse.jpg"))
        second = folder / "second.jpg"
        second.write_bytes(photo.read_bytes() + b"\0")  # another content, the same picture
        self.window = screen.start(sys.executable, "-m", "tests.e2e.board_window", str(folder), str(photo), str(second),
                                   log=self.log, PYTHONPATH=str(ROOT))
        name = screen.window("^Studio")
        screen.hand("windowmove", "--sync", name, "60", "40")
        screen.hand("windowsize", "--sync", name, *map(str, SIZE))
        screen.hand("windowactivate", "--sync", name)
        wait_until(lambda: self.told().get("window") == SIZE, 60, f"the board, of which {self.log} says more")

    def told(self) -> dict[str, Any]:
        """Where the photo in front stands now."""
        try:
            told: dict[str, Any] = json.loads((self.folder / "board.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return told

    def at_rest(self) -> dict[str, Any]:
        """The same, once the window went on for some turns and nothing moved any more."""
        since = self.told()

        def stays() -> bool:
            nonlocal since
            now = self.told()
            if any(now[name] != since[name] for name in now if name != "turn"):
                since = now
            return bool(now["turn"] >= since["turn"] + TURNS)

        wait_until(stays, 20, "a board that stands still")
        return since

    def drag(self, start: list[int], by: tuple[int, int]) -> None:
        """Press, go there in small steps as a hand does, and let go."""
        hand = self._screen.hand
        hand("mousemove", "--sync", str(start[0]), str(start[1]), "mousedown", "1")
        for step in range(1, STEPS + 1):
            x, y = (start[at] + by[at] * step // STEPS for at in (0, 1))
            hand("mousemove", "--sync", str(x), str(y))
        hand("mouseup", "1")

    def kept(self) -> dict[str, Any]:
        """The photo in front as the window's own file has it."""
        kept = json.loads((self.folder / "studio" / "window.json").read_text(encoding="utf-8"))
        layer: dict[str, Any] = kept["scene_board"]["layers"][0]
        return layer


@pytest.fixture
def board(screen: Screen, tmp_path: Path) -> Iterator[Board]:
    yield Board(tmp_path, screen)
    subprocess.run(
        [sys.executable, "-m", "studio", "engine", "--stop"],
        env={**os.environ, "STUDIO_HOME": str(tmp_path / "studio")}, capture_output=True, check=False,
    )


def test_a_photo_is_dragged_and_made_larger_by_its_handle(board: Board, screen: Screen, tmp_path: Path) -> None:
    before = board.at_rest()
    board.drag(before["middle"], (60, -90))
    wait_until(lambda: board.told()["middle"] != before["middle"], 10, "a photo that moves")
    moved = board.at_rest()
    screen.grab(tmp_path / "moved.png")
    # a line that it snaps to is never further than some pixels away
    assert abs(moved["middle"][0] - before["middle"][0] - 60) <= 10
    assert abs(moved["middle"][1] - before["middle"][1] + 90) <= 10
    assert moved["scale"] == before["scale"]
    board.drag(moved["corner"], (40, 30))
    wait_until(lambda: board.told()["scale"] > moved["scale"], 10, "a photo that grows")
    grown = board.at_rest()
    screen.grab(tmp_path / "grown.png")
    assert (grown["x"], grown["y"]) == (moved["x"], moved["y"]), "its middle stays where it is"
    assert abs(grown["corner"][0] - moved["corner"][0]) > 15
    wait_until(lambda: board.kept()["scale"] == grown["scale"], 10, "the placement in the window's file")
    assert (board.kept()["x"], board.kept()["y"]) == (grown["x"], grown["y"])
    assert board.window.poll() is None, board.log.read_text(encoding="utf-8")[-2000:]
