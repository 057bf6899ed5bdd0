"""The life of jobs as a state machine for hypothesis: two windows over one real store, a service, kills, stops, a clock that
is set back, and a person. A simple model says what has to come out of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from studio.domain.errors import InputError
from studio.domain.job import Job, JobRequest
from studio.domain.ledger import EntryKind, LedgerQuery
from studio.domain.state import TERMINAL, TRANSITIONS, JobState
from studio.store.jobs import SqlJobStore
from studio.store.ledger import SqlLedger
from tests.drills.machine_windows import ACCOUNTS, InlineDatabase, SetClock, Window, turns
from tests.drills.model_service import FATES, OUTCOMES, Made, ModelService
from tests.unit.jobs.world import MemoryHosted, MemoryLibrary, MemoryPaces

T = TypeVar("T")
LEGAL = dict(TRANSITIONS)
"""As it was before any bug was planted."""
MOST_JOBS = 9
MOST_TURNS = 100_000
MOST_TURNS_TO_SEND = 60


class DivergenceError(AssertionError):
    """What happened is not what the model says."""


class JobMachine(RuleBasedStateMachine):
    """`teardown` lets everything come to its end and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.db = InlineDatabase()
        self.clock = SetClock()
        self.service = ModelService()
        self.paces, self.hosted, self.library = MemoryPaces(), MemoryHosted(), MemoryLibrary()
        self.alive: set[str] = set()
        self.windows: list[Window] = []
        self.jobs: list[str] = []
        self.keys: dict[str, list[str]] = {}
        self.resent: set[str] = set()
        self.cancel_asked: set[str] = set()
        self.given_up: set[str] = set()
        self.ended: dict[str, Job] = {}

    @initialize()
    def open_two_windows(self) -> None:
        async def start() -> None:
            self.windows = [Window(self, 0), Window(self, 1)]

        self.run(start())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        async def bounded() -> T:
            self.clock.waits = 0
            self.clock.stuck.clear()
            doing = asyncio.ensure_future(work)
            stuck = asyncio.ensure_future(self.clock.stuck.wait())
            busy = asyncio.ensure_future(turns(MOST_TURNS))
            await asyncio.wait({doing, stuck, busy}, return_when=asyncio.FIRST_COMPLETED)
            stuck.cancel()
            busy.cancel()
            if not doing.done():
                doing.cancel()
                raise DivergenceError("something waits for ever")
            return await doing

        return self.loop.run_until_complete(bounded())

    def job(self, job_id: str) -> Job:
        found = self.run(SqlJobStore(self.db).get(job_id))  # type: ignore[arg-type]
        if found is None:
            raise DivergenceError(f"{job_id} is gone")
        return found

    def _window(self, number: int) -> Window | None:
        window = self.windows[number % 2]
        return window if window.going.is_set() else None

    # -- what happens

    @rule(number=st.integers(0, 1), account=st.sampled_from(sorted(ACCOUNTS)),
          fates=st.lists(st.sampled_from(FATES), max_size=2), outcome=st.sampled_from(OUTCOMES), polls=st.integers(1, 3))
    def submit(self, number: int, account: str, fates: list[str], outcome: str, polls: int) -> None:
        window = self._window(number)
        if window is None or len(self.jobs) >= MOST_JOBS:
            return
        self.service.fates.setdefault(account, []).extend(fates)
        self.service.outcomes.append((outcome, polls))
        made = Job.new(JobRequest("video.generate", account, {"prompt": "a pier"})).changed(created_at=self.clock.now())
        self.jobs.append(made.id)
        self.keys[made.id] = [made.idempotency_key]
        self.run(window.runner.submit(made))

    @rule(count=st.integers(1, 120))
    def turns(self, count: int) -> None:
        self.run(turns(count))

    @rule(seconds=st.sampled_from((-7200, -30, 30, 7200)))
    def set_the_clock(self, seconds: int) -> None:
        self.clock.set_by += timedelta(seconds=seconds)

    @precondition(lambda self: self.jobs)
    @rule(number=st.integers(0, 1), which=st.integers(0, 50), deed=st.sampled_from(("cancel", "cancel", "retry", "give_up")))
    def the_person(self, number: int, which: int, deed: str) -> None:
        window, job_id = self._window(number), self.jobs[which % len(self.jobs)]
        if window is None or window.writes_left is not None:
            return
        if deed == "cancel":
            self._cancel(window, job_id)
            return
        before = self.job(job_id)
        try:
            after: Job = self.run(getattr(window.runner, deed)(job_id))
        except InputError:
            return
        if deed == "give_up":
            self.given_up.add(job_id)
        else:
            self._retried(before, after)

    def _cancel(self, window: Window, job_id: str) -> None:
        earlier = job_id in self.cancel_asked
        self.cancel_asked.add(job_id)
        try:
            self.run(window.runner.cancel(job_id))
        except InputError:
            if not earlier:
                self.cancel_asked.discard(job_id)

    @rule(number=st.integers(0, 1), account=st.sampled_from(sorted(ACCOUNTS)), which=st.integers(0, 3))
    def cancel_one_that_waits(self, number: int, account: str, which: int) -> None:
        """Of several that are submitted at once some have to wait: the cancel of one of those is its own affair."""
        for _ in range(3):
            self.submit(number, account, [], "endless", 3)
        self.turns(60)
        window = self._window(number)
        waiting = [job_id for job_id in self.jobs if self.job(job_id).state is JobState.QUEUED]
        if window is not None and window.writes_left is None and waiting:
            self._cancel(window, waiting[which % len(waiting)])

    def _retried(self, before: Job, after: Job) -> None:
        self.ended.pop(before.id, None)
        if after.id != before.id:
            self.jobs.append(after.id)
            self.keys[after.id] = [after.idempotency_key]
        elif before.state is JobState.UNKNOWN:
            self.resent.add(before.id)
        else:
            now = self.job(before.id)
            if now.idempotency_key not in self.keys[before.id]:
                self.keys[before.id].append(now.idempotency_key)

    @rule(number=st.integers(0, 1))
    def kill(self, number: int) -> None:
        self.run(self._again(self.windows[number]))

    async def _again(self, window: Window) -> None:
        await window.kill()
        window.start()
        await window.runner.take_up()

    @rule(number=st.integers(0, 1), account=st.sampled_from(sorted(ACCOUNTS)))
    def killed_while_it_sends(self, number: int, account: str) -> None:
        """The service has made the job, and the process dies before it has the answer."""
        window, before = self._window(number), len(self.service.made)
        if window is None or window.writes_left is not None:
            return

        async def die() -> None:
            for _ in range(MOST_TURNS_TO_SEND):
                await asyncio.sleep(0)
                if len(self.service.made) > before:
                    await self._again(window)
                    return

        self.submit(number, account, [], "finished", 2)
        self.run(die())

    @rule(number=st.integers(0, 1), writes=st.integers(1, 6))
    def die_after_a_write(self, number: int, writes: int) -> None:
        window = self._window(number)
        if window is not None:
            window.writes_left = writes
            window.runner.nudge()

    @rule(number=st.integers(0, 1))
    def stop(self, number: int) -> None:
        self.windows[number].going.clear()

    @rule(number=st.integers(0, 1))
    def go_on(self, number: int) -> None:
        window = self.windows[number]
        if window.writes_left is None or window.writes_left > 0:
            window.going.set()

    @rule(number=st.integers(0, 1))
    def look_for_work(self, number: int) -> None:
        window = self._window(number)
        if window is not None and window.writes_left is None:
            window.runner.nudge()
            self.run(window.runner.take_up())

    @rule(number=st.integers(0, 1), account=st.sampled_from(sorted(ACCOUNTS)), before=st.integers(1, 40),
          meanwhile=st.integers(0, 300), cancelled=st.booleans())
    def taken_for_dead(self, number: int, account: str, before: int, meanwhile: int, cancelled: bool) -> None:
        """A process that is stopped, and whose jobs another one takes over (and the person cancels there), goes on."""
        window, other = self._window(number), self._window(1 - number)
        if window is None or other is None or window.writes_left is not None or other.writes_left is not None:
            return
        self.submit(number, account, [], "finished", 3)
        self.turns(before)
        self.stop(number)
        self.alive.discard(window.owner)
        self.look_for_work(1 - number)
        self.turns(meanwhile)
        if cancelled:
            self._cancel(other, self.jobs[-1])
        self.go_on(number)
        self.turns(100)
        self.alive.add(window.owner)

    # -- what must hold at any moment

    @invariant()
    def nothing_was_asked_wrongly(self) -> None:
        if self.service.wrong:
            raise DivergenceError(self.service.wrong[0])
        asked = {key for job_id in self.cancel_asked for key in self.keys[job_id]}
        for made in self.service.made:
            if made.id in self.service.cancelled and made.key not in asked:
                raise DivergenceError(f"{made.id} was cancelled over there, and nobody asked for that")

    @invariant()
    def an_end_is_an_end(self) -> None:
        for job_id in self.jobs:
            job = self.job(job_id)
            known = self.ended.get(job_id)
            if known is not None and (job.state, job.credits, job.error) != (known.state, known.credits, known.error):
                raise DivergenceError(f"{job_id} had ended as {known.state}, and is {job.state} now")
            if job.state in TERMINAL:
                self.ended[job_id] = job

    @invariant()
    def made_once(self) -> None:
        ours = {key: job_id for job_id, keys in self.keys.items() for key in keys}
        for made in self.service.made:
            if made.key not in ours:
                raise DivergenceError(f"{made.id} was made under a key that no job was given")
        for job_id, keys in self.keys.items():
            for key in keys:
                count = sum(one.key == key for one in self.service.made)
                if count > 1 and job_id not in self.resent:
                    raise DivergenceError(f"{job_id} was made {count} times under one key")
            if self.job(job_id).idempotency_key not in keys:
                raise DivergenceError(f"{job_id} has another key than it was given")

    # -- and in the end

    def teardown(self) -> None:
        try:
            if self.windows:
                self._settle()
                self.an_end_is_an_end()
                self.nothing_was_asked_wrongly()
                self.made_once()
                for job_id in self.jobs:
                    self._compare(self.job(job_id))
                    self._compare_ledger(self.job(job_id))
                    self._compare_timeline(self.job(job_id))
        finally:
            self._close()

    def _settle(self) -> None:
        """A good day: everybody runs, the service answers, the person decides. Everything has to come to its end."""
        self.service.fates.clear()
        for made in self.service.made:
            made.outcome = "finished" if made.outcome == "endless" else made.outcome
        self.service.outcomes = [(outcome, polls) for outcome, polls in self.service.outcomes if outcome != "endless"]
        for window in self.windows:
            if window.writes_left is not None:
                self.kill(window._number)
            window.going.set()
        for _ in range(12):
            self._look_and_decide()
            if all(self.job(job_id).state in TERMINAL for job_id in self.jobs):
                return
        left = [str(self.job(job_id).state) for job_id in self.jobs if self.job(job_id).state not in TERMINAL]
        raise DivergenceError(f"not everything came to its end: {left}")

    def _look_and_decide(self) -> None:
        for window in self.windows:
            window.runner.nudge()
            self.run(window.runner.take_up())
        self.run(self._until_nobody_moves())
        for job_id in list(self.jobs):
            job = self.job(job_id)
            parked = job.state in TERMINAL and job.error is not None and job.error.code == "parked"
            if job.state is JobState.UNKNOWN or parked:
                self._retried(job, self.run(self.windows[0].runner.retry(job_id)))

    async def _until_nobody_moves(self) -> None:
        for window in self.windows:
            await window.runner.idle()

    def _compare(self, job: Job) -> None:
        """The model: what the service has of this job says how it must have ended."""
        made = [one for one in self.service.made if one.key in self.keys[job.id]]
        known = next((one for one in made if one.id == job.remote_id), None)
        if job.state is JobState.CANCELLED:
            if job.id not in self.cancel_asked:
                raise DivergenceError(f"{job.id} was cancelled, and nobody asked for that")
            return
        if job.state is JobState.FAILED:
            self._compare_failed(job, known, made)
            return
        if known is None or known.state != "finished":
            raise DivergenceError(f"{job.id} is done, and the service says {known.state if known else 'nothing'}")
        if job.credits.charged != known.charged:
            raise DivergenceError(f"{job.id} says {job.credits.charged} credits, the service {known.charged}")
        if len(job.asset_ids) != 1:
            raise DivergenceError(f"{job.id} is done with {len(job.asset_ids)} results")

    def _compare_failed(self, job: Job, known: Made | None, made: Sequence[Made]) -> None:
        if job.error is None:
            raise DivergenceError(f"{job.id} failed without a reason")
        if job.id in self.given_up:
            return
        if known is not None and known.state == "finished":
            raise DivergenceError(f"{job.id} failed ({job.error.message}), and its result lies at the service")
        if known is not None and (job.credits.charged or 0.0) != known.charged:
            raise DivergenceError(f"{job.id} says {job.credits.charged} credits, and it was given back")
        if known is None and any(one.state == "finished" for one in made) and job.id not in self.resent | self.cancel_asked:
            raise DivergenceError(f"{job.id} failed, and it was made all the same")

    def _compare_ledger(self, job: Job) -> None:
        """Of each intent that reached its end here, charged less given back is what the service kept; nothing is given back
        that was not charged."""
        entries = self.run(SqlLedger(self.db).entries(LedgerQuery(job_id=job.id)))  # type: ignore[arg-type]
        charged = sum(one.amount or 0.0 for one in entries if one.kind is EntryKind.CHARGED)
        refunded = sum(one.amount or 0.0 for one in entries if one.kind is EntryKind.REFUNDED)
        if refunded > charged:
            raise DivergenceError(f"{job.id} was given back {refunded} credits of {charged}")
        if job.state is JobState.DONE and len(self.keys[job.id]) == 1 and charged - refunded != job.credits.charged:
            raise DivergenceError(f"the ledger says {charged - refunded} of {job.id}, the job {job.credits.charged}")

    def _compare_timeline(self, job: Job) -> None:
        """It went by steps that the table knows, each of them written, to where it is now."""
        walked = [entry.state for entry in self.run(SqlJobStore(self.db).timeline(job.id))]  # type: ignore[arg-type]
        for before, after in pairwise(walked):
            if before is not after and after not in LEGAL[before]:
                raise DivergenceError(f"{job.id} went from {before} to {after}")
        if walked[-1] is not job.state:
            raise DivergenceError(f"{job.id} is {job.state}, and its timeline ends with {walked[-1]}")

    def _close(self) -> None:
        async def end() -> None:
            for window in self.windows:
                await window.runner._tasks.close()

        with contextlib.suppress(DivergenceError):
            self.run(end())
        self.db.close()
        self.loop.close()
