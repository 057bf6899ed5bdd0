"""The gallery as a screen reader finds it: a list of items, made when asked for and gone with the grid."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.kinds import MediaKind
from studio.ui.gallery import accessible, reader
from studio.ui.gallery.grid import GridView
from studio.ui.gallery.library_feed import LibraryFeed
from studio.ui.gallery.page import GalleryPage
from studio.ui.theme.theme import Theme
from tests.ui.gallery.pages import library, row, shown
from tests.ui.media_core import MediaCore, Open, days_ago, make_asset

Text, Role, Event = QAccessible.Text, QAccessible.Role, QAccessible.Event
Told = list[tuple[QAccessible.Event, str]]


def as_list(grid: GridView) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(grid)


def name_at(grid: GridView, at: int) -> str:
    return as_list(grid).child(at).text(Text.Name)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """What a reader hears: (event, name of what it is about). One listens meanwhile."""
    heard: Told = []

    def send(event: QAccessibleEvent) -> None:
        heard.append((event.type(), event.accessibleInterface().text(Text.Name)))
        QAccessible.updateAccessibility(event)

    monkeypatch.setattr(reader, "send", send)
    QAccessible.setActive(True)
    yield heard
    QAccessible.setActive(False)


def test_the_grid_is_a_list_of_items(page: GalleryPage) -> None:
    grid = page.grid
    found = as_list(grid)
    assert (found.role(), found.childCount(), found.text(Text.Name)) == (Role.List, 900, "Gallery")
    assert found.state().multiSelectable
    inside = grid.viewport().rect().translated(grid.viewport().mapToGlobal(QPoint(0, 0)))
    for at in grid.visible_range():
        item = found.child(at)
        assert item.isValid()
        assert (item.role(), item.childCount(), found.indexOfChild(item)) == (Role.ListItem, 0, at)
        assert f"picture number {900 - at}" in item.text(Text.Name)
        assert item.text(Text.Description) == f"{at + 1} of 900"
        assert item.rect().intersects(inside)
        assert not item.state().offscreen
        middle = item.rect().intersected(inside).center()
        assert found.childAt(middle.x(), middle.y()) is item
    last = found.child(899)
    assert last.state().offscreen
    assert not last.rect().intersects(inside)
    assert found.child(900) is None
    assert found.childAt(inside.left() - 5, inside.top()) is None
    assert last.parent().role() is Role.List
    assert last.window() is page.window().windowHandle()


def test_an_item_says_what_it_is_and_how_it_is_marked(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    film = make_asset(7, kind=MediaKind.VIDEO, prompt="a tram at night", starred=True, label="Day 2", tags=("client",))
    page = shown(qtbot, open_bridge(MediaCore([film])), theme)
    name = name_at(page.grid, 0)
    assert name.startswith("Video, a tram at night, 0:05, ")
    assert name.endswith("starred, label Day 2, tags client")


def test_focus_and_selection_follow_the_keyboard(qtbot: QtBot, page: GalleryPage, told: Told) -> None:
    grid = page.grid
    page.activateWindow()
    grid.setFocus()
    qtbot.waitUntil(grid.hasFocus, timeout=3000)
    QTest.keyClick(grid, Qt.Key.Key_Home)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    found = as_list(grid)
    item = found.focusChild()
    assert found.indexOfChild(item) == 1
    assert (item.state().focused, item.state().selected) == (1, 1)
    assert (found.child(0).state().focused, found.child(0).state().selected) == (0, 0)
    qtbot.waitUntil(lambda: (Event.Focus, item.text(Text.Name)) in told, timeout=3000)
    assert (Event.Selection, item.text(Text.Name)) in told
    told.clear()
    QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: (Event.SelectionWithin, "Gallery") in told, timeout=3000)
    assert [found.child(at).state().selected for at in range(4)] == [0, 1, 1, 0]
    told.clear()
    QTest.keyClick(grid, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)  # where it stands, out of the selection
    qtbot.waitUntil(lambda: Event.StateChanged in [event for event, _ in told], timeout=3000)
    assert Event.Focus not in [event for event, _ in told]
    assert found.child(2).state().selected == 0


def test_items_stay_with_their_assets_when_others_come_and_go(
    qtbot: QtBot, page: GalleryPage, core: MediaCore, told: Told
) -> None:
    grid, found = page.grid, as_list(page.grid)
    page.activateWindow()
    grid.setFocus()
    qtbot.waitUntil(grid.hasFocus, timeout=3000)
    grid.select(row(page, 3).id)
    item, gone = found.child(3), found.child(5)
    name = item.text(Text.Name)
    qtbot.waitUntil(lambda: (Event.Focus, name) in told, timeout=3000)
    told.clear()
    page.feed.bridge.run(lambda _: core.add(make_asset(901, at=days_ago(0))))
    qtbot.waitUntil(lambda: found.childCount() == 901, timeout=3000)
    assert (found.indexOfChild(item), item.text(Text.Name), item.text(Text.Description)) == (4, name, "5 of 901")
    assert found.child(4) is item
    assert (Event.ObjectReorder, "Gallery") in told
    page.feed.bridge.run(lambda core: core.delete([row(page, 6).id, row(page, 0).id]))
    qtbot.waitUntil(lambda: found.childCount() == 899, timeout=3000)
    assert found.indexOfChild(item) == 3
    assert (gone.isValid(), gone.state().invalid, gone.text(Text.Name)) == (False, 1, "")
    assert found.indexOfChild(gone) == -1
    assert Event.Focus not in [event for event, _ in told]  # it stands where it stood
    page.feed.bridge.run(lambda _: core.gallery.set_starred([row(page, 3).id], True))
    qtbot.waitUntil(lambda: (Event.NameChanged, f"{name}, starred") in told, timeout=3000)
    page.feed.bridge.run(lambda core: core.delete([row(page, 3).id]))
    qtbot.waitUntil(lambda: (Event.Focus, name_at(grid, 3)) in told, timeout=3000)  # the neighbour


def test_what_is_not_in_memory_says_that_it_is_loading(
    qtbot: QtBot, page: GalleryPage, core: MediaCore, told: Told
) -> None:
    grid, found = page.grid, as_list(page.grid)
    page.activateWindow()
    grid.setFocus()
    qtbot.waitUntil(grid.hasFocus, timeout=3000)
    core.delay_s = 0.3
    grid.jump_to(700)
    item = found.focusChild()
    assert (item.text(Text.Name), item.text(Text.Description)) == ("Loading", "701 of 900")
    assert (item.state().busy, item.state().focused, item.state().selected, item.state().offscreen) == (1, 1, 0, 0)
    qtbot.waitUntil(lambda: (Event.Focus, "Loading") in told, timeout=3000)
    qtbot.waitUntil(lambda: page.feed.at(700) is not None, timeout=5000)
    qtbot.waitUntil(lambda: told[-1] == (Event.Focus, name_at(grid, 700)), timeout=3000)
    assert found.indexOfChild(found.focusChild()) == 700
    assert "picture number 200" in name_at(grid, 700)


def test_a_million_cells_cost_what_is_asked_for(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    """The place in the middle of a library whose rows are elsewhere; what was asked for long ago is let go."""
    page = shown(qtbot, open_bridge(MediaCore(library(900))), theme)
    feed, grid = page.feed, page.grid
    feed.bridge.storeChanged.disconnect(feed._merge.start)
    feed.list.days[-1].count += 999_100
    feed.list.total += 999_100
    feed.relaid.emit()
    found = as_list(grid)
    assert found.childCount() == 1_000_000
    assert not len(grid.reader.items)
    assert found.child(500_000) is None  # far from what is in sight: it is not asked for by who looks at it
    grid.show_on_top(500_000)
    item = found.child(500_000)
    assert (item.text(Text.Name), item.text(Text.Description)) == ("Loading", "500,001 of 1,000,000")
    assert (found.indexOfChild(item), item.state().offscreen) == (500_000, 0)
    assert found.childAt(item.rect().center().x(), item.rect().center().y()) is item
    every = [found.child(at) for at in range(495_000, 505_000)]
    made = [item for item in every if item is not None]
    assert 2 * accessible.NEAR < len(made) <= 2 * accessible.NEAR + 200
    assert all(item.isValid() for item in made)
    for at in range(500_000, 503_000, 300):
        grid.show_on_top(at)
        assert all(found.child(other).isValid() for other in range(at - 300, at + 300))
    assert len(grid.reader.items) == accessible.MOST_ITEMS
    feed.relaid.emit()
    assert not len(grid.reader.items)


def test_without_a_reader_nothing_is_made(qtbot: QtBot, page: GalleryPage) -> None:
    grid = page.grid
    assert not QAccessible.isActive()
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Down)
    grid.verticalScrollBar().setValue(900)
    qtbot.waitUntil(lambda: "of 900" in grid.accessibleDescription(), timeout=3000)
    assert not len(grid.reader.items)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["last word", "with its window", "at once"])
def test_items_end_with_their_grid(
    qtbot: QtBot, open_bridge: Open, theme: Theme, told: Told, how: str
) -> None:
    bridge = open_bridge(MediaCore(library(60)))
    feed = LibraryFeed(bridge)
    feed.show([replace(asset) for asset in library(60)])
    before = len(accessible._books)
    for turn in range(20):
        window = QWidget()
        layout = QVBoxLayout(window)
        grid = GridView(feed, theme)
        layout.addWidget(grid)
        window.resize(700, 500)
        window.show()
        found = as_list(grid)
        qtbot.waitUntil(partial(_has_all, found), timeout=3000)
        items = [found.child(at) for at in range(20)]
        ids = [QAccessible.uniqueId(item) for item in items]
        assert all(QAccessible.accessibleInterface(one) is item for one, item in zip(ids, items, strict=True))
        QAccessible.updateAccessibility(QAccessibleEvent(items[2], Event.Focus))
        kept = items[3] if turn % 2 else None
        book = grid.reader.items
        del items, found
        if how == "with its window":
            shiboken6.delete(window)
        elif how == "at once":
            shiboken6.delete(grid)
        del window, layout, grid
        gc.collect()
        qtbot.waitUntil(partial(_is_closed, book), timeout=3000)
        assert kept is None or (not kept.isValid() and kept.text(Text.Name) == "" and kept.parent() is None)
        assert all(QAccessible.accessibleInterface(one) is None for one in ids)
    assert len(accessible._books) == before


def _has_all(found: QAccessibleInterface) -> bool:
    return found.childCount() == 60


def _is_closed(book: accessible.Items) -> bool:
    return book.grid() is None and not len(book)
