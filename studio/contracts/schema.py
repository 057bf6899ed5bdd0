"""The JSON Schema of an operation's input, as `studio operations`, the forms and the engine's OpenAPI document show it."""

from __future__ import annotations

from typing import Any

from studio.contracts.models import conditions
from studio.contracts.operations import WireOperation


def input_schema(operation: WireOperation, *, engine: bool) -> dict[str, Any]:
    """One object schema with top-level properties, without the fields that this side (`engine`: the local one) refuses.

    Rules between fields and what single models take stand beside them as conditions (`allOf`). Optional fields are written
    as their plain type: leaving one out is how it is not given, null is not sent.
    """
    schema = operation.model.model_json_schema()
    barred = operation.engine_omits if engine else operation.engine_only
    properties = {name: _plain(value) for name, value in schema["properties"].items() if name not in barred}
    answer: dict[str, Any] = {
        "type": "object",
        "title": operation.title,
        "description": schema.get("description", ""),
        "properties": properties,
        "required": [name for name in schema.get("required", []) if name in properties],
        "additionalProperties": False,
    }
    limits = [*(rule.schema() for rule in operation.model.RULES), *conditions(operation.models, properties)]
    if limits:
        answer["allOf"] = limits
    if "$defs" in schema:
        answer["$defs"] = {name: _plain_object(value) for name, value in schema["$defs"].items()}
    return answer


def _plain_object(schema: dict[str, Any]) -> dict[str, Any]:
    """An object inside an input, its fields written as those of the input are."""
    if "properties" not in schema:
        return schema
    return {**schema, "properties": {name: _plain(value) for name, value in schema["properties"].items()}}


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """The field without its null alternative and its null default."""
    field = {key: value for key, value in field.items() if not (key == "default" and value is None)}
    options = field.pop("anyOf", None)
    if options is None:
        return field
    real = [option for option in options if option.get("type") != "null"]
    return {**field, **real[0]} if len(real) == 1 else {**field, "anyOf": real}
