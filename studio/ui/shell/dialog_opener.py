"""Opens the window's dialogs: settings, accounts, a new account, the guide. Their modules are imported when first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from studio.domain.account import Account, Balance, Service
from studio.ui.bridge import Bridge
from studio.ui.shell.active_account import ActiveAccount
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.ui.accounts.accounts_dialog import AccountsDialog
    from studio.ui.dialogs.settings_dialog import SettingsDialog


class DialogOpener(QObject):
    """`account_ready` once an account was added and its service answered: the person may begin."""

    account_ready = Signal()

    def __init__(self, window: QWidget, bridge: Bridge, theme: Theme, active: ActiveAccount) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._theme = theme
        self._active = active

    def settings(self) -> None:
        from studio.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._bridge, self._theme, self._active.preferences, self._window)
        dialog.changed.connect(self._active.set_preferences)
        dialog.add_wanted.connect(self.account)
        dialog.accounts_wanted.connect(self.accounts)
        dialog.open()

    def accounts(self, current: str = "") -> None:
        """The accounts, with `current` or the one in use shown; over the settings where they are open."""
        from studio.ui.accounts.accounts_dialog import AccountsDialog

        parent = self._open("settingsDialog") or self._window
        dialog = AccountsDialog(self._bridge, self._theme, current or self._active.account.name, parent)
        dialog.add_wanted.connect(self.account)
        dialog.accounts_changed.connect(self._accounts_changed)
        dialog.removed.connect(self._removed)
        dialog.open()

    def account(self, service: Service = Service.CANVAS_LABS) -> None:
        """Add an account; over the accounts or the settings where they are open."""
        from studio.ui.dialogs.account_dialog import AccountDialog

        parent = self._open("accountsDialog") or self._open("settingsDialog") or self._window
        dialog = AccountDialog(self._bridge, self._theme, service, parent, others=self._active.accounts)
        dialog.added.connect(self._added)
        dialog.open()

    def guide(self) -> None:
        from studio.ui.dialogs.guide_dialog import GuideDialog

        GuideDialog(self._bridge, self._theme, self._window).open()

    def _open(self, name: str) -> QDialog | None:
        """The dialog of that name, while it is open."""
        found = [one for one in self._window.findChildren(QDialog, name) if one.isVisible()]
        return found[-1] if found else None

    def _refresh_open(self, wanted: str | None = None) -> None:
        settings, accounts = self._open("settingsDialog"), self._open("accountsDialog")
        if settings is not None:
            cast("SettingsDialog", settings).refresh_accounts()
        if accounts is not None and wanted is not None:
            cast("AccountsDialog", accounts).refresh(wanted)

    def _accounts_changed(self) -> None:
        self._refresh_open()
        self._active.refresh()

    def _removed(self, name: str) -> None:
        settings = self._open("settingsDialog")
        if settings is not None:
            cast("SettingsDialog", settings).forget_account(name)
        self._active.forget(name)
        self._refresh_open()

    def _added(self, account: Account, balance: Balance | None) -> None:
        self._active.add(account, balance)
        self._refresh_open(account.name)
        if balance is not None:
            self.account_ready.emit()
