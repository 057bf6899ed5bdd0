"""Cannon Studio for scripts.

    from studio.providers.clients import CannonStudio

    with CannonStudio() as client:                     # the key from CANNON_API_KEY
        print(client.status().credits_remaining)
        request = client.image.generate(prompt="A lighthouse at dusk", aspect_ratio="16:9")
        request.wait().download("lighthouse.png")

Without `api_key` the variable CANNON_API_KEY counts, for the official address and for this computer. https is required
except to this computer, where a local engine is taken to be: it takes files (a Path or bytes in place of an address) and
cancels. Every create carries an idempotency key, so that one whose answer was lost is sent again and stays one request.

Every error is a studio.providers.clients.errors.StudioError.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Generic

from studio.contracts.cannon.envelope import StatusAnswer
from studio.domain.account import Service
from studio.providers.cannon import CannonClient
from studio.providers.clients.background import BackgroundLoop
from studio.providers.clients.cannon_finishing import Lipsync, Smartmotion, Subtitles
from studio.providers.clients.cannon_image import Image
from studio.providers.clients.cannon_prompt import Enhance
from studio.providers.clients.cannon_sora import Character, SoraVideo
from studio.providers.clients.cannon_sound import Music, Narration, Soundfx
from studio.providers.clients.cannon_video import Video
from studio.providers.clients.connection import Connection, CreateOptions, Timing
from studio.providers.clients.creating import AsyncCreate, Coming, Create, Made, SyncCreate
from studio.providers.clients.job import AsyncJob, Job
from studio.providers.clients.waiting import Tracked

_DEFAULT = Timing()


class Sora2(Generic[Made]):
    """`client.sora2`."""

    def __init__(self, create: Create[Made]) -> None:
        self.character: Character[Made] = Character(create)
        self.video: SoraVideo[Made] = SoraVideo(create)


class Prompt(Generic[Made]):
    """`client.prompt`."""

    def __init__(self, create: Create[Made]) -> None:
        self.enhance: Enhance[Made] = Enhance(create)


class _Operations(Generic[Made]):
    """The typed methods: 19 operations in their groups."""

    def __init__(self, create: Create[Made]) -> None:
        self.video: Video[Made] = Video(create)
        self.image: Image[Made] = Image(create)
        self.sora2: Sora2[Made] = Sora2(create)
        self.prompt: Prompt[Made] = Prompt(create)
        self.music: Music[Made] = Music(create)
        self.narration: Narration[Made] = Narration(create)
        self.soundfx: Soundfx[Made] = Soundfx(create)
        self.lipsync: Lipsync[Made] = Lipsync(create)
        self.subtitles: Subtitles[Made] = Subtitles(create)
        self.smartmotion: Smartmotion[Made] = Smartmotion(create)


class AsyncCannonStudio(_Operations[Coming]):
    """For one event loop. Close it with `aclose`, or use it with `async with`.

    Raises KeyMissingError, KeyRefusedError, and InputError for an address that may not be asked.
    """

    def __init__(self, api_key: str | None = None, *, base_url: str | None = None, timing: Timing = _DEFAULT) -> None:
        self._connection = Connection(Service.CANNON_STUDIO, api_key, base_url, timing)
        self._cannon = CannonClient(self._connection.client)
        super().__init__(AsyncCreate(self._connection))
        self.requests = AsyncRequests(self._connection)

    async def status(self) -> StatusAnswer:
        """Checks the key and says the credits (`credits_remaining`, `account`); makes no work."""
        return await self._connection.asker.read(self._cannon.status)

    @property
    def requests_remaining(self) -> int | None:
        """The X-RateLimit-Remaining of the last answer, if it had one."""
        return self._connection.client.remaining

    async def aclose(self) -> None:
        await self._connection.aclose()

    async def __aenter__(self) -> AsyncCannonStudio:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connection.base_url})"


class _Requests(Generic[Made]):
    def __init__(self, create: Create[Made]) -> None:
        self._create = create

    def create(
        self, operation: str, input: Mapping[str, Any], *, webhook_url: str | None = None,  # noqa: A002  the contract's name
        idempotency_key: str | None = None, check: bool = True,
    ) -> Made:
        """Any operation, by its id and its input in the wire's own names.

        The input of a known operation is checked first; `check=False` leaves that to the service, for fields which this
        version does not know. An operation that this version does not know is sent as it is.
        """
        return self._create(operation, input, CreateOptions(webhook_url, idempotency_key), check=check)


class AsyncRequests(_Requests[Coming]):
    """`client.requests`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(AsyncCreate(connection))
        self._connection = connection

    async def get(self, request_id: str) -> AsyncJob:
        """A request by its id, as it is now; `wait` goes on from there. Raises UnknownToServiceError."""
        remote, operation = await self._connection.find(request_id)
        return AsyncJob(Tracked(self._connection, remote, operation))


class CannonStudio(_Operations[Job]):
    """The same without async: an AsyncCannonStudio on a thread of its own. Close it, or use it with `with`."""

    def __init__(self, api_key: str | None = None, *, base_url: str | None = None, timing: Timing = _DEFAULT) -> None:
        inner = self._inner = AsyncCannonStudio(api_key, base_url=base_url, timing=timing)
        self._background = BackgroundLoop(inner.aclose)
        super().__init__(SyncCreate(inner._connection, self._background))
        self.requests = Requests(inner, self._background)

    def status(self) -> StatusAnswer:
        """Checks the key and says the credits (`credits_remaining`, `account`); makes no work."""
        return self._background.run(self._inner.status())

    @property
    def requests_remaining(self) -> int | None:
        """The X-RateLimit-Remaining of the last answer, if it had one."""
        return self._inner.requests_remaining

    def close(self) -> None:
        """Ends what is under way and the thread; requests at the service run on."""
        self._background.close()

    def __enter__(self) -> CannonStudio:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._inner._connection.base_url})"


class Requests(_Requests[Job]):
    """`client.requests`."""

    def __init__(self, inner: AsyncCannonStudio, background: BackgroundLoop) -> None:
        super().__init__(SyncCreate(inner._connection, background))
        self._inner, self._background = inner, background

    def get(self, request_id: str) -> Job:
        """A request by its id, as it is now; `wait` goes on from there. Raises UnknownToServiceError."""
        return Job.driven(self._background.run(self._inner.requests.get(request_id)), self._background)


Client = CannonStudio
AsyncClient = AsyncCannonStudio
