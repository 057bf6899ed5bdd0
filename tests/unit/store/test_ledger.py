"""The ledger: one charge an intent, nothing given back twice, written with the transition or not at all, only growing."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.account import Budget
from studio.domain.errors import Cost
from studio.domain.job import Credits, Job, JobError, JobRequest
from studio.domain.ledger import EntryKind, Grouping, LedgerQuery, SendingTerms, Standing
from studio.domain.remote import Change
from studio.domain.state import JobState, WaitReason, may_follow
from studio.store import migrate as migration
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.ledger import SqlLedger
from tests.unit.store.samples import MOMENT, full_job

K = EntryKind
TERMS = SendingTerms.at(datetime.now(UTC), Budget(per_day=100, per_month=1000))


def new(
    account: str = "paid", operation: str = "image.generate", label: str | None = None, estimated: float | None = 5.0
) -> Job:
    request = JobRequest(operation, account, {"prompt": "x"}, label)
    return Job.new(request).changed(credits=Credits(estimated))


class Book:
    """A store with its ledger, and the steps of a job's life in short."""

    def __init__(self, db: Database) -> None:
        self.jobs = SqlJobStore(db)
        self.ledger = SqlLedger(db)

    async def add(self, job: Job) -> Job:
        await self.jobs.add(job)
        return job

    async def go(self, job: Job, *states: JobState, charged: float | None = None, error: JobError | None = None) -> Job:
        """Through `states`; what is charged is said with the last."""
        for state in states:
            credits_ = Credits(job.credits.estimated, charged if state is states[-1] and charged is not None
                               else job.credits.charged)
            changed = await self.jobs.change(job, Change(job.changed(state=state, credits=credits_, error=error)))
            assert changed is not None
            job = changed
        return job

    async def sent(self, job: Job) -> Job:
        return await self.go(await self.add(job), JobState.SUBMITTING, JobState.RUNNING)

    async def lines(self, job: Job) -> list[tuple[EntryKind, float | None]]:
        return [(one.kind, one.amount) for one in reversed(await self.ledger.entries(LedgerQuery(job_id=job.id)))]


@pytest.fixture
def book(db: Database) -> Book:
    return Book(db)


async def test_a_charge_that_is_told_at_every_poll_is_one_charge(book: Book) -> None:
    job = await book.sent(new())
    for _ in range(3):
        job = await book.go(job, JobState.RUNNING, charged=48.0)
    await book.go(job, JobState.DOWNLOADING, JobState.DONE, charged=48.0)
    assert await book.lines(job) == [(K.ESTIMATED, 5.0), (K.CHARGED, 48.0)]


async def test_what_a_failed_job_gives_back_is_given_back_once(book: Book) -> None:
    job = await book.go(await book.sent(new()), JobState.RUNNING, charged=48.0)
    error = JobError("job_failed", "x", "It failed.", True, cost=Cost.NONE)
    failed = await book.go(job, JobState.FAILED, charged=0.0, error=error)
    again = await book.go(failed, JobState.RUNNING)  # the person asked again; the service says the same
    await book.go(again, JobState.FAILED, charged=0.0, error=error)
    assert await book.lines(job) == [(K.ESTIMATED, 5.0), (K.CHARGED, 48.0), (K.REFUNDED, 48.0)]


async def test_a_price_that_is_corrected_adds_the_difference(book: Book) -> None:
    job = await book.go(await book.sent(new()), JobState.RUNNING, charged=48.0)
    await book.go(job, JobState.DOWNLOADING, charged=40.0)
    assert await book.lines(job) == [(K.ESTIMATED, 5.0), (K.CHARGED, 48.0), (K.REFUNDED, 8.0)]


async def test_a_new_intent_of_a_job_has_a_charge_of_its_own(book: Book) -> None:
    job = await book.go(await book.sent(new()), JobState.FAILED, charged=10.0)
    anew = job.changed(state=JobState.QUEUED, idempotency_key="another", credits=Credits(5.0))
    stored = await book.jobs.change(job, Change(anew))
    assert stored is not None
    await book.go(stored, JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.DONE, charged=10.0)
    assert await book.lines(job) == [(K.ESTIMATED, 5.0), (K.CHARGED, 10.0), (K.ESTIMATED, 5.0), (K.CHARGED, 10.0)]


