"""A form made from an operation: one field a parameter, two short ones in a row, the rarer ones folded under "More".

Only what counts beside the other values is shown, with the limits of the chosen model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from studio.domain.operation import Operation, Parameter, ParameterKind
from studio.ui.composer.choice_fields import SeedChoice
from studio.ui.composer.field import Field, spelt
from studio.ui.composer.field_grid import FieldGrid, in_order
from studio.ui.composer.fields import make_field
from studio.ui.composer.narrowing import fitted
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import follow_icon, push

MODEL = "model"


class Form(QWidget):
    """The fields of one operation, but for its `prompt`, which has a box of its own.

    `values` leaves out what is not given; `set_values` takes what it knows. `narrowed(parameters)` when other parameters
    count, or count with other limits. The folded fields are made when they are first unfolded, as that takes as long as all
    the others: until then their values are held here.
    """

    changed = Signal()
    narrowed = Signal(object)
    unfolded = Signal()

    def __init__(self, operation: Operation, prompt: Parameter | None, theme: Theme) -> None:
        super().__init__()
        self.operation = operation
        self._theme = theme
        self._whole = {p.name: p for p in operation.parameters if not p.is_media and p is not prompt}
        self._folded_in = {p.name for p in self._whole.values() if p.advanced and p.kind is not ParameterKind.SEED}
        self._fields = {p.name: self._make(p) for p in self._whole.values() if p.name not in self._folded_in}
        self._held: dict[str, object] = self._defaults()
        self._deciding = {MODEL, *(name for p in operation.parameters for name in p.applies)}
        self._bent: dict[str, tuple[object, object]] = {}
        self._setting = False
        self._common, self._rare = FieldGrid(), FieldGrid()
        self._more: QPushButton | None = None
        self._folded = QWidget()
        self._lay_out()
        self._parameters = operation.narrowed(self.values_of_all())
        self._narrow()

    def _make(self, parameter: Parameter) -> Field:
        field = make_field(parameter, self._theme, self.operation.models)
        field.setParent(self)
        field.changed.connect(self._field_changed)
        return field

    def _defaults(self) -> dict[str, object]:
        """What the folded fields say as long as nobody touches them."""
        return {name: value for name in self._folded_in if (value := self._whole[name].default) is not None}

    def _unpack(self) -> None:
        """Make the folded fields, with what is held for them."""
        if all(name in self._fields for name in self._folded_in):
            return
        held, self._held = self._held, {}
        now = {p.name: p for p in self._parameters}
        made = {name: self._make(now.get(name, self._whole[name])) for name in self._whole if name in self._folded_in}
        self._setting = True
        for name, field in made.items():
            if name in held:
                field.set_value(held[name])
            field.setVisible(name in now)
        self._setting = False
        self._fields = {name: self._fields.get(name) or made[name] for name in self._whole}
        self._rare.show_fields([made[p.name] for p in self._parameters if p.name in made])

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(self._common)
        self._folded.hide()
        if not self._folded_in:
            self._folded.setParent(self)
            return
        self._more = push(self.tr("More"), "moreButton", "ghost")
        self._more.setCheckable(True)
        self._more.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        follow_icon(self._more, "chevron-down", self._theme)
        self._more.toggled.connect(self._unfold)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        inside = QVBoxLayout(self._folded)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(self._rare)
        column.addWidget(self._folded)

    def field(self, name: str) -> Field | None:
        """The field of a parameter, None where this form has none for it."""
        if name in self._folded_in:
            self._unpack()
        return self._fields.get(name)

    def parts(self) -> list[QWidget]:
        """What is shown, in the order in which it is read."""
        shown = [self._fields[p.name] for p in self._parameters if p.name in self._fields]
        common = in_order([field for field in shown if field.parameter.name not in self._folded_in])
        rare = in_order([field for field in shown if field.parameter.name in self._folded_in])
        return [*common, *([self._more] if self._more is not None else []), *rare]

    def parameters(self) -> Sequence[Parameter]:
        """All of the operation's that count now, media and prompt too, with the limits of the chosen model."""
        return self._parameters

    def values(self) -> dict[str, object]:
        """What is to be sent: parameters without a value, and those that do not count now, are left out."""
        counting = {parameter.name for parameter in self._parameters}
        return {name: value for name, value in self.values_of_all().items() if name in counting}

    def values_of_all(self) -> dict[str, object]:
        """The values of all fields, also of those that do not count now: they come back with what makes them count."""
        return self._held | {name: value for name, field in self._fields.items() if (value := field.value()) is not None}

    def set_values(self, values: Mapping[str, object]) -> None:
        """Show `values`; fields that are not named go back to their default."""
        self._setting = True
        self._bent.clear()
        self._held = {**self._defaults(), **{name: values[name] for name in self._folded_in if name in values}}
        self._held = {name: value for name, value in self._held.items() if name not in self._fields}
        for name in sorted(self._fields, key=lambda name: name not in self._deciding):
            self._set(name, values)
        self._setting = False
        self._narrow()
        for name in values:
            field = self._fields.get(name)
            if field is not None and field.value() != values[name]:
                field.set_value(values[name])  # its control has been made anew, for a model that takes just this
        self.changed.emit()

    def _set(self, name: str, values: Mapping[str, object]) -> None:
        field = self._fields[name]
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
        kept = self.values_of_all()
        for name, field in self._fields.items():
            if isinstance(field, SeedChoice):
                kept[f"{name}_locked"] = field.locked
        return kept

    def draw_seeds(self) -> None:
        """Before a job is sent: a new seed wherever none is locked."""
        for field in self._fields.values():
            if isinstance(field, SeedChoice):
                field.draw()

    def missing(self) -> list[str]:
        """The names of fields that have to be given and are not."""
        given = self.values()
        return [p.name for p in self._parameters if p.required and p.name in self._whole and p.name not in given]

    def set_error(self, name: str, words: str) -> bool:
        """Show an error at its field and bring it into view; False if the form has no such field."""
        field = self.field(name)
        if field is None:
            return False
        if name in self._folded_in and self._more is not None:
            self._more.setChecked(True)
        field.set_error(words)
        field.take_focus()
        return True

    def clear_errors(self) -> None:
        for field in self._fields.values():
            field.set_error("")

    # what counts, and within which limits

    def _field_changed(self) -> None:
        if self._setting:
            return
        field = self.sender()
        if isinstance(field, Field) and field.parameter.name in self._deciding:
            self._narrow()
        self.changed.emit()

    def _narrow(self) -> None:
        """Show the fields that count, with the limits of the model; say at the model what had to change for it."""
        now = self.operation.narrowed(self.values_of_all())
        shown = [p for p in now if p.name in self._whole]
        known = self._fields.get(MODEL)
        is_first = self._common.count() + self._rare.count() == 0
        if not is_first and now == self._parameters:
            return
        bent = [words for parameter in shown if (words := self._fit(parameter))]
        self._parameters = now
        names = {p.name for p in shown}
        self._common.show_fields([self._fields[p.name] for p in shown if p.name not in self._folded_in])
        self._rare.show_fields([self._fields[p.name] for p in shown if p.name in self._folded_in and p.name in self._fields])
        for name, field in self._fields.items():
            field.setVisible(name in names)
        if self._more is not None:
            self._more.setVisible(any(p.name in self._folded_in for p in shown))
        if known is not None:
            words = self.tr("Changed for this model: {changes}.")
            known.set_note(words.format(changes=", ".join(bent)) if bent else "")
        self.narrowed.emit(now)

    def _fit(self, now: Parameter) -> str:
        """Give a field its new limits; words about its value where that had to change."""
        field = self._fields.get(now.name)
        if field is not None and field.parameter == now:
            return ""
        before = self._held.get(now.name) if field is None else field.value()
        if now.name in self._bent and self._bent[now.name][1] == before:
            before = self._bent[now.name][0]  # nobody touched it since it was bent: try what was wanted
        self._bent.pop(now.name, None)
        after = fitted(before, now, self._whole[now.name])
        if field is None:
            self._held.pop(now.name, None)
            if after is not None:
                self._held[now.name] = after
        elif field.narrow(now):
            return ""
        else:
            field = self._replace(field, now)
            field.set_value(after)
            after = field.value()
        if after == before or before is None:
            return ""
        self._bent[now.name] = (before, after)
        unit = f" {now.unit}" if now.unit else ""
        words = self.tr("{field} {before} to {after}")
        return words.format(field=now.label, before=spelt(before), after=f"{spelt(after)}{unit}")

    def _replace(self, old: Field, now: Parameter) -> Field:
        had_focus = old.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        field = self._make(now)
        if isinstance(field, SeedChoice) and isinstance(old, SeedChoice):
            field.set_locked(old.locked)
        for grid in (self._common, self._rare):
            grid.removeWidget(old)
        old.hide()
        old.control.setObjectName("")  # it goes with the next event; its name belongs to the new one at once
        old.changed.disconnect(self._field_changed)
        old.setParent(None)
        old.deleteLater()
        self._fields[now.name] = field
        if had_focus:
            field.take_focus()
        return field

    def _unfold(self, unfolded: bool) -> None:
        if unfolded:
            self._unpack()
            self.unfolded.emit()
        self._folded.setVisible(unfolded)
        if self._more is not None:
            self._more.setText(self.tr("Fewer") if unfolded else self.tr("More"))
