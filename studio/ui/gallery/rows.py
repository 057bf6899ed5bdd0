"""The rows of a long list of which only some are in memory, found by position and by identifier.

They lie in spans of neighbours. A span that turns out to stand elsewhere than thought is moved or forgotten, never shown
twice; after something unseen happened to the list it is in doubt: shown until it has been fetched again. What lies furthest
from the view is forgotten first, so that memory stays bounded however long the list is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from studio.domain.asset import Asset

MOST_ROWS = 4000


@dataclass(slots=True, eq=False)
class Span:
    """Neighbours: the first one's position, and the rows; `doubted` until they are fetched again."""

    start: int
    assets: list[Asset]
    doubted: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.assets)


class SparseRows:
    """Positions count from 0, newest first. Every method costs as much as the spans and one span are long."""

    def __init__(self, most: int = MOST_ROWS) -> None:
        self._most = most
        self.pinned: set[str | None] = set()
        self._spans: list[Span] = []
        self._span_of: dict[str, Span] = {}

    def __len__(self) -> int:
        """How many rows are in memory."""
        return len(self._span_of)

    def __contains__(self, asset_id: str) -> bool:
        return asset_id in self._span_of

    def __iter__(self) -> Iterator[Asset]:
        for span in self._spans:
            yield from span.assets

    def spans(self) -> Sequence[Span]:
        """In order of position."""
        return self._spans

    def at(self, position: int) -> Asset | None:
        """The row there; None if it is not in memory."""
        span = self._span_at(position)
        return None if span is None or position >= span.end else span.assets[position - span.start]

    def surely_at(self, position: int) -> Asset | None:
        """The row there, unless that is in doubt."""
        span = self._span_at(position)
        return None if span is None or position >= span.end or span.doubted else span.assets[position - span.start]

    def position(self, asset_id: str) -> int | None:
        """Where the row stands; None if it is not in memory."""
        span = self._span_of.get(asset_id)
        if span is None:
            return None
        return span.start + next(place for place, asset in enumerate(span.assets) if asset.id == asset_id)

    def gap(self, first: int, end: int) -> int | None:
        """The first position from `first` up to, but not including, `end` whose row is not in memory or in doubt."""
        position = first
        while position < end:
            span = self._span_at(position)
            if span is None or position >= span.end or span.doubted:
                return position
            position = span.end
        return None

    def reach(self) -> int:
        """How many rows are in memory from the very first one on without a gap."""
        end = 0
        for span in self._spans:
            if span.start != end:
                break
            end = span.end
        return end

    def end_before(self, position: int) -> int:
        """Where the rows surely in memory above a gap at `position` end; 0 where there are none."""
        return max((span.end for span in self._spans if span.end <= position and not span.doubted), default=0)

    # -- changes ----------------

    def clear(self) -> None:
        self._spans = []
        self._span_of = {}

    def put(self, start: int, assets: Sequence[Asset]) -> None:
        """Rows as the store has them now. What was thought to stand there, and spans that hold one of them elsewhere, go."""
        end = start + len(assets)
        for span in list(self._spans):
            if span.start < end and span.end > start:
                self._cut_out(span, start, end)
        strangers = {id(self._span_of[asset.id]): self._span_of[asset.id] for asset in assets if asset.id in self._span_of}
        for span in strangers.values():
            self._forget(span)
        if assets:
            self._add(Span(start, list(assets)))

    def insert(self, position: int, asset: Asset) -> None:
        """A row came in before what stands at `position`; everything from there on moves down by one."""
        at = bisect_right(self._spans, position, key=_start_of) - 1
        home = self._spans[at] if at >= 0 and position <= self._spans[at].end else None
        if home is None and at + 1 < len(self._spans) and self._spans[at + 1].start == position:
            at, home = at + 1, self._spans[at + 1]
        for span in self._spans[at + 1 :]:
            span.start += 1
        if home is None:
            self._add(Span(position, [asset]))
            return
        home.assets.insert(position - home.start, asset)
        self._span_of[asset.id] = home

    def remove(self, position: int) -> None:
        """The row at `position` went, in memory or not; everything below moves up by one."""
        span = self._span_at(position)
        if span is not None and position < span.end:
            asset = span.assets.pop(position - span.start)
            del self._span_of[asset.id]
            if not span.assets:
                self._spans.remove(span)
        for later in self._spans:
            if later.start > position:
                later.start -= 1

    def replace(self, asset: Asset) -> None:
        """Another state of a row that is in memory."""
        span = self._span_of[asset.id]
        place = next(place for place, known in enumerate(span.assets) if known.id == asset.id)
        span.assets[place] = asset

    def doubt(self, total: int) -> None:
        """Something unseen happened: there are `total` rows now, and any of these may have changed."""
        for span in list(self._spans):
            span.doubted = True
            if span.end > total:
                self._cut_out(span, total, span.end)

    def move(self, known: Iterable[tuple[int, str]]) -> bool:
        """Put spans where `known` pairs of position and id say that they are; forget those of which nothing is said.

        Whether anything stands elsewhere now than before.
        """
        starts: dict[int, int] = {}
        for position, asset_id in known:
            at = self.position(asset_id)
            if at is not None:
                span = self._span_of[asset_id]
                starts.setdefault(id(span), span.start + position - at)
        moved = any(starts.get(id(span)) != span.start for span in self._spans)
        for span in list(self._spans):
            if id(span) not in starts:
                self._forget(span)
            else:
                span.start = starts[id(span)]
        self._spans.sort(key=_start_of)
        if self._spans and self._spans[0].start < 0:  # a row on top went
            self._cut_out(self._spans[0], self._spans[0].start, 0)
        for one, other in zip(list(self._spans), list(self._spans)[1:], strict=False):
            if one.end > other.start and other in self._spans:
                self._forget(other)
        return moved

    def keep_near(self, first: int, end: int) -> None:
        """Forget what lies furthest from the rows `first` to `end`, but nothing `pinned`, until no more than the most are
        left."""
        if len(self._span_of) <= self._most:
            return
        held = {id(self._span_of[asset_id]) for asset_id in self.pinned if asset_id in self._span_of}
        free = [span for span in self._spans if id(span) not in held]
        low, high = 0, len(free) - 1
        while len(self._span_of) > self._most and low < high:  # in order of position: the furthest is at one of the ends
            above, below = first + end - free[low].start - free[low].end, free[high].start + free[high].end - first - end
            self._forget(free[low] if above > below else free[high])
            low, high = (low + 1, high) if above > below else (low, high - 1)

    # -- inside ----------------

    def _span_at(self, position: int) -> Span | None:
        at = bisect_right(self._spans, position, key=_start_of) - 1
        return self._spans[at] if at >= 0 else None

    def _add(self, span: Span) -> None:
        self._spans.insert(bisect_right(self._spans, span.start, key=_start_of), span)
        self._span_of.update((asset.id, span) for asset in span.assets)

    def _forget(self, span: Span) -> None:
        self._spans.remove(span)
        for asset in span.assets:
            del self._span_of[asset.id]

    def _cut_out(self, span: Span, start: int, end: int) -> None:
        """Take the rows from `start` to `end` out of a span; what is left on either side stays."""
        before = span.assets[: max(0, start - span.start)]
        after = span.assets[end - span.start :] if end < span.end else []
        self._forget(span)
        if before:
            self._add(Span(span.start, before, span.doubted))
        if after:
            self._add(Span(end, after, span.doubted))


def _start_of(span: Span) -> int:
    return span.start
