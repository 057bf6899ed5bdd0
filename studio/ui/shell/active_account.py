"""The account that new jobs go to, what is left on it, and the preferences that name it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.account import LOCAL, Account, Balance, Service
from studio.ui.bridge import Bridge, in_words
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.event import BalanceChanged, EngineChanged, JobChanged
    from studio.settings.preferences import Preferences


class ActiveAccount(QObject):
    """Says which account is in use (`changed`: the account and all of them), what is left on it (`balance`), why its service
    could not be asked (`trouble`), and what the engine has to say (`note`). No view is known here."""

    changed = Signal(object, object)
    balance = Signal(object)
    trouble = Signal(str)
    note = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._theme = theme
        self.preferences = preferences
        self.account: Account = LOCAL
        self.accounts: list[Account] = [LOCAL]
        bridge.ready.connect(self.refresh)
        bridge.balanceChanged.connect(self._balance_changed)
        bridge.engineChanged.connect(self._engine_changed)
        bridge.jobsChanged.connect(self._jobs_changed)

    def refresh(self) -> None:
        """Ask the core which accounts there are and which one is for new jobs."""

        async def ask(core: Core) -> tuple[list[Account], str, Preferences]:
            return core.accounts(), core.default_account(), core.preferences

        self._bridge.run(ask, self._known)

    def switch(self, name: str) -> None:
        """Use another account for new jobs, from now on and at the next start."""
        account = next((one for one in self.accounts if one.name == name), None)
        if account is not None and account != self.account:
            self._use(account)
            self.set_preferences(replace(self.preferences, default_account=name))

    def add(self, account: Account, balance: Balance | None) -> None:
        """An account was added; one whose test went well is used from now on."""
        self.accounts = [*(one for one in self.accounts if one.name != account.name), account]
        if balance is not None:
            self.switch(account.name)
            self._balance_known(account.name, balance)
        else:
            self.changed.emit(self.account, self.accounts)

    def forget(self, name: str) -> None:
        """An account was removed: what went to it goes to this computer."""
        self.accounts = [one for one in self.accounts if one.name != name]
        if self.account.name == name:
            self.switch(LOCAL.name)
        else:
            self.changed.emit(self.account, self.accounts)

    def refresh_balance(self) -> None:
        """Ask the service what is left; `balance` or `trouble` follows. Nothing to ask on this computer."""
        if self.account.service is not Service.LOCAL:
            self._ask_balance()

    def set_preferences(self, preferences: Preferences) -> None:
        """Apply and keep."""
        before, self.preferences = self.preferences, preferences
        self._theme.reduced_motion = preferences.reduced_motion
        self._theme.set_mode(preferences.theme)
        if preferences.default_account != before.default_account and preferences.default_account != self.account.name:
            self._use(self._named(preferences.default_account))
        self._bridge.run(lambda core: core.set_preferences(preferences))

    def _known(self, answer: tuple[list[Account], str, Preferences]) -> None:
        self.accounts, name, self.preferences = answer
        self._use(self._named(name))

    def _named(self, name: str) -> Account:
        return next((account for account in self.accounts if account.name == name), LOCAL)

    def _use(self, account: Account) -> None:
        self.account = account
        self.changed.emit(account, self.accounts)
        if account.service is not Service.LOCAL:
            self._ask_balance()

    def _ask_balance(self) -> None:
        name = self.account.name
        known, unknown = partial(self._balance_known, name), partial(self._no_balance, name)
        self._bridge.run(lambda core: core.balance(name), known, unknown)

    def _balance_known(self, name: str, balance: Balance) -> None:
        if name == self.account.name:
            self.balance.emit(balance)

    def _no_balance(self, name: str, error: BaseException) -> None:
        if name == self.account.name:
            self.trouble.emit(in_words(error))

    def _balance_changed(self, event: BalanceChanged) -> None:
        self._balance_known(event.account, event.balance)

    def _engine_changed(self, event: EngineChanged) -> None:
        if self.account.service is Service.LOCAL and not event.running and event.note:
            self.note.emit(event.note)

    def _jobs_changed(self, changes: Sequence[JobChanged]) -> None:
        ended = any(c.job.is_terminal and c.job.request.account == self.account.name for c in changes)
        if ended and self.account.service is not Service.LOCAL:
            self._ask_balance()
