"""Jobs as the person deals with them: checked before they are stored, followed from then on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from studio.app.accounts import Accounts
from studio.app.estimates import Estimates
from studio.app.events import Events
from studio.domain.errors import InputError, NotFoundError
from studio.domain.event import Event, JobChanged
from studio.domain.job import Credits, Job, JobRequest
from studio.domain.operation import Operation
from studio.domain.state import NEEDS_PERSON, JobState
from studio.jobs.ports import Provider
from studio.jobs.runner import Runner
from studio.library.library import Library
from studio.store.jobs import SqlJobStore

LOOK_EVERY_S = 0.5
"""How soon a change that another process made is seen by `wait`."""

_UNSENT = frozenset({JobState.DRAFT, JobState.QUEUED, JobState.UPLOADING, JobState.SUBMITTING})


class JobService:
    """What the window and the command line ask of jobs."""

    def __init__(
        self, store: SqlJobStore, runner: Runner, accounts: Accounts, library: Library, events: Events, estimates: Estimates
    ) -> None:
        self._estimates = estimates
        self._store = store
        self._runner = runner
        self._accounts = accounts
        self._library = library
        self._events = events

    async def submit(self, request: JobRequest) -> Job:
        """Check all that can be checked here, write the job as `queued`, and return.

        Raises UnknownOperationError, NotFoundError (account) or InputError with its field: then there is no job.
        """
        return await self._runner.submit(await self.prepared(request))

    async def prepared(self, request: JobRequest) -> Job:
        """A job of a request that was checked, with its estimate; stored nowhere yet."""
        self.check(request)
        estimate = await self._estimates.of(request)
        return Job.new(request).changed(credits=Credits(estimated=estimate.amount))

    def check(self, request: JobRequest) -> None:
        """Raises what `submit` does for a request that is not right."""
        provider = self._accounts.provider(request.account)
        provider.validate(request.operation, request.input)
        self._check_files(provider, request)

    def operations(self, account: str) -> Sequence[Operation]:
        """What the account's service can do. Raises NotFoundError."""
        return self._accounts.provider(account).operations()

    def _check_files(self, provider: Provider, request: JobRequest) -> None:
        operation = next(o for o in provider.operations() if o.id == request.operation)
        for parameter in operation.media_parameters:
            given = request.input.get(parameter.name)
            for value in given if isinstance(given, list | tuple) else [given]:
                if not isinstance(value, str) or not value.lower().startswith("file:"):
                    continue
                try:
                    found = self._library.local_file(value)
                except InputError as error:
                    error.field = parameter.name
                    raise
                if found is None:
                    raise InputError("That file is not in the library.", field=parameter.name, code="no_such_file")

    async def get(self, job_id: str) -> Job:
        """Raises NotFoundError."""
        job = await self._store.get(job_id)
        if job is None:
            raise NotFoundError(f"There is no job {job_id}.", advice="See `studio jobs list`.")
        return job

    async def wait(self, job_id: str, timeout_s: float | None = None) -> Job:
        """The job once it has ended or waits for the person's word; as it is when the time is over. The job goes on."""
        return await self._wait_until(job_id, _settled, timeout_s)

    async def wait_sent(self, job_id: str, timeout_s: float | None = None) -> Job:
        """The job once the service has it, or as soon as it is known why it cannot be sent now."""
        return await self._wait_until(job_id, _sent_or_told, timeout_s)

    async def _wait_until(self, job_id: str, enough: Callable[[Job], bool], timeout_s: float | None) -> Job:
        changed = asyncio.Event()

        def listen(event: Event) -> None:
            if isinstance(event, JobChanged) and event.job.id == job_id:
                changed.set()

        stop = self._events.subscribe(listen)
        try:
            async with asyncio.timeout(timeout_s):
                while not enough(job := await self.get(job_id)):
                    changed.clear()
                    try:
                        async with asyncio.timeout(LOOK_EVERY_S):
                            await changed.wait()
                    except TimeoutError:
                        continue  # another process may follow the job: look
        except TimeoutError:
            return await self.get(job_id)
        finally:
            stop()
        return job


def _settled(job: Job) -> bool:
    return job.is_terminal or job.state in NEEDS_PERSON


def _sent_or_told(job: Job) -> bool:
    return job.state not in _UNSENT or job.waiting_for is not None or job.error is not None
