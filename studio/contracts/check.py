"""Checks an input against a contract and says in words what is wrong with which field; used by clients and the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from studio.contracts.operations import WireOperation
from studio.contracts.wire import RequestModel


class FieldError(ValueError):
    """`field` is the top-level name, or None where the rule is about several fields. `message` is a sentence for people."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def check(operation: WireOperation, values: Mapping[str, Any], *, engine: bool) -> RequestModel:
    """The validated input. `engine`: whether the local engine's own rules apply. Raises FieldError for the first fault."""
    barred = operation.engine_omits if engine else operation.engine_only
    for name in values:
        if name in barred and values[name] is not None:
            where = "the local engine" if engine else "this service"
            raise FieldError(name, f"{name} is not something {where} takes for {operation.id}.")
    try:
        return operation.model.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _in_words(operation, first) from None


def _in_words(operation: WireOperation, error: ErrorDetails) -> FieldError:
    field = str(error["loc"][0]) if error["loc"] else None
    context: Mapping[str, Any] = error.get("ctx", {})
    kind = error["type"]
    if kind == "value_error":
        return FieldError(field, f"{context.get('error', error['msg'])}.")
    words = {
        "missing": "is required",
        "extra_forbidden": f"is not a field of {operation.id}",
        "string_pattern_mismatch": "must not be empty",
        "string_too_short": "must not be empty",
        "string_too_long": f"may have at most {context.get('max_length')} characters",
        "string_type": "must be text",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_type": "must be a number",
        "bool_type": "must be true or false",
        "list_type": "must be a list",
        "dict_type": "must be an object",
        "too_long": f"may have at most {context.get('max_length')} items",
        "too_short": f"needs at least {context.get('min_length')} items",
        "literal_error": f"must be one of {context.get('expected')}",
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "less_than_equal": f"must be at most {context.get('le')}",
    }.get(kind, error["msg"])
    return FieldError(field, f"{field} {words}.")
