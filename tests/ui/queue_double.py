"""The queue of the core's double: keeps order, labels and holds as the real one promises, without a disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.domain.batch import Batch, expand
from studio.domain.errors import InputError
from studio.domain.event import PauseChanged
from studio.domain.job import Job, JobRequest
from studio.domain.ledger import Estimate, EstimateSource
from studio.domain.pause import Pause, PauseScope
from studio.domain.state import JobState

if TYPE_CHECKING:
    from tests.ui.core_double import CoreDouble


class QueueDouble:
    """`calls` are what was asked for. `fail` is raised by the next move or edit."""

    def __init__(self, core: CoreDouble) -> None:
        self._core = core
        self.calls: list[tuple[object, ...]] = []
        self.held: set[Pause] = set()
        self.fail: InputError | None = None
        self.price: float | None = 5.0
        self.batches: list[Batch] = []

    async def pauses(self) -> frozenset[Pause]:
        return frozenset(self.held)

    async def pause(self, scope: PauseScope, name: str = "") -> None:
        self.calls.append(("pause", scope, name))
        self.held.add(Pause(scope, name))
        self._core.emit(PauseChanged(Pause("all") in self.held))

    async def resume(self, scope: PauseScope, name: str = "") -> None:
        self.calls.append(("resume", scope, name))
        self.held.discard(Pause(scope, name))
        self._core.emit(PauseChanged(Pause("all") in self.held))

    async def move(self, job_ids: Sequence[str], before: str | None) -> None:
        self.calls.append(("move", tuple(job_ids), before))
        self._raise()
        first = await self._core.job(job_ids[0])
        line = sorted((job for job in self._all() if job.state is JobState.QUEUED and job.id not in job_ids
                       and job.request.account == first.request.account), key=lambda job: job.place)
        at = next((place for place, job in enumerate(line) if job.id == before), len(line))
        moved = [await self._core.job(job_id) for job_id in job_ids]
        for place, job in enumerate([*line[:at], *moved, *line[at:]]):
            self._core.show(job.changed(position=float(place)))

    async def edit(self, job_id: str, request: JobRequest) -> Job:
        self.calls.append(("edit", job_id))
        self._raise()
        job = await self._core.job(job_id)
        return self._core.show(job.changed(request=request, revision=job.revision + 1))

    async def duplicate(self, job_ids: Sequence[str]) -> list[Job]:
        self.calls.append(("duplicate", tuple(job_ids)))
        return [self._core.show(Job.new((await self._core.job(job_id)).request)) for job_id in job_ids]

    async def set_label(self, job_ids: Sequence[str], label: str | None) -> list[Job]:
        self.calls.append(("label", tuple(job_ids), label))
        jobs = [await self._core.job(job_id) for job_id in job_ids]
        return [self._core.show(job.changed(request=replace(job.request, label=label))) for job in jobs]

    async def group(self, label: str) -> list[str]:
        return [job.id for job in self._all() if job.request.label == label and not job.is_terminal]

    async def cancel_waiting(self, *, account: str | None = None, label: str | None = None) -> int:
        self.calls.append(("cancel_waiting", account, label))
        return await self._cancel(label, (JobState.QUEUED,))

    async def cancel_all(self, *, account: str | None = None, label: str | None = None) -> int:
        self.calls.append(("cancel_all", account, label))
        return await self._cancel(label, (JobState.QUEUED, JobState.RUNNING))

    async def check_again(self, job_id: str) -> Job:
        self.calls.append(("check_again", job_id))
        return await self._core.job(job_id)

    async def expand(self, batch: Batch) -> list[JobRequest]:
        import random

        operation = next(one for one in self._core.offered if one.id == batch.request.operation)
        return expand(batch, operation, random.Random(3))

    async def submit_batch(self, batch: Batch) -> list[Job]:
        self._raise()
        self.batches.append(batch)
        return [self._core.show(Job.new(replace(request, label="Batch"))) for request in await self.expand(batch)]

    async def batch_estimate(self, batch: Batch) -> Estimate:
        if self.price is None:
            return Estimate()
        return Estimate(self.price * len(await self.expand(batch)), EstimateSource.RATE_CARD)

    def _all(self) -> list[Job]:
        return list(self._core._jobs.values())

    def _raise(self) -> None:
        error, self.fail = self.fail, None
        if error is not None:
            raise error

    async def _cancel(self, label: str | None, states: Sequence[JobState]) -> int:
        found = [job for job in self._all() if job.state in states and (label is None or job.request.label == label)]
        for job in found:
            self._core.show(job.changed(state=JobState.CANCELLED, revision=job.revision + 1))
        return len(found)
