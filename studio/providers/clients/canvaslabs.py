"""Canvas Labs for scripts.

    import studio.providers.clients.canvaslabs as canvaslabs

    client = canvaslabs.Client(api_key="cl_live_…")
    job = client.video.generate(prompt="A golden retriever running through autumn leaves", duration=10)
    result = job.wait()
    result.download("dog.mp4")

Without `api_key` the variable CANVAS_LABS_API_KEY counts, for the official address and for this computer. `base_url`
includes /v1; https is required except to this computer, where a local engine is taken to be (`http://127.0.0.1:PORT/v1`):
it takes files (a Path or bytes in place of an address), cancels, and honours idempotency keys. The service itself is not
known to honour them: there a create whose answer was lost raises UnknownOutcomeError and is never sent again by itself.

Every error is a studio.providers.clients.errors.StudioError.
"""

from __future__ import annotations

from types import TracebackType
from typing import Generic

from studio.contracts.canvas.envelope import CreditsAnswer
from studio.domain.account import Service
from studio.providers.canvas import CanvasClient
from studio.providers.clients.background import BackgroundLoop
from studio.providers.clients.canvas_operations import Image, Scene, Style, Video
from studio.providers.clients.connection import Connection, Timing
from studio.providers.clients.creating import AsyncCreate, Coming, Create, Made, SyncCreate
from studio.providers.clients.job import AsyncJob, Job
from studio.providers.clients.waiting import Tracked

_DEFAULT = Timing()


class _Operations(Generic[Made]):
    """The typed methods: 4 operations in their groups."""

    def __init__(self, create: Create[Made]) -> None:
        self.video: Video[Made] = Video(create)
        self.image: Image[Made] = Image(create)
        self.scene: Scene[Made] = Scene(create)
        self.style: Style[Made] = Style(create)


class AsyncCanvasLabs(_Operations[Coming]):
    """For one event loop. Close it with `aclose`, or use it with `async with`.

    Raises KeyMissingError, KeyRefusedError, and InputError for an address that may not be asked.
    """

    def __init__(self, api_key: str | None = None, *, base_url: str | None = None, timing: Timing = _DEFAULT) -> None:
        self._connection = Connection(Service.CANVAS_LABS, api_key, base_url, timing)
        super().__init__(AsyncCreate(self._connection))
        self.jobs = AsyncJobs(self._connection)
        self.account = AsyncAccount(self._connection)

    @property
    def requests_remaining(self) -> int | None:
        """The X-RateLimit-Remaining of the last answer, if it had one."""
        return self._connection.client.remaining

    async def aclose(self) -> None:
        await self._connection.aclose()

    async def __aenter__(self) -> AsyncCanvasLabs:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connection.base_url})"


class AsyncJobs:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, job_id: str) -> AsyncJob:
        """A job by its id, as it is now; `wait` goes on from there. Raises UnknownToServiceError."""
        remote, operation = await self._connection.find(job_id)
        return AsyncJob(Tracked(self._connection, remote, operation))


class AsyncAccount:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._canvas = CanvasClient(connection.client, keyed=connection.keyed)

    async def credits(self) -> CreditsAnswer:
        """Balance, usage and limits: `balance`, `used_this_month`, `plan`, `rate_limit`, and what else the service said."""
        return await self._connection.asker.read(self._canvas.credits)


class CanvasLabs(_Operations[Job]):
    """The same without async: an AsyncCanvasLabs on a thread of its own. Close it, or use it with `with`."""

    def __init__(self, api_key: str | None = None, *, base_url: str | None = None, timing: Timing = _DEFAULT) -> None:
        inner = self._inner = AsyncCanvasLabs(api_key, base_url=base_url, timing=timing)
        self._background = BackgroundLoop(inner.aclose)
        super().__init__(SyncCreate(inner._connection, self._background))
        self.jobs = Jobs(inner.jobs, self._background)
        self.account = Account(inner.account, self._background)

    @property
    def requests_remaining(self) -> int | None:
        """The X-RateLimit-Remaining of the last answer, if it had one."""
        return self._inner.requests_remaining

    def close(self) -> None:
        """Ends what is under way and the thread; jobs at the service run on."""
        self._background.close()

    def __enter__(self) -> CanvasLabs:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._inner._connection.base_url})"


class Jobs:
    def __init__(self, inner: AsyncJobs, background: BackgroundLoop) -> None:
        self._inner, self._background = inner, background

    def get(self, job_id: str) -> Job:
        """A job by its id, as it is now; `wait` goes on from there. Raises UnknownToServiceError."""
        return Job.driven(self._background.run(self._inner.get(job_id)), self._background)


class Account:
    def __init__(self, inner: AsyncAccount, background: BackgroundLoop) -> None:
        self._inner, self._background = inner, background

    def credits(self) -> CreditsAnswer:
        """Balance, usage and limits: `balance`, `used_this_month`, `plan`, `rate_limit`, and what else the service said."""
        return self._background.run(self._inner.credits())


Client = CanvasLabs
AsyncClient = AsyncCanvasLabs
