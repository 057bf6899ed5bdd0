"""From `running` to its end over there: polls, the service's answers, and the cancel."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from studio.domain.account import LOCAL_ACCOUNT, Service
from studio.domain.deadline import kept_until
from studio.domain.errors import (
    AccountError,
    BusyError,
    Cost,
    JobFailedError,
    LocalError,
    NotFoundError,
    RequestRefusedError,
    ServiceFaultError,
    StudioError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.job import Credits, Job, JobError
from studio.domain.pacing import LEAST_LOCAL_POLL_S, LEAST_POLL_S, poll_delay
from studio.domain.remote import RemoteJob
from studio.domain.state import JobState
from studio.jobs.ports import Provider
from studio.jobs.walk import Walk, retryable

log = logging.getLogger(__name__)

CANCEL_LIMIT_S = 5.0
UNKNOWN_STATUS_LIMIT = timedelta(minutes=30)
LEAST_PROGRESS = 0.005
"""Smaller steps of progress are not written."""
NOT_FOUND_LIMIT = 3
"""So often in a row a service may say that it does not know a job that it accepted: not all of its servers may know yet."""
_NOT_FOUND = 404

PASSING = (UnreachableError, BusyError, ServiceFaultError, UnknownOutcomeError, AccountError, LocalError)
"""What goes by, or is put right by the person, while the job goes on over there."""


async def running(walk: Walk) -> None:
    """Poll until the service says that the job ended. No error of a poll ends a job that was accepted, but for the service
    saying that it does not know it."""
    scheduler = walk.world.scheduler
    account = walk.job.request.account
    scheduler.occupy(walk.job)
    walk.saw_it_run = True
    while walk.job.state is JobState.RUNNING:
        await walk.until_not_before()
        if walk.latest is not None and walk.failures == 0:
            least = LEAST_LOCAL_POLL_S if account == LOCAL_ACCOUNT else LEAST_POLL_S
            delay = poll_delay(walk.looks, walk.hint_s, walk.world.chance, least)
            delay = max(delay, await scheduler.poll_floor(account))
            await walk.pause(delay - (walk.world.clock.now() - walk.answered_at).total_seconds(), until_told=True)
        walk.told = False
        answer = await look(walk)
        if answer is not None:
            await take_in(walk, answer)


async def look(walk: Walk) -> RemoteJob | None:
    """Ask the service once. None when there was no answer, and the job waits or has ended for it."""
    await walk.world.scheduler.request(walk)
    try:
        provider = await walk.provider()
        try:
            answer = await provider.poll(walk.job.request.operation, walk.job.remote_id or "")
        finally:
            await walk.heard(provider)
    except PASSING as error:
        await walk.hold_back(error)
        return None
    except StudioError as error:
        if isinstance(error, RequestRefusedError) and error.status == _NOT_FOUND and walk.not_found < NOT_FOUND_LIMIT:
            walk.not_found += 1
            await walk.hold_back(error)
            return None
        # A 404 for good, or the account was removed here: the id stays with the job, so that the person can look again.
        advice = error.advice if isinstance(error, NotFoundError) else "Retry to look for it again; its id is kept."
        seen = JobError(error.kind, error.code, error.message, True, advice, Cost.UNKNOWN)
        await walk.fail(seen)
        return None
    walk.answered(answer)
    walk.looks += 1
    return answer


async def take_in(walk: Walk, answer: RemoteJob) -> None:
    """Write what the service said of a running job."""
    if answer.unknown_status is not None:
        await _unknown_status(walk, answer, answer.unknown_status)
    elif answer.state is JobState.RUNNING:
        await _still_running(walk, answer)
    elif answer.state is JobState.FAILED:
        await walk.fail(failure(answer), raw=answer.raw, credits=credited(walk, answer), output=answer.output)
    elif answer.state is JobState.CANCELLED:
        await walk.write("The service says that it was cancelled.", answer.raw, state=JobState.CANCELLING)
        await _cancelled(walk, "", answer)
    else:
        await walk.write(_finished(answer), answer.raw, state=JobState.DOWNLOADING, progress=None, eta_s=None,
                         error=None, credits=credited(walk, answer), output=answer.output)


def _finished(answer: RemoteJob) -> str:
    until = kept_until(answer.output)
    kept = "" if until is None else f", which keeps it until {until:%Y-%m-%d %H:%M} UTC"
    return f"Finished at the service{kept}"


def failure(answer: RemoteJob) -> JobError:
    """The service's own words, and what it cost."""
    cost = Cost.UNKNOWN if answer.charged is None else Cost.CHARGED if answer.charged > 0 else Cost.NONE
    error = JobFailedError(answer.error_message or "The service says that it failed, and not why.", cost=cost,
                           code=answer.error_code)
    return JobError.of(error)


