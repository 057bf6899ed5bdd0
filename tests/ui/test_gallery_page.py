"""The gallery as a person uses it: real widgets, real keys and clicks, a core in memory and once the real one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.domain.first_screen import FirstScreen
from studio.domain.operation import MediaKind
from studio.ui.bridge import Bridge
from studio.ui.gallery.drag_out import assets_in, files_of
from studio.ui.gallery.page import GalleryPage
from studio.ui.images.captions import day_words, today
from studio.ui.theme.theme import Theme
from tests.ui.media_core import MediaCore, Open, days_ago, make_asset, open_bridge, write_picture

__all__ = ["open_bridge"]  # a fixture of this module


def library(count: int, **more: object) -> list[Asset]:
    return [make_asset(n, at=days_ago((count - n) // 9), **more) for n in range(1, count + 1)]  # type: ignore[arg-type]


def shown(qtbot: QtBot, bridge: Bridge, theme: Theme, width: int = 1000, height: int = 640) -> GalleryPage:
    page = GalleryPage(bridge, theme)
    qtbot.addWidget(page)
    page.resize(width, height)
    page.show()
    qtbot.waitUntil(lambda: not page.feed.loading and (page.feed.complete or bool(len(page.feed))), timeout=5000)
    return page


def row(page: GalleryPage, at: int) -> Asset:
    """What is in memory there."""
    asset = page.feed.at(at)
    assert asset is not None
    return asset


def click(page: GalleryPage, index: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, held, page.grid.cell_rect(index).center())


def add(page: GalleryPage, number: int, **more: object) -> None:
    """As a finished job would: on the core's thread."""
    asset = make_asset(number, **more)  # type: ignore[arg-type]  # fields of an asset
    page._bridge.run(lambda core: core.add(asset))  # type: ignore[attr-defined]  # the double's own


@pytest.fixture
def page(qtbot: QtBot, open_bridge: Open, theme: Theme) -> GalleryPage:
    return shown(qtbot, open_bridge(MediaCore(library(60))), theme)


def test_click_ctrl_and_shift_select(page: GalleryPage) -> None:
    click(page, 2)
    assert [asset.id for asset in page.grid.selected()] == [row(page, 2).id]
    click(page, 5, Qt.KeyboardModifier.ShiftModifier)
    assert len(page.grid.selected()) == 4
    click(page, 3, Qt.KeyboardModifier.ControlModifier)
    assert len(page.grid.selected()) == 3
    QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not page.grid.selected()


def test_the_keyboard_goes_everywhere(qtbot: QtBot, page: GalleryPage) -> None:
    grid = page.grid
    grid.setFocus()
    columns = grid.grid_layout.columns
    QTest.keyClick(grid, Qt.Key.Key_Home)
    assert grid.current_index() == 0
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current_index() == 1 + columns
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.current_index() == 59
    assert grid.viewport().rect().contains(grid.cell_rect(59))
    QTest.keyClick(grid, Qt.Key.Key_PageUp)
    assert grid.current_index() is not None
    assert grid.current_index() < 59  # type: ignore[operator]
    QTest.keyClick(grid, Qt.Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
    assert len(grid.selected()) > 10
    QTest.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.selected()) == 60
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert not grid.selected()


def test_enter_and_double_click_open(qtbot: QtBot, page: GalleryPage) -> None:
    click(page, 4)
    with qtbot.waitSignal(page.opened) as blocker:
        QTest.keyClick(page.grid, Qt.Key.Key_Return)
    assert blocker.args == [row(page, 4)]
    with qtbot.waitSignal(page.opened):
        QTest.mouseDClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=page.grid.cell_rect(1).center())


