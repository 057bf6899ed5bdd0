"""One account: what is left on it, its key, address, colour, limits, media host and webhook. Nothing is kept before Save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.domain.account import Account, Balance, Secret, Service
from studio.domain.errors import InputError
from studio.ui.accounts.budget_section import BudgetSection
from studio.ui.accounts.colours import Dot
from studio.ui.accounts.host_section import HostSection
from studio.ui.accounts.key_section import KeySection
from studio.ui.accounts.plan_section import PlanSection
from studio.ui.accounts.webhook_section import WebhookSection
from studio.ui.accounts.words import balance_words, service_words, trial_words
from studio.ui.bridge import Bridge, in_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import ElidedLabel, label, restyle, rule

if TYPE_CHECKING:
    from studio.app.core import Core


class AccountDetails(QWidget):
    """The page of one account. `local` has its head only.

    `saved(account)`, `balance_known(name, balance)`, `trouble(name, error)`, `remove_wanted(name)`. `draft`: what the person
    had changed before and not saved yet.
    """

    saved = Signal(object)
    balance_known = Signal(str, object)
    trouble = Signal(str, object)
    remove_wanted = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, account: Account, draft: Account | None = None) -> None:
        super().__init__()
        self.setObjectName("accountDetails")
        self._bridge = bridge
        self.account = account
        self._dot = Dot(theme, account.colour)
        self.balance = label("…", "dim", wrap=True)
        self.balance.setObjectName("accountBalance")
        self.refresh_button = push(self.tr("Refresh"), "refreshBalance")
        self.refresh_button.clicked.connect(self.refresh)
        self.key = KeySection(bridge, account)
        self.plan = PlanSection(account, theme)
        self.budget = BudgetSection()
        self.host = HostSection(account.media_host)
        self.webhook = WebhookSection()
        self.save_button = push(self.tr("Save"), "saveAccount", "primary")
        self.discard_button = push(self.tr("Discard"), "discardAccount")
        self._state = ElidedLabel("", "label")
        self._state.setObjectName("accountState")
        self._lay_out()
        if account.service is not Service.LOCAL:
            self._show(draft or account)
            self._ask_secrets()
            self._connect()
        self._dirty_changed()
        self.refresh()

    def _lay_out(self) -> None:
        inside = QWidget()
        page = QVBoxLayout(inside)
        page.setContentsMargins(24, 20, 12, 24)
        page.setSpacing(12)
        page.addLayout(self._head())
        local = self.account.service is Service.LOCAL
        self.refresh_button.setVisible(not local)
        for section in (self.key, self.plan, self.budget, self.host, self.webhook):
            section.setParent(inside)
            section.setVisible(not local)
            if not local:
                page.addWidget(section)
        page.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        bar = scroll.verticalScrollBar()
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
        self._scroll = scroll
        foot = QWidget()
        foot.setVisible(not local)
        row = QHBoxLayout(foot)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(8)
        remove = push(self.tr("Remove…"), f"removeAccount_{self.account.name}", "danger")
        remove.setAccessibleName(self.tr("Remove {account}").format(account=self.account.title))
        remove.clicked.connect(lambda: self.remove_wanted.emit(self.account.name))
        row.addWidget(remove)
        row.addWidget(self._state, 1)
        row.addWidget(self.discard_button)
        row.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        line = rule()
        line.setVisible(not local)
        column.addWidget(line)
        column.addWidget(foot)

    def _head(self) -> QHBoxLayout:
        title = self.account.name if self.account.service is not Service.LOCAL else self.account.title
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._dot)
        first.addWidget(ElidedLabel(title, "heading"), 1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(first)
        service = self.account.service
        offered = service_words(service)
        line = offered if service is Service.LOCAL else f"{service.display_name}: {offered[:1].lower()}{offered[1:]}"
        words.addWidget(label(line, "label", wrap=True))
        words.addWidget(self.balance)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addLayout(words, 1)
        head.addWidget(self.refresh_button, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _connect(self) -> None:
        self.key.tested.connect(self._balance_known)
        for section in (self.plan, self.budget, self.host, self.webhook):
            section.changed.connect(self._dirty_changed)
        self.host.test_wanted.connect(self.save_and_test_host)
        self.save_button.clicked.connect(self.save)
        self.discard_button.clicked.connect(self.discard)

    # what is in it

    def edited(self) -> Account:
        """The account as the page says it now, without secrets."""
        if self.account.service is Service.LOCAL:
            return self.account
        return replace(self.plan.edited(self.account), media_host=self.host.host(), budget=self.budget.budget())

    def is_dirty(self) -> bool:
        """Whether there is something that is not saved."""
        return self.edited() != self.account or bool(self._secrets())

    def refresh(self) -> None:
        """Ask for the balance again, and for where the key comes from."""
        name = self.account.name
        if self.account.service is Service.LOCAL:
            self._balance_known(Balance(unlimited=True))  # asking would start the engine for nothing
            return
        self.refresh_button.setEnabled(False)
        self.balance.setText(self.tr("Asking…"))
        self._bridge.run(lambda core: core.balance(name), self._balance_known, self._no_balance)
        self.key.refresh()

    def show_host(self) -> None:
        """Scroll to the media host."""
        self._scroll.ensureWidgetVisible(self.host, 0, 24)

    def save(self) -> None:
        """Keep what was changed. Errors stand where they belong and nothing of it is kept then."""
        self._save(then_test=False)

    def save_and_test_host(self) -> None:
        """Keep it, then put a small file where the account's files go, fetch it from there and delete it."""
        self._save(then_test=True)

    def discard(self) -> None:
        """Back to what is kept."""
        self._show(self.account)
        self._ask_secrets()
        self._clear()
        self._dirty_changed()

    # inside

    def _show(self, account: Account) -> None:
        self.plan.show_account(account)
        self.budget.show_budget(account.budget)
        self.host.show_host(account.media_host)

    def _secrets(self) -> dict[Secret, str | None]:
        if self.account.service is Service.LOCAL:
            return {}
        return {**self.host.secrets(), **self.webhook.secrets()}

    def _save(self, *, then_test: bool) -> None:
        account, secrets = self.edited(), self._secrets()

        async def keep(core: Core) -> tuple[Account, list[str]]:
            stored = await core.update_account(account)
            warnings = [await core.set_secret(stored.name, purpose, value) for purpose, value in secrets.items()]
            return stored, [words for words in warnings if words]

        self._clear()
        self.save_button.setEnabled(False)
        self._state.setText(self.tr("Saving…"))
        done = self._kept_then_test if then_test else self._kept
        self._bridge.run(keep, done, self._not_kept)

    def _kept(self, outcome: tuple[Account, list[str]]) -> None:
        stored, warnings = outcome
        self.account = stored
        self._dot.show_colour(stored.colour)
        self._show(stored)
        self.webhook.settle()
        self._ask_secrets()
        self.key.account_changed(stored)
        self._dirty_changed()
        self._state.setText(self.tr("Saved"))
        if warnings:
            self.webhook.say(" ".join(dict.fromkeys(warnings)), "warn")
        self.saved.emit(stored)

    def _kept_then_test(self, outcome: tuple[Account, list[str]]) -> None:
        self._kept(outcome)
        account = self.account
        self.host.say(self.tr("Putting a small file there and fetching it…"))
        self.host.test.setEnabled(False)
        self._bridge.run(lambda core: core.test_media_host(account), self._host_works, self._host_fails)

    def _host_works(self, _: None) -> None:
        self.host.test.setEnabled(True)
        self.host.say(self.tr("It works: a small file was put there, fetched and deleted."), "ok")

    def _host_fails(self, error: BaseException) -> None:
        self.host.test.setEnabled(True)
        if isinstance(error, InputError):
            self.host.mark(error.field)
        self.host.say(in_words(error), "error")

    def _not_kept(self, error: BaseException) -> None:
        self._dirty_changed()
        self._state.setText(self.tr("Not saved"))
        field = error.field if isinstance(error, InputError) else None
        if self.host.mark(field):
            self.host.say(in_words(error), "error")
        elif self.budget.mark(field):
            self.budget.say(in_words(error), "error")
            self._scroll.ensureWidgetVisible(self.budget)
        else:
            self.plan.mark(field)
            self.plan.say(in_words(error), "error")
            self._scroll.ensureWidgetVisible(self.plan)

    def _clear(self) -> None:
        self.plan.mark(None)
        self.budget.mark(None)
        self.host.mark(None)
        for section in (self.plan, self.budget, self.host, self.webhook):
            section.say("")

    def _ask_secrets(self) -> None:
        name = self.account.name

        async def ask(core: Core) -> tuple[Mapping[Secret, bool], str | None]:
            return {purpose: await core.has_secret(name, purpose) for purpose in Secret}, core.webhook_address(name)

        self._bridge.run(ask, self._secrets_known, lambda error: self.webhook.say(in_words(error), "error"))

    def _secrets_known(self, answer: tuple[Mapping[Secret, bool], str | None]) -> None:
        kept, address = answer
        self.host.show_kept(kept[Secret.HOST_KEY], kept[Secret.HOST_SECRET])
        self.webhook.show_kept(kept[Secret.WEBHOOK])
        self.webhook.show_address(address)

    def _balance_known(self, balance: Balance) -> None:
        self.refresh_button.setEnabled(True)
        restyle(self.balance, "role", "dim")
        self.balance.setText(balance_words(balance) or self.tr("The service says nothing of a balance."))
        self.plan.show_limits(balance)
        self.balance_known.emit(self.account.name, balance)

    def _no_balance(self, error: BaseException) -> None:
        self.refresh_button.setEnabled(True)
        restyle(self.balance, "role", "error")
        self.balance.setText(trial_words(error))
        self.trouble.emit(self.account.name, error)

    def _dirty_changed(self) -> None:
        dirty = self.is_dirty()
        self.save_button.setEnabled(dirty)
        self.discard_button.setEnabled(dirty)
        self._state.setText(self.tr("Not saved yet") if dirty else "")
