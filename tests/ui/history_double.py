"""The history of a core in memory: the same promises as studio.app.history, over the jobs of a MediaCore."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

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
    RawExchange,
)
from studio.domain.job import Job
from studio.domain.query import JobTotals


class Jobs(Protocol):
    @property
    def jobs_by_id(self) -> dict[str, Job]: ...

    async def totals(self, since: datetime) -> JobTotals: ...


class HistoryDouble:
    """Keys are the jobs' ids, whatever the order."""

    def __init__(self, core: Jobs) -> None:
        self._core = core
        self.calls: list[str] = getattr(core, "calls", [])

    async def _found(self, query: HistoryQuery) -> list[Job]:
        await asyncio.sleep(getattr(self._core, "delay_s", 0.0))
        failure = getattr(self._core, "fail", None)
        if failure is not None:
            raise failure
        words = (query.search or "").lower().split()
        found = [
            job for job in self._core.jobs_by_id.values()
            if (not query.states or job.state in query.states)
            and (not query.operations or job.request.operation in query.operations)
            and (query.account is None or job.request.account == query.account)
            and (query.label is None or job.request.label == query.label)
            and all(any(part.startswith(word) for part in job.prompt.lower().split()) for word in words)
        ]
        return sorted(found, key=lambda job: job.id, reverse=query.order is not HistoryOrder.OLDEST)

    async def outline(self, query: HistoryQuery, near: Sequence[str] = ()) -> HistoryOutline:
        self.calls.append(f"outline {query.search}")
        found = await self._found(query)
        places = {job.id: row for row, job in enumerate(found) if job.id in near}
        return HistoryOutline(len(found), tuple((job.id,) for job in found[::PAGE]), places)

    async def page(self, query: HistoryQuery, at: Key | None = None) -> HistoryPage:
        self.calls.append(f"page {query.search} {at}")
        found = await self._found(query)
        first = 0 if at is None else next(row for row, job in enumerate(found) if (job.id,) == at)
        return HistoryPage(found[first:first + PAGE])

    async def days(self, query: HistoryQuery) -> list[DayCount]:
        counts: dict[date, int] = {}
        for job in await self._found(query):
            day = job.created_at.astimezone().date()
            counts[day] = counts.get(day, 0) + 1
        return [DayCount(day, counts[day]) for day in sorted(counts, reverse=True)]

    async def bars(self, query: HistoryQuery, day: date) -> list[JobBar]:
        self.calls.append(f"bars {day}")
        mine = [job for job in await self._found(query) if job.created_at.astimezone().date() == day]
        return [JobBar(job.id, job.state, job.created_at, job.submitted_at, job.finished_at, job.request.operation,
                       job.request.label) for job in sorted(mine, key=lambda job: job.created_at)]

    async def facets(self) -> HistoryFacets:
        jobs = self._core.jobs_by_id.values()
        return HistoryFacets(tuple(sorted({job.request.operation for job in jobs})),
                             tuple(sorted({job.request.account for job in jobs})),
                             tuple(sorted({job.request.label for job in jobs if job.request.label})))

    async def totals(self, since: datetime) -> JobTotals:
        return await self._core.totals(since)

    async def raw(self, job_id: str) -> RawExchange:
        return RawExchange({"operation": self._core.jobs_by_id[job_id].request.operation}, ())

    async def export(self, to: Path, form: str, query: HistoryQuery, report: Callable[[int, int], None]) -> int:
        self.calls.append(f"export {to.name} {form}")
        return len(await self._found(query))
