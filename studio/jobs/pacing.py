"""How long to wait: pure functions, in seconds, with the chance handed in so that tests need no patience."""

from __future__ import annotations

from collections.abc import Callable, Sequence

FIRST_POLL_S = 1.0
POLL_GROWTH = 1.5
LONGEST_POLL_S = 10.0
SPREAD = 0.2

FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 60.0
LONGEST_LOCAL_RETRY_S = 5.0
LONGEST_HOLD_S = 3600.0
"""The most patience that a service is granted at once. A next-try time further away is one from before the clock was set
right."""
LEAST_POLL_S = 0.2
LEAST_LOCAL_POLL_S = 0.02

WINDOW_S = 60.0
POLL_SHARE = 0.8
"""Polls use at most this share of the requests a minute, so that a new job need not wait for them."""

Chance = Callable[[], float]
"""A number from 0 to 1, as `random.random` gives it."""


def spread(seconds: float, chance: Chance) -> float:
    """`seconds` ±20 %, so that many jobs do not ask in step."""
    return seconds * (1 - SPREAD + 2 * SPREAD * chance())


def poll_delay(looks: int, hint_s: float | None, chance: Chance, least_s: float = LEAST_POLL_S) -> float:
    """Until the next poll after `looks` of them. The service's own hint wins; else 1 s, growing by half, up to 10 s.

    `least_s`: what a hint may not go below, the first time excepted.
    """
    if hint_s is not None and hint_s >= 0:
        return max(hint_s, least_s) if looks else hint_s
    return spread(min(LONGEST_POLL_S, FIRST_POLL_S * POLL_GROWTH**min(looks, 16)), chance)


def retry_delay(failures: int, longest_s: float, retry_after_s: float | None, chance: Chance) -> float:
    """Until the next try after `failures` in a row: 0.5 s, doubling, up to `longest_s`, or what the service asks for, up to
    an hour."""
    grown = spread(min(longest_s, FIRST_RETRY_S * 2.0 ** min(failures - 1, 16)), chance)
    return max(grown, min(retry_after_s or 0.0, LONGEST_HOLD_S))


def poll_floor(running: int, requests_per_minute: int | None) -> float:
    """The shortest time between two polls of one job while `running` jobs share the account's requests."""
    if not requests_per_minute:
        return 0.0
    return max(1, running) * WINDOW_S / (requests_per_minute * POLL_SHARE)


def scarce_floor(left_s: float, remaining: int) -> float:
    """The shortest time between two polls when the service lets so few requests through until its minute is over, `left_s`
    from now: the last one of them is kept for a new job."""
    return left_s / max(1, remaining - 1)


def window_delay(recent: Sequence[float], now_s: float, requests_per_minute: int | None) -> float:
    """Until one more request keeps within the limit in any 60 s. `recent`: times of requests in s, oldest first."""
    if not requests_per_minute or len(recent) < requests_per_minute:
        return 0.0
    return max(0.0, recent[-requests_per_minute] + WINDOW_S - now_s)
