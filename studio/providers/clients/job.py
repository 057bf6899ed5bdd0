"""A job as the caller holds it: AsyncJob, and Job, which drives one on the background loop. Both services' are alike."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from studio.domain.remote import RemoteJob, RemoteResult
from studio.domain.state import JobState
from studio.providers.clients.background import BackgroundLoop
from studio.providers.clients.errors import UnknownStatusError, WaitTimeoutError
from studio.providers.clients.result import Result, charged
from studio.providers.clients.waiting import Tracked

AsyncResult: TypeAlias = Result[Coroutine[Any, Any, Path]]
SyncResult: TypeAlias = Result[Path]
DEFAULT_WAIT_S = 1800.0


class _Facts:
    """What was last seen of the job."""

    def __init__(self, tracked: Tracked) -> None:
        self._tracked = tracked

    @property
    def id(self) -> str:
        return self._remote.remote_id

    @property
    def operation(self) -> str | None:
        return self._tracked.operation

    @property
    def status(self) -> str:
        """The service's own word."""
        return str(self._remote.raw.get("status", ""))

    @property
    def done(self) -> bool:
        """Finished, failed or cancelled: `wait` answers at once."""
        return self._tracked.over

    @property
    def failed(self) -> bool:
        return self._remote.state in (JobState.FAILED, JobState.CANCELLED)

    @property
    def progress(self) -> float | None:
        """0 to 1, where the service says it."""
        return self._remote.progress

    @property
    def credits(self) -> float | int | None:
        return charged(self._remote)

    @property
    def raw(self) -> Mapping[str, Any]:
        """The service's last answer about it."""
        return self._remote.raw

    @property
    def _remote(self) -> RemoteJob:
        return self._tracked.remote

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id}, {self.status})"


class AsyncJob(_Facts):
    async def wait(self, timeout: float | None = DEFAULT_WAIT_S) -> AsyncResult:
        """Until the job has ended; `timeout` in seconds, None without an end, 0 looks once.

        Raises JobFailedError (failed or cancelled, with the raw answer), WaitTimeoutError (it runs on over there; nothing is
        cancelled), UnknownStatusError, and what looking raises when it fails for good. Faults on the way are waited out.
        """
        with _named(self):
            remote = await self._tracked.wait(timeout)
        return Result(remote, self._tracked.connection.save)

    async def refresh(self) -> AsyncJob:
        """Looks once."""
        await self._tracked.refresh()
        return self

    async def cancel(self) -> AsyncJob:
        """At a local engine only; raises InputError elsewhere, as neither service documents a cancel."""
        await self._tracked.cancel()
        return self


class Job(_Facts):
    def __init__(self, tracked: Tracked, background: BackgroundLoop) -> None:
        super().__init__(tracked)
        self._background = background

    @classmethod
    def driven(cls, job: AsyncJob, background: BackgroundLoop) -> Job:
        """An async client's job, for the sync client that drives it."""
        return cls(job._tracked, background)

    def wait(self, timeout: float | None = DEFAULT_WAIT_S) -> SyncResult:
        """As AsyncJob.wait. Ctrl+C ends the waiting; the job runs on, and `wait` may be called again."""
        with _named(self):
            remote = self._background.run(self._tracked.wait(timeout))
        return Result(remote, self._save)

    def refresh(self) -> Job:
        """Looks once."""
        self._background.run(self._tracked.refresh())
        return self

    def cancel(self) -> Job:
        """At a local engine only; raises InputError elsewhere, as neither service documents a cancel."""
        self._background.run(self._tracked.cancel())
        return self

    def _save(self, result: RemoteResult, path: Path) -> Path:
        return self._background.run(self._tracked.connection.save(result, path))


@contextmanager
def _named(job: AsyncJob | Job) -> Iterator[None]:
    """Hands the job along with the errors that are not its end."""
    try:
        yield
    except (WaitTimeoutError, UnknownStatusError) as error:
        error.job = job
        raise
