"""The newest assets, as the filmstrip shows them: fetched page by page and kept up to date by the core's events. (The
gallery asks for any place of the whole: library_feed.)

A view asks by position and is told what changed; it never waits. The newest question wins; answers to older ones
are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.asset import Asset
from studio.ui.bridge import Bridge, in_words

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import AssetAdded, AssetChanged
    from studio.domain.operation import MediaKind
    from studio.domain.query import AssetQuery

PAGE = 200
FEW = 50


class AssetFeed(QObject):
    """Signals say what changed: `reset` (everything), `inserted` (position, count), `extended` (count, at the end),
    `removed` (list of (position before, id)), `changed` (id), `failed` (words)."""

    reset = Signal()
    inserted = Signal(int, int)
    extended = Signal(int)
    removed = Signal(object)
    changed = Signal(str)
    failed = Signal(str)

    def __init__(self, bridge: Bridge, parent: QObject | None = None, *, page: int = PAGE) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._page = page
        self._asked = 0
        self.search = ""
        self.kind: MediaKind | None = None
        self.items: list[Asset] = []
        self.complete = False
        self.loading = False
        self._known: set[str] = set()
        self._merge = QTimer(self, singleShot=True, interval=50)
        self._merge.timeout.connect(self._look_for_newer)
        bridge.assetsChanged.connect(self._events)
        bridge.storeChanged.connect(self._merge.start)

    # -- questions ----------------

    def ask(self, search: str, kind: MediaKind | None) -> None:
        """Show what matches; the list empties only when the answer is there."""
        self.search, self.kind = search.strip(), kind
        self._asked += 1
        self._fetch(None)

    def show(self, assets: Sequence[Asset]) -> None:
        """Fill with what is known before the core is ready."""
        self._replace(assets)
        self.complete = False

    def more(self) -> None:
        """Fetch the next page, if there is one and none is under way."""
        if not self.complete and not self.loading and self.items:
            self._fetch(self.items[-1].id)

    def position(self, asset_id: str) -> int | None:
        """Where the asset stands. Identifiers sort by time, so that a bisection mostly finds it at once."""
        if asset_id not in self._known:
            return None
        at = self._place_of(asset_id)
        if at < len(self.items) and self.items[at].id == asset_id:
            return at
        return next((n for n, asset in enumerate(self.items) if asset.id == asset_id), None)

    def __contains__(self, asset_id: str) -> bool:
        return asset_id in self._known

    def __len__(self) -> int:
        return len(self.items)

    # -- answers ----------------

    def _query(self, before: str | None) -> AssetQuery:
        from studio.domain.query import AssetQuery

        return AssetQuery(search=self.search or None, kind=self.kind, limit=self._page, before=before)

    def _fetch(self, before: str | None) -> None:
        self.loading = True
        asked, query = self._asked, self._query(before)

        async def answer(core: Core) -> tuple[int, bool, list[Asset]]:
            return asked, before is None, await core.assets(query)

        self._bridge.run(answer, self._answered, self._refused)

    def _answered(self, answer: tuple[int, bool, list[Asset]]) -> None:
        asked, is_first, assets = answer
        if asked != self._asked:
            return
        self.loading = False
        if is_first:
            self._replace(assets)
        else:
            self._extend(assets)

    def _refused(self, error: BaseException) -> None:
        self.loading = False
        self.failed.emit(in_words(error))

    def _replace(self, assets: Sequence[Asset]) -> None:
        self.items = list(assets)
        self._known = {asset.id for asset in self.items}
        self.complete = len(self.items) < self._page
        self.reset.emit()

    def _extend(self, assets: Sequence[Asset]) -> None:
        fresh = [asset for asset in assets if asset.id not in self._known]
        self.complete = len(assets) < self._page
        self.items += fresh
        self._known.update(asset.id for asset in fresh)
        self.extended.emit(len(fresh))

    # -- events ----------------

    def _events(self, events: list[AssetAdded | AssetChanged]) -> None:
        gone: list[str] = []
        unknown = False
        for event in events:
            asset = event.asset
            at = self.position(asset.id)
            if asset.deleted_at is not None:
                if at is not None:
                    gone.append(asset.id)
            elif at is not None:
                self.items[at] = asset
                self.changed.emit(asset.id)
            else:
                unknown = self._take_in(asset) or unknown
        if gone:
            self._take_out(gone)
        if unknown:
            self._merge.start()

    def _take_in(self, asset: Asset) -> bool:
        """Put a new or restored asset where it belongs. True if only the store can say whether it is shown at all."""
        if self.kind is not None and asset.kind is not self.kind:
            return False
        if self.search:
            return True
        at = self._place_of(asset.id)
        if at == len(self.items) and not self.complete and self.items:
            return False  # older than what is loaded: it comes with its page
        self._insert(at, asset)
        return False

    def _place_of(self, asset_id: str) -> int:
        low, high = 0, len(self.items)
        while low < high:
            middle = (low + high) // 2
            if self.items[middle].id > asset_id:
                low = middle + 1
            else:
                high = middle
        return low

    def _insert(self, at: int, asset: Asset) -> None:
        self.items.insert(at, asset)
        self._known.add(asset.id)
        self.inserted.emit(at, 1)

    def _take_out(self, ids: list[str]) -> None:
        gone = set(ids)
        if len(gone) <= FEW:  # the common case: a cost that does not grow with the library
            found = ((self.position(asset_id), asset_id) for asset_id in gone)
            places = sorted((at, asset_id) for at, asset_id in found if at is not None)
            for at, _ in reversed(places):
                del self.items[at]
        else:
            places = [(at, asset.id) for at, asset in enumerate(self.items) if asset.id in gone]
            self.items = [asset for asset in self.items if asset.id not in gone]
        self._known -= gone
        self.removed.emit(places)

    # -- another process wrote, or a search may have a new hit ----------------

    def _look_for_newer(self) -> None:
        asked, query = self._asked, replace(self._query(None), limit=self._page)

        async def answer(core: Core) -> tuple[int, list[Asset]]:
            return asked, await core.assets(query)

        self._bridge.run(answer, self._compare, self._refused)

    def _compare(self, answer: tuple[int, list[Asset]]) -> None:
        """Bring the first page up to date without touching what comes after it."""
        asked, page = answer
        if asked != self._asked:
            return
        ids = {asset.id for asset in page}
        if not self.items or not ids & self._known:
            self._replace(page)
            return
        oldest = page[-1].id
        reach = len(self.items) if len(page) < self._page else (self.position(oldest) or 0) + 1
        gone = [asset.id for asset in self.items[:reach] if asset.id not in ids]
        if gone:
            self._take_out(gone)
        for asset in page:
            at = self.position(asset.id)
            if at is None:
                self._insert(self._place_of(asset.id), asset)
            elif self.items[at] != asset:
                self.items[at] = asset
                self.changed.emit(asset.id)
