"""The feed of the filmstrip: pages by keyset, newest question wins, events change single places."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.domain.errors import DiskFullError
from studio.domain.event import AssetChanged
from studio.domain.operation import MediaKind
from studio.ui.gallery.feed import AssetFeed
from tests.ui.media_core import MediaCore, Open, days_ago, make_asset, open_bridge

__all__ = ["open_bridge"]  # a fixture of this module



def ids(feed: AssetFeed) -> list[str]:
    return [asset.id for asset in feed.items]


def library(count: int) -> list[Asset]:
    return [make_asset(n, at=days_ago((count - n) // 5)) for n in range(1, count + 1)]


def test_pages_follow_one_another(qtbot: QtBot, open_bridge: Open) -> None:
    assets = library(25)
    feed = AssetFeed(open_bridge(MediaCore(assets)), page=10)
    with qtbot.waitSignal(feed.reset):
        feed.ask("", None)
    assert len(feed) == 10
    with qtbot.waitSignal(feed.extended):
        feed.more()
    with qtbot.waitSignal(feed.extended):
        feed.more()
    assert ids(feed) == [asset.id for asset in reversed(assets)]
    assert feed.complete
    assert all(feed.position(asset_id) == at for at, asset_id in enumerate(ids(feed)))


def test_the_newest_question_wins_even_if_an_older_answer_comes_later(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore([make_asset(1, prompt="harbour"), make_asset(2, prompt="meadow")])
    bridge = open_bridge(core)
    feed = AssetFeed(bridge)
    core.delay_s = 0.15
    feed.ask("harbour", None)
    qtbot.wait(30)
    core.delay_s = 0.0
    feed.ask("meadow", None)
    qtbot.waitUntil(lambda: [asset.prompt for asset in feed.items] == ["meadow"])
    qtbot.wait(300)  # the older answer comes by now
    assert [asset.prompt for asset in feed.items] == ["meadow"]


def test_a_new_asset_is_put_on_top_and_a_deleted_one_goes(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore(library(8))
    bridge = open_bridge(core)
    feed = AssetFeed(bridge)
    with qtbot.waitSignal(feed.reset):
        feed.ask("", None)
    with qtbot.waitSignal(feed.inserted) as inserted:
        bridge.run(lambda core: core.add(make_asset(99)))  # type: ignore[attr-defined]
    assert inserted.args == [0, 1]
    assert feed.items[0].id == make_asset(99).id
    gone = feed.items[3].id
    with qtbot.waitSignal(feed.removed) as removed:
        bridge.run(lambda core: core.delete([gone]))
    assert removed.args == [[(3, gone)]]
    with qtbot.waitSignal(feed.inserted) as restored:
        bridge.run(lambda core: core.restore([gone]))
    assert restored.args == [3, 1]
    assert feed.position(gone) == 3


def test_a_thumbnail_that_was_made_changes_one_cell(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore(library(4))
    bridge = open_bridge(core)
    feed = AssetFeed(bridge)
    with qtbot.waitSignal(feed.reset):
        feed.ask("", None)
    changed = replace(feed.items[2], thumbnail=Path("/cache/x.jpg"))

    async def emit(core: MediaCore) -> None:
        core.emit(AssetChanged(changed))

    with qtbot.waitSignal(feed.changed) as blocker:
        bridge.run(emit)  # type: ignore[arg-type]
    assert blocker.args == [changed.id]
    assert feed.items[2].thumbnail == Path("/cache/x.jpg")


def test_other_kinds_stay_out_and_a_search_asks_the_store(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore([make_asset(1, prompt="harbour at dusk")])
    bridge = open_bridge(core)
    feed = AssetFeed(bridge)
    with qtbot.waitSignal(feed.reset):
        feed.ask("", MediaKind.IMAGE)
    bridge.run(lambda core: core.add(make_asset(5, kind=MediaKind.AUDIO)))  # type: ignore[attr-defined]
    qtbot.wait(150)
    assert len(feed) == 1
    with qtbot.waitSignal(feed.reset):
        feed.ask("harb", None)
    with qtbot.waitSignal(feed.inserted):
        bridge.run(lambda core: core.add(make_asset(6, prompt="old harbour")))  # type: ignore[attr-defined]
    bridge.run(lambda core: core.add(make_asset(7, prompt="meadow")))  # type: ignore[attr-defined]
    qtbot.wait(250)
    assert [asset.prompt for asset in feed.items] == ["old harbour", "harbour at dusk"]


def test_what_another_process_wrote_is_merged_without_a_reset(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore(library(12))
    bridge = open_bridge(core)
    feed = AssetFeed(bridge, page=10)
    with qtbot.waitSignal(feed.reset):
        feed.ask("", None)
    with qtbot.waitSignal(feed.extended):
        feed.more()
    resets: list[int] = []
    feed.reset.connect(lambda: resets.append(1))
    before = ids(feed)
    with qtbot.waitSignal(feed.inserted):
        bridge.run(lambda core: core.add_quietly([make_asset(50)]))  # type: ignore[attr-defined]
    assert ids(feed) == [make_asset(50).id, *before]
    assert not resets


def test_a_failure_is_told_in_words(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore(library(3))
    feed = AssetFeed(open_bridge(core))
    core.fail = DiskFullError("The disk is full.")
    with qtbot.waitSignal(feed.failed) as blocker:
        feed.ask("", None)
    assert blocker.args is not None
    assert "The disk is full." in blocker.args[0]


async def test_the_double_keeps_the_promise_of_pages() -> None:
    core = MediaCore(library(5))
    from studio.domain.query import AssetQuery

    first = await core.assets(AssetQuery(limit=2))
    second = await core.assets(AssetQuery(limit=2, before=first[-1].id))
    assert [a.id for a in first + second] == [make_asset(n).id for n in (5, 4, 3, 2)]
    await asyncio.sleep(0)
