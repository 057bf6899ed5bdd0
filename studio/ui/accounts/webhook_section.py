"""Webhooks of an account: the address to enter at the service, and the secret that signs its events."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from studio.domain.account import Secret
from studio.ui.accounts.secret_edit import SecretEdit
from studio.ui.accounts.sections import Section, named
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label


class WebhookSection(Section):
    """`changed()` at each change. Studio asks its services anyway: an event only makes it ask sooner."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("Webhook"), "webhook")
        self._forgotten = False
        words = self.tr("Optional. Studio asks the service itself; events only make it ask sooner.")
        self.column.addWidget(label(words, "label", wrap=True))
        self.address = QLineEdit()
        named(self.address, "webhookAddress", self.tr("Address to enter at the service"))
        self.address.setReadOnly(True)
        self.copy = push(self.tr("Copy"), "copyWebhookAddress")
        self.copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.address, 1)
        row.addWidget(self.copy)
        self.column.addSpacing(4)
        self.column.addWidget(label(self.tr("Address to enter at the service"), "label", buddy=self.address))
        self.column.addLayout(row)
        self.secret = SecretEdit("webhookSecret", self.tr("Signing secret"))
        self.secret.textEdited.connect(lambda _: self._typed())
        self.forget = push(self.tr("Forget"), "forgetWebhookSecret")
        self.forget.clicked.connect(self._forget)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self.secret, 1)
        second.addWidget(self.forget)
        self.column.addSpacing(4)
        self.column.addWidget(label(self.tr("Signing secret, kept in the keyring"), "label", buddy=self.secret))
        self.column.addLayout(second)
        self.end()
        self.show_address(None)
        self.show_kept(False)

    def show_address(self, address: str | None) -> None:
        """What is to be entered at the service; None while nothing is received."""
        self.address.setText(address or "")
        self.address.setCursorPosition(0)
        self.address.setPlaceholderText(self.tr("Events are not received now"))
        self.copy.setEnabled(bool(address))

    def show_kept(self, kept: bool) -> None:
        """Whether the keyring has a secret."""
        self._forgotten = False
        self.secret.forget()
        self.secret.setPlaceholderText(self.tr("Kept. Type to replace it.") if kept else "whsec_…")
        self.forget.setVisible(kept)

    def settle(self) -> None:
        """What was typed is kept elsewhere now."""
        self._forgotten = False
        self.secret.forget()

    def secrets(self) -> dict[Secret, str | None]:
        """What is to be put into the keyring, or (None) taken out of it."""
        typed = self.secret.secret()
        if typed:
            return {Secret.WEBHOOK: typed}
        return {Secret.WEBHOOK: None} if self._forgotten else {}

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.address.text())
        self.say(self.tr("Copied."), "ok")

    def _typed(self) -> None:
        self.say("")
        self.changed.emit()

    def _forget(self) -> None:
        self._forgotten = True
        self.secret.forget()
        self.forget.hide()
        self.secret.setPlaceholderText(self.tr("Forgotten when you save"))
        self.changed.emit()
