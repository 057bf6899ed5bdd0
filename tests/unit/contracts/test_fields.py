"""Every field of every operation as the services' pages have it: type, limits, default, and where it is known from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from studio.contracts.operations import (
    CANNON,
    CANVAS,
    CANVAS_PATHS,
    LOCAL_EXTRAS,
    NOT_YET_LOCAL,
    WireOperation,
    at_engine,
    find,
)
from studio.contracts.schema import input_schema
from studio.contracts.wire import Source

EVERY = [*CANNON, *CANVAS]
Expected = Mapping[str, Mapping[str, Any]]

PROMPT = {"type": "string", "pattern": r"\S", "maxLength": 5000, "required": True}
SEED = {"type": "integer", "minimum": 0, "maximum": 2147483647}
SWITCH = {"type": "boolean"}
WEIGHT = {"type": "number", "minimum": 0, "maximum": 1}
RATIOS = ["16:9", "9:16", "1:1", "4:3", "3:4"]
LINES = ["720p", "1080p", "4k"]
SORA = [4, 8, 12, 16, 20]


def text(longest: int, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest, **more}


def choice(values: list[Any], **more: Any) -> dict[str, Any]:
    return {"type": "integer" if isinstance(values[0], int) else "string", "enum": values, **more}


def number(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"type": "number", "minimum": low, "maximum": high, **more}


def length(high: float = 3600) -> dict[str, Any]:
    return {"type": "number", "exclusiveMinimum": 0, "maximum": high}


def media(*kinds: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "x-media": list(kinds), **more}


def pictures(most: int, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": most, "x-media": ["image"], **more}


MODEL = text(100, minLength=1)
NEEDED_VIDEO = media("video", required=True)
_REWRITE = {"prompt": PROMPT, "rewriteRequest": text(1000)}
_SOUND = {"title": text(200), "mode": text(100), "description_prompt": text(5000), "negative_tags": text(500),
          "prompt_influence": WEIGHT, "seed": SEED}
_SORA_CHANGE = {"sora_video_id": text(200, minLength=1, required=True), "prompt": PROMPT, "model": MODEL,
                "aspect_ratio": choice(["16:9", "9:16"]), "resolution": choice(["720p", "1080p"]),
                "source_video_url": media("video"), "duration": choice(SORA)}

CANNON_FIELDS: dict[str, Expected] = {
    "video.generate": {
        "prompt": PROMPT, "model": MODEL, "duration": {"type": "integer", "minimum": 1, "maximum": 60, "default": 5},
        "image_url": media("image"), "first_frame_url": media("image"), "source_video_url": media("video"),
        "first_clip_url": media("video"), "reference_image_urls": pictures(9), "end_image_url": media("image"),
        "last_frame_url": media("image"), "aspect_ratio": choice(RATIOS, default="16:9"),
        "resolution": choice(LINES, default="1080p"), "audio_url": media("audio"), "negative_prompt": text(5000),
        "prompt_extend": SWITCH, "watermark": SWITCH, "seed": SEED, "nsfw_checker": SWITCH,
    },
    "image.generate": {
        "prompt": PROMPT, "model": MODEL, "aspect_ratio": choice(RATIOS, default="1:1"),
        "quality": choice(["low", "medium", "high"]), "resolution": choice(["1K", "2K", "4K"], default="1K"),
        "style": text(200), "reference_image_urls": pictures(9), "reference_prompt_balance": WEIGHT,
    },
    "image.edit": {
        "prompt": PROMPT, "image_url": media("image", required=True), "model": MODEL, "aspect_ratio": choice(RATIOS),
        "resolution": choice(["1K", "2K", "4K"]),
    },
    "sora2.character.video": {
        "prompt": PROMPT, "duration": choice(SORA, default=4), "aspect_ratio": choice(["16:9", "9:16"], default="16:9"),
        "resolution": choice(["720p", "1080p"], default="720p"), "seed": SEED,
        "character_ids": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 200}, "minItems": 1,
                          "maxItems": 4, "required": True},
    },
    "sora2.character.create": {"name": text(80, pattern=r"\S", required=True), "video_url": NEEDED_VIDEO},
    "prompt.enhance.video": {**_REWRITE, "visualStyle": text(200), "aspectRatio": choice(RATIOS), "duration": length(60)},
    "prompt.enhance.image": {**_REWRITE, "visualStyle": text(200), "aspectRatio": choice(RATIOS)},
    "prompt.enhance.location": {**_REWRITE, "visualStyle": text(200)},
    "prompt.enhance.variant": _REWRITE,
    "music.generate": {
        **_SOUND, "prompt": PROMPT, "provider": text(100), "style": text(1000), "model": MODEL, "custom_mode": SWITCH,
        "instrumental": SWITCH, "vocal_gender": choice(["m", "f"]), "style_weight": WEIGHT, "weirdness_constraint": WEIGHT,
        "audio_weight": WEIGHT, "persona_id": text(200), "duration_seconds": number(1, 480, default=30),
    },
    "narration.generate": {
        "text": PROMPT, "voice_id": text(200), "tone": text(200), "stability": WEIGHT, "similarity_boost": WEIGHT,
        "speed": number(0.25, 4),
    },
    "soundfx.generate": {**_SOUND, "prompt": PROMPT, "duration_seconds": number(0.5, 300), "video_url": media("video")},
    "lipsync.generate": {
        "video_url": NEEDED_VIDEO, "audio_url": media("audio", required=True), "video_duration": length(),
        "audio_duration": length(), "video_title": text(200), "audio_title": text(200),
    },
    "subtitles.generate": {
        "video_url": NEEDED_VIDEO, "duration": length(), "file_name": text(255), "content_type": text(100),
        "subtitle_settings": {"object": "SubtitleSettings"},
    },
    "smartmotion.generate": {
        "file_url": media("image", "video", required=True), "file_name": text(255), "content_type": text(100),
        "duration": number(1, 60), "motion": text(100), "motion_scale": number(0, 10), "control_mode": text(100),
        "prompt": text(5000), "negative_prompt": text(500), "camera_control": {"object": "CameraControl"},
    },
    "video.upscale": {
        "video_url": NEEDED_VIDEO, "video_title": text(200), "duration_seconds": length(), "model": MODEL,
        "target_resolution": choice(LINES), "upscale_factor": number(1, 4), "target_fps": number(1, 120),
        "thumbnail_url": media("image"),
    },
    "sora2.video.edit": _SORA_CHANGE,
    "sora2.video.extend": {
        **_SORA_CHANGE, "source_duration": length(),
        "duration": {"type": "integer", "minimum": 1, "maximum": 20, "default": 4},
    },
    "sora2.video.remix": _SORA_CHANGE,
}
_RESOLUTION = choice(LINES, default="1080p")
CANVAS_FIELDS: dict[str, Expected] = {
    "video.generate": {"prompt": PROMPT, "image_url": media("image"), "duration": choice([5, 10, 15], default=5),
                       "resolution": _RESOLUTION, "audio": {"type": "boolean", "default": False}},
    "image.generate": {"prompt": PROMPT, "reference_images": pictures(3), "aspect_ratio": choice(RATIOS, default="1:1"),
                       "resolution": _RESOLUTION},
    "scene.compose": {"images": pictures(3, minItems=2, required=True), "scene": text(5000), "resolution": _RESOLUTION},
    "style.transfer": {"image_url": media("image", required=True), "style": text(1000), "resolution": _RESOLUTION},
}
INNER: dict[str, Expected] = {
    "SubtitleSettings": {
        "font": text(100, minLength=1), "fontSize": number(8, 300), "strokeWidth": number(0, 40),
        "color": {"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"},
        "strokeColor": {"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"},
    },
    "CameraControl": {name: number(-100, 100) for name in ("pan", "tilt", "roll", "zoom", "horizontal", "vertical")},
}
ENGINE_ONLY: dict[tuple[str, str], set[str]] = {
    ("cannon", "video.generate"): {"audio"}, ("cannon", "image.generate"): {"seed"}, ("cannon", "image.edit"): {"seed"},
    ("cannon", "smartmotion.generate"): {"seed"}, ("cannon", "sora2.video.edit"): {"seed"},
    ("cannon", "sora2.video.extend"): {"seed"}, ("cannon", "sora2.video.remix"): {"seed"},
    **{("canvas", name): {"seed"} for name in CANVAS_FIELDS},
}
_KEYS = ("type", "enum", "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "minItems", "maxItems",
         "pattern", "default", "x-media")


def named(operation: WireOperation) -> str:
    return f"{operation.contract}-{operation.id}"


def essence(field: Mapping[str, Any], *, required: bool) -> dict[str, Any]:
    """What the tables above say of a field."""
    if "$ref" in field:
        return {"object": field["$ref"].rpartition("/")[2]}
    found = {key: field[key] for key in _KEYS if key in field}
    if "items" in field:
        found["items"] = dict(field["items"])
    return {**found, "required": True} if required else found


def test_nineteen_and_four() -> None:
    assert [op.id for op in CANNON] == list(CANNON_FIELDS)
    assert {op.id for op in CANVAS} == set(CANVAS_FIELDS)
    assert (len(CANNON), len(CANVAS)) == (19, 4)


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_the_fields_of_the_service(operation: WireOperation) -> None:
    schema = input_schema(operation, engine=False)
    found = {name: essence(field, required=name in schema["required"]) for name, field in schema["properties"].items()}
    expected = (CANNON_FIELDS if operation.contract == "cannon" else CANVAS_FIELDS)[operation.id]
    assert found == {name: dict(field) for name, field in expected.items()}
    assert schema["additionalProperties"] is False
    for name, inner in schema.get("$defs", {}).items():
        assert {one: essence(field, required=False) for one, field in inner["properties"].items()} == INNER[name]
        assert inner["additionalProperties"] is False


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_what_the_engine_has_beside_it_and_what_it_refuses(operation: WireOperation) -> None:
    assert operation.engine_only == ENGINE_ONLY.get((operation.contract, operation.id), set())
    here, there = (set(input_schema(operation, engine=side)["properties"]) for side in (True, False))
    assert here - there == operation.engine_only
    assert there - here == operation.engine_omits
    assert operation.engine_omits <= set(operation.model.model_fields)


@pytest.mark.parametrize("operation", EVERY, ids=named)
@pytest.mark.parametrize("engine", [True, False])
def test_every_field_says_what_it_is_and_where_it_is_known_from(operation: WireOperation, engine: bool) -> None:
    schema = input_schema(operation, engine=engine)
    groups = [schema["properties"], *(inner["properties"] for inner in schema.get("$defs", {}).values())]
    for name, field in (pair for group in groups for pair in group.items()):
        assert field["description"], name
        assert field["x-label"], name
        assert field["x-source"] in set(Source), name
        assert "anyOf" not in field, f"{name}: null is not something to send"
        assert ("type" in field) or ("$ref" in field), name
    assert operation.source in set(Source)
    assert operation.title


def test_operations_are_found_by_contract_and_name() -> None:
    assert find("cannon", "video.generate") is CANNON[0]
    assert find("canvas", "video.generate") is CANVAS[0]
    assert find("cannon", "video.imagine") is None
    assert CANVAS_PATHS == {"video.generate": "/video/generate", "image.generate": "/image/generate",
                            "scene.compose": "/scene/compose", "style.transfer": "/style/transfer"}


def test_what_the_engine_does() -> None:
    """An operation that no renderer does is known to the contracts, and listed by no engine."""
    assert {op.id for op in EVERY} >= NOT_YET_LOCAL
    for contract, known in (("cannon", CANNON), ("canvas", CANVAS)):
        assert at_engine(contract) == tuple(op for op in known if op.id not in NOT_YET_LOCAL)  # type: ignore[arg-type]
    assert [op.id for op in LOCAL_EXTRAS] == ["scene.compose", "style.transfer"]
    assert not {op.id for op in LOCAL_EXTRAS} & {op.id for op in CANNON}
