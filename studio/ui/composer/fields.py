"""One control for each kind of parameter. A field says its value (None: not given), takes one, and shows its own error."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.domain.operation import Parameter, ParameterKind
from studio.ui.composer.ratio_field import RatioField
from studio.ui.composer.seed_field import SeedField
from studio.ui.theme.theme import Theme
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label, restyle

QUICK_SECONDS = (5, 10, 15)
_LARGEST = 2_147_483_647


class Field(QWidget):
    """The label, the control and the place for an error. Subclasses put their control in with `_take`."""

    changed = Signal()

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self.parameter = parameter
        self._caption = label(parameter.label, "label")
        self._error = label("", "error", wrap=True)
        self._error.setObjectName(f"error_{parameter.name}")
        self._error.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(self._caption)
        self._column.addWidget(self._error)
        self.control: QWidget = self
        self.setToolTip(parameter.help)

    @property
    def is_wide(self) -> bool:
        """Whether the field wants a row of its own."""
        return False

    def value(self) -> object:
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        raise NotImplementedError

    def reset(self) -> None:
        self.set_value(self.parameter.default)

    def set_error(self, words: str) -> None:
        """Say what is wrong beside the field; empty takes it away."""
        self._error.setText(words)
        self._error.setVisible(bool(words))
        restyle(self.control, "wrong", bool(words))

    def _take(self, control: QWidget, row: QWidget | None = None) -> None:
        control.setObjectName(f"param_{self.parameter.name}")
        control.setAccessibleName(self.parameter.label)
        control.setAccessibleDescription(self.parameter.help)
        self.control = control
        self._caption.setBuddy(control)
        self._column.insertWidget(1, row or control)
        self.setFocusProxy(control)

    def _tell(self) -> None:
        self.set_error("")
        self.changed.emit()


class TextField(Field):
    """One line, or several where the parameter is multiline."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self._edit: QLineEdit | QPlainTextEdit
        if parameter.multiline:
            self._edit = QPlainTextEdit()
            self._edit.setFixedHeight(64)
            self._edit.setTabChangesFocus(True)
        else:
            self._edit = QLineEdit()
            if parameter.maximum:
                self._edit.setMaxLength(int(parameter.maximum))
        self._edit.setPlaceholderText(parameter.help)
        # files dropped over the form go to the reference tray, not into a field as text
        self._edit.setAcceptDrops(False)
        self._take(self._edit)
        self.reset()
        self._edit.textChanged.connect(self._tell)

    @property
    def is_wide(self) -> bool:
        return True

    def value(self) -> object:
        text = self._edit.toPlainText() if isinstance(self._edit, QPlainTextEdit) else self._edit.text()
        return text if text.strip() else None

    def set_value(self, value: object) -> None:
        text = value if isinstance(value, str) else ""
        if isinstance(self._edit, QPlainTextEdit):
            self._edit.setPlainText(text)
        else:
            self._edit.setText(text)


class StructureField(TextField):
    """An object written as JSON, for operations of discovery that no control is made for."""

    def value(self) -> object:
        text = super().value()
        if not isinstance(text, str):
            return None
        try:
            return json.loads(text)
        except ValueError:
            return text

    def set_value(self, value: object) -> None:
        super().set_value(value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False))


class NumberField(Field):
    """A spin box with its unit; lengths in seconds have the usual ones as buttons beside it."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self._optional = parameter.default is None and not parameter.required
        self._quick: Segments | None = None
        whole = parameter.kind is ParameterKind.INTEGER
        self._spin: QSpinBox | QDoubleSpinBox = QSpinBox() if whole else QDoubleSpinBox()
        self._set_range()
        if parameter.unit:
            self._spin.setSuffix(f" {parameter.unit}")
        # a wheel over a form scrolls the form; numbers change on purpose only
        self._spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._spin.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
        self._spin.setAcceptDrops(False)
        self._spin.lineEdit().setTextMargins(9, 0, 0, 0)
        self._spin.setFixedHeight(32)
        self._take(self._spin, self._row())
        self.reset()
        self._spin.valueChanged.connect(self._changed)

    def _set_range(self) -> None:
        low = self.parameter.minimum if self.parameter.minimum is not None else 0.0
        high = self.parameter.maximum if self.parameter.maximum is not None else float(_LARGEST)
        if isinstance(self._spin, QSpinBox):
            self._spin.setRange(int(low) - (1 if self._optional else 0), int(high))
        else:
            step = 0.05 if high - low <= 2 else 0.5
            self._spin.setDecimals(2)
            self._spin.setSingleStep(step)
            self._spin.setRange(low - (step if self._optional else 0), high)
        if self._optional:
            self._spin.setSpecialValueText(QCoreApplication.translate("Field", "Auto"))

    def _row(self) -> QWidget | None:
        if self.parameter.unit != "s" or not isinstance(self._spin, QSpinBox):
            return None
        values = [s for s in QUICK_SECONDS if self._spin.minimum() <= s <= self._spin.maximum()]
        if len(values) < 2:
            return None
        self._quick = Segments([(value, f"{value} s") for value in values], name=self.parameter.label)
        self._quick.chosen.connect(self._pick)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self._quick, 1)
        line.addWidget(self._spin, 1)
        return row

    @property
    def is_wide(self) -> bool:
        return self._quick is not None

    def value(self) -> object:
        if self._optional and self._spin.value() == self._spin.minimum():
            return None
        return round(self._spin.value(), 4) if isinstance(self._spin, QDoubleSpinBox) else self._spin.value()

    def set_value(self, value: object) -> None:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if isinstance(self._spin, QSpinBox):
                self._spin.setValue(round(value))
            else:
                self._spin.setValue(float(value))
        else:
            self._spin.setValue(self._spin.minimum())  # type: ignore[arg-type]  # the type is the box's own
        if self._quick is not None:
            self._quick.set_value(self.value())

    def _pick(self, value: object) -> None:
        if isinstance(value, int):
            self._spin.setValue(value)  # tells of the change itself

    def _changed(self) -> None:
        if self._quick is not None:
            self._quick.set_value(self.value())
        self._tell()


class ChoiceField(Field):
    """Up to four choices stand side by side, more in a list; a choice that need not be made has "Auto"."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        choices: list[tuple[object, str]] = [(choice, self._words(choice)) for choice in parameter.choices]
        if parameter.default is None and not parameter.required:
            choices.insert(0, (None, QCoreApplication.translate("Field", "Auto")))
        self._values = [value for value, _ in choices]
        self._segments: Segments | None = None
        self._combo: QComboBox | None = None
        if len(choices) <= 4:
            self._segments = Segments(choices, name=parameter.label)
            self._segments.chosen.connect(self._tell)
            self._take(self._segments)
        else:
            self._combo = _combo(choices)
            self._combo.currentIndexChanged.connect(self._tell)
            self._take(self._combo)
        self.reset()

    @property
    def is_wide(self) -> bool:
        return len(self._values) > 3 and self._segments is not None

    def _words(self, choice: object) -> str:
        text = str(choice)
        if self.parameter.unit:
            return f"{text} {self.parameter.unit}"
        if text.endswith("k") and text[:-1].isdigit():
            return text.upper()
        return text if any(c.isdigit() for c in text) else text.replace("_", " ").capitalize()

    def value(self) -> object:
        if self._segments is not None:
            return self._segments.value()
        return self._values[self._combo.currentIndex()] if self._combo is not None and self._values else None

    def set_value(self, value: object) -> None:
        if self._segments is not None:
            if not self._segments.set_value(value) and self._values:
                self._segments.set_value(self._values[0])
        elif self._combo is not None:
            self._combo.setCurrentIndex(self._values.index(value) if value in self._values else 0)


