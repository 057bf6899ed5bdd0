"""How fields stand in a form: needed ones first, wide ones in rows of their own, short ones two by two, groups, switches."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from studio.ui.composer.choice_fields import SwitchField
from studio.ui.composer.field import Field


class FieldGrid(QGridLayout):
    """Two columns of one width, whatever stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(12)
        self.setVerticalSpacing(16)
        for column in (0, 1):
            self.setColumnStretch(column, 1)
            self.setColumnMinimumWidth(column, 120)

    def show_fields(self, fields: Sequence[Field]) -> None:
        """Put these in, in place of what stood there; a wide one does not leave a gap behind a single short one."""
        while self.takeAt(0) is not None:
            pass
        row = column = 0
        for field in in_order(fields):
            if field.is_wide:
                row, column = row + (column > 0), 0
                self.addWidget(field, row, 0, 1, 2)
                row += 1
                continue
            self.addWidget(field, row, column, Qt.AlignmentFlag.AlignTop)
            column += 1
            if column == 2:
                row, column = row + 1, 0


def in_order(fields: Sequence[Field]) -> list[Field]:
    """As they stand in the grid."""
    return sorted(fields, key=_rank)


def _rank(field: Field) -> tuple[bool, bool, bool, bool]:
    """Sorting is stable: equals keep the operation's order."""
    is_group = bool(field.parameter.fields)
    return isinstance(field, SwitchField), is_group, not field.is_wide, not field.parameter.required
