"""Settings: look, accounts, where files lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.domain.account import LOCAL_ACCOUNT, Account, Balance
from studio.ui.bridge import Bridge
from studio.ui.dialogs.account_dialog import trial_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.job_words import credits_spelt
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import ElidedLabel, label, restyle, rule

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.settings.preferences import Preferences


class SettingsDialog(QDialog):
    """`changed(preferences)` at each change (kept by the window), `add_wanted()`, `accounts_changed()`."""

    changed = Signal(object)
    add_wanted = Signal()
    accounts_changed = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 600)
        self._bridge = bridge
        self._theme = theme
        self._preferences = preferences
        self._states: dict[str, ElidedLabel] = {}
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(24, 24, 24, 24)
        self._column.setSpacing(8)
        self._look()
        self._files()
        self._accounts()
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
        self._column.addSpacing(16)

    def _accounts(self) -> None:
        self._heading(self.tr("Accounts"))
        self.default = QComboBox()
        self.default.setObjectName("defaultAccount")
        self.default.setAccessibleName(self.tr("Account for new jobs"))
        self.default.activated.connect(lambda _: self._change(default_account=self.default.currentData()))
        self._column.addWidget(label(self.tr("Account for new jobs"), "label", buddy=self.default))
        self._column.addWidget(self.default)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._column.addSpacing(4)
        self._column.addLayout(self._list)
        add = push(self.tr("Add account…"), "addAccount")
        add.clicked.connect(self.add_wanted)
        self._column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)

    def open_media_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._bridge.paths.media)))

    def refresh_accounts(self) -> None:
        """Ask the core for the accounts and list them."""

        async def ask(core: Core) -> list[Account]:
            return core.accounts()

        self._bridge.run(ask, self.show_accounts)

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._states.clear()
        self.default.clear()
        for account in accounts:
            self.default.addItem(account.title, account.name)
            self._list.addWidget(self._account_row(account))
        self.default.setCurrentIndex(max(0, self.default.findData(self._preferences.default_account)))

    def _account_row(self, account: Account) -> QFrame:
        box = QFrame()
        box.setProperty("surface", "box")
        state = ElidedLabel(self.tr("always there, free") if account.name == LOCAL_ACCOUNT else account.base_url, "label")
        self._states[account.name] = state
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(account.title, "strong"))
        words.addWidget(state)
        row = QHBoxLayout(box)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addLayout(words, 1)
        actions: list[tuple[str, str, Callable[[], None]]] = [
            (self.tr("Test"), "testAccount", lambda: self._test(account.name)),
        ]
        if account.name != LOCAL_ACCOUNT:
            actions.append((self.tr("Remove"), "removeAccount", lambda: self._remove(account.name)))
        for verb, name, slot in actions:
            button = push(verb, f"{name}_{account.name}")
            button.setAccessibleName(f"{verb} {account.title}")
            button.clicked.connect(slot)
            row.addWidget(button)
        return box

    def _test(self, name: str) -> None:
        self._say(name, self.tr("asking…"), "label")
        self._bridge.run(lambda core: core.balance(name), partial(self._tested, name), partial(self._failed, name))

    def _tested(self, name: str, balance: Balance) -> None:
        self._say(name, self._balance_words(balance), "label")

    def _failed(self, name: str, error: BaseException) -> None:
        self._say(name, trial_words(error), "error")

    def _remove(self, name: str) -> None:
        self._bridge.run(lambda core: core.remove_account(name), partial(self._removed, name), partial(self._failed, name))

    def _removed(self, name: str, _: None) -> None:
        if self._preferences.default_account == name:
            self._change(default_account=LOCAL_ACCOUNT)
        self.refresh_accounts()
        self.accounts_changed.emit()

    def _balance_words(self, balance: Balance) -> str:
        if balance.unlimited:
            return self.tr("works, free")
        if balance.remaining is None:
            return self.tr("works")
        return self.tr("works, {credits} left").format(credits=credits_spelt(balance.remaining))

    def _say(self, name: str, words: str, role: str) -> None:
        state = self._states.get(name)
        if state is not None:
            restyle(state, "role", role)
            state.setText(words)

    def _change(self, **values: object) -> None:
        self._preferences = replace(self._preferences, **values)  # type: ignore[arg-type]  # names are the fields' own
        self.changed.emit(self._preferences)

    def _heading(self, words: str) -> None:
        self._column.addWidget(label(words, "heading"))
