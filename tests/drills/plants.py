"""Bugs that the drills must find, each put into the product for as long as a test lasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from studio.domain import state as states
from studio.domain.job import Job, new_id, now
from studio.domain.ledger import EntryKind, SendingTerms
from studio.domain.remote import Change, RemoteJob
from studio.domain.state import JobState
from studio.jobs import collecting, runner, sending
from studio.jobs.ports import Provider
from studio.jobs.runner import Runner
from studio.jobs.scheduler import Scheduler
from studio.jobs.walk import Walk
from studio.store import jobs as job_store
from studio.store import ledger
from studio.store.jobs import SqlJobStore
from studio.store.rows import job_of, to_ms
from studio.store.tables import jobs as job_table
from studio.store.tables import ledger as ledger_table

Plant = Callable[[pytest.MonkeyPatch], None]


def a_key_per_attempt(patch: pytest.MonkeyPatch) -> None:
    """Each try of a request goes out under a key of its own."""
    inner = sending._post

    async def post(walk: Walk, provider: Provider, values: Any) -> None:
        sent = new_id("key")

        class Renamed:
            def __getattr__(self, name: str) -> Any:
                return getattr(provider, name)

            async def submit(self, operation: str, given: Any, _key: str) -> RemoteJob:
                return await provider.submit(operation, given, sent)

        await inner(walk, Renamed(), values)

    patch.setattr(sending, "_post", post)


def the_state_after_the_step(patch: pytest.MonkeyPatch) -> None:
    """That a request goes out is written when its answer is there."""
    leave, accepted = Walk.leave_queue, sending._accepted

    async def leave_queue(walk: Walk, state: JobState, terms: SendingTerms) -> bool:
        if state is not JobState.SUBMITTING:
            return await leave(walk, state, terms)
        walk.job = walk.job.changed(state=state)
        return True

    async def late(walk: Walk, provider: Provider, answer: RemoteJob) -> None:
        stored = await walk.world.store.get(walk.job.id)
        if stored is not None and stored.state is JobState.QUEUED:
            walk.job = await walk.world.store.change(stored, Change(stored.changed(state=JobState.SUBMITTING))) or stored
        await accepted(walk, provider, answer)

    patch.setattr(Walk, "leave_queue", leave_queue)
    patch.setattr(sending, "_accepted", late)


def a_lease_without_fencing(patch: pytest.MonkeyPatch) -> None:
    """Whoever held a job once may write it, however long ago that was."""
    change = SqlJobStore.change

    async def unfenced(store: SqlJobStore, expected: Job, what: Any) -> Job | None:
        def current(connection: Connection) -> Job:
            return job_of(connection.execute(select(job_table).where(job_table.c.id == expected.id)).mappings().one())

        stored = await store._db.read(current)
        return await change(store, replace(expected, revision=stored.revision), replace(what, by=None))

    async def followed(store: SqlJobStore, job_id: str, owner: str) -> Job | None:
        return await store.get(job_id)

    patch.setattr(SqlJobStore, "change", unfenced)
    patch.setattr(SqlJobStore, "followed", followed)
    patch.setattr(job_store, "may_follow", lambda before, after: True)


def two_terminal_states(patch: pytest.MonkeyPatch) -> None:
    """A job that is done is said to have failed afterwards."""
    inner = collecting.downloading

    async def twice(walk: Walk) -> None:
        await inner(walk)
        if walk.job.state is JobState.DONE:
            await walk.write("And it failed.", state=JobState.FAILED)

    patch.setitem(runner.STEPS, JobState.DOWNLOADING, twice)
    patch.setitem(states.TRANSITIONS, JobState.DONE, frozenset({JobState.FAILED}))


def a_double_refund(patch: pytest.MonkeyPatch) -> None:
    """What a failed job cost is given back each time that the service says so, not once."""
    inner = ledger.record

    def record(connection: Connection, before: Job | None, after: Job) -> None:
        inner(connection, before, after)
        if before is not None and after.state in (JobState.FAILED, JobState.CANCELLED) and after.credits.charged == 0:
            connection.execute(insert(ledger_table).values(
                job_id=after.id, intent=after.idempotency_key, account=after.request.account,
                operation=after.request.operation, label=None, at=to_ms(now()), kind=EntryKind.REFUNDED.value, amount=48.0))

    patch.setattr(job_store, "record", record)


def a_lost_waiter(patch: pytest.MonkeyPatch) -> None:
    """A job that ends does not give its place back."""
    patch.setattr(Scheduler, "leave", lambda self, job: None)


def polling_with_the_wrong_account(patch: pytest.MonkeyPatch) -> None:
    """A poll goes out with whichever account was used last."""
    used: list[str] = []

    async def provider(walk: Walk) -> Provider:
        account = walk.job.request.account
        if walk.job.state is JobState.SUBMITTING:
            used.append(account)
        return await walk.world.providers.of(used[-1] if walk.job.state is JobState.RUNNING and used else account)

    patch.setattr(Walk, "provider", provider)


def cancelling_the_neighbour(patch: pytest.MonkeyPatch) -> None:
    """A cancel of a waiting job stops the one that holds its place too."""
    cancel = Runner.cancel

    async def both(self: Runner, job_id: str) -> Job:
        job = await self._get(job_id)
        if job.state is JobState.QUEUED:
            for walk in list(self._walks.values()):
                if walk.job.state is JobState.RUNNING and walk.job.request.account == job.request.account:
                    await cancel(self, walk.job.id)
                    break
        return await cancel(self, job_id)

    patch.setattr(Runner, "cancel", both)


def the_row_before_the_fsync(patch: pytest.MonkeyPatch) -> None:
    """A result is recorded while its bytes are on their way to the disk."""
    from studio.library import placing

    patch.setattr(placing, "flush_file", lambda path: None)


IN_THE_MACHINE: Sequence[Plant] = (
    a_key_per_attempt, the_state_after_the_step, a_lease_without_fencing, two_terminal_states, a_double_refund,
    a_lost_waiter, polling_with_the_wrong_account, cancelling_the_neighbour,
)
"""Found by the state machine. The other two: `the_row_before_the_fsync`, and synchronous=NORMAL in tests.drills.power."""
