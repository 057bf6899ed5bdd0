"""Jobs on disk: each transition is guarded by the revision it starts from and written together with its timeline."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, and_, func, or_, select, text, tuple_, update

from studio.domain.errors import BugError, NotFoundError
from studio.domain.job import Job, TimelineEntry
from studio.domain.ledger import Hold, SendingTerms
from studio.domain.query import DaySpending, JobQuery, JobTotals
from studio.domain.state import ACTIVE, TERMINAL, JobState, may_follow
from studio.store.database import Database
from studio.store.ledger import hold_of, record
from studio.store.rows import from_ms, job_of, job_values, job_words, to_ms
from studio.store.search import match_of
from studio.store.steps import add_jobs, add_line, keep_answer
from studio.store.tables import answers, job_search, jobs, timeline

# In these very words, so that SQLite uses the partial index jobs_unfinished.
_UNFINISHED = text("jobs.state NOT IN ({})".format(", ".join(f"'{state.value}'" for state in sorted(TERMINAL))))
_ACTIVE = sorted(state.value for state in ACTIVE)
_IN_FLIGHT = [state.value for state in (JobState.UPLOADING, JobState.SUBMITTING, JobState.RUNNING, JobState.CANCELLING)]
_FIXED = frozenset({"id", "created_at", "operation", "account", "input", "label", "chain_run", "position"})
"""Not written by a job's steps: the person may change some of them meanwhile."""


Mark = tuple[int, float, str | None]
"""Revision, place in the queue, and whose it is."""


class JobChange(Protocol):
    """What a transition writes: the job, a line for its timeline, the service's raw answer, the terms under which a job may
    leave the queue, and the process that takes the step (studio.domain.remote.Change)."""

    @property
    def job(self) -> Job: ...
    @property
    def note(self) -> str: ...
    @property
    def raw(self) -> Mapping[str, object] | None: ...
    @property
    def terms(self) -> SendingTerms | None: ...
    @property
    def by(self) -> str | None: ...


