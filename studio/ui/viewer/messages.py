"""What the viewer says where there is nothing to see: jobs under way, failed or unknown, files that cannot be shown."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from studio.domain.job import Job
from studio.domain.state import JobState, WaitReason
from studio.ui.images.captions import duration_words
from studio.ui.images.reading import ReadProblem
from studio.ui.widgets.job_words import error_words, state_words


class Message(NamedTuple):
    """An icon by name, a heading, a sentence; `progress` from 0 to 1 if known, `busy` while something moves."""

    icon: str
    heading: str
    words: str
    progress: float | None = None
    busy: bool = False


def _tr(text: str) -> str:
    return QCoreApplication.translate("Viewer", text)


def empty_message() -> Message:
    words = _tr("Write a prompt, then press Generate. The result shows here.")
    return Message("image", _tr("Nothing to show yet"), words)


def job_message(job: Job) -> Message:
    """What a job does, or why it has no result."""
    if job.state is JobState.FAILED:
        words = error_words(job) or _tr("The reason is not known.")
        return Message("alert", _tr("“{0}” failed").format(job.title), words)
    if job.state is JobState.UNKNOWN:
        words = _tr("It was sent and no answer came, so it may have been charged. Look it up at the service, "
                    "then retry or give up in the queue.")
        return Message("alert", _tr("Nobody knows what became of “{0}”").format(job.title), words)
    if job.state is JobState.CANCELLED:
        return Message("cancel", _tr("“{0}” was cancelled").format(job.title), _tr("It left nothing behind."))
    left = _tr(" · about {0} left").format(duration_words(job.eta_s)) if job.eta_s else ""
    return Message("clock", job.title, f"{state_words(job)}{left}", job.progress,
                   busy=not job.is_terminal and job.waiting_for not in (WaitReason.BUDGET, WaitReason.PAUSED))


def problem_words(problem: ReadProblem) -> str:
    """Why a picture cannot be shown."""
    return {
        ReadProblem.MISSING: _tr("Its file is not there any more. It was moved or deleted outside of Studio."),
        ReadProblem.DAMAGED: _tr("Its file is damaged or too large to show here."),
        ReadProblem.UNSUPPORTED: _tr("This kind of picture cannot be shown here. Another program may be able to."),
    }[problem]
