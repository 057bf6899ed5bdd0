"""What the accounts' services say of their own operations: asked for in the background, once a day at most; the local
engine, whose models come and go with folders, once a minute while it is used."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeGuard

from studio.domain.account import Service
from studio.domain.errors import NotFoundError, StudioError
from studio.domain.event import Listener, OperationsChanged, ProblemRaised
from studio.domain.job import now
from studio.jobs.ports import Provider
from studio.jobs.tasks import Tasks
from studio.providers.cannon_provider import CannonProvider
from studio.providers.discovery import DUE_AFTER, DocumentBook, refresh
from studio.providers.schema_reader import DocumentError

log = logging.getLogger(__name__)
_LOCAL_DUE_AFTER = timedelta(minutes=1)


class Discoveries:
    """`provider` gives the provider of an account. Nothing is asked by itself before `start`: a command that only looks
    something up stays offline."""

    def __init__(self, book: DocumentBook, provider: Callable[[str], Provider], emit: Listener, tasks: Tasks) -> None:
        self._book = book
        self._provider = provider
        self._emit = emit
        self._tasks = tasks
        self._asked: dict[str, datetime] = {}
        self._started = False

    def start(self) -> None:
        self._started = True

    async def refresh(self, name: str) -> str | None:
        """Ask now. Words of a problem; None where all is well, or the service has no such document. Raises NotFoundError."""
        provider = self._provider(name)
        if not _describes_itself(provider):
            return None
        account = provider.account
        self._asked[account.name] = now()
        try:
            changed = await self._ask(provider)
        except DocumentError as error:
            return f"What {account.title} says of its operations cannot be used, and nothing was changed: {error}"
        except StudioError as error:
            return error.in_words()
        if changed:
            self._emit(OperationsChanged(account.name))
        return None

    async def _ask(self, provider: CannonProvider) -> bool:
        """Refresh, and hand what came to the provider that the account has by now: it may have been changed meanwhile."""
        changed = await refresh(provider, self._book, now())
        try:
            current = self._provider(provider.account.name)
        except NotFoundError:  # removed meanwhile
            self._book.forget(provider.account)
            return False
        same_place = current.account.base_url == provider.account.base_url
        if current is not provider and same_place and _describes_itself(current):
            current.learn(provider.discovered)
        return changed

    def refresh_if_due(self, name: str, *, again: bool = False) -> None:
        """Ask in the background where a day has gone by, or (`again`) the account is another one now."""
        provider = self._provider(name)
        if not self._started or not _describes_itself(provider):
            return
        asked = self._asked.get(provider.account.name)
        due_after = _LOCAL_DUE_AFTER if _is_local(provider) else DUE_AFTER
        if not again and asked is not None and now() - asked < due_after:
            return
        self._asked[provider.account.name] = now()
        self._tasks.start(self._refresh_quietly(provider, again), f"operations of {provider.account.name}")

    async def _refresh_quietly(self, provider: CannonProvider, again: bool) -> None:
        """A service that does not answer is for its jobs to tell; one that describes itself wrongly is told here."""
        if not again and not _is_local(provider) and not self._book.load(provider.account).is_due(now()):
            return
        try:
            changed = await self._ask(provider)
        except DocumentError as error:
            log.warning("the document of %s cannot be used: %s", provider.account.name, error)
            self._emit(ProblemRaised(f"What {provider.account.title} says of its operations cannot be used, and nothing was"
                                     f" changed: {error}"))
        except StudioError as error:
            log.info("%s did not say what it can do: %s", provider.account.name, error)
        else:
            if changed:
                self._emit(OperationsChanged(provider.account.name))


def _describes_itself(provider: Provider) -> TypeGuard[CannonProvider]:
    """Of the services only Cannon Studio documents such an endpoint; the local engine has it too."""
    return isinstance(provider, CannonProvider) and provider.account.service in (Service.CANNON_STUDIO, Service.LOCAL)


def _is_local(provider: CannonProvider) -> bool:
    return provider.account.service is Service.LOCAL
