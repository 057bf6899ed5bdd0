"""What the job runner needs of the world, as Protocols. Adapters: store, library, providers; app joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from studio.domain.account import Account, Balance
from studio.domain.asset import Asset, Recipe
from studio.domain.hosted import HostedFile, SharedFile
from studio.domain.job import Job, TimelineEntry
from studio.domain.ledger import Hold, SendingTerms
from studio.domain.operation import MediaKind, Operation
from studio.domain.remote import Change, Pace, RemoteJob


class FileHost(Protocol):
    """Where an account's files are put so that its service can fetch them. Raises from the StudioError tree only.

    `place` names it: the same word for the same place, empty where nothing lies anywhere (the file goes along in the
    request). `margin_s`: how long a URL has to be good for still, to be given to a service.
    """

    @property
    def place(self) -> str: ...
    @property
    def margin_s(self) -> float: ...
    def location_for(self, path: Path) -> str:
        """A new location for this file, known before it is put there so that it can be removed after a crash."""
        ...
    async def put(self, path: Path, location: str) -> HostedFile: ...
    async def holds(self, location: str) -> bool:
        """Whether what was put there is there still: others may clear a bucket."""
        ...
    async def remove(self, location: str) -> None:
        """Gone already is fine. Raises InputError for what lies at another host."""
        ...


class Provider(Protocol):
    """One account at one service. Every method raises from the StudioError tree and from nothing else.

    `submit` raises UnreachableError only if surely nothing was sent, UnknownOutcomeError if it was sent and no answer came.
    """

    account: Account

    @property
    def honours_idempotency(self) -> bool: ...
    @property
    def can_cancel(self) -> bool: ...
    @property
    def requests_remaining(self) -> int | None:
        """How many more requests the service said it takes just now; None: it did not say."""
        ...
    def operations(self) -> Sequence[Operation]: ...
    def validate(self, operation: str, values: Mapping[str, object]) -> None: ...
    @property
    def media_host(self) -> FileHost | None:
        """Comes before `host`; None: `host` takes the files."""
        ...
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

    async def add(self, job: Job, note: str = "") -> Job:
        """Gives the job with its place at the end of its account's queue."""
        ...
    async def add_all(self, made: Sequence[Job], note: str = "") -> Sequence[Job]:
        """All of them, or none."""
        ...
    async def change(self, expected: Job, change: Change) -> Job | None:
        """Write `change` if the stored job still has `expected`'s revision, and belongs to no other process than the one
        that takes the step; returns the stored job with its new revision, or None when somebody else was first. Where the
        change's terms do not allow the new state the job comes back in its old one, with what it waits for."""
        ...
    async def hold(self, job: Job, terms: SendingTerms) -> Hold | None:
        """Why the job would have to stay in the queue just now; None where it may go."""
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
    async def followed(self, job_id: str, owner: str) -> Job | None:
        """The job, unless there is none or another process has it by now."""
        ...
    async def marks(self) -> Mapping[str, tuple[int, float, str | None]]:
        """Revision, place and owner of every job that has not ended, by id."""
        ...
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
    """Where the local files of jobs lie for their services, from before the upload until they are removed: a request sent
    again after a crash has the same body, jobs share uploads, and what a crash left is found. Kept apart from the job,
    because such URLs may hold tokens and signatures.
    """

    def turn(self, file: SharedFile) -> AbstractAsyncContextManager[None]:
        """One job of this process after the other for the same upload."""
        ...
    async def load(self, job_id: str) -> Mapping[str, HostedFile]:
        """By `file:` value; empty when nothing is kept."""
        ...
    async def share(self, job_id: str, file: SharedFile, until: datetime) -> HostedFile | None:
        """An upload of the same content that is good until then, from now on this job's too."""
        ...
    async def reserve(self, job_id: str, file: SharedFile, location: str) -> str:
        """Written down before the upload. Gives the location to use: an earlier try's that was never finished, if any."""
        ...
    async def save(self, job_id: str, file: SharedFile, hosted: HostedFile) -> None:
        """The upload is done: at its location, or (no location) at the service and this job's own."""
        ...
    async def release(self, job_id: str) -> Sequence[HostedFile]:
        """The job needs its uploads no more; gives those that were its own alone, forgotten with this."""
        ...
    async def unused(self, moment: datetime) -> Sequence[tuple[str, str]]:
        """Account and location of what can be removed from media hosts: no job needs it."""
        ...
    async def removed(self, location: str) -> None: ...
