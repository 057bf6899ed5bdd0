"""A job in words and state colours: the same in the queue, in the history and in the viewer."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.errors import Cost
from studio.domain.job import Job
from studio.domain.state import JobState, WaitReason

_NO_TITLES: Mapping[str, str] = {}


def _tr(text: str) -> str:
    return QCoreApplication.translate("JobWords", text)


def operation_words(operation: str, titles: Mapping[str, str] = _NO_TITLES) -> str:
    """The operation's own title; where it is not known, its id made readable: "video.generate" is "Generate Video"."""
    known = titles.get(operation)
    if known:
        return known
    words = operation.replace("_", " ").split(".")
    return " ".join([words[-1], *words[:-1]]).title()


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


def wait_words(reason: WaitReason) -> str:
    return {
        WaitReason.OFFLINE: _tr("no connection"),
        WaitReason.RATE_LIMIT: _tr("rate limit"),
        WaitReason.CONCURRENCY_LIMIT: _tr("in line"),
        WaitReason.BUDGET: _tr("budget"),
        WaitReason.PAUSED: _tr("paused"),
    }[reason]


def wait_sentence(job: Job) -> str:
    """Why it waits, what that costs and what to do, in whole sentences. Empty where it does not wait."""
    if job.waiting_for is None or job.is_terminal:
        return ""
    if job.waiting_for is WaitReason.OFFLINE:
        if job.remote_id is not None:
            return _tr("The service does not answer. The job runs there all the same; it is asked again by itself.")
        return _tr("The service cannot be reached. Nothing was charged. The job goes on by itself once it answers.")
    return {
        WaitReason.RATE_LIMIT: _tr("The service asks for a pause. The job goes on by itself."),
        WaitReason.CONCURRENCY_LIMIT: _tr("Other jobs of this account come first. This one goes on by itself."),
        WaitReason.BUDGET: _tr("Your budget is used up. Raise it, or cancel the job."),
        WaitReason.PAUSED: _tr("Paused. Nothing is sent until you go on."),
    }[job.waiting_for]


def state_words(job: Job) -> str:
    """Done; Failed · not charged; Waiting · rate limit; Running · 64 %."""
    name = state_name(job.state)
    if job.state is JobState.FAILED and job.error is not None:
        return f"{name} · {cost_short(cost_of(job))}"
    if job.waiting_for is not None and not job.is_terminal:
        return f"{name} · {wait_words(job.waiting_for)}"
    if job.progress is not None and job.state in (JobState.RUNNING, JobState.DOWNLOADING, JobState.UPLOADING):
        return f"{name} · {round(job.progress * 100)} %"
    return name


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


def cost_of(job: Job) -> Cost:
    """Whether its failure cost anything: on this computer nothing ever does."""
    return Cost.NONE if job.error is None or job.request.account == LOCAL_ACCOUNT else job.error.cost


def cost_short(cost: Cost) -> str:
    return {Cost.NONE: _tr("not charged"), Cost.CHARGED: _tr("charged"), Cost.UNKNOWN: _tr("perhaps charged")}[cost]


def cost_sentence(cost: Cost) -> str:
    return {
        Cost.NONE: _tr("Nothing was charged."),
        Cost.CHARGED: _tr("It was charged."),
        Cost.UNKNOWN: _tr("It may have been charged."),
    }[cost]


def error_words(job: Job) -> str:
    """All of an error: what happened, whether it cost anything, what to do. Empty without one."""
    error = job.error
    if error is not None:
        return " ".join(part for part in (error.message, cost_sentence(cost_of(job)), error.advice) if part)
    if job.state is JobState.UNKNOWN:
        return _tr(
            "The job was sent and no answer came. It may have been charged. "
            "Look it up at the service, send it again, or give it up."
        )
    return ""


def number_words(amount: float) -> str:
    """Credits without needless decimals: 45, 0.5, 1,204."""
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}".rstrip("0")


def credits_spelt(amount: float) -> str:
    """1 credit, 0.5 credits, 1,204 credits."""
    return (_tr("{n} credit") if amount == 1 else _tr("{n} credits")).format(n=number_words(amount))


def credit_words(job: Job, unit: str = "") -> str:
    """What it cost, "free" on this computer, with a question mark while only estimated and in doubt, a dash where nothing is
    known. `unit` stands behind the number."""
    if job.request.account == LOCAL_ACCOUNT:
        return _tr("free")
    if job.credits.charged is not None:
        return f"{number_words(job.credits.charged)}{unit}"
    if job.state is JobState.FAILED and job.error is not None and job.error.cost is Cost.NONE:
        return f"0{unit}"
    if job.state is JobState.CANCELLED or job.credits.estimated is None:
        return "–"
    if job.state is JobState.UNKNOWN:
        return f"{number_words(job.credits.estimated)}{unit}?"
    return f"≈ {number_words(job.credits.estimated)}{unit}"
