"""The typed methods against the contracts: names, types, defaults, and what of each field reaches the wire."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Sequence
from typing import Any, Literal

import pytest
from pydantic.fields import FieldInfo

from studio.contracts.cannon.finishing import CameraControl, SubtitleSettings
from studio.contracts.operations import CANNON, CANVAS, CANVAS_PATHS, WireOperation
from studio.domain.errors import InputError
from studio.providers.clients import AsyncCannonStudio, AsyncCanvasLabs, CannonStudio, CanvasLabs
from studio.providers.clients.media import Media
from tests.unit.net.raw_server import RawServer, reply

_OPTIONS = {"cannon": {"webhook_url", "idempotency_key"}, "canvas": {"idempotency_key"}}
_OBJECTS: dict[type, object] = {
    SubtitleSettings: {"font": "Inter", "fontSize": 56, "color": "#FFFFFF", "strokeColor": "#000000", "strokeWidth": 2},
    CameraControl: {"pan": 1, "tilt": 2, "roll": 3, "zoom": 18, "horizontal": 4, "vertical": 5},
}
_CUSTOM = {"custom_mode": True, "style": "jazz", "title": "Blue"}
# What the rules between fields ask for beside a field.
_COMPANIONS: dict[str, dict[str, object]] = {
    "end_image_url": {"image_url": "https://example.com/start.png"},
    "last_frame_url": {"image_url": "https://example.com/start.png"},
    "custom_mode": _CUSTOM, "vocal_gender": _CUSTOM, "persona_id": _CUSTOM,
    "soundfx.generate:mode": {"video_url": "https://example.com/scene.mp4"},
    "control_mode": {"camera_control": {"zoom": 18}},
}


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda match: "_" + match[0].lower(), name)


def method(client: object, operation: WireOperation) -> Any:
    found: Any = client
    for name in operation.id.split("."):
        found = getattr(found, name)
    return found


def without_none(hint: Any) -> Any:
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint
    kept = tuple(one for one in typing.get_args(hint) if one is not type(None))
    return kept[0] if len(kept) == 1 else typing.Union[kept]  # noqa: UP007  made of a tuple


def expected(info: FieldInfo) -> Any:
    """The parameter's type for a field of a contract."""
    plain = without_none(info.annotation)
    extra = info.json_schema_extra
    if isinstance(extra, dict) and "x-media" in extra:
        return Sequence[Media] if typing.get_origin(plain) is list else Media
    return Sequence[str] if typing.get_origin(plain) is list else plain


def sample(info: FieldInfo) -> Any:
    """A value that the contract takes, other than its default."""
    plain, extra = without_none(info.annotation), info.json_schema_extra
    if plain in _OBJECTS:
        return _OBJECTS[plain]
    if typing.get_origin(plain) is Literal:
        return next(choice for choice in reversed(typing.get_args(plain)) if choice != info.default)
    if typing.get_origin(plain) is list:
        least = next((rule.min_length for rule in info.metadata if hasattr(rule, "min_length")), 1)
        return [f"https://example.com/{number}.png" for number in range(max(1, least))]
    if isinstance(extra, dict) and "x-media" in extra:
        return "https://example.com/file.mp4"
    if plain is bool:
        return True
    if plain is str:
        return (info.examples or ["a few words"])[0]
    least = next((rule.ge for rule in info.metadata if hasattr(rule, "ge")), 0)
    return int(least) + 1 if plain is int else least + 0.5


def named(operations: Sequence[WireOperation]) -> list[Any]:
    return [pytest.param(operation, id=f"{operation.contract}:{operation.id}") for operation in operations]


EVERY = (*CANNON, *CANVAS)
CASES = named(EVERY)


@pytest.mark.parametrize("operation", CASES)
def test_the_signature_is_the_contract(operation: WireOperation) -> None:
    client = CannonStudio("key") if operation.contract == "cannon" else CanvasLabs("key")
    called = method(client, operation)
    parameters = inspect.signature(called).parameters
    fields = {snake(name): info for name, info in operation.model.model_fields.items()}
    assert parameters.keys() == fields.keys() | _OPTIONS[operation.contract]
    hints = typing.get_type_hints(called)
    for name, info in fields.items():
        parameter, hint = parameters[name], hints[name]
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        if info.is_required():
            assert parameter.default is inspect.Parameter.empty
        else:
            assert parameter.default is None
            assert type(None) in typing.get_args(hint)
        told = without_none(hint)
        wanted = expected(info)
        if wanted in _OBJECTS:
            assert wanted in typing.get_args(told)
        elif wanted is not Media:
            assert told == wanted, name
        else:
            assert set(typing.get_args(told)) == set(typing.get_args(Media))


def body_of(server: RawServer, operation: WireOperation) -> Any:
    seen = server.posts[-1]
    if operation.contract == "canvas":
        assert seen.path == f"/v1{CANVAS_PATHS[operation.id]}"
        return seen.json()
    assert seen.path == "/api/v1/requests"
    body = seen.json()
    assert body.keys() == {"operation", "input"}
    assert body["operation"] == operation.id
    return body["input"]


