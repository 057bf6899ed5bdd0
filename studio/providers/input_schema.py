"""Checks an input against a JSON Schema that discovery made, and says in words what is wrong with which field.

An own small one: these schemas hold a few keywords only (see openapi_reader), and one that a service sends must not be able
to keep this program busy, as a pattern of its own could.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list, tuple),
    "object": (Mapping,),
}
_WORDS = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
          "array": "a list", "object": "an object"}
_DEEPEST = 20

Fault = tuple[str, str]


def fault(schema: Mapping[str, Any], values: Mapping[str, Any]) -> Fault | None:
    """(top-level field, a sentence) for the first thing wrong with an input; None for one that is taken."""
    properties: Mapping[str, Any] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if values.get(name) is None:
            return name, f"{name} is required."
    for name, value in values.items():
        known = properties.get(name)
        if known is None and not schema.get("additionalProperties", False):
            return name, f"{name} is not a field of this operation."
        words = None if value is None else _fault(known or {}, value, name, 1)
        if words is not None:
            return name, words
    return None


def _fault(schema: Mapping[str, Any], value: object, name: str, depth: int) -> str | None:
    if depth > _DEEPEST or not _is_json(value):
        return f"{name} is nothing that can be sent."
    if isinstance(value, bool) and schema.get("type", "boolean") != "boolean" and "enum" not in schema:
        return f"{name} must be {_WORDS[schema['type']]}."
    said = schema.get("type")
    if said in _TYPES and not isinstance(value, _TYPES[said]):
        return f"{name} must be {_WORDS[said]}."
    if "enum" in schema and (isinstance(value, bool), value) not in [(isinstance(one, bool), one) for one in schema["enum"]]:
        return f"{name} must be one of {', '.join(str(one) for one in schema['enum'][:20])}."
    return _out_of_bounds(schema, value, name) or _inside(schema, value, name, depth)


def _out_of_bounds(schema: Mapping[str, Any], value: object, name: str) -> str | None:
    if isinstance(value, str):
        measured, low, high, of = float(len(value)), "minLength", "maxLength", " characters"
    elif isinstance(value, Sequence):
        measured, low, high, of = float(len(value)), "minItems", "maxItems", " items"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        measured, low, high, of = value, "minimum", "maximum", ""
    else:
        return None
    if low in schema and measured < schema[low]:
        return f"{name} must have at least {schema[low]}{of}." if of else f"{name} must be at least {schema[low]}."
    if high in schema and measured > schema[high]:
        return f"{name} may have at most {schema[high]}{of}." if of else f"{name} must be at most {schema[high]}."
    return None


def _inside(schema: Mapping[str, Any], value: object, name: str, depth: int) -> str | None:
    if isinstance(value, list | tuple):
        faults = (_fault(schema.get("items", {}), item, f"{name}.{place}", depth + 1) for place, item in enumerate(value))
        return next((words for words in faults if words), None)
    if not isinstance(value, Mapping):
        return None
    properties = schema.get("properties", {})
    for needed in schema.get("required", ()):
        if value.get(needed) is None:
            return f"{name}.{needed} is required."
    for inner, item in value.items():
        if properties and inner not in properties and not schema.get("additionalProperties", False):
            return f"{name}.{inner} is not a field of {name}."
        words = None if item is None else _fault(properties.get(inner, {}), item, f"{name}.{inner}", depth + 1)
        if words is not None:
            return words
    return None


def _is_json(value: object) -> bool:
    """Whether the value itself is one that JSON has; what is inside is looked at on the way down."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, Mapping):
        return all(isinstance(name, str) for name in value)
    return value is None or isinstance(value, bool | int | list | tuple)