class SqlJobStore:
    """Every method returns after the disk has it, and may be called from any asyncio loop.

    A job belongs to the process that claimed it as long as it is active. When it ends, or waits for the person, it belongs
    to nobody; the process that makes it active again has it at once if it works on jobs (has claimed), else nobody has.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._owner: str | None = None

    async def add(self, job: Job, note: str = "") -> Job:
        """Write a new job, owned by nobody, at the end of its account's queue; gives it with its place."""
        return (await self.add_all([job], note))[0]

    async def add_all(self, made: Sequence[Job], note: str = "") -> Sequence[Job]:
        """The same for several, in their order and in one transaction: all of them are there, or none."""

        def work(connection: Connection) -> list[Job]:
            return add_jobs(connection, made, note)

        return await self._db.write(work)

    async def change(self, expected: Job, change: JobChange) -> Job | None:
        """Write `change` if the stored job still has the revision of `expected`; returns it with the revision after that.

        None: somebody else was first, or has the job now; nothing was written. Raises BugError where the new state may not
        follow the old one. Where the change's terms do not allow it the job is given in its old state, with what it waits
        for. What it cost goes into the ledger in the same transaction. The request and the place in the queue stay: see
        studio.store.queue.
        """

        def work(connection: Connection) -> Job | None:
            row = connection.execute(select(jobs).where(jobs.c.id == expected.id)).mappings().one_or_none()
            if row is None or row["revision"] != expected.revision or not _may_write(row["owner"], change.by):
                return None
            before = job_of(row)
            after = change.job.changed(id=before.id, created_at=before.created_at, revision=before.revision + 1,
                                       request=before.request, position=before.position)
            if after.state is not before.state and not may_follow(before.state, after.state):
                raise BugError(f"A job cannot go from {before.state} to {after.state} ({before.id}).")
            note = change.note
            hold = None if change.terms is None else hold_of(connection, before, change.terms)
            if hold is not None:
                if _is_held(before, hold):
                    return before
                after, note = _held(before, hold)
            values = _changes(after, row["words"]) | self._ownership(before, after)
            connection.execute(update(jobs).where(jobs.c.seq == row["seq"]).values(**values))
            if after.state is not before.state or note:
                add_line(connection, after, note)
            record(connection, before, after)
            if change.raw is not None:
                keep_answer(connection, after.id, change.raw)
            return after

        return await self._db.write(work)

    async def claim(
        self, owner: str, alive: Callable[[str], bool], limit: int = 100, *, only: str | None = None
    ) -> Sequence[Job]:
        """Take active jobs, in their order, that belong to nobody or to a process that `alive` says is gone.

        Jobs that `owner` has already are not given again, unless one is asked for (`only`). `alive` is called on the store's
        thread and must be quick.
        """

        def work(connection: Connection) -> list[Job]:
            active = and_(_UNFINISHED, jobs.c.state.in_(_ACTIVE))
            owners = connection.execute(select(jobs.c.owner).where(active, jobs.c.owner.is_not(None)).distinct()).scalars()
            gone = [name for name in owners if name != owner and not alive(name)]
            free = or_(jobs.c.owner.is_(None), jobs.c.owner.in_(gone))
            if only is not None:
                free = and_(jobs.c.id == only, or_(free, jobs.c.owner == owner))
            rows = connection.execute(
                select(jobs).where(active, free).order_by(jobs.c.position, jobs.c.created_at, jobs.c.id).limit(limit)
            ).mappings().all()
            if rows:
                connection.execute(update(jobs).where(jobs.c.seq.in_([row["seq"] for row in rows])).values(owner=owner))
            return [job_of(row) for row in rows]

        self._owner = owner
        return await self._db.write(work)

    def _ownership(self, before: Job, after: Job) -> dict[str, object]:
        if after.state not in ACTIVE:
            return {"owner": None}
        return {"owner": self._owner} if before.state not in ACTIVE else {}

    async def release(self, owner: str) -> None:
        """Give up all jobs of a process that ends in good order."""

        def work(connection: Connection) -> None:
            connection.execute(update(jobs).where(jobs.c.owner == owner).values(owner=None))

        if self._owner == owner:
            self._owner = None
        await self._db.write(work)

    async def hold(self, job: Job, terms: SendingTerms) -> Hold | None:
        """Why a job would have to stay in the queue just now; the same is looked at again when it is sent."""
        return await self._db.read(lambda connection: hold_of(connection, job, terms))

    async def get(self, job_id: str) -> Job | None:
        def work(connection: Connection) -> Job | None:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one_or_none()
            return None if row is None else job_of(row)

        return await self._db.read(work)

    async def followed(self, job_id: str, owner: str) -> Job | None:
        """The job, unless there is none or another process has it by now."""

        def work(connection: Connection) -> Job | None:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one_or_none()
            return None if row is None or not _may_write(row["owner"], owner) else job_of(row)

        return await self._db.read(work)

    async def in_flight(self, account: str) -> Sequence[str]:
        """Ids of the account's jobs that are on their way to the service or run there, in any process."""
        wanted = select(jobs.c.id).where(jobs.c.account == account, jobs.c.state.in_(_IN_FLIGHT))
        return await self._db.read(lambda connection: list(connection.execute(wanted).scalars()))

    async def marks(self) -> Mapping[str, Mark]:
        """Of every job that has not ended what tells whether it was changed, by id: for many at once."""
        wanted = select(jobs.c.id, jobs.c.revision, jobs.c.position, jobs.c.owner).where(_UNFINISHED)

        def work(connection: Connection) -> dict[str, Mark]:
            return {name: (revision, position, owner) for name, revision, position, owner in connection.execute(wanted)}

        return await self._db.read(work)

    async def timeline(self, job_id: str) -> Sequence[TimelineEntry]:
        """The steps of a job's life, oldest first; empty for a job that is not there."""

        def work(connection: Connection) -> list[TimelineEntry]:
            rows = connection.execute(select(timeline).where(timeline.c.job_id == job_id).order_by(timeline.c.seq))
            return [TimelineEntry(from_ms(row.at), JobState(row.state), row.note) for row in rows]

        return await self._db.read(work)

    async def answers(self, job_id: str) -> Sequence[tuple[datetime, Mapping[str, object]]]:
        """What the service said about a job, word for word, oldest first; the same answer twice in a row is kept once."""

        def work(connection: Connection) -> list[tuple[datetime, Mapping[str, object]]]:
            rows = connection.execute(select(answers).where(answers.c.job_id == job_id).order_by(answers.c.seq)).mappings()
            return [(from_ms(row["at"]), json.loads(zlib.decompress(row["body"]))) for row in rows]

        return await self._db.read(work)

    async def list(self, query: JobQuery) -> Sequence[Job]:
        """A page, newest first. Raises NotFoundError where `query.before` is no job."""
        return await self._db.read(lambda connection: _page(connection, query))

    async def unfinished_count(self) -> int:
        """How many jobs have not ended, those that wait for the person's decision included."""

        def work(connection: Connection) -> int:
            return int(connection.execute(select(func.count()).select_from(jobs).where(_UNFINISHED)).scalar_one())

        return await self._db.read(work)

    async def totals(self, since: datetime) -> JobTotals:
        """Sums over the jobs created from `since` on; days are those of its time zone (local time if it has none)."""

        def work(connection: Connection) -> JobTotals:
            rows = connection.execute(
                select(jobs.c.created_at, jobs.c.charged, jobs.c.state).where(jobs.c.created_at >= to_ms(since))
            )
            return _totals([(created, charged or 0.0, state) for created, charged, state in rows], since)

        return await self._db.read(work)


