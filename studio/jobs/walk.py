"""One job on its way: its present state, how it is written, how it waits. The steps themselves are in sending, following
and collecting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from studio.domain.account import LOCAL_ACCOUNT, Budget
from studio.domain.errors import AccountError, BugError, BusyError, LocalError, ServiceError, StudioError
from studio.domain.event import JobChanged, Listener, ProblemRaised
from studio.domain.job import Job, JobError
from studio.domain.ledger import SendingTerms
from studio.domain.pacing import Chance
from studio.domain.remote import Change, RemoteJob
from studio.domain.state import JobState, WaitReason, may_follow
from studio.jobs.clock import Clock
from studio.jobs.pacing import LONGEST_LOCAL_RETRY_S, LONGEST_RETRY_S, retry_delay
from studio.jobs.ports import HostedUrls, JobStore, MediaLibrary, Provider, Providers
from studio.jobs.scheduler import Scheduler, until_s

log = logging.getLogger(__name__)

HELD = frozenset({WaitReason.BUDGET, WaitReason.PAUSED})
"""What only the person, or another day, ends."""
STUCK_AFTER = 3
"""Failures in a row after which a waiting job counts as one that cannot move by itself just now."""


@dataclass(frozen=True, slots=True)
class World:
    """All that jobs need of the rest of the studio."""

    store: JobStore
    providers: Providers
    library: MediaLibrary
    hosted: HostedUrls
    scheduler: Scheduler
    clock: Clock
    emit: Listener
    chance: Chance
    usual_budget: Callable[[], Budget] = Budget
    """What counts where an account's own budget says nothing."""


class SupersededError(Exception):
    """The stored job was changed by somebody else: the walk goes on from what is stored now."""


