"""A number with its unit. One that need not be given shows "Auto" until it is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFocusEvent, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSpinBox, QWidget

from studio.domain.operation import Parameter, ParameterKind
from studio.ui.composer.field import Field
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import restyle

QUICK_SECONDS = (5, 10, 15)
LARGEST = 2_147_483_647
_LEAST_ABOVE_NOTHING = 0.01


class _WholeBox(QSpinBox):
    """Its minimum stands for "not given" once `start` is set: emptied it goes back to that, a step leads to `start`."""

    start: int | None = None

    def stepBy(self, steps: int) -> None:  # noqa: N802  # Qt's name
        if self.start is not None and self.value() == self.minimum():
            self.setValue(self.start)
        else:
            super().stepBy(steps)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if self.start is not None and not text.removesuffix(self.suffix()).strip():
            return QValidator.State.Acceptable, text, position
        return super().validate(text, position)

    def valueFromText(self, text: str) -> int:  # Qt's name
        if self.start is not None and not text.removesuffix(self.suffix()).strip():
            return self.minimum()
        return super().valueFromText(text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()


class _DecimalBox(QDoubleSpinBox):
    """The same for numbers with decimals."""

    start: float | None = None

    def textFromValue(self, value: float) -> str:  # Qt's name
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", self.locale().decimalPoint())

    def stepBy(self, steps: int) -> None:  # noqa: N802  # Qt's name
        if self.start is not None and self.value() == self.minimum():
            self.setValue(self.start)
        else:
            super().stepBy(steps)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        if self.start is not None and not text.removesuffix(self.suffix()).strip():
            return QValidator.State.Acceptable, text, position
        return super().validate(text, position)

    def valueFromText(self, text: str) -> float:  # Qt's name
        if self.start is not None and not text.removesuffix(self.suffix()).strip():
            return self.minimum()
        return super().valueFromText(text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()


class NumberField(Field):
    """A spin box with its unit; values that are often taken stand as buttons beside it."""

    def __init__(self, parameter: Parameter, name: str = "") -> None:
        super().__init__(parameter, name)
        self._optional = parameter.default is None and not parameter.required
        self._quick: Segments | None = None
        whole = parameter.kind is ParameterKind.INTEGER
        self._spin: _WholeBox | _DecimalBox = _WholeBox() if whole else _DecimalBox()
        self._set_range()
        if parameter.unit:
            self._spin.setSuffix(f" {parameter.unit}")
        # a wheel over a form scrolls the form; numbers change on purpose only
        self._spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._spin.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
        self._spin.setAcceptDrops(False)
        self._spin.lineEdit().setTextMargins(11, 0, 0, 0)
        self._spin.setFixedHeight(32)
        self._take(self._spin, self._row())
        self.reset()
        self._spin.valueChanged.connect(self._changed)

    def _set_range(self) -> None:
        low, high = _bounds(self.parameter)
        start = next((one for one in self.parameter.suggestions if isinstance(one, int | float)), None)
        start = min(max(0.0 if start is None else float(start), low), high)
        if isinstance(self._spin, _WholeBox):
            self._spin.setRange(int(low) - (1 if self._optional else 0), int(high))
            self._spin.start = round(start) if self._optional else None
        else:
            step = 0.05 if high - low <= 2 else 0.5 if high - low <= 100 else 1.0
            self._spin.setDecimals(2)
            self._spin.setSingleStep(step)
            self._spin.setRange(low - (step if self._optional else 0), high)
            self._spin.start = start if self._optional else None
        if self._optional:
            self._spin.setSpecialValueText(QCoreApplication.translate("Field", "Auto"))

    def _row(self) -> QWidget | None:
        low, high = _bounds(self.parameter)
        offered = [one for one in self.parameter.suggestions if isinstance(one, int) and not isinstance(one, bool)]
        usual = offered if len(offered) > 1 else list(QUICK_SECONDS)
        values = [value for value in usual if low <= value <= high]
        if self.parameter.unit != "s" or len(values) < 2 or (len(offered) < 2 and not isinstance(self._spin, QSpinBox)):
            return None
        self._quick = Segments([(value, f"{value} s") for value in values[:3]], name=self.parameter.label)
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
        if isinstance(self._spin, QSpinBox):
            return self._spin.value()
        value = round(self._spin.value(), 4)
        return int(value) if value.is_integer() and isinstance(self.parameter.default, int) else value

    def set_value(self, value: object) -> None:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if isinstance(self._spin, QSpinBox):
                self._spin.setValue(round(value))
            else:
                self._spin.setValue(float(value))
        else:
            self._spin.setValue(self._spin.minimum())  # type: ignore[arg-type]  # the type is the box's own
        self._show()

    def _pick(self, value: object) -> None:
        if isinstance(value, int):
            self._spin.setValue(value)  # tells of the change itself

    def _changed(self) -> None:
        self._show()
        self._tell()

    def _show(self) -> None:
        restyle(self._spin, "unset", self.value() is None)
        if self._quick is not None:
            value = self.value()
            self._quick.set_value(int(value) if isinstance(value, float) and value.is_integer() else value)


def _bounds(parameter: Parameter) -> tuple[float, float]:
    """Where only the upper end is known the number is one above nothing: a length, a size, a rate."""
    whole = parameter.kind is ParameterKind.INTEGER
    low = parameter.minimum
    if low is None:
        low = (1 if whole else _LEAST_ABOVE_NOTHING) if parameter.maximum is not None else 0.0
    return low, parameter.maximum if parameter.maximum is not None else float(LARGEST)
