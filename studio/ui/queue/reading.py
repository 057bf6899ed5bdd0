"""What the queue asks the core for. These run on the core's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.domain.errors import NotFoundError
from studio.domain.state import JobState

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.job import Job, TimelineEntry
    from studio.domain.ledger import LedgerEntry
    from studio.domain.pause import Pause

PAGE = 500
ENDED = {JobState.DONE: 120, JobState.FAILED: 60, JobState.CANCELLED: 20}
"""How many of the newest ended jobs of each kind are shown; the rest is in History."""


@dataclass(frozen=True, slots=True)
class Contents:
    """All unfinished jobs and the newest ended ones, the operations' titles by id, and what the person holds."""

    jobs: Sequence[Job]
    titles: dict[str, str]
    pauses: frozenset[Pause]


async def read_contents(core: Core) -> Contents:
    """Page by page, so that the store's readers serve others in between."""
    from studio.domain.query import JobQuery

    found: dict[str, Job] = {}
    before: str | None = None
    while True:
        page = await core.jobs(JobQuery(unfinished=True, limit=PAGE, before=before))
        found.update((job.id, job) for job in page)
        if len(page) < PAGE:
            break
        before = page[-1].id
    for state, limit in ENDED.items():
        found.update((job.id, job) for job in await core.jobs(JobQuery(state=state, limit=limit)))
    titles = {operation.id: operation.title for operation in core.operations()}
    return Contents(list(found.values()), titles, await core.queue.pauses())


async def read_pauses(core: Core) -> frozenset[Pause]:
    return await core.queue.pauses()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the details of one job show beside the job itself. `labels`: its parameters' own names."""

    job_id: str
    timeline: Sequence[TimelineEntry]
    costs: Sequence[LedgerEntry]
    labels: Mapping[str, str]


async def read_facts(core: Core, job: Job) -> Facts:
    """Raises NotFoundError for a job that is not in the store."""
    return Facts(job.id, await core.timeline(job.id), await core.job_costs(job.id), _labels(core, job))


def _labels(core: Core, job: Job) -> Mapping[str, str]:
    try:
        operations = core.operations(job.request.account)
    except NotFoundError:
        return {}  # its account is gone: the names of the contract serve as well
    found = next((operation for operation in operations if operation.id == job.request.operation), None)
    return {} if found is None else {parameter.name: parameter.label for parameter in found.parameters}
