"""Accounts and their keys, with the keyring that a machine without one has."""

from __future__ import annotations

import pytest

from studio.app.core import Core
from studio.domain.account import Account, Service
from studio.domain.errors import InputError, KeyMissingError, NotFoundError, UnreachableError
from studio.settings.keys import KeySource


async def test_without_a_keyring_the_account_is_kept_and_its_key_for_now(core: Core) -> None:
    warning = await core.add_account(Account("paid", Service.CANVAS_LABS), "cl_live_0123456789")
    assert warning is not None
    assert "cl_live" not in warning
    assert [account.name for account in core.accounts()] == ["local", "paid"]
    assert await core.key_source("paid") is KeySource.SESSION
    assert await core.add_account(Account("paid", Service.CANNON_STUDIO), None) is None
    (account,) = [found for found in core.accounts() if found.name == "paid"]
    assert account.service is Service.CANNON_STUDIO


async def test_an_account_without_a_key_says_so_when_it_is_asked(core: Core) -> None:
    await core.add_account(Account("paid", Service.CANNON_STUDIO), None)
    with pytest.raises(KeyMissingError):
        await core.balance("paid")


@pytest.mark.slow
async def test_a_service_that_is_away_is_no_wrong_key(core: Core, far: str) -> None:
    with pytest.raises(UnreachableError):
        await core.balance(far)


async def test_what_cannot_be_an_account_is_refused(core: Core) -> None:
    with pytest.raises(InputError):
        await core.add_account(Account("paid", Service.CANNON_STUDIO), "  ")
    with pytest.raises(InputError):
        await core.remove_account("local")
    with pytest.raises(NotFoundError):
        await core.remove_account("nobody")


async def test_a_key_does_not_go_along_to_another_address(core: Core) -> None:
    """The same name again replaces: the key that was given for one service must not be sent to another."""
    await core.add_account(Account("paid", Service.CANVAS_LABS), "cl_live_0123456789")
    await core.add_account(Account("paid", Service.CANVAS_LABS, "https://api.canvaslabs.us/v1/"), None)
    assert await core.key_source("paid") is KeySource.SESSION
    await core.add_account(Account("paid", Service.CANVAS_LABS, "https://elsewhere.example/v1"), None)
    assert await core.key_source("paid") is KeySource.NONE
    await core.add_account(Account("paid", Service.CANVAS_LABS), "cl_live_0123456789")
    await core.add_account(Account("paid", Service.CANNON_STUDIO), None)
    assert await core.key_source("paid") is KeySource.NONE


async def test_nothing_is_stored_with_what_cannot_be_a_key(core: Core) -> None:
    with pytest.raises(InputError):
        await core.add_account(Account("paid", Service.CANNON_STUDIO), "two words")
    assert [account.name for account in core.accounts()] == ["local"]