def _changes(after: Job, words: str) -> dict[str, object]:
    """The columns to write. The search words stay out of it while they are the same, for the index's sake."""
    values = {name: value for name, value in job_values(after).items() if name not in _FIXED}
    new_words = job_words(after)
    return values if new_words == words else {**values, "words": new_words}


def _may_write(owner: str | None, by: str | None) -> bool:
    """The fence: a process that was taken for dead, and goes on, changes nothing of what belongs to another one now."""
    return by is None or owner is None or owner == by


def _is_held(job: Job, hold: Hold) -> bool:
    return job.waiting_for is hold.reason and job.error == hold.error


def _held(before: Job, hold: Hold) -> tuple[Job, str]:
    """The job with what it waits for, and a line for its timeline where it waits for something else than before."""
    after = before.changed(waiting_for=hold.reason, error=hold.error, not_before=None, attempts=0,
                           revision=before.revision + 1)
    same = before.waiting_for is hold.reason and before.error is not None and hold.error is not None \
        and before.error.code == hold.error.code
    return after, "" if same or hold.error is None else f"Held: {hold.error.message}"


def _page(connection: Connection, query: JobQuery) -> list[Job]:
    wanted = select(jobs)
    if query.state is not None:
        wanted = wanted.where(jobs.c.state == query.state.value)
    if query.account is not None:
        wanted = wanted.where(jobs.c.account == query.account)
    if query.unfinished:
        wanted = wanted.where(_UNFINISHED)
    last = None
    if query.before is not None:
        last = connection.execute(select(jobs.c.seq, jobs.c.created_at).where(jobs.c.id == query.before)).one_or_none()
        if last is None:
            raise NotFoundError(f"There is no job {query.before}.")
    match = match_of(query.search)
    if match is None:
        if last is not None:
            wanted = wanted.where(tuple_(jobs.c.created_at, jobs.c.id) < tuple_(last.created_at, query.before))
        wanted = wanted.order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
    else:
        # In the order of writing, which is the index's own: sorting all that matches by time would take seconds.
        wanted = wanted.join(job_search, job_search.c.rowid == jobs.c.seq).where(job_search.c.job_search.op("MATCH")(match))
        if last is not None:
            wanted = wanted.where(job_search.c.rowid < last.seq)
        wanted = wanted.order_by(job_search.c.rowid.desc())
    return [job_of(row) for row in connection.execute(wanted.limit(query.limit)).mappings()]


def _totals(rows: Sequence[tuple[int, float, str]], since: datetime) -> JobTotals:
    zone = since.tzinfo
    days: dict[datetime, tuple[int, float]] = {}
    for created, charged, _state in rows:
        moment = from_ms(created).astimezone(zone)
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        count, total = days.get(day, (0, 0.0))
        days[day] = (count + 1, total + charged)
    return JobTotals(
        jobs=len(rows),
        charged=sum(charged for _, charged, _ in rows),
        failed=sum(state == JobState.FAILED for _, _, state in rows),
        days=tuple(DaySpending(day, count, total) for day, (count, total) in sorted(days.items())),
    )
