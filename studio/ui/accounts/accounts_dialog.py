"""The accounts: a list at the left, the page of the chosen one at the right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.account import Account, Balance, Service
from studio.domain.query import JobQuery
from studio.ui.accounts.account_list import AccountList
from studio.ui.accounts.details import AccountDetails
from studio.ui.accounts.words import left_words, trouble_words
from studio.ui.bridge import Bridge, in_words
from studio.ui.dialogs.confirm_dialog import ConfirmDialog
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import counted, label, rule

if TYPE_CHECKING:
    from studio.app.core import Core

_MANY = 99


class AccountsDialog(QDialog):
    """`add_wanted()`, `accounts_changed()` when one was changed, `removed(name)`. Shown with `open()`."""

    add_wanted = Signal()
    accounts_changed = Signal()
    removed = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("accountsDialog")
        self.setWindowTitle(self.tr("Accounts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 680)
        self.setMinimumSize(720, 480)
        self._bridge = bridge
        self._theme = theme
        self._wanted = current
        self._asked = False
        self._accounts: dict[str, Account] = {}
        self._drafts: dict[str, Account] = {}
        self.details: AccountDetails | None = None
        self.list = AccountList(theme)
        self.list.chosen.connect(self._choose)
        self._message = label("", "error", wrap=True)
        self._message.setObjectName("accountsMessage")
        self._message.hide()
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        add = push(self.tr("Add account…"), "addAccount")
        add.clicked.connect(self.add_wanted)
        close = push(self.tr("Close"), "accountsClose")
        close.clicked.connect(self.reject)
        left = QVBoxLayout()
        left.setContentsMargins(8, 20, 8, 12)
        left.setSpacing(8)
        head = label(self.tr("Accounts"), "heading")
        head.setContentsMargins(12, 0, 0, 4)
        left.addWidget(head)
        left.addWidget(self.list, 1)
        left.addWidget(self._message)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 0, 8, 0)
        buttons.setSpacing(8)
        buttons.addWidget(add, 1)
        buttons.addWidget(close)
        left.addLayout(buttons)
        side = QWidget()
        side.setProperty("surface", "panel")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(256)
        side.setLayout(left)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(side)
        self._row.addWidget(rule(vertical=True))

    def refresh(self, wanted: str | None = None) -> None:
        """Ask the core for the accounts; `wanted` is shown if it is there, else the one that is shown now."""
        self._wanted = wanted or self._wanted

        async def ask(core: Core) -> list[Account]:
            return core.accounts()

        self._bridge.run(ask, self.show_accounts, self._say)

    def _ask_balances(self) -> None:
        """What is left on each, once: the page of the one that is shown asks for itself."""
        self._asked = True
        for name, account in self._accounts.items():
            if account.service is not Service.LOCAL and name != self._wanted:
                known, unknown = partial(self._balance_known, name), partial(self._not_reached, name)
                self._bridge.run(lambda core, name=name: core.balance(name), known, unknown)  # type: ignore[misc]

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """List these and show the wanted one."""
        self._accounts = {account.name: account for account in accounts}
        self.list.show_accounts(accounts, self._wanted)
        name = self.list.current()
        if name is not None and (self.details is None or self.details.account != self._accounts[name]):
            self._choose(name)
        if not self._asked:
            self._ask_balances()

    # one account

    def _choose(self, name: str) -> None:
        if self.details is not None:
            if self.details.account.name == name and self.details.account == self._accounts.get(name):
                return
            if self.details.edited() != self.details.account:
                self._drafts[self.details.account.name] = self.details.edited()
            self._row.removeWidget(self.details)
            self.details.hide()
            self.details.deleteLater()
        self._wanted = name
        details = AccountDetails(self._bridge, self._theme, self._accounts[name], self._drafts.pop(name, None))
        details.saved.connect(self._saved)
        details.balance_known.connect(self._balance_known)
        details.trouble.connect(self._not_reached)
        details.remove_wanted.connect(self.ask_to_remove)
        self.details = details
        self._row.addWidget(details, 1)

    def _saved(self, account: Account) -> None:
        self._accounts[account.name] = account
        self.list.show_accounts(list(self._accounts.values()), account.name)
        self.accounts_changed.emit()

    def _balance_known(self, name: str, balance: Balance) -> None:
        self.list.show_left(name, left_words(balance))

    def _not_reached(self, name: str, error: object) -> None:
        self.list.show_left(name, trouble_words(error))

    def ask_to_remove(self, name: str) -> None:
        """Ask first; how many of its jobs are unfinished is part of the question."""
        account = self._accounts[name]

        async def count(core: Core) -> int:
            return len(await core.jobs(JobQuery(unfinished=True, account=account.name, limit=_MANY)))

        self._bridge.run(count, partial(self._confirm, account), self._say)

    def _confirm(self, account: Account, running: int) -> None:
        words = self.tr("Its key and its secrets are taken out of the keyring. What you made stays in the gallery, and its"
                        " jobs stay in the history.")
        if running:
            one = self.tr("1 job of it is not finished: its result cannot be fetched any more.")
            many = self.tr("{n} jobs of it are not finished: their results cannot be fetched any more.")
            words = f"{words} {counted(running, one, many)}"
        heading = self.tr("Remove {account}?").format(account=account.title)
        dialog = ConfirmDialog(heading, words, self.tr("Remove"), self)
        dialog.confirmed.connect(lambda: self._remove(account.name))
        dialog.open()

    def _remove(self, name: str) -> None:
        self._bridge.run(lambda core: core.remove_account(name), partial(self._gone, name), self._say)

    def _gone(self, name: str, _: None) -> None:
        self._drafts.pop(name, None)
        self.removed.emit(name)
        self.refresh(next((one for one, account in self._accounts.items() if account.service is Service.LOCAL), None))

    # leaving

    def is_dirty(self) -> bool:
        """Whether something was changed and not saved, in any of the accounts."""
        return bool(self._drafts) or (self.details is not None and self.details.is_dirty())

    def reject(self) -> None:
        """Close; where something is not saved the person is asked first."""
        if not self.is_dirty():
            super().reject()
            return
        names = list(self._drafts)
        if self.details is not None and self.details.is_dirty():
            names.append(self.details.account.name)
        words = self.tr("What you changed in {accounts} is not saved.").format(accounts=", ".join(dict.fromkeys(names)))
        dialog = ConfirmDialog(self.tr("Close without saving?"), words, self.tr("Discard changes"), self)
        dialog.confirmed.connect(lambda: QDialog.reject(self))
        dialog.open()

    def _say(self, error: BaseException) -> None:
        self._message.setText(in_words(error))
        self._message.show()
