"""Makes the provider of an account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from studio.domain.account import Account, Service
from studio.domain.errors import BugError
from studio.net.transport import Transport
from studio.providers.cannon_provider import CannonProvider
from studio.providers.canvas_provider import CanvasProvider
from studio.providers.discovery import DocumentBook
from studio.providers.endpoint import AccountEndpoint, Endpoint, EngineEndpoint
from studio.providers.hosting.factory import MediaFileHost
from studio.providers.local_provider import LocalProvider

__all__ = ["Endpoint", "make_provider"]


def make_provider(
    account: Account,
    *,
    transport: Transport,
    key: Callable[[], Awaitable[str]] | None = None,
    endpoint: Callable[[], Awaitable[Endpoint]] | None = None,
    media_host: MediaFileHost | None = None,
    documents: DocumentBook | None = None,
    webhook_url: Callable[[Account], str | None] | None = None,
) -> CannonProvider | CanvasProvider:
    """`key` for an account at a service: asked for at each request, raises KeyMissingError or gives "" where there is none.

    `endpoint` for the account local: gives the engine's address and key, starts the engine where it does not run, and is
    asked again when the engine that was known is gone. The transport stays the caller's to close and may be shared.

    `media_host`: where the account's files are put for its service (studio.providers.hosting.factory.make_host).
    `documents`: what is kept of the services' own documents; reads a small file.
    `webhook_url`: where the account's service may send its events; Canvas Labs is told in its dashboard, not with a request.
    """
    if account.service is Service.LOCAL:
        if endpoint is None:
            raise BugError("The local account needs to know where its engine is.")
        local = LocalProvider(account, transport, EngineEndpoint(endpoint))
        if documents is not None:
            local.learn(documents.load(account).discovered)
        return local
    if key is None:
        raise BugError("An account at a service needs its key.")
    endpoints = AccountEndpoint(account, key)
    of_canvas = account.service is Service.CANVAS_LABS
    provider = (CanvasProvider if of_canvas else CannonProvider)(account, transport, endpoints)
    provider.media_host = media_host
    if documents is not None and account.service is Service.CANNON_STUDIO:
        provider.learn(documents.load(account).discovered)
    if webhook_url is not None and isinstance(provider, CannonProvider):
        provider.webhook_url = lambda: webhook_url(account)
    return provider
