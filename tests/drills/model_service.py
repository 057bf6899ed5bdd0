"""A service as simple as can be, against which the life of jobs is held: it makes each job once a key, keeps its accounts
apart, charges what it makes and gives back what fails, and knows what was asked of it wrongly."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.domain.account import Account, Balance, Service
from studio.domain.errors import (
    BugError,
    BusyError,
    RequestRefusedError,
    ServiceFaultError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.operation import MediaKind, Operation
from studio.domain.remote import RemoteJob, RemoteResult
from studio.domain.state import JobState
from studio.jobs.ports import FileHost
from tests.unit.jobs.world import VIDEO

PRICE = 48.0
FATES = ("fine", "fine", "fine", "lost before", "lost after", "busy", "unavailable", "refused")
"""What becomes of a request that would make a job."""
OUTCOMES = ("finished", "finished", "finished", "failed", "endless")
"""What becomes of a job that was made. An endless one runs until it is cancelled, or the machine lets it finish."""


@dataclass
class Made:
    """One job over there. `charged` is what the account was charged, `refunds` how often it was given back."""

    id: str
    account: str
    key: str
    outcome: str
    polls_left: int
    state: str = "running"
    charged: float = PRICE
    refunds: int = 0

    def end(self, state: str) -> None:
        if self.state == "running":
            self.state = state
            if state != "finished":
                self.charged = 0.0
                self.refunds += 1


@dataclass
class ModelService:
    """All accounts of the machine. `wrong` collects what must never be asked."""

    made: list[Made] = field(default_factory=list)
    fates: dict[str, list[str]] = field(default_factory=dict)
    outcomes: list[tuple[str, int]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    under_way: Counter[str] = field(default_factory=Counter)
    cancelled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def fate(self, account: str) -> str:
        waiting = self.fates.get(account)
        return waiting.pop(0) if waiting else "fine"

    def make(self, account: str, key: str, *, honours: bool) -> Made:
        known = next((one for one in self.made if one.key == key and one.account == account), None)
        if known is not None and honours:
            return known
        outcome, polls = self.outcomes.pop(0) if self.outcomes else ("finished", 1)
        made = Made(f"req_{len(self.made) + 1}", account, key, outcome, polls)
        self.made.append(made)
        return made

    def find(self, account: str, remote_id: str) -> Made:
        made = next((one for one in self.made if one.id == remote_id), None)
        if made is None or made.account != account:
            self.wrong.append(f"{remote_id} was asked for under the account {account}")
            raise RequestRefusedError("There is no such request.", status=404)
        return made


def answer_of(made: Made) -> RemoteJob:
    raw: Mapping[str, object] = {"id": made.id, "status": made.state}
    if made.state == "running":
        return RemoteJob(made.id, JobState.RUNNING, raw, charged=made.charged)
    if made.state == "finished":
        result = RemoteResult(f"https://cdn.test/{made.id}", MediaKind.VIDEO, "clip.mp4")
        return RemoteJob(made.id, JobState.DOWNLOADING, raw, results=(result,), charged=made.charged,
                         output={"video_url": result.url})
    state = JobState.CANCELLED if made.state == "cancelled" else JobState.FAILED
    return RemoteJob(made.id, state, raw, charged=made.charged, error_code=made.state, error_message=f"It {made.state}.")


class ModelProvider:
    """One account's way to the service, out of one window. `breathe` holds it while that process is stopped."""

    requests_remaining: int | None = None
    media_host: FileHost | None = None

    def __init__(self, service: ModelService, name: str, *, honours: bool, breathe: Callable[[], object]) -> None:
        self.account = Account(name, Service.CANNON_STUDIO, "https://example.test")
        self.honours_idempotency = honours
        self.can_cancel = True
        self._service = service
        self._breathe = breathe

    async def _pause(self) -> None:
        await asyncio.sleep(0)
        waiting = self._breathe()
        if asyncio.iscoroutine(waiting):
            await waiting

    def operations(self) -> Sequence[Operation]:
        return (VIDEO,)

    def validate(self, operation: str, values: Mapping[str, object]) -> None:
        raise BugError("not used by the runner")

    async def host(self, path: Path) -> str:
        raise BugError("no files in this world")

    async def submit(self, operation: str, values: Mapping[str, object], idempotency_key: str) -> RemoteJob:
        await self._pause()
        service, name = self._service, self.account.name
        fate = service.fate(name)
        service.asked[idempotency_key] += 1
        if fate == "lost before":
            raise UnreachableError("no connection")
        if fate == "busy":
            raise BusyError("slow down", retry_after_s=3)
        if fate == "unavailable":
            raise ServiceFaultError("try later", status=503)
        if fate == "refused":
            raise RequestRefusedError("not like this", status=422)
        made = service.make(name, idempotency_key, honours=self.honours_idempotency)
        await self._pause()  # killed or stopped here, the job is made and nobody has the answer
        if fate == "lost after":
            raise UnknownOutcomeError("no answer")
        return answer_of(made)

    async def poll(self, operation: str, remote_id: str) -> RemoteJob:
        await self._pause()
        made = self._service.find(self.account.name, remote_id)
        if made.outcome != "endless":
            made.polls_left -= 1
            if made.polls_left <= 0:
                made.end(made.outcome)
        return answer_of(made)

    async def cancel(self, remote_id: str) -> RemoteJob:
        await self._pause()
        made = self._service.find(self.account.name, remote_id)
        self._service.cancelled.append(made.id)
        made.end("cancelled")
        return answer_of(made)

    async def download(self, url: str, part: Path, report: Callable[[int, int | None], None]) -> str:
        await self._pause()
        report(10, 10)
        return "0" * 64

    async def discard(self, url: str) -> None:
        await self._pause()

    async def balance(self) -> Balance:
        return Balance()

    async def close(self) -> None:
        return None
