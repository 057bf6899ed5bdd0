"""Rows at known positions of a long list, from which any other row is a short step away."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator


class Marks:
    """(position, id) in order of position. They follow insertions and removals."""

    def __init__(self, positions: Iterable[int] = (), ids: Iterable[str] = ()) -> None:
        self._positions = list(positions)
        self._ids = list(ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return zip(self._positions, self._ids, strict=True)

    def before(self, position: int) -> tuple[int, str] | None:
        """The nearest mark that stands before `position`."""
        at = bisect_left(self._positions, position) - 1
        return (self._positions[at], self._ids[at]) if at >= 0 else None

    def inserted(self, position: int) -> None:
        """A row came in before what stands at `position`."""
        at = bisect_left(self._positions, position)
        self._positions[at:] = [one + 1 for one in self._positions[at:]]

    def removed(self, position: int) -> None:
        """The row at `position` went, and with it the mark that it was: what comes in there might belong before or after."""
        at = bisect_left(self._positions, position)
        if at < len(self._ids) and self._positions[at] == position:
            del self._positions[at], self._ids[at]
        self._positions[at:] = [one - 1 for one in self._positions[at:]]
