"""What a budget refuses, when a cost is in doubt, and where days and months begin."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.account import Budget
from studio.domain.errors import Cost
from studio.domain.job import Credits, Job, JobError, JobRequest
from studio.domain.ledger import SendingTerms, Standing, in_doubt, refusal, until_tomorrow
from studio.domain.state import JobState

AMOUNTS = st.one_of(st.none(), st.integers(0, 200).map(float))


@pytest.mark.parametrize(("budget", "standing", "estimate", "code"), [
    (Budget(), Standing(1e6, 1e6), 1e6, None),
    (Budget(ask_above=20), Standing(), 20.0, None),
    (Budget(ask_above=20), Standing(), 20.5, "ask_above"),
    (Budget(ask_above=20), Standing(), None, "ask_above"),
    (Budget(ask_above=0), Standing(), 0.0, None),
    (Budget(per_day=100), Standing(today=60), 40.0, None),
    (Budget(per_day=100), Standing(today=60), 41.0, "day_spent"),
    (Budget(per_day=100), Standing(today=40, reserved=30), 31.0, "day_spent"),
    (Budget(per_day=100), Standing(today=100), None, "day_spent"),
    (Budget(per_day=100), Standing(today=99), None, None),
    (Budget(per_day=0), Standing(), 1.0, "day_spent"),
    (Budget(per_day=0), Standing(), 0.0, None),
    (Budget(per_month=500), Standing(this_month=499), 2.0, "month_spent"),
    (Budget(per_day=100, per_month=500), Standing(100, 500), 1.0, "day_spent"),
])
def test_what_a_budget_refuses(budget: Budget, standing: Standing, estimate: float | None, code: str | None) -> None:
    refused = refusal(budget, standing, estimate)
    assert (None if refused is None else refused.code) == code
    if refused is not None:
        assert refused.kind == "budget"
        assert refused.cost is Cost.NONE
        assert refused.advice


@pytest.mark.slow
@given(most=AMOUNTS, spent=st.integers(0, 300), reserved=st.integers(0, 300), estimate=AMOUNTS)
def test_what_is_let_through_never_goes_beyond_a_day_s_budget(
    most: float | None, spent: int, reserved: int, estimate: float | None
) -> None:
    allowed = refusal(Budget(per_day=most), Standing(float(spent), 0.0, float(reserved)), estimate) is None
    if allowed and most is not None and estimate:
        assert spent + reserved + estimate <= most
    if not allowed:
        assert most is not None
        assert spent + reserved + (estimate or 0) >= most


def job(state: JobState, *, account: str = "paid", charged: float | None = None, cost: Cost | None = None,
        remote_id: str | None = None) -> Job:
    error = None if cost is None else JobError("x", "x", "x", False, cost=cost)
    return Job.new(JobRequest("image.generate", account, {})).changed(
        state=state, credits=Credits(4.0, charged), error=error, remote_id=remote_id)


@pytest.mark.parametrize(("before", "after", "doubt"), [
    (JobState.SUBMITTING, job(JobState.UNKNOWN), True),
    (JobState.SUBMITTING, job(JobState.UNKNOWN, account="local"), False),
    (JobState.DOWNLOADING, job(JobState.DONE), True),
    (JobState.DOWNLOADING, job(JobState.DONE, charged=0.0), False),
    (JobState.RUNNING, job(JobState.FAILED, cost=Cost.UNKNOWN), True),
    (JobState.RUNNING, job(JobState.FAILED, cost=Cost.NONE), False),
    (JobState.QUEUED, job(JobState.CANCELLED), False),
    (JobState.SUBMITTING, job(JobState.CANCELLED), True),
    (JobState.CANCELLING, job(JobState.CANCELLED, remote_id="req_1"), True),
    (JobState.CANCELLING, job(JobState.CANCELLED, remote_id="req_1", charged=0.0), False),
    (JobState.SUBMITTING, job(JobState.RUNNING), False),
])
def test_when_a_cost_is_in_doubt(before: JobState, after: Job, doubt: bool) -> None:
    assert in_doubt(after.changed(state=before), after) is doubt


@pytest.fixture
def berlin() -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("this system's zone cannot be changed for one process")
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("berlin")
def test_days_and_months_are_those_of_this_computer_also_when_the_clocks_change() -> None:
    evening = datetime(2026, 3, 29, 20, 0, tzinfo=UTC)  # summer time began that morning: its midnight was still winter's
    terms = SendingTerms.at(evening, Budget())
    assert terms.day_since.astimezone(UTC) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert terms.month_since.astimezone(UTC) == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert until_tomorrow(evening) == timedelta(hours=2)
