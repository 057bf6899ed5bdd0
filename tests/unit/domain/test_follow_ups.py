"""What can follow an asset, and what a new step of a chain begins with."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.account import Service
from studio.domain.asset import Asset
from studio.domain.chain import Reference, Step
from studio.domain.chain_check import check
from studio.domain.chain_edit import free_name, new_step, renamed, sources
from studio.domain.follow_ups import follow_ups
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Operation, Parameter
from studio.providers.catalogue import operations
from tests.unit.domain.chains import BETTER, CLIP, LIPS, OPERATIONS, PICTURE, TALKING, VOICE, ask, known, take


def asset(kind: MediaKind) -> Asset:
    return Asset("asset_1", kind, Path("/a"), "", "", 1)


@pytest.mark.parametrize(("kind", "first", "parameter"), [
    (MediaKind.VIDEO, "video.upscale", "video_url"), (MediaKind.IMAGE, "video.generate", "image_url"),
    (MediaKind.AUDIO, "lipsync.generate", "audio_url"), (MediaKind.PROMPT, "image.generate", "prompt"),
])
def test_what_the_local_engine_can_do_next(kind: MediaKind, first: str, parameter: str) -> None:
    found = follow_ups(asset(kind), operations(Service.LOCAL))
    assert (found[0].operation.id, found[0].parameter.name) == (first, parameter)
    assert len({one.operation.id for one in found}) == len(found)
    for one in found:
        taker = one.operation.parameter(one.parameter.name)
        assert taker is not None
        assert not taker.advanced
        assert kind in taker.accepts or (kind is MediaKind.PROMPT and taker.kind is ParameterKind.TEXT)


def test_everything_that_the_issue_names_is_offered_for_a_video() -> None:
    found = {one.operation.id for one in follow_ups(asset(MediaKind.VIDEO), operations(Service.LOCAL))}
    assert {"video.upscale", "subtitles.generate", "lipsync.generate", "sora2.video.extend", "sora2.video.edit",
            "smartmotion.generate", "soundfx.generate"} <= found


def test_an_operation_of_discovery_comes_last_under_its_own_title() -> None:
    new = Operation("image.relight", "Relight Image", MediaKind.IMAGE,
                    (Parameter("mask", "Mask", ParameterKind.MEDIA, accepts=(MediaKind.IMAGE,)),
                     Parameter("picture", "Picture", ParameterKind.MEDIA, required=True)), discovered=True)
    found = follow_ups(asset(MediaKind.IMAGE), [new, *OPERATIONS])
    assert (found[-1].title, found[-1].parameter.name) == ("Relight Image", "picture")
    assert [one.operation.id for one in follow_ups(asset(MediaKind.AUDIO), OPERATIONS)] == [LIPS.id]


def test_a_new_step_takes_what_the_nearest_step_gives_and_asks_for_the_rest() -> None:
    kinds = {one.id: one.kind for one in OPERATIONS}
    steps: list[Step] = []
    for operation in (BETTER, PICTURE, CLIP, VOICE, LIPS):
        steps.append(new_step(operation, steps, kinds))
    assert steps[0].input == {"prompt": ask("prompt", label="Prompt")}
    assert steps[1].input["prompt"] == take("prompt-enhance-image")
    assert steps[2].input["image_url"] == take("image")
    assert steps[4].input == {"video_url": take("video"), "audio_url": take("narration")}
    check(TALKING.changed(steps=tuple(steps)), known)
    again = new_step(PICTURE, steps, kinds)
    assert again.name == "image-2"


def test_what_a_field_can_be_filled_from() -> None:
    kinds = {one.id: one.kind for one in OPERATIONS}
    frame = CLIP.parameter("image_url")
    text = VOICE.parameter("text")
    assert frame is not None
    assert text is not None
    assert sources(frame, TALKING.steps, kinds) == [Reference("picture"), Reference("start", "idea"),
                                                   Reference("start", "words")]
    assert sources(text, TALKING.steps[:2], kinds) == [Reference("better"), Reference("start", "idea")]


def test_a_step_under_another_name() -> None:
    changed = renamed(TALKING.steps, "picture", "still")
    assert changed[1].name == "still"
    assert changed[2].input["image_url"] == take("still")
    check(TALKING.changed(steps=tuple(changed)), known)
    assert free_name("clip", {"clip", "clip-2"}) == "clip-3"
