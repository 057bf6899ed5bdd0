"""Accounts with their keys and their providers, made on first use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import studio
from studio.app.engine_link import EngineLink
from studio.app.logs import hide
from studio.domain.account import LOCAL, LOCAL_ACCOUNT, Account, Balance, Service
from studio.domain.errors import KeyMissingError
from studio.domain.event import BalanceChanged, Listener
from studio.jobs.ports import Provider
from studio.jobs.scheduler import Scheduler
from studio.net.origin import origin_of
from studio.net.transport import Transport
from studio.providers.factory import make_provider
from studio.settings.accounts import AccountBook
from studio.settings.keys import KeyRing, KeySource, checked_key

USER_AGENT = f"studio/{studio.__version__}"


class Accounts:
    """Implements studio.jobs.ports.Providers. `learn` is told what a service says of an account's limits."""

    def __init__(self, book: AccountBook, keys: KeyRing, link: EngineLink, emit: Listener, scheduler: Scheduler) -> None:
        self.book = book
        self._keys = keys
        self._link = link
        self._emit = emit
        self._scheduler = scheduler
        self._providers: dict[str, Provider] = {}
        self._transport = Transport(user_agent=USER_AGENT)
        # The engine's downloads must not wait behind a slow service, nor the other way round.
        self._local_transport = Transport(user_agent=USER_AGENT)
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
            return make_provider(account, transport=self._local_transport, endpoint=self._link.endpoint)
        return make_provider(account, transport=self._transport, key=self._key_of(account))

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
        if key is None:
            return await self._drop_key_of(before.get(stored.name), stored)
        hide(key)
        not_kept = await self._keys.set(stored.name, key)
        return None if not_kept is None else str(not_kept)

    async def _drop_key_of(self, before: Account | None, now: Account) -> str | None:
        if before is None or (before.service is now.service and origin_of(before.base_url) == origin_of(now.base_url)):
            return None
        left = await self._keys.delete(now.name)
        return None if left is None else str(left)

    async def remove(self, name: str) -> None:
        """Forget the account and its key; its jobs and what they made stay."""
        account = self.book.get(name)
        await asyncio.to_thread(self.book.remove, account.name)
        self._providers.pop(account.name, None)
        await self._keys.delete(account.name)

    async def key_source(self, name: str) -> KeySource:
        return await self._keys.source(self.book.get(name))

    async def balance(self, name: str) -> Balance:
        """Ask the service, keep the limits it names, and tell everybody."""
        balance = await self.provider(name).balance()
        if balance.plan is not None or balance.concurrent_jobs is not None:
            await self._scheduler.learn(name, balance)
        self._emit(BalanceChanged(name, balance))
        return balance

    async def close(self) -> None:
        for provider in self._providers.values():
            await provider.close()
        await self._transport.aclose()
        await self._local_transport.aclose()
