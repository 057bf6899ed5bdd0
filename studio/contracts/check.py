"""Checks an input against a contract and says in words what is wrong with which field; used by clients and the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from studio.contracts.models import fault
from studio.contracts.operations import WireOperation
from studio.contracts.wire import RequestModel

_PATTERNS = {r"\S": "must not be empty"}


class FieldError(ValueError):
    """`field` is the top-level name, of a rule between fields the one that it is told at. `message` is for people."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def check(operation: WireOperation, values: Mapping[str, Any], *, engine: bool, played: bool = False) -> RequestModel:
    """The validated input. Raises FieldError for the first fault.

    `engine`: whether the local engine's own rules apply. `played`: the service is one that an engine plays, which takes the
    engine's own fields too.
    """
    barred = operation.engine_omits if engine else frozenset() if played else operation.engine_only
    for name in values:
        if name in barred and values[name] is not None:
            where = "the local engine" if engine else "this service"
            raise FieldError(name, f"{name} is not something {where} takes for {operation.id}.")
    try:
        checked = operation.model.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _in_words(operation, first) from None
    wrong = fault(operation.models, checked.model_dump(exclude_unset=True))
    if wrong is not None:
        raise FieldError(*wrong)
    return checked


def _in_words(operation: WireOperation, error: ErrorDetails) -> FieldError:
    field = str(error["loc"][0]) if error["loc"] else None
    context: Mapping[str, Any] = error.get("ctx", {})
    kind = error["type"]
    if kind == "rule":
        return FieldError(field or str(context["field"]), f"{context['words']}.")
    inner = ".".join(str(part) for part in error["loc"])
    said = {
        "missing": "is required",
        "extra_forbidden": f"is not a field of {operation.id}",
        "string_pattern_mismatch": _PATTERNS.get(str(context.get("pattern")), "must be a colour such as #FFFFFF"),
        "string_too_short": "must not be empty",
        "string_too_long": f"may have at most {context.get('max_length')} characters",
        "string_type": "must be text",
        "string_unicode": "holds half a character: it cannot be sent",
        "finite_number": "must be a number",
        "model_type": "must be an object",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_type": "must be a number",
        "bool_type": "must be true or false",
        "list_type": "must be a list",
        "dict_type": "must be an object",
        "too_long": f"may have at most {context.get('max_length')} items",
        "too_short": f"needs at least {context.get('min_length')} items",
        "literal_error": f"must be one of {context.get('expected')}",
        "greater_than": f"must be more than {context.get('gt')}",
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "less_than_equal": f"must be at most {context.get('le')}",
    }.get(kind, error["msg"])
    return FieldError(field, f"{inner} {said}.")
