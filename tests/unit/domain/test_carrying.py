"""The values of a form, taken over to another service."""

from __future__ import annotations

from studio.domain.account import Service
from studio.domain.carrying import carried
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Limit, ModelChoice, Operation, Parameter
from studio.providers.catalogue import operations

CANNON = {operation.id: operation for operation in operations(Service.CANNON_STUDIO)}
CANVAS = {operation.id: operation for operation in operations(Service.CANVAS_LABS)}
THERE = Operation(
    "video.generate", "Video", MediaKind.VIDEO,
    (
        Parameter("prompt", "Prompt", ParameterKind.TEXT, maximum=10),
        Parameter("duration", "Duration", ParameterKind.INTEGER, minimum=1, maximum=10),
        Parameter("ratio", "Ratio", ParameterKind.CHOICE, choices=("16:9", "1:1")),
        Parameter("model", "Model", ParameterKind.TEXT),
        Parameter("extra", "Extra", ParameterKind.TEXT, applies={"ratio": ("1:1",)}),
        Parameter("images", "Images", ParameterKind.MEDIA_LIST, maximum=2),
    ),
    models=(ModelChoice("short", "Short", {"duration": Limit(maximum=4)}),),
)


def test_what_fits_is_taken_and_the_rest_is_named() -> None:
    kept, left = carried({"prompt": "a fox", "duration": 20, "ratio": "9:16", "nobody": 1, "images": ["a", "b", "c"]}, THERE)
    assert kept == {"prompt": "a fox"}
    assert left == ["duration", "ratio", "nobody", "images"]


def test_a_model_of_another_service_is_left_out_and_one_that_is_known_binds() -> None:
    assert carried({"model": "other", "duration": 8}, THERE) == ({"duration": 8}, ["model"])
    assert carried({"model": "short", "duration": 8}, THERE) == ({"model": "short"}, ["duration"])


def test_what_does_not_count_there_is_left_out() -> None:
    assert carried({"extra": "x", "ratio": "16:9"}, THERE) == ({"ratio": "16:9"}, ["extra"])
    assert carried({"extra": "x", "ratio": "1:1"}, THERE) == ({"extra": "x", "ratio": "1:1"}, [])


def test_from_one_real_service_to_the_other() -> None:
    values = {"prompt": "a harbour at dusk", "duration": 5, "aspect_ratio": "16:9", "negative_prompt": "people"}
    there, left = carried(values, CANVAS["video.generate"])
    assert there["prompt"] == values["prompt"]
    assert set(there) | set(left) == set(values)
    back, _ = carried(there, CANNON["video.generate"])
    assert back == there
