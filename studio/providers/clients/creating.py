"""What a typed method gives: a Job of a sync client, a coroutine for an AsyncJob of an async one. The methods exist once."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from studio.providers.clients.background import BackgroundLoop
from studio.providers.clients.connection import Connection, CreateOptions
from studio.providers.clients.job import AsyncJob, Job
from studio.providers.clients.waiting import Tracked

Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)
Coming: TypeAlias = Coroutine[Any, Any, AsyncJob]


class Create(Protocol[Made_co]):
    def __call__(
        self, operation: str, values: Mapping[str, Any], options: CreateOptions, *, check: bool = True
    ) -> Made_co: ...


class Group(Generic[Made]):
    """Base of the groups of operations, as `client.video` is one."""

    def __init__(self, create: Create[Made]) -> None:
        self._create = create


class AsyncCreate:
    """Implements Create for an async client."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def __call__(
        self, operation: str, values: Mapping[str, Any], options: CreateOptions, *, check: bool = True
    ) -> AsyncJob:
        remote = await self._connection.create(operation, values, options, check=check)
        return AsyncJob(Tracked(self._connection, remote, operation))


class SyncCreate:
    """Implements Create for a sync client."""

    def __init__(self, connection: Connection, background: BackgroundLoop) -> None:
        self._connection = connection
        self._background = background

    def __call__(self, operation: str, values: Mapping[str, Any], options: CreateOptions, *, check: bool = True) -> Job:
        remote = self._background.run(self._connection.create(operation, values, options, check=check))
        return Job(Tracked(self._connection, remote, operation), self._background)
