"""The contracts as forms see them."""

from __future__ import annotations

import pytest

from studio.contracts.operations import CANNON, CANVAS, LOCAL_EXTRAS, NOT_YET_LOCAL
from studio.domain.account import Service
from studio.domain.operation import Limit, MediaKind, Operation, Parameter, ParameterKind
from studio.providers.catalogue import find_wire, media_fields, operations, wire_operations

K = ParameterKind
REMOTE = (Service.CANNON_STUDIO, Service.CANVAS_LABS)


def operation(service: Service, name: str, *, at_engine: bool = False) -> Operation:
    return next(one for one in operations(service, at_engine=at_engine) if one.id == name)


def parameter(service: Service, name: str, field: str) -> Parameter:
    found = operation(service, name).parameter(field)
    assert found is not None
    return found


@pytest.mark.parametrize("service", list(Service))
def test_every_field_of_the_schema_is_a_parameter(service: Service) -> None:
    for one in operations(service):
        properties, required = one.input_schema["properties"], one.input_schema["required"]
        assert isinstance(properties, dict)
        assert isinstance(required, list)
        hidden = {"model", "provider"} & set(properties) if service is Service.LOCAL else set()
        assert {parameter.name for parameter in one.parameters} == set(properties) - hidden
        assert {parameter.name for parameter in one.parameters if parameter.required} == set(required)
        everything = [*one.parameters, *(inner for outer in one.parameters for inner in outer.fields)]
        assert all(parameter.label and parameter.help and parameter.source for parameter in everything)
        assert all(parameter.accepts for parameter in one.media_parameters)
        assert all(parameter.choices for parameter in everything if parameter.kind in (K.CHOICE, K.ASPECT_RATIO))
        assert all(parameter.fields for parameter in one.parameters if parameter.kind is K.GROUP)
        assert not one.discovered
        advanced = [parameter.advanced for parameter in one.parameters]
        assert advanced == sorted(advanced)


def test_the_local_video_form() -> None:
    video = operation(Service.LOCAL, "video.generate")
    assert (video.title, video.kind) == ("Generate Video", MediaKind.VIDEO)
    wanted = [("prompt", K.TEXT), ("image_url", K.MEDIA), ("aspect_ratio", K.ASPECT_RATIO), ("duration", K.INTEGER),
              ("resolution", K.CHOICE), ("seed", K.SEED)]
    shown = {p.name: p for p in video.parameters if p.name in dict(wanted)}
    assert [(p.name, p.kind) for p in shown.values()] == wanted
    prompt, image, ratio, duration, resolution, seed = shown.values()
    assert (prompt.required, prompt.multiline, prompt.minimum, prompt.maximum) == (True, True, 1, 5000)
    assert (image.required, image.accepts, image.label) == (False, (MediaKind.IMAGE,), "Start frame")
    assert (ratio.default, ratio.choices) == ("16:9", ("16:9", "9:16", "1:1", "4:3", "3:4"))
    assert (duration.unit, duration.default, duration.minimum, duration.maximum) == ("s", 5, 1, 60)
    assert (resolution.choices, resolution.default) == (("720p", "1080p", "4k"), "1080p")
    assert (seed.minimum, seed.maximum, seed.default) == (0, 2147483647, None)
    audio = parameter(Service.LOCAL, "video.generate", "audio")
    assert (audio.kind, audio.default) == (K.SWITCH, False)
    assert video.parameter("model") is None
    assert video.models == ()


def test_what_only_the_engine_has_is_only_there() -> None:
    assert operation(Service.CANNON_STUDIO, "video.generate").parameter("audio") is None
    assert operation(Service.CANNON_STUDIO, "image.generate").parameter("seed") is None
    assert operation(Service.CANVAS_LABS, "video.generate").parameter("seed") is None
    played = operation(Service.CANVAS_LABS, "video.generate", at_engine=True).parameter("seed")
    assert played is not None
    assert played.kind is K.SEED


