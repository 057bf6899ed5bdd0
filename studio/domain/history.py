"""Questions to the history of all jobs, and what it answers: how many rows, where each page of them begins, which days had
jobs, and the bars of a day. A question names what is to be seen; nothing in it depends on how many jobs there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from studio.domain.job import Job
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState

PAGE = 100
"""Rows of a page: marks stand so far apart."""

Key = tuple[float | str, ...]
"""What a row is sorted by, the first of it counting most."""


class HistoryOrder(StrEnum):
    """What the rows are sorted by."""

    NEWEST = "newest"
    OLDEST = "oldest"
    COST = "cost"          # the dearest first
    DURATION = "duration"  # the longest first


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which jobs, in which order. `search`: words, each the beginning of a word in prompt, label, operation, account or id.

    Empty `states` and `operations` mean all. `since` counts, `until` does not; both are about when a job was made. Credits
    are those charged, else those that it is thought to cost; a job of this computer costs nothing, and so does one that
    failed or was cancelled without a charge.
    """

    search: str | None = None
    states: tuple[JobState, ...] = ()
    operations: tuple[str, ...] = ()
    kind: MediaKind | None = None
    account: str | None = None
    label: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_credits: float | None = None
    max_credits: float | None = None
    order: HistoryOrder = HistoryOrder.NEWEST

    @property
    def is_open(self) -> bool:
        """Whether it leaves nothing out, in whatever order."""
        return self == HistoryQuery(order=self.order)


@dataclass(frozen=True, slots=True)
class HistoryOutline:
    """The whole answer to a question without its rows: `marks[n]` is the key of row n * PAGE. `places`: rows of the jobs
    that were asked for, as far as they are among them."""

    total: int = 0
    marks: Sequence[Key] = ()
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Jobs in their order, and the key of the last one, after which the next page begins (None: there is no job)."""

    jobs: Sequence[Job]
    last: Key | None = None


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day of this computer's time zone, and how many jobs were made on it."""

    day: date
    jobs: int


@dataclass(frozen=True, slots=True)
class JobBar:
    """A job on the line of time. `sent` is None where the service never had it, `ended` where it goes on."""

    job_id: str
    state: JobState
    created: datetime
    sent: datetime | None
    ended: datetime | None
    operation: str = ""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryFacets:
    """Values that occur, for menus. Labels: those used last, the newest first."""

    operations: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What a service said at a moment, without secrets."""

    at: datetime
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RawExchange:
    """What was asked of a service and all that it answered, without secrets."""

    request: Mapping[str, object]
    answers: Sequence[RawAnswer]
