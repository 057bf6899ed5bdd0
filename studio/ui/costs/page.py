"""What was spent: sums, a chart over time, what is left of the budgets, and a table by day, account, operation or label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.account import Account
from studio.domain.event import JobChanged
from studio.domain.ledger import Grouping, LedgerQuery, Spending, Standing
from studio.ui.bridge import Bridge, in_words
from studio.ui.costs.budgets import Budgets
from studio.ui.costs.chart import Bar, CostChart
from studio.ui.costs.periods import ALL, DAYS_30, DAYS_90, MONTHS_12, day_keys, month_keys, short_title, since_of, title_of
from studio.ui.costs.table import SpendingModel, SpendingTable
from studio.ui.images.message import MessageView
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.job_words import credits_spelt, number_words
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import ElidedLabel, counted, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from studio.app.core import Core

_SOON_MS = 250


@dataclass(frozen=True, slots=True)
class Answer:
    """All that the page shows, read at one time."""

    total: Spending
    over_time: Sequence[Spending]
    groups: Sequence[Spending]
    standings: Sequence[tuple[Account, Standing]]
    accounts: Sequence[Account]
    operations: dict[str, str]


class CostsView(QWidget):
    """`say(words)` for what is worth knowing, such as where the file was written."""

    say = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("costsView")
        self._bridge, self._theme = bridge, theme
        self._dialog: QFileDialog | None = None
        self._accounts: list[Account] = []
        self._asked = 0
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.refresh)
        self._make_controls()
        self._sums: dict[str, QLabel] = {}
        self.chart = CostChart(theme)
        self._pointed = ElidedLabel("", "label")
        self._pointed.setObjectName("costsPointed")
        self.budgets = Budgets(theme)
        self.model = SpendingModel(self)
        self.table = SpendingTable(self.model, self)
        self.message = MessageView(theme, self)
        self.message.setObjectName("costsMessage")
        self._lay_out()
        self.chart.pointed.connect(self._pointed.setText)
        self.period.currentIndexChanged.connect(lambda _: self.refresh())
        self.account_box.activated.connect(lambda _: self.refresh())
        self.groups.chosen.connect(lambda _: self.refresh())
        self.export_button.clicked.connect(self.choose_file)
        bridge.jobsChanged.connect(self._jobs_changed)
        bridge.storeChanged.connect(self._soon.start)

    def _make_controls(self) -> None:
        self.period = QComboBox()
        self.period.setObjectName("costsPeriod")
        self.period.setAccessibleName(self.tr("Time"))
        for value, words in ((DAYS_30, self.tr("Last 30 days")), (DAYS_90, self.tr("Last 90 days")),
                             (MONTHS_12, self.tr("Last 12 months")), (ALL, self.tr("All time"))):
            self.period.addItem(words, value)
        self.account_box = QComboBox()
        self.account_box.setObjectName("costsAccount")
        self.account_box.setAccessibleName(self.tr("Account"))
        self.account_box.addItem(self.tr("All accounts"), None)
        self.account_box.setMinimumWidth(180)
        self.export_button = push(self.tr("Export…"), "exportCosts")
        self._names = {Grouping.DAY: self.tr("Day"), Grouping.WEEK: self.tr("Week"), Grouping.MONTH: self.tr("Month"),
                       Grouping.ACCOUNT: self.tr("Account"), Grouping.OPERATION: self.tr("Operation"),
                       Grouping.LABEL: self.tr("Label")}
        self.groups = Segments(tuple(self._names.items()), name=self.tr("Sums by"))
        self.groups.setObjectName("costsGroups")
        self.groups.setFixedWidth(560)

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        controls.setSpacing(8)
        controls.addWidget(self.period)
        controls.addWidget(self.account_box)
        controls.addStretch(1)
        controls.addWidget(self.export_button)
        sums = QHBoxLayout()
        sums.setSpacing(32)
        for name, words in (
            ("spent", self.tr("Spent")), ("charged", self.tr("Charged")), ("refunded", self.tr("Given back")),
            ("estimated", self.tr("Estimated before")), ("doubtful", self.tr("Cost not said")),
        ):
            sums.addLayout(self._sum(name, words))
        sums.addStretch(1)
        inside = QWidget()
        body = QVBoxLayout(inside)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(12)
        body.addLayout(sums)
        body.addWidget(self.chart, 2)
        body.addWidget(self._pointed)
        body.addWidget(self.budgets)
        body.addWidget(self.groups)
        body.addWidget(self.table, 3)
        self._stack = QStackedWidget()
        self._stack.addWidget(inside)
        self._stack.addWidget(self.message)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(16)
        column.addLayout(controls)
        column.addWidget(self._stack, 1)

    def _sum(self, name: str, words: str) -> QVBoxLayout:
        value = label("–", "title")
        value.setObjectName(f"costs_{name}")
        self._sums[name] = value
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(label(words, "label", buddy=value))
        column.addWidget(value)
        return column

    # filling

    def query(self) -> LedgerQuery:
        """What the choices on top mean."""
        account = self.account_box.currentData()
        return LedgerQuery(account=account if isinstance(account, str) else None, since=since_of(self.period.currentData()))

    def grouping(self) -> Grouping:
        """What the sums are made by."""
        value = self.groups.value()
        return value if isinstance(value, Grouping) else Grouping.DAY

    def refresh(self) -> None:
        """Read it all anew."""
        self._soon.stop()
        self._asked += 1
        number, query = self._asked, self.query()
        by = self.grouping()
        over = Grouping.DAY if self.period.currentData() in (DAYS_30, DAYS_90) else Grouping.MONTH

        async def ask(core: Core) -> Answer:
            accounts = core.accounts()
            budgeted = [one for one in accounts if one.budget.per_day is not None or one.budget.per_month is not None]
            total = await core.costs.sums(None, query)
            return Answer(
                total=total[0] if total else Spending(""),
                over_time=await core.costs.sums(over, query),
                groups=await core.costs.sums(by, query),
                standings=[(one, await core.standing(one.name)) for one in budgeted],
                accounts=accounts,
                operations={operation.id: operation.title for operation in core.operations()},
            )

        self._bridge.run(ask, partial(self._arrived, number, over, by), self._failed)

    def _arrived(self, number: int, over: Grouping, by: Grouping, answer: Answer) -> None:
        if number == self._asked:
            self._show(answer, over, by)

    def _show(self, answer: Answer, over: Grouping, by: Grouping) -> None:
        self._show_accounts(answer.accounts)
        total = answer.total
        for name in ("spent", "charged", "refunded", "estimated"):
            self._sums[name].setText(number_words(round(getattr(total, name), 2)))
        in_doubt = counted(total.doubtful, self.tr("1 job"), self.tr("{n} jobs")) if total.doubtful else "–"
        self._sums["doubtful"].setText(in_doubt)
        bars = self._bars(answer.over_time, over)
        summary = self.tr("{credits} for {jobs}").format(
            credits=credits_spelt(round(total.spent, 2)), jobs=counted(total.jobs, self.tr("1 job"), self.tr("{n} jobs")))
        self.chart.show_bars(bars, self.tr("Spent over time, {period}").format(period=self.period.currentText()), summary)
        self.budgets.show_standings(answer.standings)
        rows = list(reversed(answer.groups)) if by.is_period else list(answer.groups)
        self.model.show_rows(rows, [self._title(row.key, by, answer) for row in rows], self._names[by])
        empty = total.jobs == 0
        if empty:
            words = self.tr("What jobs are thought to cost, what was charged and what was given back is kept here for good.")
            self.message.say("clock", self.tr("Nothing was spent in this time"), words, ())
        self._stack.setCurrentIndex(1 if empty else 0)

    def _title(self, key: str, by: Grouping, answer: Answer) -> str:
        if by.is_period:
            return title_of(key, by)
        if by is Grouping.ACCOUNT:
            return next((account.title for account in answer.accounts if account.name == key), key)
        if by is Grouping.OPERATION:
            return answer.operations.get(key, key)
        return key or self.tr("No label")

    def _bars(self, sums: Sequence[Spending], over: Grouping) -> list[Bar]:
        """One for each day or month, those without a job too."""
        known = {one.key: one for one in sums}
        wanted = self.period.currentData()
        days = 30 if wanted == DAYS_30 else 90
        keys = day_keys(days) if over is Grouping.DAY else month_keys(min(known, default=None), wanted)
        bars = []
        for key in keys:
            spending = known.get(key, Spending(key))
            words = f"{title_of(key, over)}: {credits_spelt(round(spending.spent, 2))}, "
            words += counted(spending.jobs, self.tr("1 job"), self.tr("{n} jobs"))
            if spending.doubtful:
                words += self.tr(", of {n} it was not said").format(n=spending.doubtful)
            bars.append(Bar(short_title(key, over), words, max(0.0, spending.spent), spending.doubted))
        return bars

    def _show_accounts(self, accounts: Sequence[Account]) -> None:
        if list(accounts) == self._accounts:
            return
        chosen = self.account_box.currentData()
        self._accounts = list(accounts)
        self.account_box.blockSignals(True)
        while self.account_box.count() > 1:
            self.account_box.removeItem(1)
        for account in accounts:
            self.account_box.addItem(account.title, account.name)
        self.account_box.setCurrentIndex(max(0, self.account_box.findData(chosen)))
        self.account_box.blockSignals(False)

    def _jobs_changed(self, changes: list[JobChanged]) -> None:
        if self.isVisible() and any(change.is_new or change.job.is_terminal for change in changes):
            self._soon.start()

    def _failed(self, error: BaseException) -> None:
        self.message.say("alert", self.tr("The costs could not be read"), in_words(error), ())
        self._stack.setCurrentIndex(1)

    # export

    def choose_file(self) -> None:
        """Ask where the file shall go; it does not stop anything else."""
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self.window(), self.tr("Export costs"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        group, lines = self._names[self.grouping()].lower(), self.tr("Every line (*.csv)")
        as_json = self.tr("Sums by {group}, as JSON (*.json)").format(group=group)
        dialog.setNameFilters([lines, self.tr("Sums by {group} (*.csv)").format(group=group), as_json])
        dialog.filterSelected.connect(lambda words: dialog.setDefaultSuffix("json" if words == as_json else "csv"))
        dialog.setDefaultSuffix("csv")
        dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        dialog.selectFile(f"studio-costs-{datetime.now().astimezone():%Y-%m-%d}")
        dialog.fileSelected.connect(
            lambda name: self.export(Path(name)) if dialog.selectedNameFilter() == lines else self.export_sums(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def export(self, to: Path) -> None:
        """Write what the choices on top mean into a file."""
        query = self.query()

        self._bridge.run(lambda core: core.costs.export(to, query), partial(self._written, to), self._not_written)

    def export_sums(self, to: Path) -> None:
        """Write the sums that stand in the table into a file."""
        query, by = self.query(), self.grouping()

        self._bridge.run(lambda core: core.costs.export_sums(to, by, query), partial(self._written, to), self._not_written)

    def _written(self, to: Path, count: int) -> None:
        words = counted(count, self.tr("{n} line was written"), self.tr("{n} lines were written"))
        self.say.emit(self.tr("{lines} to {file}.").format(lines=words, file=to))

    def _not_written(self, error: BaseException) -> None:
        self.say.emit(in_words(error))
