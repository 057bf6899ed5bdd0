"""The feed of the gallery over a core in memory and over the real one: any row by position, kept true by events."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.domain.query import AssetQuery
from studio.ui.gallery.library_feed import PAGE, LibraryFeed
from tests.ui.media_core import MediaCore, Open, days_ago, make_asset, open_bridge

__all__ = ["open_bridge"]  # a fixture of this module

COUNT = 1500


def library(count: int = COUNT) -> list[Asset]:
    return [make_asset(2 * n, at=days_ago((count - n) // 50)) for n in range(1, count + 1)]


def _is_there(feed: LibraryFeed, at: int) -> bool:
    return feed.at(at) is not None


def asked(qtbot: QtBot, open_bridge: Open, core: MediaCore, query: AssetQuery | None = None) -> LibraryFeed:
    feed = LibraryFeed(open_bridge(core))
    feed.ask(query or AssetQuery())
    qtbot.waitUntil(lambda: feed.exact and not feed.loading, timeout=5000)
    return feed


@pytest.mark.slow
def test_any_row_is_one_question_away(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore(library())
    feed = asked(qtbot, open_bridge, core)
    assert len(feed) == COUNT
    assert sum(day.count for day in feed.list.days) == COUNT
    asked_before = sum(call.startswith("assets") for call in core.calls)
    for at in (1234, 700, 3):
        feed.want(at, at + 10)
        qtbot.waitUntil(partial(_is_there, feed, at), timeout=3000)
        found = feed.at(at)
        assert found is not None
        assert found.id == make_asset(2 * (COUNT - at)).id
    qtbot.waitUntil(lambda: not feed.loading, timeout=3000)
    assert sum(call.startswith("assets") for call in core.calls) - asked_before <= 8


def test_new_and_deleted_assets_move_the_rest_and_the_order_stays_true(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore(library())
    feed = asked(qtbot, open_bridge, core)
    feed.want(1000, 1010)
    qtbot.waitUntil(lambda: feed.at(1005) is not None, timeout=3000)
    known = feed.at(1005)
    assert known is not None
    newest = make_asset(2 * COUNT + 2)
    feed.bridge.run(lambda core: core.add(newest))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: feed.position(known.id) == 1006, timeout=3000)
    gone = feed.at(1002)
    assert gone is not None
    feed.bridge.run(lambda core: core.delete([gone.id, make_asset(2 * (COUNT - 5)).id]))
    qtbot.waitUntil(lambda: feed.position(known.id) == 1004, timeout=3000)
    assert len(feed) == COUNT - 1
    feed.bridge.run(lambda core: core.restore([gone.id]))
    qtbot.waitUntil(lambda: feed.position(gone.id) == 1001, timeout=3000)
    feed.want(500, 520)
    qtbot.waitUntil(lambda: feed.at(510) is not None, timeout=3000)
    true = core.matching(AssetQuery())
    assert all(true[at].id == asset.id for at, asset in ((feed.position(a.id) or 0, a) for a in feed.list.rows))


def test_what_another_process_wrote_moves_spans_where_they_belong(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore(library())
    feed = asked(qtbot, open_bridge, core)
    feed.want(1000, 1010)
    qtbot.waitUntil(lambda: feed.at(1005) is not None, timeout=3000)
    known = feed.at(1005)
    assert known is not None
    unseen = [make_asset(2 * (COUNT - at) - 1, at=days_ago(at // 50)) for at in (300, 301, 302)]
    feed.bridge.run(lambda core: core.add_quietly(unseen))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(feed) == COUNT + 3, timeout=3000)
    feed.want(1000, 1010)
    qtbot.waitUntil(lambda: feed.position(known.id) == 1008, timeout=3000)


def test_revealing_finds_the_place_of_any_asset(qtbot: QtBot, open_bridge: Open) -> None:
    assets = library()
    feed = asked(qtbot, open_bridge, MediaCore(assets))
    with qtbot.waitSignal(feed.found) as blocker:
        feed.reveal(assets[77])
    assert blocker.args == [assets[77].id]
    assert feed.position(assets[77].id) == COUNT - 78
    with qtbot.waitSignal(feed.lost):
        feed.reveal(make_asset(999_999))


def test_filters_keep_others_out_and_let_go_of_what_no_longer_passes(qtbot: QtBot, open_bridge: Open) -> None:
    starred = [replace(asset, starred=n % 3 == 0) for n, asset in enumerate(library(90))]
    core = MediaCore(starred)
    feed = asked(qtbot, open_bridge, core, AssetQuery(starred=True))
    assert len(feed) == 30
    first = feed.at(0)
    assert first is not None
    feed.bridge.run(lambda core: core.gallery.set_starred([first.id], False))
    qtbot.waitUntil(lambda: len(feed) == 29 and first.id not in feed, timeout=3000)
    feed.bridge.run(lambda core: core.gallery.set_starred([first.id], True))
    qtbot.waitUntil(lambda: feed.position(first.id) == 0, timeout=3000)
    feed.bridge.run(lambda core: core.add(make_asset(99_999, kind=MediaKind.AUDIO)))  # type: ignore[attr-defined]
    qtbot.wait(150)
    assert len(feed) == 30


def test_without_an_outline_the_list_grows_from_the_top(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore(library())
    core.gallery.delay_s = 60.0
    feed = LibraryFeed(open_bridge(core))
    feed.ask(AssetQuery())
    qtbot.waitUntil(lambda: len(feed) >= PAGE, timeout=3000)
    feed.want(PAGE - 10, PAGE)
    qtbot.waitUntil(lambda: len(feed) >= 2 * PAGE and not feed.exact, timeout=3000)
    assert [feed.at(at) for at in range(2 * PAGE)] == core.matching(AssetQuery())[: 2 * PAGE]
