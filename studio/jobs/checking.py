"""One more look at a job, asked for by the person, whatever became of it here: what the service says of it now."""

from __future__ import annotations

import asyncio

from studio.domain.errors import InputError
from studio.domain.job import Credits, Job
from studio.domain.remote import Change, RemoteJob
from studio.domain.state import JobState
from studio.jobs.following import failure
from studio.jobs.walk import World

FOLLOWED = frozenset({JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.CANCELLING})
"""Somebody works on these: what the answer means for them is theirs to say."""
_FINISHED = frozenset({JobState.DOWNLOADING, JobState.DONE})


async def ask(world: World, job: Job) -> RemoteJob:
    """The service's word on the job. One GET, within the account's limits. Raises InputError for a job without an id, and
    the service's own reason."""
    if job.remote_id is None:
        raise InputError("The service gave this job no id: there is nothing to ask about.", code="no_remote_id",
                         advice="If it was never sent, retry it.")
    account = job.request.account
    provider = await world.providers.of(account)
    while (seconds := await world.scheduler.take_request(account)) > 0:
        await world.clock.wait(asyncio.Event(), seconds)
    answer = await provider.poll(job.request.operation, job.remote_id)
    await world.scheduler.heard(account, provider.requests_remaining)
    return answer


def told(job: Job, answer: RemoteJob) -> Change:
    """What the answer means: a job that nobody works on goes on where there is something to go on with; of the others a line
    in the timeline says what the service said."""
    same = job if answer.charged is None else job.changed(credits=Credits(job.credits.estimated, answer.charged))
    if answer.unknown_status is not None:
        return Change(same, f"Checked again: the service says “{answer.unknown_status}”.", answer.raw)
    if answer.state in _FINISHED:
        return _finished(same, answer)
    if answer.state is JobState.RUNNING:
        return _running(same, answer)
    if answer.state is JobState.FAILED:
        return Change(same, f"Checked again: it failed over there. {failure(answer).message}", answer.raw)
    return Change(same, "Checked again: the service says that it was cancelled.", answer.raw)


def _finished(job: Job, answer: RemoteJob) -> Change:
    if job.state in FOLLOWED:
        return Change(job, "Checked again: the result is there.", answer.raw)
    missing = len(answer.results) > len(job.asset_ids)
    if job.state is JobState.DONE and not missing:
        return Change(job, "Checked again: everything that the service has is here.", answer.raw)
    fetched = job.changed(state=JobState.DOWNLOADING, error=None, progress=None, eta_s=None, finished_at=None,
                          output=answer.output, waiting_for=None, not_before=None, attempts=0)
    return Change(fetched, "Checked again: the result is there.", answer.raw)


def _running(job: Job, answer: RemoteJob) -> Change:
    if job.state is JobState.FAILED:
        followed = job.changed(state=JobState.RUNNING, error=None, progress=answer.progress, eta_s=answer.eta_s,
                               finished_at=None, waiting_for=None, not_before=None, attempts=0)
        return Change(followed, "Checked again: it still runs over there.", answer.raw)
    return Change(job, "Checked again: it still runs over there.", answer.raw)
