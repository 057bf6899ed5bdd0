"""Rules between the fields of one input, as data: the same rule checks a value and says itself as a JSON Schema condition.

A field counts as given when it is there and not null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

_SHOWS = re.compile(r"\S")
Fault = tuple[str, str]
"""The field that the message belongs to, and the message without its full stop."""


class Rule(Protocol):
    """`fault` takes the input with its defaults; None where the rule is kept."""

    def fault(self, values: Mapping[str, Any]) -> Fault | None: ...
    def schema(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class NotBoth:
    """At most one of two fields; `why` stands before the advice to give one of them."""

    first: str
    second: str
    why: str

    def fault(self, values: Mapping[str, Any]) -> Fault | None:
        if values.get(self.first) is None or values.get(self.second) is None:
            return None
        return self.first, f"{self.first} and {self.second} {self.why}: give one of them"

    def schema(self) -> dict[str, Any]:
        return {"not": {"required": [self.first, self.second]}}


@dataclass(frozen=True, slots=True)
class NeedsOne:
    """`field` makes sense only beside one of `others`."""

    field: str
    others: tuple[str, ...]
    what: str

    def fault(self, values: Mapping[str, Any]) -> Fault | None:
        if values.get(self.field) is None or any(values.get(other) is not None for other in self.others):
            return None
        return self.field, f"{self.field} needs {self.what} too: give {self.others[0]}"

    def schema(self) -> dict[str, Any]:
        beside = [{"required": [other]} for other in self.others]
        return {"if": {"required": [self.field]}, "then": {"anyOf": beside}}


@dataclass(frozen=True, slots=True)
class OnlyWhen:
    """`field` may be given only where `switch` has this value."""

    field: str
    switch: str
    value: Any
    words: str

    def fault(self, values: Mapping[str, Any]) -> Fault | None:
        if values.get(self.field) is None or values.get(self.switch) == self.value:
            return None
        return self.field, f"{self.field} {self.words}"

    def schema(self) -> dict[str, Any]:
        switched = {"required": [self.switch], "properties": {self.switch: {"const": self.value}}}
        return {"if": {"required": [self.field]}, "then": switched}


@dataclass(frozen=True, slots=True)
class WhenSet:
    """Where `switch` has this value, all of `needed` must be given, texts with at least one character that shows."""

    switch: str
    value: Any
    needed: tuple[str, ...]
    words: str
    texts: bool = False

    def fault(self, values: Mapping[str, Any]) -> Fault | None:
        if values.get(self.switch) != self.value:
            return None
        missing = [name for name in self.needed if not self._is_given(values.get(name))]
        return (missing[0], f"{self.words} needs {' and '.join(missing)} too") if missing else None

    def schema(self) -> dict[str, Any]:
        switched = {"required": [self.switch], "properties": {self.switch: {"const": self.value}}}
        then: dict[str, Any] = {"required": list(self.needed)}
        if self.texts:
            then["properties"] = {name: {"pattern": _SHOWS.pattern} for name in self.needed}
        return {"if": switched, "then": then}

    def _is_given(self, value: Any) -> bool:
        return value is not None and not (self.texts and not _SHOWS.search(value))


@dataclass(frozen=True, slots=True)
class NotTogether:
    """These values of these fields exclude each other; the message belongs to the last of them.

    `assumed`: fields that have the value also when they are not given.
    """

    values: Mapping[str, Any]
    words: str
    assumed: frozenset[str] = frozenset()

    def fault(self, values: Mapping[str, Any]) -> Fault | None:
        together = all(values.get(name) == value for name, value in self.values.items())
        return ([*self.values][-1], self.words) if together else None

    def schema(self) -> dict[str, Any]:
        named = {name: {"const": value} for name, value in self.values.items()}
        return {"not": {"required": [name for name in self.values if name not in self.assumed], "properties": named}}
