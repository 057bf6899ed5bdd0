"""A gallery page over a core in memory, as several tests want it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.ui.bridge import Bridge
from studio.ui.gallery.page import GalleryPage
from studio.ui.session import Session
from studio.ui.theme.theme import Theme
from tests.ui.media_core import days_ago, make_asset


def library(count: int, per_day: int = 40) -> list[Asset]:
    return [make_asset(n, at=days_ago((count - n) // per_day), operation="image.generate", account="local") for n in
            range(1, count + 1)]


def shown(qtbot: QtBot, bridge: Bridge, theme: Theme, session: Session | None = None) -> GalleryPage:
    page = GalleryPage(bridge, theme, session)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    qtbot.waitUntil(lambda: page.feed.exact and not page.feed.loading, timeout=5000)
    return page


def row(page: GalleryPage, at: int) -> Asset:
    asset = page.feed.at(at)
    assert asset is not None
    return asset
