"""What a service's own document adds to the operations that this program knows: values, and the merge over the catalogue.

Nothing built in is taken away or changed in meaning: a document can add operations, optional fields, values of a choice and
names of models, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from studio.domain.operation import MediaKind, ModelChoice, Operation, Parameter, ParameterKind
from studio.providers import catalogue

_RATIO = re.compile(r"[1-9]\d?:[1-9]\d?")
_CHOSEN = (ParameterKind.CHOICE, ParameterKind.ASPECT_RATIO)


@dataclass(frozen=True, slots=True)
class DiscoveredOperation:
    """One operation as a service describes it. `schema`: its input, made anew from allowed keywords only, so that it is
    small, without references and safe to check by."""

    id: str
    title: str
    kind: MediaKind
    schema: Mapping[str, Any] = field(default_factory=dict)

    @property
    def properties(self) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = self.schema.get("properties", {})
        return found


@dataclass(frozen=True, slots=True)
class Discovered:
    """All of a document. `notes`: what of it was left out, in words."""

    operations: tuple[DiscoveredOperation, ...] = ()
    notes: tuple[str, ...] = ()

    def find(self, operation: str) -> DiscoveredOperation | None:
        return next((known for known in self.operations if known.id == operation), None)


NOTHING = Discovered()


def merged(known: tuple[Operation, ...], discovered: Discovered) -> tuple[Operation, ...]:
    """The operations with what was discovered: those that are known first, in their order."""
    found = [_extended(operation, discovered.find(operation.id)) for operation in known]
    taken = {operation.id.casefold() for operation in known}
    for new in discovered.operations:
        if new.id.casefold() not in taken:
            taken.add(new.id.casefold())
            found.append(_wholly_new(new))
    return tuple(found)


def additions(known: Operation, found: DiscoveredOperation | None) -> dict[str, Mapping[str, Any]]:
    """The fields that a document has beside the known ones. One that differs by its casing alone is the known one."""
    if found is None:
        return {}
    plain = {_plain(name) for name in _properties(known)}
    return {name: schema for name, schema in found.properties.items() if _plain(name) not in plain}


def more_values(known: Operation, found: DiscoveredOperation | None, name: str) -> tuple[object, ...]:
    """The values that a document allows for a field beside those that are known, of the same type."""
    if found is None:
        return ()
    ours, theirs = _properties(known).get(name, {}), found.properties.get(name, {})
    if "enum" in ours:
        more = [value for value in theirs.get("enum", ()) if value not in ours["enum"] and _alike(value, ours["enum"])]
        return tuple(value for value in more if name not in ("aspect_ratio", "aspectRatio") or _RATIO.fullmatch(str(value)))
    if ours.get("type") != "string" or ours.get("x-media"):
        return ()
    said = [*theirs.get("enum", ()), *theirs.get("examples", ())]
    return tuple(dict.fromkeys(v for v in said if isinstance(v, str) and v and v not in ours.get("examples", ())))


def _extended(known: Operation, found: DiscoveredOperation | None) -> Operation:
    """A known operation with new fields, which are optional whatever the document says, and new values."""
    new = additions(known, found)
    more = {name: values for name in _properties(known) if (values := more_values(known, found, name))}
    if not new and not more:
        return known
    parameters = [_with_values(one, more.get(one.name, ())) for one in known.parameters]
    parameters += _parameters(new, required=())
    if "model" in more and known.parameter("model") is None:  # not asked for as long as there was nothing to choose
        own = {**_properties(known)["model"], "examples": list(more["model"])}
        parameters += _parameters({"model": own}, required=())
    parameters.sort(key=catalogue.rank)
    properties = {name: _schema_with(schema, more.get(name, ())) for name, schema in _properties(known).items()}
    models = {model.id for model in known.models}
    choices = [ModelChoice(name, name) for name in more.get("model", ()) if isinstance(name, str) and name not in models]
    return replace(
        known, parameters=tuple(parameters), models=(*known.models, *choices),
        input_schema={**known.input_schema, "properties": {**properties, **new}},
    )


def _wholly_new(found: DiscoveredOperation) -> Operation:
    parameters = _parameters(found.properties, required=found.schema.get("required", ()))
    parameters.sort(key=catalogue.rank)
    return Operation(found.id, found.title, found.kind, tuple(parameters), found.schema, discovered=True)


def _parameters(fields: Mapping[str, Mapping[str, Any]], *, required: Iterable[str]) -> list[Parameter]:
    needed = frozenset(required)
    return [catalogue.parameter(name, schema, {}, required=name in needed)
            for name, schema in fields.items() if _has_a_control(schema)]


def _has_a_control(schema: Mapping[str, Any]) -> bool:
    """Lists of other things than texts, and objects of which nothing is known, can be sent but not asked for in a form."""
    if schema.get("type") == "array":
        return bool(schema.get("x-media")) or schema.get("items", {}).get("type") in ("string", None)
    return schema.get("type") != "object" or bool(schema.get("properties"))


def _with_values(parameter: Parameter, more: tuple[object, ...]) -> Parameter:
    if not more:
        return parameter
    if parameter.kind in _CHOSEN:
        return replace(parameter, choices=(*parameter.choices, *more))
    return replace(parameter, suggestions=(*parameter.suggestions, *(v for v in more if v not in parameter.suggestions)))


def _schema_with(schema: Mapping[str, Any], more: tuple[object, ...]) -> Mapping[str, Any]:
    if not more:
        return schema
    name = "enum" if "enum" in schema else "examples"
    return {**schema, name: [*schema.get(name, ()), *more]}


def _properties(operation: Operation) -> Mapping[str, Mapping[str, Any]]:
    found = operation.input_schema.get("properties", {})
    return found if isinstance(found, Mapping) else {}


def _alike(value: object, others: Iterable[object]) -> bool:
    return any(type(value) is type(other) for other in others)


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()
