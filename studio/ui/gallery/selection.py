"""What is selected in the grid: identifiers, so that insertions and removals do not move the selection to other assets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence


class Selection:
    """Selected ids, the current one (where the keyboard stands) and the anchor of ranges. Knows no positions."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.current: str | None = None
        self.anchor: str | None = None

    def only(self, asset_id: str) -> None:
        """A plain click or arrow."""
        self.ids = {asset_id}
        self.current = self.anchor = asset_id

    def toggle(self, asset_id: str) -> None:
        """A click with Ctrl."""
        self.ids ^= {asset_id}
        self.current = self.anchor = asset_id

    def move(self, asset_id: str) -> None:
        """An arrow with Ctrl: the keyboard moves, what is selected stays."""
        self.current = asset_id

    def extend(self, asset_id: str, between: Callable[[str, str], Iterable[str]]) -> None:
        """A click or arrow with Shift: from the anchor to here; `between` gives the ids of a range, ends included."""
        self.anchor = self.anchor or self.current or asset_id
        self.ids = set(between(self.anchor, asset_id))
        self.current = asset_id

    def all(self, ids: Iterable[str]) -> None:
        self.ids = set(ids)

    def clear(self) -> None:
        self.ids = set()
        self.anchor = self.current

    def forget(self, gone: Iterable[str], neighbour: str | None) -> None:
        """Assets went away. `neighbour` (what stands in the current one's place now) takes over if it was the current."""
        gone = set(gone)
        self.ids -= gone
        if self.anchor in gone:
            self.anchor = neighbour
        if self.current in gone:
            self.current = neighbour
            if neighbour is not None and not self.ids:
                self.ids = {neighbour}

    def keep(self, present: Callable[[str], bool]) -> None:
        """After everything was fetched anew: only what is still there stays selected."""
        self.ids = {asset_id for asset_id in self.ids if present(asset_id)}
        if self.current is not None and not present(self.current):
            self.current = None
        if self.anchor is not None and not present(self.anchor):
            self.anchor = None

    def in_order(self, order: Sequence[str]) -> list[str]:
        return [asset_id for asset_id in order if asset_id in self.ids]
