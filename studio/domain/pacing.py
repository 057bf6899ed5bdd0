"""How often to look at a job that runs elsewhere: pure, in seconds, the chance handed in so that tests need no patience."""

from __future__ import annotations

from collections.abc import Callable

FIRST_POLL_S = 1.0
POLL_GROWTH = 1.5
LONGEST_POLL_S = 10.0
SPREAD = 0.2
LEAST_POLL_S = 0.2
LEAST_LOCAL_POLL_S = 0.02
WINDOW_S = 60.0
"""What a service's limit of requests counts in."""

Chance = Callable[[], float]
"""A number from 0 to 1, as `random.random` gives it."""


def spread(seconds: float, chance: Chance) -> float:
    """`seconds` ±20 %, so that many jobs do not ask in step."""
    return seconds * (1 - SPREAD + 2 * SPREAD * chance())


def poll_delay(looks: int, hint_s: float | None, chance: Chance, least_s: float = LEAST_POLL_S) -> float:
    """Until the next look after `looks` of them. The service's own hint wins; else 1 s, growing by half, up to 10 s.

    `least_s`: what a hint may not go below, the first time excepted.
    """
    if hint_s is not None and hint_s >= 0:
        return max(hint_s, least_s) if looks else hint_s
    return spread(min(LONGEST_POLL_S, FIRST_POLL_S * POLL_GROWTH ** min(looks, 16)), chance)


def scarce_floor(waiting: int, remaining: int | None, window_s: float = WINDOW_S) -> float:
    """The shortest time between two looks at one job while `waiting` jobs are looked at and the service lets `remaining`
    requests through in its window: one of them is kept for a new job. None: the service does not say."""
    return 0.0 if remaining is None else max(1, waiting) * window_s / max(1, remaining - 1)
