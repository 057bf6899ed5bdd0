"""Undo and redo of what lies in the tray."""

from __future__ import annotations

from collections.abc import Mapping

from studio.ui.composer.reference import Reference

Places = Mapping[tuple[str, int], Reference]
"""What lies where, by the slot's key."""
LONGEST = 100


class TrayHistory:
    """Whole states, as they are small. `remember` is told what is there before each change."""

    def __init__(self) -> None:
        self._before: list[Places] = []
        self._after: list[Places] = []

    def remember(self, places: Places) -> None:
        """A change follows: what was undone cannot be redone any more."""
        self._after.clear()
        if not self._before or self._before[-1] != places:
            self._before.append(dict(places))
            del self._before[:-LONGEST]

    def undo(self, now: Places) -> Places | None:
        """What was there before the last change that still shows; None where there is none."""
        return self._step(self._before, self._after, now)

    def redo(self, now: Places) -> Places | None:
        return self._step(self._after, self._before, now)

    @staticmethod
    def _step(source: list[Places], target: list[Places], now: Places) -> Places | None:
        while source:
            found = source.pop()
            if found != now:
                target.append(dict(now))
                return found
        return None

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)
