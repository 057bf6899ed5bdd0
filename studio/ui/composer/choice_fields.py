"""Fields for what is picked and not typed: choices, switches, the aspect ratio, the seed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QComboBox

from studio.domain.operation import Parameter
from studio.ui.composer.field import Field, spelt
from studio.ui.composer.number_field import LARGEST
from studio.ui.composer.ratio_field import RatioField
from studio.ui.composer.seed_field import SeedField
from studio.ui.theme.theme import Theme
from studio.ui.widgets.segments import Segments

_ROOM = 36  # characters that stand side by side in the composer at its least width

class ChoiceField(Field):
    """A few short choices stand side by side, more in a list; a choice that need not be made has "Auto"."""

    def __init__(self, parameter: Parameter, name: str = "") -> None:
        super().__init__(parameter, name)
        choices: list[tuple[object, str]] = [(choice, self._words(choice)) for choice in parameter.choices]
        if parameter.default is None and not parameter.required:
            choices.insert(0, (None, QCoreApplication.translate("Field", "Auto")))
        self._values = [value for value, _ in choices]
        self._segments: Segments | None = None
        self._combo: QComboBox | None = None
        if len(choices) <= 4 or sum(len(text) + 2 for _, text in choices) <= _ROOM:
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
        return f"{choice} {self.parameter.unit}" if self.parameter.unit else spelt(choice)

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

    def __init__(self, parameter: Parameter, name: str = "") -> None:
        super().__init__(parameter, name)
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

    def __init__(self, parameter: Parameter, theme: Theme, name: str = "") -> None:
        super().__init__(parameter, name)
        optional = parameter.default is None and not parameter.required
        self._ratio = RatioField(tuple(str(choice) for choice in parameter.choices), theme, optional=optional)
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

    def __init__(self, parameter: Parameter, theme: Theme, name: str = "") -> None:
        super().__init__(parameter, name)
        low = int(parameter.minimum or 0)
        high = int(parameter.maximum) if parameter.maximum is not None else LARGEST
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


def _combo(choices: Sequence[tuple[object, str]]) -> QComboBox:
    combo = QComboBox()
    for _, text in choices:
        combo.addItem(text)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]  # a wheel over a form scrolls the form
    return combo