@pytest.mark.parametrize(("service", "name", "field", "kind"), [
    (Service.CANVAS_LABS, "video.generate", "duration", K.CHOICE),
    (Service.CANVAS_LABS, "scene.compose", "images", K.MEDIA_LIST),
    (Service.CANVAS_LABS, "scene.compose", "scene", K.TEXT),
    (Service.CANNON_STUDIO, "sora2.character.video", "character_ids", K.TEXT_LIST),
    (Service.CANNON_STUDIO, "subtitles.generate", "subtitle_settings", K.GROUP),
    (Service.CANNON_STUDIO, "smartmotion.generate", "file_url", K.MEDIA),
    (Service.CANNON_STUDIO, "prompt.enhance.image", "aspectRatio", K.ASPECT_RATIO),
    (Service.CANNON_STUDIO, "narration.generate", "stability", K.NUMBER),
    (Service.CANNON_STUDIO, "music.generate", "vocal_gender", K.CHOICE),
    (Service.CANNON_STUDIO, "video.upscale", "upscale_factor", K.NUMBER),
    (Service.CANNON_STUDIO, "sora2.video.extend", "duration", K.INTEGER),
    (Service.CANNON_STUDIO, "lipsync.generate", "audio_url", K.MEDIA),
])
def test_the_control_of_a_field(service: Service, name: str, field: str, kind: ParameterKind) -> None:
    assert parameter(service, name, field).kind is kind


def test_a_list_of_lengths_is_a_choice() -> None:
    duration = parameter(Service.CANVAS_LABS, "video.generate", "duration")
    assert (duration.choices, duration.default, duration.unit) == ((5, 10, 15), 5, "s")
    images = parameter(Service.CANVAS_LABS, "scene.compose", "images")
    assert (images.minimum, images.maximum, images.required) == (2, 3, True)


def test_groups_have_their_fields() -> None:
    look = {one.name: one for one in parameter(Service.CANNON_STUDIO, "subtitles.generate", "subtitle_settings").fields}
    assert {name: one.kind for name, one in look.items()} == {
        "font": K.TEXT, "fontSize": K.NUMBER, "color": K.COLOUR, "strokeColor": K.COLOUR, "strokeWidth": K.NUMBER,
    }
    camera = parameter(Service.CANNON_STUDIO, "smartmotion.generate", "camera_control")
    assert [one.name for one in camera.fields] == ["pan", "tilt", "roll", "zoom", "horizontal", "vertical"]
    assert camera.applies == {"control_mode": ("camera_control",)}
    motion = parameter(Service.CANNON_STUDIO, "smartmotion.generate", "file_url")
    assert motion.accepts == (MediaKind.IMAGE, MediaKind.VIDEO)


def test_fields_of_custom_mode_count_there_only() -> None:
    music = operation(Service.CANNON_STUDIO, "music.generate")
    plain = {one.name for one in music.narrowed({})}
    custom = {one.name for one in music.narrowed({"custom_mode": True})}
    assert custom - plain == {"vocal_gender", "persona_id"}


def test_known_models_are_named_and_others_allowed() -> None:
    video = operation(Service.CANNON_STUDIO, "video.generate")
    model = parameter(Service.CANNON_STUDIO, "video.generate", "model")
    assert (model.kind, model.suggestions) == (K.TEXT, ("seedance2", "wan27video"))
    assert "seedance2, wan27video" in model.help
    assert [one.id for one in video.models] == ["seedance2", "wan27video", "sora-2", "sora-2-pro"]
    wan = next(one for one in video.models if one.id == "wan27video")
    assert wan.limits["duration"] == Limit((), 2, 15)
    duration = next(one for one in video.narrowed({"model": "sora-2"}) if one.name == "duration")
    assert (duration.kind, duration.choices) == (K.CHOICE, (4, 8, 12, 16, 20))
    extend = operation(Service.CANNON_STUDIO, "sora2.video.extend")
    free = next(one for one in extend.narrowed({"model": "sora-2"}) if one.name == "duration")
    assert (free.kind, free.minimum, free.maximum) == (K.INTEGER, 1, 20), "any length is brought to one that it takes"


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
    assert wire_operations(Service.CANNON_STUDIO) is CANNON
    here = [one.id for one in wire_operations(Service.LOCAL)]
    assert here == [one.id for one in (*CANNON, *LOCAL_EXTRAS) if one.id not in NOT_YET_LOCAL]
    assert [len(operations(service)) for service in REMOTE] == [19, 4]
    assert find_wire(Service.CANNON_STUDIO, "scene.compose") is None
    assert find_wire(Service.CANVAS_LABS, "scene.compose") is CANVAS[2]
