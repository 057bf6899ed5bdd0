"""The three operations of sound through a whole engine: what its answers hold and which files come with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.operations import NOT_YET_LOCAL
from studio.engine.render.registry import RENDERERS
from studio.engine.render.sound.sound_files import read_sound
from studio.media.probe import probe
from tests.unit.engine.render.hearing import RATE, planted_clip
from tests.unit.engine.rig import Rig, engine

OPERATIONS = ("music.generate", "narration.generate", "soundfx.generate")


@pytest.fixture(scope="module")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with engine(tmp_path_factory.mktemp("engine"), renderers=RENDERERS) as rig:
        yield rig


def ask(rig: Rig, operation: str, **values: Any) -> dict[str, Any]:
    answer = rig.client.post("/api/v1/requests", json={"operation": operation, "input": values})
    assert answer.status_code == 202, answer.text
    return rig.finished(answer.json()["id"], timeout_s=60)


def fetched(rig: Rig, url: str, path: Path) -> Path:
    answer = rig.bare.get(url)
    assert answer.status_code == 200
    path.write_bytes(answer.content)
    return path


def test_they_are_served() -> None:
    assert not set(OPERATIONS) & NOT_YET_LOCAL
    assert {f"cannon:{name}" for name in OPERATIONS} <= RENDERERS.keys()


@pytest.mark.slow
def test_music(sounding: Rig, tmp_path: Path) -> None:
    found = ask(sounding, "music.generate", prompt="calm piano", duration_seconds=2.0, seed=4, provider="kie", model="V5",
                title="Rest")
    assert found["status"] == "succeeded", found
    output = found["output"]
    assert output["task_id"].startswith("mus_")
    assert (output["asset_type"], output["status"], output["title"]) == ("audio", "succeeded", "Rest")
    assert (output["requested_provider"], output["provider"], output["model"]) == ("kie", "studio", "studio-draft")
    assert (output["seed"], output["duration"]) == (4, 2.0)
    path = fetched(sounding, output["audio_url"], tmp_path / "music.mp3")
    assert len(read_sound(path)) == 2 * RATE
    assert probe(path).mime == "audio/mpeg"


@pytest.mark.slow
def test_narration_has_its_text_and_no_task_id(sounding: Rig, tmp_path: Path) -> None:
    found = ask(sounding, "narration.generate", text="Good evening.", voice_id="emma", tone="warm", speed=1.1, stability=0.7,
                similarity_boost=0.8)
    assert found["status"] == "succeeded", found
    output = found["output"]
    assert "task_id" not in output
    assert (output["asset_type"], output["text"], output["provider"]) == ("audio", "Good evening.", "studio")
    assert probe(fetched(sounding, output["audio_url"], tmp_path / "speech.mp3")).duration_s == pytest.approx(
        output["duration"], abs=0.03)


@pytest.mark.slow
def test_effects_with_a_video(sounding: Rig, tmp_path: Path) -> None:
    clip = planted_clip(tmp_path / "clip.mp4", seconds=1.5, dashes=(0.5,))
    url = sounding.upload(clip.read_bytes())
    found = ask(sounding, "soundfx.generate", prompt="whoosh", mode="video_context", video_url=url, seed=1)
    assert found["status"] == "succeeded", found
    output = found["output"]
    assert output["task_id"].startswith("sfx_")
    assert output["audio_url"].endswith(".mp3")
    sound = read_sound(fetched(sounding, output["audio_url"], tmp_path / "sound.mp3"))
    assert len(sound) == round(1.5 * RATE)
    info = probe(fetched(sounding, output["sfx_video_url"], tmp_path / "preview.mp4"))
    assert (info.kind, info.has_audio) == ("video", True)


def test_refusals_name_the_field(sounding: Rig) -> None:
    for operation, values, field in (("soundfx.generate", {"prompt": "a purple idea"}, "prompt"),
                                     ("narration.generate", {"text": "Hello", "voice_id": "voice_123"}, "voice_id")):
        found = ask(sounding, operation, **values)
        assert (found["status"], found["errorField"]) == ("failed", field)
    answer = sounding.client.post("/api/v1/requests", json={"operation": "music.generate", "input": {
        "prompt": "x", "custom_mode": True, "style": "pop", "title": "t", "persona_id": "p"}})
    assert answer.status_code in (400, 422)
    assert "persona_id" in answer.text
