"""The form of a piece: which sections follow one another, how many bars each has, and how full it is played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SectionKind = Literal["intro", "verse", "chorus", "bridge", "outro"]
_ENERGY: dict[SectionKind, float] = {"intro": 0.3, "verse": 0.6, "chorus": 1.0, "bridge": 0.5, "outro": 0.4}
_SHARES: tuple[tuple[int, tuple[tuple[SectionKind, int], ...]], ...] = (
    # Up to so many bars: sections with their relative lengths.
    (3, (("chorus", 1),)),
    (7, (("verse", 1), ("chorus", 1))),
    (15, (("intro", 1), ("verse", 2), ("chorus", 2))),
    (27, (("intro", 2), ("verse", 4), ("chorus", 4), ("outro", 2))),
    (47, (("intro", 2), ("verse", 4), ("chorus", 4), ("verse", 4), ("chorus", 4), ("outro", 2))),
    (79, (("intro", 4), ("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8), ("bridge", 8), ("chorus", 8),
          ("outro", 4))),
)


@dataclass(frozen=True, slots=True)
class Section:
    """`first` bar and number of `bars`; `energy` 0 to 1. `turn` counts the sections of its kind from 0."""

    kind: SectionKind
    first: int
    bars: int
    energy: float
    turn: int

    @property
    def last(self) -> int:
        return self.first + self.bars - 1


def plan(bars: int, *, loop: bool = False) -> tuple[Section, ...]:
    """Sections that fill exactly so many bars: longer pieces get more of them. A `loop` has neither beginning nor end."""
    if bars <= 0:
        return ()
    shares = _shares(bars)
    if loop:
        shares = tuple(one for one in shares if one[0] not in ("intro", "outro")) or (("chorus", 1),)
    total = sum(share for _, share in shares)
    sections: list[Section] = []
    turns: dict[str, int] = {}
    done, passed = 0, 0
    for kind, share in shares:
        passed += share
        end = bars if passed == total else _even(bars * passed / total, bars)
        if end <= done:
            continue
        turn = turns.get(kind, 0)
        turns[kind] = turn + 1
        sections.append(Section(kind, done, end - done, min(1.0, _ENERGY[kind] + 0.08 * turn), turn))
        done = end
    return tuple(sections)


def _shares(bars: int) -> tuple[tuple[SectionKind, int], ...]:
    for most, shares in _SHARES:
        if bars <= most:
            return shares
    longest = _SHARES[-1][1]
    middle: tuple[tuple[SectionKind, int], ...] = (("verse", 8), ("chorus", 8), ("bridge", 8))
    rounds = max(1, round((bars - 60) / 24))
    return (*longest[:-2], *middle * rounds, *longest[-2:])


def _even(place: float, bars: int) -> int:
    """Sections begin every four bars where the piece is long enough for it, else every two or one."""
    grid = 4 if bars >= 28 else 2 if bars >= 8 else 1
    return min(bars, max(grid, round(place / grid) * grid))
