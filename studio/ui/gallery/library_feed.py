"""The assets that the gallery shows, newest first, any of them at once: by position, however many there are.

The first page comes alone, then the outline of the whole in the background (how many there are, on which days, and rows at
known positions, from which any page is one short question away). Until it is there the list grows from the top. The core's
events change single places. A view asks by position and never waits; the newest question wins.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.asset import Asset
from studio.domain.query import AssetQuery
from studio.ui.bridge import Bridge, in_words
from studio.ui.gallery.long_list import LongList
from studio.ui.gallery.matching import is_judged_here, may_match
from studio.ui.gallery.revealing import Revealing

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import AssetAdded, AssetChanged
    from studio.domain.outline import Outline

log = logging.getLogger(__name__)

PAGE = 100
"""A page that is read shares the interpreter with the frames painted meanwhile: two small ones hold them up less."""
AHEAD_MS = 40
"""What is beside the view is fetched when the view's own rows are there, and have had time to be painted."""
SETTLE_MS = 250
"""The outline is asked for anew so long after the last change whose place is not known."""
VERIFY_MS = 3000
"""And so long after one whose place is known, in case the outline had it counted already."""


class _Page(NamedTuple):
    """The answer to question `asked` for rows from `start` on; `full` unless there were fewer than asked for."""

    asked: int
    start: int
    assets: list[Asset]
    full: bool


