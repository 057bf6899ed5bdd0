"""The outline of a query's answer, made of the index that gives its order: no row of an asset is read."""
# ruff: noqa: S608  names of columns and marks only; values are bound

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from studio.domain.outline import MARK_EVERY, DayCount, Mark, Outline
from studio.domain.query import AssetQuery
from studio.store.asset_queries import Asked, ask
from studio.store.connections import raw
from studio.store.facets import SLOTS, place_of
from studio.store.rows import from_ms, to_ms

_AT_ONCE = 500
_BEYOND = (1 << 63) - 1  # any place


class SupersededError(Exception):
    """The answer is not wanted any more."""


def outline(connection: Connection, query: AssetQuery, superseded: Callable[[], bool]) -> Outline:
    """What `query` finds, whatever page it names.

    Raises SupersededError soon after `superseded` says so, NotFoundError for a collection that is not there.
    """
    asked = ask(connection, query)
    if asked is None:
        return Outline()
    if asked.place == "assets.place" and query.job_id is None:
        return _by_steps(connection, asked, superseded)
    cursor = raw(connection).execute(asked.sql(asked.place, alone=True), list(asked.values))
    marked: list[int] = []
    days = _Days()
    total = 0
    while rows := cursor.fetchmany(MARK_EVERY):
        if superseded():
            cursor.close()
            raise SupersededError
        marked.append(rows[0][0])
        days.count(rows)
        total += len(rows)
    return Outline(total, _marks(connection, marked), tuple(days.all()))


def _by_steps(connection: Connection, asked: Asked, superseded: Callable[[], bool]) -> Outline:
    """The same where an index of the table holds all of the answer: its rows are passed over and counted without being seen
    one by one, which is many times faster."""
    run = raw(connection).execute
    further = replace(asked, conditions=[*asked.conditions, f"{asked.place} < ?"]).sql(asked.place) + " LIMIT 1 OFFSET ?"
    between = replace(asked, conditions=[*asked.conditions, f"{asked.place} < ?", f"{asked.place} >= ?"]).sql("count(*)")
    marked: list[int] = []
    place, passed = _BEYOND, 0
    while row := run(further, (*asked.values, place, passed)).fetchone():
        if superseded():
            raise SupersededError
        place, passed = row[0], MARK_EVERY - 1
        marked.append(place)
    days: list[DayCount] = []
    upper = _BEYOND
    while row := run(further, (*asked.values, upper, 0)).fetchone():
        if superseded():
            raise SupersededError
        day, begins = _day_of(row[0])
        days.append(DayCount(day, run(between, (*asked.values, upper, begins)).fetchone()[0]))
        upper = begins
    return Outline(sum(one.count for one in days), _marks(connection, marked), tuple(days))


def _marks(connection: Connection, marked: Sequence[int]) -> tuple[Mark, ...]:
    ids = dict(_ids(connection, marked))
    return tuple(Mark(number * MARK_EVERY, ids[place]) for number, place in enumerate(marked) if place in ids)


def _ids(connection: Connection, places: Sequence[int]) -> Iterator[tuple[int, str]]:
    for start in range(0, len(places), _AT_ONCE):
        part = places[start : start + _AT_ONCE]
        yield from raw(connection).execute(
            f"SELECT place, id FROM assets WHERE place IN ({', '.join('?' * len(part))})", part)


class _Days:
    """Counts rows by the day of the person's time zone. Places come in falling order, so a day is looked up once."""

    def __init__(self) -> None:
        self._found: list[tuple[date, int]] = []
        self._day = date.max
        self._begins: int | None = None  # the first place of the day that is being counted
        self._counted = 0

    def count(self, rows: Sequence[tuple[int]]) -> None:
        if self._begins is not None and rows[-1][0] >= self._begins:
            self._counted += len(rows)
            return
        for (place,) in rows:
            if self._begins is None or place < self._begins:
                self._close()
                self._day, self._begins = _day_of(place)
            self._counted += 1

    def all(self) -> list[DayCount]:
        self._close()
        return [DayCount(day, number) for day, number in self._found]

    def _close(self) -> None:
        if self._counted:
            self._found.append((self._day, self._counted))
        self._counted = 0


def _day_of(place: int) -> tuple[date, int]:
    """The local day of a place, and the first place of that day."""
    local = from_ms(place // SLOTS).astimezone()
    midnight = datetime(local.year, local.month, local.day).astimezone()
    return local.date(), min(place_of(to_ms(midnight)), place)
