"""A long list of assets, newest first, of which some rows, marks at known positions and the days are in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.domain.asset import Asset
from studio.domain.outline import Outline
from studio.ui.gallery.days import Day, count_in, count_on, count_out, days_of
from studio.ui.gallery.marks import Marks
from studio.ui.gallery.rows import SparseRows


class LongList:
    """`exact`: whether `total` is that of the whole, not of what was fetched so far. `version` goes up with each row that
    came or went."""

    def __init__(self, page: int) -> None:
        self._page = page
        self.rows = SparseRows()
        self.marks = Marks()
        self.days: list[Day] = []
        self.total = 0
        self.exact = False
        self.version = 0

    @property
    def complete(self) -> bool:
        """Whether every row is in memory."""
        return self.exact and self.rows.reach() >= self.total

    def start_before(self, position: int) -> tuple[str | None, int]:
        """(`before`, `offset`) of a question for the rows from `position` on."""
        if position <= 0:
            return None, 0
        known = self.rows.surely_at(position - 1)
        if known is not None:
            return known.id, 0
        mark = self.marks.before(position)
        return (None, position) if mark is None else (mark[1], position - 1 - mark[0])

    def missing(self, first: int, end: int) -> int | None:
        """Where the next page should begin so that the rows from `first` to `end` come into memory; None if all are."""
        last = min(self.total, end)
        gap = self.rows.gap(max(0, first), last)
        if not self.exact:
            return self.total if gap is None and last >= self.total else gap  # the list grows from the top
        return None if gap is None else max(self.rows.end_before(gap), gap - gap % self._page)

    def missing_beside(self, first: int, end: int) -> int | None:
        """The same for the rows and a page on either side of them."""
        return self.missing(first - self._page, end + self._page)

    def place_of(self, asset: Asset) -> int | None:
        """Where an asset that is not in the list belongs, if its neighbours are in memory."""
        key = (asset.created_at, asset.id)
        for span in self.rows.spans():
            first, last = span.assets[0], span.assets[-1]
            if (first.created_at, first.id) < key:
                return 0 if span.start == 0 else None
            if (last.created_at, last.id) < key:
                return span.start + next(n for n, one in enumerate(span.assets) if (one.created_at, one.id) < key)
        return self.total if self.complete or not self.total else None

    # -- changes ----------------

    def replace(self, assets: Sequence[Asset], *, whole: bool) -> None:
        """The first rows of another list; `whole`: all there are."""
        self.rows.clear()
        self.rows.put(0, assets)
        self.marks = Marks()
        self.days = days_of(assets)
        self.total = len(assets)
        self.exact = whole
        self.version += 1

    def put(self, start: int, assets: Sequence[Asset], *, full: bool, wanted: tuple[int, int]) -> bool:
        """Rows from `start` on; `full` unless there were fewer than asked for. False: there are more or fewer rows than was
        thought. What lies furthest from `wanted` may be forgotten for them."""
        end = start + len(assets)
        if not self.exact:
            fresh = [asset for asset in assets if asset.id not in self.rows]
            self.rows.put(start, fresh)
            count_on(self.days, fresh)
            self.total = self.rows.reach()
            self.exact = not full
            return True
        self.rows.put(start, assets[: max(0, self.total - start)])
        if len(self.marks):
            self.rows.keep_near(*wanted)
        return end == self.total or (full and end < self.total)

    def take(self, outline: Outline) -> bool:
        """How many there are, and where. Whether anything stands elsewhere now, or there are more or fewer: then what is in
        memory is fetched again as it comes into sight."""
        # thousands of marks for a large library, of which only the few in memory are looked at
        known = [(mark.position, mark.asset_id) for mark in outline.marks if mark.asset_id in self.rows]
        changed = self.rows.move(known) or outline.total != self.total
        if changed and self.exact:
            self.rows.doubt(outline.total)
        self.marks = Marks([mark.position for mark in outline.marks], [mark.asset_id for mark in outline.marks])
        self.days = [Day(one.day, one.count) for one in outline.days]
        self.total = outline.total
        self.exact = True
        return changed

    def insert(self, at: int, asset: Asset) -> None:
        self.rows.insert(at, asset)
        self.marks.inserted(at)
        count_in(self.days, at, asset)
        self.total += 1
        self.version += 1

    def take_out(self, ids: Iterable[str]) -> list[tuple[int, str]]:
        """Remove rows that are in memory; (position before, id) of each, in order."""
        found = ((self.rows.position(asset_id), asset_id) for asset_id in ids)
        places = sorted((at, asset_id) for at, asset_id in found if at is not None)
        for at, _ in reversed(places):
            self.rows.remove(at)
            self.marks.removed(at)
            count_out(self.days, at)
        self.total -= len(places)
        self.version += 1
        return places

    def merge_top(self, assets: Sequence[Asset], *, full: bool) -> tuple[list[tuple[int, str]], list[str]]:
        """Bring the first rows up to date with what the store says of them, `full` unless these are all. What went, as
        `take_out` says it, and the ids of what changed."""
        fresh = {asset.id for asset in assets}
        oldest = self.rows.position(assets[-1].id) if full else self.rows.reach() - 1
        top = [self.rows.at(at) for at in range(0 if oldest is None else oldest + 1)]
        gone = [asset.id for asset in top if asset is not None and asset.id not in fresh]
        places = self.take_out(gone) if gone else []
        changed = []
        for at, asset in enumerate(assets):
            known = self.rows.position(asset.id)
            if known is None:
                self.insert(at, asset)
            elif self.rows.at(known) != asset:
                self.rows.replace(asset)
                changed.append(asset.id)
        return places, changed
