"""In which order the queue shows its jobs, and which of them: plain functions and values, no Qt."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from studio.domain.job import Job
from studio.domain.state import TERMINAL, JobState

Key = tuple[int, float, float, str]
_SENT, _WAITING, _ENDED = range(3)


class Part(StrEnum):
    """The parts of the queue; each job belongs to exactly one of WAITING to FAILED."""

    ALL = "all"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def part_of_state(state: JobState) -> Part:
    """What needs the person counts as running: it has been sent, and nobody knows its end yet."""
    if state in (JobState.QUEUED, JobState.DRAFT):
        return Part.WAITING
    if state is JobState.DONE:
        return Part.DONE
    return Part.FAILED if state in TERMINAL else Part.RUNNING


def part_of(job: Job) -> Part:
    """To which part of the queue a job belongs."""
    return part_of_state(job.state)


def is_waiting(job: Job) -> bool:
    """Whether it stands in line, where it can be moved."""
    return job.state is JobState.QUEUED


def row_key(job: Job) -> Key:
    """What rows are sorted by: what was sent, what waits, both in the queue's own order; then what ended, the newest first.

    So the job that is sent next stands right below those that run, and does not move when it is sent.
    """
    if job.is_terminal:
        return _ENDED, -(job.finished_at or job.created_at).timestamp(), 0.0, job.id
    return (_WAITING if part_of(job) is Part.WAITING else _SENT), job.position, job.created_at.timestamp(), job.id


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What is to be seen. `words`: every one occurs in label, prompt, operation or account. `label`: exactly this one."""

    words: str = ""
    part: Part = Part.ALL
    label: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it lets everything through."""
        return not self.words.strip() and self.part is Part.ALL and self.label is None

    def accepts(self, job: Job, text: str) -> bool:
        """`text` is `search_text` of the job."""
        if self.part is not Part.ALL and part_of(job) is not self.part:
            return False
        if self.label is not None and job.request.label != self.label:
            return False
        return all(word in text for word in self.words.casefold().split())


def search_text(job: Job, operation: str) -> str:
    """What the words of a filter are looked for in; `operation` is its title."""
    request = job.request
    return "\n".join((request.label or "", job.prompt, operation, request.operation, request.account)).casefold()


def neighbours(waiting: Sequence[Job], moved: Collection[str], step: str) -> str | bool | None:
    """Before which job of `waiting` (one account's, in order) the jobs `moved` come to stand by `step`: "up", "down",
    "first" or "last". None: at the end. False: they stand there already."""
    rest = [job.id for job in waiting if job.id not in moved]
    places = [place for place, job in enumerate(waiting) if job.id in moved]
    if not places or not rest:
        return False
    together = places[-1] - places[0] + 1 == len(places)
    ahead = sum(job.id not in moved for job in waiting[: places[0]])  # how many of the rest stand before the first one
    wanted = {"first": 0, "last": len(rest), "up": max(0, ahead - 1), "down": min(len(rest), ahead + 1)}[step]
    if wanted == ahead and together:
        return False
    return rest[wanted] if wanted < len(rest) else None


def waiting_of(jobs: Collection[Job], account: str) -> list[Job]:
    """An account's waiting jobs in the order in which they are sent."""
    return sorted((job for job in jobs if is_waiting(job) and job.request.account == account), key=row_key)


def counts(states: Mapping[JobState, int]) -> Mapping[Part, int]:
    """How many jobs each part holds, of so many in each state."""
    answer = dict.fromkeys(Part, 0)
    for state, number in states.items():
        answer[part_of_state(state)] += number
        answer[Part.ALL] += number
    return answer
