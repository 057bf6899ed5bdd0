"""What jobs cost: written in the transaction of the job's own transition, only ever added to, summed up when asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    distinct,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
)

from studio.domain.errors import Cost
from studio.domain.job import Job, now
from studio.domain.ledger import (
    EntryKind,
    Grouping,
    Hold,
    LedgerEntry,
    LedgerQuery,
    SendingTerms,
    Spending,
    Standing,
    in_doubt,
    refusal,
)
from studio.domain.state import ACTIVE, TERMINAL, JobState, WaitReason
from studio.store.database import Database
from studio.store.rows import clean_text, from_ms, to_ms
from studio.store.tables import jobs, ledger, pauses

_TINY = 1e-6
"""Smaller differences between two amounts come from adding them up."""
_KNOWN = (EntryKind.CHARGED.value, EntryKind.REFUNDED.value)
_ON_THE_WAY = [state.value for state in sorted(ACTIVE - {JobState.QUEUED})]
_TERMINAL = sorted(state.value for state in TERMINAL)
# In these very words, so that SQLite uses the partial indexes that the migrations made.
_UNFINISHED = text("jobs.state NOT IN ({})".format(", ".join(f"'{state}'" for state in _TERMINAL)))
_IS_CHARGE = text("ledger.kind = 'charged'")
_IS_DOUBT = text("ledger.kind = 'unknown'")
_WITHOUT_COST = text("jobs.charged IS NULL AND jobs.state IN ('cancelled', 'failed')")


# -- written with the job's transition


def record(connection: Connection, before: Job | None, after: Job) -> None:
    """The lines that a transition adds. Charges and what is given back are the difference to what the ledger already holds
    of this intent, so that a charge told twice counts once, and nothing is given back twice."""
    same = before is not None and before.idempotency_key == after.idempotency_key
    estimated = before.credits.estimated if same and before is not None else None
    if after.credits.estimated is not None and after.credits.estimated != estimated:
        _add(connection, after, EntryKind.ESTIMATED, after.credits.estimated - (estimated or 0.0))
    if after.credits.charged is not None:
        if not same or before is None or before.credits.charged != after.credits.charged:
            _charge(connection, after, after.credits.charged)
    elif before is None or before.state is not after.state:
        if in_doubt(before, after):
            _doubt(connection, after)
        elif _was_refused(after) and _has(connection, after, (EntryKind.UNKNOWN.value,)):
            _charge(connection, after, 0.0)  # the doubt is over: it was refused, and nothing is charged for that


def _was_refused(job: Job) -> bool:
    return job.state is JobState.FAILED and job.error is not None and job.error.cost is Cost.NONE


def _charge(connection: Connection, job: Job, charged: float) -> None:
    held = _signed_sum(ledger.c.kind.in_(_KNOWN))
    row = connection.execute(select(held, func.count()).where(*_of_intent(job), ledger.c.kind.in_(_KNOWN))).one()
    difference = charged - float(row[0])
    if difference < -_TINY:
        _add(connection, job, EntryKind.REFUNDED, -difference)
    elif difference > _TINY or not row[1]:
        _add(connection, job, EntryKind.CHARGED, max(difference, 0.0))


def _doubt(connection: Connection, job: Job) -> None:
    if not _has(connection, job, (EntryKind.UNKNOWN.value, *_KNOWN)):
        _add(connection, job, EntryKind.UNKNOWN, job.credits.estimated)


def _has(connection: Connection, job: Job, kinds: Sequence[str]) -> bool:
    found = select(ledger.c.seq).where(*_of_intent(job), ledger.c.kind.in_(kinds)).limit(1)
    return connection.execute(found).first() is not None


def _of_intent(job: Job) -> tuple[ColumnElement[bool], ...]:
    return ledger.c.job_id == job.id, ledger.c.intent == job.idempotency_key


def _add(connection: Connection, job: Job, kind: EntryKind, amount: float | None) -> None:
    label = None if job.request.label is None else clean_text(job.request.label)
    connection.execute(insert(ledger).values(
        job_id=job.id, intent=job.idempotency_key, account=job.request.account, operation=job.request.operation, label=label,
        at=to_ms(now()), kind=kind.value, amount=amount,
    ))


# -- whether a job may go


def hold_of(connection: Connection, job: Job, terms: SendingTerms) -> Hold | None:
    """Why a job has to stay in the queue just now: the person paused it, or its account's budget does not allow it."""
    names = ("", job.request.account, job.id)
    scopes = [and_(pauses.c.scope == scope, pauses.c.name == name)
              for scope, name in zip(("all", "account", "job"), names, strict=True)]
    if connection.execute(select(pauses.c.at).where(or_(*scopes)).limit(1)).first() is not None:
        return Hold(WaitReason.PAUSED)
    if job.approved or not terms.budget.is_set:
        return None
    error = refusal(terms.budget, standing_of(connection, job.request.account, terms, job.id), job.credits.estimated)
    return None if error is None else Hold(WaitReason.BUDGET, error)


