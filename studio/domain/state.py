"""The states of a job, which may follow which, and the reasons for waiting. Data, tested exhaustively."""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    DRAFT = "draft"
    QUEUED = "queued"
    UPLOADING = "uploading"
    SUBMITTING = "submitting"
    RUNNING = "running"
    DOWNLOADING = "downloading"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


class WaitReason(StrEnum):
    """Why a job does not move just now. A reason, not a state."""

    OFFLINE = "offline"
    RATE_LIMIT = "rate_limit"
    CONCURRENCY_LIMIT = "concurrency_limit"
    BUDGET = "budget"
    PAUSED = "paused"


_S = JobState

TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    _S.DRAFT: frozenset({_S.QUEUED, _S.CANCELLED}),
    _S.QUEUED: frozenset({_S.UPLOADING, _S.SUBMITTING, _S.FAILED, _S.CANCELLED}),
    # back to queued: the upload met a limit or a lost connection, and waits with its reason
    _S.UPLOADING: frozenset({_S.QUEUED, _S.SUBMITTING, _S.FAILED, _S.CANCELLED}),
    # back to queued: the request surely never left, or the service said "later"
    _S.SUBMITTING: frozenset({_S.QUEUED, _S.RUNNING, _S.DOWNLOADING, _S.UNKNOWN, _S.FAILED, _S.CANCELLED}),
    _S.RUNNING: frozenset({_S.DOWNLOADING, _S.FAILED, _S.CANCELLING}),
    _S.DOWNLOADING: frozenset({_S.DONE, _S.FAILED}),
    # resent under the same key, found over there, or given up by the person
    _S.UNKNOWN: frozenset({_S.SUBMITTING, _S.RUNNING, _S.FAILED, _S.CANCELLED}),
    # the cancel came too late: the result is there and belongs to the person
    _S.CANCELLING: frozenset({_S.CANCELLED, _S.DOWNLOADING, _S.FAILED}),
    # the person retries: before it was accepted anew, after that the result may still lie at the service
    _S.FAILED: frozenset({_S.QUEUED, _S.RUNNING, _S.DOWNLOADING}),
    # the person asks the service again, and there is more than was fetched, or something after all
    _S.DONE: frozenset({_S.DOWNLOADING}),
    _S.CANCELLED: frozenset({_S.DOWNLOADING}),
}

TERMINAL: frozenset[JobState] = frozenset({_S.DONE, _S.FAILED, _S.CANCELLED})
"""Nothing happens to these by itself. One moves again only when the person retries it, or has the service asked again."""

NEEDS_PERSON: frozenset[JobState] = frozenset({_S.UNKNOWN})
ACTIVE: frozenset[JobState] = frozenset(JobState) - TERMINAL - NEEDS_PERSON - {_S.DRAFT}


def may_follow(now: JobState, then: JobState) -> bool:
    """Whether a job in state `now` may go to `then`."""
    return then in TRANSITIONS[now]
