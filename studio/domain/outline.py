"""The outline of a query's answer: how many there are, which stand where, and how many on each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MARK_EVERY = 200
"""Rows between two marks: a page that begins at a mark is found by its key."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The asset that stands at `position`, counted from 0 in the query's order."""

    position: int
    asset_id: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many assets of one day there are; `day` is one of the person's own time zone."""

    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Outline:
    """`marks`: every MARK_EVERY rows, the first at position 0. `days`: in the query's order; they add up to `total`."""

    total: int = 0
    marks: tuple[Mark, ...] = ()
    days: tuple[DayCount, ...] = ()
