"""Webhooks: one signed event for each job that ended, sent to the address that was given for it, again and again until it
arrives. Signed, named and repeated as the Standard Webhooks specification says.

Rendering never waits for it: events lie in the store, and a task of its own sends them.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import importlib
import json
import logging
import random
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from studio import __version__
from studio.engine import cannon_answers, canvas_answers
from studio.engine.errors import ApiError, EngineError, invalid
from studio.engine.fault_rules import FaultRule
from studio.engine.files import Files, now_ms
from studio.engine.outbox import EventRecord
from studio.engine.records import JobRecord
from studio.engine.store import Store
from studio.net.errors import ForbiddenAddressError, NetError
from studio.net.guard import refuse_inward_literal
from studio.net.origin import is_loopback, require_safe
from studio.net.retry import retry_after
from studio.net.webhook_signatures import WebhookSecretError, WebhookSigner, new_secret, read_secrets, secret_of

if TYPE_CHECKING:
    from studio.net.exchange import Exchange

log = logging.getLogger(__name__)

SCHEDULE_S: tuple[float, ...] = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each attempt, counted from the one before it: at once, 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h."""
JITTER = 0.1
TIMEOUT_S = 15.0
AT_ONCE = 4
MAX_EVENT_BYTES = 200_000
_MAX_URL = 2048
_GONE = 410
_STORE_PAUSE_S = 2.0
_LONGEST_SLEEP_S = 3600.0
_PRESSING, _SOON_MS = 2, 60_000
_EVENTS = {
    "cannon": {"succeeded": "request.succeeded", "failed": "request.failed"},
    "canvas": {"succeeded": "job.completed", "failed": "job.failed"},
}


def derived_secret(key: str) -> str:
    """The secret that belongs to an engine's key: who has the key may read it, and the same key signs alike later."""
    return secret_of(hmac.digest(key.encode(), b"studio engine webhooks", hashlib.sha256))


def checked_url(url: object) -> str:
    """An address that events may be sent to: public https, or this computer by its own name, for a rehearsal.

    ApiError 422 naming webhook_url. What a public name leads to is checked anew each time that something is sent there.
    """
    if not isinstance(url, str) or not 0 < len(url) <= _MAX_URL:
        raise invalid("webhook_url", f"webhook_url must be an address of at most {_MAX_URL} characters.")
    try:
        require_safe(url)
        if not is_loopback(url):
            refuse_inward_literal(url)
    except ForbiddenAddressError as error:
        raise invalid("webhook_url", f"webhook_url: {error}") from None
    return url