def standing_of(connection: Connection, account: str, terms: SendingTerms, but: str = "") -> Standing:
    """What is spent and reserved. What may have been charged counts as spent; of a job on its way what it is thought to cost
    is reserved until the service says what it charges, also where it was sent again in doubt. `but`: a job that does
    not count."""
    today, month = to_ms(terms.day_since), to_ms(terms.month_since)
    moves = exists().where(jobs.c.id == ledger.c.job_id, jobs.c.state.in_(_ON_THE_WAY))
    spent = [0.0, 0.0]
    for counted in (ledger.c.kind.in_(_KNOWN), and_(_IS_DOUBT, _open_doubt(), ~moves)):
        row = connection.execute(
            select(_signed_sum(ledger.c.at >= today), _signed_sum(ledger.c.at >= month))
            .where(ledger.c.account == account, ledger.c.at >= min(today, month), counted)
        ).one()
        spent = [before + float(more) for before, more in zip(spent, row, strict=True)]
    # + keeps SQLite from the index by account, in which an account's whole past lies
    of_account = text("+jobs.account = :of_account").bindparams(of_account=account)
    reserved = connection.execute(
        select(func.coalesce(func.sum(jobs.c.estimated), 0.0)).where(
            _UNFINISHED, of_account, jobs.c.state.in_(_ON_THE_WAY), jobs.c.charged.is_(None), jobs.c.id != but,
        )
    ).scalar_one()
    return Standing(max(0.0, spent[0]), max(0.0, spent[1]), float(reserved))


def _signed_sum(condition: ColumnElement[bool]) -> ColumnElement[float]:
    amount = func.coalesce(ledger.c.amount, 0.0)
    signed = case((ledger.c.kind == EntryKind.REFUNDED.value, -amount), else_=amount)
    return func.coalesce(func.sum(case((condition, signed), else_=0.0)), 0.0)


def _open_doubt() -> ColumnElement[bool]:
    """A line that says "unknown" and that no later one has answered."""
    other = ledger.alias("answered")
    answered = exists().where(other.c.job_id == ledger.c.job_id, other.c.intent == ledger.c.intent, other.c.kind.in_(_KNOWN))
    return _only_of(EntryKind.UNKNOWN, ~answered)


def _lasting_estimate() -> ColumnElement[bool]:
    """An estimate that something came of, or may still: not that of a request that ended before it was sent."""
    other = ledger.alias("other")
    came = exists().where(other.c.job_id == ledger.c.job_id, other.c.intent == ledger.c.intent,
                          other.c.kind != EntryKind.ESTIMATED.value)
    ended = exists().where(jobs.c.id == ledger.c.job_id, jobs.c.idempotency_key == ledger.c.intent, _WITHOUT_COST)
    return _only_of(EntryKind.ESTIMATED, case((ended, came), else_=literal_column("1")))


def _only_of(kind: EntryKind, condition: ColumnElement[Any]) -> ColumnElement[bool]:
    """`condition` for lines of that kind, and looked at for no other: CASE goes from left to right, AND need not."""
    return case((ledger.c.kind == kind.value, condition), else_=literal_column("0")) == literal_column("1")


