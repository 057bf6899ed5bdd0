"""What only the queue says about its jobs: the line of a row, time left, and how many run. (All else:
studio.ui.widgets.job_words.)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from studio.domain.job import Job
from studio.domain.state import ACTIVE, JobState
from studio.ui.images.captions import duration_words
from studio.ui.widgets.job_words import credit_words, state_name, state_words

_RUNNING = frozenset({JobState.UPLOADING, JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.CANCELLING})


def _tr(text: str) -> str:
    return QCoreApplication.translate("Queue", text)


def line_words(job: Job, operation: str) -> str:
    """The second line of a row: the state and the operation, or what went wrong."""
    if job.error is not None and job.state in (JobState.FAILED, JobState.UNKNOWN):
        return f"{state_name(job.state)}: {job.error.message}"
    return f"{state_words(job)} · {operation}"


def time_words(job: Job, left_s: float | None, now: datetime) -> str:
    """The right column's first line: time left while it runs, what is wanted, or when it ended."""
    if job.state is JobState.UNKNOWN:
        return _tr("Needs you")
    if job.finished_at is not None and job.state not in ACTIVE:
        ended = job.finished_at.astimezone()
        return ended.strftime("%H:%M") if ended.date() == now.astimezone().date() else ended.strftime("%d.%m.")
    if left_s is not None and job.state in (JobState.RUNNING, JobState.DOWNLOADING):
        return _tr("{time} left").format(time=duration_words(left_s))
    if job.state is JobState.QUEUED and job.not_before is not None and job.not_before > now:
        return _tr("in {time}").format(time=duration_words((job.not_before - now).total_seconds()))
    return ""


def cost_words(job: Job) -> str:
    """The right column's second line: "free", "45 cr", "≈ 17 cr", "45 cr?"; nothing where nothing is known."""
    words = credit_words(job, _tr(" cr"))
    return "" if words == "–" else words


def summary(jobs: Sequence[Job]) -> tuple[str, str, str]:
    """ "1 needs you · 2 running · 1 waiting", counted from the states each time; and the same in fewer words, twice."""
    running = sum(job.state in _RUNNING for job in jobs)
    waiting = sum(job.state in ACTIVE for job in jobs) - running
    asking = sum(job.state is JobState.UNKNOWN for job in jobs)
    asks = (_tr("{n} needs you") if asking == 1 else _tr("{n} need you")).format(n=asking) if asking else ""
    runs = _tr("{n} running").format(n=running) if running else ""
    waits = _tr("{n} waiting").format(n=waiting) if waiting else ""
    active = _tr("{n} active").format(n=running + waiting) if running + waiting else ""
    short = (_tr("{n} asks") if asking == 1 else _tr("{n} ask")).format(n=asking) if asking else ""
    return _joined(asks, runs, waits), _joined(short, runs, waits), _joined(short, active)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def is_running(job: Job) -> bool:
    return job.state in _RUNNING


def utc_now() -> datetime:
    return datetime.now(UTC)
