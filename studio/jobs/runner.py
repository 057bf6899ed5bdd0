"""Follows every unfinished job of this data folder that no other living process follows, and does what the person asks."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from studio.domain.errors import BugError, Cost, InputError, NotFoundError, StudioError, UnknownOutcomeError
from studio.domain.event import JobChanged
from studio.domain.job import Credits, Job, JobError
from studio.domain.remote import Change
from studio.domain.state import JobState, WaitReason
from studio.jobs.collecting import downloading
from studio.jobs.following import cancelling, running
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
TOLD_EVERY = timedelta(seconds=5)
POST_GRACE_S = 15.0
"""How long closing waits for a request that may cost something to be answered."""

_BEFORE_SENT = frozenset({JobState.DRAFT, JobState.QUEUED, JobState.UPLOADING, JobState.SUBMITTING, JobState.UNKNOWN})
_MOST_EARLY = 64
_SMALL_WAIT_S = 0.5
_CANCEL_ELSEWHERE_S = 10.0
"""How long a cancel waits for the process that follows the job."""


class Runner:
    """`owner` says which process this is; `alive` whether the process of another owner still lives."""

    def __init__(self, world: World, owner: str, alive: Callable[[str], bool]) -> None:
        self._world = world
        self._owner = owner
        self._alive = alive
        self._walks: dict[str, Walk] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks = Tasks()
        self._changed = asyncio.Event()
        self._early: dict[tuple[str, str], None] = {}
        self._claiming = asyncio.Lock()
        self._closing = False

    # -- taking up

    async def take_up(self) -> None:
        """Claim and follow what nobody follows: new jobs, and those of processes that died."""
        async with self._claiming:
            while not self._closing:
                claimed = await self._world.store.claim(self._owner, self._alive, CLAIM_LIMIT)
                for job in claimed:
                    await self._take_up_one(job)
                if len(claimed) < CLAIM_LIMIT:
                    return

    async def _take_up_one(self, job: Job) -> None:
        if job.id in self._walks or job.state not in STEPS:
            return
        if job.state is JobState.QUEUED:
            self._begin(job)
            return
        crashes = job.attempts + 1
        if crashes >= CRASHES_ALLOWED:
            counted = await self._write(job, self._parked(job, crashes), "Studio stopped during this step three times.")
        else:
            counted = await self._write(job, job.changed(attempts=crashes), "Taken up again after Studio had stopped.")
        if counted is not None and counted.state in STEPS:
            self._begin(counted)

    def _parked(self, job: Job, crashes: int) -> Job:
        message = f"Studio stopped {crashes} times in a row during the step “{job.state}”."
        advice = "Retry when you like; please report it if it happens again."
        error = JobError("bug", "parked", message, True, advice, Cost.UNKNOWN)
        # An unanswered request must not become a new intent by a retry: `unknown` is sent again under the same key.
        state = JobState.UNKNOWN if job.state is JobState.SUBMITTING else JobState.FAILED
        finished = None if state is JobState.UNKNOWN else self._world.clock.now()
        return job.changed(state=state, attempts=0, error=error, waiting_for=None, not_before=None, finished_at=finished)

    async def _write(self, before: Job, after: Job, note: str) -> Job | None:
        stored = await self._world.store.change(before, Change(after, note))
        if stored is not None:
            self._world.emit(JobChanged(stored))
        return stored

    def _begin(self, job: Job, *, fresh: bool = False) -> None:
        if self._closing or job.id in self._walks:
            return
        walk = Walk(self._world, job, fresh=fresh, on_change=self._changed.set)
        self._walks[job.id] = walk
        self._running[job.id] = self._tasks.start(self._run(walk), f"job {job.id}")

    async def _run(self, walk: Walk) -> None:
        try:
            while not walk.gone and (step := STEPS.get(walk.job.state)) is not None:
                self._heard_early(walk)
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
            self._world.scheduler.leave(walk.job)
            self._walks.pop(walk.job.id, None)
            self._running.pop(walk.job.id, None)
            self._changed.set()
            self._look_at_held(walk.job.request.account)

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
        await self._world.store.add(job)
        self._world.emit(JobChanged(job, is_new=True))
        try:
            await self.take_up()
        except StudioError as error:
            # The job is in the store and will be taken up: saying now that it failed would have it made twice.
            log.warning("job %s could not be taken up yet: %s", job.id, error.message)
        return job

    async def cancel(self, job_id: str) -> Job:
        """Before it runs: at once. While it runs: over there too, as far as the service can, within some seconds.

        Raises InputError when the job has ended, or its result is on its way here already.
        """
        while True:
            job = await self._get(job_id)
            if job.state is JobState.CANCELLING:
                break
            after, note = self._cancelled(job)
            stored = await self._write(job, after, note)
            if stored is not None:
                job = stored
                break
        await self._wake(job)
        return await self._settled(job)

    def _cancelled(self, job: Job) -> tuple[Job, str]:
        if job.state is JobState.RUNNING:
            return job.changed(state=JobState.CANCELLING, waiting_for=None, not_before=None), ""
        if job.state not in _BEFORE_SENT:
            raise InputError(f"The job is {job.state}: there is nothing to cancel.", code="not_cancellable")
        risky = job.state in (JobState.SUBMITTING, JobState.UNKNOWN)
        note = "Cancelled while it was sent: if it arrived, it may run over there, and cost." if risky else "Cancelled."
        moment = self._world.clock.now()
        after = job.changed(state=JobState.CANCELLED, waiting_for=None, not_before=None, error=None, finished_at=moment)
        return after, note

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
        if job.state is JobState.FAILED and job.asset_ids and not _is_there(job):
            return await self.submit(Job.new(job.request).changed(credits=Credits(job.credits.estimated)))
        fresh = job.state is JobState.UNKNOWN
        if fresh:
            after, note = job.changed(state=JobState.SUBMITTING, error=None), "Sent again by the person, under the same key."
        elif job.state is JobState.FAILED:
            after, note = _again(job)
        else:
            raise InputError(f"The job is {job.state}: there is nothing to retry.", code="not_retryable")
        after = after.changed(attempts=0, waiting_for=None, not_before=None, finished_at=None)
        if after.state is JobState.QUEUED:
            await self._world.hosted.release(job.id)
        stored = await self._write(job, after, note)
        if stored is None:
            return await self._get(job_id)
        self._begin(stored, fresh=fresh)
        return stored

    async def give_up(self, job_id: str) -> Job:
        """The person's answer to an unknown outcome: it is not followed any more."""
        job = await self._get(job_id)
        if job.state is not JobState.UNKNOWN:
            raise InputError(f"The job is {job.state}: only an unknown outcome can be given up.", code="not_unknown")
        error = JobError.of(UnknownOutcomeError("Given up without knowing whether it arrived.", code="given_up"))
        after = job.changed(state=JobState.FAILED, error=error, finished_at=self._world.clock.now())
        await self._write(job, after, error.message)
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
            stored = await self._write(job, after, "Approved by the person.")
            if stored is not None:
                break
        walk = self._walks.get(job_id)
        if walk is not None:
            walk.nudge.set()
        return stored

    async def _get(self, job_id: str) -> Job:
        job = await self._world.store.get(job_id)
        if job is None:
            raise NotFoundError(f"There is no job {job_id}.", advice="See `studio jobs list`.")
        return job

    # -- the whole

    def follows(self, job_id: str) -> bool:
        return job_id in self._walks

    def look_now(self, account: str, remote_id: str) -> bool:
        """An event says that this job ended over there: ask the service at once. Whether a job was found to look at.

        It is a hint and no more: the poll says what is true, and a wait that the service asked for is kept. Anybody may send
        one, so it counts once in TOLD_EVERY for each job.
        """
        moment = self._world.clock.now()
        for walk in self._walks.values():
            job = walk.job
            if job.state is not JobState.RUNNING or job.remote_id != remote_id or job.request.account != account:
                continue
            if walk.told_at is None or abs(moment - walk.told_at) >= TOLD_EVERY:
                walk.told, walk.told_at = True, moment
                walk.nudge.set()
            return True
        self._early[(account, remote_id)] = None
        while len(self._early) > _MOST_EARLY:
            del self._early[next(iter(self._early))]
        return False

    def _heard_early(self, walk: Walk) -> None:
        """The event of a quick job can come before the answer that names the job is written."""
        job = walk.job
        if job.state is JobState.RUNNING and job.remote_id is not None:
            key = (job.request.account, job.remote_id)
            if key in self._early:
                del self._early[key]
                walk.told, walk.told_at = True, self._world.clock.now()

    def nudge(self) -> None:
        """The store was changed from outside: let every waiting job look at it."""
        for walk in list(self._walks.values()):
            walk.nudge.set()

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
                await self._world.store.change(stored, Change(stored.changed(attempts=0)))
        await self._world.store.release(self._owner)

    def _stop_quiet(self) -> bool:
        """Stop every job that has no request on its way, before it makes one. Whether there are others."""
        for job_id, task in list(self._running.items()):
            if not self._walks[job_id].in_post:
                task.cancel()
        return any(walk.in_post for walk in self._walks.values())


def _again(job: Job) -> tuple[Job, str]:
    if _is_there(job):
        return job.changed(state=JobState.RUNNING, error=None), "Asked for again."
    anew = job.changed(state=JobState.QUEUED, idempotency_key=secrets.token_hex(16), remote_id=None, submitted_at=None,
                       error=None, progress=None, eta_s=None, output=None, asset_ids=(),
                       credits=Credits(job.credits.estimated), approved=False)
    return anew, "Retried, as a new request."


def _is_there(job: Job) -> bool:
    """Whether a failed job may still run, or lie finished, at the service."""
    return job.remote_id is not None and job.error is not None and job.error.retryable
