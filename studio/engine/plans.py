"""What an account of this engine may do: free and unlimited, or a paid service's plan for rehearsal."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from studio.engine.errors import ApiError, EngineError
from studio.engine.pace import PollLimits

_WINDOW_S = 60.0
UNLIMITED_REMAINING = 1000
"""What X-RateLimit-Remaining says where there is no limit: the header is on every answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`requests_per_minute` and `concurrent_jobs` None: no limit. `paid`: credits are counted."""

    name: str
    paid: bool = False
    requests_per_minute: int | None = None
    concurrent_jobs: int | None = None
    poll: PollLimits = field(default_factory=PollLimits)


# A paid service counts polls as requests, so it asks for fewer: every 10 to 30 s is what Cannon Studio advises.
PLANS = {
    "free": Plan("free"),
    "starter": Plan("starter", True, 10, 2, PollLimits(1000, 30_000)),
    "pro": Plan("pro", True, 60, 10, PollLimits(1000, 30_000)),
}


def plan_of(name: str | None) -> Plan:
    """The plan with this name; None is the free one. EngineError for a name that there is none of."""
    try:
        return PLANS[name or "free"]
    except KeyError:
        raise EngineError(f"There is no plan “{name}”; there are starter and pro.") from None


class RateLimiter:
    """Requests of the last minute, counted when they come. `take` answers how many are left."""

    def __init__(self, per_minute: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = per_minute
        self._clock = clock
        self._times: deque[float] = deque()

    @property
    def remaining(self) -> int:
        if self._limit is None:
            return UNLIMITED_REMAINING
        self._drop_old()
        return max(self._limit - len(self._times), 0)

    def take(self) -> None:
        """Count one request, or raise ApiError 429 with the seconds until there is room again."""
        if self._limit is None:
            return
        self._drop_old()
        if len(self._times) >= self._limit:
            wait = math.ceil(self._times[0] + _WINDOW_S - self._clock())
            raise ApiError(429, "rate_limited", f"This plan takes {self._limit} requests a minute. Slow down.",
                           retry_after_s=max(wait, 1))
        self._times.append(self._clock())

    def _drop_old(self) -> None:
        edge = self._clock() - _WINDOW_S
        while self._times and self._times[0] <= edge:
            self._times.popleft()
