"""Questions to the store about jobs and assets, and the sums it answers. Pages go on from the last row seen (keyset)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from studio.domain.kinds import MediaKind
from studio.domain.state import JobState


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Newest first. `search`: words, each the start of a word in prompt, label, operation, account or id."""

    state: JobState | None = None
    search: str | None = None
    account: str | None = None
    unfinished: bool = False
    limit: int = 100
    before: str | None = None  # id of the last job of the page before


@dataclass(frozen=True, slots=True)
class AssetQuery:
    """Newest first; what is given must all hold.

    `search`: words, each the start of a word in prompt, label, operation, model, account, file name, tags or the recipe's
    values. `deleted`: those in the trash instead. `since` and `until`: created at or after, and before. `tags`: all of them.
    `collection`: the id of one. Sides in pixels, of the shorter side; durations in seconds; credits as charged for the job.
    `missing`: whether the file was not found by the last rescan. None: does not matter.
    """

    search: str | None = None
    kind: MediaKind | None = None
    job_id: str | None = None
    deleted: bool = False
    limit: int = 200
    before: str | None = None  # id of the last asset of the page before
    since: datetime | None = None
    until: datetime | None = None
    operation: str | None = None
    account: str | None = None
    model: str | None = None
    starred: bool | None = None
    colour: str | None = None
    tags: tuple[str, ...] = ()
    collection: str | None = None
    min_side: int | None = None
    max_side: int | None = None
    min_duration_s: float | None = None
    max_duration_s: float | None = None
    min_credits: float | None = None
    max_credits: float | None = None
    missing: bool | None = None
    offset: int = 0  # rows to pass over after `before`, at most MOST_PASSED_OVER


MOST_PASSED_OVER = 1000


@dataclass(frozen=True, slots=True)
class DaySpending:
    """What was made and charged on one day, which begins at `day` in the person's own time zone."""

    day: datetime
    jobs: int
    charged: float


@dataclass(frozen=True, slots=True)
class JobTotals:
    """Of the jobs created since a moment. `failed` were not charged where the service gives credits back."""

    jobs: int = 0
    charged: float = 0.0
    failed: int = 0
    days: tuple[DaySpending, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelGroup:
    """How the jobs of a label stand. `waiting`: before they are sent, or for the person's word; `running`: from then on."""

    label: str
    waiting: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def unfinished(self) -> int:
        return self.waiting + self.running