@pytest.mark.slow
def test_delete_moves_to_the_trash_and_undo_brings_it_back(qtbot: QtBot, page: GalleryPage) -> None:
    click(page, 3)
    gone, next_one = row(page, 3).id, row(page, 4).id
    QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: gone not in page.feed, timeout=3000)
    assert page.grid.current().id == next_one  # type: ignore[union-attr]  # the keyboard stays where it was
    qtbot.waitUntil(page.undo_bar.isVisible, timeout=3000)
    button = page.undo_bar.findChild(QPushButton, "undoButton")
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: gone in page.feed, timeout=3000)
    assert page.feed.position(gone) == 3
    assert not page.undo_bar.isVisible()
    page.grid.setFocus()
    QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(page.undo_bar.isVisible, timeout=3000)
    qtbot.waitUntil(lambda: len(page.feed) == 59, timeout=3000)
    QTest.keyClick(page.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(page.feed) == 60, timeout=3000)


@pytest.mark.slow
def test_one_deletion_after_the_other_comes_back_also_when_the_line_has_gone(qtbot: QtBot, page: GalleryPage) -> None:
    click(page, 3)
    for left in (59, 58):
        QTest.keyClick(page.grid, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda left=left: len(page.feed) == left, timeout=3000)  # type: ignore[misc]
        qtbot.waitUntil(page.undo_bar.isVisible, timeout=3000)
        page.undo_bar.hide()
    page.marking.said.emit("2 added to a collection")  # it cannot be undone here, and is not in the way
    page.grid.setFocus()
    for back in (59, 60):
        QTest.keyClick(page.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda back=back: len(page.feed) == back, timeout=3000)  # type: ignore[misc]
    QTest.keyClick(page.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not page.undo_bar.isVisible()


@pytest.mark.slow
def test_insertions_on_top_keep_scroll_and_selection(qtbot: QtBot, page: GalleryPage) -> None:
    grid = page.grid
    grid.select(row(page, 40).id)
    bar = grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    first = row(page, grid.visible_range().start).id
    where = grid.cell_rect(grid.visible_range().start).y()
    chosen = grid.selected()[0].id
    for number in (900, 901):
        add(page, number)
    qtbot.waitUntil(lambda: len(page.feed) == 62, timeout=3000)
    at = page.feed.position(first)
    assert at is not None
    assert grid.cell_rect(at).y() == where
    assert grid.selected()[0].id == chosen
    bar.setValue(0)
    add(page, 902)
    qtbot.waitUntil(lambda: len(page.feed) == 63, timeout=3000)
    assert bar.value() == 0  # at the top the newest comes into sight


@pytest.mark.slow
def test_any_place_is_reached_at_once_and_only_its_pages_are_fetched(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    core = MediaCore(library(3000))
    page = shown(qtbot, open_bridge(core), theme)
    qtbot.waitUntil(lambda: page.feed.exact and len(page.feed) == 3000, timeout=3000)
    in_memory = len(page.feed.list.rows)
    assert in_memory <= 600
    bar = page.grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert page.feed.at(page.grid.visible_range().start) is None  # a quiet box until its page is there
    qtbot.waitUntil(lambda: all(page.feed.at(at) is not None for at in page.grid.visible_range()), timeout=3000)
    for at in page.grid.visible_range():
        assert row(page, at).id == make_asset(3000 - at).id
    assert len(page.feed.list.rows) <= in_memory + 800


@pytest.mark.slow
def test_search_as_you_type_and_its_way_back(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    core = MediaCore([make_asset(1, prompt="harbour at dusk"), make_asset(2, prompt="meadow")])
    page = shown(qtbot, open_bridge(core), theme)
    page.search.setFocus()
    QTest.keyClicks(page.search, "harb")
    qtbot.waitUntil(lambda: len(page.feed) == 1, timeout=3000)
    assert sum(call.startswith("assets") for call in core.calls) == 2  # typed fast: asked once
    QTest.keyClicks(page.search, "zzz")
    qtbot.waitUntil(lambda: page.message.isVisible(), timeout=3000)
    assert "harbzzz" in page.message.heading
    clear = page.findChild(QPushButton, "galleryClearSearch")
    assert clear is not None
    assert clear.isVisible()
    clear.click()
    qtbot.waitUntil(lambda: len(page.feed) == 2, timeout=3000)
    assert page.grid.isVisible()


@pytest.mark.slow
def test_sources_filter_by_kind_and_count(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    core = MediaCore([make_asset(1), make_asset(2, kind=MediaKind.VIDEO), make_asset(3, kind=MediaKind.PROMPT)])
    page = shown(qtbot, open_bridge(core), theme)
    qtbot.waitUntil(lambda: page.sources.count(None) == 3, timeout=3000)
    button = page.findChild(QWidget, "sourceVideo")
    assert button is not None
    button.click()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: [asset.kind for asset in page.feed.list.rows] == [MediaKind.VIDEO], timeout=3000)
    assert page.sources.count(MediaKind.PROMPT) == 1
    add(page, 9, kind=MediaKind.AUDIO)
    qtbot.waitUntil(lambda: page.sources.count(MediaKind.AUDIO) == 1, timeout=3000)


def test_empty_and_failed_say_what_to_do(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    core = MediaCore([])
    page = shown(qtbot, open_bridge(core), theme)
    assert page.message.isVisible()
    assert page.message.heading == "Your gallery is empty"
    with qtbot.waitSignal(page.makeRequested):
        page.findChild(QPushButton, "galleryMake").click()  # type: ignore[union-attr]
    core.fail = OSError("disk on fire")
    page.question.ask()
    qtbot.waitUntil(lambda: "disk on fire" in page.message.words, timeout=3000)
    core.fail = None
    page.findChild(QPushButton, "galleryTryAgain").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: page.message.heading == "Your gallery is empty", timeout=3000)


def test_details_show_the_recipe_and_act(qtbot: QtBot, page: GalleryPage) -> None:
    click(page, 0)
    page.grid.setFocus()
    QTest.keyClick(page.grid, Qt.Key.Key_I)
    assert page.details.isVisible()
    facts = page.details.facts()
    assert facts["Seed"] == "60"
    assert facts["Size"] == "1280 × 720"
    assert facts["Made by"] == "This computer"
    qtbot.waitUntil(lambda: page.details.facts()["Operation"] == "Generate Image", timeout=3000)
    QTest.keyClick(page.grid, Qt.Key.Key_Right)
    assert page.details.facts()["Seed"] == "59"
    with qtbot.waitSignal(page.useAsReference) as blocker:
        page.findChild(QPushButton, "detailsUse").click()  # type: ignore[union-attr]
    assert blocker.args == [row(page, 1)]
    page.details.findChild(QWidget, "detailsClose").click()  # type: ignore[union-attr]
    assert not page.details.isVisible()


@pytest.mark.slow
def test_the_menu_acts_on_one_or_many(qtbot: QtBot, page: GalleryPage) -> None:
    click(page, 0)
    menu = page.menu_for(page.grid.selected())
    words = {action.text(): action for action in menu.actions() if action.text()}
    assert words["Use as start frame"].isEnabled()
    words["Copy prompt"].trigger()
    assert QApplication.clipboard().text() == row(page, 0).prompt
    click(page, 3, Qt.KeyboardModifier.ShiftModifier)
    many = {action.text(): action.isEnabled() for action in page.menu_for(page.grid.selected()).actions() if action.text()}
    assert not many["Open"]
    assert many["Move to trash"]
    assert many["Export…"]


def test_dragging_out_gives_real_files(qtbot: QtBot, page: GalleryPage) -> None:
    click(page, 0)
    click(page, 1, Qt.KeyboardModifier.ControlModifier)
    data = files_of(page.grid.selected())
    assert data is not None
    assert data.urls() == [QUrl.fromLocalFile(str(asset.path)) for asset in (row(page, 0), row(page, 1))]
    assert data.formats() == ["text/uri-list"]
    assert assets_in(data) == (row(page, 0).id, row(page, 1).id)  # for the collections, and no format for others


@pytest.mark.slow
def test_a_thumbnail_reaches_its_own_cell(qtbot: QtBot, open_bridge: Open, theme: Theme, tmp_path: Path) -> None:
    from PIL import Image

    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]
    assets = []
    for number, colour in enumerate(colours, start=1):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", (80, 60), colour).save(path)
        assets.append(make_asset(number, thumbnail=path))
    page = shown(qtbot, open_bridge(MediaCore(assets)), theme)
    qtbot.waitUntil(lambda: page.grid.images.is_idle() and len(page.grid.images.cache) == 3, timeout=5000)
    picture = page.grid.viewport().grab().toImage()
    for at, colour in enumerate(reversed(colours)):
        pixel = picture.pixelColor(page.grid.cell_rect(at).center())
        assert (pixel.red(), pixel.green(), pixel.blue()) == colour


def test_the_first_screen_shows_before_the_core_is_there(qtbot: QtBot, paths: object, theme: Theme) -> None:
    bridge = Bridge(paths)  # type: ignore[arg-type]  # never started
    page = GalleryPage(bridge, theme)
    qtbot.addWidget(page)
    page.show_first(FirstScreen(assets=tuple(reversed(library(5))), counts={"all": 5, "image": 5}))
    page.resize(900, 600)
    page.show()
    assert len(page.feed) == 5
    assert page.sources.count(None) == 5
    assert page.grid.isVisible()
    assert bridge.close(60)


def test_the_reader_hears_the_cell(qtbot: QtBot, page: GalleryPage) -> None:
    click(page, 1)
    qtbot.waitUntil(lambda: "2 of 60" in page.grid.accessibleDescription(), timeout=2000)
    assert "picture number 59" in page.grid.accessibleDescription()
    for name in ("gallerySearch", "galleryView", "galleryDetailsButton"):
        widget = page.findChild(QWidget, name)
        assert widget is not None
        assert widget.accessibleName()


@pytest.mark.slow
def test_reveal_finds_an_asset_on_a_later_page(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    assets = library(500)
    page = shown(qtbot, open_bridge(MediaCore(assets)), theme)
    page.reveal(assets[20])
    qtbot.waitUntil(lambda: [asset.id for asset in page.grid.selected()] == [assets[20].id], timeout=5000)
    at = page.feed.position(assets[20].id)
    assert at is not None
    assert page.grid.viewport().rect().contains(page.grid.cell_rect(at))


def test_days_have_names(qtbot: QtBot) -> None:
    assert day_words(today()) == "Today"


@pytest.mark.slow
def test_with_the_real_core(qtbot: QtBot, ready_bridge: Bridge, theme: Theme, tmp_path: Path) -> None:
    page = shown(qtbot, ready_bridge, theme)
    assert page.message.isVisible()
    path = write_picture(tmp_path / "Harbour at dusk.png", 320, 240)
    ready_bridge.run(lambda core: core.import_file(path))
    qtbot.waitUntil(lambda: len(page.feed) == 1, timeout=10000)
    qtbot.waitUntil(lambda: row(page, 0).thumbnail is not None, timeout=10000)
    qtbot.waitUntil(lambda: any(".jpg" in str(key) for key in page.grid.images.cache), timeout=10000)
    qtbot.waitUntil(lambda: page.sources.count(MediaKind.IMAGE) == 1, timeout=5000)
    asset_id = row(page, 0).id
    page.grid.select(asset_id)
    QTest.keyClick(page.grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(page.feed) == 0, timeout=5000)
    qtbot.waitUntil(page.undo_bar.isVisible, timeout=5000)
    page.undo_bar.findChild(QPushButton, "undoButton").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: asset_id in page.feed, timeout=5000)


@pytest.mark.slow
def test_escape_and_the_small_button_clear_the_search(qtbot: QtBot, page: GalleryPage) -> None:
    button = page.findChild(QToolButton, "gallerySearchClear")
    assert button is not None
    for by_key in (True, False):
        page.search.setFocus()
        QTest.keyClicks(page.search, "59")
        qtbot.waitUntil(lambda: len(page.feed) == 1, timeout=3000)
        assert button.isVisible()
        assert button.geometry().right() < page.search.width()
        if by_key:
            QTest.keyClick(page.search, Qt.Key.Key_Escape)
        else:
            button.click()
        qtbot.waitUntil(lambda: len(page.feed) == 60, timeout=3000)
        assert not button.isVisible()