@pytest.mark.parametrize("operation", CASES)
async def test_each_field_reaches_the_wire_and_nothing_else_does(
    server: RawServer, cannon: AsyncCannonStudio, canvas: AsyncCanvasLabs, operation: WireOperation
) -> None:
    server.say(reply(202, {"id": "req_1", "job_id": "req_1", "status": "queued"}))
    call = method(cannon if operation.contract == "cannon" else canvas, operation)
    fields = operation.model.model_fields
    required = {name: sample(info) for name, info in fields.items() if info.is_required()}
    job = await call(**{snake(name): value for name, value in required.items()})
    assert (job.id, job.status, job.operation, job.done) == ("req_1", "queued", operation.id, False)
    assert body_of(server, operation) == required
    for name, info in fields.items():
        if info.is_required() or name in operation.engine_only:
            continue
        beside = _COMPANIONS.get(f"{operation.id}:{name}", _COMPANIONS.get(name, {}))
        values = {**required, **beside, name: sample(info)}
        await call(**{snake(key): value for key, value in values.items()})
        assert body_of(server, operation) == values


@pytest.mark.parametrize("operation", named([operation for operation in EVERY if operation.engine_only]))
async def test_fields_of_the_engine_go_to_the_engine_only(
    server: RawServer, cannon: AsyncCannonStudio, canvas: AsyncCanvasLabs, operation: WireOperation
) -> None:
    server.say(reply(202, {"id": "req_1", "job_id": "req_1", "status": "queued"}))
    client: AsyncCannonStudio | AsyncCanvasLabs = cannon if operation.contract == "cannon" else canvas
    fields = operation.model.model_fields
    values = {name: sample(info) for name, info in fields.items() if info.is_required() or name in operation.engine_only}
    given = {snake(name): value for name, value in values.items()}
    with pytest.raises(InputError) as caught:
        await method(client, operation)(**given)
    assert caught.value.field in operation.engine_only
    assert server.seen == []
    client._connection.at_engine = True
    await method(client, operation)(**given)
    assert body_of(server, operation) == values


async def test_the_contracts_own_objects_and_tuples(server: RawServer, cannon: AsyncCannonStudio) -> None:
    server.say(reply(202, {"id": "req_1", "status": "queued"}))
    await cannon.subtitles.generate(
        video_url="https://example.com/v.mp4", subtitle_settings=SubtitleSettings(font="Inter", strokeWidth=2)
    )
    assert server.posts[-1].json()["input"] == {
        "video_url": "https://example.com/v.mp4", "subtitle_settings": {"font": "Inter", "strokeWidth": 2},
    }
    await cannon.image.generate(prompt="x", reference_image_urls=("https://example.com/a.png", "https://example.com/b.png"))
    assert server.posts[-1].json()["input"] == {
        "prompt": "x", "reference_image_urls": ["https://example.com/a.png", "https://example.com/b.png"],
    }


@pytest.mark.parametrize(("values", "field"), [
    ({"prompt": ""}, "prompt"), ({"prompt": "x", "duration": 0}, "duration"),
    ({"prompt": "x", "resolution": "8k"}, "resolution"),
    ({"prompt": "x", "model": "wan27video", "duration": 20}, "duration"),
    ({"prompt": "x", "image_url": "https://e.com/a.png", "first_clip_url": "https://e.com/a.mp4"}, "image_url"),
    ({"prompt": "x", "image_url": "http://example.com/a.png"}, "image_url"),
    ({"prompt": "x", "image_url": "file:///etc/passwd"}, "image_url"),
    ({"prompt": "x", "image_url": "photo.png"}, "image_url"),
    ({"prompt": "x", "reference_image_urls": "https://e.com/a.png"}, "reference_image_urls"),
])
async def test_a_faulty_input_is_not_sent(
    server: RawServer, cannon: AsyncCannonStudio, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        await cannon.video.generate(**values)
    assert caught.value.field == field
    assert server.seen == []


async def test_any_operation_by_its_id(server: RawServer, cannon: AsyncCannonStudio) -> None:
    """Known ones are checked unless that is left to the service; one that is not known goes as it is."""
    server.say(reply(202, {"id": "req_1", "status": "queued"}))
    await cannon.requests.create("three_d.model.generate", {"prompt": "a chair", "faces": 5000},
                                 webhook_url="https://example.com/hook")
    assert server.posts[-1].json() == {
        "operation": "three_d.model.generate", "input": {"prompt": "a chair", "faces": 5000},
        "webhook_url": "https://example.com/hook",
    }
    with pytest.raises(InputError):
        await cannon.requests.create("image.generate", {"prompt": "x", "new_field": 1})
    assert len(server.posts) == 1
    await cannon.requests.create("image.generate", {"prompt": "x", "new_field": 1}, check=False)
    assert server.posts[-1].json() == {"operation": "image.generate", "input": {"prompt": "x", "new_field": 1}}


@pytest.mark.parametrize("address", ["http://example.com/hook", "hook", "https://user:word@example.com/"])
async def test_a_webhook_needs_a_safe_address(server: RawServer, cannon: AsyncCannonStudio, address: str) -> None:
    with pytest.raises(InputError) as caught:
        await cannon.image.generate(prompt="x", webhook_url=address)
    assert caught.value.field == "webhook_url"
    assert server.seen == []
