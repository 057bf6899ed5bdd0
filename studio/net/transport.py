"""The one way out to the network: time limits, retry, redirects checked by hand, bounded answers, keys kept at home."""

from __future__ import annotations

import asyncio
import json as json_module
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from studio.net.answer import Answer
from studio.net.body import ACCEPTED, read_bounded
from studio.net.download import MAX_DOWNLOAD, DownloadLimits, Report, download_to
from studio.net.errors import BadAnswerError, ForbiddenAddressError, NetError, NoAnswerError, NotSentError, RedirectError
from studio.net.exchange import Call, Content, Exchange, Reply
from studio.net.origin import Key, is_loopback, origin_of, require_safe
from studio.net.retry import REPEATABLE_METHODS, Outcome, RetryMode, RetryPolicy, retry_after

MAX_REDIRECTS = 5
MAX_BODY = 8 * 1024 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FILE_PIECE = 256 * 1024

Sleep = Callable[[float], Awaitable[None]]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Transport:
    """One for each service account, or one shared: it keeps a few connections and no state of its own.

    Times in seconds: `timeout_s` without a byte, `deadline_s` for a whole request with its retries. A POST that may be paid
    for has all of its deadline to be answered, since giving it up leaves its outcome unknown. `sleep`, `draw` and `now` are
    there for tests. Every error is a NetError; keys appear in none of them.
    """

    def __init__(
        self,
        *,
        timeout_s: float = 30.0,
        connect_s: float = 10.0,
        deadline_s: float = 90.0,
        user_agent: str = "studio",
        max_connections: int = 8,
        policy: RetryPolicy | None = None,
        sleep: Sleep = asyncio.sleep,
        draw: Callable[[], float] = random.random,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._exchange = Exchange(
            timeout_s=timeout_s, connect_s=connect_s, user_agent=user_agent, max_connections=max_connections
        )
        self._deadline_s = deadline_s
        self._policy = policy or RetryPolicy()
        self._sleep, self._draw, self._now = sleep, draw, now

    async def aclose(self) -> None:
        await self._exchange.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        content: Content | None = None,
        key: Key | None = None,
        retry: RetryMode = RetryMode.METHOD,
        deadline_s: float | None = None,
        max_body: int = MAX_BODY,
        policy: RetryPolicy | None = None,
    ) -> Answer:
        """Sends and gives the whole answer, whatever its status, after the retries that `retry` and `policy` allow.

        Raises NotSentError, NoAnswerError, BadAnswerError, TooLargeError (over `max_body` bytes), ForbiddenAddressError.
        """
        method = method.upper()
        sent_headers = {"Accept": "application/json", "Accept-Encoding": ACCEPTED, **(headers or {})}
        if json is not None:
            content = json_module.dumps(json, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
            sent_headers["Content-Type"] = "application/json"
        paid = method not in REPEATABLE_METHODS and retry is not RetryMode.KEYED
        call = Call(method, require_safe(url), sent_headers, content, fresh=paid)
        deadline = asyncio.get_running_loop().time() + (deadline_s or self._deadline_s)
        attempt, sent = 0, False
        while True:
            attempt += 1
            result = await self._attempt(call, key, deadline, max_body)
            if sent and isinstance(result, NotSentError):
                result = NoAnswerError(f"{result} An earlier try was sent.")
            sent = sent or not isinstance(result, NotSentError)
            wait = (policy or self._policy).wait(method, retry, attempt, _outcome(result), self._draw())
            if wait is not None and asyncio.get_running_loop().time() + wait < deadline:
                await self._sleep(wait)
                continue
            if isinstance(result, NetError):
                raise result
            return result

    async def upload(
        self,
        url: str,
        path: Path,
        *,
        content_type: str,
        key: Key | None = None,
        headers: Mapping[str, str] | None = None,
        report: Report | None = None,
        deadline_s: float = 3600.0,
    ) -> Answer:
        """Sends a file as the raw body of a POST. Repeating it is harmless: an upload that nobody uses expires.

        Raises OSError where the file cannot be read, else as `request`.
        """
        size = (await asyncio.to_thread(path.stat)).st_size

        async def pieces() -> AsyncIterator[bytes]:
            done = 0
            file = await asyncio.to_thread(path.open, "rb")
            try:
                while piece := await asyncio.to_thread(file.read, _FILE_PIECE):
                    yield piece
                    done += len(piece)
                    if report is not None:
                        report(done, size)
            finally:
                file.close()

        every = {"Content-Type": content_type, "Content-Length": str(size), **(headers or {})}
        return await self.request(
            "POST", url, headers=every, content=pieces, key=key, retry=RetryMode.KEYED, deadline_s=deadline_s
        )

    async def download(
        self,
        url: str,
        part: Path,
        *,
        headers: Mapping[str, str] | None = None,
        report: Report | None = None,
        max_bytes: int = MAX_DOWNLOAD,
        key: Key | None = None,
        outward: bool = False,
        allow_loopback: bool = False,
        limits: DownloadLimits | None = None,
    ) -> str:
        """Streams a file to `part`, going on where an earlier try ended, and gives the SHA-256 of it in hex.

        `outward`: only from addresses out on the internet, and this computer only with `allow_loopback`. `key` goes to its
        own origin only. `report(bytes so far, bytes in all or None)`. Raises OSError as the disk gives it, else
        NetErrors; BadAnswerError carries the status of a refusal.
        """
        call = Call("GET", require_safe(url), headers or {}, outward=outward, allow_loopback=allow_loopback)
        limits = replace(limits or DownloadLimits(), max_bytes=max_bytes)

        @asynccontextmanager
        async def ask(extra: Mapping[str, str]) -> AsyncIterator[Reply]:
            ranged = replace(call, headers={**call.headers, **extra})
            async with self._followed(ranged, key, None) as reply:
                yield reply

        async def pause(attempt: int, error: NetError) -> bool:
            wait = self._policy.wait("GET", RetryMode.METHOD, attempt, _outcome(error), self._draw())
            if wait is None:
                return False
            await self._sleep(wait)
            return True

        return await download_to(part, ask, pause, report, limits)

    async def _attempt(self, call: Call, key: Key | None, deadline: float, max_body: int) -> Answer | NetError:
        try:
            async with self._followed(call, key, deadline) as reply:
                body = await read_bounded(reply.chunks, reply.headers.get("content-encoding", ""), max_body)
                if key is not None:
                    body = key.hidden_in(body)
                wait = retry_after(reply.headers.get("retry-after"), self._now())
                return Answer(reply.status, reply.headers, body, wait)
        except NetError as error:
            return error

    @asynccontextmanager
    async def _followed(self, call: Call, key: Key | None, deadline: float | None) -> AsyncIterator[Reply]:
        """The answer at the end of the redirects. The key is put on anew at each step, and only at home."""
        for _ in range(MAX_REDIRECTS + 1):
            headers = dict(call.headers)
            bearer = key.bearer_for(call.url) if key is not None else None
            if bearer is not None:
                headers["Authorization"] = bearer
            async with self._exchange.open(replace(call, headers=headers), deadline) as reply:
                location = reply.headers.get("location")
                if reply.status not in _REDIRECTS or location is None:
                    yield reply
                    return
                status = reply.status
            call = replace(call, url=_next_address(call, status, location))
        raise RedirectError(f"The server redirected more than {MAX_REDIRECTS} times.")


def _next_address(call: Call, status: int, location: str) -> str:
    """Where a redirect may lead: https to https, this computer to this computer or https; a body goes nowhere else."""
    try:
        target = require_safe(urljoin(call.url, location))
        origin = origin_of(target)
    except (ForbiddenAddressError, ValueError):
        raise RedirectError("The server redirects to an address that is not safe.", status=status) from None
    if is_loopback(target) and not is_loopback(call.url):
        raise RedirectError("The server redirects to this computer.", status=status)
    if call.method not in ("GET", "HEAD"):
        raise RedirectError(f"The server wants this sent to {origin} instead.", status=status, target=origin)
    return target


def _outcome(result: Answer | NetError) -> Outcome:
    if isinstance(result, Answer):
        return Outcome(status=result.status, retry_after_s=result.retry_after_s)
    if isinstance(result, NotSentError):
        return Outcome(not_sent=True)
    if isinstance(result, NoAnswerError):
        return Outcome()
    if isinstance(result, BadAnswerError) and result.status is not None:
        return Outcome(status=result.status, retry_after_s=result.retry_after_s)
    return Outcome(status=0)  # nonsense, too large or forbidden: the same again would be the same
