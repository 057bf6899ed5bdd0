"""The queue as the person arranges it: what is held, who comes before whom, labels, and what is taken out again.

A job's place and label are the person's: they change beside the job's own steps, and need no new revision. The request of a
waiting job is part of what its steps work on: with a change of that the job gets a new revision, so that whoever works on it
begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from studio.domain.job import Credits, Job, JobRequest, now
from studio.domain.ledger import amount_words
from studio.domain.pause import Pause, PauseScope
from studio.domain.query import LabelGroup
from studio.domain.state import JobState, WaitReason
from studio.store.database import Database
from studio.store.ledger import record
from studio.store.rows import clean_text, job_of, job_values, job_words, to_ms
from studio.store.steps import add_line, add_lines
from studio.store.tables import jobs, pauses, timeline

# In these very words, so that SQLite uses the partial index jobs_waiting.
_WAITING = text("jobs.state = 'queued'")
_ROOM = 1.0 / 256
"""Two places closer together than this leave no room: then all of the account's are given anew."""
_APART = 16.0
_RUNNING = frozenset({JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.CANCELLING})
_ENDED = {JobState.DONE: "done", JobState.FAILED: "failed", JobState.CANCELLED: "cancelled"}


class SqlQueue:
    """Every method returns after the disk has it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- pauses

    async def pauses(self) -> frozenset[Pause]:
        """All that is held."""

        def work(connection: Connection) -> frozenset[Pause]:
            return frozenset(Pause(row.scope, row.name) for row in connection.execute(select(pauses)))

        return await self._db.read(work)

    async def pause(self, scope: PauseScope, name: str = "") -> Sequence[Job]:
        """Nothing of that scope leaves the queue any more; again is fine. Gives the waiting jobs that are held by it now."""

        def work(connection: Connection) -> list[Job]:
            connection.execute(upsert(pauses).values(scope=scope, name=name, at=to_ms(now())).on_conflict_do_nothing())
            others = or_(jobs.c.waiting_for.is_(None), jobs.c.waiting_for != WaitReason.PAUSED.value)
            return _held_or_not(connection, and_(others, _paused()), WaitReason.PAUSED)

        return await self._db.write(work)

    async def resume(self, scope: PauseScope, name: str = "") -> Sequence[Job]:
        """The scope is not held any more. Gives the jobs that nothing else holds."""

        def work(connection: Connection) -> list[Job]:
            connection.execute(delete(pauses).where(pauses.c.scope == scope, pauses.c.name == name))
            return _held_or_not(connection, and_(jobs.c.waiting_for == WaitReason.PAUSED.value, ~_paused()), None)

        return await self._db.write(work)

    # -- order

    async def waiting(self, account: str) -> Sequence[Job]:
        """The account's waiting jobs, who is first first."""
        return await self._db.read(lambda connection: _in_line(connection, account))

    async def move(self, account: str, ids: Sequence[str], before: str | None) -> Sequence[Job] | None:
        """Put waiting jobs of an account, in this order, before that one (None: at the end); gives all that have another
        place now. None when one of them does not wait there any more: then nothing was moved."""

        def work(connection: Connection) -> list[Job] | None:
            line = _in_line(connection, account)
            known = {job.id: job for job in line}
            if not known.keys() >= {*ids, *([] if before is None else [before])}:
                return None
            moved = [known[job_id] for job_id in dict.fromkeys(ids)]
            rest = [job for job in line if job.id not in ids]
            number = len(rest) if before is None else next(n for n, job in enumerate(rest) if job.id == before)
            placed = _placed(rest, moved, number)
            for job in placed:
                connection.execute(update(jobs).where(jobs.c.id == job.id).values(position=job.position))
            return placed

        return await self._db.write(work)

    # -- one job

    async def edit(self, job_id: str, request: JobRequest, estimated: float | None) -> Job | None:
        """Another request for a job that waits and of which nothing was ever sent; place and key stay. None where it does
        not, or something was."""

        def work(connection: Connection) -> Job | None:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id, _WAITING)).mappings().one_or_none()
            sent = exists().where(timeline.c.job_id == job_id, timeline.c.state == JobState.SUBMITTING.value)
            if row is None or connection.execute(select(sent)).scalar_one():
                return None
            before = job_of(row)
            held = before.waiting_for if before.waiting_for is WaitReason.PAUSED else None
            after = before.changed(
                request=replace(request, account=before.request.account, chain_run=before.request.chain_run),
                credits=Credits(estimated), revision=before.revision + 1, approved=False, waiting_for=held, error=None,
                not_before=None, attempts=0,
            )
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(**job_values(after), words=job_words(after)))
            add_line(connection, after, "Changed by the person." if estimated is None else
                     f"Changed by the person: thought to cost {amount_words(estimated)}.")
            record(connection, before, after)
            return after

        return await self._db.write(work)

    # -- labels

    async def set_label(self, ids: Sequence[str], label: str | None) -> Sequence[Job]:
        """Give jobs a label, or none; gives those that are there."""
        kept = None if label is None else clean_text(label)

        def work(connection: Connection) -> list[Job]:
            changed: list[Job] = []
            for job_id in dict.fromkeys(ids):
                row = connection.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one_or_none()
                if row is None:
                    continue
                job = job_of(row)
                job = job.changed(request=replace(job.request, label=kept))
                connection.execute(update(jobs).where(jobs.c.id == job_id).values(label=kept, words=job_words(job)))
                changed.append(job)
            return changed

        return await self._db.write(work)

    async def labels(self) -> Sequence[LabelGroup]:
        """Every label with how many of its jobs wait, run and have ended; the one used last comes first."""
        counted = (
            select(jobs.c.label, jobs.c.state, func.count(), func.max(jobs.c.created_at))
            .where(jobs.c.label.is_not(None)).group_by(jobs.c.label, jobs.c.state)
        )

        def work(connection: Connection) -> list[LabelGroup]:
            return _groups([(row[0], JobState(row[1]), row[2], row[3]) for row in connection.execute(counted)])

        return await self._db.read(work)

    async def unfinished(self, *, account: str | None = None, label: str | None = None) -> Sequence[Job]:
        """The jobs of an account, a label or all that have not ended, oldest place first."""
        ended = [state.value for state in _ENDED]
        wanted = select(jobs).where(jobs.c.state.not_in(ended), *_of(account, label))
        wanted = wanted.order_by(jobs.c.position, jobs.c.created_at, jobs.c.id)
        return await self._db.read(lambda connection: [job_of(row) for row in connection.execute(wanted).mappings()])

    # -- out of it

    async def cancel_waiting(self, *, account: str | None = None, label: str | None = None) -> Sequence[Job]:
        """Every job that waits in the queue ends as cancelled, at once; gives them. No other job is touched."""

        def work(connection: Connection) -> list[Job]:
            values: Mapping[str, Any] = {
                "state": JobState.CANCELLED.value, "waiting_for": None, "not_before": None, "error": None, "owner": None,
                "finished_at": to_ms(now()), "revision": jobs.c.revision + 1,
            }
            changing = update(jobs).where(_WAITING, *_of(account, label)).values(**values).returning(*jobs.c)
            ended = [job_of(row) for row in connection.execute(changing).mappings().all()]
            add_lines(connection, ended, "Cancelled.")
            for job in ended:
                record(connection, job.changed(state=JobState.QUEUED, finished_at=None), job)
            return ended

        return await self._db.write(work)


