"""video.generate with models of the person's own, and what holds for all their jobs: cancel, coming and going."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
from av.container import InputContainer

from studio.media.probe import probe
from tests.diffusion.test_pictures import PATIENCE_S, drawn, finished, photo
from tests.unit.engine.rig import Rig


def filmed(rig: Rig, **values: Any) -> tuple[bytes, dict[str, Any]]:
    values = {"model": "animate", "seed": 5, "duration": 1, "resolution": "720p", **values}
    answer = finished(rig, "video.generate", **values)
    assert answer["status"] == "succeeded", answer
    output: dict[str, Any] = answer["output"]
    return rig.client.get(output["video_url"]).content, output


def opened(data: bytes) -> InputContainer:
    return av.open(io.BytesIO(data), "r", format="mp4")


def frames_of(data: bytes) -> list[Any]:
    with opened(data) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_duration_and_size_are_exact(rig: Rig, tmp_path: Path) -> None:
    data, output = filmed(rig, aspect_ratio="1:1")
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    seen = probe(path)
    assert (seen.video_codec, seen.audio_codec, seen.width, seen.height, seen.fps) == ("h264", "aac", 720, 720, 24)
    assert seen.duration_s == pytest.approx(1.0, abs=1 / 24)
    frames = frames_of(data)
    assert len(frames) == 24
    assert output["model_frames"] == 8
    assert output["slowed_down"] == 1.0
    assert output["steps"] == 6, "its schedule is one for few steps"
    assert np.abs(frames[0].astype(np.int16) - frames[-1]).mean() > 0.5, "it moves"


def test_a_seed_repeats_and_another_prompt_differs(rig: Rig) -> None:
    first, _ = filmed(rig)
    assert filmed(rig)[0] == first
    other = frames_of(filmed(rig, prompt="a red boat in the snow")[0])
    assert np.abs(frames_of(first)[12].astype(np.int16) - other[12]).mean() > 0.2


def test_longer_than_the_model_can_is_slower_and_said(rig: Rig) -> None:
    data, output = filmed(rig, duration=3)
    assert len(frames_of(data)) == 72
    assert output["model_frames"] == 16, "its motion adapter goes no further"
    assert output["slowed_down"] == 1.5


def test_the_older_way_to_tell_steps_and_a_soundscape(rig: Rig) -> None:
    data, output = filmed(rig, model="text_to_video", prompt="rain on a lake", audio=True)
    assert output["pipeline"] == "TextToVideoSDPipeline"
    assert output["has_sound"] is True
    with opened(data) as container:
        loudest = max(float(np.abs(frame.to_ndarray()).max()) for frame in container.decode(audio=0))
    assert loudest > 0.001


def test_a_model_that_starts_from_a_picture(rig: Rig) -> None:
    """It wants one, follows it, and says that it knows no words."""
    missing = rig.post("video.generate", model="picture_to_video", duration=1)
    assert missing.status_code == 422
    assert missing.json()["error"]["details"][0]["field"] == "image_url"
    given = {"model": "picture_to_video", "image_url": rig.upload(photo())}
    data, output = filmed(rig, **given)
    assert output["model_frames"] == 7
    assert output["not_used"] == ["prompt"]
    assert len(frames_of(data)) == 24
    other = frames_of(filmed(rig, **{**given, "image_url": rig.upload(photo(96, 160))})[0])
    assert np.abs(frames_of(data)[0].astype(np.int16) - other[0]).mean() > 0.2
    both = rig.post("video.generate", model="picture_to_video", image_url=given["image_url"], negative_prompt="fog")
    answer = rig.finished(both.json()["id"], timeout_s=PATIENCE_S)
    assert answer["errorField"] == "negative_prompt"


def test_a_start_picture_is_refused_by_a_model_of_words(rig: Rig) -> None:
    answer = rig.post("video.generate", model="animate", image_url=rig.upload(photo()))
    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["field"] == "image_url"


def test_cancel_ends_the_steps_and_leaves_the_model(rig: Rig) -> None:
    drawn(rig)  # the worker and the model are there
    job = rig.create("image.generate", model="stable_diffusion", quality="high", seed=1)
    waiting = rig.create("image.generate", model="stable_diffusion", quality="high", seed=2)
    while not 0.1 < rig.request(job).get("progress", 1.0) < 0.9:
        assert rig.request(job)["status"] in ("queued", "processing"), "it was over before it could be cancelled"
        time.sleep(0.02)
    for each in (job, waiting):
        answer = rig.client.post(f"/api/v1/requests/{each}/cancel").json()
        assert (answer["status"], answer["errorCode"]) == ("failed", "cancelled")
    data, _ = drawn(rig)
    assert data == drawn(rig)[0]


def test_listed_only_while_it_is_there(rig: Rig, models: Path) -> None:
    def listed() -> list[str]:
        schemas = rig.client.get("/api/v1/openapi").json()["components"]["schemas"]
        found: list[str] = schemas["ImageGenerate"]["properties"]["model"]["examples"]
        return found

    assert "instruct" not in listed(), "that one only edits"
    away = models / "stable_diffusion_xl"
    assert "stable_diffusion_xl" in listed()
    elsewhere = models.with_name("elsewhere")
    away.rename(elsewhere)
    try:
        assert "stable_diffusion_xl" not in listed()
        answer = rig.post(model="stable_diffusion_xl")
        assert answer.status_code == 422
        assert answer.json()["error"]["details"][0]["field"] == "model"
        assert rig.post(model="gptimage2").status_code == 202, "a service's model is drawn by the engine's own means"
    finally:
        elsewhere.rename(away)
    assert "stable_diffusion_xl" in listed()


def test_a_model_that_breaks_on_loading_fails_its_job_alone(rig: Rig, models: Path) -> None:
    from tests.diffusion import tiny_models

    broken = tiny_models.stable_diffusion(models / "broken")
    (broken / "unet" / "config.json").write_text('{"_class_name": "UNet2DConditionModel", "sample_size": "large"}')
    answer = finished(rig, model="broken")
    assert (answer["status"], answer["errorField"]) == ("failed", "model")
    assert "broken" in answer["errorMessage"]
    assert drawn(rig)[1]["model"] == "stable_diffusion"


def test_other_jobs_go_on_beside_a_model(rig: Rig) -> None:
    with httpx.Client() as outside:
        film = rig.create("video.generate", model="animate", duration=2, resolution="720p")
        plain = rig.finished(rig.create("prompt.enhance.image"), timeout_s=PATIENCE_S)
        assert plain["status"] == "succeeded"
        done = rig.finished(film, timeout_s=PATIENCE_S)
        assert outside.get(done["output"]["video_url"]).status_code == 200
