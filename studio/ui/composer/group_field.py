"""Settings that belong together: an object of its own in the request, in a frame with a field for each part."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QVBoxLayout

from studio.domain.operation import Parameter
from studio.ui.composer.field import Field
from studio.ui.composer.field_grid import FieldGrid

MakeField = Callable[[Parameter, str], Field]


class GroupField(Field):
    """Its value has only what is given; with nothing given there is no value."""

    def __init__(self, parameter: Parameter, make: MakeField, name: str = "") -> None:
        super().__init__(parameter, name)
        self._fields = {inner.name: make(inner, f"{self.name}_{inner.name}") for inner in parameter.fields}
        frame = QFrame()
        frame.setProperty("role", "group")
        grid = FieldGrid()
        grid.show_fields(list(self._fields.values()))
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(12, 12, 12, 12)
        inside.addLayout(grid)
        for field in self._fields.values():
            field.changed.connect(self._tell)
        self._take(frame)
        self.reset()

    @property
    def is_wide(self) -> bool:
        return True

    def take_focus(self) -> None:
        first = next(iter(self._fields.values()), None)
        if first is not None:
            first.take_focus()

    def field(self, name: str) -> Field | None:
        return self._fields.get(name)

    def value(self) -> object:
        given = {name: value for name, field in self._fields.items() if (value := field.value()) is not None}
        return given or None

    def set_value(self, value: object) -> None:
        values = value if isinstance(value, dict) else {}
        for name, field in self._fields.items():
            if name in values:
                field.set_value(values[name])
            else:
                field.reset()

    def set_error(self, words: str) -> None:
        super().set_error(words)
        if not words:
            for field in self._fields.values():
                field.set_error("")