def credited(walk: Walk, answer: RemoteJob) -> Credits:
    """The job's credits with what the service says it charged, if it does."""
    if answer.charged is None:
        return walk.job.credits
    return replace(walk.job.credits, charged=answer.charged)


def _had_waited(job: Job) -> bool:
    """Something is written with the job that an answer of the service has made untrue."""
    return job.waiting_for is not None or job.not_before is not None or job.error is not None or job.attempts > 0


async def _still_running(walk: Walk, answer: RemoteJob) -> None:
    job = walk.job
    cost = credited(walk, answer)
    step = abs((answer.progress or 0.0) - (job.progress or 0.0))
    if _had_waited(job) or step >= LEAST_PROGRESS or cost != job.credits:
        await walk.write(raw=answer.raw, progress=answer.progress, eta_s=answer.eta_s, credits=cost, error=None)


_SAYS = "The service says “"


def _status_note(status: str) -> str:
    return f"{_SAYS}{status}”, which Studio does not know."


async def _unknown_status(walk: Walk, answer: RemoteJob, status: str) -> None:
    """Shown as it is and polled on, but not for ever."""
    note = _status_note(status)
    since = await _said_since(walk, note)
    if since is not None and walk.world.clock.now() - since >= UNKNOWN_STATUS_LIMIT:
        error = JobFailedError(f"{note} It has said so for half an hour.", code="unknown_status",
                               advice="Look at the service's own page; retry to ask again.")
        await walk.fail(retryable(JobError.of(error)), answer.raw)
    elif since is None or _had_waited(walk.job):
        await walk.write("" if since else note, answer.raw, progress=answer.progress, eta_s=answer.eta_s, error=None,
                         credits=credited(walk, answer))


async def _said_since(walk: Walk, note: str) -> datetime | None:
    """Since when the service has been saying this, from the timeline, so that a restart does not begin anew."""
    since: datetime | None = None
    for entry in await walk.world.store.timeline(walk.job.id):
        if entry.note == note:
            since = since or entry.at
        elif entry.state is not JobState.RUNNING or entry.note.startswith(_SAYS):
            since = None
    return since


async def cancelling(walk: Walk) -> None:
    """Cancel over there, within 5 s; where the service cannot or does not answer, the job is let go, and that is said."""
    try:
        provider = await walk.provider()
        answer = await _ask_to_cancel(walk, provider)
    except (StudioError, TimeoutError) as error:
        why = error.message if isinstance(error, StudioError) else "The service did not answer in time."
        await _let_go(walk, why)
        return
    if answer is None:
        await _let_go(walk, f"{provider.account.service.display_name} has no way to cancel.")
    elif answer.state in (JobState.DOWNLOADING, JobState.DONE):
        walk.latest = answer
        await walk.write("The cancel came too late: the result is there.", answer.raw, state=JobState.DOWNLOADING,
                         credits=credited(walk, answer), output=answer.output, error=None)
    elif answer.state is JobState.RUNNING:
        await _let_go(walk, "The service has not stopped it yet.", answer)
    else:
        await _cancelled(walk, "Cancelled over there too.", answer)


async def _ask_to_cancel(walk: Walk, provider: Provider) -> RemoteJob | None:
    if not provider.can_cancel or walk.job.remote_id is None:
        return None
    async with asyncio.timeout(CANCEL_LIMIT_S):
        return await provider.cancel(walk.job.remote_id)


async def _let_go(walk: Walk, why: str, answer: RemoteJob | None = None) -> None:
    local = walk.job.request.account == Service.LOCAL.value
    risk = "it may run to its end here." if local else "it may still run over there, and cost."
    await _cancelled(walk, f"Let go: {why} Studio no longer follows it; {risk}", answer)


async def _cancelled(walk: Walk, note: str, answer: RemoteJob | None) -> None:
    cost = walk.job.credits if answer is None else credited(walk, answer)
    await walk.write(note, answer.raw if answer else None, state=JobState.CANCELLED, eta_s=None, error=None, credits=cost,
                     finished_at=walk.world.clock.now())
