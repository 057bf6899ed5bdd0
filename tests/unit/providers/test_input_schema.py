"""The small checker for inputs of discovered operations agrees with jsonschema on what it knows, and with JSON beyond."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from studio.providers.input_schema import fault

SCHEMA = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 4}, "size": {"type": "integer", "minimum": 1, "maximum": 8},
        "weight": {"type": "number", "minimum": 0, "maximum": 1}, "loud": {"type": "boolean"},
        "kind": {"enum": ["a", 1, True]}, "anything": {},
        "names": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        "look": {"type": "object", "properties": {"font": {"type": "string"}, "edge": {"type": "integer"}},
                 "required": ["font"], "additionalProperties": False},
    },
    "required": ["text"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(("values", "expected"), [
    ({}, ("text", "text is required.")), ({"text": None}, ("text", "text is required.")),
    ({"text": ""}, ("text", "text must have at least 1 characters.")),
    ({"text": "abcde"}, ("text", "text may have at most 4 characters.")),
    ({"text": 5}, ("text", "text must be text.")), ({"text": "a\ud800"}, ("text", "text is nothing that can be sent.")),
    ({"text": "a", "size": 0}, ("size", "size must be at least 1.")),
    ({"text": "a", "size": 9}, ("size", "size must be at most 8.")),
    ({"text": "a", "size": True}, ("size", "size must be a whole number.")),
    ({"text": "a", "weight": math.nan}, ("weight", "weight is nothing that can be sent.")),
    ({"text": "a", "kind": "b"}, ("kind", "kind must be one of a, 1, True.")),
    ({"text": "a", "names": []}, ("names", "names must have at least 1 items.")),
    ({"text": "a", "names": ["x", 5]}, ("names", "names.1 must be text.")),
    ({"text": "a", "look": {}}, ("look", "look.font is required.")),
    ({"text": "a", "look": {"font": "x", "size": 1}}, ("look", "look.size is not a field of look.")),
    ({"text": "a", "look": {"font": "x", "edge": "1"}}, ("look", "look.edge must be a whole number.")),
    ({"text": "a", "odd": 1}, ("odd", "odd is not a field of this operation.")),
    ({"text": "a", "anything": {1: 2}}, ("anything", "anything is nothing that can be sent.")),
    ({"text": "a", "anything": object()}, ("anything", "anything is nothing that can be sent.")),
    ({"text": "a", "anything": {"x": [{"y": math.inf}]}}, ("anything", "anything.x.0.y is nothing that can be sent.")),
    ({"text": "a", "size": None, "anything": [1, {"x": None}]}, None),
])
def test_what_is_wrong_in_words(values: dict[str, Any], expected: tuple[str, str] | None) -> None:
    assert fault(SCHEMA, values) == expected


def test_what_is_nested_without_end_is_refused() -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    found = fault(SCHEMA, {"text": "a", "anything": deep})
    assert found is not None
    assert found[0] == "anything"


JSON = st.recursive(
    st.booleans() | st.integers(-2, 10) | st.sampled_from([0.5, 1.5, "", "a", "abcde"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["font", "edge", "x"]), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "odd"]), JSON), st.sampled_from(["a", "", 5]))  # type: ignore[misc]
def test_it_agrees_with_jsonschema(values: dict[str, Any], text: object) -> None:
    for given_values in (values, {**values, "text": text}):
        assert (fault(SCHEMA, given_values) is None) == Draft202012Validator(SCHEMA).is_valid(given_values)
