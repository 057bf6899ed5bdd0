"""Where a provider asks: an account's address with its key of the moment, the engine's asked for anew when it is gone."""

from __future__ import annotations

import asyncio

import pytest

from studio.domain.account import LOCAL, Account, Service
from studio.domain.errors import BugError, KeyMissingError, KeyRefusedError
from studio.net.transport import Transport
from studio.providers.cannon_provider import CannonProvider
from studio.providers.canvas_provider import CanvasProvider
from studio.providers.endpoint import AccountEndpoint, Endpoint, EngineEndpoint, key_of
from studio.providers.factory import make_provider
from studio.providers.local_provider import LocalProvider

WORK = Account("work", Service.CANNON_STUDIO, "https://www.cannonstudio.app/")


class Keyring:
    """Gives the key of the moment."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    async def __call__(self) -> str:
        return self.secret


class Engines:
    """Each look finds the next engine; the last one stays."""

    def __init__(self, *urls: str) -> None:
        self.urls = list(urls)
        self.looks = 0

    async def __call__(self) -> Endpoint:
        self.looks += 1
        await asyncio.sleep(0)
        return Endpoint(self.urls.pop(0) if len(self.urls) > 1 else self.urls[0], "engine-key")


async def test_the_key_of_the_moment_counts() -> None:
    keyring = Keyring("old")
    endpoint = AccountEndpoint(WORK, keyring)
    first = await endpoint.current()
    keyring.secret = "new"
    assert (first, await endpoint.current()) == (
        Endpoint("https://www.cannonstudio.app", "old"), Endpoint("https://www.cannonstudio.app", "new"),
    )
    assert not await endpoint.renew(first), "the address is the account's own"
    assert "old" not in repr(first)
    keyring.secret = ""
    with pytest.raises(KeyMissingError, match="work"):
        await endpoint.current()


async def test_an_engine_is_asked_for_once_and_again_when_it_is_gone() -> None:
    engines = Engines("http://127.0.0.1:1/", "http://127.0.0.1:2", "http://127.0.0.1:3")
    endpoint = EngineEndpoint(engines)
    first = await endpoint.current()
    assert (await endpoint.current(), first.url, engines.looks) == (first, "http://127.0.0.1:1", 1)
    assert await endpoint.renew(first)
    second = await endpoint.current()
    assert second.url == "http://127.0.0.1:2"
    assert await endpoint.renew(first), "somebody else has asked already: the one that is known is another"
    assert (await endpoint.current(), engines.looks) == (second, 2)
    assert await endpoint.renew(second)
    third = await endpoint.current()
    assert not await endpoint.renew(third), "it is still the same one"


@pytest.mark.parametrize("url", ["http://[::1", "ftp://example.com", "https://user:word@example.com"])
def test_an_address_that_takes_no_key(url: str) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        key_of(Endpoint(url, "cs_live_secret"))
    assert caught.value.advice == "Correct the account's address."
    assert "cs_live_secret" not in caught.value.in_words()


async def test_each_account_gets_its_provider(transport: Transport) -> None:
    keyring, engines = Keyring("key"), Engines("http://127.0.0.1:1")
    labs = Account("labs", Service.CANVAS_LABS, "https://api.canvaslabs.us/v1")
    assert type(make_provider(WORK, transport=transport, key=keyring)) is CannonProvider
    assert type(make_provider(labs, transport=transport, key=keyring)) is CanvasProvider
    assert type(make_provider(LOCAL, transport=transport, endpoint=engines)) is LocalProvider
    with pytest.raises(BugError):
        make_provider(LOCAL, transport=transport, key=keyring)
    with pytest.raises(BugError):
        make_provider(WORK, transport=transport, endpoint=engines)
