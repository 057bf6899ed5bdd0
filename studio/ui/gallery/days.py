"""The days of a list of assets, newest first, each with how many of the assets were made on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from studio.domain.asset import Asset


@dataclass(slots=True)
class Day:
    """A local calendar day and how many of the shown assets were made on it."""

    day: date
    count: int


def local_day(asset: Asset) -> date:
    return asset.created_at.astimezone().date()


def days_of(assets: Iterable[Asset]) -> list[Day]:
    """Neighbours of the same day together, in the order of `assets`."""
    days: list[Day] = []
    count_on(days, assets)
    return days


def count_on(days: list[Day], assets: Iterable[Asset]) -> None:
    """Add assets that follow the last one counted."""
    for asset in assets:
        day = local_day(asset)
        if days and days[-1].day == day:
            days[-1].count += 1
        else:
            days.append(Day(day, 1))


def count_in(days: list[Day], position: int, asset: Asset) -> None:
    """An asset came in at `position`."""
    day = local_day(asset)
    first = 0
    for number, known in enumerate(days):
        if known.day == day and first <= position <= first + known.count:
            known.count += 1
            return
        if position <= first:
            days.insert(number, Day(day, 1))
            return
        first += known.count
    days.append(Day(day, 1))


def count_out(days: list[Day], position: int) -> None:
    """The asset at `position` went."""
    for number, day in enumerate(days):
        if position < day.count:
            day.count -= 1
            if day.count == 0:
                del days[number]
            return
        position -= day.count


def first_of(days: Iterable[Day], wanted: date) -> int:
    """Where the first asset of `wanted` stands, or of the nearest earlier day that has any; the end where there is none."""
    first = 0
    for day in days:
        if day.day <= wanted:
            return first
        first += day.count
    return first
