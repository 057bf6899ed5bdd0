"""The shipped renderers in real worker processes, through HTTP: a prompt and a photo become files that decode."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from studio.engine.options import EngineOptions
from tests.unit.engine.rig import KEY, Rig


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(EngineOptions(home=tmp_path_factory.mktemp("renders"), key=KEY)) as rig:
        yield rig


def _photo() -> bytes:
    from PIL import Image

    picture = Image.radial_gradient("L").resize((640, 480)).convert("RGB")
    stream = io.BytesIO()
    picture.save(stream, "JPEG")
    return stream.getvalue()


def _size(rig: Rig, url: str) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(rig.bare.get(url).content)) as picture:
        picture.load()
        return picture.size


def _video(rig: Rig, url: str) -> Any:
    import av

    with av.open(io.BytesIO(rig.bare.get(url).content), "r") as container:
        stream = container.streams.video[0]
        frames = len(list(container.decode(stream)))
        rate = stream.average_rate
        assert rate is not None
        return (stream.width, stream.height), float(frames / rate), len(container.streams.audio)


@pytest.mark.slow
def test_a_picture_from_words(rig: Rig) -> None:
    found = rig.finished(rig.create(prompt="a quiet lake at dawn", aspect_ratio="16:9", seed=3), timeout_s=600)
    assert found["status"] == "succeeded", found["errorMessage"]
    assert _size(rig, found["output"]["image_url"]) == (1024, 576)
    assert (found["output"]["width"], found["output"]["height"]) == (1024, 576)


@pytest.mark.slow
def test_a_video_from_a_photo(rig: Rig) -> None:
    url = rig.upload(_photo())
    request = rig.create("video.generate", prompt="slow push in", image_url=url, duration=1, resolution="720p", seed=3)
    found = rig.finished(request, timeout_s=600)
    assert found["status"] == "succeeded", found["errorMessage"]
    size, seconds, _ = _video(rig, found["output"]["video_url"])
    assert size == (1280, 720)
    assert seconds == pytest.approx(1.0, abs=0.05)


@pytest.mark.slow
def test_a_truncated_photo_is_refused_in_words(rig: Rig) -> None:
    url = rig.upload(_photo()[:3000])
    found = rig.finished(rig.create("video.generate", prompt="a", image_url=url, duration=1), timeout_s=600)
    assert (found["status"], found["errorCode"]) == ("failed", "refused")
    assert "damaged" in found["errorMessage"] or "cut off" in found["errorMessage"]
