"""The form of one step: its name, and a row a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from studio.domain.chain import Step
from studio.domain.chain_edit import sources
from studio.domain.kinds import MediaKind
from studio.domain.operation import Operation
from studio.ui.chains.input_row import InputRow
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label


class StepForm(QScrollArea):
    """`renamed(name)` when the step gets another name, `changed()` for all else."""

    renamed = Signal(str)
    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("stepForm")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = theme
        self._step: Step | None = None
        self._operation: Operation | None = None
        self._rows: dict[str, InputRow] = {}
        self._before: Sequence[Step] = ()
        self._kinds: Mapping[str, MediaKind] = {}
        self._shows_all = False
        self.name = QLineEdit()

    def show_step(self, step: Step | None, operation: Operation | None, before: Sequence[Step],
                  kinds: Mapping[str, MediaKind]) -> None:
        """Show a step; `before` are those that it can take from. An operation that is not known shows its name only."""
        self._step, self._operation, self._before, self._kinds = step, operation, before, kinds
        self._shows_all = False
        self._build()

    def _build(self) -> None:
        step, operation = self._step, self._operation
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(12)
        self._rows = {}
        if step is None:
            column.addWidget(label(self.tr("Add a step: what it needs is taken from the steps before it, or asked for."),
                                   "dim", wrap=True))
        else:
            self._add_head(column, step, operation)
        if step is not None and operation is not None:
            for parameter in operation.parameters:
                given = step.input.get(parameter.name)
                if given is None and parameter.advanced and not self._shows_all:
                    continue
                row = InputRow(parameter, given, sources(parameter, self._before, self._kinds), self._theme)
                row.changed.connect(self.changed)
                self._rows[parameter.name] = row
                column.addWidget(row)
            if not self._shows_all and any(p.name not in self._rows for p in operation.parameters):
                more = push(self.tr("More fields"), "stepMore", "ghost")
                more.clicked.connect(self._show_all)
                column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.setWidget(inside)

    def _add_head(self, column: QVBoxLayout, step: Step, operation: Operation | None) -> None:
        self.name = QLineEdit(step.name)
        self.name.setObjectName("stepName")
        self.name.setAccessibleName(self.tr("Name of the step"))
        self.name.editingFinished.connect(lambda edit=self.name: self.renamed.emit(edit.text().strip()))
        unknown = self.tr("{operation} (this account does not offer it)").format(operation=step.operation)
        column.addWidget(label(unknown if operation is None else operation.title, "strong", wrap=True))
        column.addWidget(label(self.tr("Name of the step"), "label", buddy=self.name))
        column.addWidget(self.name)

    def _show_all(self) -> None:
        kept = self.step()
        self._step = kept
        self._shows_all = True
        self._build()

    def step(self) -> Step | None:
        """The step as it is filled in; fields without a row stay as they were."""
        if self._step is None:
            return None
        values = dict(self._step.input)
        for name, row in self._rows.items():
            value = row.value()
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value
        return Step(self._step.name, self._step.operation, values, self._step.account)

    def set_error(self, field: str, words: str) -> bool:
        """Show an error at a field; False if there is no row for it."""
        row = self._rows.get(field)
        if row is not None:
            row.set_error(words)
            self.ensureWidgetVisible(row)
        return row is not None
