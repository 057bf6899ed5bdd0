"""The contracts as forms see them."""

from __future__ import annotations

import pytest

from studio.contracts.operations import CANNON, CANVAS
from studio.domain.account import Service
from studio.domain.operation import MediaKind, Operation, ParameterKind
from studio.providers.catalogue import media_fields, operations, wire_operations

K = ParameterKind


def operation(service: Service, name: str, *, at_engine: bool = False) -> Operation:
    return next(one for one in operations(service, at_engine=at_engine) if one.id == name)


@pytest.mark.parametrize("service", list(Service))
def test_every_field_of_the_schema_is_a_parameter(service: Service) -> None:
    for one in operations(service):
        properties = one.input_schema["properties"]
        assert isinstance(properties, dict)
        assert {parameter.name for parameter in one.parameters} == set(properties)
        assert {parameter.name for parameter in one.parameters if parameter.required} == set(one.input_schema["required"])  # type: ignore[call-overload]
        assert all(parameter.label and parameter.help for parameter in one.parameters)
        assert all(parameter.accepts for parameter in one.media_parameters)
        assert all(parameter.choices for parameter in one.parameters if parameter.kind in (K.CHOICE, K.ASPECT_RATIO))


def test_the_local_video_form() -> None:
    video = operation(Service.LOCAL, "video.generate")
    assert (video.title, video.kind) == ("Generate Video", MediaKind.VIDEO)
    assert [(p.name, p.kind) for p in video.parameters][:6] == [
        ("prompt", K.TEXT), ("image_url", K.MEDIA), ("aspect_ratio", K.ASPECT_RATIO), ("duration", K.INTEGER),
        ("resolution", K.CHOICE), ("seed", K.SEED),
    ]
    prompt, image, ratio, duration, resolution, seed = video.parameters[:6]
    assert (prompt.required, prompt.multiline, prompt.minimum, prompt.maximum) == (True, True, 1, 5000)
    assert (image.required, image.accepts, image.label) == (False, (MediaKind.IMAGE,), "Start frame")
    assert (ratio.default, ratio.choices) == ("16:9", ("16:9", "9:16", "1:1", "4:3", "3:4"))
    assert (duration.unit, duration.default, duration.minimum, duration.maximum) == ("s", 5, 1, 60)
    assert (resolution.choices, resolution.default) == (("720p", "1080p", "4k"), "1080p")
    assert (seed.minimum, seed.maximum, seed.default) == (0, 2147483647, None)
    audio = video.parameter("audio")
    assert audio is not None
    assert (audio.kind, audio.default) == (K.SWITCH, False)
    assert video.parameter("model") is None
    advanced = [parameter.advanced for parameter in video.parameters]
    assert advanced == sorted(advanced)


def test_what_only_the_engine_has_is_only_there() -> None:
    assert operation(Service.CANNON_STUDIO, "video.generate").parameter("audio") is None
    assert operation(Service.CANNON_STUDIO, "image.generate").parameter("seed") is None
    assert operation(Service.CANVAS_LABS, "video.generate").parameter("seed") is None
    played = operation(Service.CANVAS_LABS, "video.generate", at_engine=True).parameter("seed")
    assert played is not None
    assert played.kind is K.SEED


def test_a_list_of_lengths_is_a_choice() -> None:
    duration = operation(Service.CANVAS_LABS, "video.generate").parameter("duration")
    assert duration is not None
    assert (duration.kind, duration.choices, duration.default, duration.unit) == (K.CHOICE, (5, 10, 15), 5, "s")


def test_known_models_are_named_and_others_allowed() -> None:
    model = operation(Service.CANNON_STUDIO, "video.generate").parameter("model")
    assert model is not None
    assert model.kind is K.TEXT
    assert "wan27video, seedance2" in model.help


def test_media_of_an_input() -> None:
    video = operation(Service.CANNON_STUDIO, "video.generate")
    references = ["https://b/", "file:///c", "", 7]
    values = {"prompt": "file:///no", "image_url": "file:///a.png", "reference_image_urls": references}
    assert media_fields(video, values) == {
        "image_url": ("file:///a.png",), "reference_image_urls": ("https://b/", "file:///c"),
    }
    assert media_fields(video, {"image_url": None, "audio_url": ""}) == {}


def test_services_and_contracts() -> None:
    assert wire_operations(Service.CANVAS_LABS) is CANVAS
    assert wire_operations(Service.LOCAL) is wire_operations(Service.CANNON_STUDIO) is CANNON
