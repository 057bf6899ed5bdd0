"""Adding an account: service, name, key. The key is sent to the service once, to test it, and then kept in the keyring."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.domain.account import KEY_VARIABLES, OFFICIAL_URLS, Account, Balance, Service
from studio.domain.errors import InputError, ServiceError
from studio.ui.bridge import Bridge, in_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label, restyle

if TYPE_CHECKING:
    from studio.app.core import Core

_SERVICES = (Service.CANVAS_LABS, Service.CANNON_STUDIO)


def trial_words(error: BaseException) -> str:
    """Why a test of an account failed. No job waits for the service here, so the advice is another one."""
    if not isinstance(error, ServiceError):
        return in_words(error)
    advice = "Nothing was charged. Check the address and the connection, then test again."
    return f"{error.message} {QCoreApplication.translate('Accounts', advice)}"


class AccountDialog(QDialog):
    """`added(account, balance or None)` when it is kept. Shown with `open()`."""

    added = Signal(object, object)

    def __init__(self, bridge: Bridge, theme: Theme, service: Service = Service.CANVAS_LABS, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("accountDialog")
        self.setWindowTitle(self.tr("Add an account"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(440)
        self._bridge = bridge
        self._busy = False
        self.service = Segments([(one, one.display_name) for one in _SERVICES], name=self.tr("Service"))
        self.service.setObjectName("accountService")
        self.name = QLineEdit()
        self.key = QLineEdit()
        self.base_url = QLineEdit()
        self._message = label("", "error", wrap=True)
        self._message.setObjectName("accountMessage")
        self._message.hide()
        self.save = push(self.tr("Test and save"), "accountSave", "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self.submit)
        self._prepare(self.name, "accountName", self.tr("Name"))
        self._prepare(self.key, "accountKey", self.tr("API key"))
        self._prepare(self.base_url, "accountBaseUrl", self.tr("Address"))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self._lay_out()
        self.service.set_value(service)
        self.service.chosen.connect(lambda _: self._service_changed())
        self._service_changed()
        self.key.setFocus()

    def _prepare(self, edit: QLineEdit, name: str, words: str) -> None:
        edit.setObjectName(name)
        edit.setAccessibleName(words)
        edit.textEdited.connect(lambda _: self._say("", ""))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(6)
        column.addWidget(label(self.tr("Add an account"), "heading"))
        column.addSpacing(10)
        rows = (
            (self.tr("Service"), self.service),
            (self.tr("API key"), self.key),
            (self.tr("Name, your own choice"), self.name),
            (self.tr("Address, only if you were given another one"), self.base_url),
        )
        for words, widget in rows:
            column.addWidget(label(words, "label", buddy=widget))
            column.addWidget(widget)
            column.addSpacing(10)
        self._hint = label("", "label", wrap=True)
        column.addWidget(self._hint)
        column.addWidget(self._message)
        column.addSpacing(10)
        self.cancel = push(self.tr("Cancel"), "accountCancel")
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column.addLayout(buttons)

    def submit(self) -> None:
        """Keep the account, then ask the service for its balance: that is the test."""
        name, key = self.name.text().strip(), self.key.text().strip()
        if self._busy:
            return
        if not name:
            self._say(self.tr("Give the account a name, such as Work."), "error", self.name)
            return
        if not key:
            self._say(self.tr("Paste the API key from the service's dashboard."), "error", self.key)
            return
        account = Account(name, self._service(), self.base_url.text().strip())

        async def add_and_test(core: Core) -> tuple[str | None, Balance | BaseException]:
            warning = await core.add_account(account, key)
            try:
                return warning, await core.balance(account.name)
            except Exception as error:  # noqa: BLE001  # the account is kept all the same: both facts are told to the person
                return warning, error

        self._busy = True
        self.save.setEnabled(False)
        self._say(self.tr("Asking {service}…").format(service=account.service.display_name), "label")
        self._bridge.run(add_and_test, partial(self._added, account), self._refused)

    def _added(self, account: Account, outcome: tuple[str | None, Balance | BaseException]) -> None:
        warning, answer = outcome
        self._busy = False
        self.save.setEnabled(True)
        balance = answer if isinstance(answer, Balance) else None
        self.added.emit(account, balance)
        if isinstance(answer, BaseException):
            kept = self.tr("The account is saved, but the test failed.")
            at: QLineEdit | None = self.key
            if isinstance(answer, ServiceError):  # the key was not even looked at
                at = self.base_url if self.base_url.text().strip() else None
            self._say(f"{kept} {trial_words(answer)}", "error", at)
            self.cancel.setText(self.tr("Close"))
        elif warning:
            self._say(warning, "warn")
            self.key.clear()
        else:
            self.accept()

    def _refused(self, error: BaseException) -> None:
        self._busy = False
        self.save.setEnabled(True)
        field = error.field if isinstance(error, InputError) else None
        edit = {"name": self.name, "base_url": self.base_url, "key": self.key}.get(field or "")
        self._say(in_words(error), "error", edit)

    def _service(self) -> Service:
        value = self.service.value()
        return value if isinstance(value, Service) else _SERVICES[0]

    def _service_changed(self) -> None:
        service = self._service()
        self.base_url.setPlaceholderText(OFFICIAL_URLS[service])
        others = {one.display_name for one in _SERVICES} | {""}
        if self.name.text() in others:
            self.name.setText(service.display_name)
        words = self.tr("The key goes to your system keyring and nowhere else. Without a keyring, set {variable} instead.")
        self._hint.setText(words.format(variable=KEY_VARIABLES[service]))
        self._say("", "")

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
