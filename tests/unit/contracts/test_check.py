"""Inputs against the contracts: what is taken, and what is refused, in words, at which field."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.contracts.check import FieldError, check
from studio.contracts.examples import example_input
from studio.contracts.operations import CANNON, CANVAS, WireOperation
from studio.contracts.schema import input_schema
from tests.unit.contracts.test_fields import named

EVERY = [*CANNON, *CANVAS]
BY_NAME = {named(operation): operation for operation in EVERY}
VIDEO, IMAGE, EDIT = "cannon-video.generate", "cannon-image.generate", "cannon-image.edit"
MUSIC, SPEECH, EFFECTS = "cannon-music.generate", "cannon-narration.generate", "cannon-soundfx.generate"
UPSCALE, MOTION, TITLES = "cannon-video.upscale", "cannon-smartmotion.generate", "cannon-subtitles.generate"
EXTEND, LIPS, CAST = "cannon-sora2.video.extend", "cannon-lipsync.generate", "cannon-sora2.character.video"
P = {"prompt": "x"}
CLIP = {"video_url": "https://example.com/v.mp4"}
SORA = {"sora_video_id": "video_1", "prompt": "x"}


def fault(name: str, values: dict[str, Any], *, engine: bool = False) -> FieldError | None:
    try:
        check(BY_NAME[name], values, engine=engine)
    except FieldError as error:
        return error
    return None


SINGLE_FIELDS = [
    (VIDEO, {}, True, "prompt", "required"),
    (VIDEO, {"prompt": " \n\t"}, True, "prompt", "empty"),
    (VIDEO, {"prompt": "x" * 5001}, True, "prompt", "5000"),
    (VIDEO, {"prompt": 7}, True, "prompt", "text"),
    (VIDEO, {"prompt": "\ud800"}, True, "prompt", "half a character"),
    (VIDEO, {**P, "duration": "5"}, True, "duration", "whole number"),
    (VIDEO, {**P, "duration": 2.5}, True, "duration", "whole number"),
    (VIDEO, {**P, "duration": 0}, True, "duration", "at least 1"),
    (VIDEO, {**P, "duration": 61}, True, "duration", "at most 60"),
    (VIDEO, {**P, "resolution": "8k"}, True, "resolution", "one of"),
    (VIDEO, {**P, "seed": -1}, True, "seed", "at least 0"),
    (VIDEO, {**P, "seed": 2147483648}, True, "seed", "at most"),
    (VIDEO, {**P, "colour": "red"}, True, "colour", "not a field"),
    (MUSIC, {**P, "persona_id": "p"}, True, "persona_id", "local engine"),
    (VIDEO, {**P, "audio": True}, False, "audio", "this service"),
    (VIDEO, {**P, "audio": 1}, True, "audio", "true or false"),
    (VIDEO, {**P, "image_url": ""}, False, "image_url", "empty"),
    (IMAGE, {**P, "reference_image_urls": ["a"] * 10}, True, "reference_image_urls", "at most 9"),
    (IMAGE, {**P, "reference_image_urls": "a"}, True, "reference_image_urls", "list"),
    (IMAGE, {**P, "reference_prompt_balance": 1.01}, False, "reference_prompt_balance", "at most 1"),
    (EDIT, P, False, "image_url", "required"),
    ("canvas-video.generate", {**P, "duration": 6}, False, "duration", "5, 10 or 15"),
    ("canvas-video.generate", {**P, "seed": 1}, False, "seed", "this service"),
    ("canvas-image.generate", {**P, "aspect_ratio": "2:1"}, False, "aspect_ratio", "one of"),
    ("canvas-image.generate", {**P, "reference_images": ["a"] * 4}, False, "reference_images", "at most 3"),
    ("canvas-scene.compose", {"images": ["a"]}, False, "images", "at least 2"),
    ("canvas-scene.compose", {"images": ["a"] * 4}, False, "images", "at most 3"),
    ("canvas-style.transfer", {"style": "ink"}, False, "image_url", "required"),
    (LIPS, CLIP, False, "audio_url", "required"),
    (LIPS, {"audio_url": "a"}, False, "video_url", "required"),
    (LIPS, {**CLIP, "audio_url": "a", "video_duration": 0}, False, "video_duration", "more than 0"),
    (TITLES, {**CLIP, "subtitle_settings": {"color": "white"}}, False, "subtitle_settings", "#FFFFFF"),
    (TITLES, {**CLIP, "subtitle_settings": {"size": 5}}, False, "subtitle_settings", "not a field"),
    (TITLES, {**CLIP, "subtitle_settings": "big"}, False, "subtitle_settings", "object"),
    (MOTION, {"file_url": "a", "camera_control": {"zoom": 101}}, False, "camera_control", "at most 100"),
    (CAST, {**P, "character_ids": []}, False, "character_ids", "at least 1"),
    (CAST, {**P, "character_ids": [""]}, False, "character_ids", "empty"),
    (CAST, {**P, "character_ids": ["c"], "duration": 5}, False, "duration", "4, 8, 12, 16 or 20"),
    (EXTEND, {**SORA, "duration": 21}, False, "duration", "at most 20"),
    (SPEECH, {"text": "x", "speed": 5}, False, "speed", "at most 4"),
    (SPEECH, {"text": "x", "seed": 1}, True, "seed", "not a field"),
]


@pytest.mark.parametrize(("name", "values", "engine", "field", "word"), SINGLE_FIELDS)
def test_a_fault_is_told_by_its_field(name: str, values: dict[str, Any], engine: bool, field: str, word: str) -> None:
    found = fault(name, values, engine=engine)
    assert found is not None
    assert (found.field, word in found.message) == (field, True), found.message
    assert "pydantic" not in found.message


BETWEEN_FIELDS = [
    (VIDEO, {**P, "image_url": "a", "first_frame_url": "b"}, "image_url", "give one of them"),
    (VIDEO, {**P, "image_url": "a", "end_image_url": "b", "last_frame_url": "c"}, "end_image_url", "give one of them"),
    (VIDEO, {**P, "first_clip_url": "a", "source_video_url": "b"}, "first_clip_url", "give one of them"),
    (VIDEO, {**P, "image_url": "a", "source_video_url": "b"}, "image_url", "exclude"),
    (VIDEO, {**P, "first_frame_url": "a", "first_clip_url": "b"}, "first_frame_url", "exclude"),
    (VIDEO, {**P, "end_image_url": "a"}, "end_image_url", "start picture"),
    (VIDEO, {**P, "last_frame_url": "a", "source_video_url": "b"}, "last_frame_url", "start picture"),
    (IMAGE, {**P, "model": "gptimage2", "resolution": "4K"}, "resolution", "below 4K"),
    (EDIT, {**P, "image_url": "a", "model": "gptimage2", "resolution": "4K", "aspect_ratio": "1:1"}, "resolution", "below"),
    (MUSIC, {**P, "vocal_gender": "f"}, "vocal_gender", "custom_mode"),
    (MUSIC, {**P, "custom_mode": False, "persona_id": "p"}, "persona_id", "custom_mode"),
    (MUSIC, {**P, "custom_mode": True}, "style", "style and title"),
    (MUSIC, {**P, "custom_mode": True, "instrumental": True, "style": "jazz"}, "title", "needs title"),
    (MUSIC, {**P, "custom_mode": True, "style": "jazz", "title": "  "}, "title", "needs title"),
    (EFFECTS, {**P, "mode": "video_context"}, "video_url", "needs video_url"),
    (MOTION, {"file_url": "a", "control_mode": "camera_control"}, "camera_control", "needs camera_control"),
    (UPSCALE, {**CLIP, "target_resolution": "4k", "upscale_factor": 2}, "target_resolution", "give one of them"),
]


@pytest.mark.parametrize(("name", "values", "field", "word"), BETWEEN_FIELDS)
def test_rules_between_fields(name: str, values: dict[str, Any], field: str, word: str) -> None:
    found = fault(name, values)
    assert found is not None
    assert (found.field, word in found.message) == (field, True), found.message
    assert found.message.endswith(".")


GOOD = [
    (VIDEO, {**P, "first_frame_url": "a", "last_frame_url": "b"}),
    (VIDEO, {**P, "source_video_url": "a", "audio_url": "b"}),
    (VIDEO, {**P, "image_url": "a", "end_image_url": None, "source_video_url": None}),
    (IMAGE, {**P, "model": "gptimage2", "resolution": "4K", "aspect_ratio": "16:9"}),
    (IMAGE, {**P, "model": "seedream5", "resolution": "4K"}),
    (MUSIC, {**P, "custom_mode": True, "style": "jazz", "title": "Rain", "vocal_gender": "m", "persona_id": "p"}),
    (MUSIC, {**P, "style": "jazz"}),
    (EFFECTS, {**P, "mode": "video_context", **CLIP}),
    (MOTION, {"file_url": "a", "control_mode": "camera_control", "camera_control": {"zoom": 18}}),
    (MOTION, {"file_url": "a", "motion": "orbit", "duration": 6}),
    (UPSCALE, {**CLIP, "upscale_factor": 2}),
    (TITLES, {**CLIP, "subtitle_settings": {"font": "Inter", "fontSize": 56, "color": "#FFFFFF", "strokeColor": "#000000",
                                            "strokeWidth": 2}}),
    (EXTEND, {**SORA, "model": "sora-2-pro", "duration": 6}),
    ("canvas-scene.compose", {"images": ["a", "b", "c"], "scene": "beach"}),
]


@pytest.mark.parametrize(("name", "values"), GOOD)
def test_what_the_rules_leave_alone(name: str, values: dict[str, Any]) -> None:
    assert fault(name, values) is None


def model_cases() -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """(operation, input, the field that the model does not take so)."""
    wan, sora, pro = ({**P, "model": name} for name in ("wan27video", "sora-2", "sora-2-pro"))
    for seconds in (1, 2, 15, 16):
        yield VIDEO, {**wan, "duration": seconds}, None if 2 <= seconds <= 15 else "duration"
    for lines in ("720p", "1080p", "4k"):
        yield VIDEO, {**wan, "resolution": lines}, "resolution" if lines == "4k" else None
        yield VIDEO, {**pro, "resolution": lines}, "resolution" if lines == "4k" else None
        yield VIDEO, {**sora, "resolution": lines}, None if lines == "720p" else "resolution"
        yield VIDEO, {**P, "model": "seedance2", "resolution": lines}, None
    for length in (500, 501):
        yield VIDEO, {**wan, "negative_prompt": "x" * length}, None if length == 500 else "negative_prompt"
        yield VIDEO, {**P, "negative_prompt": "x" * length}, None
    for seconds in (1, 4, 5, 8, 12, 16, 20, 21):
        known = None if seconds in (4, 8, 12, 16, 20) else "duration"
        yield VIDEO, {**sora, "duration": seconds}, known
        yield VIDEO, {**pro, "duration": seconds}, known
    for ratio in ("16:9", "9:16", "1:1", "4:3"):
        yield VIDEO, {**sora, "aspect_ratio": ratio}, None if ratio in ("16:9", "9:16") else "aspect_ratio"
    yield "cannon-sora2.video.edit", {**SORA, "model": "sora-2", "resolution": "1080p"}, "resolution"
    yield "cannon-sora2.video.remix", {**SORA, "model": "sora-2-pro", "resolution": "1080p"}, None
    yield VIDEO, {**P, "model": "veo-next", "duration": 1, "resolution": "4k"}, None


@pytest.mark.parametrize(("name", "values", "field"), list(model_cases()))
def test_what_single_models_take(name: str, values: dict[str, Any], field: str | None) -> None:
    for engine in (False, True):
        found = fault(name, values, engine=engine)
        assert (found.field if found is not None else None) == field
        assert found is None or "takes" in found.message


@pytest.mark.parametrize("operation", EVERY, ids=named)
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_has_not_are_refused(operation: WireOperation, number: float) -> None:
    for name, field in input_schema(operation, engine=False)["properties"].items():
        if field.get("type") in ("number", "integer"):
            with pytest.raises(FieldError):
                check(operation, {**example_input(operation), name: number}, engine=False)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted({name for op in EVERY for name in op.model.model_fields})) | st.text(max_size=10)


@pytest.mark.slow
@given(st.sampled_from(EVERY), st.dictionaries(NAMES, JSON, max_size=6), st.booleans())
def test_any_input_is_taken_or_refused_in_words(operation: WireOperation, values: dict[str, Any], engine: bool) -> None:
    found = fault(named(operation), values, engine=engine)
    if found is None:
        assert set(check(operation, values, engine=engine).payload()) <= set(values)
    else:
        assert found.message.endswith(".")
        assert found.field in {*values, *operation.model.model_fields}
