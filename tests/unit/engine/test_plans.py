"""Playing a paid service: limits, and credits that are reserved, charged and given back."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.contracts.operations import find
from studio.engine.errors import ApiError, EngineError
from studio.engine.plans import RateLimiter, plan_of
from studio.engine.rates import price
from tests.unit.engine.rig import engine


def test_the_limiter_counts_the_last_minute() -> None:
    now = 1000.0
    limiter = RateLimiter(3, clock=lambda: now)
    for expected in (2, 1, 0):
        limiter.take()
        assert limiter.remaining == expected
        now += 10
    with pytest.raises(ApiError) as refused:
        limiter.take()
    assert (refused.value.status, refused.value.retry_after_s) == (429, 30)
    now += 30
    assert limiter.remaining == 1
    limiter.take()


def test_no_limit_is_no_limit() -> None:
    limiter = RateLimiter(None)
    for _ in range(5000):
        limiter.take()
    assert limiter.remaining == 1000


def test_the_one_published_price_comes_out() -> None:
    operation = find("canvas", "video.generate")
    assert operation is not None
    assert price(operation, {"duration": 10, "resolution": "1080p"}) == 45


def test_an_unknown_plan_is_said() -> None:
    with pytest.raises(EngineError, match="starter and pro"):
        plan_of("gold")


def test_credits_without_a_plan_make_no_sense(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="--plan"), engine(tmp_path, credits=5):
        pass


def test_too_many_requests_a_minute(tmp_path: Path) -> None:
    with engine(tmp_path, plan="starter") as rig:
        left = [int(rig.client.get("/v1/account/credits").headers["X-RateLimit-Remaining"]) for _ in range(10)]
        assert left == list(range(9, -1, -1))
        answer = rig.client.get("/v1/account/credits")
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["X-RateLimit-Remaining"] == "0"
        other = rig.client.get("/api/v1/status")
        assert (other.status_code, other.json()["error"]["code"]) == (429, "rate_limited")
        assert rig.bare.get("/health").status_code == 200


def test_too_many_jobs_at_once(tmp_path: Path) -> None:
    with engine(tmp_path, "slow", plan="starter", credits=500) as rig:
        running = [rig.create(prompt="for 30") for _ in range(2)]
        answer = rig.post(prompt="for 30")
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many_jobs")
        assert answer.headers["Retry-After"] == "5"
        for one in running:
            rig.client.post(f"/api/v1/requests/{one}/cancel")


@pytest.mark.slow
def test_credits_are_reserved_charged_and_given_back(tmp_path: Path) -> None:
    def left() -> int:
        return int(rig.client.get("/api/v1/status").json()["creditsRemaining"])

    with engine(tmp_path, "slow", plan="pro", credits=100) as rig:
        assert left() == 100
        running = rig.create("video.generate", prompt="for 30", duration=10)
        assert rig.request(running)["billableCredits"] == 45
        assert left() == 55
        rig.client.post(f"/api/v1/requests/{running}/cancel")
        assert left() == 100
        done = rig.finished(rig.create("video.generate", prompt="for 0.01", duration=10))
        assert (done["billableCredits"], left()) == (45, 55)
        dear = rig.client.post("/v1/video/generate", json={"prompt": "for 0", "duration": 15})
        assert (dear.status_code, dear.json()["error"]["code"]) == (402, "insufficient_credits")
        credits_now = rig.client.get("/v1/account/credits").json()
        assert (credits_now["balance"], credits_now["used_this_month"], credits_now["plan"]) == (55, 45, "pro")
        assert credits_now["rate_limit"] == {"requests_per_minute": 60, "concurrent_jobs": 10}
    with engine(tmp_path, plan="pro", credits=10) as rig:
        assert left() == 10


def test_a_repeat_is_free_of_the_plan_s_limits(tmp_path: Path) -> None:
    with engine(tmp_path, "slow", plan="starter", credits=500) as rig:
        first = rig.post(key="k", prompt="for 30")
        second = rig.post(prompt="for 30")
        again = rig.post(key="k", prompt="for 30")
        assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
        for one in (first, second):
            rig.client.post(f"/api/v1/requests/{one.json()['id']}/cancel")
