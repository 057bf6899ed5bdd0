"""What the queue says about a job: its state, its time, its cost, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.errors import Cost
from studio.domain.job import Job
from studio.domain.state import ACTIVE, JobState, WaitReason

_RUNNING = frozenset({JobState.UPLOADING, JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.CANCELLING})


def _tr(text: str) -> str:
    return QCoreApplication.translate("Queue", text)


def operation_words(operation: str) -> str:
    """ "video.generate" -> "Generate video"; ids with other shapes as they are, with spaces."""
    words = operation.replace("_", " ").split(".")
    return f"{words[-1].capitalize()} {' '.join(words[:-1])}".strip()


def state_words(job: Job) -> str:
    """The state as a person says it: "rendering 64 %", "waiting: offline", "done"."""
    if job.waiting_for is not None and job.state in (JobState.QUEUED, JobState.RUNNING, JobState.DOWNLOADING):
        return _waiting(job)
    if job.state is JobState.RUNNING:
        rendering = _tr("rendering")
        return rendering if job.progress is None else f"{rendering} {round(job.progress * 100)} %"
    return {
        JobState.DRAFT: _tr("draft"),
        JobState.QUEUED: _tr("waiting to be sent"),
        JobState.UPLOADING: _tr("sending the references"),
        JobState.SUBMITTING: _tr("sending"),
        JobState.DOWNLOADING: _tr("downloading"),
        JobState.DONE: _tr("done"),
        JobState.FAILED: _tr("failed"),
        JobState.UNKNOWN: _tr("no answer to the send"),
        JobState.CANCELLING: _tr("cancelling"),
        JobState.CANCELLED: _tr("cancelled"),
    }[job.state]


def _waiting(job: Job) -> str:
    reason = {
        WaitReason.OFFLINE: _tr("waiting: no connection"),
        WaitReason.RATE_LIMIT: _tr("waiting: the service asks for a pause"),
        WaitReason.CONCURRENCY_LIMIT: _tr("waiting: other jobs run"),
        WaitReason.BUDGET: _tr("waiting: budget reached"),
        WaitReason.PAUSED: _tr("paused"),
    }
    return reason[job.waiting_for] if job.waiting_for is not None else ""


def time_words(job: Job, left_s: float | None, now: datetime) -> str:
    """The right column's first line: time left while it runs, what is wanted, or when it ended."""
    if job.state is JobState.UNKNOWN:
        return _tr("Needs you")
    if job.finished_at is not None and job.state not in ACTIVE:
        ended = job.finished_at.astimezone()
        return ended.strftime("%H:%M") if ended.date() == now.astimezone().date() else ended.strftime("%d.%m.")
    if left_s is not None and job.state in (JobState.RUNNING, JobState.DOWNLOADING):
        return _tr("{time} left").format(time=clock(left_s))
    if job.state is JobState.QUEUED and job.not_before is not None and job.not_before > now:
        return _tr("in {time}").format(time=clock((job.not_before - now).total_seconds()))
    return ""


def clock(seconds: float) -> str:
    """0:21, 12:04, 1:02:03; never below zero."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def cost_words(job: Job) -> str:
    """The right column's second line: "free", "45 cr", "≈ 17 cr", "45 cr?" where it is not known."""
    if job.request.account == LOCAL_ACCOUNT:
        return _tr("free")
    charged, estimated = job.credits.charged, job.credits.estimated
    if charged is not None:
        return f"{charged:g} cr"
    if estimated is not None:
        return f"{estimated:g} cr?" if job.state is JobState.UNKNOWN else f"≈ {estimated:g} cr"
    return "?" if job.error is not None and job.error.cost is Cost.UNKNOWN else ""


def error_words(job: Job) -> str:
    """All of an error: what happened, whether it cost anything, what to do. Empty without one."""
    if job.state is JobState.UNKNOWN and job.error is None:
        return _tr(
            "The job was sent and no answer came. It may have been charged. "
            "Look it up at the service, send it again, or give it up."
        )
    if job.error is None:
        return ""
    cost = {
        Cost.NONE: _tr("Nothing was charged."),
        Cost.CHARGED: _tr("It was charged."),
        Cost.UNKNOWN: _tr("It may have been charged."),
    }[job.error.cost]
    return " ".join(part for part in (job.error.message, cost, job.error.advice) if part)


def summary(jobs: Sequence[Job]) -> str:
    """ "1 needs you · 2 running · 1 waiting", counted from the states each time."""
    running = sum(job.state in _RUNNING for job in jobs)
    waiting = sum(job.state in ACTIVE for job in jobs) - running
    asking = sum(job.state is JobState.UNKNOWN for job in jobs)
    parts = []
    if asking:
        parts.append(_tr("{n} needs you").format(n=asking))
    if running:
        parts.append(_tr("{n} running").format(n=running))
    if waiting:
        parts.append(_tr("{n} waiting").format(n=waiting))
    return " · ".join(parts)


def is_running(job: Job) -> bool:
    return job.state in _RUNNING


def utc_now() -> datetime:
    return datetime.now(UTC)
