"""Makes the provider of an account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from studio.domain.account import Account, Service
from studio.domain.errors import BugError
from studio.net.transport import Transport
from studio.providers.cannon_provider import CannonProvider
from studio.providers.canvas_provider import CanvasProvider
from studio.providers.endpoint import AccountEndpoint, Endpoint, EngineEndpoint

__all__ = ["Endpoint", "make_provider"]


def make_provider(
    account: Account,
    *,
    transport: Transport,
    key: Callable[[], Awaitable[str]] | None = None,
    endpoint: Callable[[], Awaitable[Endpoint]] | None = None,
) -> CannonProvider | CanvasProvider:
    """`key` for an account at a service: asked for at each request, raises KeyMissingError or gives "" where there is none.

    `endpoint` for the account local: gives the engine's address and key, starts the engine where it does not run, and is
    asked again when the engine that was known is gone. The transport stays the caller's to close and may be shared.
    """
    if account.service is Service.LOCAL:
        if endpoint is None:
            raise BugError("The local account needs to know where its engine is.")
        return CannonProvider(account, transport, EngineEndpoint(endpoint))
    if key is None:
        raise BugError("An account at a service needs its key.")
    endpoints = AccountEndpoint(account, key)
    if account.service is Service.CANVAS_LABS:
        return CanvasProvider(account, transport, endpoints)
    return CannonProvider(account, transport, endpoints)