async def test_doubt_is_written_once_and_ends_with_what_the_service_says(book: Book) -> None:
    job = await book.go(await book.add(new()), JobState.SUBMITTING, JobState.UNKNOWN)
    assert (await book.ledger.sums(None, LedgerQuery()))[0].doubtful == 1
    job = await book.go(job, JobState.SUBMITTING, JobState.UNKNOWN, JobState.SUBMITTING, JobState.RUNNING)
    await book.go(job, JobState.DOWNLOADING, JobState.DONE, charged=6.0)
    assert await book.lines(job) == [(K.ESTIMATED, 5.0), (K.UNKNOWN, 5.0), (K.CHARGED, 6.0)]
    total = (await book.ledger.sums(None, LedgerQuery()))[0]
    assert (total.doubtful, total.doubted, total.spent) == (0, 0.0, 6.0)


async def test_doubt_ends_when_the_request_turns_out_to_be_refused(book: Book) -> None:
    job = await book.go(await book.add(new()), JobState.SUBMITTING, JobState.UNKNOWN, JobState.SUBMITTING)
    await book.go(job, JobState.FAILED, error=JobError("refused", "x", "No.", False, cost=Cost.NONE))
    assert await book.lines(job) == [(K.ESTIMATED, 5.0), (K.UNKNOWN, 5.0), (K.CHARGED, 0.0)]


async def test_a_transition_that_is_not_made_writes_no_line(book: Book) -> None:
    job = await book.sent(new())
    await book.go(job, JobState.RUNNING, charged=48.0)
    assert await book.jobs.change(job, Change(job.changed(credits=Credits(5.0, 99.0)))) is None  # somebody was first
    assert await book.lines(job) == [(K.ESTIMATED, 5.0), (K.CHARGED, 48.0)]


STATES = [JobState.RUNNING, JobState.DOWNLOADING, JobState.FAILED, JobState.UNKNOWN, JobState.SUBMITTING, JobState.QUEUED]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STATES), st.one_of(st.none(), st.integers(0, 50))), max_size=12))
def test_whatever_a_job_goes_through_the_ledger_adds_up_to_what_the_service_said_last(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[JobState, int | None]]
) -> None:
    async def live() -> None:
        # one store for all examples: each has a job of its own
        db = Database.open(tmp_path_factory.getbasetemp() / "any-life" / "store.db")
        try:
            book = Book(db)
            job = await book.sent(new())
            for state, charged in steps:
                if state is job.state or may_follow(job.state, state):
                    job = await book.go(job, state, charged=None if charged is None else float(charged))
            lines = await book.lines(job)
            signs = {K.CHARGED: 1, K.REFUNDED: -1}
            assert sum((amount or 0) * signs.get(kind, 0) for kind, amount in lines) == (job.credits.charged or 0)
            assert sum(kind is K.UNKNOWN for kind, _ in lines) <= 1
            assert all((amount or 0) >= 0 for _, amount in lines)
        finally:
            await asyncio.to_thread(db.close)

    asyncio.run(live())


@pytest.mark.slow
async def test_sums_by_everything(book: Book) -> None:
    for account, operation, label, charged in (
        ("one", "image.generate", "A", 4.0), ("one", "video.generate", "A", 45.0), ("two", "image.generate", None, 6.0),
    ):
        job = await book.sent(new(account, operation, label))
        await book.go(job, JobState.DOWNLOADING, JobState.DONE, charged=charged)

    async def by(grouping: Grouping, **narrow: str) -> dict[str, float]:
        return {one.key: one.spent for one in await book.ledger.sums(grouping, LedgerQuery(**narrow))}  # type: ignore[arg-type]

    assert await by(Grouping.ACCOUNT) == {"one": 49.0, "two": 6.0}
    assert list(await by(Grouping.OPERATION)) == ["video.generate", "image.generate"]
    assert await by(Grouping.LABEL) == {"A": 49.0, "": 6.0}
    assert await by(Grouping.LABEL, account="two") == {"": 6.0}
    assert await by(Grouping.DAY) == {f"{datetime.now().astimezone():%Y-%m-%d}": 55.0}
    assert await by(Grouping.MONTH) == {f"{datetime.now().astimezone():%Y-%m}": 55.0}
    total = (await book.ledger.sums(None, LedgerQuery()))[0]
    assert (total.jobs, total.estimated, total.charged) == (3, 15.0, 55.0)
    later = datetime.now(UTC) + timedelta(days=1)
    assert not await book.ledger.sums(Grouping.DAY, LedgerQuery(since=later))


async def test_an_estimate_counts_as_long_as_something_may_come_of_it(book: Book) -> None:
    async def estimated() -> float:
        return (await book.ledger.sums(None, LedgerQuery()))[0].estimated

    waiting, sent = await book.add(new(estimated=3.0)), await book.sent(new(estimated=4.0))
    assert await estimated() == 7.0
    await book.go(waiting, JobState.CANCELLED)
    assert await estimated() == 4.0
    await book.go(sent, JobState.FAILED, charged=0.0)
    assert await estimated() == 4.0


