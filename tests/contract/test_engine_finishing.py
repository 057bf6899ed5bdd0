"""The operations on media that exist, through HTTP and real worker processes: the outputs that the contract documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from studio.engine.options import EngineOptions
from tests.unit.engine.render.footage import moving_portrait, write_clip, write_sound
from tests.unit.engine.render.test_subtitles import resampled, spoken
from tests.unit.engine.rig import KEY, Rig

WORDS = "Hello, my name is Anna."


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(EngineOptions(home=tmp_path_factory.mktemp("finishing"), key=KEY)) as rig:
        yield rig


@pytest.fixture(scope="module")
def media(rig: Rig, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """URLs of an uploaded clip with a speaking face, and of the speech alone."""
    folder = tmp_path_factory.mktemp("media")
    speech = spoken(WORDS)
    sound = resampled(speech.samples, speech.rate, 48_000)
    stereo = np.stack([sound, sound], 1)
    frames = moving_portrait(len(sound) // 2000, 128, 128)
    clip = write_clip(folder / "clip.mp4", frames, sound=stereo, tags={"lyrics": WORDS})
    voice = write_sound(folder / "speech.wav", stereo)
    return {"clip": rig.upload(clip.read_bytes()), "speech": rig.upload(voice.read_bytes())}


def done(rig: Rig, operation: str, **values: Any) -> dict[str, Any]:
    answer = rig.client.post("/api/v1/requests", json={"operation": operation, "input": values})
    assert answer.status_code == 202, answer.text
    found = rig.finished(str(answer.json()["id"]), timeout_s=600)
    assert found["status"] == "succeeded", found["errorMessage"]
    output: dict[str, Any] = found["output"]
    return output


@pytest.mark.slow
def test_upscale(rig: Rig, media: dict[str, str]) -> None:
    output = done(rig, "video.upscale", video_url=media["clip"], model="wavespeed")
    assert output["task_id"].startswith("up_")
    assert (output["asset_type"], output["requested_model"], output["exact_cost_credits"]) == ("video", "wavespeed", 0)
    assert (output["width"], output["height"]) == (256, 256)
    assert rig.bare.get(output["video_url"]).content[4:8] == b"ftyp"


@pytest.mark.slow
def test_smart_motion(rig: Rig, media: dict[str, str]) -> None:
    output = done(rig, "smartmotion.generate", file_url=media["clip"], motion="zoom_in", motion_scale=1.0)
    assert output["task_id"].startswith("sm_")
    assert output["understood"] == "motion zoom_in"


@pytest.mark.slow
def test_a_narration_keeps_its_words_through_lip_sync_to_the_subtitles(rig: Rig, media: dict[str, str]) -> None:
    said = "We walk along the river, and the evening is quiet."
    speech = done(rig, "narration.generate", text=said)
    speaking = done(rig, "lipsync.generate", video_url=media["clip"], audio_url=speech["audio_url"])
    read = done(rig, "subtitles.generate", video_url=speaking["video_url"])
    assert (read["text"], read["text_source"], read["times_from_sound"]) == (said, "known text", True)
    told = {word["text"].strip(",."): word["start"] for word in speech["words"]}
    assert read["segments"][0]["start"] == pytest.approx(told["We"], abs=0.2)


@pytest.mark.slow
def test_lip_sync_and_then_subtitles(rig: Rig, media: dict[str, str]) -> None:
    output = done(rig, "lipsync.generate", video_url=media["clip"], audio_url=media["speech"])
    assert output["task_id"].startswith("lip_")
    assert (output["audio_url"], output["exact_cost_credits"]) == (media["speech"], 0)
    subtitled = done(rig, "subtitles.generate", video_url=media["clip"])
    assert subtitled["task_id"].startswith("sub_")
    assert "provider" not in subtitled
    assert (subtitled["text"], bool(subtitled["model"])) == (WORDS, True)
    assert "-->" in subtitled["srt"]


@pytest.mark.slow
@pytest.mark.parametrize("purpose", ["video", "image", "location", "variant"])
def test_prompts_have_no_file(rig: Rig, purpose: str) -> None:
    output = done(rig, f"prompt.enhance.{purpose}", prompt="a red fox in the snow")
    assert output["enhancedPrompt"].startswith("A red fox in the snow")
    assert (output["operation"], bool(output["model"])) == (f"prompt.enhance.{purpose}", True)
    assert "task_id" not in output
    assert "asset_type" not in output


@pytest.mark.slow
def test_a_refusal_names_the_field(rig: Rig, media: dict[str, str]) -> None:
    body = {"operation": "smartmotion.generate", "input": {"file_url": media["clip"], "motion": "wobble"}}
    found = rig.finished(str(rig.client.post("/api/v1/requests", json=body).json()["id"]), timeout_s=600)
    assert (found["status"], found["errorField"]) == ("failed", "motion")
    assert "zoom_in" in found["errorMessage"]
