"""Inputs against the contracts: what is taken, what is refused with which field, and the schemas that say the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.contracts.check import FieldError, check
from studio.contracts.operations import CANNON, CANVAS, CANVAS_PATHS, WireOperation, find
from studio.contracts.schema import input_schema

EVERY = [*CANNON, *CANVAS]
CANNON_VIDEO, CANNON_IMAGE = CANNON[0], CANNON[1]
CANVAS_VIDEO, CANVAS_IMAGE = CANVAS[0], CANVAS[1]


def named(operation: WireOperation) -> str:
    return f"{operation.contract}-{operation.id}"


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_a_prompt_is_enough(operation: WireOperation) -> None:
    model = check(operation, {"prompt": "a lake at dawn"}, engine=True)
    assert model.payload() == {"prompt": "a lake at dawn"}, "what was not set must be left to the service"


@pytest.mark.parametrize(
    ("operation", "values", "engine", "field", "word"),
    [
        (CANNON_VIDEO, {}, True, "prompt", "required"),
        (CANNON_VIDEO, {"prompt": " \n\t"}, True, "prompt", "empty"),
        (CANNON_VIDEO, {"prompt": "x" * 5001}, True, "prompt", "5000"),
        (CANNON_VIDEO, {"prompt": 7}, True, "prompt", "text"),
        (CANNON_VIDEO, {"prompt": "x", "duration": "5"}, True, "duration", "whole number"),
        (CANNON_VIDEO, {"prompt": "x", "duration": 2.5}, True, "duration", "whole number"),
        (CANNON_VIDEO, {"prompt": "x", "duration": 0}, True, "duration", "at least 1"),
        (CANNON_VIDEO, {"prompt": "x", "duration": 61}, True, "duration", "at most 60"),
        (CANNON_VIDEO, {"prompt": "x", "resolution": "8k"}, True, "resolution", "one of"),
        (CANNON_VIDEO, {"prompt": "x", "seed": -1}, True, "seed", "at least 0"),
        (CANNON_VIDEO, {"prompt": "x", "seed": 2147483648}, True, "seed", "at most"),
        (CANNON_VIDEO, {"prompt": "x", "colour": "red"}, True, "colour", "not a field"),
        (CANNON_VIDEO, {"prompt": "x", "model": "seedance2"}, True, "model", "local engine"),
        (CANNON_VIDEO, {"prompt": "x", "audio": True}, False, "audio", "this service"),
        (CANNON_VIDEO, {"prompt": "x", "audio": 1}, True, "audio", "true or false"),
        (CANNON_VIDEO, {"prompt": "x", "image_url": "a", "first_frame_url": "b"}, True, None, "one of them"),
        (CANNON_VIDEO, {"prompt": "x", "image_url": "a", "source_video_url": "b"}, False, None, "exclude"),
        (CANNON_IMAGE, {"prompt": "x", "reference_image_urls": ["a"] * 4}, True, "reference_image_urls", "at most 3"),
        (CANNON_IMAGE, {"prompt": "x", "reference_image_urls": "a"}, True, "reference_image_urls", "list"),
        (CANVAS_VIDEO, {"prompt": "x", "duration": 6}, False, "duration", "5, 10 or 15"),
        (CANVAS_VIDEO, {"prompt": "x", "seed": 1}, False, "seed", "this service"),
        (CANVAS_IMAGE, {"prompt": "x", "aspect_ratio": "2:1"}, False, "aspect_ratio", "one of"),
    ],
)
def test_a_fault_is_told_by_its_field(
    operation: WireOperation, values: dict[str, Any], engine: bool, field: str | None, word: str
) -> None:
    with pytest.raises(FieldError) as caught:
        check(operation, values, engine=engine)
    assert caught.value.field == field
    assert word in caught.value.message
    assert "pydantic" not in caught.value.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted({name for op in EVERY for name in op.model.model_fields})) | st.text(max_size=10)


@given(st.sampled_from(EVERY), st.dictionaries(NAMES, JSON, max_size=6), st.booleans())
def test_any_input_is_taken_or_refused_in_words(operation: WireOperation, values: dict[str, Any], engine: bool) -> None:
    try:
        model = check(operation, values, engine=engine)
    except FieldError as error:
        assert error.message.endswith(".")  # noqa: PT017  (either outcome is right; each has its own check)
    else:
        assert set(model.payload()) <= set(values)


@pytest.mark.parametrize("operation", EVERY, ids=named)
@pytest.mark.parametrize("engine", [True, False])
def test_the_schema_is_one_object_and_takes_what_check_takes(operation: WireOperation, engine: bool) -> None:
    schema = input_schema(operation, engine=engine)
    assert schema["type"] == "object"
    assert schema["required"] == ["prompt"]
    barred = operation.engine_omits if engine else operation.engine_only
    assert not barred & set(schema["properties"])
    for name, field in schema["properties"].items():
        assert field["description"], name
        assert field["x-label"], name
        assert field["x-source"], name
        assert "anyOf" not in field, f"{name}: null is not something to send"
        assert ("type" in field) or ("enum" in field), name


def test_operations_are_found_by_contract_and_name() -> None:
    assert find("cannon", "video.generate") is CANNON_VIDEO
    assert find("canvas", "video.generate") is CANVAS_VIDEO
    assert find("cannon", "video.imagine") is None
    assert set(CANVAS_PATHS) == {op.id for op in CANVAS}
