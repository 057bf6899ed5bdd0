"""A video made by the engine, edited, extended and remixed by its ids, in real worker processes over HTTP."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import av
import pytest

from studio.engine.options import EngineOptions
from tests.unit.engine.rig import KEY, Rig


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(EngineOptions(home=tmp_path_factory.mktemp("changes"), key=KEY)) as rig:
        yield rig


def _output(rig: Rig, operation: str, **values: Any) -> dict[str, Any]:
    found = rig.finished(rig.create(operation, **values), timeout_s=600)
    assert found["status"] == "succeeded", found["errorMessage"]
    output: dict[str, Any] = found["output"]
    assert (output["asset_type"], output["status"], output["provider"]) == ("video", "succeeded", "studio")
    return output


def _file(rig: Rig, output: dict[str, Any]) -> tuple[tuple[int, int], float, float]:
    """(width and height, length of the pictures, length of the sound)."""
    data = rig.bare.get(output["video_url"]).content
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(io.BytesIO(data), "r") as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        rate = video.average_rate
        assert rate is not None
        length = float((audio.duration or 0) * (audio.time_base or 0))
        return (video.width, video.height), float(len(list(container.decode(video))) / rate), length


@pytest.mark.slow
def test_generate_then_edit_then_extend_then_remix(rig: Rig) -> None:
    first = _output(rig, "video.generate", prompt="a boat on a lake at dawn, pan right", duration=1, resolution="720p",
                    seed=5, audio=True)
    assert first["task_id"].startswith("vid_")
    edited = _output(rig, "sora2.video.edit", sora_video_id=first["task_id"], prompt="black and white, add a vignette")
    assert edited["task_id"].startswith("video_")
    assert edited["applied"] == ["black and white", "vignette added"]
    longer = _output(rig, "sora2.video.extend", sora_video_id=edited["task_id"], prompt="slow push in, it begins to rain",
                     duration=3)
    assert (longer["source_seconds"], longer["added_seconds"], longer["duration"]) == (1.0, 4, 5.0)
    remixed = _output(rig, "sora2.video.remix", sora_video_id=longer["task_id"], prompt="a desert at sunset",
                      model="sora-2-pro")
    assert remixed["scene"]["place"] == "desert"
    assert remixed["from_origin"] is True
    assert {output["seed"] for output in (first, edited, longer, remixed)} == {5}
    lengths = [(1.0, edited), (5.0, longer), (5.0, remixed)]
    for seconds, output in lengths:
        size, pictures, sound = _file(rig, output)
        assert size == (1280, 720)
        assert pictures == pytest.approx(seconds, abs=0.05)
        assert sound == pytest.approx(seconds, abs=0.06)
