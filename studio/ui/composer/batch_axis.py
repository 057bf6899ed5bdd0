"""One parameter that is varied, with the values that it takes in turn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.domain.batch import Axis
from studio.domain.kinds import ParameterKind
from studio.domain.operation import Parameter
from studio.ui.composer.batch_values import choices_of, parse_values, value_words
from studio.ui.composer.field import spelt
from studio.ui.widgets.words import label

_COLUMNS = 5


class AxisEditor(QWidget):
    """`changed` with every other parameter or value. `name` tells the two of a matrix apart."""

    changed = Signal()

    def __init__(self, parameters: Sequence[Parameter], words: str, name: str) -> None:
        super().__init__()
        self._parameters = list(parameters)
        self._name = name
        self._buttons: list[tuple[QCheckBox, object]] = []
        self.box = QComboBox()
        self.box.setObjectName(f"{name}Parameter")
        self.box.setAccessibleName(words)
        self.box.addItem(self.tr("Nothing"))
        self.box.addItems([parameter.label for parameter in parameters])
        self.box.setMinimumWidth(180)
        self.box.currentIndexChanged.connect(self._choose)
        self.edit = QLineEdit()
        self.edit.setObjectName(f"{name}Values")
        self.edit.setAccessibleName(self.tr("{words}: values").format(words=words))
        self.edit.textChanged.connect(self.changed)
        self._checks = QWidget()
        self._grid = QGridLayout(self._checks)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(_COLUMNS, 1)
        head = QHBoxLayout()
        head.setSpacing(12)
        caption = label(words, "label", buddy=self.box)
        caption.setMinimumWidth(32)
        head.addWidget(caption)
        head.addWidget(self.box)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.edit)
        column.addWidget(self._checks)
        self._choose(0)

    @property
    def parameter(self) -> Parameter | None:
        index = self.box.currentIndex()
        return self._parameters[index - 1] if index > 0 else None

    def axis(self) -> Axis | None:
        """None where nothing is varied. Raises InputError for values that cannot be read; no values are an error of the
        batch."""
        parameter = self.parameter
        if parameter is None:
            return None
        if self._buttons:
            return Axis(parameter.name, tuple(value for button, value in self._buttons if button.isChecked()))
        return Axis(parameter.name, parse_values(parameter, self.edit.text()))

    def choose(self, name: str) -> None:
        """Vary the parameter of this name."""
        self.box.setCurrentIndex(1 + next(i for i, one in enumerate(self._parameters) if one.name == name))

    def set_values(self, values: Sequence[object]) -> None:
        """Take these values, as if they were chosen or typed."""
        for button, value in self._buttons:
            button.setChecked(value in values)
        if not self._buttons:
            self.edit.setText(", ".join(str(value) for value in values))

    def _choose(self, _: int) -> None:
        for button, _value in self._buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        parameter = self.parameter
        choices = [] if parameter is None else list(choices_of(parameter))
        for place, value in enumerate(choices):
            button = self._check_box(value)
            self._grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
        self._checks.setVisible(bool(choices))
        self.edit.setVisible(parameter is not None and not choices)
        self.edit.clear()
        if parameter is not None and not choices:
            numbers = parameter.kind in (ParameterKind.INTEGER, ParameterKind.NUMBER)
            commas, bars = self.tr("Values with commas between, such as 5, 10, 15"), self.tr("Values with a | between them")
            self.edit.setPlaceholderText(commas if numbers else bars)
        QTimer.singleShot(0, self.changed.emit)

    def _check_box(self, value: object) -> QCheckBox:
        words = value_words(value)
        button = QCheckBox(spelt(words) if "_" in words else words)
        button.setObjectName(f"{self._name}Value_{value}")
        button.setChecked(True)
        button.toggled.connect(self.changed)
        self._buttons.append((button, value))
        return button
