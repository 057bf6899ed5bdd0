"""Address, colour and the plan's limits of an account."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from studio.domain.account import OFFICIAL_URLS, Account, Balance
from studio.ui.accounts.colours import ColourRow
from studio.ui.accounts.sections import Section, count_box, named
from studio.ui.accounts.words import limit_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.words import label, restyle

_MOST_REQUESTS, _MOST_JOBS = 100_000, 1_000


class PlanSection(Section):
    """`changed()` at each change."""

    changed = Signal()

    def __init__(self, account: Account, theme: Theme) -> None:
        super().__init__(self.tr("Account"), "plan")
        self.base_url = QLineEdit()
        named(self.base_url, "editBaseUrl", self.tr("Address"))
        self.base_url.setPlaceholderText(OFFICIAL_URLS.get(account.service, ""))
        self.colour = ColourRow(theme)
        named(self.colour, "accountColour", self.tr("Colour"))
        unset = self.tr("As the service says")
        self.requests = count_box("requestsPerMinute", self.tr("Requests a minute"), unset, _MOST_REQUESTS)
        self.jobs = count_box("concurrentJobs", self.tr("Jobs at once"), unset, _MOST_JOBS)
        self.add_row(self.tr("Colour"), self.colour)
        self.add_pair((self.tr("Requests a minute"), self.requests), (self.tr("Jobs at once"), self.jobs))
        self._limits = label("", "label", wrap=True)
        self._limits.hide()
        self.column.addWidget(self._limits)
        self.add_row(self.tr("Address. The key stays with it: at another one the key has to be given again."), self.base_url)
        self.end()
        self.base_url.textEdited.connect(lambda _: self._told())
        self.colour.chosen.connect(self._told)
        self.requests.valueChanged.connect(lambda _: self._told())
        self.jobs.valueChanged.connect(lambda _: self._told())

    def show_account(self, account: Account) -> None:
        """Show what is kept, or a draft of it."""
        self.base_url.setText(account.base_url)
        self.colour.set_value(account.colour)
        for box, value in ((self.requests, account.requests_per_minute), (self.jobs, account.concurrent_jobs)):
            box.blockSignals(True)
            box.setValue(value or 0)
            box.blockSignals(False)

    def show_limits(self, balance: Balance) -> None:
        """What the service itself says of the plan."""
        self._limits.setText(limit_words(balance))
        self._limits.setVisible(bool(self._limits.text()))

    def edited(self, account: Account) -> Account:
        """`account` with what the form says."""
        return replace(
            account, base_url=self.base_url.text().strip(), colour=self.colour.value(),
            requests_per_minute=self.requests.value() or None, concurrent_jobs=self.jobs.value() or None,
        )

    def mark(self, field: str | None) -> None:
        """Mark the control that an error belongs to."""
        restyle(self.base_url, "wrong", field == "base_url")
        restyle(self.requests, "wrong", field == "requests_per_minute")
        restyle(self.jobs, "wrong", field == "concurrent_jobs")

    def _told(self) -> None:
        self.say("")
        self.mark(None)
        self.changed.emit()
