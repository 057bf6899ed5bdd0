"""One chain: its steps, a form for what it asks, what it is thought to cost on the chosen account, and Run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.domain.account import Account
from studio.domain.asset import Asset
from studio.domain.chain import Chain
from studio.domain.errors import InputError
from studio.domain.kinds import MediaKind
from studio.ui.bridge import Bridge, in_words
from studio.ui.chains.steps_line import StepsLine
from studio.ui.chains.words import cost_words
from studio.ui.composer.field import Field
from studio.ui.composer.field_grid import FieldGrid
from studio.ui.composer.fields import make_field
from studio.ui.composer.reference_tray import ReferenceTray
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label, rule

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.chain_check import Asked
    from studio.domain.chain_run import ChainEstimate, ChainRun

_SOON_MS = 200


class Answers(NamedTuple):
    """What was filled in so far: values by field, and the references as rows of a draft."""

    values: dict[str, object]
    references: list[list[str]]


Drafts = dict[str, Answers]
"""What was last filled in for a chain, by its id."""


class ChainPage(QWidget):
    """`started(run)`; `edit_wanted`, `export_wanted` and `remove_wanted` with the chain."""

    started = Signal(object)
    edit_wanted = Signal(object)
    export_wanted = Signal(object)
    remove_wanted = Signal(object)

    def __init__(
        self, bridge: Bridge, theme: Theme, accounts: Sequence[Account], account: str, drafts: Drafts | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("chainPage")
        self._drafts: Drafts = {} if drafts is None else drafts
        self._awaited: Answers | None = None  # for the fields, once it is known which there are
        self._bridge, self._theme = bridge, theme
        self._accounts = {one.name: one for one in accounts}
        self.chain: Chain | None = None
        self._start_from: Asset | None = None
        self._fields: dict[str, Field] = {}
        self._asked = 0
        self._running = False
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._ask_price)
        self.account_box = QComboBox()
        self.account_box.setObjectName("chainAccount")
        self.account_box.setAccessibleName(self.tr("Account"))
        for one in accounts:
            self.account_box.addItem(one.title, one.name)
        self.account_box.setCurrentIndex(max(0, self.account_box.findData(account)))
        self.account_box.currentIndexChanged.connect(lambda _: self._ask_questions())
        self.tray = ReferenceTray(bridge, theme)
        self.tray.changed.connect(self._soon.start)
        self.steps = StepsLine(theme)
        self._make_words()
        self._make_buttons()
        self._lay_out()

    def _make_words(self) -> None:
        self._title = label("", "heading", wrap=True)
        self._title.setObjectName("chainTitle")
        self._description = label("", "dim", wrap=True)
        self._nothing_asked = label(self.tr("This chain asks for nothing."), "dim")
        self._cost = label("", "label")
        self._cost.setObjectName("chainCost")
        self._warning = label("", "warn", wrap=True)
        self._warning.setObjectName("chainWarning")
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("chainError")
        for words in (self._warning, self._error, self._nothing_asked):
            words.hide()

    def _make_buttons(self) -> None:
        self.run_button = push(self.tr("Run"), "chainRun", "primary")
        self.run_button.setMinimumWidth(120)
        self.run_button.clicked.connect(self.run)
        self.edit_button = push(self.tr("Edit…"), "chainEdit")
        self.export_button = push(self.tr("Export…"), "chainExport")
        self.remove_button = push(self.tr("Remove"), "chainRemove", "danger")
        for button, signal in ((self.edit_button, self.edit_wanted), (self.export_button, self.export_wanted),
                               (self.remove_button, self.remove_wanted)):
            button.clicked.connect(lambda _=False, signal=signal: signal.emit(self.chain))

    def _lay_out(self) -> None:
        self._inside = QWidget()
        self._body = QVBoxLayout(self._inside)
        self._body.setContentsMargins(24, 20, 24, 16)
        self._body.setSpacing(12)
        self._grid = FieldGrid()
        for widget in (self._title, self._description, self.steps):
            self._body.addWidget(widget)
        self._body.addSpacing(8)
        self._body.addWidget(self.tray)
        self._body.addLayout(self._grid)
        self._body.addWidget(self._nothing_asked)
        account = QVBoxLayout()
        account.setSpacing(6)
        account.addWidget(label(self.tr("Account"), "label", buddy=self.account_box))
        account.addWidget(self.account_box)
        self._body.addLayout(account)
        self._body.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setObjectName("chainScroll")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._inside)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.edit_button, self.export_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self._cost)
        buttons.addSpacing(8)
        buttons.addWidget(self.run_button)
        foot = QVBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(8)
        foot.addWidget(self._error)
        foot.addWidget(self._warning)
        foot.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addWidget(rule())
        column.addLayout(foot)

    # what is shown

    @property
    def account(self) -> Account:
        return self._accounts[self.account_box.currentData()]

    def start_from(self, asset: Asset | None) -> None:
        """Answer the first question that takes it with this asset."""
        self._start_from = asset

    def show_chain(self, chain: Chain) -> None:
        """Show a chain and ask the core what it asks."""
        if self.chain is None or self.chain.id != chain.id:
            self.keep()
            self._show_fields([])
            self.tray.set_values({})
            self._awaited = self._drafts.get(chain.id)
        self.chain = chain
        self._title.setText(chain.title)
        self._description.setText(chain.description)
        self._description.setVisible(bool(chain.description))
        self.steps.show_chain(chain)
        self.remove_button.setVisible(not chain.shipped)
        self.edit_button.setText(self.tr("Edit a copy…") if chain.shipped else self.tr("Edit…"))
        self._ask_questions()

    def keep(self) -> None:
        """Keep what is filled in, until the chain is shown again."""
        if self.chain is not None and self._awaited is None:
            self._drafts[self.chain.id] = Answers(self._values(), self.tray.draft())

    def _ask_questions(self) -> None:
        chain, account = self.chain, self.account.name
        if chain is None:
            return
        self._asked += 1

        async def ask(core: Core) -> Sequence[Asked]:
            core.chains.check(chain, account)
            return core.chains.questions(chain, account)

        self.set_error("")
        self._bridge.run(ask, partial(self._show_questions, self._asked), self._cannot_run)

    def _cannot_run(self, error: BaseException) -> None:
        self.set_error(in_words(error))
        self.keep()
        self._awaited = self._drafts.get(self.chain.id) if self.chain is not None else None
        self._show_fields([])
        self.tray.set_values({})
        self.run_button.setEnabled(False)
        self._cost.setText("")
        self._warning.hide()

    def _show_questions(self, number: int, asked: Sequence[Asked]) -> None:
        if number != self._asked:
            return
        self.run_button.setEnabled(not self._running)
        self._show_fields(asked)
        self._put_back()
        self._answer_with_asset()
        self._nothing_asked.setVisible(not asked)
        self._soon.start()

    def _show_fields(self, asked: Sequence[Asked]) -> None:
        before = {name: field.value() for name, field in self._fields.items()}
        for field in self._fields.values():
            self._grid.removeWidget(field)
            field.hide()
            field.setParent(None)
            field.deleteLater()
        self.tray.set_parameters([one.parameter for one in asked if one.parameter.is_media], anew=True)
        plain = [one.parameter for one in asked if not one.parameter.is_media]
        self._fields = {parameter.name: make_field(parameter, self._theme) for parameter in plain}
        for name, field in self._fields.items():
            field.setParent(self._inside)
            if before.get(name) is not None:
                field.set_value(before[name])
            field.changed.connect(self._soon.start)
            field.show()
        self._grid.show_fields(list(self._fields.values()))
        first = next(iter(self._fields.values()), None)
        if first is not None and self.isVisible():
            first.take_focus()

    def _put_back(self) -> None:
        """What was filled in before."""
        kept, self._awaited = self._awaited, None
        if kept is None:
            return
        for name, value in kept.values.items():
            if name in self._fields:
                self._fields[name].set_value(value)
        self.tray.set_draft(kept.references)

    def _answer_with_asset(self) -> None:
        asset, self._start_from = self._start_from, None
        if asset is None or asset.kind is MediaKind.PROMPT:
            return
        slot = next((one for one in self.tray.slots() if asset.kind in one.accepts), None)
        if slot is not None:
            name, place = slot.key
            self.tray.set_values({name: [asset.path.as_uri()] if place else asset.path.as_uri()})

    def answers(self) -> dict[str, object]:
        """What was filled in."""
        return {**self._values(), **self.tray.values()}

    def _values(self) -> dict[str, object]:
        return {name: value for name, field in self._fields.items() if (value := field.value()) is not None}

    # price and start

    def _ask_price(self) -> None:
        chain, account, answers = self.chain, self.account, self.answers()
        if chain is not None:
            self._bridge.run(lambda core: core.chains.estimate(chain, account.name, answers),
                             partial(self._show_price, chain, account), lambda _: self._cost.setText(""))

    def _show_price(self, chain: Chain, account: Account, estimate: ChainEstimate) -> None:
        if chain is self.chain and account is self.account:
            self._cost.setText(cost_words(estimate, account))
            self._warning.setText(estimate.warning)
            self._warning.setVisible(bool(estimate.warning))

    def run(self) -> None:
        """Start the chain with what was filled in; errors appear where they belong."""
        chain, account = self.chain, self.account.name
        if chain is None or self._running or not self._is_complete():
            return
        answers: Mapping[str, object] = self.answers()
        self.set_error("")
        self._set_running(True)
        self._bridge.run(lambda core: core.chains.start(chain, account, answers), self._has_started, self._refused)

    def _is_complete(self) -> bool:
        if self.tray.is_busy():
            self.tray.set_error(self.tr("A file is still being read. Press Run again in a moment."))
            return False
        missing = self.tray.missing()
        if missing:
            self.tray.set_error(self.tr("{slot}: drop, paste or choose a file.").format(slot=", ".join(missing)))
        empty = [field for field in self._fields.values() if field.parameter.required and field.value() is None]
        for field in reversed(empty):  # the first one has the focus in the end
            field.set_error(self.tr("This is needed."))
            field.take_focus()
        return not missing and not empty

    def _set_running(self, running: bool) -> None:
        self._running = running
        self.run_button.setEnabled(not running)

    def _has_started(self, run: ChainRun) -> None:
        self._set_running(False)
        self.started.emit(run)

    def _refused(self, error: BaseException) -> None:
        self._set_running(False)
        name = error.field if isinstance(error, InputError) else None
        field = self._fields.get(name or "")
        if field is not None:
            field.set_error(in_words(error))
            field.take_focus()
        else:
            self.set_error(in_words(error))

    def set_error(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))
