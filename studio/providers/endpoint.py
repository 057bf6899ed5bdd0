"""Where a service is asked and with which key: fixed for an account, made anew at each start of the local engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from studio.domain.account import Account
from studio.domain.errors import KeyMissingError, KeyRefusedError
from studio.net.errors import ForbiddenAddressError
from studio.net.origin import Key


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`url`: the base address of the contract, without a slash at its end; `key`: the secret itself."""

    url: str
    key: str = field(repr=False)


class EndpointSource(Protocol):
    """Gives the address and the key for each request. `renew` is told which one failed; True: there is another one now."""

    async def current(self) -> Endpoint: ...
    async def renew(self, failed: Endpoint) -> bool: ...


class AccountEndpoint:
    """An account's own address; its key is asked for at each request, so that a new one counts at once."""

    def __init__(self, account: Account, key: Callable[[], Awaitable[str]]) -> None:
        self._account = account
        self._key = key

    async def current(self) -> Endpoint:
        """Raises KeyMissingError."""
        key = await self._key()
        if not key:
            raise KeyMissingError(f"There is no key for the account {self._account.name}.")
        return Endpoint(self._account.base_url.rstrip("/"), key)

    async def renew(self, failed: Endpoint) -> bool:
        return False


class EngineEndpoint:
    """The local engine's address, asked for at first use and again when the one that was known does not answer."""

    def __init__(self, find: Callable[[], Awaitable[Endpoint]]) -> None:
        self._find = find
        self._known: Endpoint | None = None

    async def current(self) -> Endpoint:
        """Starts the engine where it does not run."""
        if self._known is None:
            found = await self._find()
            self._known = Endpoint(found.url.rstrip("/"), found.key)
        return self._known

    async def renew(self, failed: Endpoint) -> bool:
        """Asks anew, unless somebody else already has; True where the answer is another engine (or it was started anew)."""
        if self._known == failed:
            self._known = None
        return await self.current() != failed


def key_of(endpoint: Endpoint) -> Key:
    """The key bound to its origin. Raises KeyRefusedError for what cannot be a key."""
    try:
        return Key(endpoint.key, endpoint.url)
    except ForbiddenAddressError as error:
        words = f"The account's address cannot be used: {error}"
        raise KeyRefusedError(words, advice="Correct the account's address.") from None
    except ValueError:
        raise KeyRefusedError("The account's key holds characters that no key has.") from None