def _of(account: str | None, label: str | None) -> list[ColumnElement[bool]]:
    wanted = (jobs.c.account, account), (jobs.c.label, label)
    return [column == value for column, value in wanted if value is not None]


def _paused() -> ColumnElement[bool]:
    """Whether anything that the person paused holds a job."""
    return exists().where(or_(
        pauses.c.scope == "all",
        and_(pauses.c.scope == "account", pauses.c.name == jobs.c.account),
        and_(pauses.c.scope == "job", pauses.c.name == jobs.c.id),
    ))


def _held_or_not(connection: Connection, which: ColumnElement[bool], reason: WaitReason | None) -> list[Job]:
    values: Mapping[str, Any] = {
        "waiting_for": None if reason is None else reason.value, "error": None, "not_before": None, "attempts": 0,
        "revision": jobs.c.revision + 1,
    }
    changed = connection.execute(update(jobs).where(_WAITING, which).values(**values).returning(*jobs.c)).mappings().all()
    return [job_of(row) for row in changed]


def _in_line(connection: Connection, account: str) -> list[Job]:
    wanted = select(jobs).where(_WAITING, jobs.c.account == account)
    rows = connection.execute(wanted.order_by(jobs.c.position, jobs.c.created_at, jobs.c.id)).mappings()
    return [job_of(row) for row in rows]


def _placed(rest: Sequence[Job], moved: Sequence[Job], number: int) -> list[Job]:
    """Those who get another place when `moved` stand before the one with that number of the `rest`."""
    before = rest[number - 1].position if number > 0 else None
    after = rest[number].position if number < len(rest) else None
    if before is None and after is None:
        return list(_from(moved, moved[0].position))
    if after is None:
        return list(_from(moved, before + 1.0 if before is not None else 0.0))
    if before is None:
        return list(_from(moved, after - len(moved)))
    room = (after - before) / (len(moved) + 1)
    if room >= _ROOM:
        return [job.changed(position=before + room * (n + 1)) for n, job in enumerate(moved)]
    line = [*rest[:number], *moved, *rest[number:]]
    return [job.changed(position=line[0].position + n * _APART) for n, job in enumerate(line)]


def _from(moved: Sequence[Job], first: float) -> Sequence[Job]:
    return [job.changed(position=first + n) for n, job in enumerate(moved)]


def _groups(rows: Sequence[tuple[str, JobState, int, int]]) -> list[LabelGroup]:
    newest: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {}
    for label, state, number, at in rows:
        newest[label] = max(newest.get(label, at), at)
        kind = _ENDED.get(state) or ("running" if state in _RUNNING else "waiting")
        mine = counts.setdefault(label, {})
        mine[kind] = mine.get(kind, 0) + number
    order = sorted(newest, key=lambda label: newest[label], reverse=True)
    return [LabelGroup(label, **counts[label]) for label in order]
