"""What goes between the runner of jobs and the world: a service's answer, a step to be written, an account's pacing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from studio.domain.job import Job
from studio.domain.ledger import SendingTerms
from studio.domain.operation import MediaKind
from studio.domain.state import JobState


@dataclass(frozen=True, slots=True)
class RemoteResult:
    """One file that a finished job left at the service. `url` may expire."""

    url: str
    kind: MediaKind
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A service's answer about a job, in the product's words. `raw` is the answer itself, kept for good.

    `state` is RUNNING, DOWNLOADING (finished there, results to fetch), DONE (finished, nothing to fetch: prompts), FAILED or
    CANCELLED. `unknown_status` holds a status word that no contract knows: shown, and not waited on for ever.
    """

    remote_id: str
    state: JobState
    raw: Mapping[str, object]
    progress: float | None = None
    eta_s: float | None = None
    poll_after_s: float | None = None
    results: tuple[RemoteResult, ...] = ()
    output: Mapping[str, object] | None = None
    charged: float | None = None
    error_code: str | None = None
    error_message: str | None = None
    unknown_status: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a transition writes, in one transaction: the new job, and a line for its timeline.

    With `terms` the new state is entered only where they allow it, looked at in the same transaction; else the job stays in
    its state, and what it waits for is written. With `by`, the process that takes the step, nothing is written where the job
    belongs to another process by now.
    """

    job: Job
    note: str = ""
    raw: Mapping[str, object] | None = None
    terms: SendingTerms | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """An account's pacing as the store keeps it, so that a restart and a second process keep to it."""

    not_before: datetime | None = None
    remaining: int | None = None
    running: int = 0
    extra: Mapping[str, object] = field(default_factory=dict)
