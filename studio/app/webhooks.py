"""Events from the services: an address for each account, a receiver on loopback behind it, and what an event does.

An event is a hint: it makes the studio ask the service about that job at once. What is true is what the service answers, so
an event that is forged, lost, doubled or late changes nothing but when it is asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from studio.app.webhook_paths import WebhookPaths
from studio.domain.account import Account, Service
from studio.domain.errors import InputError, LocalError, NotFoundError, StudioError
from studio.domain.event import Listener, ProblemRaised, ReceiverChanged
from studio.jobs.tasks import Tasks
from studio.net.errors import ForbiddenAddressError
from studio.net.origin import is_loopback, require_safe, split
from studio.settings.preferences import Preferences

if TYPE_CHECKING:
    from studio.net.webhook_receiver import Delivery, WebhookReceiver

log = logging.getLogger(__name__)

_MOST_QUEUED = 1000
_MOST_REMEMBERED = 4096
_SECRET_S = 3.0


@dataclass(frozen=True, slots=True)
class _Listening:
    """What the receiver was started with."""

    port_wanted: int
    port: int


class RecentEvents:
    """Knows the last events by id, so that a doubled one is answered and not acted on. In memory: at worst a job is asked
    about once more."""

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self._most = most
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def is_new(self, account: str, event: str) -> bool:
        """Whether this event of this account was not here before; it is remembered from now on."""
        known = (account, event) in self._seen
        self._seen[(account, event)] = None
        self._seen.move_to_end((account, event))
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return not known


class Webhooks:
    """`accounts` lists the person's accounts, `secret` gives an account's webhook secret (or None), `look_now(account, id)`
    asks a service about a job at once. Used on the core's loop; nothing listens before `start`.
    """

    def __init__(
        self, folder: Path, accounts: Callable[[], list[Account]], secret: Callable[[str], Awaitable[str | None]],
        look_now: Callable[[str, str], bool], emit: Listener,
    ) -> None:
        self._paths = WebhookPaths(folder)
        self._accounts, self._secret, self._look_now, self._emit = accounts, secret, look_now, emit
        self._receiver: WebhookReceiver | None = None
        self._listening: _Listening | None = None
        self._started = self._on = False
        self._public_url = ""
        self._recent = RecentEvents()
        self._queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue(_MOST_QUEUED)
        self._tasks = Tasks()
        self._changing = asyncio.Lock()

    # -- on and off

    async def start(self, preferences: Preferences) -> None:
        """Listen, or not, as the preferences say. A port that is taken is told as ReceiverChanged and raises nothing."""
        self._started = True
        await self.preferences_changed(preferences)

    async def preferences_changed(self, preferences: Preferences) -> None:
        """The same for new preferences; nothing before `start`."""
        if not self._started:
            return
        async with self._changing:
            self._public_url = preferences.webhook_public_url.rstrip("/")
            self._on, wanted = preferences.webhook_receiver, preferences.webhook_port
            if self._listening is not None and (not self._on or self._listening.port_wanted != wanted):
                await self._stop("")
            if self._on and self._listening is None:
                await self._start(wanted)

    async def accounts_changed(self) -> None:
        """An account was added or removed: it gets its address, or loses it."""
        if self._started and self._on:
            try:
                await asyncio.to_thread(self._paths.make, self._names())
            except LocalError as error:  # the account itself is stored
                self._emit(ProblemRaised(error.in_words()))

    async def close(self) -> None:
        async with self._changing:
            await self._stop(None)
            await self._tasks.close()

    @property
    def port(self) -> int | None:
        """Where it listens on 127.0.0.1; None when it does not."""
        return None if self._listening is None else self._listening.port

    async def _start(self, wanted: int) -> None:
        from studio.net.webhook_receiver import WebhookReceiver

        receiver = WebhookReceiver(lambda path: self._paths.account_at(path) is not None, self._receive)
        try:
            await asyncio.to_thread(self._paths.make, self._names())
            port = await receiver.start(wanted)
        except (OSError, LocalError) as error:
            words = error.message if isinstance(error, StudioError) else f"Port {wanted} cannot be used: {error.strerror}."
            log.warning("no events are received: %s", words)
            self._emit(ReceiverChanged(listening=False, note=words))
            return
        self._receiver, self._listening = receiver, _Listening(wanted, port)
        if not len(self._tasks):
            self._tasks.start(self._pass_on(), "webhook events")
        self._emit(ReceiverChanged(listening=True))

    async def _stop(self, note: str | None) -> None:
        """`note` None: the studio closes, and nobody is told."""
        receiver, self._receiver, self._listening = self._receiver, None, None
        if receiver is None:
            return
        await receiver.close()
        if note is not None:
            self._emit(ReceiverChanged(listening=False, note=note))

    def _names(self) -> list[str]:
        return [account.name for account in self._accounts() if account.service is not Service.LOCAL]

    # -- addresses

    def address(self, account: str) -> str | None:
        """What to enter at the service: the tunnel's address with the account's path, or the one on this computer.

        The tunnel's also where another process listens behind it. None while nothing does, and for the account local, which
        needs none.
        """
        path = self._paths.path_of(account)
        if not self._on or path is None:
            return None
        if self._public_url:
            return self._public_url + path
        return None if self._listening is None else f"http://127.0.0.1:{self._listening.port}{path}"

    def address_to_send(self, account: Account) -> str | None:
        """The address that goes along with a request of this account: only where its service can reach it, through the
        tunnel, or because it is an engine on this computer.

        The tunnel's does not depend on which process listens: a request that another process sends again under the same
        key must have the same body.
        """
        path = self._paths.path_of(account.name)
        if not self._on or path is None:
            return None
        if account.base_url and is_loopback(account.base_url):
            return None if self._listening is None else f"http://127.0.0.1:{self._listening.port}{path}"
        return self._public_url + path if self._public_url else None

    # -- events

    async def _receive(self, delivery: Delivery) -> HTTPStatus:
        """Check and queue; the answer is for whoever sent it."""
        from studio.net.webhook_signatures import WebhookSignatureError
        from studio.providers.webhook_events import EventUnreadableError, read_event

        account = self._account_at(delivery.path)
        if account is None:
            return HTTPStatus.NOT_FOUND
        try:
            event_id = await self._signed_id(account, delivery)
            event = read_event(account.service, delivery.body)
        except WebhookSignatureError as error:
            log.info("an event for %s was refused: %s", account.name, error)
            return _refusal(error)
        except EventUnreadableError as error:
            log.info("an event for %s cannot be read: %s", account.name, error)
            return HTTPStatus.BAD_REQUEST
        if self._queue.full():
            return HTTPStatus.SERVICE_UNAVAILABLE  # before it is remembered: it comes again
        if self._recent.is_new(account.name, event_id or hashlib.sha256(delivery.body).hexdigest()):
            self._queue.put_nowait((account.name, event.remote_id))
        return HTTPStatus.NO_CONTENT

    def _account_at(self, path: str) -> Account | None:
        name = self._paths.account_at(path)
        return next((account for account in self._accounts() if account.name == name), None)

    async def _signed_id(self, account: Account, delivery: Delivery) -> str | None:
        """The event's id, where the account has a secret and the event was signed with it; None where it has no secret.

        A keyring that does not answer leaves the event unsigned: as a hint it is as good. Raises WebhookSignatureError.
        """
        from studio.net.webhook_signatures import SignatureVerifier, read_secrets

        try:
            async with asyncio.timeout(_SECRET_S):
                given = await self._secret(account.name)
        except (TimeoutError, NotFoundError):
            given = None
        if not given:
            return None
        return SignatureVerifier(read_secrets(given)).verify(delivery.headers, delivery.body)

    async def _pass_on(self) -> None:
        while True:
            account, remote_id = await self._queue.get()
            found = self._look_now(account, remote_id)
            log.info("an event of %s: %s", account, "its job is asked about now" if found else "no job here waits for it")


async def try_to_listen(preferences: Preferences) -> tuple[bool, str]:
    """For `studio doctor`: whether events could be received as the preferences say, and words for the person."""
    from studio.net.webhook_receiver import WebhookReceiver

    async def refuse(_: Delivery) -> HTTPStatus:
        return HTTPStatus.NOT_FOUND

    if not preferences.webhook_receiver:
        return True, "events are not received; jobs are polled"
    receiver = WebhookReceiver(lambda _: False, refuse)
    try:
        port = await receiver.start(preferences.webhook_port)
    except OSError as error:
        return False, f"port {preferences.webhook_port}: {error.strerror}; perhaps a Studio that runs listens there"
    await receiver.close()
    behind = preferences.webhook_public_url or "no tunnel"
    return True, f"{f'port {port}' if preferences.webhook_port else 'a port'} is free; {behind}"


def _refusal(error: Exception) -> HTTPStatus:
    from studio.net.webhook_signatures import MalformedSignatureError, WebhookSecretError

    if isinstance(error, WebhookSecretError):
        return HTTPStatus.SERVICE_UNAVAILABLE  # ours is wrong, not theirs: it may come again
    return HTTPStatus.BAD_REQUEST if isinstance(error, MalformedSignatureError) else HTTPStatus.UNAUTHORIZED


def checked_public_url(url: str) -> str:
    """A tunnel's address in one spelling, or "". Raises InputError: https (or this computer), without ? and #."""
    url = url.strip().rstrip("/")
    if not url:
        return ""
    try:
        parts = split(require_safe(url))
    except ForbiddenAddressError as error:
        advice = "Give an address like https://example.org."
        raise InputError(str(error), advice=advice, field="webhook_public_url") from None
    if parts.query or parts.fragment:
        raise InputError("The tunnel's address ends with its path, without ? and #.", field="webhook_public_url")
    return url


def checked_secret(text: str) -> str:
    """A webhook secret as a person enters it; several, with commas, while one replaces another. Raises InputError."""
    from studio.net.webhook_signatures import WebhookSecretError, read_secrets

    try:
        found = read_secrets(text)
    except WebhookSecretError as error:
        raise InputError(str(error), advice="Copy it from the service's page.", field="webhook_secret") from None
    if not found:
        raise InputError("The webhook secret is empty.", field="webhook_secret")
    return ",".join(found)
