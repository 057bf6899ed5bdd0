"""What only the history says about a job: its steps, and how long it took. (All else: studio.ui.widgets.job_words.)"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.ui.images.captions import duration_words
from studio.ui.widgets.job_words import state_name


def _tr(text: str) -> str:
    return QCoreApplication.translate("JobWords", text)


def step_words(state: JobState) -> str:
    """A step of the timeline that was kept without words of its own."""
    return {
        JobState.QUEUED: _tr("Written down"),
        JobState.DOWNLOADING: _tr("Finished at the service"),
        JobState.DONE: _tr("In the gallery"),
    }.get(state, state_name(state))


def time_words(job: Job) -> str:
    """How long it took from being sent to its end; a dash where there is no end."""
    if job.finished_at is None or job.state is JobState.CANCELLED:
        return "–"
    return duration_words((job.finished_at - (job.submitted_at or job.created_at)).total_seconds())
