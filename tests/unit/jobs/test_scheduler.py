"""Turns, places and the spacing of requests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.account import LOCAL_ACCOUNT, Account, Balance, Service
from studio.domain.errors import UnreachableError
from studio.domain.job import Job, JobRequest
from studio.domain.pacing import poll_delay
from studio.domain.remote import Pace
from studio.domain.state import JobState as S
from studio.domain.state import WaitReason
from studio.jobs.pacing import poll_floor, retry_delay, window_delay
from studio.jobs.scheduler import CONCURRENT_WHEN_UNKNOWN, _concurrent
from tests.unit.jobs.world import Play, finished, remote


async def test_no_more_than_the_plan_allows_and_first_come_first_served(play: Play) -> None:
    await play.scheduler.learn("paid", Balance(concurrent_jobs=3))
    together: list[int] = []

    async def poll() -> object:
        busy = (S.SUBMITTING, S.RUNNING)
        together.append(sum(1 for job in play.store.jobs.values() if job.state in busy))
        return finished() if len(together) % 4 == 0 else remote(poll_after_s=2)

    play.provider.polls = [poll]  # type: ignore[list-item]
    jobs = []
    for number in range(12):
        jobs.append(await play.submit(prompt=str(number)))
        play.clock.moment += timedelta(milliseconds=1)
    await play.runner.idle()
    assert max(together) == 3
    order = [values["prompt"] for _, values in play.provider.sent()]
    assert order == [str(number) for number in range(12)]


async def test_jobs_of_another_process_take_places_too(play: Play) -> None:
    other = Job.new(JobRequest("video.generate", "paid", {})).changed(state=S.RUNNING, remote_id="req_9")
    await play.store.add(other)
    play.store.owners[other.id] = play.me  # alive, but not followed here: as a second process would be
    another = Job.new(JobRequest("video.generate", "paid", {})).changed(state=S.RUNNING, remote_id="req_8")
    await play.store.add(another)
    play.store.owners[another.id] = play.me
    job = await play.submit()
    await play.sees(job, lambda seen: seen.waiting_for is WaitReason.CONCURRENCY_LIMIT)
    play.store.jobs[other.id] = other.changed(state=S.DONE)
    await play.until(job, S.DONE)


async def test_requests_keep_to_the_limit_in_any_minute(play: Play) -> None:
    await play.scheduler.learn("paid", Balance(requests_per_minute=10, concurrent_jobs=2))
    play.provider.polls = [*[remote(poll_after_s=0.5)] * 40, finished()]
    for _ in range(4):
        await play.submit()
    await play.runner.idle()
    asked = sorted(moment for kind, _, moment in play.provider.asked if kind in ("submit", "poll"))
    assert len(asked) > 40
    for first, eleventh in zip(asked, asked[10:], strict=False):
        assert eleventh - first >= timedelta(seconds=60)


@pytest.mark.parametrize(("said", "own", "counts"), [(8, 2, 2), (2, 8, 2), (None, 5, 5), (5, None, 5)])
async def test_the_tighter_of_two_limits_counts(play: Play, said: int | None, own: int | None, counts: int) -> None:
    """What the person sets and what the service says are kept apart: taking the one away leaves the other."""
    account = Account("paid", Service.CANNON_STUDIO, "https://x.example", concurrent_jobs=own)
    await play.scheduler.use_limits_of(account)
    await play.scheduler.learn("paid", Balance(concurrent_jobs=said))
    assert _concurrent("paid", await play.scheduler._paces.pace("paid")) == counts
    await play.scheduler.learn("paid", Balance(remaining=3.0))  # an answer without limits takes none away
    assert _concurrent("paid", await play.scheduler._paces.pace("paid")) == counts
    await play.scheduler.use_limits_of(replace(account, concurrent_jobs=None))
    assert _concurrent("paid", await play.scheduler._paces.pace("paid")) == (said or CONCURRENT_WHEN_UNKNOWN)


async def test_a_restart_keeps_the_spacing(play: Play) -> None:
    await play.scheduler.learn("paid", Balance(requests_per_minute=2))
    play.provider.polls = [finished()]
    first = await play.submit()
    await play.until(first, S.DONE)
    play.runner = await play.restart()
    second = await play.submit()
    await play.until(second, S.DONE)
    asked = [moment for kind, _, moment in play.provider.asked if kind in ("submit", "poll")]
    assert asked[2] - asked[0] >= timedelta(seconds=60)


async def test_when_no_request_is_left_nothing_is_sent_until_the_minute_is_over(play: Play) -> None:
    play.provider.requests_remaining = 0
    play.provider.polls = [remote(poll_after_s=1), remote(poll_after_s=1), finished()]
    job = await play.submit()
    await play.until(job, S.DONE)
    asked = [moment for kind, _, moment in play.provider.asked if kind in ("submit", "poll")]
    assert len(asked) == 4
    assert all(later - earlier >= timedelta(seconds=60) for earlier, later in pairwise(asked))


async def test_few_requests_left_are_spread_and_one_is_kept_for_a_new_job(play: Play) -> None:
    play.provider.requests_remaining = 4
    play.provider.polls = [*[remote(poll_after_s=0.5)] * 3, finished()]
    job = await play.submit()
    await play.until(job, S.DONE)
    polled = [moment for kind, _, moment in play.provider.asked if kind == "poll"]
    assert all(later - earlier >= timedelta(seconds=19) for earlier, later in pairwise(polled))
    play.provider.requests_remaining = 50
    play.provider.polls = [*[remote(poll_after_s=0.5)] * 3, finished()]
    await play.until(await play.submit(), S.DONE)
    polled = [moment for kind, _, moment in play.provider.asked if kind == "poll"][-3:]
    assert all(later - earlier < timedelta(seconds=5) for earlier, later in pairwise(polled))


async def test_a_restart_remembers_that_no_request_is_left(play: Play) -> None:
    play.provider.requests_remaining = 0
    play.provider.polls = [finished()]
    first = await play.submit()
    play.runner = await play.restart()
    await play.until(first, S.DONE)
    asked = [moment for kind, _, moment in play.provider.asked if kind in ("submit", "poll")]
    assert asked[1] - asked[0] >= timedelta(seconds=60)


async def test_a_balance_without_limits_teaches_nothing(play: Play) -> None:
    await play.scheduler.learn("paid", Balance(remaining=3))
    assert play.paces.kept == {}


async def test_waiting_behind_a_stuck_job_counts_as_idle(play: Play) -> None:
    play.paces.kept["paid"] = Pace(extra={"concurrent_jobs": 1})
    play.provider.polls = [UnreachableError("x")]
    first = await play.submit()
    await play.until(first, S.RUNNING)
    second = await play.submit()
    await play.runner.idle()
    assert play.now(first).waiting_for is WaitReason.OFFLINE
    assert play.now(second).state is S.QUEUED


def test_how_many_at_once_when_nobody_says() -> None:
    assert _concurrent("paid", Pace()) == 2
    assert _concurrent(LOCAL_ACCOUNT, Pace()) >= 1
    assert _concurrent("paid", Pace(extra={"concurrent_jobs": 10.0})) == 10
    assert _concurrent("paid", Pace(extra={"concurrent_jobs": "many"})) == 2


@pytest.mark.slow
@given(st.integers(0, 1000), st.floats(0, 1))
def test_poll_delays_stay_between_one_and_ten_seconds(looks: int, chance: float) -> None:
    assert 0.79 <= poll_delay(looks, None, lambda: chance) <= 12.01
    assert poll_delay(looks, 4.0, lambda: chance) == 4.0


@given(st.integers(1, 1000), st.floats(0, 1), st.one_of(st.none(), st.floats(0, 1000)))
def test_retry_delays_grow_to_their_cap_and_obey_the_service(failures: int, chance: float, asked: float | None) -> None:
    delay = retry_delay(failures, 60, asked, lambda: chance)
    assert delay >= (asked or 0)
    assert delay <= max(72.01, asked or 0)


@given(st.lists(st.floats(0, 300), max_size=80), st.integers(1, 60))
def test_the_window_never_holds_more_than_the_limit(gaps: list[float], limit: int) -> None:
    recent: list[float] = []
    moment = 0.0
    for gap in gaps:
        moment += gap
        moment += window_delay(recent, moment, limit)
        recent.append(moment)
    assert all(later - first >= 59.999 for first, later in zip(recent, recent[limit:], strict=False))
    assert all(b >= a for a, b in pairwise(recent))


def test_polls_share_the_requests_of_a_minute() -> None:
    assert poll_floor(2, 10) == 15.0
    assert poll_floor(5, None) == 0.0
