"""The retry policy alone: no network, no clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.net.retry import Outcome, RetryMode, RetryPolicy, retry_after

NOW = datetime(2026, 3, 20, 14, 30, tzinfo=UTC)
LOST, NOT_SENT = Outcome(), Outcome(not_sent=True)
MANY = RetryPolicy(attempts=100)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.parametrize("outcome", [LOST, NOT_SENT, Outcome(status=503), Outcome(status=429), Outcome(status=408)])
def test_free_methods_are_repeated(method: str, outcome: Outcome) -> None:
    assert MANY.wait(method, RetryMode.METHOD, 1, outcome, 0.5) == pytest.approx(0.25)


@pytest.mark.parametrize("outcome", [LOST, Outcome(status=500), Outcome(status=502), Outcome(status=429)])
def test_a_post_without_a_key_surfaces(outcome: Outcome) -> None:
    assert MANY.wait("POST", RetryMode.METHOD, 1, outcome, 0.5) is None


def test_a_post_that_never_left_or_has_a_key_is_repeated() -> None:
    assert MANY.wait("POST", RetryMode.METHOD, 1, NOT_SENT, 0.5) is not None
    assert MANY.wait("POST", RetryMode.KEYED, 1, LOST, 0.5) is not None
    assert MANY.wait("POST", RetryMode.KEYED, 1, Outcome(status=502), 0.5) is not None


@pytest.mark.parametrize("status", [200, 202, 301, 400, 401, 402, 403, 404, 409, 413, 422, 501])
def test_an_answer_that_would_be_the_same_again_surfaces(status: int) -> None:
    assert MANY.wait("GET", RetryMode.KEYED, 1, Outcome(status=status), 0.5) is None


def test_never_is_never() -> None:
    assert MANY.wait("GET", RetryMode.NEVER, 1, NOT_SENT, 0.5) is None


def test_attempts_are_counted() -> None:
    policy = RetryPolicy(attempts=3)
    assert [policy.wait("GET", RetryMode.METHOD, n, LOST, 0.5) is None for n in (1, 2, 3)] == [False, False, True]


@given(st.integers(1, 60), st.floats(0, 1, exclude_max=True))
def test_backoff_has_full_jitter_and_a_cap(attempt: int, draw: float) -> None:
    wait = MANY.wait("GET", RetryMode.METHOD, attempt, LOST, draw)
    assert wait is not None
    assert 0 <= wait <= min(8.0, 0.5 * 2 ** (attempt - 1))


@given(st.floats(0, 120), st.floats(0, 1, exclude_max=True))
def test_never_earlier_than_the_server_allows(asked: float, draw: float) -> None:
    wait = MANY.wait("GET", RetryMode.METHOD, 5, Outcome(status=429, retry_after_s=asked), draw)
    assert wait is not None
    assert asked <= wait <= asked + 0.5


def test_a_long_retry_after_surfaces() -> None:
    assert MANY.wait("GET", RetryMode.METHOD, 1, Outcome(status=429, retry_after_s=120.001), 0.5) is None


def test_both_forms_of_retry_after() -> None:
    assert retry_after("7", NOW) == 7
    assert retry_after(" 0.5 ", NOW) == 0.5
    assert retry_after("Fri, 20 Mar 2026 14:31:30 GMT", NOW) == 90
    assert retry_after("Fri, 20 Mar 2026 14:29:00 GMT", NOW) == 0
    assert retry_after("Friday, 20-Mar-26 14:31:30 GMT", NOW) == 90
    assert retry_after("Fri, 20 Mar 2026 14:31:30 -0000", NOW) == 90


@pytest.mark.parametrize("nonsense", [None, "", "soon", "-3", "inf", "nan", "Fri, 99 Mar 2026 14:31:30 GMT", "1e400"])
def test_nonsense_counts_as_absent(nonsense: str | None) -> None:
    assert retry_after(nonsense, NOW) is None


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    wait = retry_after(text, NOW)
    assert wait is None or 0 <= wait <= 30 * 86_400
