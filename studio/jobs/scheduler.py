"""Who may send when: one lane an account, in the order of its queue, within what the service allows.

Running jobs are counted from the store, never by ++ and --, so that a crash or a second process cannot leave a wrong count.
The not-before time and the times of recent requests lie in the pace store for the same reason.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from studio.domain.account import LOCAL_ACCOUNT, Account, Balance
from studio.domain.job import Job
from studio.domain.pacing import WINDOW_S, scarce_floor
from studio.domain.remote import Pace
from studio.domain.state import WaitReason
from studio.jobs.clock import Clock
from studio.jobs.pacing import LONGEST_HOLD_S, poll_floor, window_delay
from studio.jobs.ports import PaceStore

CONCURRENT_WHEN_UNKNOWN = 2
LOOK_AGAIN_S = 2.0
"""How soon to look whether another process's job has made room."""
LOOKING = 16
"""So many of those who wait for an account look for themselves whether there is room; whoever stands behind them is called
up. With a thousand in the queue their looking would take all of a core."""
LOOK_AGAIN_FAR_BACK_S = 60.0
WORTH_SAYING_S = 2.0
"""Shorter waits are not written down."""
CLOCK_SLACK_S = 60.0

_CONCURRENT = "concurrent_jobs"
_PER_MINUTE = "requests_per_minute"
_OWN = "own_"
"""Before the name of a limit: the person's own, kept apart from what the service says."""
_RECENT = "recent"
_HEARD = "heard"
FEW = 5
"""So few requests left are worth remembering: fewer polls are made then."""
_MOST_RECENT = 120

InFlight = Callable[[str], Awaitable[Collection[str]]]
"""Ids of the account's jobs that are being sent or run over there, whichever process follows them."""


class Waiter(Protocol):
    """A job that waits. `pause` ends early when `nudge` is set and `early` is true, and raises when the job was changed."""

    nudge: asyncio.Event

    @property
    def job(self) -> Job: ...
    async def pause(self, seconds: float, *, early: bool = False) -> None: ...
    async def wait_for(self, reason: WaitReason) -> None: ...


@dataclass
class _Lane:
    waiting: dict[str, Waiter] = field(default_factory=dict)
    slots: set[str] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asked: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST_RECENT))

    def order(self) -> list[Waiter]:
        return sorted(self.waiting.values(), key=lambda waiter: waiter.job.place)

    def ahead(self, job: Job) -> int:
        """How many wait before it."""
        return sum(waiter.job.place < job.place for waiter in self.waiting.values())

    def call_up(self) -> None:
        """One has left the line: who is among the first now looks for itself."""
        if len(self.waiting) >= LOOKING:
            self.order()[LOOKING - 1].nudge.set()


