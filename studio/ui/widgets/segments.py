"""A row of two to five choices, one of them chosen: arrow keys move, Tab goes past."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy


class Segments(QFrame):
    """`chosen` is emitted when the person picks another value; `set_value` does not emit."""

    chosen = Signal(object)

    def __init__(self, choices: Sequence[tuple[object, str]], *, name: str = "") -> None:
        super().__init__()
        self.setProperty("role", "segments")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(32)
        self._values: list[object] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(lambda index: self.chosen.emit(self._values[index]))
        self._group.buttonToggled.connect(lambda button, on: self.setFocusProxy(button) if on else None)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2, 2, 2, 2)
        self._row.setSpacing(0)
        self.setAccessibleName(name)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[tuple[object, str]]) -> None:
        """Replace the choices; the first is chosen then."""
        for button in self.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._values = [value for value, _ in choices]
        for index, (value, text) in enumerate(choices):
            button = QPushButton(text)
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            button.setMinimumWidth(24)
            button.setObjectName(f"segment_{value}")
            button.setAccessibleName(f"{self.accessibleName()}: {text}" if self.accessibleName() else text)
            self._group.addButton(button, index)
            self._row.addWidget(button, 1)
        if choices:
            self.buttons()[0].setChecked(True)
            self.setFocusProxy(self.buttons()[0])

    def share_width(self) -> None:
        """In a narrow place: each choice gets of the width what its words need, and not all the same."""
        for place, button in enumerate(self.buttons()):
            self._row.setStretch(place, button.fontMetrics().horizontalAdvance(button.text()) + 14)

    def buttons(self) -> list[QPushButton]:
        return [button for button in self._group.buttons() if isinstance(button, QPushButton)]

    def value(self) -> object:
        index = self._group.checkedId()
        return self._values[index] if index >= 0 else None

    def set_value(self, value: object) -> bool:
        """Choose `value`; without such a choice nothing is chosen and the answer is False."""
        for index, mine in enumerate(self._values):
            if mine == value and type(mine) is type(value):
                self._group.button(index).setChecked(True)
                return True
        checked = self._group.checkedButton()
        if checked is not None:
            self._group.setExclusive(False)
            checked.setChecked(False)
            self._group.setExclusive(True)
        return False
