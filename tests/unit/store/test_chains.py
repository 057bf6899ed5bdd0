"""Chains and runs on disk: kept as they were, and a step's job made once, whoever tries."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studio.domain.chain_run import ChainRun, RunState
from studio.domain.errors import Cost, StudioError
from studio.domain.job import Credits, Job, JobError, JobRequest, now
from studio.domain.ledger import EntryKind, LedgerQuery
from studio.domain.remote import Change
from studio.domain.state import JobState
from studio.store.chains import SqlChainStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.ledger import SqlLedger
from tests.unit.domain.chains import TALKING


def job_of(run: ChainRun, **more: object) -> Job:
    request = JobRequest(run.step.operation, "paid", {"prompt": "a pier"}, run.chain.title, chain_run=run.id)
    return Job.new(request).changed(**more)


@pytest.fixture
def store(db: Database) -> SqlChainStore:
    return SqlChainStore(db)


async def begun(store: SqlChainStore) -> ChainRun:
    run = ChainRun.new(TALKING, "paid", {"idea": "a pier \udcff", "n": 3}, 12.5)
    await store.add(run)
    return run


async def test_a_chain_comes_back_as_it_was_kept(store: SqlChainStore) -> None:
    await store.save(TALKING)
    await store.save(TALKING.changed(id="b", title="another"))
    assert await store.chain("talking") == TALKING
    assert [chain.id for chain in await store.chains()] == ["b", "talking"]
    await store.save(TALKING.changed(description="new"))
    assert [chain.description for chain in await store.chains()] == ["", "new"]
    assert await store.remove("talking")
    assert not await store.remove("talking")
    assert await store.chain("talking") is None


async def test_a_run_comes_back_with_the_newest_job_of_each_step(store: SqlChainStore) -> None:
    run = await begun(store)
    stored = await store.run(run.id)
    assert stored == run
    first = job_of(run, credits=Credits(estimated=4.0))
    stored = await store.change(run, run, first)
    assert stored is not None
    error = JobError("input", "bad", "Wrong.", False, "Change it.", Cost.NONE, "clip.prompt")
    failed = await store.change(stored, stored.changed(state=RunState.FAILED, error=error, finished_at=now(), paused=True))
    assert failed is not None
    second = job_of(run)
    going = failed.changed(state=RunState.RUNNING, error=None, finished_at=None, paused=False)
    again = await store.change(failed, going, second)
    assert again is not None
    assert again == await store.run(run.id)
    assert [(one.step, one.attempt, one.job.id) for one in again.jobs] == [(0, 2, second.id)]
    assert (again.revision, failed.error, failed.paused) == (3, error, True)
    assert await store.run("run_nothing") is None


async def test_only_the_first_of_two_makes_the_job_of_a_step(store: SqlChainStore, db: Database, path: Path) -> None:
    other_db = await asyncio.to_thread(Database.open, path)
    try:
        other = SqlChainStore(other_db)
        for _ in range(10):
            run = await begun(store)
            made = await asyncio.gather(*(one.change(run, run, job_of(run)) for one in (store, other, store, other)))
            assert sum(found is not None for found in made) == 1
            stored = await other.run(run.id)
            assert stored is not None
            assert len(stored.jobs) == 1
        queries = await SqlJobStore(db).unfinished_count()
        assert queries == 10
    finally:
        await asyncio.to_thread(other_db.close)


async def test_the_job_is_in_the_queue_with_its_estimate_and_its_line(store: SqlChainStore, db: Database) -> None:
    run = await begun(store)
    job = job_of(run, credits=Credits(estimated=4.0))
    await store.change(run, run, job)
    jobs = SqlJobStore(db)
    found = await jobs.get(job.id)
    assert found is not None
    assert (found.chain_run, found.state, found.request.label) == (run.id, JobState.QUEUED, "Talking clip")
    assert [entry.note for entry in await jobs.timeline(job.id)] == ["Step 1 of 5: better."]
    (entry,) = await SqlLedger(db).entries(LedgerQuery(job_id=job.id))
    assert (entry.kind, entry.amount) == (EntryKind.ESTIMATED, 4.0)


async def test_a_failure_in_between_leaves_neither_the_step_nor_its_job(store: SqlChainStore, db: Database) -> None:
    run = await begun(store)
    job = job_of(run)
    await SqlJobStore(db).add(job)  # the same id again cannot be written
    with pytest.raises(StudioError):
        await store.change(run, run, job)
    stored = await store.run(run.id)
    assert stored is not None
    assert (stored.revision, stored.jobs) == (0, ())


async def test_which_runs_can_go_on(store: SqlChainStore, db: Database) -> None:
    jobs = SqlJobStore(db)
    run = await begun(store)
    await begun(store)
    job = job_of(run)
    stored = await store.change(run, run, job)
    assert stored is not None
    placed = await jobs.get(job.id)
    assert placed is not None
    failed = await jobs.change(placed, Change(placed.changed(state=JobState.FAILED)))
    assert failed is not None
    await store.change(stored, stored.changed(state=RunState.FAILED))
    assert [one.id for one in await store.runs(movable=True)] != [run.id]
    assert len(await store.runs(movable=True)) == 1
    await jobs.change(failed, Change(failed.changed(state=JobState.QUEUED)))  # the person retried it in the queue
    assert run.id in [one.id for one in await store.runs(movable=True)]
    assert len(await store.runs()) == 2
    assert len(await store.runs(limit=1)) == 1
