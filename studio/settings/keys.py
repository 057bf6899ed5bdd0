"""Keys of accounts: in the system's keyring, else for this session, else from the environment. Never in a file of ours."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from enum import StrEnum

from studio.domain.account import KEY_VARIABLES, OFFICIAL_URLS, Account, Service
from studio.domain.errors import InputError
from studio.net.errors import ForbiddenAddressError
from studio.net.origin import is_loopback, origin_of
from studio.settings.keyring_thread import KeyringThread, KeyringUnusableError

LONGEST_KEY = 1024  # Windows keeps at most 1,280 characters in one entry


class KeySource(StrEnum):
    """Where an account's key comes from. UNREADABLE: the keyring is locked or does not answer, there may be one."""

    KEYRING = "keyring"
    SESSION = "session"
    ENVIRONMENT = "environment"
    NONE = "none"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class KeyNotKept:
    """The key could not be put into (or taken out of) the keyring; `words` say what that means for the person."""

    words: str

    def __str__(self) -> str:
        return self.words


class KeyRing:
    """Remembers what it read, so that the keyring is asked once. All methods are coroutines and block nothing.

    Of no help to a thread that is not the loop's own: use it from one event loop.
    """

    def __init__(self, *, read_s: float = 5.0, write_s: float = 60.0) -> None:
        self._thread = KeyringThread()
        self._read_s, self._write_s = read_s, write_s
        self._known: dict[str, tuple[str, KeySource]] = {}
        self._reading = asyncio.Lock()

    def __repr__(self) -> str:
        return f"KeyRing({len(self._known)} read)"

    async def get(self, account: Account) -> str | None:
        """The key, or None: there is none, or the keyring cannot be read just now (see `source`)."""
        return (await self._find(account))[0]

    async def source(self, account: Account) -> KeySource:
        """Where `get` takes the key from."""
        return (await self._find(account))[1]

    async def set(self, name: str, key: str) -> KeyNotKept | None:
        """Keeps the key of the account called `name`. None when the keyring has it; otherwise it is known until the end of
        the session, and the answer says so. Raises InputError for what cannot be a key."""
        key = checked_key(key)
        self._known[name] = (key, KeySource.SESSION)
        try:
            await self._thread.write(name, key, self._write_s)
        except KeyringUnusableError as error:
            return KeyNotKept(
                f"{error.words} The key is known until Studio ends and was not saved."
                " Set the service's environment variable to have it at each start."
            )
        self._known[name] = (key, KeySource.KEYRING)
        return None

    async def delete(self, name: str) -> KeyNotKept | None:
        """Forgets the key here and in the keyring. The answer is given where the keyring may still hold it."""
        self._known.pop(name, None)
        try:
            await self._thread.erase(name, self._write_s)
        except KeyringUnusableError as error:
            if error.absent:
                return None  # where nothing is kept nothing has to go
            return KeyNotKept(f"{error.words} The key may still be in the keyring, under studio, account:{name}.")
        return None

    async def _find(self, account: Account) -> tuple[str | None, KeySource]:
        if account.service is Service.LOCAL:
            return None, KeySource.NONE  # the engine's key is made anew at each start and is not kept
        async with self._reading:
            known = self._known.get(account.name)
            if known is not None:
                return known
            readable = True
            try:
                found = await self._thread.read(account.name, self._read_s)
            except KeyringUnusableError as error:
                found, readable = None, error.absent
        if found is not None:
            # setdefault: a key that was set while this read was under way is the newer one
            return self._known.setdefault(account.name, (found, KeySource.KEYRING))
        given = environment_key(account)
        if given is not None:
            return given, KeySource.ENVIRONMENT
        return None, KeySource.NONE if readable else KeySource.UNREADABLE


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


def checked_key(key: str) -> str:
    """The key without the spaces around it. Raises InputError; the text of the key is in no message."""
    key = key.strip()
    if not key:
        raise InputError("The key is empty.", field="key")
    if len(key) > LONGEST_KEY or not all("!" <= character <= "~" for character in key):
        raise InputError("That is no key: a key is one word of plain letters, digits and signs.", field="key")
    return key