class Scheduler:
    """Gives jobs their turn and spaces requests. All methods belong to one event loop."""

    def __init__(self, paces: PaceStore, clock: Clock, in_flight: InFlight) -> None:
        self._paces = paces
        self._clock = clock
        self._in_flight = in_flight
        self._lanes: dict[str, _Lane] = {}

    def _lane(self, account: str) -> _Lane:
        return self._lanes.setdefault(account, _Lane())

    def look_again(self) -> None:
        """Something changed elsewhere: there may be room for those who are first in their lines."""
        for lane in self._lanes.values():
            for waiter in lane.order()[:1]:
                waiter.nudge.set()

    async def turn(self, waiter: Waiter) -> None:
        """Return when the job may be sent; it holds one of the account's places until `leave`."""
        job = waiter.job
        lane = self._lane(job.request.account)
        if job.id in lane.slots:
            return
        lane.waiting[job.id] = waiter
        try:
            while True:
                job = waiter.job  # of now: the person may have moved it
                barrier: tuple[WaitReason, float] | None = (WaitReason.CONCURRENCY_LIMIT, LOOK_AGAIN_FAR_BACK_S)
                if lane.ahead(job) < LOOKING:
                    barrier = await self._barrier(lane, job)
                if barrier is None:
                    return
                reason, seconds = barrier
                await waiter.wait_for(reason)
                await waiter.pause(seconds, early=True)
        finally:
            lane.waiting.pop(job.id, None)
            lane.call_up()

    async def _barrier(self, lane: _Lane, job: Job) -> tuple[WaitReason, float] | None:
        """What stands in the way and when to look again; None after the place was taken."""
        account = job.request.account
        pace = await self._paces.pace(account)
        held = self._held_s(pace)
        if held > 0:
            return WaitReason.RATE_LIMIT, held
        limit = _concurrent(account, pace)
        others = set(await self._in_flight(account)) - lane.slots - {job.id}
        # No await from here on: two jobs must not both see the last place free.
        free = limit - len(lane.slots) - len(others)
        if job.id in [waiter.job.id for waiter in lane.order()[: max(0, free)]]:
            lane.slots.add(job.id)
            return None
        return WaitReason.CONCURRENCY_LIMIT, LOOK_AGAIN_S

    def occupy(self, job: Job) -> None:
        """The job already runs over there: it holds a place whether or not there is one."""
        self._lane(job.request.account).slots.add(job.id)

    def leave(self, job: Job) -> None:
        """The job no longer runs over there; the next in line may go."""
        lane = self._lane(job.request.account)
        if job.id in lane.slots:
            lane.slots.discard(job.id)
            for waiter in lane.order()[:1]:
                waiter.nudge.set()

    async def request(self, waiter: Waiter) -> None:
        """Return when one more request may be made, and count it."""
        account = waiter.job.request.account
        while True:
            seconds = await self.take_request(account)
            if seconds <= 0:
                return
            if seconds >= WORTH_SAYING_S:
                await waiter.wait_for(WaitReason.RATE_LIMIT)
            await waiter.pause(seconds)

    async def take_request(self, account: str) -> float:
        """0 when the request was counted, else for how long to wait."""
        async with self._lane(account).lock:
            pace = await self._paces.pace(account)
            held = self._held_s(pace)
            if held > 0:
                return held
            limit = _limit(pace, _PER_MINUTE)
            moment = self._clock.now().timestamp()
            self._lane(account).asked.append(moment)
            if limit is None:
                return 0.0
            # A time that lies ahead is from before the clock was set right.
            recent = [time for time in _times(pace.extra.get(_RECENT)) if time <= moment + CLOCK_SLACK_S]
            delay = window_delay(recent, moment, limit)
            if delay > 0:
                return delay
            extra = {**pace.extra, _RECENT: [*recent, moment][-limit:]}
            await self._paces.set_pace(account, replace(pace, extra=extra))
            return 0.0

    async def poll_floor(self, account: str) -> float:
        """The shortest time between two polls of one job, in seconds."""
        pace = await self._paces.pace(account)
        running = len(self._lane(account).slots)
        floor = poll_floor(running, _limit(pace, _PER_MINUTE))
        if pace.remaining is None:
            return floor
        heard = _times([pace.extra.get(_HEARD)])
        left = heard[0] + WINDOW_S - self._clock.now().timestamp() if heard else 0.0
        return max(floor, scarce_floor(running, pace.remaining, left)) if 0 < left <= WINDOW_S else floor

    async def heard(self, account: str, remaining: int | None) -> None:
        """The service said with an answer how many more requests it takes (X-RateLimit-Remaining; None: it did not say).

        At none, nothing goes out until the oldest request of this minute is a minute old; at few, polls are spread.
        """
        lane = self._lane(account)
        async with lane.lock:
            pace = await self._paces.pace(account)
            few = remaining if remaining is not None and remaining <= FEW else None
            if few is None and pace.remaining is None:
                return
            moment = self._clock.now().timestamp()
            changed = replace(pace, remaining=few, extra={**pace.extra, _HEARD: moment})
            if few == 0:
                known = [*_times(pace.extra.get(_RECENT)), *lane.asked]
                oldest = min((time for time in known if moment - WINDOW_S < time <= moment), default=moment)
                until = datetime.fromtimestamp(oldest + WINDOW_S, UTC)
                if pace.not_before is None or pace.not_before < until:
                    changed = replace(changed, not_before=until)
            await self._paces.set_pace(account, changed)

    async def hold(self, account: str, seconds: float) -> None:
        """The service asked for patience: nothing goes to it before then, from this process or any other."""
        async with self._lane(account).lock:
            pace = await self._paces.pace(account)
            until = self._clock.now() + timedelta(seconds=seconds)
            if pace.not_before is None or pace.not_before < until:
                await self._paces.set_pace(account, replace(pace, not_before=until))

    async def learn(self, account: str, balance: Balance) -> None:
        """Keep the limits that the service names for this account's plan; what it does not name stays as it was known."""
        named = {_CONCURRENT: balance.concurrent_jobs, _PER_MINUTE: balance.requests_per_minute}
        await self._keep(account, {name: value for name, value in named.items() if value is not None})

    async def use_limits_of(self, account: Account) -> None:
        """Keep to the person's own limits too: the tighter of theirs and the service's counts."""
        own: dict[str, float | None] = {
            _OWN + _CONCURRENT: account.concurrent_jobs, _OWN + _PER_MINUTE: account.requests_per_minute,
            # not asked for here: that it is written tells other processes to look whether a held job may go
            **{_OWN + name: getattr(account.budget, name) for name in ("ask_above", "per_day", "per_month")},
        }
        await self._keep(account.name, own)

    async def _keep(self, account: str, limits: Mapping[str, float | None]) -> None:
        async with self._lane(account).lock:
            pace = await self._paces.pace(account)
            said = {name: value for name, value in limits.items() if value is not None or name in pace.extra}
            extra = {**pace.extra, **said}
            if extra != pace.extra:
                await self._paces.set_pace(account, replace(pace, extra=extra))

    def _held_s(self, pace: Pace) -> float:
        return until_s(pace.not_before, self._clock)


def _concurrent(account: str, pace: Pace) -> int:
    known = _limit(pace, _CONCURRENT)
    if known:
        return known
    return os.cpu_count() or 1 if account == LOCAL_ACCOUNT else CONCURRENT_WHEN_UNKNOWN


def _limit(pace: Pace, name: str) -> int | None:
    """The tighter of what the service says and what the person set; None where neither is known."""
    known = [_whole(pace.extra.get(name)), _whole(pace.extra.get(_OWN + name))]
    return min((value for value in known if value is not None), default=None)


def _whole(value: object) -> int | None:
    """A positive whole number that went through JSON, or None."""
    return int(value) if isinstance(value, int | float) and value > 0 else None


def _times(value: object) -> list[float]:
    return [float(item) for item in value if isinstance(item, int | float)] if isinstance(value, list | tuple) else []


def until_s(moment: datetime | None, clock: Clock) -> float:
    """Seconds until `moment`; 0 when it has passed or there is none, or when it lies so far ahead that nobody can have
    meant it: the clock was set back since."""
    if moment is None:
        return 0.0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    left = (aware - clock.now()).total_seconds()
    return left if 0 < left <= LONGEST_HOLD_S + CLOCK_SLACK_S else 0.0
