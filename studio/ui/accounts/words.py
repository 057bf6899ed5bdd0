"""What is said of accounts: balances, plans, where a key comes from, why a test failed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.domain.account import KEY_VARIABLES, Account, Balance, Service
from studio.domain.errors import AccountError, KeyMissingError, ServiceError
from studio.ui.bridge import in_words
from studio.ui.widgets.job_words import credits_spelt


def _tr(words: str) -> str:
    return QCoreApplication.translate("Accounts", words)


def trial_words(error: BaseException) -> str:
    """Why a test of an account failed. No job waits for the service here, so the advice is another one."""
    if not isinstance(error, ServiceError):
        return in_words(error)
    advice = "Nothing was charged. Check the address and the connection, then test again."
    return f"{error.message} {_tr(advice)}"


def trouble_words(error: object) -> str:
    """The same in two words, for a row of a list."""
    if isinstance(error, KeyMissingError):
        return _tr("no key")
    return _tr("key refused") if isinstance(error, AccountError) else _tr("no answer")


def balance_words(balance: Balance) -> str:
    """What is left, what was used, the plan, with dots between; empty where the service says nothing."""
    if balance.unlimited:
        return _tr("Free, as much as you like")
    parts = []
    if balance.remaining is not None:
        parts.append(_tr("{credits} left").format(credits=credits_spelt(balance.remaining)))
    if balance.used_this_month is not None:
        parts.append(_tr("{credits} used this month").format(credits=f"{balance.used_this_month:,.4g}"))
    if balance.plan:
        parts.append(_tr("{plan} plan").format(plan=balance.plan))
    return " · ".join(parts)


def left_words(balance: Balance) -> str:
    """The short form, for a row of a list."""
    if balance.unlimited:
        return _tr("free")
    return credits_spelt(balance.remaining) if balance.remaining is not None else _tr("works")


def limit_words(balance: Balance) -> str:
    """What the service said of the plan's limits; empty where it said nothing."""
    parts = []
    if balance.requests_per_minute is not None:
        parts.append(_tr("{n} requests a minute").format(n=balance.requests_per_minute))
    if balance.concurrent_jobs is not None:
        parts.append(_tr("{n} jobs at once").format(n=balance.concurrent_jobs))
    return _tr("The service says: {limits}.").format(limits=", ".join(parts)) if parts else ""


def key_words(account: Account, source: str, hint: str | None) -> str:
    """Where the account's key comes from and how it ends. `source`: a studio.settings.keys.KeySource."""
    if account.service is Service.LOCAL:
        return _tr("This computer needs no key.")
    ending = _tr(", ends in {hint}").format(hint=hint) if hint else ""
    variable = KEY_VARIABLES.get(account.service, "")
    return {
        "keyring": _tr("In your system keyring{ending}."),
        "session": _tr("Known until Studio ends{ending}. No keyring can be used here, so it was not saved: set {variable}"
                       " to have it at each start."),
        "environment": _tr("From the variable {variable}{ending}."),
        "unreadable": _tr("The keyring cannot be read just now. Unlock it, then refresh."),
    }.get(source, _tr("There is no key yet. Give one, or set {variable}.")).format(ending=ending, variable=variable)


def service_words(service: Service) -> str:
    """What a service offers, in a line."""
    return {
        Service.LOCAL: _tr("Drafts, animatics and finishing. No key is needed, and nothing leaves this computer."),
        Service.CANVAS_LABS: _tr("Video, photorealistic images, scenes and styles"),
        Service.CANNON_STUDIO: _tr("19 operations across video, image, audio and finishing"),
    }[service]
