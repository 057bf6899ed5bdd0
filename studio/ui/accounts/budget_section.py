"""What an account may spend: above what to ask, and where to stop a day and a month."""

from __future__ import annotations

from PySide6.QtCore import Signal

from studio.domain.account import Budget
from studio.ui.accounts.sections import Section
from studio.ui.costs.credits_box import CreditsBox
from studio.ui.widgets.words import label, restyle


class BudgetSection(Section):
    """`changed()` at each change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("Budget"), "budget")
        words = self.tr("A job beyond it waits in the queue and says so, until you send it all the same or there is room.")
        self.column.addWidget(label(words, "label", wrap=True))
        self.ask_above = CreditsBox("budgetAskAbove", self.tr("Ask above, for one job"), self.tr("Never ask"))
        self.per_day = CreditsBox("budgetPerDay", self.tr("Stop at, a day"), self.tr("No limit"))
        self.per_month = CreditsBox("budgetPerMonth", self.tr("Stop at, a month"), self.tr("No limit"))
        self.add_row(self.tr("Ask above, for one job (credits)"), self.ask_above)
        self.add_pair((self.tr("Stop at, a day (credits)"), self.per_day),
                      (self.tr("Stop at, a month (credits)"), self.per_month))
        self.end()
        for box in self._boxes().values():
            box.valueChanged.connect(lambda _: self.changed.emit())

    def _boxes(self) -> dict[str, CreditsBox]:
        return {"ask_above": self.ask_above, "per_day": self.per_day, "per_month": self.per_month}

    def show_budget(self, budget: Budget) -> None:
        """Show what is kept, or a draft of it."""
        for name, box in self._boxes().items():
            box.blockSignals(True)
            box.set_amount(getattr(budget, name))
            box.blockSignals(False)

    def budget(self) -> Budget:
        """What the form says."""
        return Budget(**{name: box.amount() for name, box in self._boxes().items()})

    def mark(self, field: str | None) -> bool:
        """Mark the control that an error belongs to; False where it is none of these."""
        for name, box in self._boxes().items():
            restyle(box, "wrong", field == f"budget.{name}")
        return field is not None and field.startswith("budget.")
