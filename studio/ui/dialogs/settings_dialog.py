"""Settings: look, accounts, where files lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from studio.domain.account import LOCAL_ACCOUNT, Account
from studio.ui.accounts.colours import dot_icon
from studio.ui.bridge import Bridge, in_words
from studio.ui.costs.queue_settings import QueueSettings
from studio.ui.dialogs.file_settings import FileSettings
from studio.ui.dialogs.model_folders import ModelFolders
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import ElidedLabel, label, restyle, rule

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.settings.preferences import Preferences


class SettingsDialog(QDialog):
    """`changed(preferences)` at each change (kept by the window), `add_wanted()`, `accounts_wanted()`."""

    changed = Signal(object)
    add_wanted = Signal()
    accounts_wanted = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 680)
        self._bridge = bridge
        self._theme = theme
        self._preferences = preferences
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(24, 24, 24, 24)
        self._column.setSpacing(8)
        self._look()
        self._files()
        self._accounts()
        self._queue()
        self._webhooks()
        self._models()
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        close = push(self.tr("Close"), "settingsClose")
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(24, 12, 24, 16)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addWidget(rule())
        column.addLayout(buttons)
        self.refresh_accounts()

    def _look(self) -> None:
        modes = [("dark", self.tr("Dark")), ("light", self.tr("Light")), ("system", self.tr("As the system"))]
        self.theme_mode = Segments(modes, name=self.tr("Theme"))
        self.theme_mode.setObjectName("themeMode")
        self.theme_mode.set_value(self._preferences.theme)
        self.theme_mode.chosen.connect(lambda mode: self._change(theme=mode))
        self.motion = QCheckBox(self.tr("Reduced motion: things appear without moving"))
        self.motion.setObjectName("reducedMotion")
        self.motion.setChecked(self._preferences.reduced_motion)
        self.motion.toggled.connect(lambda on: self._change(reduced_motion=on))
        self._heading(self.tr("Look"))
        self._column.addWidget(label(self.tr("Theme"), "label", buddy=self.theme_mode))
        self._column.addWidget(self.theme_mode)
        self._column.addWidget(self.motion)
        self._column.addSpacing(16)

    def _files(self) -> None:
        self._heading(self.tr("Files"))
        self._column.addWidget(label(self.tr("What you make lies here, as files of your own"), "label"))
        folder = ElidedLabel(str(self._bridge.paths.media), mode=Qt.TextElideMode.ElideMiddle)
        folder.setObjectName("mediaFolder")
        open_folder = push(self.tr("Open folder"), "openMediaFolder")
        open_folder.clicked.connect(self.open_media_folder)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(folder, 1)
        row.addWidget(open_folder)
        self._column.addLayout(row)
        self.files = FileSettings(self._preferences)
        self.files.chosen.connect(lambda values: self._change(**values))
        self._column.addWidget(self.files)
        self._column.addSpacing(16)

    def _accounts(self) -> None:
        self._heading(self.tr("Accounts"))
        self.default = QComboBox()
        self.default.setObjectName("defaultAccount")
        self.default.setAccessibleName(self.tr("Account for new jobs"))
        self.default.activated.connect(lambda _: self._change(default_account=self.default.currentData()))
        self._column.addWidget(label(self.tr("Account for new jobs"), "label", buddy=self.default))
        self._column.addWidget(self.default)
        manage = push(self.tr("Manage accounts…"), "manageAccounts")
        manage.setToolTip(self.tr("Keys, balances, limits, media hosts and webhooks"))
        manage.clicked.connect(self.accounts_wanted)
        add = push(self.tr("Add account…"), "addAccount")
        add.clicked.connect(self.add_wanted)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(manage)
        row.addWidget(add)
        row.addStretch(1)
        self._column.addSpacing(4)
        self._column.addLayout(row)
        self._column.addSpacing(16)

    def _queue(self) -> None:
        self._heading(self.tr("Queue and costs"))
        self.queue = QueueSettings(self._preferences.on_start, self._preferences.ask_above_credits)
        self.queue.start_chosen.connect(lambda value: self._change(on_start=value))
        self.queue.ask_chosen.connect(lambda value: self._change(ask_above_credits=value))
        self._column.addWidget(self.queue)
        self._column.addSpacing(16)

    def _models(self) -> None:
        self._column.addSpacing(16)
        self._heading(self.tr("Models on this computer"))
        self.models = ModelFolders(self._preferences.model_folders)
        self.models.chosen.connect(lambda folders: self._change(model_folders=folders))
        self._column.addWidget(self.models)

    def _webhooks(self) -> None:
        self._heading(self.tr("Events from services"))
        words = self.tr("Optional. Studio asks the services itself; an event only makes it ask sooner. The address for a"
                        " service stands with its account.")
        self._column.addWidget(label(words, "label", wrap=True))
        self.receiver = QCheckBox(self.tr("Take events on this computer"))
        self.receiver.setObjectName("webhookReceiver")
        self.receiver.setChecked(self._preferences.webhook_receiver)
        self.receiver.toggled.connect(lambda on: self._change(webhook_receiver=on))
        self.tunnel = QLineEdit(self._preferences.webhook_public_url)
        self.tunnel.setObjectName("webhookPublicUrl")
        self.tunnel.setAccessibleName(self.tr("Public address of your tunnel"))
        self.tunnel.setPlaceholderText("https://studio.example.com")
        self.tunnel.editingFinished.connect(self._tunnel_entered)
        self._column.addWidget(self.receiver)
        caption = self.tr("Public address of your tunnel to this computer")
        self._column.addWidget(label(caption, "label", buddy=self.tunnel))
        self._column.addWidget(self.tunnel)
        self._wrong = label("", "error", wrap=True)
        self._wrong.setObjectName("webhookError")
        self._wrong.hide()
        self._column.addWidget(self._wrong)

    def _tunnel_entered(self) -> None:
        """Kept once the core says that it can be used."""
        wanted = self.tunnel.text().strip()
        if wanted == self._preferences.webhook_public_url:
            self._tunnel_refused("")
            return
        preferences = replace(self._preferences, webhook_public_url=wanted)

        async def keep(core: Core) -> Preferences:
            await core.set_preferences(preferences)
            return preferences

        self._bridge.run(keep, self._tunnel_kept, lambda error: self._tunnel_refused(in_words(error)))

    def _tunnel_kept(self, preferences: Preferences) -> None:
        self._tunnel_refused("")
        self._preferences = replace(self._preferences, webhook_public_url=preferences.webhook_public_url)
        self.changed.emit(self._preferences)

    def _tunnel_refused(self, words: str) -> None:
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))
        restyle(self.tunnel, "wrong", bool(words))

    def open_media_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._bridge.paths.media)))

    def refresh_accounts(self) -> None:
        """Ask the core for the accounts and list them."""

        async def ask(core: Core) -> list[Account]:
            return core.accounts()

        self._bridge.run(ask, self.show_accounts)

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """The choice of the account for new jobs."""
        self.default.clear()
        for account in accounts:
            self.default.addItem(dot_icon(account.colour, self._theme), account.title, account.name)
        self.default.setCurrentIndex(max(0, self.default.findData(self._preferences.default_account)))

    def forget_account(self, name: str) -> None:
        """It was removed: new jobs go to this computer where they went to it."""
        if self._preferences.default_account == name:
            self._change(default_account=LOCAL_ACCOUNT)

    def _change(self, **values: object) -> None:
        self._preferences = replace(self._preferences, **values)  # type: ignore[arg-type]  # names are the fields' own
        self.changed.emit(self._preferences)

    def _heading(self, words: str) -> None:
        self._column.addWidget(label(words, "heading"))
