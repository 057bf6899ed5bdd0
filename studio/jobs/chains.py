"""Moves the runs of chains: hears of the end of a step's job and begins the next step, in whichever process that is.

Where a run stands lies in the store, guarded by its revision: a run may be looked at any number of times, by any number of
processes, and each step is begun once. So nothing here has to be kept over a crash, and no process needs to own a run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from studio.domain.asset import Asset
from studio.domain.chain_run import ChainRun, RunState, step_key
from studio.domain.chain_values import StepResult, filled
from studio.domain.errors import InputError, LocalError, NotFoundError, StudioError, UnknownOperationError
from studio.domain.event import ChainRunChanged, Event, JobChanged, Listener, StoreChanged
from studio.domain.job import Job, JobError, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.operation import Operation
from studio.domain.state import JobState
from studio.jobs.clock import Clock
from studio.jobs.collecting import prompt_text
from studio.jobs.tasks import Tasks

log = logging.getLogger(__name__)


class ChainStore(Protocol):
    """The runs on disk. A method that returns has been written for good."""

    async def add(self, run: ChainRun) -> None: ...
    async def run(self, run_id: str) -> ChainRun | None: ...
    async def runs(self, *, movable: bool = False, limit: int = 100) -> Sequence[ChainRun]: ...
    async def change(self, expected: ChainRun, after: ChainRun, job: Job | None = None) -> ChainRun | None:
        """Write `after`, and `job` as the next attempt at the step it stands at, if the stored run still has the revision of
        `expected`; None, and nothing written, where it has not."""
        ...


class StepJobs(Protocol):
    """What steps need of the jobs."""

    async def retry(self, job_id: str) -> Job: ...
    async def cancel(self, job_id: str) -> Job: ...
    async def take_up(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ChainWorld:
    """All that runs need of the rest. `operations` of an account; `prepare` checks a request and gives its job with an
    estimate, not stored; `asset` by id; `hold` keeps a job in the queue (True) or lets it go on."""

    store: ChainStore
    jobs: StepJobs
    operations: Callable[[str], Sequence[Operation]]
    prepare: Callable[[JobRequest], Awaitable[Job]]
    asset: Callable[[str], Awaitable[Asset]]
    hold: Callable[[str, bool], Awaitable[None]]
    clock: Clock
    emit: Listener


class ChainRunner:
    """All methods belong to one event loop. `hear` every event from `begin` on."""

    def __init__(self, world: ChainWorld, tasks: Tasks) -> None:
        self._world = world
        self._tasks = tasks
        self._locks: dict[str, asyncio.Lock] = {}
        self._looking = False
        self._moving: set[asyncio.Task[None]] = set()
        self._heard: dict[str, tuple[str, JobState]] = {}

    def hear(self, event: Event) -> None:
        """A step's job went on, here; or something did in another process."""
        if isinstance(event, JobChanged):
            run, heard = event.job.chain_run, (event.job.id, event.job.state)
            if run is not None and self._heard.get(run) != heard:  # and not at each step of its progress
                self._heard[run] = heard
                self._note(self._tasks.start(self._quietly(run), f"chain {run}"))
        elif isinstance(event, StoreChanged) and not self._looking:
            self._looking = True
            self._note(self._tasks.start(self.look(), "chains"))

    def _note(self, task: asyncio.Task[None]) -> None:
        self._moving.add(task)
        task.add_done_callback(self._moving.discard)

    async def settled(self) -> bool:
        """Wait for what is being begun just now; whether there was anything."""
        moving = [task for task in self._moving if not task.done()]  # one that is done leaves the set a turn later
        if moving:
            await asyncio.wait(moving)
        return bool(moving)

    async def look(self) -> None:
        """Let every run go on that can: at the start, and when another process wrote."""
        try:
            for run in await self._world.store.runs(movable=True, limit=1000):
                await self._quietly(run.id)
        except StudioError as error:
            log.warning("the chains could not be looked at: %s", error.message)
        finally:
            self._looking = False

    async def _quietly(self, run_id: str) -> None:
        try:
            await self.advance(run_id)
        except StudioError as error:  # a full disk: the next look goes on
            log.warning("chain run %s could not go on: %s", run_id, error.message)

    async def start(self, run: ChainRun) -> ChainRun:
        """Write a new run and begin its first step."""
        await self._world.store.add(run)
        self._world.emit(ChainRunChanged(run))
        return await self.advance(run.id)

    async def advance(self, run_id: str) -> ChainRun:
        """Begin what can be begun; gives the run as it stands then. Raises NotFoundError, LocalError."""
        async with self._locks.setdefault(run_id, asyncio.Lock()):
            run = await self._get(run_id)
            while (stored := await self._next(run)) is not None:
                run = stored
        if run.state in (RunState.DONE, RunState.CANCELLED):
            self._locks.pop(run_id, None)
            self._heard.pop(run_id, None)
        return run

    async def _next(self, run: ChainRun) -> ChainRun | None:
        """One move; None when there is none to make now."""
        job = run.current_job
        if run.state in (RunState.DONE, RunState.CANCELLED):
            return None
        if job is None:
            return None if run.state is RunState.FAILED or run.paused else await self._begin(run, run.current)
        if job.state is JobState.DONE:
            return await self._after(run)
        if job.state is JobState.FAILED:
            return await self._to(run, RunState.FAILED)
        if job.state is JobState.CANCELLED:
            return await self._to(run, RunState.CANCELLED)
        return await self._to(run, RunState.RUNNING)  # also one that failed, whose job the person took up again

    async def _after(self, run: ChainRun) -> ChainRun | None:
        """The step is done."""
        if run.current + 1 == len(run.chain.steps):
            return await self._to(run, RunState.DONE)
        if run.paused:
            return await self._to(run, RunState.RUNNING)
        return await self._begin(run, run.current + 1)

    async def _to(self, run: ChainRun, state: RunState) -> ChainRun | None:
        if run.state is state:
            return None
        ended = self._world.clock.now() if state is not RunState.RUNNING else None
        return await self._write(run, run.changed(state=state, error=None, finished_at=ended))

    async def _write(self, run: ChainRun, after: ChainRun, job: Job | None = None) -> ChainRun:
        """The run as it is stored now, by this write or by whoever was first."""
        stored = await self._world.store.change(run, after, job)
        if stored is None:
            return await self._get(run.id)
        self._world.emit(ChainRunChanged(stored))
        return stored

    async def _begin(self, run: ChainRun, step: int) -> ChainRun:
        """Make the next attempt's job of a step; one that cannot be made ends the run there, with its reason."""
        try:
            job = await self._job(run, step)
        except LocalError:
            raise
        except StudioError as error:
            after = run.changed(current=step, state=RunState.FAILED, error=JobError.of(error),
                                finished_at=self._world.clock.now())
            return await self._write(run, after)
        after = run.changed(current=step, state=RunState.RUNNING, error=None, finished_at=None)
        stored = await self._write(run, after, job)
        made = stored.job_of(step)
        if made is not None and made.id == job.id:
            self._world.emit(JobChanged(made, is_new=True))
            await self._take_up()
        return stored

    async def _take_up(self) -> None:
        try:
            await self._world.jobs.take_up()
        except StudioError as error:
            log.warning("the job of a step could not be taken up yet: %s", error.message)

    async def _job(self, run: ChainRun, step: int) -> Job:
        wanted = run.chain.steps[step]
        account = wanted.account or run.account
        operation = next((known for known in self._world.operations(account) if known.id == wanted.operation), None)
        if operation is None:
            raise UnknownOperationError(f"The account {account} has no operation {wanted.operation}.",
                                        field=f"{wanted.name}.operation")
        earlier = {run.chain.steps[one.step].name: await self._result(one.job) for one in run.jobs if one.step < step}
        values = filled(wanted, operation, run.answers, earlier)
        try:
            job = await self._world.prepare(JobRequest(operation.id, account, values, run.chain.title, chain_run=run.id))
        except InputError as error:
            error.field = f"{wanted.name}.{error.field}" if error.field else wanted.name
            raise
        return job.changed(idempotency_key=step_key(run.id, step, run.attempts_of(step) + 1))

    async def _result(self, job: Job) -> StepResult:
        media: list[tuple[MediaKind, str]] = []
        for asset_id in job.asset_ids:
            try:
                asset = await self._world.asset(asset_id)
            except NotFoundError:
                continue  # purged from the trash since; who needs it is told so
            if asset.deleted_at is None and asset.kind is not MediaKind.PROMPT:
                media.append((asset.kind, asset.path.as_uri()))
        return StepResult(tuple(media), prompt_text(job.output), dict(job.output or {}))

    async def _get(self, run_id: str) -> ChainRun:
        run = await self._world.store.run(run_id)
        if run is None:
            raise NotFoundError(f"There is no chain run {run_id}.", advice="See `studio chains runs`.")
        return run

    # -- what the person asks for

    async def retry(self, run_id: str) -> ChainRun:
        """Go on with a run that failed or was cancelled, from the step it stands at; what is done stays.

        A job that the service may still have, or whose outcome is unknown, is asked for again under its own key; else the
        step gets a new job. Raises InputError where there is nothing to retry.
        """
        async with self._locks.setdefault(run_id, asyncio.Lock()):
            run = await self._get(run_id)
            job = run.current_job
            if run.state in (RunState.DONE, RunState.RUNNING) and not run.needs_person:
                raise InputError(f"The run is {run.state}: there is nothing to retry.", code="not_retryable")
            going = run.changed(state=RunState.RUNNING, paused=False, error=None, finished_at=None)
            if job is not None and (job.state is JobState.UNKNOWN or _may_be_there(job)):
                await self._world.jobs.retry(job.id)
                await self._write(await self._get(run_id), going)
            elif job is None or job.state in (JobState.FAILED, JobState.CANCELLED):
                await self._begin(run.changed(paused=False), run.current)
            else:
                await self._write(run, going)
        return await self.advance(run_id)

    async def cancel(self, run_id: str) -> ChainRun:
        """No further step; the job of the step it stands at is cancelled as far as its service can. What is done stays.

        Raises InputError when it has ended.
        """
        while True:
            run = await self._get(run_id)
            if run.state in (RunState.DONE, RunState.CANCELLED):
                raise InputError(f"The run is {run.state}: there is nothing to cancel.", code="not_cancellable")
            after = run.changed(state=RunState.CANCELLED, error=None, finished_at=self._world.clock.now())
            stored = await self._write(run, after)
            if stored.state is RunState.CANCELLED:
                break
        job = stored.current_job
        if job is not None and not job.is_terminal:
            try:
                await self._world.jobs.cancel(job.id)
            except InputError as error:  # its result is on its way here already: it comes
                log.info("the job of run %s could not be cancelled: %s", run_id, error.message)
        return await self._get(run_id)

    async def set_paused(self, run_id: str, paused: bool) -> ChainRun:
        """Hold a run: the job it stands at stays in the queue if it was not sent, and no further step is begun. Or go on."""
        while True:
            run = await self._get(run_id)
            if run.state in (RunState.DONE, RunState.CANCELLED):
                raise InputError(f"The run is {run.state}: it cannot be held.", code="not_held")
            if run.paused is paused:
                break
            stored = await self._write(run, run.changed(paused=paused))
            if stored.paused is paused:
                break
        job = run.current_job
        if job is not None and (not paused or job.state is JobState.QUEUED):
            await self._world.hold(job.id, paused)
        return await self._get(run_id) if paused else await self.advance(run_id)


def _may_be_there(job: Job) -> bool:
    """Whether a failed job may still run, or lie finished, at the service: a new one would be paid twice."""
    there = job.remote_id is not None and job.error is not None and job.error.retryable
    return job.state is JobState.FAILED and there
