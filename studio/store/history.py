"""The history of all jobs, asked by position: how many match, where each hundredth row stands, and single pages.

All of it rides on one covering index (jobs_history), so that whatever is filtered or sorted by, no job is read that is not
shown: a question about 100,000 jobs reads some ten megabytes. By time a page is found by its key; by cost and by duration
the index is sorted anew for each page, which takes tens of milliseconds on a reader's thread at 100,000 jobs and needs no
further index that every step of every job would have to write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, func, literal, select, text, tuple_

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.history import (
    PAGE,
    DayCount,
    HistoryFacets,
    HistoryOrder,
    HistoryOutline,
    HistoryPage,
    HistoryQuery,
    JobBar,
    Key,
)
from studio.domain.query import DaySpending, JobTotals
from studio.domain.state import JobState
from studio.store.database import Database
from studio.store.rows import from_ms, job_of, path_of, to_ms
from studio.store.search import match_of
from studio.store.tables import assets, job_search, jobs

MOST_LABELS = 200
MOST_BARS = 4000
"""Bars of a day at most: more are drawn on top of each other."""
_FREE_STATES = (JobState.FAILED.value, JobState.CANCELLED.value)
_THOUGHT = case((jobs.c.state.in_(_FREE_STATES), 0.0), else_=jobs.c.estimated)
_COST = case((jobs.c.account == LOCAL_ACCOUNT, 0.0), else_=func.coalesce(jobs.c.charged, _THOUGHT))
_DURATION = case((jobs.c.state != JobState.CANCELLED.value,
                  jobs.c.finished_at - func.coalesce(jobs.c.submitted_at, jobs.c.created_at)))
_DAY = func.strftime("%Y-%m-%d", jobs.c.created_at / 1000.0, "unixepoch", "localtime").label("day")
_QUARTER_MS = 900_000
_NEWEST: tuple[ColumnElement[Any], ...] = (jobs.c.created_at, jobs.c.id)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the rows of a question come from, which of them, and what sorts them (all downwards, or all upwards)."""

    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    key: tuple[ColumnElement[Any], ...]
    downwards: bool

    def select(self, *columns: Any) -> Select[Any]:
        return select(*columns).select_from(self.source).where(*self.where)

    def ordered(self) -> tuple[ColumnElement[Any], ...]:
        return tuple(part.desc() if self.downwards else part.asc() for part in self.key)

    def beyond(self, key: Key, *, and_it: bool = False) -> ColumnElement[bool]:
        """Rows after that key, and the one that has it."""
        mine, given = tuple_(*self.key), tuple_(*map(literal, key))
        if self.downwards:
            return mine <= given if and_it else mine < given
        return mine >= given if and_it else mine > given

    def ahead(self, key: Key) -> ColumnElement[bool]:
        mine, given = tuple_(*self.key), tuple_(*map(literal, key))
        return mine > given if self.downwards else mine < given


@dataclass(frozen=True, slots=True)
class Result:
    """What a job made, in a word or two."""

    id: str
    kind: str
    path: Path


