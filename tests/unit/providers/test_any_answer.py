"""Properties of every answer model: either casing, unknown fields kept, and nothing but a ValidationError on any JSON."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from studio.contracts.cannon import envelope as cannon
from studio.contracts.canvas import envelope as canvas
from studio.contracts.wire import AnswerModel
from studio.providers.tolerant import tolerant

MODELS: list[type[AnswerModel]] = [
    cannon.CreateAnswer, cannon.RequestObject, cannon.StatusAnswer, cannon.UploadAnswer, cannon.ErrorAnswer,
    canvas.AcceptedAnswer, canvas.JobObject, canvas.JobResult, canvas.JobErrorDetail, canvas.CreditsAnswer,
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8,
)


def camel(name: str) -> str:
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)


def fitting(info: FieldInfo) -> st.SearchStrategy[Any]:
    """Values of the field's plainest type, as JSON has them."""
    kinds = [kind for kind in (get_args(info.annotation) or (info.annotation,)) if kind is not type(None)]
    if str in kinds:
        return st.text(max_size=12)
    if int in kinds:
        return st.integers(0, 10**9)
    if float in kinds:
        return st.floats(0, 1e12)
    if bool in kinds or Any in kinds:
        return st.booleans()
    model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, AnswerModel)), None)
    return st.just({}) if model is not None else st.dictionaries(st.text(max_size=8), st.integers(), max_size=3)


@st.composite
def answers(draw: st.DrawFn) -> tuple[type[AnswerModel], dict[str, Any]]:
    """A model, and an answer that it was made for, with names in snake case."""
    model = draw(st.sampled_from(MODELS))
    fields = model.model_fields
    optional = sorted(name for name, info in fields.items() if not info.is_required())
    chosen = {name for name, info in fields.items() if info.is_required()}
    chosen |= set(draw(st.lists(st.sampled_from(optional), unique=True))) if optional else set()
    return model, {name: draw(fitting(fields[name])) for name in sorted(chosen)}


@pytest.mark.slow
@settings(deadline=None)
@given(answers(), st.dictionaries(st.from_regex(r"x_[a-z]{1,8}", fullmatch=True), JSON, max_size=3))
def test_either_casing_says_the_same_and_what_is_new_is_kept(
    case: tuple[type[AnswerModel], dict[str, Any]], new: dict[str, Any]
) -> None:
    model, values = case
    snake = model.model_validate(values)
    other = model.model_validate({camel(name): value for name, value in values.items()})
    assert {name: getattr(snake, name) for name in values} == {name: getattr(other, name) for name in values}
    assert snake.model_extra == {}
    assert all(getattr(snake, name) is not None for name in values)
    kept = model.model_validate({**values, **new}).model_extra
    assert kept is not None
    assert kept.keys() == new.keys()
    assert repr(kept) == repr(new)


class Page(AnswerModel):
    """A list of other objects, as a service may come to answer."""

    items: list[canvas.JobResult]
    total_count: int | None = None


def test_one_odd_item_does_not_spoil_a_list() -> None:
    page = tolerant(Page, {"items": [{"url": "https://e.com/1", "width": "wide"}, {"sizeBytes": 5}], "totalCount": []})
    first, second = page.items
    assert (first.url, first.width, second.size_bytes) == ("https://e.com/1", None, 5)
    assert page.total_count is None
    with pytest.raises(ValidationError):
        tolerant(Page, {"items": ["no object"]})


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[type[AnswerModel], dict[str, Any]]:
    """An answer with any JSON at some of its names, in either casing."""
    model, values = draw(answers())
    names = sorted({*model.model_fields, *(camel(name) for name in model.model_fields)})
    return model, {**values, **draw(st.dictionaries(st.sampled_from(names), JSON, max_size=4))}


@pytest.mark.slow
@settings(deadline=None)
@given(spoilt())
def test_any_json_is_read_or_is_no_answer(case: tuple[type[AnswerModel], dict[str, Any]]) -> None:
    """One odd value does not spoil the rest; only what is required must be there."""
    model, raw = case
    required = [name for name, info in model.model_fields.items() if info.is_required()]
    spellings = {name for one in required for name in (one, camel(one), "id")}
    try:
        read = tolerant(model, raw)
    except ValidationError as error:
        missing = {str(detail["loc"][0]) for detail in error.errors()}
        assert missing <= spellings
    else:
        assert all(getattr(read, name) is not None for name in required)
