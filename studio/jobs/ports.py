"""What the job runner needs of the world, as Protocols. Adapters: store, library, providers; app joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from studio.domain.account import Account, Balance
from studio.domain.asset import Asset, Recipe
from studio.domain.job import Job, TimelineEntry
from studio.domain.operation import MediaKind, Operation
from studio.domain.remote import Change, Pace, RemoteJob


class Provider(Protocol):
    """One account at one service. Every method raises from the StudioError tree and from nothing else.

    `submit` raises UnreachableError only if surely nothing was sent, UnknownOutcomeError if it was sent and no answer came.
    """

    account: Account

    @property
    def honours_idempotency(self) -> bool: ...
    @property
    def can_cancel(self) -> bool: ...
    def operations(self) -> Sequence[Operation]: ...
    def validate(self, operation: str, values: Mapping[str, object]) -> None: ...
    async def host(self, path: Path) -> str: ...
    async def submit(self, operation: str, values: Mapping[str, object], idempotency_key: str) -> RemoteJob: ...
    async def poll(self, operation: str, remote_id: str) -> RemoteJob: ...
    async def cancel(self, remote_id: str) -> RemoteJob: ...
    async def download(self, url: str, part: Path, report: Callable[[int, int | None], None]) -> str: ...
    async def discard(self, url: str) -> None: ...
    async def balance(self) -> Balance: ...
    async def close(self) -> None: ...


class Providers(Protocol):
    """Gives the provider of an account, made on first use. Raises KeyMissingError or NotFoundError."""

    async def of(self, account: str) -> Provider: ...


class JobStore(Protocol):
    """The jobs on disk. A method that returns has been written for good (synchronous FULL)."""

    async def add(self, job: Job, note: str = "") -> None: ...
    async def change(self, expected: Job, change: Change) -> Job | None:
        """Write `change` if the stored job still has `expected`'s revision; returns the stored job with its new revision,
        or None when somebody else was first."""
        ...
    async def claim(
        self, owner: str, alive: Callable[[str], bool], limit: int = 100, *, only: str | None = None
    ) -> Sequence[Job]:
        """Take unfinished jobs that nobody alive owns; `owner` says which process this is ("pid:start-time").

        `only`: this job and no other, also if `owner` has it already.
        """
        ...
    async def release(self, owner: str) -> None: ...
    async def get(self, job_id: str) -> Job | None: ...
    async def timeline(self, job_id: str) -> Sequence[TimelineEntry]: ...


class MediaLibrary(Protocol):
    """Where results go. `place` moves a finished .part by rename and records the asset, once for each (job, index)."""

    def part_for(self, job: Job, index: int) -> Path: ...
    async def place(
        self, job: Job, index: int, part: Path, kind: MediaKind, file_name: str, recipe: Recipe, sha256: str | None = None
    ) -> Asset: ...
    async def reconcile(self, job: Job, index: int, recipe: Recipe) -> Asset | None:
        """What an earlier process placed of this output; None when it has to be fetched."""
        ...
    async def place_prompt(self, job: Job, text: str, recipe: Recipe) -> Asset: ...
    def local_file(self, value: str) -> Path | None:
        """The path behind a `file:` value of a job's input, or None if the value is no local file."""
        ...


class PaceStore(Protocol):
    async def pace(self, account: str) -> Pace: ...
    async def set_pace(self, account: str, pace: Pace) -> None: ...


class HostedUrls(Protocol):
    """Where the local files of a job lie at its service, from upload to the end, so that a request sent again after a
    crash has the same body. Kept apart from the job, because such URLs may hold tokens; forgotten once the job has ended and
    they were deleted over there.
    """

    async def load(self, job_id: str) -> Mapping[str, str]:
        """URL by `file:` value; empty when nothing is kept."""
        ...
    async def save(self, job_id: str, urls: Mapping[str, str]) -> None: ...
    async def forget(self, job_id: str) -> None: ...
