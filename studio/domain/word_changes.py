"""How one wording became another, word by word: to show what an enhancement added and took away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import Enum

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_PIECES = 4000


class Change(Enum):
    """Of a run of words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


def word_changes(before: str, after: str) -> list[tuple[Change, str]]:
    """Runs in the order of reading. Those that are not ADDED joined give `before`, those not REMOVED give `after`."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) > _MOST_PIECES or len(new) > _MOST_PIECES:  # the comparison is quadratic
        return [run for run in ((Change.REMOVED, before), (Change.ADDED, after)) if run[1]]
    return list(_runs(old, new))


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[Change, str]]:
    matcher = SequenceMatcher(None, [word.casefold() for word in old], [word.casefold() for word in new], autojunk=False)
    for kind, low, high, start, end in matcher.get_opcodes():
        if kind == "equal":
            yield from _respelt(old[low:high], new[start:end])
            continue
        if low < high:
            yield Change.REMOVED, "".join(old[low:high])
        if start < end:
            yield Change.ADDED, "".join(new[start:end])


def _respelt(old: list[str], new: list[str]) -> Iterator[tuple[Change, str]]:
    """The same words; those whose capitals changed stand in both spellings."""
    same: list[str] = []
    for before, after in zip(old, new, strict=True):
        if before == after:
            same.append(before)
            continue
        if same:
            yield Change.SAME, "".join(same)
            same = []
        yield Change.REMOVED, before
        yield Change.ADDED, after
    if same:
        yield Change.SAME, "".join(same)
