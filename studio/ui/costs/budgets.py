"""What is left of each account's budget: a line with a bar for the day, and one for the month."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from studio.domain.account import Account
from studio.domain.ledger import Standing
from studio.ui.theme.theme import Theme
from studio.ui.theme.tokens import mix
from studio.ui.widgets.job_words import number_words
from studio.ui.widgets.words import ElidedLabel, label


class BudgetBar(QWidget):
    """Spent, reserved behind it, and what is left."""

    def __init__(self, theme: Theme, most: float, spent: float, reserved: float) -> None:
        super().__init__()
        self._theme = theme
        self._most, self._spent, self._reserved = most, spent, reserved
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(160, 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        full = QRectF(self.rect())
        painter.setBrush(QColor(tokens.surface3))
        painter.drawRoundedRect(full, 4, 4)
        used = self._spent + self._reserved
        colour = tokens.bad if used >= self._most else tokens.warn if used >= 0.8 * self._most else tokens.accent
        for amount, share in ((used, 0.5), (self._spent, 1.0)):
            width = full.width() * min(1.0, amount / self._most) if self._most > 0 else full.width()
            if width > 0:
                painter.setBrush(QColor(mix(tokens.surface3, colour, share)))
                painter.drawRoundedRect(QRectF(0, 0, max(4.0, width), full.height()), 4, 4)


class Budgets(QWidget):
    """Hidden where no account has a budget for a day or a month."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("costsBudgets")
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, 200)
        self._grid.setColumnMinimumWidth(1, 72)
        self._grid.setColumnStretch(2, 1)
        self.hide()

    def show_standings(self, standings: Sequence[tuple[Account, Standing]]) -> None:
        """Of the accounts that have a budget, in their order."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        row = 0
        for account, standing in standings:
            for most, spent, words in (
                (account.budget.per_day, standing.today, self.tr("today")),
                (account.budget.per_month, standing.this_month, self.tr("this month")),
            ):
                if most is not None:
                    self._add(row, account, words, (most, spent, standing.reserved))
                    row += 1
        self.setVisible(row > 0)

    def _add(self, row: int, account: Account, when: str, amounts: tuple[float, float, float]) -> None:
        most, spent, reserved = amounts
        name = ElidedLabel(account.title)
        name.setMinimumWidth(200)
        said = self.words(most, spent, reserved)
        bar = BudgetBar(self._theme, most, spent, reserved)
        bar.setAccessibleName(f"{account.title}, {when}: {said}")
        numbers: QLabel = label(said, "label")
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(label(when, "label"), row, 1)
        self._grid.addWidget(bar, row, 2, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(numbers, row, 3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def words(self, most: float, spent: float, reserved: float) -> str:
        """8 of 100 credits, 4 reserved."""
        words = self.tr("{spent} of {most} credits").format(spent=number_words(spent), most=number_words(most))
        return words + (self.tr(", {n} reserved").format(n=number_words(reserved)) if reserved else "")
