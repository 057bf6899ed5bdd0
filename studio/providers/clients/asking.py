"""Sends a request and decides, by net.retry's policy, whether it goes out once more. The one such loop of the library.

Below it the transport repeats what never left and, for a GET, short hiccups. What is left to decide here is what costs: a
create whose answer was lost goes out again only where the service knows it by its key, and a service that asks for a pause,
or says that it lets no more requests through in its window, gets it from every call of the client.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from studio.domain.errors import (
    BusyError,
    ParametersRefusedError,
    ServiceFaultError,
    StudioError,
    TooLargeForServiceError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.pacing import WINDOW_S
from studio.net.retry import Outcome, RetryMode, RetryPolicy

Result = TypeVar("Result")
Sleep = Callable[[float], Awaitable[None]]
_AGAIN_ADVICE = "Try again later."
_MOST_REMEMBERED = 1000


class Asker:
    """One for each client. `sleep` and `chance` are there for tests; times in seconds of the loop's clock."""

    def __init__(
        self, policy: RetryPolicy, *, sleep: Sleep = asyncio.sleep, chance: Callable[[], float] = random.random
    ) -> None:
        self._policy = policy
        self._sleep = sleep
        self._chance = chance
        self._not_before = 0.0
        self._sent: deque[float] = deque(maxlen=_MOST_REMEMBERED)

    def heard(self, remaining: int) -> None:
        """The service said how many more requests it takes (X-RateLimit-Remaining). At none, nothing goes out until the
        oldest request of this minute is a minute old: then its window has room again."""
        if remaining > 0:
            return
        now = asyncio.get_running_loop().time()
        oldest = next((moment for moment in self._sent if moment > now - WINDOW_S), now)
        self._not_before = max(self._not_before, oldest + WINDOW_S)

    async def read(self, send: Callable[[], Awaitable[Result]]) -> Result:
        """A request that makes nothing. A pause that the service asks for is kept, up to the policy's longest."""
        return await self._ask(send, RetryMode.METHOD, "GET")

    async def look(self, send: Callable[[], Awaitable[Result]]) -> Result:
        """The same once, for whoever has a loop of his own."""
        await self._allowed()
        self._sent.append(asyncio.get_running_loop().time())
        try:
            return await send()
        except StudioError as error:
            self._hold(error)
            raise

    async def create(self, send: Callable[[], Awaitable[Result]], *, keyed: bool) -> Result:
        """A request that makes a job. `keyed`: the service knows it by its key, so that sent again it is the same job.

        Raises UnknownOutcomeError where it may have been carried out and no usable answer came.
        """
        return await self._ask(send, RetryMode.KEYED if keyed else RetryMode.METHOD, "POST")

    async def _ask(self, send: Callable[[], Awaitable[Result]], mode: RetryMode, method: str) -> Result:
        attempt, lost = 0, None
        while True:
            attempt += 1
            try:
                return await self.look(send)
            except StudioError as error:
                if isinstance(error, UnknownOutcomeError):
                    lost = error
                outcome = _outcome(error, method)
                wait = None if outcome is None else self._policy.wait(method, mode, attempt, outcome, self._chance())
                if wait is None:
                    told = _told(error, lost)
                    raise told from (error if told is not error else error.__cause__)
            await self._sleep(wait)

    async def _allowed(self) -> None:
        """Returns when the service's pause is over; raises BusyError where that is further off than is waited for."""
        left = self._not_before - asyncio.get_running_loop().time()
        if left > self._policy.longest_wait_s:
            raise BusyError("The service asked for a pause that is not over yet.", retry_after_s=left, advice=_AGAIN_ADVICE)
        if left > 0:
            await self._sleep(left)

    def _hold(self, error: StudioError) -> None:
        if isinstance(error, BusyError | ServiceFaultError) and error.retry_after_s:
            now = asyncio.get_running_loop().time()
            self._not_before = max(self._not_before, now + error.retry_after_s)


def _outcome(error: StudioError, method: str) -> Outcome | None:
    """What an error says of one attempt; None: the same again would be the same, or the transport has tried already."""
    if isinstance(error, UnknownOutcomeError):
        return Outcome()
    tried = method == "GET" and error.retry_after_s is None and not isinstance(error, BusyError)
    if error.status is None or tried:
        return None
    return Outcome(status=error.status, retry_after_s=error.retry_after_s)


def _told(error: StudioError, lost: UnknownOutcomeError | None) -> StudioError:
    """The error to raise. After a lost try what a later one is told says nothing of the first (the credits may be gone
    because it was carried out): its outcome stays unknown, unless the input itself is refused, as it was then."""
    if lost is not None and not isinstance(error, ParametersRefusedError | TooLargeForServiceError):
        return lost
    if isinstance(error, BusyError | ServiceFaultError | UnreachableError):
        error.advice = _AGAIN_ADVICE
    return error
