"""The published JSON Schema takes exactly what `check` takes, rules between fields and limits of models included."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from studio.contracts.check import FieldError, check
from studio.contracts.examples import example_input
from studio.contracts.operations import CANNON, CANVAS, WireOperation
from studio.contracts.schema import input_schema
from tests.unit.contracts.test_fields import named

EVERY = [*CANNON, *CANVAS]
# Not null (leaving a field out is how it is not given), not 5.0 for 5 (JSON does not tell them apart, Python does).
WRONG = st.sampled_from([True, "", " ", "x", -1, 0, 1, 7, 2.5, 10**12, [], ["a"], {}, {"pan": 3}, {"odd": 1}, "#123", "4K"])


@cache
def validator(name: str, engine: bool) -> Draft202012Validator:
    schema = input_schema(next(op for op in EVERY if named(op) == name), engine=engine)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def likely(field: Mapping[str, Any], shared: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a field takes, at its limits and just beyond them."""
    if "$ref" in field:
        inner = shared[field["$ref"].rpartition("/")[2]]["properties"]
        return st.fixed_dictionaries({}, optional={name: likely(one, shared) for name, one in inner.items()})
    if "enum" in field:
        return st.sampled_from(field["enum"])
    kind = field.get("type")
    if kind == "boolean":
        return st.booleans()
    if kind == "array":
        most = field.get("maxItems", 3)
        return st.integers(max(0, field.get("minItems", 0) - 1), most + 1).map(lambda size: ["a"] * size)
    low, high = field.get("minimum", field.get("exclusiveMinimum", 0)), field.get("maximum", 100)
    edges = [low, high, low - 1, high + 1, low + 1, 4, 6, 15, 16]
    if kind == "integer":
        return st.sampled_from(edges)
    if kind == "number":
        return st.sampled_from([*edges, (low + high) / 2 + 0.25])
    longest = field.get("maxLength", 50)
    texts = ["a lake", "x" * longest, "x" * (longest + 1), "x" * 501, " ", "#00ffAA", "camera_control", "video_context"]
    return st.sampled_from([*texts, *(one for one in field.get("examples", ()) if isinstance(one, str)),
                            "wan27video", "sora-2", "sora-2-pro", "gptimage2", "another"])


@st.composite
def inputs(draw: st.DrawFn) -> tuple[WireOperation, bool, dict[str, Any]]:
    """An operation and an input that may be right: all that is required, and some of the rest."""
    operation, engine = draw(st.sampled_from(EVERY)), draw(st.booleans())
    schema = input_schema(operation, engine=engine)
    values = example_input(operation)
    names = st.lists(st.sampled_from(sorted(schema["properties"])), unique=True, max_size=7)
    for name in draw(names):
        values[name] = draw(likely(schema["properties"][name], schema.get("$defs", {})))
    if draw(st.integers(0, 9)) == 0:
        values[draw(st.sampled_from(sorted({*schema["properties"], "odd", *operation.model.model_fields})))] = draw(WRONG)
    if draw(st.integers(0, 19)) == 0:
        values.pop(draw(st.sampled_from(sorted(values))))
    return operation, engine, values


def taken(operation: WireOperation, values: Mapping[str, Any], *, engine: bool) -> bool:
    try:
        check(operation, values, engine=engine)
    except FieldError:
        return False
    return True


@pytest.mark.slow
@given(inputs())
def test_the_schema_takes_what_check_takes(case: tuple[WireOperation, bool, dict[str, Any]]) -> None:
    operation, engine, values = case
    errors = [error.message for error in validator(named(operation), engine).iter_errors(values)]
    assert taken(operation, values, engine=engine) == (not errors), errors


RULES = [
    ("cannon-video.generate", {"prompt": "x", "model": "gptimage2", "duration": 1}, True),
    ("cannon-video.generate", {"prompt": "x", "model": "wan27video", "duration": 1}, False),
    ("cannon-video.generate", {"prompt": "x", "model": "wan27video", "negative_prompt": "x" * 501}, False),
    ("cannon-video.generate", {"prompt": "x", "end_image_url": "b", "first_frame_url": "a"}, True),
    ("cannon-video.generate", {"prompt": "x", "end_image_url": "b"}, False),
    ("cannon-image.generate", {"prompt": "x", "model": "gptimage2", "resolution": "4K"}, False),
    ("cannon-image.generate", {"prompt": "x", "model": "gptimage2", "resolution": "4K", "aspect_ratio": "16:9"}, True),
    ("cannon-image.edit", {"prompt": "x", "image_url": "a", "model": "gptimage2", "resolution": "4K"}, True),
    ("cannon-music.generate", {"prompt": "x", "custom_mode": True, "style": "jazz", "title": " "}, False),
    ("cannon-music.generate", {"prompt": "x", "custom_mode": True, "style": "jazz", "title": "Rain"}, True),
    ("cannon-music.generate", {"prompt": "x", "custom_mode": False, "vocal_gender": "f"}, False),
    ("cannon-video.upscale", {"video_url": "a", "target_resolution": "4k", "upscale_factor": 2}, False),
]


@pytest.mark.parametrize(("name", "values", "good"), RULES)
def test_rules_hold_in_the_schema_too(name: str, values: dict[str, Any], good: bool) -> None:
    """By hand, so that what the strategy above finds by chance is looked at in each run."""
    operation = next(op for op in EVERY if named(op) == name)
    assert taken(operation, values, engine=False) == good
    assert validator(name, False).is_valid(values) == good


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_the_example_is_taken_on_both_sides(operation: WireOperation) -> None:
    values = example_input(operation)
    assert set(values) == set(input_schema(operation, engine=False)["required"])
    for engine in (True, False):
        assert check(operation, values, engine=engine).payload() == values, "what was not set is left to the service"