class SqlLedger:
    """Questions to the ledger."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def entries(self, query: LedgerQuery) -> Sequence[LedgerEntry]:
        """A page, newest first."""

        def work(connection: Connection) -> list[LedgerEntry]:
            wanted = _narrowed(select(ledger), query)
            if query.before is not None:
                wanted = wanted.where(ledger.c.seq < query.before)
            rows = connection.execute(wanted.order_by(ledger.c.seq.desc()).limit(query.limit)).mappings()
            return [_entry_of(row) for row in rows]

        return await self._db.read(work)

    async def sums(self, grouping: Grouping | None, query: LedgerQuery) -> Sequence[Spending]:
        """Sums over all entries that `query` means (its page does not count): one of each group, days in order, others by
        what was spent. Without a grouping one sum over all."""
        key = _key(grouping)
        doubt = _open_doubt()
        wanted = select(
            key.label("key"), func.count(distinct(ledger.c.job_id)), _signed_sum(_lasting_estimate()),
            _signed_sum(ledger.c.kind == EntryKind.CHARGED.value),
            -_signed_sum(ledger.c.kind == EntryKind.REFUNDED.value),
            func.coalesce(func.sum(case((doubt, 1), else_=0)), 0), _signed_sum(doubt),
        )
        wanted = _narrowed(wanted, query).group_by(literal_column("key"))

        def work(connection: Connection) -> list[Spending]:
            found = [Spending(str(name), jobs, estimated, charged, refunded, doubtful, doubted)
                     for name, jobs, estimated, charged, refunded, doubtful, doubted in connection.execute(wanted)]
            if grouping is not None and grouping.is_period:
                return sorted(found, key=lambda sums: sums.key)
            return sorted(found, key=lambda sums: (-sums.spent, -sums.estimated, sums.key))

        return await self._db.read(work)

    async def earlier(self, account: str, operation: str, limit: int = 60) -> Sequence[tuple[Mapping[str, object], float]]:
        """Inputs of the newest finished jobs of an account's operation, each with what it was charged."""
        wanted = (
            select(jobs.c.input, jobs.c.charged)
            .join_from(ledger, jobs, jobs.c.id == ledger.c.job_id)
            .where(_IS_CHARGE, ledger.c.account == account, ledger.c.operation == operation,
                   jobs.c.state == JobState.DONE.value, jobs.c.charged.is_not(None))
            .order_by(ledger.c.seq.desc()).limit(limit)
        )

        def work(connection: Connection) -> list[tuple[Mapping[str, object], float]]:
            return [(json.loads(given), float(charged)) for given, charged in connection.execute(wanted)]

        return await self._db.read(work)

    async def standing(self, account: str, terms: SendingTerms) -> Standing:
        """What an account has spent and what is reserved."""
        return await self._db.read(lambda connection: standing_of(connection, account, terms))


def _narrowed(wanted: Select[Any], query: LedgerQuery) -> Select[Any]:
    moments: list[tuple[datetime | None, bool]] = [(query.since, True), (query.until, False)]
    for name in ("account", "operation", "job_id"):
        value = getattr(query, name)
        if value is not None:
            wanted = wanted.where(ledger.c[name] == value)
    for moment, begins in moments:
        if moment is not None:
            wanted = wanted.where(ledger.c.at >= to_ms(moment) if begins else ledger.c.at < to_ms(moment))
    return wanted


def _key(grouping: Grouping | None) -> ColumnElement[Any]:
    if grouping is None:
        return literal_column("''")
    if grouping is Grouping.WEEK:  # the Sunday that comes, or is today, less six days
        return func.date(ledger.c.at / 1000.0, "unixepoch", "localtime", "weekday 0", "-6 days")
    if grouping in (Grouping.DAY, Grouping.MONTH):
        form = "%Y-%m-%d" if grouping is Grouping.DAY else "%Y-%m"
        return func.strftime(form, ledger.c.at / 1000.0, "unixepoch", "localtime")
    return func.coalesce(ledger.c[grouping.value], "")


def _entry_of(row: Mapping[Any, Any]) -> LedgerEntry:
    return LedgerEntry(row["seq"], row["job_id"], row["account"], row["operation"], row["label"], from_ms(row["at"]),
                       EntryKind(row["kind"]), row["amount"])
