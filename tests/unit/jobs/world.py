"""A world for jobs in memory: a store with the same guard, a service that follows a script, a clock that leaps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from studio.domain.account import Account, Balance, Service
from studio.domain.asset import Asset, Recipe
from studio.domain.errors import BugError, StudioError
from studio.domain.event import Event
from studio.domain.hosted import HostedFile, SharedFile
from studio.domain.job import Job, JobRequest, TimelineEntry
from studio.domain.ledger import Hold, SendingTerms
from studio.domain.operation import MediaKind, Operation, Parameter, ParameterKind
from studio.domain.remote import Change, Pace, RemoteJob, RemoteResult
from studio.domain.state import ACTIVE, JobState, may_follow
from studio.jobs.ports import FileHost
from studio.jobs.runner import Runner
from studio.jobs.scheduler import Scheduler
from studio.jobs.walk import World

VIDEO = Operation("video.generate", "Generate Video", MediaKind.VIDEO, (
    Parameter("prompt", "Prompt", ParameterKind.TEXT, required=True),
    Parameter("image_url", "Photo", ParameterKind.MEDIA),
    Parameter("reference_image_urls", "References", ParameterKind.MEDIA_LIST),
    Parameter("seed", "Seed", ParameterKind.SEED),
    Parameter("model", "Model", ParameterKind.CHOICE),
))
PROMPT = Operation("prompt.enhance.video", "Enhance", MediaKind.PROMPT, (
    Parameter("prompt", "Prompt", ParameterKind.TEXT, required=True),
))
ACCOUNT = Account("paid", Service.CANNON_STUDIO, "https://example.test")


class LeapingClock:
    """Virtual time: when every task of the loop waits, it leaps to the earliest end of a wait."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, tzinfo=UTC)
        self._ends: list[datetime] = []

    def now(self) -> datetime:
        return self.moment

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        end = self.moment + timedelta(seconds=seconds)
        self._ends.append(end)
        try:
            while self.moment < end:
                for _ in range(25):
                    await asyncio.sleep(0)
                    if event.is_set():
                        return True
                if self.moment < end == min(self._ends):
                    self.moment = end
            return event.is_set()
        finally:
            self._ends.remove(end)


class MemoryStore:
    """Guard, owners and timeline as in the real store, without a disk. Checks every transition against the table."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.owners: dict[str, str] = {}
        self.lines: dict[str, list[TimelineEntry]] = {}
        self.walked: list[tuple[JobState, JobState]] = []
        self.raw: list[Mapping[str, object]] = []
        self.failing: list[StudioError] = []
        self.clock: LeapingClock = LeapingClock()

    async def add(self, job: Job, note: str = "") -> Job:
        await asyncio.sleep(0)
        last = max((one.position for one in self.jobs.values()), default=0.0)
        placed = self.jobs[job.id] = job.changed(position=last + 1.0)
        self.lines[job.id] = [TimelineEntry(self.clock.now(), job.state, note)]
        return placed

    async def add_all(self, made: Sequence[Job], note: str = "") -> Sequence[Job]:
        return [await self.add(job, note) for job in made]

    async def change(self, expected: Job, change: Change) -> Job | None:
        await asyncio.sleep(0)
        if self.failing:
            raise self.failing.pop(0)
        now = self.jobs[expected.id]
        if now.revision != expected.revision or change.by not in (None, self.owners.get(now.id, change.by)):
            return None
        then = change.job
        if then.state is not now.state:
            assert may_follow(now.state, then.state), f"{now.state} -> {then.state}"
            self.walked.append((now.state, then.state))
        if then.state is not now.state or change.note:
            self.lines[then.id].append(TimelineEntry(self.clock.now(), then.state, change.note))
        if change.raw is not None:
            self.raw.append(change.raw)
        if then.state not in ACTIVE:
            self.owners.pop(then.id, None)
        stored = replace(then, revision=now.revision + 1)
        self.jobs[then.id] = stored
        return stored

    async def hold(self, job: Job, terms: SendingTerms) -> Hold | None:
        return None  # for budgets and pauses see tests/unit/app/test_budget.py, over the real store

    async def claim(
        self, owner: str, alive: Callable[[str], bool], limit: int = 100, *, only: str | None = None
    ) -> Sequence[Job]:
        await asyncio.sleep(0)
        free = [job for job in self.jobs.values()
                if job.state in ACTIVE and only in (None, job.id) and (
                    job.id not in self.owners or not alive(self.owners[job.id]) or (only and self.owners[job.id] == owner)
                )][:limit]
        for job in free:
            self.owners[job.id] = owner
        return free

    async def release(self, owner: str) -> None:
        self.owners = {job: one for job, one in self.owners.items() if one != owner}

    async def get(self, job_id: str) -> Job | None:
        await asyncio.sleep(0)
        return self.jobs.get(job_id)

    async def followed(self, job_id: str, owner: str) -> Job | None:
        job = await self.get(job_id)
        return job if self.owners.get(job_id, owner) == owner else None

    async def marks(self) -> Mapping[str, tuple[int, float, str | None]]:
        return {job.id: (job.revision, job.position, self.owners.get(job.id))
                for job in self.jobs.values() if not job.is_terminal}

    async def timeline(self, job_id: str) -> Sequence[TimelineEntry]:
        return self.lines[job_id]

    def notes(self, job: Job) -> str:
        return " | ".join(entry.note for entry in self.lines[job.id] if entry.note)


class MemoryPaces:
    def __init__(self) -> None:
        self.kept: dict[str, Pace] = {}

    async def pace(self, account: str) -> Pace:
        await asyncio.sleep(0)
        return self.kept.get(account, Pace())

    async def set_pace(self, account: str, pace: Pace) -> None:
        await asyncio.sleep(0)
        self.kept[account] = pace


class MemoryHosted:
    """What jobs have of their own at the service; for what they share see tests/unit/jobs/test_hosting.py."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, str]] = {}

    def turn(self, file: SharedFile) -> asyncio.Lock:
        return asyncio.Lock()

    async def load(self, job_id: str) -> Mapping[str, HostedFile]:
        return {value: HostedFile(url) for value, url in self.kept.get(job_id, {}).items()}

    async def share(self, job_id: str, file: SharedFile, until: datetime) -> HostedFile | None:
        return None

    async def reserve(self, job_id: str, file: SharedFile, location: str) -> str:
        return location

    async def save(self, job_id: str, file: SharedFile, hosted: HostedFile) -> None:
        self.kept.setdefault(job_id, {})[file.value] = hosted.url

    async def release(self, job_id: str) -> Sequence[HostedFile]:
        return [HostedFile(url) for url in self.kept.pop(job_id, {}).values()]

    async def unused(self, moment: datetime) -> Sequence[tuple[str, str]]:
        return []

    async def removed(self, location: str) -> None:
        return None


