"""The key of an account: where it comes from, a test of it, and another one in its place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.domain.account import Account, Balance
from studio.domain.errors import InputError
from studio.ui.accounts.secret_edit import SecretEdit
from studio.ui.accounts.sections import Section
from studio.ui.accounts.words import balance_words, key_words, trial_words
from studio.ui.bridge import Bridge, in_words
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label, restyle

if TYPE_CHECKING:
    from studio.app.core import Core


class KeySection(Section):
    """`tested(balance)` when the service answered. A new key is tried first and replaces the old one only if it works."""

    tested = Signal(object)

    def __init__(self, bridge: Bridge, account: Account) -> None:
        super().__init__(self.tr("Key"), "key")
        self._bridge = bridge
        self._account = account
        self.source = label("…", "dim", wrap=True)
        self.source.setObjectName("keySource")
        self.column.addWidget(self.source)
        self.test = push(self.tr("Test"), f"testAccount_{account.name}")
        self.test.setAccessibleName(self.tr("Test {account}").format(account=account.title))
        self.test.clicked.connect(self.try_stored)
        self.rotate = push(self.tr("Replace key…"), "rotateKey")
        self.rotate.setCheckable(True)
        self.rotate.toggled.connect(self._open)
        self.heading.addWidget(self.test)
        self.heading.addWidget(self.rotate)
        self.key = SecretEdit("newKey", self.tr("New API key"))
        self.key.setPlaceholderText(self.tr("Paste the new key"))
        self.key.returnPressed.connect(self.replace)
        self.key.textEdited.connect(lambda _: self._wrong(""))
        self.put = push(self.tr("Test and replace"), "replaceKey", "primary")
        self.put.clicked.connect(self.replace)
        self._new = QWidget()
        row = QHBoxLayout(self._new)
        row.setContentsMargins(0, 6, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.key, 1)
        row.addWidget(self.put)
        self._new.hide()
        self.column.addWidget(self._new)
        self.end()

    def refresh(self) -> None:
        """Ask where the key comes from and how it ends."""
        name = self._account.name

        async def ask(core: Core) -> tuple[str, str | None]:
            return (await core.key_source(name)).value, await core.key_hint(name)

        self._bridge.run(ask, self._known, lambda error: self.source.setText(in_words(error)))

    def account_changed(self, account: Account) -> None:
        """It was saved, perhaps with another address, to which the key may not belong."""
        self._account = account
        self.refresh()

    def try_stored(self) -> None:
        """Ask the service with the key that is kept."""
        name = self._account.name
        self._busy(self.tr("Asking {service}…").format(service=self._account.service.display_name))
        self._bridge.run(lambda core: core.balance(name), self._works, self._refused)

    def replace(self) -> None:
        """Try the new key; the old one stays until it works."""
        account, key = self._account, self.key.secret()
        if not key:
            self._wrong(self.tr("Paste the new key first."))
            return

        async def swap(core: Core) -> tuple[Balance, str | None]:
            balance = await core.test_account(account, key)
            return balance, await core.add_account(account, key)

        self._busy(self.tr("Trying the new key…"))
        self._bridge.run(swap, self._replaced, partial(self._refused, new=True))

    def _known(self, answer: tuple[str, str | None]) -> None:
        self.source.setText(key_words(self._account, *answer))
        if answer[0] == "none":
            self.rotate.setText(self.tr("Give a key…"))

    def _open(self, opened: bool) -> None:
        self._new.setVisible(opened)
        self.say("")
        self.key.forget()
        if opened:
            self.key.setFocus()

    def _busy(self, words: str) -> None:
        for widget in (self.test, self.rotate, self.put, self.key):
            widget.setEnabled(False)
        self.say(words)

    def _ready(self) -> None:
        for widget in (self.test, self.rotate, self.put, self.key):
            widget.setEnabled(True)

    def _works(self, balance: Balance) -> None:
        self._ready()
        words = balance_words(balance)
        self.say(self.tr("The key works: {words}.").format(words=words) if words else self.tr("The key works."), "ok")
        self.tested.emit(balance)

    def _replaced(self, outcome: tuple[Balance, str | None]) -> None:
        self._ready()
        balance, warning = outcome
        self.rotate.setChecked(False)
        self.tested.emit(balance)
        self.say(warning or self.tr("The new key works and has taken the old one's place."), "warn" if warning else "ok")
        self.refresh()

    def _refused(self, error: BaseException, *, new: bool = False) -> None:
        self._ready()
        words = in_words(error) if isinstance(error, InputError) else trial_words(error)
        if new:
            self._wrong(self.tr("The old key stays. {reason}").format(reason=words))
        else:
            self.say(words, "error")

    def _wrong(self, words: str) -> None:
        self.say(words, "error")
        restyle(self.key, "wrong", bool(words))
        if words:
            self.key.setFocus()
