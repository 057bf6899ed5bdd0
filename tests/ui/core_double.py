"""A double of the core for tests of widgets alone: the same methods, no disk, no network, no engine.

It stands in only where a test needs a state that the real core reaches slowly or rarely (half done, failed, unknown).
Everything else is tested over the real core: see the `bridge` fixture.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

from studio.domain.account import LOCAL, Account, Balance, Secret
from studio.domain.asset import Asset
from studio.domain.errors import InputError, KeyRefusedError, NotFoundError
from studio.domain.event import BalanceChanged, Event, JobChanged, Listener
from studio.domain.job import Job, JobRequest, TimelineEntry
from studio.domain.ledger import Estimate, LedgerEntry
from studio.domain.operation import MediaKind, Operation, Parameter, ParameterKind
from studio.domain.query import AssetQuery, JobQuery, JobTotals
from studio.domain.state import JobState
from studio.settings.keys import KeySource
from studio.settings.paths import Paths
from tests.ui.history_double import HistoryDouble
from tests.ui.queue_double import QueueDouble
from tests.ui.references_double import ReferencesDouble

_IMAGE = (MediaKind.IMAGE,)
_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")
_PROMPT = Parameter("prompt", "Prompt", ParameterKind.TEXT, required=True, maximum=5000, multiline=True, help="Your words.")
_RATIO = Parameter("aspect_ratio", "Aspect ratio", ParameterKind.ASPECT_RATIO, default="16:9", choices=_RATIOS)
_SEED = Parameter("seed", "Seed", ParameterKind.SEED, minimum=0, maximum=2147483647, help="Same seed, same result.")

OPERATIONS = [
    Operation(
        "video.generate", "Generate Video", MediaKind.VIDEO,
        (
            _PROMPT,
            Parameter("duration", "Duration", ParameterKind.INTEGER, default=5, minimum=1, maximum=60, unit="s"),
            Parameter("image_url", "Start frame", ParameterKind.MEDIA, accepts=(MediaKind.IMAGE,)),
            _RATIO,
            Parameter("resolution", "Resolution", ParameterKind.CHOICE, default="1080p", choices=("720p", "1080p", "4k")),
            Parameter("audio", "Sound", ParameterKind.SWITCH, default=False, help="Add a soundscape that fits."),
            Parameter("negative_prompt", "Negative prompt", ParameterKind.TEXT, multiline=True, advanced=True, maximum=500),
            _SEED,
        ),
    ),
    Operation(
        "image.generate", "Generate Image", MediaKind.IMAGE,
        (
            _PROMPT,
            _RATIO,
            Parameter("resolution", "Resolution", ParameterKind.CHOICE, default="1K", choices=("1K", "2K", "4K")),
            Parameter("quality", "Quality", ParameterKind.CHOICE, choices=("low", "medium", "high"), advanced=True),
            Parameter("style", "Style", ParameterKind.TEXT, maximum=200, help="A style in words."),
            Parameter("reference_image_urls", "References", ParameterKind.MEDIA_LIST, accepts=_IMAGE, maximum=3),
            _SEED,
        ),
    ),
]


class NoChains:
    """Chains of which none was run."""

    async def runs(self, limit: int = 100) -> list[object]:
        return []


class CoreDouble:
    """Holds jobs in a dictionary. `requests` are what was submitted; `show` puts a job into any state."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.chains = NoChains()
        self.requests: list[JobRequest] = []
        self.asked: list[tuple[str, str]] = []
        self.secrets: set[tuple[str, Secret]] = set()
        self.hints: dict[str, str] = {}
        self.no_keyring: str | None = None
        self.offered: list[Operation] = list(OPERATIONS)
        self.preferences: object = SimpleNamespace(theme="dark", default_account="local", reduced_motion=True)
        self._jobs: dict[str, Job] = {}
        self.queue = QueueDouble(self)
        self.history = HistoryDouble(self)
        self.references = ReferencesDouble(self)
        self._accounts = [LOCAL]
        self._listeners: list[Listener] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    async def close(self) -> None:
        self._listeners.clear()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, event: Event) -> None:
        """Listeners are called on the core's loop, as the real core does, from whichever thread this is called."""
        for listener in self._listeners:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(listener, event)

    def accounts(self) -> list[Account]:
        return list(self._accounts)

    def account(self, name: str) -> Account:
        found = next((account for account in self._accounts if account.name == name), None)
        if found is None:
            raise NotFoundError(f"There is no account {name}.")
        return found

    def default_account(self) -> str:
        return "local"

    async def add_account(self, account: Account, key: str | None) -> str | None:
        self._accounts = [*(a for a in self._accounts if a.name != account.name), account]
        if key:
            self.hints[account.name] = key[-4:]
            return self.no_keyring
        return "Kept without a key."

    async def update_account(self, account: Account) -> Account:
        if " " in account.base_url:
            raise InputError("That is no address.", field="base_url")
        self._accounts = [account if one.name == account.name else one for one in self._accounts]
        return account

    async def test_account(self, account: Account, key: str | None) -> Balance:
        if account.name == "wrong" or (key or "").startswith("bad"):
            raise KeyRefusedError("Canvas Labs refused the key: invalid API key.")
        return Balance(remaining=732, used_this_month=120, plan="Pro", requests_per_minute=60, concurrent_jobs=5)

    async def test_media_host(self, account: Account) -> None:
        self.asked.append(("test_media_host", account.name))
        if account.media_host.bucket != "my-media":
            raise InputError("The bucket does not exist.", field="media_host.bucket")

    async def set_secret(self, name: str, purpose: Secret, value: str | None) -> str | None:
        self.secrets.discard((name, purpose))
        if value is not None:
            self.secrets.add((name, purpose))
        return self.no_keyring if value is not None else None

    async def has_secret(self, name: str, purpose: Secret) -> bool:
        return (name, purpose) in self.secrets

    async def key_hint(self, name: str) -> str | None:
        return self.hints.get(name)

    async def key_source(self, name: str) -> KeySource:
        return KeySource.KEYRING if name in self.hints else KeySource.NONE

    def webhook_address(self, account: str) -> str | None:
        return None if account == "local" else f"http://127.0.0.1:8123/hooks/{account}/3f9ae1"

    async def remove_account(self, name: str) -> None:
        self._accounts = [a for a in self._accounts if a.name != name]

    async def is_paused(self) -> bool:
        return False

    async def estimate(self, request: JobRequest) -> Estimate:
        return Estimate()

    async def balance(self, account: str) -> Balance:
        if account == "wrong":
            raise KeyRefusedError("Canvas Labs refused the key: invalid API key.")
        balance = Balance(unlimited=True) if account == "local" else Balance(remaining=732)
        self.emit(BalanceChanged(account, balance))
        return balance

    def operations(self, account: str | None = None) -> list[Operation]:
        return list(self.offered)

    async def attach(self, path: Path) -> str:
        data = path.read_bytes()
        return await self.attach_bytes(data, path.name)

    async def attach_bytes(self, data: bytes, name: str) -> str:
        if not data.startswith((b"\x89PNG", b"\xff\xd8")):
            raise InputError(f"{name} is no picture, video or sound.", advice="Choose another file.")
        target = self.paths.inputs / (hashlib.sha256(data).hexdigest() + Path(name).suffix)
        target.write_bytes(data)
        return target.as_uri()

    async def submit(self, request: JobRequest) -> Job:
        if "reject" in str(request.input.get("prompt", "")):
            raise InputError("The prompt is refused.", field="prompt")
        self.requests.append(request)
        return self.show(Job.new(request))

    def show(self, job: Job) -> Job:
        """Put `job` there as it is and tell the listeners."""
        is_new = job.id not in self._jobs
        self._jobs[job.id] = job
        self.emit(JobChanged(job, is_new))
        return job

    async def job(self, job_id: str) -> Job:
        if job_id not in self._jobs:
            raise NotFoundError(f"There is no job {job_id}.")
        return self._jobs[job_id]

    async def jobs(self, query: JobQuery) -> list[Job]:
        found = [
            job for job in sorted(self._jobs.values(), key=lambda job: job.id, reverse=True)
            if (query.state is None or job.state is query.state) and (query.before is None or job.id < query.before)
            and not (query.unfinished and job.is_terminal)
        ]
        return found[: query.limit]

    async def job_costs(self, job_id: str) -> list[LedgerEntry]:
        return []

    async def timeline(self, job_id: str) -> list[TimelineEntry]:
        return []

    @property
    def jobs_by_id(self) -> dict[str, Job]:
        return self._jobs

    async def totals(self, since: datetime) -> JobTotals:
        return JobTotals(jobs=len(self._jobs))

    async def _to(self, job_id: str, state: JobState, word: str) -> Job:
        self.asked.append((word, job_id))
        return self.show((await self.job(job_id)).changed(state=state))

    async def cancel(self, job_id: str) -> Job:
        return await self._to(job_id, JobState.CANCELLED, "cancel")

    async def retry(self, job_id: str) -> Job:
        return await self._to(job_id, JobState.QUEUED, "retry")

    async def give_up(self, job_id: str) -> Job:
        return await self._to(job_id, JobState.FAILED, "give_up")

    async def assets(self, query: AssetQuery) -> list[Asset]:
        return []

    async def asset(self, asset_id: str) -> Asset:
        raise NotFoundError(f"There is no asset {asset_id}.")

    async def asset_counts(self) -> dict[str, int]:
        return {}

    async def set_preferences(self, prefs: object) -> None:
        self.preferences = prefs