class MemoryLibrary:
    def __init__(self) -> None:
        self.placed: dict[tuple[str, int], Asset] = {}
        self.failing: list[StudioError] = []
        self.recipes: list[Recipe] = []

    def part_for(self, job: Job, index: int) -> Path:
        return Path(f"/parts/{job.id}-{index}.part")

    async def place(
        self, job: Job, index: int, part: Path, kind: MediaKind, file_name: str, recipe: Recipe, sha256: str | None = None
    ) -> Asset:
        await asyncio.sleep(0)
        if self.failing:
            raise self.failing.pop(0)
        self.recipes.append(recipe)
        made = Asset(f"asset_{job.id}_{index}", kind, Path(f"/media/{index}"), "video/mp4", "0" * 64, 10, job_id=job.id)
        return self.placed.setdefault((job.id, index), made)

    async def reconcile(self, job: Job, index: int, recipe: Recipe) -> Asset | None:
        return self.placed.get((job.id, index))

    async def place_prompt(self, job: Job, text: str, recipe: Recipe) -> Asset:
        return await self.place(job, 0, Path("/none"), MediaKind.PROMPT, "", recipe)

    def local_file(self, value: str) -> Path | None:
        return Path("/inputs/photo.jpg") if value == "file:///inputs/photo.jpg" else None


Answer = RemoteJob | StudioError | Callable[[], Awaitable[RemoteJob]]


def remote(state: JobState = JobState.RUNNING, **more: object) -> RemoteJob:
    return RemoteJob(remote_id="req_1", state=state, raw={"status": state.value}, **more)  # type: ignore[arg-type]


def finished(count: int = 1, charged: float | None = 48.0) -> RemoteJob:
    results = tuple(RemoteResult(f"https://cdn.test/{i}", MediaKind.VIDEO, f"{i}.mp4") for i in range(count))
    return remote(JobState.DOWNLOADING, results=results, charged=charged, output={"video_url": "…"})


