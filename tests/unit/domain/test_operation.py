"""Parameters that count, and what a model leaves of them."""

from __future__ import annotations

import pytest

from studio.domain.operation import Limit, MediaKind, ModelChoice, Operation, Parameter, ParameterKind

K = ParameterKind
PROMPT = Parameter("prompt", "Prompt", K.TEXT, required=True, maximum=5000)
MODEL = Parameter("model", "Model", K.TEXT, suggestions=("short", "long"))
DURATION = Parameter("duration", "Duration", K.INTEGER, default=4, minimum=1, maximum=60, unit="s")
RESOLUTION = Parameter("resolution", "Resolution", K.CHOICE, choices=("720p", "1080p", "4k"))
VOICE = Parameter("voice", "Voice", K.TEXT, applies={"custom": (True,), "style": ("song", "rap")})
PICTURE = Parameter("image_url", "Picture", K.MEDIA, accepts=(MediaKind.IMAGE,))
PICTURES = Parameter("images", "Pictures", K.MEDIA_LIST, accepts=(MediaKind.IMAGE,))
SHORT = ModelChoice("short", "Short", {"duration": Limit(choices=(4, 8)),
                                       "resolution": Limit(choices=("1080p", "720p", "8k"))})
LONG = ModelChoice("long", "Long", {"duration": Limit(minimum=10), "prompt": Limit(maximum=500)})
OPERATION = Operation("a.b", "A B", MediaKind.VIDEO, (PROMPT, MODEL, DURATION, RESOLUTION, VOICE, PICTURE, PICTURES),
                      models=(SHORT, LONG))


def narrowed(**values: object) -> dict[str, Parameter]:
    return {one.name: one for one in OPERATION.narrowed(values)}


def test_parameters_are_found_by_name() -> None:
    assert OPERATION.parameter("duration") is DURATION
    assert OPERATION.parameter("Duration") is None
    assert OPERATION.media_parameters == (PICTURE, PICTURES)
    assert [one.is_media for one in (PROMPT, PICTURE, PICTURES)] == [False, True, True]
    assert not OPERATION.discovered


@pytest.mark.parametrize(("values", "counts"), [
    ({}, False), ({"custom": True}, False), ({"custom": True, "style": "talk"}, False),
    ({"custom": True, "style": "rap"}, True), ({"custom": False, "style": "rap"}, False),
])
def test_what_counts_beside_other_values(values: dict[str, object], counts: bool) -> None:
    assert VOICE.counts(values) is counts
    assert ("voice" in narrowed(**values)) is counts
    assert PROMPT.counts(values)


def test_without_a_model_or_with_one_that_is_not_known_nothing_is_narrowed() -> None:
    for values in ({}, {"model": None}, {"model": "another"}):
        assert tuple(narrowed(**values).values()) == (PROMPT, MODEL, DURATION, RESOLUTION, PICTURE, PICTURES)


def test_a_model_narrows_choices_and_bounds() -> None:
    short, long = narrowed(model="short"), narrowed(model="long")
    assert (short["duration"].kind, short["duration"].choices) == (K.CHOICE, (4, 8))
    assert short["resolution"].choices == ("720p", "1080p"), "in the operation's order, and nothing that it has not"
    assert short["prompt"] is PROMPT
    assert (long["duration"].kind, long["duration"].minimum, long["duration"].maximum) == (K.INTEGER, 10, 60)
    assert (long["prompt"].maximum, long["prompt"].minimum, long["resolution"]) == (500, None, RESOLUTION)
    assert OPERATION.parameter("duration") is DURATION, "the operation itself stays as it is"