def event_body(job: JobRecord, files: Files, created_ms: int) -> str:
    """The event of a job that has ended, as its contract writes it. A request's log is left out where it is too long."""
    name = _EVENTS[job.contract][job.status]
    if job.contract == "canvas":
        shown = canvas_answers.job_object(job, files, progress=None, eta_ms=0, poll_after_ms=0)
        return json.dumps({"event": name, **shown}, ensure_ascii=False)
    data: dict[str, Any] = cannon_answers.request_object(job, files, progress=None, eta_ms=0, poll_after_ms=0)
    moment = datetime.fromtimestamp(created_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = json.dumps({"event": name, "created_at": moment, "data": data}, ensure_ascii=False)
    if len(text.encode()) > MAX_EVENT_BYTES:
        data = {**data, "requestLog": {**data["requestLog"], "input": None, "output": None}}
        text = json.dumps({"event": name, "created_at": moment, "data": data}, ensure_ascii=False)
    return text


class Webhooks:
    """Sends what lies in the outbox. `run` is a task of the engine; `wake` says that an event was added.

    `secrets`: each of them signs. `canvas_url`: where Canvas Labs' events go, which its contract has set in a dashboard.
    `rules`: fault drills for events. `schedule_s`, `chance` and `clock_ms` are there for tests.
    """

    def __init__(
        self, store: Store, files: Files, secrets: Sequence[str], *, canvas_url: str | None = None,
        rules: Sequence[FaultRule] = (), schedule_s: Sequence[float] = SCHEDULE_S,
        chance: Callable[[], float] = random.random, clock_ms: Callable[[], int] = now_ms,
    ) -> None:
        self._store, self._outbox, self._files = store, store.outbox, files
        self._signer = WebhookSigner(secrets)
        self.secrets = tuple(secrets)
        self.canvas_url = canvas_url
        self.schedule_s = tuple(schedule_s)
        self._rules, self._chance, self._clock_ms = tuple(rules), chance, clock_ms
        self._more = asyncio.Event()
        self._sending: set[str] = set()
        self._delayed: set[str] = set()
        self._exchange: Exchange | None = None
        store.on_event = self.wake

    def wake(self) -> None:
        self._more.set()

    async def pressing(self) -> bool:
        """Whether an event that was hardly tried is due in a moment: the engine does not end by itself over that."""
        soon = self._clock_ms() + _SOON_MS
        return any(event.attempts < _PRESSING and event.next_ms < soon for event in await self._outbox.waiting(AT_ONCE))

    async def close(self) -> None:
        if self._exchange is not None:
            await self._exchange.close()

    async def run(self) -> None:
        """Until cancelled. What was under way then is sent again by the next engine, under the same id."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._more.clear()
                wait_s = await self._send_due(group)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._more.wait()

    async def _send_due(self, group: asyncio.TaskGroup) -> float | None:
        """Start what is due; seconds until there is more to do, None: when something is added or has been sent."""
        try:
            waiting = await self._outbox.waiting(AT_ONCE + len(self._sending))
        except sqlite3.OperationalError:
            log.exception("the events cannot be read; trying again")
            return _STORE_PAUSE_S
        for event in waiting:
            if event.id in self._sending:
                continue
            if len(self._sending) >= AT_ONCE:
                return None
            wait_s = (event.next_ms - self._clock_ms()) / 1000
            if wait_s > 0:
                return min(wait_s, _LONGEST_SLEEP_S)
            self._sending.add(event.id)
            group.create_task(self._send(event), name="webhook")
        return None

    async def _send(self, event: EventRecord) -> None:
        try:
            await self._deliver(event)
        except sqlite3.OperationalError:
            log.exception("what became of an event cannot be written; it is sent again")
            await asyncio.sleep(_STORE_PAUSE_S)
        finally:
            self._sending.discard(event.id)
            self.wake()

    async def _deliver(self, event: EventRecord) -> None:
        job = await self._store.get(event.job_id)
        if job is None or job.unfinished:
            await self._outbox.end(event.id, event.attempts, "gone")
            return
        body = event_body(job, self._files, event.created_ms)
        drill = self._drill(event, job)
        if drill is not None and drill.webhook == "delay":
            await self._outbox.put_off(event.id, event.attempts, self._clock_ms() + round(drill.delay_s * 1000))
            return
        attempts = event.attempts + 1
        if drill is not None and drill.webhook == "drop":
            await self._outbox.end(event.id, attempts, "delivered")  # so it seems to whoever sent it
            return
        signer = self._signer
        if drill is not None and drill.webhook == "bad_signature":
            signer = WebhookSigner([new_secret()])
        status, asked_s = await self._post(event, body, signer)
        if drill is not None and drill.webhook == "double":
            await self._post(event, body, signer)
        await self._note(event, attempts, status, asked_s)

    async def _note(self, event: EventRecord, attempts: int, status: int | None, asked_s: float | None) -> None:
        """Arrived, not wanted any more, or when it is sent again."""
        if status is not None and 200 <= status < 300:
            await self._outbox.end(event.id, attempts, "delivered")
        elif status == _GONE or attempts >= len(self.schedule_s):
            log.info("event %s is not sent any more, after %d attempts", event.id, attempts)
            await self._outbox.end(event.id, attempts, "gone" if status == _GONE else "given_up")
        else:
            wait_s = self.schedule_s[attempts] * (1 + JITTER * self._chance())
            wait_s = max(wait_s, min(asked_s or 0.0, self.schedule_s[-1]))
            log.info("event %s did not arrive (%s); again in %.0f s", event.id, status or "no answer", wait_s)
            await self._outbox.put_off(event.id, attempts, self._clock_ms() + round(wait_s * 1000))

    async def _post(self, event: EventRecord, body: str, signer: WebhookSigner) -> tuple[int | None, float | None]:
        """Status of the answer (None: there was none) and its Retry-After in seconds. Its body is not read, a redirect not
        followed; only this computer by its own name, or a public address, is spoken to."""
        from studio.net.exchange import Call

        headers = {"Content-Type": "application/json", **signer.headers(event.id, self._clock_ms() / 1000, body)}
        here = is_loopback(event.url)
        call = Call("POST", event.url, headers, body.encode(), fresh=True, outward=True, allow_loopback=here)
        deadline = asyncio.get_running_loop().time() + TIMEOUT_S
        try:
            exchange = await self._ready()
            async with exchange.open(call, deadline) as reply:
                return reply.status, retry_after(reply.headers.get("retry-after"), datetime.now(UTC))
        except NetError as error:
            log.info("event %s to %s: %s", event.id, urlsplit(event.url).hostname, error)
            return None, None

    async def _ready(self) -> Exchange:
        if self._exchange is None:
            # As for fetching media: an engine that sends nothing does without this import.
            module = await asyncio.to_thread(importlib.import_module, "studio.net.exchange")
            if self._exchange is None:
                self._exchange = module.Exchange(
                    timeout_s=TIMEOUT_S, connect_s=10.0, user_agent=f"studio-engine/{__version__}", max_connections=AT_ONCE
                )
        return self._exchange

    def _drill(self, event: EventRecord, job: JobRecord) -> FaultRule | None:
        path = urlsplit(event.url).path
        for rule in self._rules:
            if rule.webhook == "delay" and event.id in self._delayed:
                continue
            if rule.strikes("POST", path, job.operation):
                log.warning("fault drill: %s an event of %s", rule.webhook, job.operation)
                if rule.webhook == "delay":
                    self._delayed.add(event.id)
                return rule
        return None


def of_options(
    store: Store, files: Files, *, key: str, secret: str | None, canvas_url: str | None, rules: Sequence[FaultRule]
) -> Webhooks:
    """The webhooks of one engine. `secret`: one or more as a person enters them; None: the one of the engine's key."""
    try:
        secrets = read_secrets(secret) if secret else (derived_secret(key),)
        url = None if canvas_url is None else checked_url(canvas_url)
    except (WebhookSecretError, ApiError) as error:
        raise EngineError(f"The webhooks of this engine: {error}") from None
    return Webhooks(store, files, secrets, canvas_url=url, rules=[rule for rule in rules if rule.do == "webhook"])
