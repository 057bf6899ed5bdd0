"""When a request is sent again, and after how long. Decides only: no clock, no sleep, no chance of its own.

Own code and not stamina or tenacity: those repeat a call by its exception; here the same lost answer is repeated or
surfaced by method and key, a Retry-After rules over the back-off, and a paid POST must never be repeated by a default.
"""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_S = 30 * 86_400.0  # beyond a month it is nonsense, and dates would overflow
REPEATABLE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


class RetryMode(Enum):
    """What repeating a request would mean."""

    METHOD = auto()  # the method says it: GET, PUT and DELETE are free to repeat, a POST only if it surely never left
    KEYED = auto()   # repeating is harmless: the server knows the request by its key, or the request only reads
    NEVER = auto()   # one attempt, whatever comes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: a status, or `not_sent`, or neither (sent and no answer)."""

    status: int | None = None
    not_sent: bool = False
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Back-off of first_s · 2ⁿ up to cap_s with full jitter; a Retry-After up to longest_wait_s is obeyed instead.

    A longer Retry-After is not waited for here: the answer surfaces and whoever asked decides. Times in seconds.
    `statuses`: those after which the same request may succeed.
    """

    attempts: int = 3
    first_s: float = 0.5
    cap_s: float = 8.0
    longest_wait_s: float = 120.0
    statuses: frozenset[int] = RETRIED_STATUSES

    def wait(self, method: str, mode: RetryMode, attempt: int, outcome: Outcome, draw: float) -> float | None:
        """Seconds until attempt number `attempt` + 1, or None to surface. `draw` is chance, 0 to 1."""
        if mode is RetryMode.NEVER or attempt >= self.attempts:
            return None
        if outcome.status is not None and outcome.status not in self.statuses:
            return None
        if not (outcome.not_sent or mode is RetryMode.KEYED or method.upper() in REPEATABLE_METHODS):
            return None
        backoff: float = draw * min(self.cap_s, self.first_s * 2 ** (attempt - 1))
        if outcome.retry_after_s is None:
            return backoff
        if outcome.retry_after_s > self.longest_wait_s:
            return None
        return outcome.retry_after_s + min(backoff, 0.5)  # never earlier than allowed, a little spread behind it


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds a Retry-After header asks for, from either of its forms (seconds, HTTP-date). None: absent or nonsense."""
    if value is None:
        return None
    value = value.strip()
    try:
        seconds = float(value)
    except ValueError:
        pass
    else:
        return min(seconds, _LONGEST_S) if 0 <= seconds < float("inf") else None
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), _LONGEST_S)