class LibraryFeed(QObject):
    """`reset`: another question is answered. `relaid`: how many there are, their days or places changed. `removed` (list of
    (position before, id)) comes before that. `loaded` (first, end): rows came into memory. `changed` (id). `failed` (words).
    `found` (id): what `reveal` looked for is in memory; `lost` (id): it is not among these."""

    reset = Signal()
    relaid = Signal()
    removed = Signal(object)
    loaded = Signal(int, int)
    changed = Signal(str)
    failed = Signal(str)
    found = Signal(str)
    lost = Signal(str)

    def __init__(self, bridge: Bridge, parent: QObject | None = None, *, page: int = PAGE) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self._page = page
        self.query = AssetQuery()
        self.list = LongList(page)
        self.loading = False
        self._asked = 0
        self._answered = -1  # the number of the question that the list answers
        self._wanted = (0, 0)
        self._stale = False
        self._outlining = False
        self._active = True
        self._revealing = Revealing(self)
        self._outline_timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._outline_timer.timeout.connect(self._ask_outline)
        self._ahead = QTimer(self, singleShot=True, interval=AHEAD_MS)
        self._ahead.timeout.connect(self._look_ahead)
        self._merge = QTimer(self, singleShot=True, interval=50)
        self._merge.timeout.connect(self._look_for_newer)
        bridge.assetsChanged.connect(self._events)
        bridge.storeChanged.connect(self._merge.start)

    # -- what is known ----------------

    def __len__(self) -> int:
        """How many there are, as far as is known."""
        return self.list.total

    def __contains__(self, asset_id: str) -> bool:
        return asset_id in self.list.rows

    @property
    def exact(self) -> bool:
        """Whether `len` is that of the whole, not of what was fetched so far."""
        return self.list.exact

    @property
    def answered(self) -> bool:
        """Whether what is in memory answers the question that was asked last."""
        return self._answered == self._asked

    @property
    def complete(self) -> bool:
        """Whether every row is in memory."""
        return self.list.complete

    def at(self, position: int) -> Asset | None:
        """The row there; None while it is not in memory."""
        return self.list.rows.at(position)

    def position(self, asset_id: str) -> int | None:
        """Where the asset stands; None while it is not in memory."""
        return self.list.rows.position(asset_id)

    # -- questions ----------------

    def ask(self, query: AssetQuery) -> None:
        """Show what matches; the list empties only when the answer is there."""
        self.query = replace(query, before=None, offset=0)
        self._asked += 1
        self._revealing.forget()
        self._fetch(0)

    def show(self, assets: Sequence[Asset]) -> None:
        """Fill with what is known before the core is ready."""
        self.list.replace(assets, whole=False)
        self.reset.emit()

    def want(self, first: int, end: int) -> None:
        """These rows are in sight: fetch what is missing of them, then a page on either side."""
        self._wanted = (first, end)
        if self._may_fetch():
            start = self.list.missing(first, end)
            if start is not None:
                self._fetch(start)
            elif not self._ahead.isActive() and self.list.missing_beside(first, end) is not None:
                self._ahead.start()

    def _look_ahead(self) -> None:
        start = self.list.missing_beside(*self._wanted)
        if start is not None and self._may_fetch():
            self._fetch(start)

    def _may_fetch(self) -> bool:
        return not self.loading and not self._stale and self.answered

    def set_active(self, on: bool) -> None:
        """The outline is asked for only while somebody looks."""
        self._active = on
        if on and not self.exact and len(self):
            self._outline_timer.start(0)

    def reveal(self, asset: Asset) -> None:
        """Look for the asset's place and fetch the rows around it; `found` or `lost` follows."""
        self._revealing.begin(asset)

    # -- pages ----------------

    def _fetch(self, start: int) -> None:
        self.loading = True
        before, offset = self.list.start_before(start)
        asked, query = self._asked, replace(self.query, limit=self._page, before=before, offset=offset)

        async def answer(core: Core) -> _Page:
            assets = await core.assets(query)
            return _Page(asked, start, assets, len(assets) >= query.limit)

        self.bridge.run(answer, self._take_page, lambda error: self._refused(asked, start, error))

    def _take_page(self, page: _Page) -> None:
        if page.asked != self._asked:
            return
        self.loading = False
        if not self.answered:
            self._begin(page)
            return
        before = len(self)
        self._stale = not self.list.put(page.start, page.assets, full=page.full, wanted=self._wanted)
        if self._stale:
            self._outline_timer.start(SETTLE_MS)
        if len(self) != before or not page.full:
            self.relaid.emit()
        self.loaded.emit(page.start, page.start + len(page.assets))
        self.want(*self._wanted)

    def _begin(self, page: _Page) -> None:
        """The first page of another question."""
        self.list.replace(page.assets, whole=not page.full)
        self._answered = page.asked
        self._stale = False
        self.reset.emit()
        if page.full:
            self._outline_timer.start(0)
        else:
            self._revealing.go_on()

    def _refused(self, asked: int, start: int, error: BaseException) -> None:
        if asked != self._asked:
            return
        self.loading = False
        if start and self.exact and not self._stale:
            self._stale = True  # a mark whose row is gone for good: the outline is asked for anew
            self._outline_timer.start(SETTLE_MS)
            log.info("a page of the gallery could not be read: %s", error)
        else:
            self.failed.emit(in_words(error))

    # -- the whole ----------------

    def _ask_outline(self) -> None:
        if self._outlining or not self._active or not self.answered:
            return
        self._outlining = True
        asked, version, query = self._asked, self.list.version, self.query

        async def answer(core: Core) -> tuple[int, int, Outline | None]:
            import asyncio  # on the core's thread, where it is loaded

            try:
                return asked, version, await core.gallery.outline(query)
            except asyncio.CancelledError:  # somebody asked for another one
                return asked, version, None

        self.bridge.run(answer, self._take_outline, self._no_outline)

    def _no_outline(self, error: BaseException) -> None:
        """The list goes on growing from the top."""
        self._outlining = self._stale = False
        log.warning("how many assets there are could not be counted: %s", error)

    def _take_outline(self, answer: tuple[int, int, Outline | None]) -> None:
        self._outlining = False
        asked, version, outline = answer
        if asked != self._asked or outline is None:
            self._outline_timer.start(SETTLE_MS)
            return
        if version != self.list.version:
            self._outline_timer.start(VERIFY_MS)  # it may or may not have what happened since
        was_exact, self._stale = self.exact, False
        if self.list.take(outline) or not was_exact:
            self.relaid.emit()
        self.want(*self._wanted)
        self._revealing.go_on()

    # -- events ----------------

    def _events(self, events: list[AssetAdded | AssetChanged]) -> None:
        gone: list[str] = []
        inserted = False
        for event in events:
            asset = event.asset
            if asset.id not in self:
                inserted = self._take_in(asset) or inserted
            elif may_match(self.query, asset):
                self.list.rows.replace(asset)
                self.changed.emit(asset.id)
            else:
                gone.append(asset.id)
        if gone:
            self.removed.emit(self.list.take_out(gone))
        if gone or inserted:
            self.relaid.emit()
            if not self.complete and not self._outline_timer.isActive():
                self._outline_timer.start(VERIFY_MS)

    def _take_in(self, asset: Asset) -> bool:
        """Put a new or restored asset where it belongs; True if that is known. Else the store is asked."""
        if not may_match(self.query, asset):
            if asset.deleted_at is not None and not self.complete:
                self._outline_timer.start(SETTLE_MS)
            return False
        if not is_judged_here(self.query):
            self._merge.start()
            return False
        at = self.list.place_of(asset)
        if at is None:
            if self.exact:  # it comes with its page, but there may be one more now
                self._outline_timer.start(VERIFY_MS)
            return False
        self.list.insert(at, asset)
        return True

    # -- another process wrote, or a search may have a new hit ----------------

    def _look_for_newer(self) -> None:
        asked, query = self._asked, replace(self.query, limit=self._page)

        async def answer(core: Core) -> _Page:
            assets = await core.assets(query)
            return _Page(asked, 0, assets, len(assets) >= query.limit)

        self.bridge.run(answer, self._compare, lambda error: self._refused(asked, 0, error))

    def _compare(self, page: _Page) -> None:
        """Bring the first page up to date without touching what comes after it; the outline says the rest."""
        if page.asked != self._asked or not self.answered:
            return
        if not any(asset.id in self for asset in page.assets):
            self._begin(page)
            return
        before = self.list.version
        gone, changed = self.list.merge_top(page.assets, full=page.full)
        if gone:
            self.removed.emit(gone)
        for asset_id in changed:
            self.changed.emit(asset_id)
        if self.list.version != before:
            self.relaid.emit()
        if page.full:
            self._outline_timer.start(SETTLE_MS)
