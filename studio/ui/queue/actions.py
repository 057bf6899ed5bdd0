"""What can be done with jobs, depending on their states: one list for the buttons, the context menu and the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from studio.domain.job import Job
from studio.domain.state import TRANSITIONS, JobState, WaitReason
from studio.ui.queue.order import is_waiting


class QueueAction(NamedTuple):
    """`name` is stable, `words` are for the button. `is_main`: shown as a button, not only in the menu. `keys` are said in
    the menu. `part`: actions of one part stand together there."""

    name: str
    words: str
    is_main: bool = True
    keys: str = ""
    part: int = 0


def _tr(text: str) -> str:
    return QCoreApplication.translate("Queue", text)


def _no(job: Job) -> bool:
    return False


def can_cancel(job: Job) -> bool:
    """Whether there is something to stop. (An unknown outcome is given up.)"""
    if job.state is JobState.UNKNOWN:
        return False
    return JobState.CANCELLED in TRANSITIONS[job.state] or JobState.CANCELLING in TRANSITIONS[job.state]


def can_edit(job: Job) -> bool:
    """Whether nothing of it was sent yet."""
    return is_waiting(job) and job.remote_id is None


def actions_for(job: Job, is_paused: Callable[[Job], bool] = _no) -> list[QueueAction]:
    """In the order of use. Empty lists do not occur: the prompt can always be used again."""
    answer = _ways_on(job)
    if is_waiting(job):
        answer += _in_line(can_edit(job), is_paused(job))
    if job.asset_ids:
        answer.append(QueueAction("show", _tr("Show result"), keys="Ctrl+Return"))
    answer.append(QueueAction("reuse", _tr("Use again"), is_main=job.is_terminal, part=2))
    answer.append(QueueAction("duplicate", _tr("Duplicate"), is_main=False, keys="Ctrl+D", part=2))
    answer.append(QueueAction("label", _tr("Label…"), is_main=False, keys="F2", part=2))
    answer.append(QueueAction("details", _tr("Details"), is_main=False, keys="Return", part=2))
    if job.remote_id and all(action.name != "check_again" for action in answer):
        answer.append(QueueAction("check_again", _tr("Check again"), is_main=False, part=3))
    if job.error is not None:
        answer.append(QueueAction("copy_error", _tr("Copy error"), is_main=False, part=3))
    if job.remote_id:
        answer.append(QueueAction("copy_remote_id", _tr("Copy remote id"), is_main=False, part=3))
    answer.append(QueueAction("copy_id", _tr("Copy job id"), is_main=False, part=3))
    return answer


def _ways_on(job: Job) -> list[QueueAction]:
    answer: list[QueueAction] = []
    if is_waiting(job) and job.waiting_for is WaitReason.BUDGET:
        answer.append(QueueAction("approve", _tr("Send it")))
    if job.state is JobState.UNKNOWN:
        if job.remote_id:
            answer.append(QueueAction("check_again", _tr("Check again")))
        answer += [QueueAction("retry", _tr("Send again")), QueueAction("give_up", _tr("Give up"))]
    elif job.state is JobState.FAILED:
        if job.remote_id:
            answer.append(QueueAction("check_again", _tr("Check again")))  # the result may lie at the service: free
        answer.append(QueueAction("retry", _tr("Retry")))
    elif can_cancel(job):
        answer.append(QueueAction("cancel", _tr("Cancel"), keys="Del"))
    return answer


def _in_line(editable: bool, paused: bool) -> list[QueueAction]:
    """Of a job that waits."""
    answer = [QueueAction("edit", _tr("Edit"))] if editable else []
    answer.append(QueueAction("resume_job", _tr("Let it go on")) if paused else QueueAction("pause_job", _tr("Hold")))
    return [*answer, *_moves()]


def _moves() -> list[QueueAction]:
    return [
        QueueAction("move_first", _tr("Move to the front"), is_main=False, keys="Alt+Home", part=1),
        QueueAction("move_up", _tr("Move up"), is_main=False, keys="Alt+Up", part=1),
        QueueAction("move_down", _tr("Move down"), is_main=False, keys="Alt+Down", part=1),
        QueueAction("move_last", _tr("Move to the end"), is_main=False, keys="Alt+End", part=1),
    ]


def actions_for_many(jobs: Sequence[Job], is_paused: Callable[[Job], bool] = _no) -> list[QueueAction]:
    """What fits at least one of several jobs; it is done with those that it fits."""
    answer: list[QueueAction] = []
    waiting = [job for job in jobs if is_waiting(job)]
    if any(can_cancel(job) for job in jobs):
        answer.append(QueueAction("cancel", _tr("Cancel"), keys="Del"))
    if any(job.state is JobState.FAILED for job in jobs):
        answer.append(QueueAction("retry", _tr("Retry")))
    if any(not is_paused(job) for job in waiting):
        answer.append(QueueAction("pause_job", _tr("Hold")))
    if any(is_paused(job) for job in waiting):
        answer.append(QueueAction("resume_job", _tr("Let them go on"), is_main=len(answer) < 3))
    if waiting and len({job.request.account for job in waiting}) == 1:
        answer += _moves()
    answer.append(QueueAction("label", _tr("Label…"), keys="F2", part=2))
    answer.append(QueueAction("duplicate", _tr("Duplicate"), is_main=False, keys="Ctrl+D", part=2))
    if any(job.remote_id for job in jobs):
        answer.append(QueueAction("check_again", _tr("Check again"), is_main=False, part=3))
    return answer


def fitting(name: str, jobs: Sequence[Job], is_paused: Callable[[Job], bool] = _no) -> list[Job]:
    """Those of `jobs` that the action `name` can be done with."""
    return [job for job in jobs if name in {action.name for action in actions_for(job, is_paused)}]
