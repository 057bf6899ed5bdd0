"""The thin layer below both clients: address and key, one send, the errors translated, answers read tolerantly."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from studio.contracts.wire import AnswerModel
from studio.domain.errors import InputError, RequestRefusedError, ServiceFaultError, StudioError, UnknownOutcomeError
from studio.net.answer import Answer
from studio.net.errors import BadAnswerError, NetError, NotSentError
from studio.net.retry import RETRIED_STATUSES, RetryMode, RetryPolicy
from studio.net.transport import Transport
from studio.providers.endpoint import Endpoint, EndpointSource, key_of
from studio.providers.errors import of_answer, of_disk, of_net
from studio.providers.tolerant import tolerant

Model = TypeVar("Model", bound=AnswerModel)
Result = TypeVar("Result")
# A 429 is for the scheduler, which knows what else the account has under way; short hiccups are over before it need know.
_POLICY = RetryPolicy(attempts=3, longest_wait_s=2.0, statuses=RETRIED_STATUSES - {425, 429})
_DEADLINE_S = 60.0
_CREATE_DEADLINE_S = 100.0
_UPLOAD_DEADLINE_S = 3600.0
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Read:
    """An answer: `model` as far as the contract knows it, `raw` as it came."""

    model: Any
    raw: Mapping[str, object] = field(repr=False)


class ServiceClient:
    """Sends for one account. `name` is the service's, for messages; `remaining` the last X-RateLimit-Remaining that came.

    `on_remaining` is called with each one that comes.
    """

    def __init__(self, transport: Transport, endpoints: EndpointSource, name: str) -> None:
        self.transport = transport
        self.endpoints = endpoints
        self.name = name
        self.remaining: int | None = None
        self.on_remaining: Callable[[int], None] | None = None

    async def get(self, path: str, model: type[AnswerModel]) -> Read:
        """GET below the base address. Repeated at will."""
        answer = await self._send("GET", path, creating=False)
        return self._read(answer, model, creating=False)

    async def act(self, path: str, model: type[AnswerModel], body: Mapping[str, Any] | None = None) -> Read:
        """A POST that may be repeated without harm (cancel)."""
        answer = await self._send("POST", path, json=body, retry=RetryMode.KEYED, creating=False)
        return self._read(answer, model, creating=False)

    async def create(
        self, path: str, body: Mapping[str, Any], model: type[AnswerModel], headers: Mapping[str, str], *, keyed: bool
    ) -> Read:
        """A POST that makes a job. `keyed`: the service knows a repeated one by the key in `headers`.

        Leaves at most once, also with a key: whoever keeps the job's state decides about a second time, and must know of it.
        Raises UnknownOutcomeError where it left and nothing usable came back.
        """
        answer = await self._send("POST", path, json=body, headers=headers, creating=True, keyed=keyed)
        return self._read(answer, model, creating=True)

    async def upload(
        self, url_of: Callable[[Endpoint], str], data: Path | bytes, content_type: str, model: type[Model]
    ) -> Model:
        """Sends a file's bytes. `url_of` gives the whole address, which need not lie below the base."""

        async def send(endpoint: Endpoint) -> Answer:
            url, key = url_of(endpoint), key_of(endpoint)
            if isinstance(data, bytes):
                headers = {"Content-Type": content_type}
                return await self.transport.request("POST", url, headers=headers, content=data, key=key,
                                                    retry=RetryMode.KEYED, deadline_s=_UPLOAD_DEADLINE_S)
            return await self.transport.upload(url, data, content_type=content_type, key=key)

        try:
            answer = await self.at_endpoint(send)
        except NetError as error:
            raise of_net(error, self.name) from None
        except OSError as error:
            raise of_disk(error) from error
        self._note(answer)
        if not answer.ok:
            raise of_answer(answer, self.name)
        read: Model = self._read(answer, model, creating=False).model
        return read

    async def _send(
        self,
        method: str,
        path: str,
        *,
        creating: bool,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        retry: RetryMode = RetryMode.METHOD,
        keyed: bool = True,
    ) -> Answer:
        async def send(endpoint: Endpoint) -> Answer:
            return await self.transport.request(
                method, endpoint.url + path, headers=headers, json=json, key=key_of(endpoint), retry=retry,
                deadline_s=_CREATE_DEADLINE_S if creating else _DEADLINE_S, policy=_POLICY,
            )

        try:
            answer = await self.at_endpoint(send)
        except NetError as error:
            raise of_net(error, self.name, creating=creating) from None
        self._note(answer)
        if not answer.ok:
            raise of_answer(answer, self.name, creating_unkeyed=creating and not keyed)
        return answer

    async def at_endpoint(self, send: Callable[[Endpoint], Awaitable[Result]]) -> Result:
        """Sends to the address that is known. Where nobody is there, or it is somebody else by now (a new engine took the
        port and does not know the key), the address is asked for anew; in both cases nothing was done over there."""
        endpoint = await self.endpoints.current()
        try:
            result = await send(endpoint)
        except NetError as error:
            lost = isinstance(error, NotSentError) or (isinstance(error, BadAnswerError) and error.status == 401)
            if not lost or not await self.endpoints.renew(endpoint):
                raise
        else:
            refused = isinstance(result, Answer) and result.status == 401
            if not refused or not await self.endpoints.renew(endpoint):
                return result
        return await send(await self.endpoints.current())

    def _note(self, answer: Answer) -> None:
        remaining = answer.headers.get("x-ratelimit-remaining", "").strip()
        if remaining.isdecimal() and len(remaining) < 10:
            self.remaining = int(remaining)
            if self.on_remaining is not None:
                self.on_remaining(self.remaining)

    def _read(self, answer: Answer, model: type[AnswerModel], *, creating: bool) -> Read:
        try:
            raw = answer.json()
            return Read(tolerant(model, raw), raw)
        except (BadAnswerError, ValidationError):
            words = f"{self.name} answered with status {answer.status}, and the answer makes no sense"
            error: type[StudioError] = UnknownOutcomeError if creating else ServiceFaultError
            raise error(f"{words}.", status=answer.status, code="bad_answer") from None


def id_in_path(remote_id: str, service: str) -> str:
    """A job's id as one part of a path. Raises RequestRefusedError for what cannot be one."""
    if not is_usable_id(remote_id):
        raise RequestRefusedError(f"{service} knows no job with such an id.", code="not_found", status=404)
    return quote(remote_id, safe="")


def is_usable_id(remote_id: str) -> bool:
    return 0 < len(remote_id) <= _LONGEST_ID and remote_id.isprintable() and remote_id.strip(".") != ""


def finite(value: float | None, *, low: float = 0.0, high: float = math.inf) -> float | None:
    """A number of a service within bounds, None for infinities, NaN and what is not given."""
    if value is None or not math.isfinite(value):
        return None
    return min(max(value, low), high)


def seconds(milliseconds: float | None, *, high: float = math.inf) -> float | None:
    value = finite(milliseconds, high=high * 1000)
    return None if value is None else value / 1000


def refuse_local_file(value: object, field_name: str) -> None:
    """A path of this computer never leaves it. Raises InputError."""
    if isinstance(value, str) and value.lower().startswith("file:"):
        raise InputError(f"{field_name} is still a file on this computer.", field=field_name, code="not_hosted")