async def test_pages_of_the_ledger_go_on_where_the_last_one_ended(book: Book) -> None:
    for _ in range(5):
        await book.add(new())
    first = await book.ledger.entries(LedgerQuery(limit=3))
    rest = await book.ledger.entries(LedgerQuery(limit=3, before=first[-1].seq))
    assert [one.seq for one in (*first, *rest)] == [5, 4, 3, 2, 1]


async def test_nothing_of_the_ledger_can_be_changed_or_removed(book: Book, path: Path) -> None:
    await book.add(new())
    with closing(sqlite3.connect(path)) as raw:
        for statement in ("UPDATE ledger SET amount = 0", "DELETE FROM ledger"):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                raw.execute(statement)


async def test_what_is_spent_reserved_and_in_doubt_counts(book: Book) -> None:
    job = await book.sent(new(estimated=7.0))
    assert await book.ledger.standing("paid", TERMS) == Standing(0.0, 0.0, 7.0)
    await book.go(job, JobState.RUNNING, charged=6.0)  # from here on it is spent
    assert await book.ledger.standing("paid", TERMS) == Standing(6.0, 6.0, 0.0)
    lost = await book.go(await book.add(new(estimated=5.0)), JobState.SUBMITTING, JobState.UNKNOWN)
    assert await book.ledger.standing("paid", TERMS) == Standing(11.0, 11.0, 0.0)
    await book.go(lost, JobState.SUBMITTING)  # sent again: reserved, and not counted twice
    assert await book.ledger.standing("paid", TERMS) == Standing(6.0, 6.0, 5.0)
    assert await book.ledger.standing("other", TERMS) == Standing()


async def test_a_job_leaves_the_queue_only_under_its_terms_and_is_held_in_one_write(book: Book) -> None:
    job = await book.add(new(estimated=101.0))
    change = Change(job.changed(state=JobState.SUBMITTING), terms=TERMS)
    held = await book.jobs.change(job, change)
    assert held is not None
    assert (held.state, held.waiting_for, held.revision) == (JobState.QUEUED, WaitReason.BUDGET, 1)
    again = await book.jobs.change(held, Change(held.changed(state=JobState.SUBMITTING), terms=TERMS))
    assert again == held  # nothing new to write
    assert len([one for one in await book.jobs.timeline(job.id) if one.note.startswith("Held:")]) == 1
    sent = await book.jobs.change(held, Change(held.changed(state=JobState.SUBMITTING, approved=True)))
    assert sent is not None
    assert sent.state is JobState.SUBMITTING


async def test_earlier_charges_are_the_newest_of_the_same_account_and_operation(book: Book) -> None:
    for charged in (4.0, 5.0):
        await book.go(await book.sent(new()), JobState.DOWNLOADING, JobState.DONE, charged=charged)
    await book.go(await book.sent(new()), JobState.FAILED, charged=9.0)
    await book.go(await book.sent(new("other")), JobState.DOWNLOADING, JobState.DONE, charged=8.0)
    assert [charged for _, charged in await book.ledger.earlier("paid", "image.generate")] == [5.0, 4.0]


def test_a_store_of_before_has_its_ledger_filled(path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migration, "HEAD", 2)
        migration.migrate(path)
    states = {"done": None, "failed": '{"cost": "unknown"}', "cancelled": None, "running": None, "unknown": None}
    with closing(sqlite3.connect(path)) as raw, raw:
        for number, (state, error) in enumerate(states.items()):
            for account, charged in (("paid", 4.0), ("paid", None), ("local", None)):
                raw.execute(
                    "INSERT INTO jobs (id, operation, account, input, idempotency_key, state, attempts, created_at,"
                    " estimated, charged, error, asset_ids, revision, words)"
                    " VALUES (?, 'image.generate', ?, '{}', ?, ?, 0, ?, 5, ?, ?, '[]', 0, '')",
                    (f"job_{number}_{account}_{charged}", account, f"key{number}", state, number, charged, error))
    migration.migrate(path)
    with closing(sqlite3.connect(path)) as raw:
        kinds = dict(raw.execute("SELECT kind, count(*) FROM ledger GROUP BY kind").fetchall())
        doubts = {row[0] for row in raw.execute("SELECT job_id FROM ledger WHERE kind = 'unknown'")}
    assert kinds == {"estimated": 15, "charged": 5, "unknown": 3}
    assert doubts == {"job_0_paid_None", "job_1_paid_None", "job_4_paid_None"}


async def test_the_sample_of_all_fields_has_its_lines(book: Book) -> None:
    job = full_job()
    await book.jobs.add(job)
    assert await book.lines(job) == [(K.ESTIMATED, 4.5), (K.CHARGED, 48.0)]
    assert MOMENT.tzinfo is not None
