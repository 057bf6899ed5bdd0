"""Addresses and keys: where the environment's counts, what is refused, and that a key shows nowhere."""

from __future__ import annotations

import pytest

from studio.domain.account import KEY_VARIABLES, OFFICIAL_URLS, Service
from studio.domain.errors import InputError, KeyMissingError, KeyRefusedError
from studio.providers.clients import AsyncCannonStudio, AsyncCanvasLabs, CannonStudio, CanvasLabs
from studio.providers.clients.access import endpoint_of
from tests.unit.providers.clients.conftest import KEY

SERVICES = [Service.CANNON_STUDIO, Service.CANVAS_LABS]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("elsewhere", [None, "http://127.0.0.1:9", "http://localhost:9/v1", "http://[::1]:9"])
def test_the_variable_counts_at_home(monkeypatch: pytest.MonkeyPatch, service: Service, elsewhere: str | None) -> None:
    monkeypatch.setenv(KEY_VARIABLES[service], f"  {KEY}\n")
    endpoint = endpoint_of(service, None, elsewhere)
    assert endpoint.key == KEY
    assert endpoint.url == (elsewhere or OFFICIAL_URLS[service])


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("elsewhere", ["https://example.com", "https://www.cannonstudio.app.example.com", "https://127.0.0.2.nip.io"])
def test_the_variable_goes_nowhere_else(monkeypatch: pytest.MonkeyPatch, service: Service, elsewhere: str) -> None:
    monkeypatch.setenv(KEY_VARIABLES[service], KEY)
    with pytest.raises(KeyMissingError) as caught:
        endpoint_of(service, None, elsewhere)
    assert KEY_VARIABLES[service] in caught.value.advice
    assert KEY not in caught.value.in_words()
    assert endpoint_of(service, "given", elsewhere).key == "given"


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_its_own_variable(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    for other in SERVICES:
        monkeypatch.setenv(KEY_VARIABLES[other], other.value)
    assert endpoint_of(service, None, None).key == service.value


def test_an_empty_key_is_not_replaced_by_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANNON_API_KEY", KEY)
    with pytest.raises(KeyMissingError):
        endpoint_of(Service.CANNON_STUDIO, "", None)


@pytest.mark.parametrize("address", [
    "http://www.cannonstudio.app", "ftp://www.cannonstudio.app", "www.cannonstudio.app", "https://user:word@example.com",
    "http://127.0.0.1.example.com", "https://", "file:///etc/passwd",
])
def test_only_https_or_this_computer(address: str) -> None:
    with pytest.raises(InputError) as caught:
        endpoint_of(Service.CANNON_STUDIO, KEY, address)
    assert caught.value.field == "base_url"
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "clé", "nul\0"])
def test_what_cannot_be_a_key(key: str) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        endpoint_of(Service.CANNON_STUDIO, key, None)
    assert key not in str(caught.value)


def test_no_repr_shows_the_key() -> None:
    for made in (AsyncCannonStudio(KEY), CannonStudio(KEY), AsyncCanvasLabs(KEY), CanvasLabs(KEY)):
        parts = [made, *vars(made).values(), endpoint_of(Service.CANNON_STUDIO, KEY, None)]
        connection = made._connection if isinstance(made, AsyncCannonStudio | AsyncCanvasLabs) else made._inner._connection
        parts += [connection, *vars(connection).values()]
        assert all(KEY not in repr(part) for part in parts)
    assert repr(CannonStudio(KEY)) == "CannonStudio(https://www.cannonstudio.app)"
