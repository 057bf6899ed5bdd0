"""What only the queue says about its jobs: the line of a row, time left, and how many run. (All else:
studio.ui.widgets.job_words.)"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.job import Job
from studio.domain.state import ACTIVE, JobState, WaitReason
from studio.ui.images.captions import duration_words, short_day_words
from studio.ui.widgets.job_words import credit_words, credits_spelt, state_name, state_words, wait_words
from studio.ui.widgets.words import counted

RUNNING = frozenset({JobState.UPLOADING, JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.CANCELLING})
_STOPPABLE = frozenset({JobState.SUBMITTING, JobState.RUNNING})
_TIMED = frozenset({JobState.RUNNING, JobState.DOWNLOADING, JobState.CANCELLING})


def _tr(text: str) -> str:
    return QCoreApplication.translate("Queue", text)


def job_name(job: Job) -> str:
    """What tells a job from others: its words. (Its label tells what it belongs to.)"""
    return job.what if job.chain_run is not None else job.prompt or job.title


def line_words(job: Job, operation: str, *, paused: bool = False) -> str:
    """The second line of a row: the state and the operation, or what went wrong."""
    if job.error is not None and job.state in (JobState.FAILED, JobState.UNKNOWN):
        return f"{state_name(job.state)}: {job.error.message}"
    return f"{state_line(job, paused=paused)} · {operation}"


def state_line(job: Job, *, paused: bool = False) -> str:
    """The state in a few words: a job that is held says so as soon as it is, not when its turn comes."""
    if paused and job.state is JobState.QUEUED:
        return f"{state_name(job.state)} · {wait_words(WaitReason.PAUSED)}"
    return state_words(job)


def time_words(job: Job, left_s: float | None, now: datetime, *, is_next: bool = False) -> str:
    """The right column's first line: elapsed and expected time while it runs, what is wanted, or when it ended."""
    if job.state is JobState.UNKNOWN:
        return _tr("Needs you")
    if job.finished_at is not None and job.state not in ACTIVE:
        ended = job.finished_at.astimezone()
        return ended.strftime("%H:%M") if ended.date() == now.astimezone().date() else short_day_words(ended.date())
    if job.state in _TIMED:
        elapsed = elapsed_s(job, now)
        if left_s is None:
            return "" if elapsed is None else duration_words(elapsed)
        if elapsed is None:
            return _tr("{time} left").format(time=duration_words(left_s))
        return f"{duration_words(elapsed)} / {duration_words(elapsed + left_s)}"
    if job.state is JobState.QUEUED and job.not_before is not None and job.not_before > now:
        return _tr("in {time}").format(time=duration_words((job.not_before - now).total_seconds()))
    return _tr("next") if is_next else ""


def elapsed_s(job: Job, now: datetime) -> float | None:
    """How long it has been at the service; None before it was sent."""
    return None if job.submitted_at is None else max(0.0, (now - job.submitted_at).total_seconds())


def spoken_words(job: Job, operation: str, left_s: float | None, *, paused: bool = False) -> str:
    """A row for who hears it: everything that is painted, times in whole words."""
    times = []
    elapsed = elapsed_s(job, utc_now()) if job.state in _TIMED else None
    if elapsed is not None:
        times.append(_tr("running for {time}").format(time=duration_words(elapsed)))
    if left_s is not None:
        times.append(_tr("about {time} left").format(time=duration_words(left_s)))
    label = "" if not job.request.label else _tr("label {label}").format(label=job.request.label)
    parts = (job_name(job), label, line_words(job, operation, paused=paused), *times)
    return ", ".join(part for part in (*parts, cost_words(job)) if part)


def deadline_words(job: Job, now: datetime) -> str:
    """Until when the service keeps the result of a job that is not here yet, where that is known."""
    expires = None if job.state is JobState.DONE else job.expires_at
    if expires is None:
        return ""
    if expires <= now:
        return _tr("The service kept the result until {moment}: it may be gone.").format(moment=_clock_words(expires))
    words = _tr("The service keeps the result until {moment}, for {time} more.")
    return words.format(moment=_clock_words(expires), time=duration_words((expires - now).total_seconds()))


def _clock_words(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"


def cost_words(job: Job) -> str:
    """The right column's second line: "free", "45 cr", "≈ 17 cr", "45 cr?"; nothing where nothing is known."""
    words = credit_words(job, _tr(" cr"))
    return "" if words == "–" else words


def summary(states: Mapping[JobState, int]) -> tuple[str, str, str]:
    """ "1 needs you · 2 running · 1 waiting" of so many jobs in each state; and the same in fewer words, twice."""
    running = sum(number for state, number in states.items() if state in RUNNING)
    waiting = sum(number for state, number in states.items() if state in ACTIVE) - running
    asking = states.get(JobState.UNKNOWN, 0)
    asks = (_tr("{n} needs you") if asking == 1 else _tr("{n} need you")).format(n=asking) if asking else ""
    runs = _tr("{n} running").format(n=f"{running:,}") if running else ""
    waits = _tr("{n} waiting").format(n=f"{waiting:,}") if waiting else ""
    active = _tr("{n} active").format(n=f"{running + waiting:,}") if running + waiting else ""
    short = _tr("{n} unknown").format(n=asking) if asking else ""
    return _joined(asks, runs, waits), _joined(short, runs, waits), _joined(short, active)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def is_running(job: Job) -> bool:
    return job.state in RUNNING


def utc_now() -> datetime:
    return datetime.now(UTC)


def cancel_words(jobs: Collection[Job], label: str | None) -> tuple[str, str]:
    """(heading, what it costs) of stopping all of these jobs."""
    mine = [job for job in jobs if not job.is_terminal and (label is None or job.request.label == label)]
    waiting = [job for job in mine if job.state is JobState.QUEUED]
    sent = [job for job in mine if job.state in _STOPPABLE]
    heading = counted(len(waiting) + len(sent), _tr("Cancel 1 job?"), _tr("Cancel {n} jobs?"))
    parts = []
    if waiting:
        parts.append(counted(len(waiting), _tr("1 waits: it costs nothing."), _tr("{n} wait: they cost nothing.")))
    if sent:
        parts.append(_sent_words(sent))
    return heading, " ".join(parts)


def _sent_words(sent: Sequence[Job]) -> str:
    paid = [job for job in sent if job.request.account != LOCAL_ACCOUNT]
    runs = counted(len(sent), _tr("1 runs and is stopped"), _tr("{n} run and are stopped"))
    if not paid:
        return _tr("{runs}: on this computer that costs nothing.").format(runs=runs)
    known = [job.credits.estimated for job in paid if job.credits.estimated is not None]
    if not known:
        return _tr("{runs}: what that costs is up to the service.").format(runs=runs)
    return _tr("{runs}: up to {credits} may be charged all the same.").format(runs=runs, credits=credits_spelt(sum(known)))
