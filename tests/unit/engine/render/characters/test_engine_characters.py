"""Both operations through HTTP and worker processes: an id outlives the engine that gave it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.engine.options import EngineOptions
from tests.unit.engine.render.characters.clips import bust, written
from tests.unit.engine.rig import KEY, Rig


def done(rig: Rig, operation: str, **values: Any) -> dict[str, Any]:
    answer = rig.client.post("/api/v1/requests", json={"operation": operation, "input": values})
    assert answer.status_code == 202, answer.text
    return rig.finished(str(answer.json()["id"]), timeout_s=400)


@pytest.mark.slow
def test_a_character_outlives_the_engine(tmp_path: Path) -> None:
    clip = written(tmp_path, bust().frames).read_bytes()
    options = EngineOptions(home=tmp_path / "home", key=KEY)
    with Rig(options) as rig:
        made = done(rig, "sora2.character.create", name="Mia", video_url=rig.upload(clip))
        assert made["status"] == "succeeded", made["errorMessage"]
        output = made["output"]
        assert output["name"] == "Mia"
        assert output["preview_image_url"] == output["image_url"]
        assert rig.bare.get(output["preview_image_url"]).content[1:4] == b"PNG"
    with Rig(options) as rig:
        film = done(rig, "sora2.character.video", prompt="Mia waves", character_ids=[output["character_id"]])
        assert film["status"] == "succeeded", film["errorMessage"]
        assert film["output"]["characters"][0]["name"] == "Mia"
        assert (film["output"]["width"], film["output"]["height"], film["output"]["duration"]) == (1280, 720, 4.0)
        assert rig.bare.get(film["output"]["video_url"]).content[4:8] == b"ftyp"
        unknown = done(rig, "sora2.character.video", prompt="Mia waves", character_ids=["char_0000000000000000"])
        assert (unknown["status"], unknown["errorField"]) == ("failed", "character_ids")
        assert "char_0000000000000000" in unknown["errorMessage"]