@dataclass
class ScriptedProvider:
    """Answers each kind of request from its list; the last answer repeats. `asked` is what it was asked, and when."""

    clock: LeapingClock
    account: Account = ACCOUNT
    honours_idempotency: bool = True
    can_cancel: bool = True
    requests_remaining: int | None = None
    media_host: FileHost | None = None
    submits: list[Answer] = field(default_factory=lambda: [remote()])
    polls: list[Answer] = field(default_factory=lambda: [finished()])
    cancels: list[Answer] = field(default_factory=lambda: [remote(JobState.CANCELLED, charged=0.0)])
    hosts: list[Answer] = field(default_factory=list)
    downloads: list[StudioError] = field(default_factory=list)
    discards: list[StudioError] = field(default_factory=list)
    asked: list[tuple[str, object, datetime]] = field(default_factory=list)

    def operations(self) -> Sequence[Operation]:
        return (VIDEO, PROMPT)

    def validate(self, operation: str, values: Mapping[str, object]) -> None:
        raise BugError("not used by the runner")

    def times(self, kind: str) -> int:
        return sum(1 for asked, _, _ in self.asked if asked == kind)

    def sent(self) -> list[tuple[str, dict[str, object]]]:
        """Key and body of every request that may cost something."""
        return [what for kind, what, _ in self.asked if kind == "submit" and isinstance(what, tuple)]

    def moments(self, kind: str) -> list[datetime]:
        return [moment for asked, _, moment in self.asked if asked == kind]

    async def _answer(self, kind: str, what: object, answers: list[Answer]) -> RemoteJob:
        self.asked.append((kind, what, self.clock.now()))
        await asyncio.sleep(0)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, StudioError):
            raise answer
        return answer if isinstance(answer, RemoteJob) else await answer()

    async def host(self, path: Path) -> str:
        if self.hosts:
            await self._answer("host", path, [*[self.hosts.pop(0)]])
        else:
            self.asked.append(("host", path, self.clock.now()))
        return f"https://hosted.test/{path.name}?token=secret{self.times('host')}"

    async def submit(self, operation: str, values: Mapping[str, object], idempotency_key: str) -> RemoteJob:
        return await self._answer("submit", (idempotency_key, dict(values)), self.submits)

    async def poll(self, operation: str, remote_id: str) -> RemoteJob:
        return await self._answer("poll", remote_id, self.polls)

    async def cancel(self, remote_id: str) -> RemoteJob:
        return await self._answer("cancel", remote_id, self.cancels)

    async def download(self, url: str, part: Path, report: Callable[[int, int | None], None]) -> str:
        self.asked.append(("download", url, self.clock.now()))
        await asyncio.sleep(0)
        if self.downloads:
            raise self.downloads.pop(0)
        report(5, 10)
        report(10, 10)
        return "0" * 64

    async def discard(self, url: str) -> None:
        self.asked.append(("discard", url, self.clock.now()))
        if self.discards:
            raise self.discards.pop(0)

    async def balance(self) -> Balance:
        return Balance()

    async def close(self) -> None:
        return None


class Play:
    """A runner in that world. `restart` forgets the process as kill -9 does: nothing is written, nothing is released."""

    def __init__(self, provider: ScriptedProvider | None = None) -> None:
        self.clock = LeapingClock()
        self.store = MemoryStore()
        self.store.clock = self.clock
        self.paces = MemoryPaces()
        self.hosted = MemoryHosted()
        self.library = MemoryLibrary()
        self.provider = provider or ScriptedProvider(self.clock)
        self.provider.clock = self.clock
        self.missing: StudioError | None = None
        self.events: list[Event] = []
        self._processes = 0
        self.runner = self._start()

    async def of(self, account: str) -> ScriptedProvider:
        if self.missing is not None:
            raise self.missing
        return self.provider

    async def _in_flight(self, account: str) -> set[str]:
        busy = (JobState.UPLOADING, JobState.SUBMITTING, JobState.RUNNING, JobState.CANCELLING)
        return {job.id for job in self.store.jobs.values() if job.state in busy and job.request.account == account}

    def _start(self) -> Runner:
        self._processes += 1
        self.me = f"process-{self._processes}"
        scheduler = Scheduler(self.paces, self.clock, self._in_flight)
        world = World(self.store, self, self.library, self.hosted, scheduler, self.clock, self.events.append, lambda: 0.5)
        self.scheduler = scheduler
        me = self.me
        return Runner(world, self.me, lambda owner: owner == me)

    async def restart(self) -> Runner:
        await self.runner._tasks.close()
        self.runner = self._start()
        await self.runner.take_up()
        return self.runner

    async def submit(self, **values: object) -> Job:
        operation = str(values.pop("operation", "video.generate"))
        job = Job.new(JobRequest(operation, "paid", {"prompt": "a pier", **values}))
        return await self.runner.submit(job.changed(created_at=self.clock.now()))

    async def until(self, job: Job, *states: JobState) -> Job:
        """The job, once it is in one of `states`."""
        return await self.sees(job, lambda seen: seen.state in states)

    async def sees(self, job: Job, condition: Callable[[Job], bool]) -> Job:
        """The job, once `condition` is true of what is stored."""
        for _ in range(200_000):
            if condition(self.store.jobs[job.id]):
                return self.store.jobs[job.id]
            await asyncio.sleep(0)
        raise AssertionError(f"still {self.store.jobs[job.id].state}: {self.store.notes(job)}")

    def now(self, job: Job) -> Job:
        return self.store.jobs[job.id]
