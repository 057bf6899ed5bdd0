"""Delete and Ctrl+Z in the whole window, over the real core, its store and the system's trash."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset, Recipe
from studio.domain.errors import LocalError
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job, JobRequest
from studio.library import deletions
from studio.library.trash import put_all_away
from studio.ui.bridge import Bridge
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from studio.ui.window import CREATE, GALLERY, MainWindow
from tests.media_files import write_clip, write_picture
from tests.ui.test_shell_window import open_window
from tests.ui.test_viewer import plays

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="looks into freedesktop's trash"),
]


@pytest.fixture
def window(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> Iterator[MainWindow]:
    session = Session(ready_bridge.paths.data / FILE_NAME)
    yield open_window(qtbot, ready_bridge, theme, FirstScreen(), session)
    session.close().result(60)


def bring(bridge: Bridge, path: Path) -> Asset:
    return bridge.run(lambda core: core.import_file(path)).result(60)


def words(bridge: Bridge) -> Asset:
    job = Job.new(JobRequest("prompt.enhance.video", "local", {"prompt": "a boat"}))
    recipe = Recipe(job.request.operation, "local", job.request.input)
    return bridge.run(lambda core: core._library.place_prompt(job, "A boat at dusk, slow dolly forward", recipe)).result(60)


def delete_by_key(qtbot: QtBot, window: MainWindow, *ids: str) -> None:
    window.show_page(GALLERY)
    page = window.gallery
    assert page is not None
    qtbot.waitUntil(lambda: all(one in page.feed for one in ids))
    page.grid.setFocus()
    page.grid.select(ids[0])
    if len(ids) > 1:
        QTest.keyClick(page.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(page.grid, Qt.Key.Key_Delete)


def is_deleted(bridge: Bridge, asset: Asset) -> bool:
    return bridge.run(lambda core: core.asset(asset.id)).result(60).deleted_at is not None


@plays()
def test_delete_and_ctrl_z_of_a_clip_that_plays(
    qtbot: QtBot, window: MainWindow, ready_bridge: Bridge, tmp_path: Path
) -> None:
    asset = bring(ready_bridge, write_clip(tmp_path / "boat.mp4", seconds=2.0))
    viewer = window.create_page.viewer
    window.open_asset(asset)
    qtbot.waitUntil(lambda: viewer.asset is not None and viewer.asset.id == asset.id)
    viewer.player.play()
    goes_and_comes_back(qtbot, window, ready_bridge, asset)


@pytest.mark.parametrize("kind", ["picture", "prompt"])
def test_delete_and_ctrl_z(qtbot: QtBot, window: MainWindow, ready_bridge: Bridge, tmp_path: Path, kind: str) -> None:
    asset = words(ready_bridge) if kind == "prompt" else bring(ready_bridge, write_picture(tmp_path / "boat.png"))
    if kind == "picture":
        window.open_asset(asset)
        qtbot.waitUntil(lambda: window.create_page.viewer.asset is not None)
    goes_and_comes_back(qtbot, window, ready_bridge, asset)


def goes_and_comes_back(qtbot: QtBot, window: MainWindow, bridge: Bridge, asset: Asset) -> None:
    content, viewer = asset.path.read_bytes(), window.create_page.viewer
    delete_by_key(qtbot, window, asset.id)
    page = window.gallery
    assert page is not None
    qtbot.waitUntil(lambda: page.undo_bar.isVisible() and "trash" in page.undo_bar.words)
    trashed = Path.home() / ".local" / "share" / "Trash" / "files" / asset.path.name
    assert trashed.read_bytes() == content
    assert not asset.path.exists()
    qtbot.waitUntil(lambda: asset.id not in page.feed)
    qtbot.waitUntil(lambda: viewer.asset is None)
    QTest.keyClick(page.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: asset.id in page.feed)  # by the event that follows all else
    assert asset.path.read_bytes() == content
    assert not is_deleted(bridge, asset)
    assert not trashed.exists()
    window.open_asset(asset)
    qtbot.waitUntil(lambda: window.pages.currentIndex() == CREATE and viewer.asset is not None)


def test_of_a_deletion_that_fails_half_way_what_went_can_be_taken_back(
    qtbot: QtBot, window: MainWindow, ready_bridge: Bridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [bring(ready_bridge, write_picture(tmp_path / f"{n}.png", hue=n * 40)) for n in range(3)]

    def half(media: Path, assets: list[Asset]) -> tuple[int, LocalError | None]:
        put_all_away(media, assets[:2])
        return 2, LocalError("The disk does not answer.")

    monkeypatch.setattr(deletions, "put_all_away", half)
    told: list[str] = []
    ready_bridge.problem.connect(told.append)
    delete_by_key(qtbot, window, *(one.id for one in made))
    page = window.gallery
    assert page is not None
    qtbot.waitUntil(lambda: page.undo_bar.words == "2 moved to trash")
    assert [one.partition(".")[0] for one in told] == ["The disk does not answer"]
    assert sorted(is_deleted(ready_bridge, one) for one in made) == [False, True, True]
    QTest.keyClick(page.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: all(one.path.is_file() for one in made))
    qtbot.waitUntil(lambda: all(one.id in page.feed for one in made))
