"""The values of every form by its operation, as the person wants them: also those that the form shown has no place for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.ui.composer.form import Form


class KeptValues:
    """An account may offer an operation with fewer fields or other choices. What it does not take is kept as it was, and
    shown again with an account that takes it; what the person changes meanwhile counts instead."""

    def __init__(self) -> None:
        self._values: dict[str, Mapping[str, object]] = {}
        self._wanted: Mapping[str, object] = {}
        self._shown: Mapping[str, object] = {}

    def begin(self, values: Mapping[str, Mapping[str, object]]) -> None:
        """These were kept at the last time."""
        self._values = dict(values)

    def fill(self, form: Form, values: Mapping[str, object] | None = None) -> None:
        """Show `values`, or what is kept for the form's operation."""
        wanted = self._values.get(form.operation.id, {}) if values is None else values
        self._wanted = {}  # the form tells of its change before it is over
        form.set_values(wanted)
        self._wanted, self._shown = dict(wanted), form.draft()

    def keep(self, form: Form) -> Mapping[str, Mapping[str, object]]:
        """Keep what the form says now. Gives the values of every form."""
        now = form.draft()
        untouched = {name: value for name, value in self._wanted.items() if now.get(name) == self._shown.get(name)}
        self._values[form.operation.id] = {**now, **untouched}
        return dict(self._values)
