"""One run of a chain: what was answered at the start, and where it stands. The state of a step is that of its job; a run
keeps only what no job says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from studio.domain.chain import Chain, Step
from studio.domain.job import Job, JobError, new_id, now
from studio.domain.ledger import Estimate
from studio.domain.state import JobState


class RunState(StrEnum):
    """RUNNING goes on by itself; FAILED waits for the person's retry."""

    RUNNING = "running"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class StepJob:
    """The newest job of a step. `attempt` counts from 1; a retry that is a new intent is the next one."""

    step: int
    attempt: int
    job: Job


@dataclass(frozen=True, slots=True)
class ChainRun:
    """`chain` is a copy, so that changing or removing it leaves the run alone. `current` is the step it stands at, from 0.

    `jobs`: the newest job of each step that was begun. `error`: why it stopped, where no job of it says so. `paused`: no
    further step is begun.
    """

    id: str
    chain: Chain
    account: str
    answers: Mapping[str, object]
    state: RunState = RunState.RUNNING
    current: int = 0
    paused: bool = False
    estimated: float | None = None
    error: JobError | None = None
    created_at: datetime = field(default_factory=now)
    finished_at: datetime | None = None
    revision: int = 0
    jobs: tuple[StepJob, ...] = ()

    @classmethod
    def new(cls, chain: Chain, account: str, answers: Mapping[str, object], estimated: float | None = None) -> ChainRun:
        return cls(new_id("run"), chain, account, dict(answers), estimated=estimated)

    @property
    def step(self) -> Step:
        return self.chain.steps[self.current]

    @property
    def current_job(self) -> Job | None:
        return self.job_of(self.current)

    def job_of(self, step: int) -> Job | None:
        return next((one.job for one in self.jobs if one.step == step), None)

    def attempts_of(self, step: int) -> int:
        """How many jobs this step has had."""
        return next((one.attempt for one in self.jobs if one.step == step), 0)

    @property
    def needs_person(self) -> bool:
        """Whether it stands still until the person decides: failed, or a step's outcome is unknown."""
        job = self.current_job
        return self.state is RunState.FAILED or (
            self.state is RunState.RUNNING and job is not None and job.state is JobState.UNKNOWN)

    @property
    def stopped_by(self) -> JobError | None:
        """Why it failed: its own error, else that of the job it stands at."""
        job = self.current_job
        return self.error or (job.error if job is not None and self.state is RunState.FAILED else None)

    def changed(self, **changes: object) -> ChainRun:
        """A copy with `changes`; field names are checked by dataclasses.replace."""
        return replace(self, **changes)  # type: ignore[arg-type]  # names and types are those of the fields above


def step_key(run: str, step: int, attempt: int) -> str:
    """The idempotency key of a step's job: the same for the same run, step and attempt, whoever works it out."""
    return hashlib.sha256(f"{run}/{step}/{attempt}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class ChainEstimate:
    """What a run is thought to cost: one estimate a step, in their order. `warning`: words where the account's budget does
    not allow all of it, empty where it does."""

    steps: tuple[Estimate, ...]
    warning: str = ""

    @property
    def known(self) -> float:
        """The sum of what is known."""
        return sum(one.amount for one in self.steps if one.amount is not None)

    @property
    def unknown(self) -> int:
        """How many steps' cost is not known."""
        return sum(one.amount is None for one in self.steps)

    @property
    def total(self) -> float | None:
        """None as soon as one step's cost is not known."""
        return None if self.unknown else self.known
