"""A job in words and state colours: the same in the history and in the viewer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.errors import Cost
from studio.domain.job import Job, JobError
from studio.domain.state import JobState, WaitReason
from studio.ui.images.captions import duration_words


def _tr(text: str) -> str:
    return QCoreApplication.translate("JobWords", text)


def state_name(state: JobState) -> str:
    return {
        JobState.DRAFT: _tr("Draft"),
        JobState.QUEUED: _tr("Waiting"),
        JobState.UPLOADING: _tr("Uploading"),
        JobState.SUBMITTING: _tr("Sending"),
        JobState.RUNNING: _tr("Running"),
        JobState.DOWNLOADING: _tr("Downloading"),
        JobState.DONE: _tr("Done"),
        JobState.FAILED: _tr("Failed"),
        JobState.UNKNOWN: _tr("Unknown"),
        JobState.CANCELLING: _tr("Cancelling"),
        JobState.CANCELLED: _tr("Cancelled"),
    }[state]


def step_words(state: JobState) -> str:
    """A step of the timeline that was kept without words of its own."""
    return {
        JobState.QUEUED: _tr("Written down"),
        JobState.DOWNLOADING: _tr("Finished at the service"),
        JobState.DONE: _tr("In the gallery"),
    }.get(state, state_name(state))


def wait_words(reason: WaitReason) -> str:
    return {
        WaitReason.OFFLINE: _tr("no connection"),
        WaitReason.RATE_LIMIT: _tr("rate limit"),
        WaitReason.CONCURRENCY_LIMIT: _tr("other jobs run first"),
        WaitReason.BUDGET: _tr("budget"),
        WaitReason.PAUSED: _tr("paused"),
    }[reason]


def state_words(job: Job) -> str:
    """Done; Failed · not charged; Waiting · rate limit; Running · 64 %."""
    name = state_name(job.state)
    if job.state is JobState.FAILED and job.error is not None:
        return f"{name} · {cost_short(job.error.cost)}"
    if job.waiting_for is not None and not job.is_terminal:
        return f"{name} · {wait_words(job.waiting_for)}"
    if job.progress is not None and job.state in (JobState.RUNNING, JobState.DOWNLOADING, JobState.UPLOADING):
        return f"{name} · {round(job.progress * 100)} %"
    return name


def cost_short(cost: Cost) -> str:
    return {Cost.NONE: _tr("not charged"), Cost.CHARGED: _tr("charged"), Cost.UNKNOWN: _tr("perhaps charged")}[cost]


def cost_sentence(cost: Cost) -> str:
    return {
        Cost.NONE: _tr("Nothing was charged."),
        Cost.CHARGED: _tr("It was charged."),
        Cost.UNKNOWN: _tr("It may have been charged."),
    }[cost]


def state_token(state: JobState) -> str:
    """The token that colours the state's dot."""
    if state is JobState.DONE:
        return "ok"
    if state is JobState.FAILED:
        return "bad"
    if state is JobState.UNKNOWN:
        return "warn"
    if state in (JobState.CANCELLED, JobState.DRAFT, JobState.QUEUED):
        return "faint"
    return "run"


def number_words(amount: float) -> str:
    """Credits without needless decimals: 45, 0.5, 1,204."""
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}".rstrip("0")


def credit_words(job: Job) -> str:
    """What it cost, "free" on this computer, with a question mark while only estimated, a dash where nothing is known."""
    if job.request.account == LOCAL_ACCOUNT:
        return _tr("free")
    if job.credits.charged is not None:
        return number_words(job.credits.charged)
    if job.state is JobState.FAILED and job.error is not None and job.error.cost is Cost.NONE:
        return "0"
    if job.state is JobState.CANCELLED:
        return "–"
    if job.credits.estimated is not None:
        sign = "?" if job.state is JobState.UNKNOWN else ""
        return f"{'' if sign else '≈ '}{number_words(job.credits.estimated)}{sign}"
    return "–"


def time_words(job: Job) -> str:
    """How long it took from being sent to its end; a dash where there is no end."""
    if job.finished_at is None or job.state is JobState.CANCELLED:
        return "–"
    return duration_words((job.finished_at - (job.submitted_at or job.created_at)).total_seconds())


def error_words(error: JobError) -> str:
    """All three parts: what happened, whether it cost anything, what to do."""
    return " ".join(part for part in (error.message, cost_sentence(error.cost), error.advice) if part)
