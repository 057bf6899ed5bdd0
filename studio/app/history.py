"""The history as the person asks for it: rows by position, days and bars, what was sent and answered word for word, and
files of what is filtered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from studio.app.history_export import Form, export_jobs
from studio.app.job_service import JobService
from studio.app.logs import redacted as masked
from studio.domain.errors import NotFoundError
from studio.domain.history import (
    DayCount,
    HistoryFacets,
    HistoryOutline,
    HistoryPage,
    HistoryQuery,
    JobBar,
    Key,
    RawAnswer,
    RawExchange,
)
from studio.domain.job import Job
from studio.domain.kinds import MediaKind
from studio.domain.query import JobTotals
from studio.domain.redaction import redacted
from studio.store.history import SqlHistory
from studio.store.jobs import SqlJobStore

_WORDS = {
    MediaKind.PROMPT: ("prompt",), MediaKind.AUDIO: ("music", "narration", "sound", "speech", "voice", "audio"),
    MediaKind.VIDEO: ("video", "motion", "lipsync", "subtitles"), MediaKind.IMAGE: ("",),
}
"""What the name of an operation that nobody declares any more says of what it made; the first that fits counts."""


class HistoryService:
    """All of it on the core's loop; raises from the StudioError tree. `accounts` gives the names of those that are there."""

    def __init__(
        self, store: SqlHistory, job_store: SqlJobStore, jobs: JobService, accounts: Callable[[], Sequence[str]]
    ) -> None:
        self._store = store
        self._job_store = job_store
        self._jobs = jobs
        self._accounts = accounts

    async def outline(self, query: HistoryQuery, near: Sequence[str] = ()) -> HistoryOutline:
        """How many jobs match, where each page of them begins, and in which rows the jobs `near` stand."""
        return await self._store.outline(await self._plain(query), near)

    async def page(self, query: HistoryQuery, at: Key | None = None) -> HistoryPage:
        """The page that begins with the row of that key; None: the first one."""
        return await self._store.page(await self._plain(query), at)

    async def list(self, query: HistoryQuery, limit: int) -> Sequence[Job]:
        """The first `limit` jobs."""
        return (await self._store.page(await self._plain(query), limit=limit)).jobs

    async def days(self, query: HistoryQuery) -> Sequence[DayCount]:
        """Days with matching jobs, the newest first."""
        return await self._store.days(await self._plain(query))

    async def bars(self, query: HistoryQuery, day: date) -> Sequence[JobBar]:
        """Matching jobs that were made on a day of this computer's time zone, the oldest first."""
        plain = await self._plain(query)
        return await self._store.bars(plain, _beginning(day), _beginning(day + timedelta(days=1)))

    async def totals(self, since: datetime) -> JobTotals:
        """Sums over the jobs made since then, with the days of this computer's time zone."""
        return await self._store.totals(since)

    async def facets(self) -> HistoryFacets:
        """The operations, accounts and labels that occur."""
        return await self._store.facets()

    async def raw(self, job_id: str) -> RawExchange:
        """What was asked and all that the service answered, without secrets and with the queries of addresses hidden.

        Raises NotFoundError.
        """
        job = await self._jobs.get(job_id)
        asked = {"operation": job.request.operation, "account": job.request.account, "id": job.remote_id,
                 "idempotency_key": job.idempotency_key, "input": job.request.input}
        answers = await self._job_store.answers(job_id)
        return RawExchange(_shown(asked), [RawAnswer(at, _shown(body)) for at, body in answers])

    async def export(
        self, to: Path, form: Form, query: HistoryQuery, report: Callable[[int, int], None] | None = None
    ) -> int:
        """Write every job that matches into a file, in its order; how many. A file that is there is replaced when the new
        one is complete; cancelled, nothing is left of it. `report(done, of)` now and then. Raises LocalError."""
        return await export_jobs(self._store, to, form, await self._plain(query), report or (lambda _done, _of: None))

    async def _plain(self, query: HistoryQuery) -> HistoryQuery:
        """A kind is a kind of operations: the store knows those only."""
        if query.kind is None:
            return query
        known = self._kinds()
        names = query.operations or (await self._store.facets()).operations
        wanted = tuple(name for name in names if kind_of(name, known) is query.kind)
        return replace(query, kind=None, operations=wanted or ("",))

    def _kinds(self) -> Mapping[str, MediaKind]:
        found: dict[str, MediaKind] = {}
        for account in self._accounts():
            try:
                found.update((operation.id, operation.kind) for operation in self._jobs.operations(account))
            except NotFoundError:
                continue  # it went a moment ago
        return found


def kind_of(operation: str, known: Mapping[str, MediaKind]) -> MediaKind:
    """What an operation makes; of one that nobody declares any more its name says it."""
    if operation in known:
        return known[operation]
    return next(kind for kind, words in _WORDS.items() if any(word in operation for word in words))


def _shown(value: Mapping[str, object]) -> Mapping[str, object]:
    clean = redacted(value, masked)
    return clean if isinstance(clean, dict) else {}


def _beginning(day: date) -> datetime:
    """Midnight, with the offset to UTC that counts on that day."""
    return datetime(day.year, day.month, day.day).astimezone()
