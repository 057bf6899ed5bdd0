"""The system's keyring, asked on one thread of its own.

Importing keyring can take a minute on a sick D-Bus, and a locked keyring may wait for a prompt that nobody sees: so it is
imported there and not before it is needed, everything has a time limit, and the thread never keeps the program from ending.
Calls come one after the other, since parallel ones would each raise a prompt.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

_log = logging.getLogger(__name__)

SERVICE = "studio"


class KeyringUnusableError(Exception):
    """`absent`: there is no keyring here at all. Otherwise it is there and locked, broken or silent. `words` for people."""

    def __init__(self, words: str, *, absent: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.absent = absent


def user_of(name: str, purpose: str = "") -> str:
    """The user name of an account's entry, its key's or that of another secret; one entry a secret, as Windows takes only
    short ones. An account's name has no colon."""
    return f"account:{name}:{purpose}" if purpose else f"account:{name}"


class KeyringThread:
    """Starts its thread with the first question. A question whose time is over before its turn is not asked at all.

    `entry` is a user name that `user_of` made.
    """

    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[tuple[Callable[[], object], Future[Any]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def read(self, entry: str, limit_s: float) -> str | None:
        """The secret, or None, which some keyrings also say while they are locked. Raises KeyringUnusableError."""
        answer = await self._ask(lambda: _keyring().get_password(SERVICE, entry), limit_s)
        return answer if isinstance(answer, str) and answer else None

    async def write(self, entry: str, secret: str, limit_s: float) -> None:
        """Keeps the secret and reads it back, since a keyring that does nothing does so without a word."""

        def keep() -> bool:
            keyring = _keyring()
            keyring.set_password(SERVICE, entry, secret)
            return bool(keyring.get_password(SERVICE, entry) == secret)

        if not await self._ask(keep, limit_s):
            raise KeyringUnusableError("The system's keyring did not keep it.")

    async def erase(self, entry: str, limit_s: float) -> None:
        """No error where there is nothing to erase."""

        def drop() -> None:
            keyring = _keyring()
            if keyring.get_password(SERVICE, entry) is not None:
                keyring.delete_password(SERVICE, entry)

        await self._ask(drop, limit_s)

    async def _ask(self, work: Callable[[], object], limit_s: float) -> object:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="keyring", daemon=True)
            self._thread.start()
        future: Future[Any] = Future()
        self._tasks.put((work, future))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), limit_s)
        except TimeoutError:
            raise KeyringUnusableError(
                f"The system's keyring did not answer within {limit_s:g} seconds; it may be locked."
            ) from None

    def _run(self) -> None:
        while True:
            work, future = self._tasks.get()
            if not future.set_running_or_notify_cancel():
                continue  # nobody waits any more
            try:
                result = work()
            except KeyringUnusableError as error:
                future.set_exception(error)
            except Exception as error:  # noqa: BLE001  # each system's keyring raises errors of its own; their text may hold secrets
                _log.warning("The keyring failed: %s", type(error).__name__)
                future.set_exception(KeyringUnusableError(_words_for(error)))
            else:
                future.set_result(result)


def _words_for(error: Exception) -> str:
    if "Locked" in type(error).__name__:
        return "The system's keyring is locked."
    return f"The system's keyring cannot be used ({type(error).__name__})."


def _keyring() -> Any:
    """The keyring in use. Raises KeyringUnusableError where there is none, or one that would write plain text."""
    backend = importlib.import_module("keyring").get_keyring()
    home = type(backend).__module__
    if home.startswith("keyring.backends.chainer"):
        backends = [one for one in backend.backends if not _is_nothing(type(one).__module__)]
        if backends:
            return backend
    elif not _is_nothing(home):
        return backend
    raise KeyringUnusableError("This system has no keyring.", absent=True)


def _is_nothing(home: str) -> bool:
    """Back ends that keep nothing, or keep it in a file that others can read."""
    return home.startswith(("keyring.backends.fail", "keyring.backends.null", "keyrings.alt"))
