"""A form kept under a name: which operation, with which settings, and the words of the prompt where they belong to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from studio.domain.errors import InputError

LONGEST_NAME = 60
MOST = 300
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class FormPreset:
    """`values` by parameter, without references: those belong to a job. Names are unique within an operation."""

    name: str
    operation: str
    values: Mapping[str, object] = field(default_factory=dict)
    prompt: str = ""

    def checked(self) -> FormPreset:
        """With its name trimmed. Raises InputError for what cannot be kept."""
        name = self.name.strip()
        if not 0 < len(name) <= LONGEST_NAME:
            raise InputError(f"A preset needs a name of at most {LONGEST_NAME} characters.", field="name")
        try:
            size = len(json.dumps(dict(self.values), allow_nan=False)) + len(self.prompt)
        except (TypeError, ValueError) as error:
            raise InputError("These settings cannot be kept.", field="values") from error
        if size > _LARGEST:
            raise InputError("These settings are too long to be kept.", field="values")
        return replace(self, name=name)


@dataclass(frozen=True, slots=True)
class Favourites:
    """What a person keeps of forms: presets, and the operations that stand first."""

    presets: tuple[FormPreset, ...] = ()
    operations: tuple[str, ...] = ()

    def of(self, operation: str) -> list[FormPreset]:
        """The presets of one operation, by name."""
        return sorted((one for one in self.presets if one.operation == operation), key=lambda one: one.name.casefold())

    def with_preset(self, preset: FormPreset) -> Favourites:
        """Kept, in the place of the one that has its name. Raises InputError."""
        preset = preset.checked()
        presets = (*self._without(preset.operation, preset.name), preset)
        if len(presets) > MOST:
            raise InputError(f"At most {MOST} presets can be kept: remove some first.", field="name")
        return replace(self, presets=presets)

    def without(self, operation: str, name: str) -> Favourites:
        """The preset of that name is gone."""
        return replace(self, presets=tuple(self._without(operation, name)))

    def starred(self, operation: str, on: bool) -> Favourites:
        """The operation stands first among its like, or no longer."""
        rest = tuple(one for one in self.operations if one != operation)
        return replace(self, operations=(*rest, operation) if on else rest)

    def _without(self, operation: str, name: str) -> Sequence[FormPreset]:
        return [one for one in self.presets if (one.operation, one.name) != (operation, name)]
