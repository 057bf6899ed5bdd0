"""Adding an account: service, key, name. The key is tried at the service first and kept in the keyring only if it works."""

from __future__ import annotations

import concurrent.futures
import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.domain.account import KEY_VARIABLES, OFFICIAL_URLS, Account, Balance, Service
from studio.domain.errors import AccountError, InputError
from studio.ui.accounts.colours import CHOICES
from studio.ui.accounts.secret_edit import SecretEdit
from studio.ui.accounts.words import balance_words, service_words, trial_words
from studio.ui.bridge import Bridge, in_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label, restyle

if TYPE_CHECKING:
    from studio.app.core import Core

_SERVICES = (Service.CANVAS_LABS, Service.CANNON_STUDIO)


class AccountDialog(QDialog):
    """`added(account, balance or None)` when it is kept; None: without a test. Shown with `open()`; nothing waits for it.

    `others`: the accounts that there are, whose names are taken.
    """

    added = Signal(object, object)

    def __init__(
        self,
        bridge: Bridge,
        theme: Theme,
        service: Service = Service.CANVAS_LABS,
        parent: QWidget | None = None,
        *,
        others: Sequence[Account] = (),
    ) -> None:
        super().__init__(parent)
        self.setObjectName("accountDialog")
        self.setWindowTitle(self.tr("Add an account"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(460)
        self._bridge = bridge
        self._others = list(others)
        self._running: concurrent.futures.Future[Any] | None = None
        self._own_name = False
        self.service = Segments([(one, one.display_name) for one in _SERVICES], name=self.tr("Service"))
        self.service.setObjectName("accountService")
        self.name = QLineEdit()
        self.key = SecretEdit("accountKey", self.tr("API key"))
        self.base_url = QLineEdit()
        self.base_url.setObjectName("accountBaseUrl")
        self.base_url.setAccessibleName(self.tr("Address"))
        self.name.setObjectName("accountName")
        self.name.setAccessibleName(self.tr("Name"))
        self.name.textEdited.connect(self._named)
        for edit in (self.name, self.key, self.base_url):
            edit.textEdited.connect(lambda _: self._say("", ""))
        self._message = label("", "error", wrap=True)
        self._message.setObjectName("accountMessage")
        self._message.hide()
        self._lay_out()
        self.service.set_value(service)
        self.service.chosen.connect(lambda _: self._service_changed())
        self.finished.connect(lambda _: self._stop())
        self._service_changed()
        self.key.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(6)
        column.addWidget(label(self.tr("Add an account"), "heading"))
        self._offer = label("", "dim", wrap=True)
        column.addWidget(self._offer)
        column.addSpacing(10)
        rows = (
            (self.tr("Service"), self.service),
            (self.tr("API key, from the service's dashboard"), self.key),
            (self.tr("Name, your own choice"), self.name),
            (self.tr("Address, only if you were given another one"), self.base_url),
        )
        for words, widget in rows:
            column.addWidget(label(words, "label", buddy=widget))
            column.addWidget(widget)
            column.addSpacing(10)
        self._hint = label("", "label", wrap=True)
        column.addWidget(self._hint)
        column.addSpacing(4)
        column.addWidget(self._message)
        column.addSpacing(10)
        self.cancel = push(self.tr("Cancel"), "accountCancel")
        self.cancel.clicked.connect(self.reject)
        self.keep = push(self.tr("Save without a test"), "accountKeep")
        self.keep.clicked.connect(self.keep_untested)
        self.keep.hide()
        self.save = push(self.tr("Test and save"), "accountSave", "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self.submit)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.keep)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column.addLayout(buttons)

    def submit(self) -> None:
        """Ask the service for the balance with this key: that is the test. What works is kept."""
        account = self._account()
        if account is None:
            return
        key = self.key.secret() or None

        async def try_and_keep(core: Core) -> tuple[Balance | None, str | None]:
            balance = await core.test_account(account, key)
            return balance, await core.add_account(account, key)

        self._begin(self.tr("Asking {service}…").format(service=account.service.display_name))
        self._running = self._bridge.run(try_and_keep, partial(self._kept, account), self._failed)

    def keep_untested(self) -> None:
        """Keep it although its service cannot say now whether the key is right."""
        account = self._account()
        if account is None:
            return
        key = self.key.secret() or None

        async def only_keep(core: Core) -> tuple[Balance | None, str | None]:
            return None, await core.add_account(account, key)

        self._begin(self.tr("Saving…"))
        self._running = self._bridge.run(only_keep, partial(self._kept, account), self._failed)

    def _account(self) -> Account | None:
        """What the form says; None, with words about it, where it cannot be used or something is under way."""
        name, service = self.name.text().strip(), self._service()
        if self._running is not None:
            return None
        if not self.key.secret() and not os.environ.get(KEY_VARIABLES[service], "").strip():
            self._say(self.tr("Paste the API key from the service's dashboard."), "error", self.key)
            return None
        if not name:
            self._say(self.tr("Give the account a name, such as Work."), "error", self.name)
            return None
        if any(other.name.casefold() == name.casefold() for other in self._others):
            words = self.tr("There is an account of this name already. Choose another name, or change that one in Settings.")
            self._say(words, "error", self.name)
            return None
        taken = {other.colour for other in self._others}
        colour = next((one for one in CHOICES if one and one not in taken), "")
        return Account(name, service, self.base_url.text().strip(), colour=colour)

    def _begin(self, words: str) -> None:
        for widget in (self.save, self.keep, self.service, self.key, self.name, self.base_url):
            widget.setEnabled(False)
        self._say(words, "label")
        self.cancel.setFocus()

    def _end(self) -> None:
        self._running = None
        for widget in (self.save, self.keep, self.service, self.key, self.name, self.base_url):
            widget.setEnabled(True)

    def _kept(self, account: Account, outcome: tuple[Balance | None, str | None]) -> None:
        self._end()
        balance, warning = outcome
        self.key.forget()
        self.added.emit(account, balance)
        if warning is None:
            self.accept()
            return
        works = "" if balance is None else self.tr("The key works: {words}.").format(words=balance_words(balance) or "")
        self._say(f"{works} {warning}".strip(), "warn")
        for button in (self.save, self.keep):
            button.hide()
        for widget in (self.key, self.name, self.base_url, self.service):
            widget.setEnabled(False)
        self.cancel.setText(self.tr("Done"))
        self.cancel.setFocus()

    def _failed(self, error: BaseException) -> None:
        self._end()
        if isinstance(error, InputError):
            edit = {"name": self.name, "base_url": self.base_url, "key": self.key}.get(error.field or "")
            self._say(in_words(error), "error", edit)
            return
        at: QLineEdit | None = self.key if isinstance(error, AccountError) else None
        if at is None and self.base_url.text().strip():
            at = self.base_url  # the key was not even looked at
        self.keep.show()
        words = self.tr("The test failed, so nothing was saved. {reason}")
        self._say(words.format(reason=trial_words(error)), "error", at or self.key)

    def _stop(self) -> None:
        """Cancelled: whatever is under way ends, and nothing is kept that is not kept yet."""
        if self._running is not None:
            self._running.cancel()
            self._running = None
        self.key.forget()

    def _service(self) -> Service:
        value = self.service.value()
        return value if isinstance(value, Service) else _SERVICES[0]

    def _named(self) -> None:
        self._own_name = bool(self.name.text().strip())

    def _service_changed(self) -> None:
        service = self._service()
        self.base_url.setPlaceholderText(OFFICIAL_URLS[service])
        self._offer.setText(service_words(service))
        if not self._own_name:
            self.name.setText(self._free_name(service.display_name))
        variable = KEY_VARIABLES[service]
        if os.environ.get(variable, "").strip():
            self.key.setPlaceholderText(self.tr("Leave empty to use {variable}").format(variable=variable))
        else:
            self.key.setPlaceholderText("")
        words = self.tr("The key goes to your system keyring and nowhere else. Without a keyring, set {variable} instead.")
        self._hint.setText(words.format(variable=variable))
        self._say("", "")

    def _free_name(self, wanted: str) -> str:
        taken = {other.name.casefold() for other in self._others}
        names = (wanted if number == 1 else f"{wanted} {number}" for number in range(1, len(taken) + 2))
        return next(name for name in names if name.casefold() not in taken)

    def _say(self, words: str, role: str, at: QLineEdit | None = None) -> None:
        self._message.setText(words)
        self._message.setVisible(bool(words))
        if role:
            restyle(self._message, "role", role)
        for edit in (self.name, self.key, self.base_url):
            restyle(edit, "wrong", edit is at)
        if at is not None:
            at.setFocus()
        layout = self.layout()
        if layout is not None and self.isVisible():
            # a wrapped message may need more lines than there were
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))
