"""What can be done with a job, depending on its state: one list for the buttons, the context menu and the keyboard."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from studio.domain.job import Job
from studio.domain.state import TRANSITIONS, JobState, WaitReason


class QueueAction(NamedTuple):
    """`name` is stable, `words` are for the button. `is_main`: shown as a button, not only in the menu."""

    name: str
    words: str
    is_main: bool = True


def actions_for(job: Job) -> list[QueueAction]:
    """In the order of use. Empty lists do not occur: the prompt can always be used again."""
    words = QCoreApplication.translate
    answer: list[QueueAction] = []
    if job.state is JobState.QUEUED and job.waiting_for is WaitReason.BUDGET:
        answer.append(QueueAction("approve", words("Queue", "Send it")))
    if job.state is JobState.UNKNOWN:
        answer += [
            QueueAction("retry", words("Queue", "Send again")),
            QueueAction("give_up", words("Queue", "Give up")),
        ]
    elif job.state is JobState.FAILED:
        # with a remote id the result may still lie at the service: it is looked up there, not ordered anew
        again = words("Queue", "Check again") if job.remote_id else words("Queue", "Retry")
        answer.append(QueueAction("retry", again))
    elif JobState.CANCELLED in TRANSITIONS[job.state] or JobState.CANCELLING in TRANSITIONS[job.state]:
        answer.append(QueueAction("cancel", words("Queue", "Cancel")))
    if job.asset_ids:
        answer.append(QueueAction("show", words("Queue", "Show result")))
    answer.append(QueueAction("reuse", words("Queue", "Use again"), is_main=job.is_terminal))
    if job.error is not None:
        answer.append(QueueAction("copy_error", words("Queue", "Copy error"), is_main=False))
    if job.remote_id:
        answer.append(QueueAction("copy_remote_id", words("Queue", "Copy remote id"), is_main=False))
    answer.append(QueueAction("copy_id", words("Queue", "Copy job id"), is_main=False))
    return answer
