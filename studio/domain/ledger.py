"""What jobs cost: the entries of the ledger, the sums over them, what a job is thought to cost, and whether the budget of
its account allows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from studio.domain.account import LOCAL_ACCOUNT, Budget
from studio.domain.errors import Cost
from studio.domain.job import Job, JobError
from studio.domain.state import JobState, WaitReason


class EntryKind(StrEnum):
    """UNKNOWN: it may have cost something, and nobody said how much; its amount is what was thought, if anything."""

    ESTIMATED = "estimated"
    CHARGED = "charged"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger; lines are only ever added. `seq` counts them."""

    seq: int
    job_id: str
    account: str
    operation: str
    label: str | None
    at: datetime
    kind: EntryKind
    amount: float | None


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """Newest first. `since` counts, `until` does not; `before` is the `seq` of the last entry of the page before."""

    account: str | None = None
    operation: str | None = None
    job_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 200
    before: int | None = None


class Grouping(StrEnum):
    """What sums are made by. Days, weeks (from Monday on) and months are those of this computer's time zone."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ACCOUNT = "account"
    OPERATION = "operation"
    LABEL = "label"

    @property
    def is_period(self) -> bool:
        """Whether its groups follow each other in time."""
        return self in (Grouping.DAY, Grouping.WEEK, Grouping.MONTH)


@dataclass(frozen=True, slots=True)
class Spending:
    """Sums over entries, in credits. `key` is the day (2026-11-03), the week's Monday, the month (2026-11), the account, the
    operation or the label, empty for no label.

    `jobs`: how many different ones. `doubtful`: how many requests may have cost something that nobody said; `doubted` is
    what those were thought to cost.
    """

    key: str
    jobs: int = 0
    estimated: float = 0.0
    charged: float = 0.0
    refunded: float = 0.0
    doubtful: int = 0
    doubted: float = 0.0

    @property
    def spent(self) -> float:
        """Charged, less what was given back."""
        return self.charged - self.refunded


class EstimateSource(StrEnum):
    """How an estimate is known."""

    FREE = "free"                # on this computer
    RATE_CARD = "rate_card"      # the engine's own
    PUBLISHED = "published"      # a figure that the service publishes
    EARLIER = "earlier"          # charged for the same settings before
    SCALED = "scaled"            # charged for the same settings at another length before
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a job is thought to cost, in credits; None: not known, and never guessed. `jobs`: how many earlier ones say so,
    which cost from `low` to `high`."""

    amount: float | None = None
    source: EstimateSource = EstimateSource.UNKNOWN
    jobs: int = 0
    low: float | None = None
    high: float | None = None


FREE = Estimate(0.0, EstimateSource.FREE)


# -- the budget


@dataclass(frozen=True, slots=True)
class SendingTerms:
    """Under which a job may leave the queue: its account's budget, and when this day and this month began."""

    budget: Budget
    day_since: datetime
    month_since: datetime

    @classmethod
    def at(cls, moment: datetime, budget: Budget) -> SendingTerms:
        """Days and months of this computer's time zone."""
        here = moment.astimezone()
        day = _midnight(here)
        return cls(budget, day, _midnight(here.replace(day=1)))


def _midnight(moment: datetime) -> datetime:
    """The beginning of the day, with the offset to UTC that counts then: it may differ from that of now."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None).astimezone()


def until_tomorrow(moment: datetime) -> timedelta:
    """How long this day still is, in this computer's time zone."""
    return _midnight(moment.astimezone() + timedelta(days=1)) - moment


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account has spent, with what may have been charged, and what is reserved for jobs on their way; in credits."""

    today: float = 0.0
    this_month: float = 0.0
    reserved: float = 0.0


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a job stays in the queue."""

    reason: WaitReason
    error: JobError | None = None


def refusal(budget: Budget, standing: Standing, estimate: float | None) -> JobError | None:
    """Why a job that is thought to cost `estimate` must wait for the person or for better days; None where it may go.

    A job whose cost is not known is asked about wherever there is a limit to ask above, and goes as long as something of the
    day's and the month's budget is left.
    """
    if estimate == 0:
        return None
    if budget.ask_above is not None and (estimate is None or estimate > budget.ask_above):
        limit = amount_words(budget.ask_above)
        words = "What it will cost is not known" if estimate is None else f"It is thought to cost {amount_words(estimate)}"
        return _held("ask_above", f"{words}; you want to be asked above {limit}.", "Send it all the same, or cancel it.")
    for limit_name, most, spent, words, code in (
        ("today", budget.per_day, standing.today, "tomorrow", "day_spent"),
        ("this month", budget.per_month, standing.this_month, "next month", "month_spent"),
    ):
        used = spent + standing.reserved
        if most is None or (used + (estimate or 0.0) <= most and used < most):
            continue
        message = f"This account may spend {amount_words(most)} {limit_name}, and {_number(used)} are spent or reserved"
        wanted = "" if estimate is None else f"; it would cost about {_number(estimate)} more"
        return _held(code, f"{message}{wanted}.", f"Raise the budget, send it all the same, or let it wait until {words}.")
    return None


def _held(code: str, message: str, advice: str) -> JobError:
    return JobError("budget", code, message, True, advice, Cost.NONE)


def _number(amount: float) -> str:
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}".rstrip("0")


def amount_words(amount: float) -> str:
    """1 credit, 0.5 credits, 1,204 credits."""
    return f"{_number(amount)} credit" if amount == 1 else f"{_number(amount)} credits"


# -- doubt

_SENT = frozenset({JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.CANCELLING, JobState.UNKNOWN})


def in_doubt(before: Job | None, after: Job) -> bool:
    """Whether a job may have cost something, in a state that it will stay in, and nobody said how much."""
    if after.credits.charged is not None or after.request.account == LOCAL_ACCOUNT:
        return False
    if after.state is JobState.UNKNOWN or after.state is JobState.DONE:
        return True
    if after.state is JobState.FAILED:
        return after.error is not None and after.error.cost is not Cost.NONE
    was_sent = after.remote_id is not None or (before is not None and before.state in _SENT)
    return after.state is JobState.CANCELLED and was_sent
