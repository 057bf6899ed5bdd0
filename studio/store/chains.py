"""Chains and their runs on disk. A step's job is written in one transaction with the run that goes on to it, guarded by the
run's revision, so that neither a crash nor a second process makes two jobs for one step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from studio.domain.chain import Chain, Step
from studio.domain.chain_run import ChainRun, RunState, StepJob
from studio.domain.job import Job, now
from studio.domain.state import JobState
from studio.store.database import Database
from studio.store.rows import Row, clean_text, error_of, from_ms, job_of, to_json, to_ms
from studio.store.steps import add_job
from studio.store.tables import chain_runs, chain_steps, chains, jobs

# In these very words, so that SQLite uses the partial index chain_runs_running.
_IS_RUNNING = text("chain_runs.state = 'running'")
_HAS_FAILED = chain_runs.c.state == RunState.FAILED.value
_GOES_ON = exists(select(jobs.c.id).join(chain_steps, chain_steps.c.job_id == jobs.c.id).where(
    chain_steps.c.run_id == chain_runs.c.id, chain_steps.c.step == chain_runs.c.current,
    jobs.c.state.not_in([JobState.FAILED.value, JobState.CANCELLED.value])))


class SqlChainStore:
    """Every method returns after the disk has it, and may be called from any asyncio loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- chains of the person's own

    async def chains(self) -> list[Chain]:
        """All, by their title."""

        def work(connection: Connection) -> list[Chain]:
            found = [_chain_of(row["id"], json.loads(row["body"])) for row in connection.execute(select(chains)).mappings()]
            return sorted(found, key=lambda chain: (chain.title.casefold(), chain.id))

        return await self._db.read(work)

    async def chain(self, chain_id: str) -> Chain | None:
        def work(connection: Connection) -> Chain | None:
            row = connection.execute(select(chains).where(chains.c.id == chain_id)).mappings().one_or_none()
            return None if row is None else _chain_of(row["id"], json.loads(row["body"]))

        return await self._db.read(work)

    async def save(self, chain: Chain) -> None:
        """Write a chain; the same id again replaces."""
        values = {"body": to_json(_chain_body(chain)), "changed_at": to_ms(now())}

        def work(connection: Connection) -> None:
            added = upsert(chains).values(id=chain.id, **values)
            connection.execute(added.on_conflict_do_update(index_elements=[chains.c.id], set_=values))

        await self._db.write(work)

    async def remove(self, chain_id: str) -> bool:
        """Whether it was there. Runs keep the copy they began with."""

        def work(connection: Connection) -> bool:
            return connection.execute(delete(chains).where(chains.c.id == chain_id)).rowcount > 0

        return await self._db.write(work)

    # -- runs

    async def add(self, run: ChainRun) -> None:
        """Write a new run, of which no step was begun."""

        def work(connection: Connection) -> None:
            fixed = {"id": run.id, "chain": to_json({"id": run.chain.id, **_chain_body(run.chain)}), "account": run.account,
                     "answers": to_json(run.answers), "created_at": to_ms(run.created_at)}
            connection.execute(insert(chain_runs).values(**fixed, **_changing(run)))

        await self._db.write(work)

    async def change(self, expected: ChainRun, after: ChainRun, job: Job | None = None) -> ChainRun | None:
        """Write where a run stands now if it still has the revision of `expected`, together with the job that is the next
        attempt at the step it stands at. None: somebody else was first, nothing was written."""

        def work(connection: Connection) -> ChainRun | None:
            stored = after.changed(id=expected.id, revision=expected.revision + 1)
            same = (chain_runs.c.id == expected.id, chain_runs.c.revision == expected.revision)
            if not connection.execute(update(chain_runs).where(*same).values(**_changing(stored))).rowcount:
                return None
            if job is not None:
                attempt = expected.attempts_of(stored.current) + 1
                connection.execute(insert(chain_steps).values(
                    run_id=stored.id, step=stored.current, attempt=attempt, job_id=job.id))
                note = f"Step {stored.current + 1} of {len(stored.chain.steps)}: {stored.step.name}."
                add_job(connection, job, note)
            return _with_jobs(connection, [stored])[0]

        return await self._db.write(work)

    async def run(self, run_id: str) -> ChainRun | None:
        """With the newest job of each step."""

        def work(connection: Connection) -> ChainRun | None:
            rows = connection.execute(select(chain_runs).where(chain_runs.c.id == run_id)).mappings().all()
            return next(iter(_with_jobs(connection, [_run_of(row) for row in rows])), None)

        return await self._db.read(work)

    async def runs(self, *, movable: bool = False, limit: int = 100) -> list[ChainRun]:
        """The newest first; with `movable` only those that may go on by themselves: they run, or failed at a job that was
        taken up again since."""
        wanted = select(chain_runs).order_by(chain_runs.c.seq.desc()).limit(limit)
        if movable:
            wanted = wanted.where(or_(_IS_RUNNING, and_(_HAS_FAILED, _GOES_ON)))

        def work(connection: Connection) -> list[ChainRun]:
            return _with_jobs(connection, [_run_of(row) for row in connection.execute(wanted).mappings()])

        return await self._db.read(work)


def _chain_body(chain: Chain) -> dict[str, object]:
    return {"title": clean_text(chain.title), "description": clean_text(chain.description),
            "steps": [asdict(step) for step in chain.steps]}


def _chain_of(chain_id: str, body: Mapping[str, Any]) -> Chain:
    steps = tuple(Step(step["name"], step["operation"], step["input"], step.get("account")) for step in body["steps"])
    return Chain(chain_id, body["title"], steps, body.get("description", ""))


def _changing(run: ChainRun) -> dict[str, object]:
    return {"state": run.state.value, "current": run.current, "paused": int(run.paused), "estimated": run.estimated,
            "error": None if run.error is None else to_json(asdict(run.error)),
            "finished_at": None if run.finished_at is None else to_ms(run.finished_at), "revision": run.revision}


def _run_of(row: Row) -> ChainRun:
    body = json.loads(row["chain"])
    return ChainRun(
        id=row["id"], chain=_chain_of(body["id"], body), account=row["account"], answers=json.loads(row["answers"]),
        state=RunState(row["state"]), current=row["current"], paused=bool(row["paused"]), estimated=row["estimated"],
        error=None if row["error"] is None else error_of(json.loads(row["error"])), created_at=from_ms(row["created_at"]),
        finished_at=None if row["finished_at"] is None else from_ms(row["finished_at"]), revision=row["revision"],
    )


def _with_jobs(connection: Connection, runs: Sequence[ChainRun]) -> list[ChainRun]:
    """The runs with the newest job of each step, read in the same view of the store."""
    ids = [run.id for run in runs]
    wanted = (select(chain_steps.c.run_id, chain_steps.c.step, chain_steps.c.attempt, jobs)
              .join(jobs, jobs.c.id == chain_steps.c.job_id).where(chain_steps.c.run_id.in_(ids))
              .order_by(chain_steps.c.run_id, chain_steps.c.step, chain_steps.c.attempt))
    found: dict[str, dict[int, StepJob]] = {}
    for row in connection.execute(wanted).mappings():
        found.setdefault(row["run_id"], {})[row["step"]] = StepJob(row["step"], row["attempt"], job_of(row))
    return [run.changed(jobs=tuple(found.get(run.id, {}).values())) for run in runs]
