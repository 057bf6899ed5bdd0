"""The strip of the newest results: follows the newest only where the person looked at the newest."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset, Recipe
from studio.domain.lineage import FRAME_GRAB
from studio.domain.operation import MediaKind
from studio.ui.theme.theme import Theme
from studio.ui.viewer.filmstrip import Filmstrip
from tests.ui.media_core import MediaCore, Open, make_asset, open_bridge

__all__ = ["open_bridge"]  # a fixture of this module


@pytest.fixture
def strip(qtbot: QtBot, open_bridge: Open, theme: Theme) -> Filmstrip:
    answer = Filmstrip(open_bridge(MediaCore([make_asset(n) for n in range(1, 31)])), theme)
    qtbot.addWidget(answer)
    answer.resize(600, 96)
    answer.show()
    qtbot.waitUntil(lambda: len(answer.feed) == 30, timeout=5000)
    return answer


def chosen(strip: Filmstrip) -> list[Asset]:
    seen: list[Asset] = []
    strip.chosen.connect(seen.append)
    return seen


def add(strip: Filmstrip, number: int, **more: object) -> None:
    asset = make_asset(number, **more)  # type: ignore[arg-type]
    strip.feed._bridge.run(lambda core: core.add(asset))  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_newest_is_chosen_at_the_start_and_seven_fit(strip: Filmstrip) -> None:
    assert strip.current == strip.feed.items[0]
    assert strip.viewport().rect().contains(strip.cell_rect(6))


def test_click_and_keys_choose(qtbot: QtBot, strip: Filmstrip) -> None:
    seen = chosen(strip)
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.cell_rect(2).center())
    assert seen == [strip.feed.items[2]]
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert strip.current == strip.feed.items[3]
    QTest.keyClick(strip, Qt.Key.Key_End)
    assert strip.current == strip.feed.items[-1]
    assert strip.viewport().rect().contains(strip.cell_rect(29))
    QTest.keyClick(strip, Qt.Key.Key_Home)
    strip.step(-1)
    assert strip.current == strip.feed.items[0]
    assert "picture number 30" in strip.accessibleDescription()


def test_a_new_result_is_chosen_while_the_newest_is_looked_at(qtbot: QtBot, strip: Filmstrip) -> None:
    seen = chosen(strip)
    add(strip, 500, kind=MediaKind.VIDEO)
    qtbot.waitUntil(lambda: len(strip.feed) == 31, timeout=3000)
    assert [asset.id for asset in seen] == [make_asset(500).id]


def test_a_new_result_does_not_take_the_eyes_off_an_older_one(qtbot: QtBot, strip: Filmstrip) -> None:
    strip.step(3)
    looked_at = strip.current
    seen = chosen(strip)
    add(strip, 501)
    qtbot.waitUntil(lambda: len(strip.feed) == 31, timeout=3000)
    assert not seen
    assert strip.current == looked_at


def test_a_frame_kept_of_the_newest_clip_leaves_the_eyes_on_the_clip(qtbot: QtBot, strip: Filmstrip) -> None:
    looked_at, seen = strip.current, chosen(strip)
    add(strip, 503, recipe=Recipe(FRAME_GRAB, "studio", {"at_s": 1.0}, parents=(looked_at.id if looked_at else "",)))
    qtbot.waitUntil(lambda: len(strip.feed) == 31, timeout=3000)
    assert not seen
    assert strip.current == looked_at


def test_scrolled_away_the_strip_stays_where_it_is(qtbot: QtBot, strip: Filmstrip) -> None:
    strip.step(29)
    at = strip.cell_rect(20).left()
    add(strip, 502)
    qtbot.waitUntil(lambda: len(strip.feed) == 31, timeout=3000)
    assert strip.cell_rect(21).left() == at


def test_when_the_chosen_one_goes_its_neighbour_takes_over(qtbot: QtBot, strip: Filmstrip) -> None:
    strip.step(2)
    gone, neighbour = strip.feed.items[2].id, strip.feed.items[3].id
    seen = chosen(strip)
    strip.feed._bridge.run(lambda core: core.delete([gone]))
    qtbot.waitUntil(lambda: bool(seen), timeout=3000)
    assert seen[0].id == neighbour


def test_marking_from_elsewhere_emits_nothing(strip: Filmstrip) -> None:
    seen = chosen(strip)
    strip.select(strip.feed.items[9].id)
    assert strip.current == strip.feed.items[9]
    assert not seen
