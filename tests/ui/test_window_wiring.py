"""What one part of the window asks of another: every wish arrives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.event import AssetAdded, AssetChanged
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job, JobRequest
from studio.domain.operation import MediaKind
from studio.domain.state import JobState
from studio.settings.preferences import Preferences
from studio.ui.bridge import Bridge
from studio.ui.gallery.page import GalleryPage
from studio.ui.history.page import HistoryPage
from studio.ui.session import FILE_NAME, Session, read
from studio.ui.theme.theme import Theme
from studio.ui.window import CREATE, GALLERY, HISTORY, MainWindow
from tests.ui.core_double import CoreDouble
from tests.ui.media_core import make_asset, write_picture
from tests.ui.test_shell_window import open_window

ASSETS = tuple(make_asset(number) for number in (5, 4, 3, 2, 1))
FIRST = FirstScreen(assets=ASSETS, counts={"all": 5})


class Library(CoreDouble):
    """The double with some pictures in it."""

    async def assets(self, query: object) -> list[object]:  # type: ignore[override]  # what is asked does not matter here
        return list(ASSETS)

    async def asset(self, asset_id: str) -> object:  # type: ignore[override]
        return next(asset for asset in ASSETS if asset.id == asset_id)

    async def delete(self, ids: list[str]) -> None:
        """Nothing is on any disk."""


@pytest.fixture
def double(paths: object) -> CoreDouble:
    return Library(paths)  # type: ignore[arg-type]  # the fixture's own type


@pytest.fixture
def window(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme) -> Iterator[MainWindow]:
    double.preferences = Preferences(theme="dark")
    window = open_window(qtbot, double_bridge, theme, FIRST)
    window.build_pages()
    yield window
    window.session.close().result(60)


def pages(window: MainWindow) -> tuple[GalleryPage, HistoryPage]:
    assert window.gallery is not None
    assert window.history is not None
    return window.gallery, window.history


def line(menu: QMenu | None, words: str) -> QAction:
    assert menu is not None
    return next(action for action in menu.actions() if action.text() == words)


@pytest.mark.slow
def test_history_shows_a_result_in_the_gallery(qtbot: QtBot, window: MainWindow) -> None:
    gallery, history = pages(window)
    window.show_page(HISTORY)
    history.showInGallery.emit(ASSETS[2])
    assert window.pages.currentIndex() == GALLERY
    qtbot.waitUntil(lambda: [asset.id for asset in gallery.grid.selected()] == [ASSETS[2].id])


@pytest.mark.slow
def test_an_empty_page_s_button_leads_to_the_prompt(qtbot: QtBot, window: MainWindow) -> None:
    for page in pages(window):
        window.show_page(GALLERY)
        page.makeRequested.emit()
        assert window.pages.currentIndex() == CREATE
        qtbot.waitUntil(window.create_page.composer.prompt.edit.hasFocus)


@pytest.mark.slow
def test_page_keys_in_the_viewer_step_through_the_filmstrip(qtbot: QtBot, window: MainWindow) -> None:
    page = window.create_page
    page.show_asset(ASSETS[1])
    QTest.keyClick(page.viewer, Qt.Key.Key_PageDown)
    assert page.viewer.asset == ASSETS[2]
    assert page.filmstrip.current == ASSETS[2]
    QTest.keyClick(page.viewer, Qt.Key.Key_PageUp)
    QTest.keyClick(page.viewer, Qt.Key.Key_PageUp)
    assert page.viewer.asset == ASSETS[0]


@pytest.mark.slow
def test_what_is_opened_elsewhere_is_marked_in_the_filmstrip(window: MainWindow) -> None:
    window.open_asset(ASSETS[3])
    assert window.create_page.filmstrip.current == ASSETS[3]


@pytest.mark.slow
@pytest.mark.parametrize("way", ["button", "menu", "gallery"])
def test_a_picture_becomes_the_start_frame(qtbot: QtBot, window: MainWindow, tmp_path: Path, way: str) -> None:
    asset = make_asset(9, path=write_picture(tmp_path / "start.png"))
    page = window.create_page
    page.composer.picker.choose("image.generate")
    page.show_asset(asset)
    if way == "button":
        button = page.viewer.findChild(QPushButton, "viewerUseButton")
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    elif way == "menu":
        line(page.viewer.open_menu(QPoint(0, 0)), "Use as start frame").trigger()
    else:
        gallery, _ = pages(window)
        window.show_page(GALLERY)
        line(gallery.menu_for([asset]), "Use as start frame").trigger()
    assert window.pages.currentIndex() == CREATE
    operation = page.composer.operation
    assert operation is not None
    assert operation.id == "video.generate", "a start frame is a video's: the operation follows"
    qtbot.waitUntil(lambda: "image_url" in page.composer.values())


@pytest.mark.slow
def test_a_frame_of_a_clip_becomes_the_start_frame(qtbot: QtBot, window: MainWindow) -> None:
    page = window.create_page
    page.show_asset(make_asset(8, kind=MediaKind.VIDEO))
    assert not line(page.viewer.open_menu(QPoint(0, 0)), "Use this frame as start frame").isEnabled()
    frame = QImage(32, 18, QImage.Format.Format_RGB32)
    frame.fill("teal")
    page.viewer.video.show_frame(frame)
    line(page.viewer.open_menu(QPoint(0, 0)), "Use this frame as start frame").trigger()
    qtbot.waitUntil(lambda: "image_url" in page.composer.values())


@pytest.mark.slow
def test_the_viewer_s_menu_leads_to_the_gallery_and_takes_the_prompt(qtbot: QtBot, window: MainWindow) -> None:
    gallery, _ = pages(window)
    viewer = window.create_page.viewer
    window.open_asset(ASSETS[1])
    line(viewer.open_menu(QPoint(0, 0)), "Use its prompt").trigger()
    assert window.create_page.composer.prompt.text() == ASSETS[1].prompt
    line(viewer.open_menu(QPoint(0, 0)), "Show in gallery").trigger()
    assert window.pages.currentIndex() == GALLERY
    qtbot.waitUntil(lambda: [asset.id for asset in gallery.grid.selected()] == [ASSETS[1].id])


@pytest.mark.slow
def test_nothing_shown_has_no_menu(window: MainWindow) -> None:
    viewer = window.create_page.viewer
    more = viewer.findChild(QToolButton, "viewerMoreButton")
    assert more is not None
    assert more.isVisible()
    viewer.clear()
    assert not more.isVisible()
    assert viewer.open_menu(QPoint(0, 0)) is None


@pytest.mark.slow
def test_the_file_is_let_go_before_it_is_moved_to_the_trash(
    qtbot: QtBot, window: MainWindow, double: CoreDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery, _ = pages(window)
    viewer = window.create_page.viewer
    clip = make_asset(7, kind=MediaKind.VIDEO)
    viewer.show_asset(clip)
    order: list[str] = []
    load = viewer.player.load

    def watched(path: Path) -> None:
        order.append("let go")
        load(path)

    async def delete(ids: list[str], anyway: bool = False) -> None:
        order.append(f"deleted {ids[0]}")

    monkeypatch.setattr(viewer.player, "load", watched)
    monkeypatch.setattr(double, "delete", delete)
    gallery.actions_of.trash([ASSETS[0].id])
    qtbot.waitUntil(lambda: order == [f"deleted {ASSETS[0].id}"])  # another file is not what plays
    gallery.actions_of.trash([clip.id])
    qtbot.waitUntil(lambda: order[1:] == ["let go", f"deleted {clip.id}"])


@pytest.mark.slow
def test_a_thumbnail_that_comes_later_reaches_queue_and_viewer(
    qtbot: QtBot, window: MainWindow, double: CoreDouble, tmp_path: Path
) -> None:
    page = window.create_page
    job = Job.new(JobRequest("video.generate", "local", {"prompt": "late"}))
    job = double.show(job.changed(state=JobState.DONE, asset_ids=("asset_late",)))
    clip = make_asset(11, kind=MediaKind.VIDEO, id="asset_late", job_id=job.id)
    double.emit(AssetAdded(clip))
    qtbot.waitUntil(lambda: page.viewer.asset is not None and page.viewer.asset.id == "asset_late")
    assert page.viewer.video.is_waiting, "words, and no empty frame, until the poster is there"
    assert page.queue.picture_of(job) is None
    poster = write_picture(tmp_path / "poster.png", 160, 90)
    double.emit(AssetChanged(make_asset(11, kind=MediaKind.VIDEO, id="asset_late", job_id=job.id, thumbnail=poster)))
    qtbot.waitUntil(lambda: page.viewer.video.has_poster)
    assert page.viewer.video.frame is None
    assert page.queue.picture_of(job) == poster


@pytest.mark.slow
def test_a_row_opens_its_details_again_after_they_were_closed(qtbot: QtBot, window: MainWindow, double: CoreDouble) -> None:
    _, history = pages(window)
    window.show_page(HISTORY)
    double.show(Job.new(JobRequest("image.generate", "local", {"prompt": "again"})))
    qtbot.waitUntil(lambda: len(history.model.rows) > 0)
    row = history.table.visualRect(history.model.index(0, 2)).center()
    for _ in range(2):
        QTest.mouseClick(history.table.viewport(), Qt.MouseButton.LeftButton, pos=row)
        assert history.details.isVisible()
        history.close_details()
        assert not history.details.isVisible()


@pytest.mark.slow
def test_the_panels_have_their_widths_back_after_the_window_was_small(qtbot: QtBot, window: MainWindow) -> None:
    page = window.create_page
    window.start()

    def widths() -> list[int]:
        return [dock.width() for dock in page.docks()]

    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.width() == 1280)
    page._desk.resizeDocks(list(page.docks()), [400, 350], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: widths() == [400, 350])
    page.keep_layout()
    window.resize(window.minimumSize())
    qtbot.waitUntil(lambda: widths()[0] < 400 and widths()[1] < 350)
    page.keep_layout()
    assert page._session.get("panel_widths") == [400, 350], "nobody made them that narrow"
    window.resize(1000, 700)
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: widths() == [400, 350])


@pytest.mark.slow
def test_the_panels_keep_their_widths_over_a_start(
    qtbot: QtBot, window: MainWindow, double_bridge: Bridge, theme: Theme
) -> None:
    docks = [window.create_page.composer_dock, window.create_page.queue_dock]
    window.create_page._desk.resizeDocks(docks, [400, 350], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: [dock.width() for dock in docks] == [400, 350])
    window.create_page.keep_layout()
    path = double_bridge.paths.data / FILE_NAME
    qtbot.waitUntil(lambda: path.exists() and read(path).get("panel_widths") == [400, 350], timeout=3000)
    again = open_window(qtbot, double_bridge, theme, FIRST, Session(path, read(path)))
    page = again.create_page
    qtbot.waitUntil(lambda: [page.composer_dock.width(), page.queue_dock.width()] == [400, 350])
    again.session.close().result(60)


@pytest.mark.slow
def test_the_command_field_gives_the_keyboard_back(qtbot: QtBot, window: MainWindow) -> None:
    edit = window.create_page.composer.prompt.edit
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    for ends in ("theme dark", ""):
        QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        field = window.top.field
        qtbot.waitUntil(field.hasFocus)
        field.setText(ends)
        QTest.keyClick(field, Qt.Key.Key_Return if ends else Qt.Key.Key_Escape)
        qtbot.waitUntil(edit.hasFocus)


@pytest.mark.slow
def test_each_page_has_the_keyboard_where_it_is_wanted(qtbot: QtBot, window: MainWindow, double: CoreDouble) -> None:
    gallery, history = pages(window)
    double.show(Job.new(JobRequest("image.generate", "local", {"prompt": "there"})))
    qtbot.waitUntil(lambda: history.model.rowCount() > 0)
    places: tuple[tuple[int, QWidget], ...] = ((GALLERY, gallery.grid), (HISTORY, history.table))
    for index, wanted in places:
        window.show_page(index)
        qtbot.waitUntil(wanted.hasFocus)


@pytest.mark.slow
def test_two_of_the_gallery_are_compared_in_the_viewer(window: MainWindow) -> None:
    gallery, _ = pages(window)
    window.show_page(GALLERY)
    gallery.compareRequested.emit(list(ASSETS[:2]))
    assert window.pages.currentIndex() == CREATE
    assert window.create_page.viewer.comparing.assets == ASSETS[:2]


@pytest.mark.slow
def test_a_recipe_used_again_fills_the_form(qtbot: QtBot, window: MainWindow) -> None:
    page = window.create_page
    page.viewer.reuse.emit(JobRequest("image.generate", "local", {"prompt": "a harbour again", "seed": 77}))
    qtbot.waitUntil(lambda: page.composer.operation is not None and page.composer.operation.id == "image.generate")
    assert page.composer.prompt.edit.toPlainText() == "a harbour again"


@pytest.mark.slow
def test_nothing_in_the_bar_moves_from_page_to_page(window: MainWindow) -> None:
    places = []
    for index in (CREATE, GALLERY, HISTORY):
        window.show_page(index)
        places.append((window.top.field.geometry(), window.top.chip.geometry()))
    assert places[1] == places[0]
    assert places[2] == places[0]


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 1100, 1920])
def test_the_filmstrip_is_as_high_as_its_pictures(qtbot: QtBot, window: MainWindow, width: int) -> None:
    strip = window.create_page.filmstrip
    window.resize(width, 900)
    qtbot.waitUntil(lambda: window.width() == width)
    qtbot.waitUntil(lambda: strip.height() == strip.cell_size().height() + 12, timeout=2000)
    assert strip.viewport().rect().contains(strip.cell_rect(0))
