"""Follows every unfinished job of this data folder that no other living process follows, and does what the person asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from studio.domain.errors import BugError, Cost, InputError, NotFoundError, StudioError, UnknownOutcomeError
from studio.domain.event import JobChanged
from studio.domain.job import Credits, Job, JobError
from studio.domain.remote import Change
from studio.domain.state import JobState, WaitReason
from studio.jobs.checking import ask, told
from studio.jobs.collecting import downloading
from studio.jobs.decisions import cancelled, is_there, parked, retried
from studio.jobs.following import cancelling, running
from studio.jobs.hints import Hints
from studio.jobs.hosting import drop_uploads
from studio.jobs.sending import queued, submitting, uploading
from studio.jobs.tasks import Tasks
from studio.jobs.walk import SupersededError, Walk, World

log = logging.getLogger(__name__)

Step = Callable[[Walk], Awaitable[None]]
STEPS: Mapping[JobState, Step] = {
    JobState.QUEUED: queued,
    JobState.UPLOADING: uploading,
    JobState.SUBMITTING: submitting,
    JobState.RUNNING: running,
    JobState.DOWNLOADING: downloading,
    JobState.CANCELLING: cancelling,
}
CRASHES_ALLOWED = 3
"""A job during which the process died this often in a row, without getting on, is parked for the person to look at."""
CLAIM_LIMIT = 100
POST_GRACE_S = 15.0
"""How long closing waits for a request that may cost something to be answered."""

_SMALL_WAIT_S = 0.5
_CANCEL_ELSEWHERE_S = 10.0
"""How long a cancel waits for the process that follows the job."""


class Runner:
    """`owner` says which process this is; `alive` whether the process of another owner still follows its jobs, and `ended`
    whether one that does not is surely gone (else it may go on, and find its jobs taken)."""

    def __init__(
        self, world: World, owner: str, alive: Callable[[str], bool], ended: Callable[[str], bool] = lambda owner: True
    ) -> None:
        self._world = world
        self._owner = owner
        self._alive = alive
        self._ended = ended
        self._walks: dict[str, Walk] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._next: dict[str, tuple[Job, bool, bool]] = {}
        self._tasks = Tasks()
        self._changed = asyncio.Event()
        self._hints = Hints(self._walks, world.clock)
        self._claiming = asyncio.Lock()
        self._closing = False

    # -- taking up

    async def take_up(self) -> None:
        """Claim and follow what nobody follows: new jobs, and those of processes that died."""
        async with self._claiming:
            while not self._closing:
                claimed, doubted = await self._claim()
                for job in claimed:
                    await self._take_up_one(job, doubted=doubted)
                if len(claimed) < CLAIM_LIMIT:
                    return

    async def _claim(self) -> tuple[Sequence[Job], bool]:
        """Jobs of nobody, and whether one of those that had them may still go on."""
        doubted: list[str] = []

        def alive(owner: str) -> bool:
            follows = self._alive(owner)
            if not follows and not self._ended(owner):
                doubted.append(owner)
            return follows

        claimed = await self._world.store.claim(self._owner, alive, CLAIM_LIMIT)
        if claimed and doubted:
            log.warning("jobs are taken over from %s, which gave no sign of life", ", ".join(doubted))
        return claimed, bool(doubted)

    async def _take_up_one(self, job: Job, *, doubted: bool = False) -> None:
        if job.id in self._walks or job.state not in STEPS:
            return
        if job.state is JobState.QUEUED:
            self._begin(job)
            return
        crashes = job.attempts + 1
        if crashes >= CRASHES_ALLOWED:
            change = Change(parked(job, crashes, self._world.clock.now()), "Studio stopped during this step three times.",
                            by=self._owner)
        else:
            change = Change(job.changed(attempts=crashes), "Taken up again after Studio had stopped.", by=self._owner)
        counted = await self._write(job, change)
        if counted is not None and counted.state in STEPS:
            self._begin(counted, doubted=doubted)

    async def _write(self, before: Job, change: Change) -> Job | None:
        stored = await self._world.store.change(before, change)
        if stored is not None:
            self._world.emit(JobChanged(stored))
        return stored

    def _begin(self, job: Job, *, fresh: bool = False, doubted: bool = False) -> None:
        if self._closing:
            return
        if job.id in self._walks:
            self._next[job.id] = job, fresh, doubted  # its last walk still tidies up: see _leave
            return
        walk = Walk(self._world, job, self._owner, fresh=fresh, doubted=doubted, on_change=self._changed.set)
        self._walks[job.id] = walk
        self._running[job.id] = self._tasks.start(self._run(walk), f"job {job.id}")

    async def _run(self, walk: Walk) -> None:
        try:
            while not walk.gone and (step := STEPS.get(walk.job.state)) is not None:
                self._hints.heard_early(walk)
                try:
                    await step(walk)
                except SupersededError:
                    walk.fresh = False
                except StudioError as error:
                    await self._broken(walk, error)
                except Exception as error:  # noqa: BLE001 - the border of a job: one job's fault must not stop the others
                    await self._broken(walk, error)
            await self._tidy(walk)
        finally:
            self._leave(walk)

    def _leave(self, walk: Walk) -> None:
        """The walk is over. A job that was taken up again meanwhile, from a state that this walk never saw, goes on in a new
        one."""
        job_id = walk.job.id
        self._world.scheduler.leave(walk.job)
        self._walks.pop(job_id, None)
        self._running.pop(job_id, None)
        self._changed.set()
        self._look_at_held(walk.job.request.account)
        job, fresh, doubted = self._next.pop(job_id, (walk.job, False, False))
        if job.revision > walk.job.revision:
            self._begin(job, fresh=fresh, doubted=doubted)

    def _look_at_held(self, account: str) -> None:
        """A job of this account ended: what was reserved for it may be free for those that wait for the budget."""
        for walk in self._walks.values():
            if walk.job.request.account == account and walk.job.waiting_for is WaitReason.BUDGET:
                walk.nudge.set()

    async def _tidy(self, walk: Walk) -> None:
        """A job that ended without a result, and cannot go on over there, needs its uploads no more."""
        job = walk.job
        ended = job.state is JobState.CANCELLED or (job.state is JobState.FAILED and not (job.error and job.error.retryable))
        if walk.gone or not ended:
            return
        try:
            await drop_uploads(walk)
        except StudioError as error:
            log.info("the uploads of job %s stay for now: %s", job.id, error.message)

    async def _broken(self, walk: Walk, error: Exception) -> None:
        """Nothing that a step provides for: ours. The job stops where it can be taken up again by the person."""
        log.error("job %s broke in state %s", walk.job.id, walk.job.state, exc_info=error)
        words = f"Studio made a mistake with this job ({type(error).__name__})."
        shown = error if isinstance(error, StudioError) else BugError(words)
        kept = JobError(shown.kind, shown.code, shown.message, True, shown.advice, Cost.UNKNOWN)
        state = JobState.UNKNOWN if walk.job.state is JobState.SUBMITTING else JobState.FAILED
        finished = None if state is JobState.UNKNOWN else self._world.clock.now()
        try:
            await walk.write(shown.message, state=state, error=kept, finished_at=finished)
        except SupersededError:
            walk.fresh = False

    # -- what the person asks for

    async def submit(self, job: Job) -> Job:
        """Store a new job and follow it."""
        return (await self.submit_all([job]))[0]

    async def submit_all(self, made: Sequence[Job]) -> Sequence[Job]:
        """Store new jobs, all or none, and follow them."""
        stored = await self._world.store.add_all(made)
        for job in stored:
            self._world.emit(JobChanged(job, is_new=True))
        try:
            await self.take_up()
        except StudioError as error:
            # They are in the store and will be taken up: saying now that it failed would have them made twice.
            log.warning("new jobs could not be taken up yet: %s", error.message)
        return stored

    async def cancel(self, job_id: str, *, only: frozenset[JobState] | None = None) -> Job:
        """Before it runs: at once. While it runs: over there too, as far as the service can, within some seconds.

        Raises InputError when the job has ended, or its result is on its way here already, or it is in none of the states
        `only`.
        """
        while True:
            job = await self._get(job_id)
            if only is not None and job.state not in only:
                raise InputError(f"The job is {job.state} by now.", code="not_cancellable")
            if job.state is JobState.CANCELLING:
                break
            after, note = cancelled(job, self._world.clock.now())
            stored = await self._write(job, Change(after, note))
            if stored is not None:
                job = stored
                break
        await self._wake(job)
        return await self._settled(job)

    async def _wake(self, job: Job) -> None:
        """Make the walk notice at once. Only a request that may cost something is not broken off: its answer is needed.

        A job that nobody follows is cancelled from here; one of another living process by that one, as two that follow the
        same job would fetch its result into the same file.
        """
        walk = self._walks.get(job.id)
        if walk is not None and walk.in_post:
            walk.nudge.set()
            return
        task = self._running.get(job.id)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        if walk is not None and job.state is JobState.CANCELLED:
            walk.job = job  # it was stopped in the middle of a step
            await self._tidy(walk)
        if job.state in STEPS:
            for ours in await self._world.store.claim(self._owner, self._alive, 1, only=job.id):
                self._begin(ours)

    async def _settled(self, job: Job) -> Job:
        """The job after its cancel is through, here or in the process that follows it."""
        waited = 0.0
        while True:
            walk = self._walks.get(job.id)
            stored = await self._get(job.id)
            elsewhere = walk is None and stored.state is JobState.CANCELLING and waited < _CANCEL_ELSEWHERE_S
            here = walk is not None and walk.job.state in (JobState.RUNNING, JobState.CANCELLING)
            if not here and not elsewhere:
                return stored
            self._changed.clear()
            await self._world.clock.wait(self._changed, _SMALL_WAIT_S)
            waited += _SMALL_WAIT_S

    async def retry(self, job_id: str) -> Job:
        """Go on with a failed job, or answer for one whose outcome is unknown: send it again under the same key.

        A failed job that lies finished or running at the service is asked for again; else it is a new intent with a new key.
        Where the first intent left results it stays as it is, and the new intent is a job of its own: that one is given.
        """
        job = await self._get(job_id)
        if job.state is JobState.FAILED and job.asset_ids and not is_there(job):
            return await self.submit(Job.new(job.request).changed(credits=Credits(job.credits.estimated)))
        after, note = retried(job)
        if after.state is JobState.QUEUED:
            await self._world.hosted.release(job.id)
        stored = await self._write(job, Change(after, note))
        if stored is None:
            return await self._get(job_id)
        self._begin(stored, fresh=job.state is JobState.UNKNOWN)
        return stored

    async def give_up(self, job_id: str) -> Job:
        """The person's answer to an unknown outcome: it is not followed any more."""
        job = await self._get(job_id)
        if job.state is not JobState.UNKNOWN:
            raise InputError(f"The job is {job.state}: only an unknown outcome can be given up.", code="not_unknown")
        error = JobError.of(UnknownOutcomeError("Given up without knowing whether it arrived.", code="given_up"))
        after = job.changed(state=JobState.FAILED, error=error, finished_at=self._world.clock.now())
        await self._write(job, Change(after, error.message))
        await self._world.hosted.release(job_id)
        return await self._get(job_id)

    async def approve(self, job_id: str) -> Job:
        """The person's word that a job may be sent whatever its account's budget says. Once for a job; again is fine.

        Raises InputError for a job that has left the queue.
        """
        while True:
            job = await self._get(job_id)
            if job.approved:
                return job
            if job.state is not JobState.QUEUED:
                raise InputError(f"The job is {job.state}: there is nothing to approve.", code="not_held")
            held = job.waiting_for is WaitReason.BUDGET
            after = job.changed(approved=True, **({"waiting_for": None, "error": None} if held else {}))
            stored = await self._write(job, Change(after, "Approved by the person."))
            if stored is not None:
                break
        self.nudge([job_id])
        return stored

    async def check_again(self, job_id: str) -> Job:
        """Ask the service once about a job that it has an id for; never sends anything that may cost.

        A finished result that is not here is fetched, a failed job that still runs there is followed again. Raises
        InputError without an id, and the service's own reason.
        """
        walk = self._walks.get(job_id)
        if walk is not None and walk.job.state is JobState.RUNNING:
            return await self._looked_at(walk)
        answer = await ask(self._world, await self._get(job_id))
        job = await self._get(job_id)
        while (stored := await self._write(job, told(job, answer))) is None:
            job = await self._get(job_id)
        if stored.state in STEPS and stored.state is not job.state:
            self._begin(stored)
        return stored

    async def _looked_at(self, walk: Walk) -> Job:
        """A job that is followed here, after its next poll; that comes at once, or when its account may ask again."""
        looks, waited = walk.looks, 0.0
        walk.told = True
        walk.nudge.set()
        while not walk.gone and walk.job.state is JobState.RUNNING and walk.looks == looks and waited < _CANCEL_ELSEWHERE_S:
            self._changed.clear()
            await self._world.clock.wait(self._changed, _SMALL_WAIT_S)
            waited += _SMALL_WAIT_S
        return await self._get(walk.job.id)

    async def _get(self, job_id: str) -> Job:
        job = await self._world.store.get(job_id)
        if job is None:
            raise NotFoundError(f"There is no job {job_id}.", advice="See `studio jobs list`.")
        return job

    # -- the whole

    def follows(self, job_id: str) -> bool:
        return job_id in self._walks

    def look_now(self, account: str, remote_id: str) -> bool:
        """An event says that this job ended over there: see studio.jobs.hints."""
        return self._hints.look_now(account, remote_id)

    def nudge(self, job_ids: Collection[str] | None = None) -> None:
        """The store was changed from outside: let every waiting job, or those, look at it."""
        for job_id in {*self._walks} if job_ids is None else self._walks.keys() & job_ids:
            self._walks[job_id].nudge.set()

    async def look_around(self) -> None:
        """Another process wrote to the store: whoever works on a job that it changed looks at it, and so do those who may go
        for what changed. One question to the store, however many wait."""
        marks = await self._world.store.marks()
        for job_id, walk in list(self._walks.items()):
            mine = (walk.job.revision, walk.job.position, self._owner)
            if marks.get(job_id) != mine or walk.job.waiting_for is WaitReason.BUDGET:
                walk.nudge.set()
        self._world.scheduler.look_again()

    async def idle(self) -> None:
        """Until no job can move any more: ended, waiting for the person, or for something outside to change."""
        while self._movable():
            self._changed.clear()
            await self._world.clock.wait(self._changed, _SMALL_WAIT_S)

    def _movable(self) -> bool:
        walks = list(self._walks.values())
        movable = [walk for walk in walks if not walk.stuck]
        if len(movable) == len(walks):
            return bool(movable)
        # Those who wait for a place behind a stuck job are stuck themselves.
        return any(walk.job.waiting_for is not WaitReason.CONCURRENCY_LIMIT for walk in movable)

    async def close(self) -> None:
        """Stop following, orderly: requests on their way are waited for, and the jobs are free for the next process."""
        self._closing = True
        left = list(self._walks)
        waited = 0.0
        while self._stop_quiet() and waited < POST_GRACE_S:
            self._changed.clear()
            await self._world.clock.wait(self._changed, _SMALL_WAIT_S)
            waited += _SMALL_WAIT_S
        await self._tasks.close()
        for job_id in left:
            stored = await self._world.store.get(job_id)
            if stored is not None and stored.attempts > 0:
                # This was no crash.
                await self._world.store.change(stored, Change(stored.changed(attempts=0), by=self._owner))
        await self._world.store.release(self._owner)

    def _stop_quiet(self) -> bool:
        """Stop every job that has no request on its way, before it makes one. Whether there are others."""
        for job_id, task in list(self._running.items()):
            if not self._walks[job_id].in_post:
                task.cancel()
        return any(walk.in_post for walk in self._walks.values())