class Walk:
    """The one coroutine that moves a job. `fresh`: the state `submitting` was entered by this process, nothing was sent yet.

    `owner`: the process that this is; it stops when the job is another one's. `in_post`: a request that may cost something
    is on its way; the task must not be cancelled while it is.
    `hosted_now`: its files were hosted by this very try. `resend`: the person sends again what may have arrived.
    `not_found`: how often in a row the service did not know it. `told`: an event came that says that it ended over there,
    `told_at` when the last one counted. `held`: it was just found that it may not leave the queue. `doubted`: the process
    that had it before may still be there, and write to its files.
    """

    def __init__(
        self, world: World, job: Job, owner: str | None = None, *, fresh: bool = False, doubted: bool = False,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self.world = world
        self.job = job
        self.doubted = doubted
        self._owner = owner
        self.fresh = fresh
        self.in_post = False
        self.latest: RemoteJob | None = None
        self.answered_at = world.clock.now()
        self.failures = 0
        self.looks = 0
        self.hint_s: float | None = None
        self.gone = False
        self.hosted_now = False
        self.resend = fresh
        self.not_found = 0
        self.saw_it_run = False
        self.nudge = asyncio.Event()
        self.told = False
        self.told_at: datetime | None = None
        self.held = False
        self._noted = ""
        self._on_change = on_change or (lambda: None)

    @property
    def longest_retry_s(self) -> float:
        return LONGEST_LOCAL_RETRY_S if self.job.request.account == LOCAL_ACCOUNT else LONGEST_RETRY_S

    @property
    def stuck(self) -> bool:
        """It goes on trying, but nothing will come of it until something outside changes."""
        return self.failures >= STUCK_AFTER or self.held

    async def provider(self) -> Provider:
        return await self.world.providers.of(self.job.request.account)

    async def heard(self, provider: Provider) -> None:
        """Keep to what the service said last of how many requests it takes."""
        try:
            await self.world.scheduler.heard(self.job.request.account, provider.requests_remaining)
        except LocalError as error:  # a full disk: the next answer says it again
            log.warning("the pace of %s could not be kept: %s", self.job.request.account, error.message)

    # -- writing

    async def write(self, note: str = "", raw: Mapping[str, object] | None = None, **changes: object) -> None:
        """Store the job with `changes`; what it waited for and its crash count are over unless they are among them.

        Raises SupersededError, with the stored job taken over, when somebody else changed it first.
        """
        job = self.job.changed(**{"waiting_for": None, "not_before": None, "attempts": 0, **changes})
        if job.state is not self.job.state and not may_follow(self.job.state, job.state):
            raise BugError(f"A job may not go from {self.job.state} to {job.state}.")
        await self._store(Change(job, note, raw, by=self._owner))

    async def tell(self, note: str = "", raw: Mapping[str, object] | None = None, **changes: object) -> None:
        """The same for what the service answered to our own request, which nobody else knows: also where the job belongs to
        another process by now. Whether it does is to be asked afterwards (`check_ours`)."""
        job = self.job.changed(**{"waiting_for": None, "not_before": None, "attempts": 0, **changes})
        await self._store(Change(job, note, raw))

    async def check_ours(self) -> None:
        """`gone` is true from here on where another process follows the job."""
        if await self._mine() is None:
            self._lose()

    async def leave_queue(self, state: JobState, terms: SendingTerms) -> bool:
        """Go to `state` if the terms allow it. False: the job is held, with its reason written. Raises SupersededError."""
        await self._store(Change(self.job.changed(state=state, waiting_for=None, not_before=None, attempts=0, error=None),
                                 terms=terms, by=self._owner))
        return self.job.state is state

    async def _store(self, change: Change) -> None:
        stored = await self._change(change)
        if stored is None:
            await self._take_over(anyway=change.by is None)
            raise SupersededError
        self.job = stored
        self._on_change()
        self.world.emit(JobChanged(stored))

    async def _change(self, change: Change) -> Job | None:
        """Write, however long this disk makes us wait: what the service answered is nowhere else."""
        failures = 0
        while True:
            try:
                return await self.world.store.change(self.job, change)
            except LocalError as error:
                failures += 1
                log.warning("job %s could not be written: %s", self.job.id, error.message)
                if failures == 1:
                    self.world.emit(ProblemRaised(error.in_words()))
                await self.world.clock.wait(asyncio.Event(), retry_delay(failures, LONGEST_RETRY_S, None, self.world.chance))

    async def _take_over(self, *, anyway: bool = False) -> None:
        stored = await (self.world.store.get(self.job.id) if anyway else self._mine())
        if stored is None:
            self._lose()
        else:
            self.job = stored

    async def _mine(self) -> Job | None:
        if self._owner is None:
            return await self.world.store.get(self.job.id)
        return await self.world.store.followed(self.job.id, self._owner)

    def _lose(self) -> None:
        if not self.gone:
            log.info("job %s is not followed here any more: another process has it, or it is gone", self.job.id)
        self.gone = True

    async def refresh(self) -> None:
        """Look whether somebody else changed the job, or follows it by now; raises SupersededError if so."""
        before = self.job.revision
        await self._take_over()
        if self.gone or self.job.revision != before:
            raise SupersededError

    # -- waiting

    async def pause(self, seconds: float, *, early: bool = False, until_told: bool = False) -> None:
        """Sleep; a nudge makes it look at the store, and ends the sleep if `early`. With `until_told` it ends as soon as an
        event says that the job ended. Raises SupersededError."""
        clock = self.world.clock
        left = seconds
        while left > 0 and not (until_told and self.told):
            began = clock.now()
            if not await clock.wait(self.nudge, left):
                break  # slept to the end, whatever the clock on the wall shows: it may have been set back meanwhile
            self.nudge.clear()
            await self.refresh()
            if early:
                return
            left -= max(0.0, (clock.now() - began).total_seconds())
        await self.refresh()

    async def until_not_before(self) -> None:
        """Sleep until the stored next-try time."""
        left = until_s(self.job.not_before, self.world.clock)
        if left > 0:
            await self.pause(left)

    async def wait_for(self, reason: WaitReason) -> None:
        """Say why the job does not move, once."""
        if self.job.waiting_for is not reason:
            # what held it in the queue is over, if it was that
            error = None if self.job.waiting_for is WaitReason.BUDGET else self.job.error
            await self.write(waiting_for=reason, error=error)

    async def hold_back(self, error: StudioError, state: JobState | None = None) -> None:
        """A try failed in a way that ends no job: write the reason and the next-try time, and go to `state` if one is given.

        The step of the state then waits for that time.
        """
        self.failures += 1
        seconds = retry_delay(self.failures, self.longest_retry_s, error.retry_after_s, self.world.chance)
        if isinstance(error, BusyError):
            await self.world.scheduler.hold(self.job.request.account, seconds)
        note = "" if error.message == self._noted else error.message
        self._noted = error.message
        log.info("job %s waits %.1f s: %s", self.job.id, seconds, error.message)
        until = self.world.clock.now() + timedelta(seconds=seconds)
        await self.write(note, state=state or self.job.state, waiting_for=reason_of(error), not_before=until,
                         error=_shown(error))

    def answered(self, answer: RemoteJob) -> None:
        """The service said this of the job just now: the next question is timed from here, however long writing it takes."""
        self.latest = answer
        self.hint_s = answer.poll_after_s
        self.answered_at = self.world.clock.now()
        self.moved()

    def moved(self) -> None:
        """Something worked: what failed before is forgotten."""
        self.failures = 0
        self.not_found = 0
        self._noted = ""

    async def fail(self, error: JobError, raw: Mapping[str, object] | None = None, **changes: object) -> None:
        """End the job with its reason."""
        await self.write(error.message, raw, state=JobState.FAILED, error=error, eta_s=None,
                         finished_at=self.world.clock.now(), **changes)


def reason_of(error: StudioError) -> WaitReason | None:
    """What a job waits for after `error`; None where only the error itself can tell."""
    if isinstance(error, BusyError):
        return WaitReason.CONCURRENCY_LIMIT if "concurren" in error.code else WaitReason.RATE_LIMIT
    if isinstance(error, ServiceError):
        return WaitReason.OFFLINE
    return None


def _shown(error: StudioError) -> JobError | None:
    """An error that no waiting reason tells (a full disk, a missing key) is shown with the job while it waits."""
    if isinstance(error, LocalError | AccountError):
        return retryable(JobError.of(error))
    return None


def retryable(error: JobError) -> JobError:
    return JobError(error.kind, error.code, error.message, True, error.advice, error.cost, error.field)
