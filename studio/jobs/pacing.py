"""How long to wait before a try and within a limit: pure, in seconds. Looks at a running job: studio.domain.pacing."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.pacing import WINDOW_S, Chance, spread

FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 60.0
LONGEST_LOCAL_RETRY_S = 5.0
LONGEST_HOLD_S = 3600.0
"""The most patience that a service is granted at once. A next-try time further away is one from before the clock was set
right."""
POLL_SHARE = 0.8
"""Polls use at most this share of the requests a minute, so that a new job need not wait for them."""


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


def window_delay(recent: Sequence[float], now_s: float, requests_per_minute: int | None) -> float:
    """Until one more request keeps within the limit in any 60 s. `recent`: times of requests in s, oldest first."""
    if not requests_per_minute or len(recent) < requests_per_minute:
        return 0.0
    return max(0.0, recent[-requests_per_minute] + WINDOW_S - now_s)
