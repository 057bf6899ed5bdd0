"""The queue as the person works with it: held and let go, put in order, changed, labelled, cleared, and filled with many at
once. What a job does on its way is the runner's (studio.jobs.runner)."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import replace

from studio.app.estimates import Estimates, size_of
from studio.app.events import Events
from studio.app.job_service import JobService
from studio.domain.batch import Batch, expand, prompt_parameter, title_of
from studio.domain.errors import InputError, LocalError, UnknownOperationError
from studio.domain.event import JobChanged, PauseChanged, PausesChanged
from studio.domain.job import Credits, Job, JobRequest
from studio.domain.kinds import ParameterKind
from studio.domain.ledger import Estimate, EstimateSource
from studio.domain.operation import Operation
from studio.domain.pause import Pause, PauseScope
from studio.domain.query import LabelGroup
from studio.domain.state import JobState
from studio.jobs.decisions import BEFORE_POST
from studio.jobs.runner import Runner
from studio.store.hosted_urls import SqlHostedUrls
from studio.store.queue import SqlQueue

ALL = Pause("all")
LONGEST_LABEL = 200
_BREATHE_EVERY = 25
"""So many requests are checked before others on the core's loop have their turn."""


class QueueService:
    """All of it on the core's loop; raises from the StudioError tree."""

    def __init__(
        self, store: SqlQueue, hosted: SqlHostedUrls, jobs: JobService, runner: Runner, estimates: Estimates, events: Events,
    ) -> None:
        self._store = store
        self._hosted = hosted
        self._jobs = jobs
        self._runner = runner
        self._estimates = estimates
        self._events = events
        self._chance = random.SystemRandom()

    # -- held back

    async def pauses(self) -> frozenset[Pause]:
        """All that is held: it holds for every process on this folder, and survives a restart."""
        return await self._store.pauses()

    async def pause(self, scope: PauseScope, name: str = "") -> None:
        """Nothing of that scope leaves the queue any more: of an account (its name), one job (its id) or all. What was sent
        goes on. Again is fine. Raises NotFoundError for a job that is not there."""
        if scope == "job":
            await self._jobs.get(name)
        await self._tell(scope, await self._store.pause(scope, "" if scope == "all" else name))

    async def resume(self, scope: PauseScope, name: str = "") -> None:
        """What was held by that pause goes on, unless another one holds it too."""
        await self._tell(scope, await self._store.resume(scope, "" if scope == "all" else name))

    async def _tell(self, scope: PauseScope, changed: Sequence[Job]) -> None:
        self._changed(changed)
        held = await self._store.pauses()
        self._events.emit(PausesChanged(held))
        if scope == "all":
            self._events.emit(PauseChanged(ALL in held))

    def _changed(self, jobs: Sequence[Job]) -> None:
        """Everybody hears of it, and whoever works on those jobs here looks at them anew."""
        for job in jobs:
            self._events.emit(JobChanged(job))
        self._runner.nudge([job.id for job in jobs])

    async def apply_on_start(self, wanted: str) -> str | None:
        """What the settings want of the queue when the window opens: that it runs ("run"), is held ("paused"), or stays as
        it was. Words of a problem where the disk takes nothing: that does not keep the window from opening."""
        try:
            held = ALL in await self.pauses()
            if wanted == "paused" and not held:
                await self.pause("all")
            elif wanted == "run" and held:
                await self.resume("all")
        except LocalError as error:
            return error.in_words()
        return None

    # -- order

    async def waiting(self, account: str) -> list[Job]:
        """The jobs that wait for an account, who is first first."""
        return list(await self._store.waiting(account))

    async def move(self, job_ids: Sequence[str], before: str | None) -> None:
        """Put waiting jobs of one account, in this order, before that waiting job of it; None: at the end of its queue.

        Raises InputError when one of them waits no more, or they are of several accounts.
        """
        moved = [await self._jobs.get(job_id) for job_id in job_ids]
        others = {job.request.account for job in moved}
        if before is not None:
            if before in job_ids:
                raise InputError("A job cannot be put before itself.", code="not_waiting")
            others.add((await self._jobs.get(before)).request.account)
        if not moved:
            return
        if len(others) > 1:
            raise InputError("Each account has a queue of its own: only jobs of one can be put in order.", code="accounts")
        placed = await self._store.move(others.pop(), job_ids, before)
        if placed is None:
            raise InputError("One of these jobs has left the queue.", code="not_waiting", advice="Look at the queue again.")
        self._changed(placed)

    # -- single jobs

    async def edit(self, job_id: str, request: JobRequest) -> Job:
        """Another input for a waiting job of which nothing was sent yet, with a new estimate; place and key stay.

        Raises InputError where it is too late for that, or the request is not right (with its field).
        """
        job = await self._jobs.get(job_id)
        if request.account != job.request.account:
            raise InputError(f"The job waits for the account {job.request.account}.", field="account", code="account",
                             advice="Duplicate it, and cancel this one.")
        too_late = InputError("The job has left the queue, or was offered to the service before: it cannot be changed.",
                              code="not_editable", advice="Duplicate it instead.")
        if job.state is not JobState.QUEUED:
            raise too_late
        new = await self._jobs.prepared(request)
        stored = await self._store.edit(job_id, request, new.credits.estimated)
        if stored is None:
            raise too_late
        await self._hosted.release(job_id)  # what was uploaded for the input before
        self._changed([stored])
        return stored

    async def duplicate(self, job_ids: Sequence[str]) -> list[Job]:
        """New jobs with the same inputs, at the end of the queue; they are steps of no chain run. Raises NotFoundError, and
        InputError where an input is not right any more."""
        found = [await self._jobs.get(job_id) for job_id in job_ids]
        made = [await self._jobs.prepared(replace(job.request, chain_run=None)) for job in found]
        return list(await self._runner.submit_all(made))

    async def check_again(self, job_id: str) -> Job:
        """Ask the service once, now, about a job that it has an id for, whatever became of it here; a result that is there
        after all is fetched. Nothing is ever sent anew. Raises InputError without an id, and the service's own reason."""
        return await self._runner.check_again(job_id)

    # -- labels

    async def set_label(self, job_ids: Sequence[str], label: str | None) -> list[Job]:
        """Give jobs a label, so that they can be found and acted on together; None or nothing but spaces takes it away."""
        words = " ".join(label.split()) if label is not None else ""
        if len(words) > LONGEST_LABEL:
            raise InputError(f"A label has at most {LONGEST_LABEL} letters.", field="label", code="too_long")
        for job_id in job_ids:
            await self._jobs.get(job_id)
        changed = list(await self._store.set_label(job_ids, words or None))
        self._changed(changed)
        return changed

    async def labels(self) -> list[LabelGroup]:
        """The labels with how their jobs stand; the one used last comes first."""
        return list(await self._store.labels())

    async def group(self, label: str) -> list[str]:
        """Ids of the jobs with that label that have not ended."""
        return [job.id for job in await self._store.unfinished(label=label)]

    # -- clearing

    async def cancel_waiting(self, *, account: str | None = None, label: str | None = None) -> int:
        """Take everything out that was not sent yet; how many that were. No job that was sent is touched."""
        ended = await self._store.cancel_waiting(account=account, label=label)
        self._changed(ended)
        count = len(ended)
        for job in await self._store.unfinished(account=account, label=label):
            if job.state in BEFORE_POST and await self._cancelled(job, BEFORE_POST):
                count += 1
        return count

    async def cancel_all(self, *, account: str | None = None, label: str | None = None) -> int:
        """The same, and stop what runs at the service, as far as it can. A job whose result is on its way here comes to its
        end, and one with an unknown outcome keeps waiting for the person's word."""
        count = await self.cancel_waiting(account=account, label=label)
        running = [job for job in await self._store.unfinished(account=account, label=label)
                   if job.state in (JobState.SUBMITTING, JobState.RUNNING, JobState.CANCELLING)]
        return count + sum(await asyncio.gather(*(self._cancelled(job) for job in running)))

    async def _cancelled(self, job: Job, only: frozenset[JobState] | None = None) -> bool:
        try:
            return (await self._runner.cancel(job.id, only=only)).state is JobState.CANCELLED
        except InputError:
            return False  # it went on meanwhile

    # -- many at once

    async def expand(self, batch: Batch) -> list[JobRequest]:
        """The requests that a batch makes, each of them checked. Raises InputError with its field."""
        operation = self._operation(batch.request)
        requests = expand(batch, operation, self._chance)
        if len(requests) > 1 and not batch.request.label:
            label = await self._new_label(title_of(batch, operation))
            requests = [replace(request, label=label) for request in requests]
        for number, request in enumerate(requests):
            if number % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)
            self._jobs.check(request)
        return requests

    async def submit_batch(self, batch: Batch) -> list[Job]:
        """Make the jobs of a batch, under one label, in one transaction: all of them are in the queue, or none."""
        requests = await self._estimated(await self.expand(batch))
        made = [Job.new(request).changed(credits=Credits(estimate.amount)) for request, estimate in requests]
        return list(await self._runner.submit_all(made))

    async def batch_estimate(self, batch: Batch) -> Estimate:
        """What all of it is thought to cost; not known where one of its jobs is not."""
        return _sum([estimate for _, estimate in await self._estimated(await self.expand(batch))])

    async def _estimated(self, requests: Sequence[JobRequest]) -> list[tuple[JobRequest, Estimate]]:
        """Each with what it is thought to cost; those that differ in nothing that sets a price are asked for once."""
        if not requests:
            return []
        operation = self._operation(requests[0])
        known: dict[str, Estimate] = {}
        found: list[tuple[JobRequest, Estimate]] = []
        for request in requests:
            key = _price_key(request, operation)
            if key not in known:
                known[key] = await self._estimates.of(request)
            found.append((request, known[key]))
        return found

    def _operation(self, request: JobRequest) -> Operation:
        for operation in self._jobs.operations(request.account):
            if operation.id == request.operation:
                return operation
        raise UnknownOperationError(f"The account {request.account} has no operation {request.operation}.",
                                    field="operation")

    async def _new_label(self, title: str) -> str:
        """One that no earlier batch has."""
        taken = {group.label for group in await self._store.labels()}
        numbered = (f"{title} ({number})" for number in range(2, len(taken) + 3))
        return title if title not in taken else next(label for label in numbered if label not in taken)