class SwitchField(Field):
    """On or off; where not saying is a third answer, a list of three."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self._box: QCheckBox | None = None
        self._three: Segments | None = None
        if isinstance(parameter.default, bool) or parameter.required:
            self._caption.hide()
            self._box = QCheckBox(parameter.label)
            self._box.toggled.connect(self._tell)
            self._take(self._box)
        else:
            words = QCoreApplication.translate
            self._three = Segments(
                [(None, words("Field", "Auto")), (True, words("Field", "On")), (False, words("Field", "Off"))],
                name=parameter.label,
            )
            self._three.chosen.connect(self._tell)
            self._take(self._three)
        self.reset()

    @property
    def is_wide(self) -> bool:
        return True

    def value(self) -> object:
        if self._box is not None:
            return self._box.isChecked()
        return self._three.value() if self._three is not None else None

    def set_value(self, value: object) -> None:
        if self._box is not None:
            self._box.setChecked(value is True)
        elif self._three is not None and not self._three.set_value(value):
            self._three.set_value(None)


class RatioChoice(Field):
    """The aspect ratio, as buttons with the frame drawn on them."""

    def __init__(self, parameter: Parameter, theme: Theme) -> None:
        super().__init__(parameter)
        self._ratio = RatioField(tuple(str(choice) for choice in parameter.choices), theme)
        self._ratio.chosen.connect(self._tell)
        self._take(self._ratio)
        self.reset()

    @property
    def is_wide(self) -> bool:
        return True

    def value(self) -> object:
        return self._ratio.value()

    def set_value(self, value: object) -> None:
        self._ratio.set_value(str(value) if value is not None else None)


class SeedChoice(Field):
    """The number that chance starts from: drawn anew for each job, unless it is locked."""

    def __init__(self, parameter: Parameter, theme: Theme) -> None:
        super().__init__(parameter)
        low = int(parameter.minimum or 0)
        high = int(parameter.maximum) if parameter.maximum is not None else _LARGEST
        self._seed = SeedField(low, high, theme)
        self._seed.changed.connect(self._tell)
        self._take(self._seed.edit, self._seed)

    def value(self) -> object:
        return self._seed.value()

    def set_value(self, value: object) -> None:
        self._seed.set_value(value if isinstance(value, int) and not isinstance(value, bool) else None)

    @property
    def locked(self) -> bool:
        return self._seed.locked

    def set_locked(self, locked: bool) -> None:
        self._seed.set_locked(locked)

    def draw(self) -> None:
        """A new seed for the job that is about to be sent, unless the person locked it."""
        if not self._seed.locked:
            self._seed.roll()


def make_field(parameter: Parameter, theme: Theme) -> Field:
    """The field for a parameter that is no media (those are the reference tray's)."""
    kind = parameter.kind
    if kind is ParameterKind.ASPECT_RATIO and parameter.choices:
        return RatioChoice(parameter, theme)
    if kind is ParameterKind.SEED:
        return SeedChoice(parameter, theme)
    plain: dict[ParameterKind, type[Field]] = {
        ParameterKind.INTEGER: NumberField,
        ParameterKind.NUMBER: NumberField,
        ParameterKind.CHOICE: ChoiceField,
        ParameterKind.SWITCH: SwitchField,
        ParameterKind.GROUP: StructureField,
    }
    return plain.get(kind, TextField)(parameter)


def _combo(choices: Sequence[tuple[object, str]]) -> QComboBox:
    combo = QComboBox()
    for _, text in choices:
        combo.addItem(text)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]  # a wheel over a form scrolls the form
    return combo