class SqlHistory:
    """Questions only: nothing is written. `media` is the folder that relative paths start from."""

    def __init__(self, db: Database, media: Path) -> None:
        self._db = db
        self._media = media

    async def outline(self, query: HistoryQuery, near: Sequence[str] = ()) -> HistoryOutline:
        """How many jobs match, where each page of them begins, and in which rows the jobs `near` stand."""
        plan = _plan(query)

        def work(connection: Connection) -> HistoryOutline:
            total = int(connection.execute(plan.select(func.count())).scalar_one())
            names = [part.label(f"key{number}") for number, part in enumerate(plan.key)]
            rows = plan.select(*names, func.row_number().over(order_by=plan.ordered()).label("place")).subquery()
            wanted = select(*(rows.c[name.name] for name in names)).where(rows.c.place % PAGE == 1).order_by(rows.c.place)
            marks = tuple(tuple(row) for row in connection.execute(wanted)) if total else ()
            places = {name: place for name in near if (place := _place(connection, plan, name)) is not None}
            return HistoryOutline(total, marks, places)

        return await self._db.read(work)

    async def page(
        self, query: HistoryQuery, at: Key | None = None, after: Key | None = None, limit: int = PAGE
    ) -> HistoryPage:
        """Jobs from the row with the key `at` on, or from behind the one with the key `after`; without both the first."""
        plan = _plan(query)
        names = [part.label(f"key{number}") for number, part in enumerate(plan.key)]
        found = plan.select(jobs.c.seq, *names)
        if at is not None:
            found = found.where(plan.beyond(at, and_it=True))
        elif after is not None:
            found = found.where(plan.beyond(after))
        # which ones out of the index alone, and only those are read
        these = found.order_by(*plan.ordered()).limit(limit).subquery()
        keys = [these.c[name.name] for name in names]
        order = [key.desc() if plan.downwards else key.asc() for key in keys]
        wanted = select(jobs, *keys).join_from(these, jobs, jobs.c.seq == these.c.seq).order_by(*order)

        def work(connection: Connection) -> HistoryPage:
            rows = connection.execute(wanted).mappings().all()
            last = tuple(rows[-1][f"key{number}"] for number in range(len(plan.key))) if rows else None
            return HistoryPage([job_of(row) for row in rows], last)

        return await self._db.read(work)

    async def days(self, query: HistoryQuery) -> Sequence[DayCount]:
        """The days on which matching jobs were made, the newest first."""
        plan = _plan(query)
        # by quarters of an hour first, which every zone's midnight falls on: a local date costs more than all the rest
        quarter = jobs.c.created_at.op("/")(_QUARTER_MS).label("quarter")
        parts = plan.select(quarter, func.count().label("jobs")).group_by(text("quarter")).subquery()
        day = func.strftime("%Y-%m-%d", parts.c.quarter * (_QUARTER_MS // 1000), "unixepoch", "localtime").label("day")
        wanted = select(day, func.sum(parts.c.jobs)).group_by(text("day")).order_by(text("day DESC"))

        def work(connection: Connection) -> list[DayCount]:
            return [DayCount(date.fromisoformat(day), count) for day, count in connection.execute(wanted)]

        return await self._db.read(work)

    async def bars(self, query: HistoryQuery, since: datetime, until: datetime) -> Sequence[JobBar]:
        """Matching jobs made in that time, the oldest first, MOST_BARS of them at most."""
        plan = _plan(query)
        wanted = plan.select(
            jobs.c.id, jobs.c.state, jobs.c.created_at, jobs.c.submitted_at, jobs.c.finished_at, jobs.c.operation,
            jobs.c.label,
        ).where(
            jobs.c.created_at >= to_ms(since), jobs.c.created_at < to_ms(until)
        ).order_by(jobs.c.created_at, jobs.c.id).limit(MOST_BARS)

        def work(connection: Connection) -> list[JobBar]:
            return [JobBar(name, JobState(state), from_ms(created), _moment(sent), _moment(ended), operation, label)
                    for name, state, created, sent, ended, operation, label in connection.execute(wanted)]

        return await self._db.read(work)

    async def totals(self, since: datetime) -> JobTotals:
        """Sums over the jobs made since then, added up by SQLite."""
        failed = func.sum(case((jobs.c.state == JobState.FAILED.value, 1), else_=0))
        wanted = (select(_DAY, func.count(), func.coalesce(func.sum(jobs.c.charged), 0.0), failed)
                  .where(jobs.c.created_at >= to_ms(since)).group_by(text("day")).order_by(text("day")))

        def work(connection: Connection) -> JobTotals:
            rows = connection.execute(wanted).all()
            days = tuple(DaySpending(datetime.fromisoformat(day).astimezone(), count, charged)
                         for day, count, charged, _ in rows)
            count, charged = sum(day.jobs for day in days), sum(day.charged for day in days)
            return JobTotals(count, charged, sum(row[3] for row in rows), days)

        return await self._db.read(work)

    async def facets(self) -> HistoryFacets:
        """The operations, accounts and labels that occur."""
        newest = func.max(jobs.c.created_at)
        labels = (select(jobs.c.label).where(jobs.c.label.is_not(None)).group_by(jobs.c.label)
                  .order_by(newest.desc()).limit(MOST_LABELS))

        def work(connection: Connection) -> HistoryFacets:
            def values(column: ColumnElement[Any]) -> tuple[str, ...]:
                return tuple(connection.execute(select(column).distinct().order_by(column)).scalars())

            newest_labels = tuple(connection.execute(labels).scalars())
            return HistoryFacets(values(jobs.c.operation), values(jobs.c.account), newest_labels)

        return await self._db.read(work)

    async def results(self, asset_ids: Sequence[str]) -> Mapping[str, Result]:
        """The assets of these ids that are not gone for good, by id."""
        wanted = select(assets.c.id, assets.c.kind, assets.c.path).where(
            assets.c.id.in_(select(func.json_each(json.dumps(list(asset_ids))).table_valued("value").c.value)))

        def work(connection: Connection) -> dict[str, Result]:
            return {name: Result(name, kind, path_of(path, self._media)) for name, kind, path in connection.execute(wanted)}

        return await self._db.read(work)


def _plan(query: HistoryQuery) -> _Plan:
    match = match_of(query.search)
    where = [*_conditions(query)]
    source: FromClause = jobs
    key = _NEWEST
    if match is not None:
        # In the order of writing, which is the search index's own: sorting all that matches by time would take longer.
        source = job_search.join(jobs, jobs.c.seq == job_search.c.rowid)
        where.append(job_search.c.job_search.op("MATCH")(match))
        key = (job_search.c.rowid,)
    if query.order is HistoryOrder.COST:
        key = (func.coalesce(_COST, -1.0), *_NEWEST)
    elif query.order is HistoryOrder.DURATION:
        key = (func.coalesce(_DURATION, -1), *_NEWEST)
    return _Plan(source, tuple(where), key, query.order is not HistoryOrder.OLDEST)


def _conditions(query: HistoryQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.states:
        found.append(jobs.c.state.in_([state.value for state in query.states]))
    if query.operations:
        found.append(jobs.c.operation.in_(list(query.operations)))
    if query.account is not None:
        found.append(jobs.c.account == query.account)
    if query.label is not None:
        found.append(jobs.c.label == query.label)
    if query.since is not None:
        found.append(jobs.c.created_at >= to_ms(query.since))
    if query.until is not None:
        found.append(jobs.c.created_at < to_ms(query.until))
    if query.min_credits is not None:
        found.append(_COST.op(">=")(query.min_credits))
    if query.max_credits is not None:
        found.append(_COST.op("<=")(query.max_credits))
    return found


def _place(connection: Connection, plan: _Plan, job_id: str) -> int | None:
    """The row of a job, counted from 0; None where it does not match."""
    row = connection.execute(plan.select(*plan.key).where(and_(jobs.c.id == job_id))).one_or_none()
    if row is None:
        return None
    return int(connection.execute(plan.select(func.count()).where(plan.ahead(tuple(row)))).scalar_one())


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
