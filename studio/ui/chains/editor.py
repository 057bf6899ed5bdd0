"""Changing a chain: its title, its steps in their order, and where the fields of each step get their values from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QMenu, QVBoxLayout, QWidget

from studio.domain.chain import MOST_STEPS, Chain, Step
from studio.domain.chain_edit import free_name, new_step, renamed
from studio.domain.errors import InputError
from studio.domain.operation import Operation
from studio.ui.bridge import Bridge, in_words
from studio.ui.chains.step_form import StepForm
from studio.ui.chains.words import glyph_of, step_title
from studio.ui.composer.operation_groups import Group, group_of
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.icons import icon
from studio.ui.widgets.words import label, rule

if TYPE_CHECKING:
    from studio.app.core import Core


class ChainEditor(QWidget):
    """`saved(chain)` once it is kept, `left()` when the person does not want to keep it."""

    saved = Signal(object)
    left = Signal()

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("chainEditor")
        self._bridge, self._theme = bridge, theme
        self._chain_id = ""
        self._account = ""
        self._before: Chain | None = None
        self._steps: list[Step] = []
        self._operations: dict[str, Operation] = {}
        self._row = -1
        self.title = QLineEdit()
        self.title.setObjectName("chainTitleEdit")
        self.title.setPlaceholderText(self.tr("Title of the chain"))
        self.title.setAccessibleName(self.tr("Title of the chain"))
        self.description = QLineEdit()
        self.description.setObjectName("chainDescriptionEdit")
        self.description.setPlaceholderText(self.tr("What it does, in a sentence"))
        self.description.setAccessibleName(self.tr("Description"))
        self.list = QListWidget()
        self.list.setObjectName("stepList")
        self.list.setAccessibleName(self.tr("Steps"))
        self.list.currentRowChanged.connect(self._choose)
        self.form = StepForm(theme)
        self.form.renamed.connect(self._rename)
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("chainEditorError")
        self._error.hide()
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.add_button = push(self.tr("Add step"), "stepAdd")
        self._menu = QMenu(self.add_button)
        self._menu.setObjectName("stepMenu")
        self.add_button.setMenu(self._menu)
        self.up = tool("chevron-up", self.tr("Move the step up (Alt+Up)"), "stepUp", self._theme)
        self.down = tool("chevron-down", self.tr("Move the step down (Alt+Down)"), "stepDown", self._theme)
        self.remove = tool("trash", self.tr("Remove the step"), "stepRemove", self._theme)
        self.up.setShortcut("Alt+Up")
        self.down.setShortcut("Alt+Down")
        self.up.clicked.connect(lambda: self.move_step(-1))
        self.down.clicked.connect(lambda: self.move_step(1))
        self.remove.clicked.connect(self.remove_step)
        self.save_button = push(self.tr("Save"), "chainSave", "primary")
        self.save_button.setMinimumWidth(120)
        self.save_button.clicked.connect(self.save)
        self.back_button = push(self.tr("Discard"), "chainDiscard")
        self.back_button.clicked.connect(self.left)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(20, 20, 20, 12)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.description)
        moves = QHBoxLayout()
        moves.setSpacing(4)
        moves.addWidget(self.add_button, 1)
        for button in (self.up, self.down, self.remove):
            moves.addWidget(button)
        steps = QVBoxLayout()
        steps.setContentsMargins(12, 12, 12, 12)
        steps.setSpacing(8)
        steps.addWidget(self.list, 1)
        steps.addLayout(moves)
        side = QWidget()
        side.setFixedWidth(216)
        side.setLayout(steps)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(side)
        middle.addWidget(rule(vertical=True))
        middle.addWidget(self.form, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.back_button)
        row.addWidget(self.save_button)
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 12, 24, 16)
        foot.setSpacing(8)
        foot.addWidget(self._error)
        foot.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule())
        column.addLayout(middle, 1)
        column.addWidget(rule())
        column.addLayout(foot)

    # what is shown

    def show_chain(self, chain: Chain | None, account: str) -> None:
        """Edit a chain, a copy of a shipped one, or a new one; with the operations of an account."""
        self._account = account
        self._chain_id = "" if chain is None or chain.shipped else chain.id
        self.title.setText("" if chain is None else self.tr("{title} (copy)").format(title=chain.title) if chain.shipped
                           else chain.title)
        self.description.setText("" if chain is None else chain.description)
        self._steps = [] if chain is None else list(chain.steps)
        self._row = -1
        self.form.show_step(None, None, (), {})
        self._before = self.chain() if chain is None or chain.id else None  # steps of a result are not kept yet
        self._say("")

        async def ask(core: Core) -> list[Operation]:
            return core.operations(account)

        self._bridge.run(ask, self._operations_known)

    def _operations_known(self, operations: Sequence[Operation]) -> None:
        self._operations = {operation.id: operation for operation in operations}
        self._fill_menu(operations)
        self._show_steps(0)
        self.title.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_menu(self, operations: Sequence[Operation]) -> None:
        self._menu.clear()
        places = {group: place for place, group in enumerate(Group)}
        before: Group | None = None
        for operation in sorted(operations, key=lambda one: places[group_of(one.id, one.kind)]):
            group = group_of(operation.id, operation.kind)
            if before is not None and group is not before:
                self._menu.addSeparator()
            before = group
            self._menu.addAction(operation.title).triggered.connect(lambda _=False, one=operation: self.add_step(one))

    def _show_steps(self, row: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for number, step in enumerate(self._steps, 1):
            item = QListWidgetItem(icon(glyph_of(step.operation), self._theme.current.dim, None, 16),
                                   f"{number}  {step_title(step)}")
            item.setSizeHint(QSize(0, 32))
            self.list.addItem(item)
        row = min(row, len(self._steps) - 1)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._row = -1
        self._choose(row)

    def _choose(self, row: int) -> None:
        self._collect()
        self._row = row
        step = self._steps[row] if 0 <= row < len(self._steps) else None
        kinds = {name: operation.kind for name, operation in self._operations.items()}
        operation = self._operations.get(step.operation) if step is not None else None
        self.form.show_step(step, operation, self._steps[:max(row, 0)], kinds)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < len(self._steps) - 1)
        self.remove.setEnabled(step is not None)
        self.add_button.setEnabled(len(self._steps) < MOST_STEPS)

    def _collect(self) -> None:
        step = self.form.step()
        if step is not None and 0 <= self._row < len(self._steps):
            self._steps[self._row] = step

    # changing

    def add_step(self, operation: Operation) -> None:
        """Put a step at the end, filled from those before it."""
        self._collect()
        kinds = {name: known.kind for name, known in self._operations.items()}
        self._steps.append(new_step(operation, self._steps, kinds))
        self._show_steps(len(self._steps) - 1)

    def move_step(self, by: int) -> None:
        """Up or down by one place."""
        row = self._row
        if 0 <= row < len(self._steps) and 0 <= row + by < len(self._steps):
            self._collect()
            self._steps[row], self._steps[row + by] = self._steps[row + by], self._steps[row]
            self._show_steps(row + by)

    def remove_step(self) -> None:
        if 0 <= self._row < len(self._steps):
            row = self._row
            del self._steps[row]
            self._row = -1
            self._show_steps(max(0, row - 1))

    def _rename(self, name: str) -> None:
        if not 0 <= self._row < len(self._steps) or self._steps[self._row].name == name:
            return
        self._collect()
        old = self._steps[self._row].name
        others = {step.name for step in self._steps if step.name != old} | {"start", ""}
        self._steps = renamed(self._steps, old, free_name(name or "step", others))
        self._show_steps(self._row)

    def chain(self) -> Chain:
        """As it is filled in."""
        self._collect()
        return Chain(self._chain_id, self.title.text(), tuple(self._steps), self.description.text().strip())

    def is_dirty(self) -> bool:
        """Whether something was changed since it was shown."""
        return self.chain() != self._before

    def save(self) -> None:
        """Keep it, if it can be run; else say what is wrong, at the field."""
        chain, account = self.chain(), self._account
        self._say("")

        async def work(core: Core) -> Chain:
            core.chains.check(chain, account)
            return await core.chains.save(chain)

        self._bridge.run(work, self.saved.emit, self._refused)

    def _refused(self, error: BaseException) -> None:
        words = error.message if isinstance(error, InputError) else in_words(error)
        step, _, field = (error.field or "").partition(".") if isinstance(error, InputError) else ("", "", "")
        row = next((number for number, one in enumerate(self._steps) if one.name == step), None)
        if row is not None:
            self.list.setCurrentRow(row)
            if self.form.set_error(field, _without_place(words)):
                return
        self._say(words)
        if step == "title":
            self.title.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))


def _without_place(words: str) -> str:
    """The error without the step and the field before it: it stands at that field."""
    said = words.partition(": ")[2] if words.startswith("Step ") else words
    return said[:1].upper() + said[1:]
