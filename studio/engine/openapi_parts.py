"""What both contracts' parts of the OpenAPI document are built of."""

from __future__ import annotations

import json
from typing import Any

REF = "#/components/schemas/"
OBJECT = {"type": "object", "additionalProperties": True}
MOMENT = {"type": ["string", "null"], "format": "date-time"}


def inlined(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, and its own definitions beside it, with references that hold in this document."""
    text = json.dumps(schema).replace('"#/$defs/', f'"{REF}{name}.')
    moved: dict[str, Any] = json.loads(text)
    definitions = moved.pop("$defs", {})
    return {name: moved, **{f"{name}.{inner}": value for inner, value in definitions.items()}}


def component_name(operation: str, prefix: str = "") -> str:
    return prefix + "".join(word.capitalize() for word in operation.replace("_", ".").split("."))


def json_content(schema: dict[str, Any], **beside: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema, **beside}}}


def answer(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, **json_content({"$ref": REF + schema})}


def errors(*statuses: int) -> dict[str, Any]:
    return {str(status): answer("Refused", "Error") for status in statuses}


def in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def in_header(name: str, longest: int) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string", "maxLength": longest}}
