"""Looking for one asset's place in the long list, wherever it stands, and fetching the rows around it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.domain.asset import Asset
from studio.ui.gallery.finding import Found, find

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.ui.gallery.library_feed import LibraryFeed

AROUND = 400
"""Rows that are fetched: more than lie between two marks."""


class Revealing:
    """At most one asset at a time; the feed's `found` or `lost` tells what came of it."""

    def __init__(self, feed: LibraryFeed) -> None:
        self._feed = feed
        self._asset: Asset | None = None

    def begin(self, asset: Asset) -> None:
        """Look for it, as soon as it is known how the list stands."""
        self._asset = asset
        if self._feed.answered and (self._feed.exact or asset.id in self._feed):
            self.go_on()

    def forget(self) -> None:
        self._asset = None

    def go_on(self) -> None:
        """It is known now how the list stands."""
        asset, feed = self._asset, self._feed
        self._asset = None
        if asset is None:
            return
        if asset.id in feed or feed.complete:
            self._tell(asset.id)
            return
        marks, asked = list(feed.list.marks), feed.query
        query = replace(asked, limit=AROUND)

        async def answer(core: Core) -> Found | None:
            return await find(core, query, marks, asset)

        def take(found: Found | None) -> None:
            if feed.query is asked:
                self._take(asset.id, found)

        feed.bridge.run(answer, take, lambda _: feed.lost.emit(asset.id))

    def _take(self, asset_id: str, found: Found | None) -> None:
        feed = self._feed
        if found is not None and asset_id not in feed:
            end = found.start + len(found.assets)
            feed.list.put(found.start, found.assets, full=True, wanted=(found.start, end))
            feed.loaded.emit(found.start, end)
        self._tell(asset_id)

    def _tell(self, asset_id: str) -> None:
        (self._feed.found if asset_id in self._feed else self._feed.lost).emit(asset_id)
