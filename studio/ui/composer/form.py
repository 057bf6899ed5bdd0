"""A form made from an operation: one field a parameter, two short ones in a row, the rarer ones folded under "More"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from studio.domain.operation import Operation, Parameter
from studio.ui.composer.fields import Field, SeedChoice, SwitchField, make_field
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import follow_icon, push


class Form(QWidget):
    """The fields of one operation, but for its `prompt`, which has a box of its own.

    `values` leaves out what is not given; `set_values` takes what it knows.
    """

    changed = Signal()

    def __init__(self, operation: Operation, prompt: Parameter | None, theme: Theme) -> None:
        super().__init__()
        self.operation = operation
        shown = [p for p in operation.parameters if not p.is_media and p is not prompt]
        self._fields = {p.name: make_field(p, theme) for p in shown}
        for field in self._fields.values():
            field.changed.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(_grid([self._fields[p.name] for p in shown if not p.advanced]))
        rare = [self._fields[p.name] for p in shown if p.advanced]
        self._more: QPushButton | None = None
        self._folded = QWidget()
        self._folded.hide()
        if rare:
            self._more = push(self.tr("More"), "moreButton", "ghost")
            self._more.setCheckable(True)
            self._more.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            follow_icon(self._more, "chevron-down", theme)
            self._more.toggled.connect(self._unfold)
            column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
            inside = QVBoxLayout(self._folded)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addLayout(_grid(rare))
            column.addWidget(self._folded)

    def field(self, name: str) -> Field | None:
        return self._fields.get(name)

    def values(self) -> dict[str, object]:
        """What is to be sent: parameters without a value are left out."""
        return {name: value for name, field in self._fields.items() if (value := field.value()) is not None}

    def set_values(self, values: Mapping[str, object]) -> None:
        """Show `values`; fields that are not named go back to their default."""
        for name, field in self._fields.items():
            if name in values:
                field.set_value(values[name])
            else:
                field.reset()
            if isinstance(field, SeedChoice):
                field.set_locked(values.get(f"{name}_locked") is True)
                if not field.locked and name not in values:
                    field.set_value(None)

    def draft(self) -> dict[str, object]:
        """The values with the seed's lock, to be given to `set_values` at the next start."""
        kept = self.values()
        for name, field in self._fields.items():
            if isinstance(field, SeedChoice):
                kept[f"{name}_locked"] = field.locked
        return kept

    def draw_seeds(self) -> None:
        """Before a job is sent: a new seed wherever none is locked."""
        for field in self._fields.values():
            if isinstance(field, SeedChoice):
                field.draw()

    def set_error(self, name: str, words: str) -> bool:
        """Show an error at its field and bring it into view; False if the form has no such field."""
        field = self._fields.get(name)
        if field is None:
            return False
        if field.parameter.advanced and self._more is not None:
            self._more.setChecked(True)
        field.set_error(words)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def clear_errors(self) -> None:
        for field in self._fields.values():
            field.set_error("")

    def _unfold(self, unfolded: bool) -> None:
        self._folded.setVisible(unfolded)
        if self._more is not None:
            self._more.setText(self.tr("Fewer") if unfolded else self.tr("More"))


def _grid(fields: Sequence[Field]) -> QGridLayout:
    """Wide fields in rows of their own, short ones two by two; a wide one does not leave a gap behind a single short one."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(16)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, 120)
    grid.setColumnMinimumWidth(1, 120)
    switches = [f for f in fields if isinstance(f, SwitchField)]
    others = [f for f in fields if f not in switches]
    ordered = [f for f in others if f.is_wide] + [f for f in others if not f.is_wide] + switches
    row = column = 0
    for field in ordered:
        if field.is_wide:
            row, column = row + (column > 0), 0
            grid.addWidget(field, row, 0, 1, 2)
            row += 1
            continue
        grid.addWidget(field, row, column, Qt.AlignmentFlag.AlignTop)
        column += 1
        if column == 2:
            row, column = row + 1, 0
    return grid
