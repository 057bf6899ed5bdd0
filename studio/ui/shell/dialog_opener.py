"""Opens the window's dialogs: settings, a new account, the guide. Their modules are imported when they are first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from studio.domain.account import Account, Balance, Service
from studio.ui.bridge import Bridge
from studio.ui.shell.active_account import ActiveAccount
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
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
        dialog.accounts_changed.connect(self._active.refresh)
        dialog.open()

    def account(self, service: Service = Service.CANVAS_LABS) -> None:
        """Add an account; over the settings where they are open."""
        from studio.ui.dialogs.account_dialog import AccountDialog

        dialog = AccountDialog(self._bridge, self._theme, service, self._open_settings() or self._window)
        dialog.added.connect(self._added)
        dialog.open()

    def guide(self) -> None:
        from studio.ui.dialogs.guide_dialog import GuideDialog

        GuideDialog(self._bridge, self._theme, self._window).open()

    def _open_settings(self) -> SettingsDialog | None:
        """The settings, while they are open."""
        dialog = self._window.findChild(QDialog, "settingsDialog")
        return cast("SettingsDialog", dialog) if dialog is not None and dialog.isVisible() else None

    def _added(self, account: Account, balance: Balance | None) -> None:
        settings = self._open_settings()
        if settings is not None:
            settings.refresh_accounts()
        self._active.add(account, balance)
        if balance is not None:
            self.account_ready.emit()
