"""A job: one intent of a person, from the press of Generate to its result or its reason."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from studio.domain.errors import Cost, StudioError
from studio.domain.state import TERMINAL, JobState, WaitReason

_chance = random.SystemRandom()  # the system's source, as `secrets` takes it; that module takes 5 ms of a start


def now() -> datetime:
    """The moment, in UTC, to the millisecond (what the store keeps)."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_id(prefix: str) -> str:
    """An identifier that sorts by time: prefix, 12 hex digits of milliseconds, 10 of chance."""
    return f"{prefix}_{time.time_ns() // 1_000_000:012x}{_chance.getrandbits(40):010x}"


@dataclass(frozen=True, slots=True)
class JobRequest:
    """All that a generation needs. Local files in `input` are `file:` URIs of the library's own copies.

    `label`: the person's own word for what belongs together. `chain_run`: the chain run that the job is a step of.
    """

    operation: str
    account: str
    input: Mapping[str, object]
    label: str | None = None
    chain_run: str | None = None


@dataclass(frozen=True, slots=True)
class Credits:
    """What a job was thought to cost and what the service charged. None: not known."""

    estimated: float | None = None
    charged: float | None = None


@dataclass(frozen=True, slots=True)
class JobError:
    """An error as it is kept with the job and shown in JSON."""

    kind: str
    code: str
    message: str
    retryable: bool
    advice: str = ""
    cost: Cost = Cost.NONE
    field: str | None = None

    @classmethod
    def of(cls, error: StudioError) -> JobError:
        return cls(error.kind, error.code, error.message, error.retryable, error.advice, error.cost, error.field)


@dataclass(frozen=True, slots=True)
class Job:
    """The state of one job as the store holds it. `idempotency_key` is made once, with the job.

    `approved`: the person said that it may be sent whatever its account's budget says. `position`: its place in its
    account's queue, smaller is sooner; the store gives a new job the last one.
    """

    id: str
    request: JobRequest
    idempotency_key: str
    state: JobState = JobState.QUEUED
    waiting_for: WaitReason | None = None
    remote_id: str | None = None
    progress: float | None = None
    eta_s: float | None = None
    not_before: datetime | None = None
    attempts: int = 0
    created_at: datetime = field(default_factory=now)
    submitted_at: datetime | None = None
    finished_at: datetime | None = None
    credits: Credits = field(default_factory=Credits)
    error: JobError | None = None
    output: Mapping[str, object] | None = None
    asset_ids: tuple[str, ...] = ()
    revision: int = 0
    approved: bool = False
    position: float = 0.0

    @classmethod
    def new(cls, request: JobRequest) -> Job:
        return cls(id=new_id("job"), request=request, idempotency_key=f"{_chance.getrandbits(128):032x}")

    @property
    def is_terminal(self) -> bool:
        return self.state in TERMINAL

    @property
    def chain_run(self) -> str | None:
        """The id of the chain run that it belongs to."""
        return self.request.chain_run

    @property
    def place(self) -> tuple[float, datetime, str]:
        """What its account's queue is sorted by."""
        return self.position, self.created_at, self.id

    @property
    def expires_at(self) -> datetime | None:
        """Until when the service keeps the result, where its answer says so."""
        if self.output is None:
            return None
        from studio.domain.deadline import kept_until  # its import takes time, which a start has none of

        return kept_until(self.output)

    @property
    def prompt(self) -> str:
        """The words the person will know the job by."""
        for name in ("prompt", "text", "title", "name"):
            value = self.request.input.get(name)
            if isinstance(value, str) and value.strip():
                return value.strip()
        return ""

    @property
    def what(self) -> str:
        """Its words, or what is done and how: what tells it from others of its label."""
        return self.prompt or _deed(self.request)

    @property
    def title(self) -> str:
        """Its label, its words, or what is done and how ("Style transfer, watercolour")."""
        return self.request.label or self.prompt or _deed(self.request)

    def changed(self, **changes: object) -> Job:
        """A copy with `changes`; field names are checked by dataclasses.replace."""
        return replace(self, **changes)  # type: ignore[arg-type]  # names and types are those of the fields above


def _deed(request: JobRequest) -> str:
    """Of a job without words of its own: the operation's name read aloud, with the choice that tells it from others."""
    name = request.operation.removesuffix(".generate").replace(".", " ")
    chosen = next((value for name in ("style", "scene", "motion") if isinstance(value := request.input.get(name), str)), "")
    return ", ".join(words for words in (name[:1].upper() + name[1:], chosen.replace("_", " ")) if words)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One step of a job's life, kept for good. `note` is for people ("Sent, accepted as job_8f3k2m1n")."""

    at: datetime
    state: JobState
    note: str = ""
