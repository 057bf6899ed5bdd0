"""Voices and recognizers of the person's own at the engine's contract: listed, named, refused, given to the renderers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.engine.render import speech_models
from studio.engine.render.task import RenderControl, RenderOutput, RenderTask
from tests.unit.engine.render.footage import write_clip
from tests.unit.engine.render.speech_files import write_recognizer, write_voice
from tests.unit.engine.renderers import HERE, small
from tests.unit.engine.rig import Rig, engine

NARRATION, SUBTITLES = "cannon:narration.generate", "cannon:subtitles.generate"


def tells(task: RenderTask, control: RenderControl) -> RenderOutput:
    """A result that tells which model it was given, and in which process it was made."""
    out = small(task, control)
    return RenderOutput(out.kind, out.files, out.width, out.height, out.duration_s,
                        {"own": Path(task.model).name if task.model else None, "process": os.getpid()})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(speech_models, "_VOICE_LIBRARIES", ())
    monkeypatch.setattr(speech_models, "_RECOGNIZER_LIBRARIES", ())
    write_voice(tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def rig(folder: Path, tmp_path: Path) -> Iterator[Rig]:
    renderers = {NARRATION: f"{__name__}:tells", SUBTITLES: f"{__name__}:tells", "cannon:image.generate": f"{HERE}:quick"}
    with engine(tmp_path / "home", models=(folder,), renderers=renderers) as running:
        yield running


def narrate(rig: Rig, **values: Any) -> dict[str, Any]:
    body = {"operation": "narration.generate", "input": {"text": "Hi.", **values}}
    answer = rig.client.post("/api/v1/requests", json=body)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = rig.finished(str(answer.json()["id"]))["output"]
    return found


def examples(rig: Rig) -> list[str]:
    document = rig.client.get("/api/v1/openapi").json()
    found: list[str] = document["components"]["schemas"]["NarrationGenerate"]["properties"]["voice_id"]["examples"]
    return found


@pytest.mark.slow
def test_a_voice_is_listed_and_given_to_the_renderer(rig: Rig, folder: Path) -> None:
    assert examples(rig)[1:] == ["en_US-some-low"]
    assert narrate(rig, voice_id="en-us-some-low")["own"] == "en_US-some-low.onnx"
    assert narrate(rig, voice_id="aria")["own"] is None
    assert narrate(rig)["own"] is None
    before = rig.client.get("/api/v1/openapi").headers["etag"]
    (folder / "en_US-some-low.onnx").rename(folder.parent / "away.onnx")
    assert rig.client.get("/api/v1/openapi").headers["etag"] != before
    assert len(examples(rig)) == 1


def test_a_voice_that_cannot_be_used_is_refused_when_the_job_is_made(rig: Rig, folder: Path) -> None:
    write_voice(folder, "de_DE-bad-low", b"no model")
    body = {"operation": "narration.generate", "input": {"text": "Hi.", "voice_id": "de-de-bad-low"}}
    answer = rig.client.post("/api/v1/requests", json=body)
    assert answer.status_code == 422
    detail = answer.json()["error"]["details"][0]
    assert detail["field"] == "voice_id"
    assert "no ONNX model" in detail["message"]


@pytest.mark.slow
def test_the_recognizer_that_is_there_is_given_to_subtitles(rig: Rig, folder: Path) -> None:
    frames = [np.zeros((16, 16, 3), np.uint8)] * 3
    url = rig.upload(write_clip(folder.parent / "clip.mp4", frames).read_bytes())

    def run() -> Any:
        answer = rig.client.post("/api/v1/requests", json={"operation": "subtitles.generate", "input": {"video_url": url}})
        assert answer.status_code == 202, answer.text
        return rig.finished(str(answer.json()["id"])).get("output", {}).get("own")

    assert run() is None
    write_recognizer(folder / "tiny")
    assert run() == "tiny"