def _price_key(request: JobRequest, operation: Operation) -> str:
    """Words, seeds and files set no price, but for the length of a text that is spoken."""
    prompt = prompt_parameter(operation)
    without = {p.name for p in operation.parameters if p.kind is ParameterKind.SEED or p.is_media or p == prompt}
    priced = {name: value for name, value in request.input.items() if name not in without}
    return json.dumps([priced, size_of(request.input)], sort_keys=True, default=str)


def _sum(estimates: Sequence[Estimate]) -> Estimate:
    if not estimates or any(estimate.amount is None for estimate in estimates):
        return Estimate()
    lows = [estimate.amount if estimate.low is None else estimate.low for estimate in estimates]
    highs = [estimate.amount if estimate.high is None else estimate.high for estimate in estimates]
    ranged = any(estimate.low is not None for estimate in estimates)
    sources = {estimate.source for estimate in estimates} - {EstimateSource.FREE} or {EstimateSource.FREE}
    source = sources.pop() if len(sources) == 1 else EstimateSource.SCALED
    return Estimate(
        sum(estimate.amount or 0.0 for estimate in estimates), source, sum(estimate.jobs for estimate in estimates),
        sum(low or 0.0 for low in lows) if ranged else None, sum(high or 0.0 for high in highs) if ranged else None,
    )
