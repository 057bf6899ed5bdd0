"""Waiting for a job: looks at the pace that the service asks for, patient with faults on the way, never for ever."""

from __future__ import annotations

import asyncio

from studio.domain.errors import Cost, JobFailedError, StudioError
from studio.domain.pacing import LEAST_LOCAL_POLL_S, LEAST_POLL_S, poll_delay, scarce_floor
from studio.domain.remote import RemoteJob
from studio.domain.state import JobState
from studio.providers.clients.connection import Connection
from studio.providers.clients.errors import UnknownStatusError, WaitTimeoutError

MOST_FAULTS = 20
"""Looks in a row that may fail (each has its own retries) before the fault is raised: some minutes."""
MOST_STRANGE = 5
"""Looks in a row that may give a status which the contract does not have."""
LEAST_LOOK_S = 1.0
"""What the last look before a deadline has at least: `wait` may be that much longer than asked for."""


class Tracked:
    """A job at a service: the last that was seen of it, and the way to see more. `operation` None: not known."""

    def __init__(self, connection: Connection, remote: RemoteJob, operation: str | None) -> None:
        self.connection = connection
        self.operation = operation
        self.remote = remote
        self._looks = 0

    @property
    def over(self) -> bool:
        return self.remote.state is not JobState.RUNNING

    async def refresh(self) -> None:
        self.remote = await self.connection.refresh(self.remote.remote_id, self.operation)

    async def cancel(self) -> None:
        self.remote = await self.connection.cancel(self.remote.remote_id, self.operation)

    async def wait(self, timeout: float | None) -> RemoteJob:
        """The finished job, at least one look given. See AsyncJob.wait for what it raises."""
        self.connection.waiting += 1
        try:
            return await self._wait(timeout)
        finally:
            self.connection.waiting -= 1

    async def _wait(self, timeout: float | None) -> RemoteJob:
        clock = asyncio.get_running_loop().time
        deadline = None if timeout is None else clock() + max(0.0, timeout)
        faults, strange, held_until = 0, 0, 0.0
        while not self.over:
            pause = max(self._pause(), held_until - clock())
            last = deadline is not None and clock() + pause >= deadline
            if deadline is not None and last:
                pause = max(0.0, deadline - clock())
            await self.connection.timing.sleep(pause)
            if last and held_until > clock():
                raise self._late()  # the service asked for a longer pause than there is time
            try:
                await self._look(deadline)
            except WaitTimeoutError:
                raise
            except StudioError as error:
                # A pause that the service asks for is no fault: keeping it is all that there is to do.
                faults += 0 if error.retry_after_s else 1
                if not error.retryable or faults >= MOST_FAULTS:
                    raise
                held_until = clock() + (error.retry_after_s or 0.0)
            else:
                faults = 0
                strange = strange + 1 if self.remote.unknown_status is not None else 0
            if strange >= MOST_STRANGE:
                raise self._strange()
            if last and not self.over:
                raise self._late()
        return self._finished()

    def _pause(self) -> float:
        """An engine says its pace at the first look, if not before; asking it costs nobody anything."""
        engine, hint = self.connection.at_engine, self.remote.poll_after_s
        if engine and hint is None and not self._looks:
            hint = 0.0
        least = LEAST_LOCAL_POLL_S if engine else LEAST_POLL_S
        floor = scarce_floor(self.connection.waiting, self.connection.client.remaining)
        return max(floor, poll_delay(self._looks, hint, self.connection.timing.chance, least))

    async def _look(self, deadline: float | None) -> None:
        limit = None if deadline is None else max(deadline, asyncio.get_running_loop().time() + LEAST_LOOK_S)
        self._looks += 1
        try:
            async with asyncio.timeout_at(limit) as timer:
                self.remote = await self.connection.look(self.remote.remote_id, self.operation)
        except TimeoutError:
            if not timer.expired():
                raise
            raise self._late() from None

    def _finished(self) -> RemoteJob:
        remote = self.remote
        if remote.state in (JobState.DOWNLOADING, JobState.DONE):
            return remote
        cancelled = remote.state is JobState.CANCELLED
        words = remote.error_message or ("The job was cancelled." if cancelled else "The job failed at the service.")
        code = remote.error_code or ("cancelled" if cancelled else None)
        error = JobFailedError(words, code=code, cost=Cost.NONE if remote.charged == 0 else None)
        error.remote_id, error.raw = remote.remote_id, remote.raw
        raise error

    def _late(self) -> WaitTimeoutError:
        return WaitTimeoutError(f"The job {self.remote.remote_id} is not finished yet.")

    def _strange(self) -> UnknownStatusError:
        word = self.remote.unknown_status or ""
        error = UnknownStatusError(f"The job {self.remote.remote_id} has a status that is not known: {word}.")
        error.word = word
        return error
