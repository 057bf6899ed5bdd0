"""The fields of video.generate and image.generate through HTTP and real worker processes: all fields at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from studio.engine.options import EngineOptions
from tests.unit.engine.render.footage import moving_portrait, pictures, tone, write_clip, write_sound
from tests.unit.engine.render.photos import portrait, saved, still_life
from tests.unit.engine.rig import KEY, Rig

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(EngineOptions(home=tmp_path_factory.mktemp("fields"), key=KEY)) as rig:
        yield rig


def uploaded(rig: Rig, path: str | Path) -> str:
    return rig.upload(Path(path).read_bytes())


def fetched(rig: Rig, url: str, to: Path) -> Path:
    to.write_bytes(rig.bare.get(url).content)
    return to


def test_two_pictures_a_track_and_every_switch(rig: Rig, tmp_path: Path) -> None:
    first, last = (uploaded(rig, saved(tmp_path, picture, name))
                   for picture, name in ((portrait(256), "a.png"), (still_life(300), "b.png")))
    track = uploaded(rig, write_sound(tmp_path / "t.wav", tone(0.4)))
    request = rig.create("video.generate", prompt="slow push in, snow", image_url=first, end_image_url=last, duration=1,
                         resolution="720p", aspect_ratio="1:1", audio=True, audio_url=track, negative_prompt="people",
                         prompt_extend=True, watermark=True, nsfw_checker=False, seed=4, model="seedance2")
    found = rig.finished(request, timeout_s=300)
    assert found["status"] == "succeeded", found["errorMessage"]
    output = found["output"]
    assert (output["width"], output["height"], output["duration"], output["seed"]) == (720, 720, 1.0, 4)
    assert output["requested_model"] == "seedance2"
    assert output["soundtrack"] == "looped"
    with av.open(str(fetched(rig, output["video_url"], tmp_path / "out.mp4"))) as container:
        assert len(container.streams.audio) == 1
        assert sum(1 for _ in container.decode(video=0)) == 24


def test_a_clip_and_references(rig: Rig, tmp_path: Path) -> None:
    clip = uploaded(rig, write_clip(tmp_path / "c.mp4", moving_portrait(40, 192, 108), sound=tone(1.6)))
    look = uploaded(rig, saved(tmp_path, still_life(200)))
    request = rig.create("video.generate", prompt="she smiles", first_clip_url=clip, reference_image_urls=[look] * 2,
                         duration=1, resolution="720p")
    found = rig.finished(request, timeout_s=300)
    assert found["status"] == "succeeded", found["errorMessage"]
    assert found["output"]["continued"]["field"] == "first_clip_url"
    assert found["output"]["references"] == {"followed": 2, "taken": ["palette"]}
    assert len(pictures(fetched(rig, found["output"]["video_url"], tmp_path / "out.mp4"))) == 24


def test_a_picture_with_style_quality_and_references(rig: Rig, tmp_path: Path) -> None:
    look = uploaded(rig, saved(tmp_path, portrait(256)))
    request = rig.create("image.generate", prompt="a woman on a beach", style="pop art", quality="low", resolution="1K",
                         aspect_ratio="4:3", reference_image_urls=[look], reference_prompt_balance=0.8, model="seedream5")
    found = rig.finished(request, timeout_s=300)
    assert found["status"] == "succeeded", found["errorMessage"]
    assert (found["output"]["width"], found["output"]["height"]) == (1024, 768)
    assert found["output"]["references"]["taken"] == ["palette", "composition", "subject"]
    assert found["output"]["style_note"] == "Drawn as pop art."


def test_what_cannot_be_done_names_its_field(rig: Rig, tmp_path: Path) -> None:
    photo = uploaded(rig, saved(tmp_path, portrait(96)))
    found = rig.finished(rig.create("video.generate", prompt="sea", image_url=photo, nsfw_checker=True, duration=1),
                         timeout_s=180)
    assert (found["status"], found["errorField"]) == ("failed", "nsfw_checker")
