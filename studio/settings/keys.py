"""Keys and other secrets of accounts: in the system's keyring, else for this session; a key also from the environment.
Never in a file of ours."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from enum import StrEnum

from studio.domain.account import KEY_VARIABLES, OFFICIAL_URLS, Account, Secret, Service
from studio.domain.errors import InputError
from studio.net.errors import ForbiddenAddressError
from studio.net.origin import is_loopback, origin_of
from studio.settings.keyring_thread import KeyringThread, KeyringUnusableError, user_of

LONGEST_KEY = 1024  # Windows keeps at most 1,280 characters in one entry
SHOWN_OF_KEY = 4
SHORTEST_SHOWN = 12
"""Of a shorter key the last characters would be too much of it."""


class KeySource(StrEnum):
    """Where an account's key comes from. UNREADABLE: the keyring is locked or does not answer, there may be one."""

    KEYRING = "keyring"
    SESSION = "session"
    ENVIRONMENT = "environment"
    NONE = "none"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class KeyNotKept:
    """The secret could not be put into (or taken out of) the keyring; `words` say what that means for the person."""

    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class _Asked:
    """When the keyring was asked last, and whether it could answer."""

    at: float
    readable: bool


class KeyRing:
    """Remembers what it read, so that the keyring is not asked at each request. Its coroutines block nothing.

    Times in seconds: `read_s` and `write_s` for one question to the keyring (a write may wait for the person to unlock it);
    after `again_s` it is asked again for what it did not have, after `fresh_s` for what it had, since another process may
    have changed it. For use on one event loop.
    """

    def __init__(
        self, *, read_s: float = 5.0, write_s: float = 60.0, again_s: float = 10.0, fresh_s: float = 300.0
    ) -> None:
        self._thread = KeyringThread()
        self._read_s, self._write_s = read_s, write_s
        self._again_s, self._fresh_s = again_s, fresh_s
        self._known: dict[str, tuple[str, KeySource]] = {}
        self._asked: dict[str, _Asked] = {}
        self._reading = asyncio.Lock()

    def __repr__(self) -> str:
        return f"KeyRing({len(self._known)} read)"

    async def get(self, account: Account) -> str | None:
        """The key, or None: there is none, or the keyring cannot be read just now (see `source`)."""
        return (await self._find(account))[0]

    async def source(self, account: Account) -> KeySource:
        """Where `get` takes the key from."""
        return (await self._find(account))[1]

    async def hint(self, account: Account) -> str | None:
        """The last four characters of the key, to know it by; None where there is none, or it is too short to show any."""
        key = await self.get(account)
        return key[-SHOWN_OF_KEY:] if key is not None and len(key) >= SHORTEST_SHOWN else None

    async def set(self, name: str, key: str) -> KeyNotKept | None:
        """Keeps the key of the account called `name`. None when the keyring has it; otherwise it is known until the end of
        the session, and the answer says so. Raises InputError for what cannot be a key."""
        words = await self._keep(user_of(name), checked_key(key))
        if words is None:
            return None
        return KeyNotKept(
            f"{words} The key is known until Studio ends and was not saved."
            " Set the service's environment variable to have it at each start."
        )

    async def delete(self, name: str) -> KeyNotKept | None:
        """Forgets the key here and in the keyring. The answer is given where the keyring may still hold it."""
        words = await self._drop(user_of(name))
        if words is None:
            return None
        return KeyNotKept(f"{words} The key may still be in the keyring, under studio, {user_of(name)}.")

    async def secret(self, name: str, purpose: Secret) -> str | None:
        """Another secret of the account called `name`, or None: there is none, or the keyring cannot be read just now."""
        return (await self._find_entry(user_of(name, purpose.value)))[0]

    async def secret_source(self, name: str, purpose: Secret) -> KeySource:
        """Where `secret` takes it from; never the environment."""
        return (await self._find_entry(user_of(name, purpose.value)))[1]

    async def set_secret(self, name: str, purpose: Secret, value: str) -> KeyNotKept | None:
        """Keeps a secret beside the key, in an entry of its own; answers and raises as `set` does."""
        words = await self._keep(user_of(name, purpose.value), checked_key(value, field=purpose.value))
        return None if words is None else KeyNotKept(f"{words} It is known until Studio ends and was not saved.")

    async def delete_secret(self, name: str, purpose: Secret) -> KeyNotKept | None:
        """Forgets a secret as `delete` does the key."""
        entry = user_of(name, purpose.value)
        words = await self._drop(entry)
        return None if words is None else KeyNotKept(f"{words} It may still be in the keyring, under studio, {entry}.")

    async def delete_all(self, name: str) -> KeyNotKept | None:
        """Forgets the key and every other secret of the account called `name`."""
        left = [await self.delete(name), *[await self.delete_secret(name, purpose) for purpose in Secret]]
        return next((one for one in left if one is not None), None)

    async def _keep(self, entry: str, secret: str) -> str | None:
        """None when the keyring has it, else why not."""
        self._known[entry] = (secret, KeySource.SESSION)
        self._asked.pop(entry, None)
        try:
            await self._thread.write(entry, secret, self._write_s)
        except KeyringUnusableError as error:
            return error.words
        self._known[entry] = (secret, KeySource.KEYRING)
        self._asked[entry] = _Asked(time.monotonic(), readable=True)
        return None

    async def _drop(self, entry: str) -> str | None:
        """None when it is gone, else why it may still be there."""
        self._known.pop(entry, None)
        self._asked.pop(entry, None)
        try:
            await self._thread.erase(entry, self._write_s)
        except KeyringUnusableError as error:
            return None if error.absent else error.words  # where nothing is kept nothing has to go
        return None

    async def _find(self, account: Account) -> tuple[str | None, KeySource]:
        if account.service is Service.LOCAL:
            return None, KeySource.NONE  # the engine's key is made anew at each start and is not kept
        key, source = await self._find_entry(user_of(account.name))
        if key is None:
            given = environment_key(account)
            if given is not None:
                return given, KeySource.ENVIRONMENT
        return key, source

    async def _find_entry(self, entry: str) -> tuple[str | None, KeySource]:
        async with self._reading:
            if self._is_due(entry):
                await self._read(entry)
        known = self._known.get(entry)
        if known is not None:
            return known
        asked = self._asked.get(entry)
        return None, KeySource.NONE if asked is None or asked.readable else KeySource.UNREADABLE

    def _is_due(self, entry: str) -> bool:
        """Whether the keyring is to be asked. What the person gave in this session counts until its end."""
        known, asked = self._known.get(entry), self._asked.get(entry)
        if known is not None and known[1] is KeySource.SESSION:
            return False
        limit = self._again_s if known is None else self._fresh_s
        return asked is None or time.monotonic() - asked.at >= limit

    async def _read(self, entry: str) -> None:
        before, readable = self._known.get(entry), True
        try:
            found = await self._thread.read(entry, self._read_s)
        except KeyringUnusableError as error:
            found, readable = None, error.absent
        if self._known.get(entry) is not before:
            return  # set or deleted while this read was under way: that is the newer word
        self._asked[entry] = _Asked(time.monotonic(), readable)
        if found is not None:
            self._known[entry] = (found, KeySource.KEYRING)
        # An empty answer is no proof that a key which was there is gone: some keyrings say so while they are locked.


def environment_key(account: Account) -> str | None:
    """The key from the service's environment variable, which is only for the official address and for this computer."""
    variable = KEY_VARIABLES.get(account.service)
    if variable is None:
        return None
    value = os.environ.get(variable, "").strip()
    if not value:
        return None
    official = OFFICIAL_URLS[account.service]
    try:
        at_home = not account.base_url or origin_of(account.base_url) == origin_of(official) or is_loopback(account.base_url)
        return checked_key(value) if at_home else None
    except (ForbiddenAddressError, InputError):
        return None


def checked_key(key: str, field: str = "key") -> str:
    """The key, or another secret, without the spaces around it. Raises InputError, in which its text is nowhere."""
    key = key.strip()
    if not key:
        raise InputError("The key is empty." if field == "key" else "The secret is empty.", field=field)
    if len(key) > LONGEST_KEY or not all("!" <= character <= "~" for character in key):
        what = "key" if field == "key" else "secret"
        raise InputError(f"That is no {what}: a {what} is one word of plain letters, digits and signs.", field=field)
    return key
