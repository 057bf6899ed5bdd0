"""How long to wait, to the digit."""

from __future__ import annotations

import pytest

from studio.domain.pacing import LONGEST_POLL_S, poll_delay, scarce_floor, spread
from studio.jobs.pacing import LONGEST_HOLD_S, LONGEST_RETRY_S, poll_floor, retry_delay, window_delay


def middle() -> float:
    return 0.5


def test_spreading_is_a_fifth_in_both_directions() -> None:
    assert [spread(10.0, iter([draw]).__next__) for draw in (0.0, 0.5, 1.0)] == pytest.approx([8.0, 10.0, 12.0])


def test_polls_without_a_hint_grow_by_half_to_ten_seconds() -> None:
    delays = [poll_delay(looks, None, middle) for looks in range(9)]
    assert delays == pytest.approx([1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 10, 10, 10])
    assert poll_delay(10_000, None, middle) == LONGEST_POLL_S
    assert poll_delay(0, -1.0, middle) == 1.0  # nonsense is no hint


def test_a_hint_wins_over_the_growing_pace() -> None:
    assert poll_delay(7, 3.0, middle) == 3.0
    assert poll_delay(0, 0.0, middle) == 0.0  # "ask at once", once
    assert poll_delay(1, 0.0, middle) == 0.2
    assert poll_delay(1, 0.05, middle, least_s=0.02) == 0.05
    assert poll_delay(1, 0.01, middle, least_s=0.02) == 0.02


def test_retries_double_from_half_a_second_to_their_cap() -> None:
    delays = [retry_delay(failures, LONGEST_RETRY_S, None, middle) for failures in range(1, 10)]
    assert delays == pytest.approx([0.5, 1, 2, 4, 8, 16, 32, 60, 60])
    assert retry_delay(10_000, 5.0, None, middle) == 5.0


def test_what_the_service_asks_for_is_the_least() -> None:
    assert retry_delay(1, 60.0, 20.0, middle) == 20.0
    assert retry_delay(6, 60.0, 3.0, middle) == 16.0
    assert retry_delay(1, 60.0, 0.0, middle) == 0.5
    assert retry_delay(1, 60.0, 10 * LONGEST_HOLD_S, middle) == LONGEST_HOLD_S


def test_polls_share_four_fifths_of_the_minute() -> None:
    assert poll_floor(1, 60) == pytest.approx(1.25)
    assert poll_floor(4, 60) == pytest.approx(5.0)
    assert poll_floor(0, 60) == pytest.approx(1.25)
    assert poll_floor(3, None) == 0.0
    assert poll_floor(3, 0) == 0.0


def test_the_last_of_few_requests_is_kept() -> None:
    assert scarce_floor(1, 4, 60.0) == 20.0
    assert scarce_floor(1, 2, 60.0) == 60.0
    assert scarce_floor(1, 1, 60.0) == 60.0
    assert scarce_floor(1, 0, 60.0) == 60.0
    assert scarce_floor(3, 4, 30.0) == 30.0
    assert scarce_floor(0, 4, 30.0) == 10.0
    assert scarce_floor(3, None, 30.0) == 0.0


def test_a_request_waits_until_the_oldest_of_the_limit_is_a_minute_old() -> None:
    assert window_delay([100.0, 110.0], 120.0, 2) == 40.0
    assert window_delay([100.0, 110.0, 115.0], 120.0, 2) == 50.0
    assert window_delay([100.0], 120.0, 2) == 0.0
    assert window_delay([100.0, 110.0], 160.0, 2) == 0.0
    assert window_delay([100.0, 110.0], 120.0, None) == 0.0
    assert window_delay([100.0, 110.0], 120.0, 0) == 0.0
