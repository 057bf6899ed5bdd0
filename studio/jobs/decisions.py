"""What becomes of a job when the person cancels or retries it, or when it goes down with the process too often: the job as
it is to be written, and the line for its timeline. Pure."""

from __future__ import annotations

import secrets
from datetime import datetime

from studio.domain.errors import Cost, InputError
from studio.domain.job import Credits, Job, JobError
from studio.domain.state import JobState

BEFORE_POST = frozenset({JobState.DRAFT, JobState.QUEUED, JobState.UPLOADING})
"""Nothing that may cost anything has left."""
_BEFORE_SENT = BEFORE_POST | {JobState.SUBMITTING, JobState.UNKNOWN}


def parked(job: Job, crashes: int, moment: datetime) -> Job:
    """A job during which the process died too often."""
    message = f"Studio stopped {crashes} times in a row during the step “{job.state}”."
    advice = "Retry when you like; please report it if it happens again."
    error = JobError("bug", "parked", message, True, advice, Cost.UNKNOWN)
    # An unanswered request must not become a new intent by a retry: `unknown` is sent again under the same key.
    state = JobState.UNKNOWN if job.state is JobState.SUBMITTING else JobState.FAILED
    finished = None if state is JobState.UNKNOWN else moment
    return job.changed(state=state, attempts=0, error=error, waiting_for=None, not_before=None, finished_at=finished)


def cancelled(job: Job, moment: datetime) -> tuple[Job, str]:
    """Raises InputError where there is nothing to cancel."""
    if job.state is JobState.RUNNING:
        return job.changed(state=JobState.CANCELLING, waiting_for=None, not_before=None), ""
    if job.state not in _BEFORE_SENT:
        raise InputError(f"The job is {job.state}: there is nothing to cancel.", code="not_cancellable")
    risky = job.state in (JobState.SUBMITTING, JobState.UNKNOWN)
    note = "Cancelled while it was sent: if it arrived, it may run over there, and cost." if risky else "Cancelled."
    after = job.changed(state=JobState.CANCELLED, waiting_for=None, not_before=None, error=None, finished_at=moment)
    return after, note


def retried(job: Job) -> tuple[Job, str]:
    """Raises InputError where there is nothing to retry."""
    if job.state is JobState.UNKNOWN:
        after, note = job.changed(state=JobState.SUBMITTING, error=None), "Sent again by the person, under the same key."
    elif job.state is not JobState.FAILED:
        raise InputError(f"The job is {job.state}: there is nothing to retry.", code="not_retryable")
    elif is_there(job):
        after, note = job.changed(state=JobState.RUNNING, error=None), "Asked for again."
    else:
        after = job.changed(state=JobState.QUEUED, idempotency_key=secrets.token_hex(16), remote_id=None, submitted_at=None,
                            error=None, progress=None, eta_s=None, output=None, asset_ids=(),
                            credits=Credits(job.credits.estimated), approved=False)
        note = "Retried, as a new request."
    return after.changed(attempts=0, waiting_for=None, not_before=None, finished_at=None), note


def is_there(job: Job) -> bool:
    """Whether a failed job may still run, or lie finished, at the service."""
    return job.remote_id is not None and job.error is not None and job.error.retryable
