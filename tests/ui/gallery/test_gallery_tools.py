"""What a person does with many assets: filter, jump, mark, collect, select; over a core in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.domain.query import AssetQuery
from studio.ui.gallery.date_jump import DateJump, months_of
from studio.ui.gallery.drag_out import files_of
from studio.ui.gallery.filters import Filter, Known, choices, with_choice, words_of
from studio.ui.gallery.page import GalleryPage
from studio.ui.gallery.toolbar import Toolbar
from studio.ui.session import Session
from studio.ui.theme.theme import Theme
from tests.ui.gallery.pages import library, row, shown
from tests.ui.media_core import MediaCore, Open, make_asset


def stored(core: MediaCore, asset: Asset) -> Asset:
    return core.assets_by_id[asset.id]


@pytest.mark.slow
def test_keys_star_colour_and_tag_what_is_selected(qtbot: QtBot, page: GalleryPage, core: MediaCore) -> None:
    grid, asset = page.grid, row(page, 2)
    grid.select(asset.id)
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_S)
    QTest.keyClick(grid, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: row(page, 2).starred and row(page, 2).colour == "yellow", timeout=3000)
    grid.selectionChanged.emit()
    qtbot.waitUntil(lambda: "starred, colour Yellow" in grid.accessibleDescription(), timeout=3000)
    QTest.keyClick(grid, Qt.Key.Key_S)
    QTest.keyClick(grid, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: not row(page, 2).starred and row(page, 2).colour is None, timeout=3000)
    popover = page.menus.tags()
    assert popover is not None
    QTest.keyClicks(popover.edit, "mood board")
    QTest.keyClick(popover.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stored(core, asset).tags == ("mood board",), timeout=3000)
    popover.close()
    QTest.keyClicks(grid, "q")
    assert page.search.text() == "q"  # a letter that is no command is searched for
    assert page.search.hasFocus() or not page.isActiveWindow()


@pytest.mark.slow
def test_filters_narrow_the_question_and_are_saved(qtbot: QtBot, page: GalleryPage, core: MediaCore) -> None:
    for at in (1, 3, 5):
        core.assets_by_id[row(page, at).id] = replace(row(page, at), starred=True, tags=("keeper",))
    bar = page.filters
    menu = bar.open_menu(Filter.STAR)
    next(action for action in menu.actions() if action.text() == "Starred").trigger()
    menu.close()
    qtbot.waitUntil(lambda: len(page.feed) == 3, timeout=3000)
    assert bar.chips[Filter.STAR].accessibleName() == "Star: Starred"
    popover = bar.open_range(Filter.COST)
    popover._most_on.setChecked(True)
    popover._least_on.setChecked(False)
    popover.findChild(QPushButton, "filterApply").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: page.message.isVisible(), timeout=3000)  # nothing of these has a cost
    assert page.message.heading == "Nothing passes these filters"
    QTest.keyClick(bar.chips[Filter.COST], Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(page.feed) == 3, timeout=3000)
    name = page.menus.save_search()
    assert name is not None
    name.edit.setText("Good ones")
    QTest.keyClick(name.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [one.title for one in page.sources.collections] == ["Good ones"], timeout=3000)
    bar.clear_all()
    qtbot.waitUntil(lambda: len(page.feed) == 900, timeout=3000)
    saved = page.sources.row_of(page.sources.collections[0].id)
    assert saved is not None
    saved.click()
    qtbot.waitUntil(lambda: len(page.feed) == 3, timeout=3000)
    assert page.question.is_saved_as_it_is()


def test_ranges_say_what_they_are() -> None:
    known = Known()
    queries = [with_choice(AssetQuery(), Filter.DATE, choice.values) for choice in choices(Filter.DATE, known)]
    usual = {words_of(query, Filter.DATE, known) for query in queries}
    assert {"Today", "Last 7 days"} <= usual
    assert words_of(AssetQuery(min_duration_s=2.0, max_duration_s=9.0), Filter.LENGTH, known) == "2 s to 9 s"
    assert words_of(AssetQuery(max_side=500), Filter.SIZE, known) == "up to 500 px"
    assert words_of(AssetQuery(), Filter.COST, known) == ""


@pytest.mark.slow
def test_assets_are_dropped_on_a_collection(qtbot: QtBot, page: GalleryPage, core: MediaCore) -> None:
    page.menus.name_collection(page.sources.add).named.emit("Trams")
    qtbot.waitUntil(lambda: len(page.sources.collections) == 1, timeout=3000)
    target = page.sources.row_of(page.sources.collections[0].id)
    assert target is not None
    page.grid.selection.ids = {row(page, at).id for at in (0, 4)}
    data = files_of(page.grid.selected(), page.grid.selected_ids())
    assert data is not None
    target.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                                Qt.KeyboardModifier.NoModifier))
    qtbot.waitUntil(lambda: page.sources.collections[0].count == 2, timeout=3000)
    again = page.sources.row_of(page.sources.collections[0].id)
    assert again is not None
    again.click()
    qtbot.waitUntil(lambda: len(page.feed) == 2, timeout=3000)
    assert page.sources.collection == page.sources.collections[0]


@pytest.mark.slow
def test_jumping_to_a_month_shows_it(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    begun = datetime(2026, 3, 15, 12, tzinfo=UTC)
    assets = [make_asset(n, at=begun - timedelta(days=(900 - n) // 3)) for n in range(1, 901)]
    page = shown(qtbot, open_bridge(MediaCore(assets)), theme)
    months = months_of(page.feed.list.days)
    assert sum(month.made for month in months) == 900
    jump = page.menus.jump()
    assert isinstance(jump, DateJump)
    october = next(n for n in range(jump.months.count()) if jump.months.item(n).text().startswith("October"))
    jump.months.setCurrentRow(october)
    QTest.keyClick(jump.months, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.grid.current() is not None, timeout=3000)
    current, top = page.grid.current(), page.grid.first_in_sight()
    assert current is not None
    assert current == top
    assert (current.created_at.astimezone().month, current.created_at.astimezone().day) == (10, 31)


@pytest.mark.slow
def test_a_range_over_rows_that_are_not_in_memory_is_fetched(qtbot: QtBot, page: GalleryPage, core: MediaCore) -> None:
    grid = page.grid
    core.assets_by_id |= {asset.id: asset for asset in [make_asset(10_000 + n) for n in range(4000)]}
    page.question.ask()
    qtbot.waitUntil(lambda: page.feed.exact and len(page.feed) == 4900, timeout=5000)
    grid.setFocus()
    grid.select(row(page, 10).id)
    QTest.keyClick(grid, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(grid.selection.ids) == 4890 and not grid.ranges.pending, timeout=5000)
    assert page.bulk.isVisible()
    assert page.bulk.words == "4,890 selected"
    page.undo_bar.offer("Added to “Spring”", None)
    assert not page.undo_bar.geometry().intersects(page.bulk.geometry())
    QTest.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(grid.selection.ids) == 4900, timeout=5000)
    page.bulk.buttons["star"].click()
    qtbot.waitUntil(lambda: all(asset.starred for asset in core.assets_by_id.values()), timeout=5000)


@pytest.mark.slow
def test_the_bar_of_several_is_whole_also_when_they_were_selected_before_the_page_was_shown(
    qtbot: QtBot, page: GalleryPage
) -> None:
    page.hide()
    page.bulk.show_count(14)
    page.show()
    qtbot.waitUntil(page.bulk.isVisible)
    assert page.bulk.width() >= page.bulk.sizeHint().width()
    assert page.rect().contains(page.bulk.geometry())


def test_a_narrow_line_leaves_out_the_count_and_then_the_slider(qtbot: QtBot, theme: Theme) -> None:
    toolbar = Toolbar(theme)
    qtbot.addWidget(toolbar)
    toolbar.count.setText("1,234 · newest first")
    toolbar.show()

    def has(slider: bool, count: bool) -> bool:
        """Whether these are there, and everything stands beside each other."""
        parts = [one for one in toolbar.findChildren(QWidget) if one.parent() is toolbar and one.isVisible()]
        boxes = sorted((one.geometry() for one in parts), key=lambda box: box.left())
        apart = all(one.right() < other.left() for one, other in pairwise(boxes)) and toolbar.rect().contains(boxes[-1])
        return apart and (toolbar.slider.isVisible(), toolbar.count.isVisible()) == (slider, count)

    for width, slider, count in ((900, True, True), (480, True, False), (355, False, False), (900, True, True)):
        toolbar.setFixedWidth(width)
        qtbot.waitUntil(partial(has, slider, count))


@pytest.mark.slow
def test_sizes_and_lines(qtbot: QtBot, page: GalleryPage) -> None:
    grid = page.grid
    columns = grid.grid_layout.columns
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 3)
    qtbot.waitUntil(lambda: grid.first_in_sight() is not None, timeout=3000)
    top = grid.first_in_sight()
    wheel = QWheelEvent(QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(grid.viewport(), wheel)
    assert grid.grid_layout.columns < columns
    QTest.keyClick(grid, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert grid.grid_layout.columns == columns
    page.toolbar.lines.click()
    assert grid.grid_layout.columns == 1
    sight = [page.feed.at(at) for at in grid.visible_range()]
    assert top in sight[:2]  # what stood on top still does
    assert not grid.grab().toImage().isNull()


@pytest.mark.slow
def test_place_selection_and_question_come_back(qtbot: QtBot, open_bridge: Open, theme: Theme, tmp_path: Path) -> None:
    core = MediaCore(library(3000))
    session = Session(tmp_path / "window.json")
    page = shown(qtbot, open_bridge(core), theme, session)
    page.toolbar.slider.setValue(3)
    page.grid.verticalScrollBar().setValue(page.grid.verticalScrollBar().maximum() // 2)
    qtbot.waitUntil(lambda: page.grid.first_in_sight() is not None, timeout=3000)
    chosen = row(page, page.grid.visible_range().start + 3)
    page.grid.select(chosen.id)
    top = page.grid.first_in_sight()
    assert page.memory is not None
    page.memory.keep()
    core.assets_by_id |= {asset.id: asset for asset in [make_asset(90_000 + n) for n in range(7)]}  # meanwhile
    again = shown(qtbot, open_bridge(core), theme, Session(tmp_path / "window.json", {"gallery": session.get("gallery")}))
    assert again.toolbar.slider.value() == 3
    qtbot.waitUntil(lambda: again.grid.first_in_sight() == top, timeout=5000)
    assert [asset.id for asset in again.grid.selected()] == [chosen.id]
    session.close().result(60)


@pytest.mark.slow
def test_kinds_and_stars_at_the_left_and_the_chips_agree(qtbot: QtBot, page: GalleryPage, core: MediaCore) -> None:
    core.assets_by_id |= {asset.id: asset for asset in (
        make_asset(5000, kind=MediaKind.VIDEO, starred=True), make_asset(5001, kind=MediaKind.VIDEO))}
    page.sources.starred.click()
    qtbot.waitUntil(lambda: len(page.feed) == 1, timeout=3000)
    assert page.filters.chips[Filter.STAR].accessibleName() == "Star: Starred"
    page.sources._rows[MediaKind.VIDEO].click()
    qtbot.waitUntil(lambda: len(page.feed) == 2, timeout=3000)
    assert page.filters.query.starred is None
    page.filters.clear_all()
    qtbot.waitUntil(lambda: len(page.feed) == 902, timeout=3000)
    assert page.sources.kind is None


@pytest.mark.slow
def test_a_cell_that_is_not_there_yet_is_gone_to_when_it_comes(qtbot: QtBot, page: GalleryPage, core: MediaCore) -> None:
    grid = page.grid
    core.assets_by_id |= {asset.id: asset for asset in [make_asset(10_000 + n) for n in range(1500)]}
    page.question.ask()
    qtbot.waitUntil(lambda: page.feed.exact and len(page.feed) == 2400, timeout=5000)
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Home)
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.current_index() == 2399
    qtbot.waitUntil(partial(_stands_on, page, make_asset(1).id), timeout=3000)


def _stands_on(page: GalleryPage, asset_id: str) -> bool:
    return page.grid.selection.ids == {asset_id}
