"""Accounts with their keys and their providers, made on first use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import studio
from studio.app.engine_link import EngineLink
from studio.app.logs import hide
from studio.domain.account import LOCAL, LOCAL_ACCOUNT, Account, Balance, Secret, Service
from studio.domain.errors import KeyMissingError
from studio.domain.event import BalanceChanged, Listener, ProblemRaised
from studio.jobs.ports import Provider
from studio.jobs.scheduler import Scheduler
from studio.net.origin import origin_of
from studio.net.transport import Transport
from studio.providers.discovery import DocumentBook
from studio.providers.factory import make_provider
from studio.providers.hosting.factory import make_host, try_host
from studio.settings.accounts import AccountBook, checked, checked_url
from studio.settings.keys import KeyRing, KeySource, checked_key, environment_key

USER_AGENT = f"studio/{studio.__version__}"


class Accounts:
    """Implements studio.jobs.ports.Providers. `learn` is told what a service says of an account's limits."""

    def __init__(
        self, book: AccountBook, keys: KeyRing, link: EngineLink, emit: Listener, scheduler: Scheduler,
        documents: DocumentBook,
    ) -> None:
        self.book = book
        self._documents = documents
        self._keys = keys
        self._link = link
        self._emit = emit
        self._scheduler = scheduler
        self._providers: dict[str, Provider] = {}
        self.webhook_url: Callable[[Account], str | None] = lambda account: None
        """Where an account's service may send its events; set by the core once there is a receiver."""
        self._transport = Transport(user_agent=USER_AGENT)
        self._transports: dict[str, Transport] = {}
        """One an account: nobody's requests wait behind the uploads and downloads of a slow service of another account."""
        link.keep_with(lambda: self.provider(LOCAL_ACCOUNT).balance())

    def provider(self, name: str) -> Provider:
        """Raises NotFoundError. Nothing is asked of anybody here: the key only when a request is made."""
        account = LOCAL if name == LOCAL_ACCOUNT else self.book.get(name)
        known = self._providers.get(account.name)
        if known is None or known.account != account:
            known = self._providers[account.name] = self._make(account)
        return known

    def _make(self, account: Account) -> Provider:
        if account.service is Service.LOCAL:
            return make_provider(account, transport=self._transport_of(account), endpoint=self._link.endpoint,
                                 documents=self._documents)
        host = make_host(account, self._secrets_of(account.name))
        return make_provider(account, transport=self._transport_of(account), key=self._key_of(account), media_host=host,
                             documents=self._documents, webhook_url=lambda account: self.webhook_url(account))

    def _transport_of(self, account: Account) -> Transport:
        return self._transports.setdefault(account.name, Transport(user_agent=USER_AGENT))

    def _key_of(self, account: Account) -> Callable[[], Awaitable[str]]:
        async def key() -> str:
            found = await self._keys.get(account)
            if found:
                hide(found)
                return found
            if await self._keys.source(account) is KeySource.UNREADABLE:
                raise KeyMissingError(f"The keyring cannot be read just now, so there is no key for {account.name}.",
                                      advice="Unlock the keyring.")
            raise KeyMissingError(f"There is no key for the account {account.name}.")

        return key

    async def of(self, account: str) -> Provider:
        return self.provider(account)

    async def add(self, account: Account, key: str | None) -> str | None:
        """Store the account, and its key where one is given; words of warning when the key could not be kept.

        The key of an account that is replaced stays only where it belongs: with the same service at the same address.
        """
        key = None if key is None else checked_key(key)  # before anything is stored
        before = {known.name: known for known in self.book.list()}
        stored = await asyncio.to_thread(self.book.add, account)
        self._providers.pop(stored.name, None)
        await self._scheduler.use_limits_of(stored)
        if key is None:
            return await self._drop_key_of(before.get(stored.name), stored)
        hide(key)
        not_kept = await self._keys.set(stored.name, key)
        return None if not_kept is None else str(not_kept)

    async def update(self, account: Account) -> Account:
        """Change the fields of an account that is there. Its key stays where service and origin do. Raises NotFoundError."""
        before = self.book.get(account.name)
        stored = await asyncio.to_thread(self.book.update, account)
        self._providers.pop(stored.name, None)
        await self._scheduler.use_limits_of(stored)
        left = await self._drop_key_of(before, stored)
        if left is not None:
            self._emit(ProblemRaised(left))
        return stored

    async def _drop_key_of(self, before: Account | None, now: Account) -> str | None:
        if before is None or _same_home(before, now):
            return None
        left = await self._keys.delete(now.name)
        return None if left is None else str(left)

    async def remove(self, name: str) -> None:
        """Forget the account, its key and its other secrets; its jobs and what they made stay."""
        account = self.book.get(name)
        await asyncio.to_thread(self.book.remove, account.name)
        self._providers.pop(account.name, None)
        await asyncio.to_thread(self._documents.forget, account)
        await self._keys.delete_all(account.name)

    async def test(self, account: Account, key: str | None) -> Balance:
        """Ask the service of `account`, which need not be stored, with this key or (None) the one it has. Keeps nothing."""
        if account.service is Service.LOCAL:
            return await self.provider(LOCAL_ACCOUNT).balance()
        account = replace(account, base_url=checked_url(account.service, account.base_url))
        given = None if key is None else checked_key(key)
        if given is not None:
            hide(given)

        async def used() -> str:
            return given if given is not None else await self._stored_key(account)

        provider = make_provider(account, transport=self._transport, key=used)
        try:
            return await provider.balance()
        finally:
            await provider.close()

    async def _stored_key(self, account: Account) -> str:
        """The key that belongs to `account` as it is given: never the one of its name kept for another service or origin."""
        stored = next((known for known in self.book.list() if known.name == account.name), None)
        if stored is not None and _same_home(stored, account):
            return await self._key_of(stored)()
        found = environment_key(account)
        if found is None:
            raise KeyMissingError(f"There is no key for the account {account.name} at this address.", advice="Give the key.")
        hide(found)
        return found

    async def set_secret(self, name: str, purpose: Secret, value: str | None) -> str | None:
        """Keep a secret of an account, or forget it (None). Words of warning when the keyring did not do that."""
        account = self.book.get(name)
        if value is None:
            left = await self._keys.delete_secret(account.name, purpose)
        else:
            left = await self._keys.set_secret(account.name, purpose, value)
            hide(value.strip())
        return None if left is None else str(left)

    async def test_media_host(self, account: Account) -> None:
        """Put, read back and delete a small file with the host that `account` names and the secrets kept under its name."""
        account = checked(account)
        await try_host(account, self._secrets_of(account.name), self._transport)

    def _secrets_of(self, name: str) -> Callable[[Secret], Awaitable[str | None]]:
        async def read(purpose: Secret) -> str | None:
            found = await self._keys.secret(name, purpose)
            if found:
                hide(found)
            return found

        return read

    async def secret(self, name: str, purpose: Secret) -> str | None:
        """None: there is none, or the keyring cannot be read just now."""
        return await self._secrets_of(self.book.get(name).name)(purpose)

    async def key_hint(self, name: str) -> str | None:
        return await self._keys.hint(self.book.get(name))

    async def key_source(self, name: str) -> KeySource:
        return await self._keys.source(self.book.get(name))

    async def balance(self, name: str) -> Balance:
        """Ask the service, keep the limits it names, and tell everybody."""
        provider = self.provider(name)
        balance = await provider.balance()
        await self._scheduler.learn(name, balance)
        self._emit(BalanceChanged(name, balance))
        return balance

    async def close(self) -> None:
        for provider in self._providers.values():
            await provider.close()
        for transport in (self._transport, *self._transports.values()):
            await transport.aclose()


def _same_home(one: Account, other: Account) -> bool:
    """Whether a key of the one belongs to the other."""
    return one.service is other.service and origin_of(one.base_url) == origin_of(other.base_url)
