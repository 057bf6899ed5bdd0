"""Models of the person's own at the engine's contract: listed, named, refused, taken one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.engine import model_work
from studio.engine.render.diffusion import catalogue
from studio.engine.render.task import RenderControl, RenderOutput, RenderTask
from tests.unit.engine.render.model_folders import write_model
from tests.unit.engine.renderers import HERE, png
from tests.unit.engine.rig import Rig, engine

_AT_ONCE: list[str] = []
_MOST: list[int] = []


def by_model(task: RenderTask, control: RenderControl) -> RenderOutput:
    """A picture, after as many seconds as the prompt's last word says; tells the model's folder."""
    _AT_ONCE.append(task.folder)
    _MOST.append(len(_AT_ONCE))
    try:
        last = str(task.input["prompt"]).split()[-1]
        end = time.monotonic() + (float(last) if last.replace(".", "").isdigit() else 0.0)
        while time.monotonic() < end:
            control.check()
            time.sleep(0.005)
        path = task.path / "picture.png"
        path.write_bytes(png())
        return RenderOutput("image", (str(path),), 2, 2, None, {"model": Path(task.model).name, "folder": task.model})
    finally:
        _AT_ONCE.remove(task.folder)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogue, "_LIBRARIES", ())
    monkeypatch.setattr(model_work, "RENDERERS", dict.fromkeys(model_work.RENDERERS, f"{__name__}:by_model"))
    _MOST.clear()
    return write_model(tmp_path / "models here" / "mine").parent


@pytest.fixture
def rig(folder: Path, tmp_path: Path) -> Iterator[Rig]:
    with engine(tmp_path / "home", models=(folder,)) as running:
        yield running


def examples(rig: Rig, schema: str) -> list[str]:
    document: dict[str, Any] = rig.client.get("/api/v1/openapi").json()
    found: list[str] = document["components"]["schemas"][schema]["properties"]["model"]["examples"]
    return found


def test_listed_for_what_it_does_while_it_is_there(rig: Rig, folder: Path) -> None:
    assert "mine" in examples(rig, "ImageGenerate")
    assert "mine" in examples(rig, "ImageEdit")
    assert "mine" not in examples(rig, "VideoGenerate")
    before = rig.client.get("/api/v1/openapi").headers["etag"]
    assert rig.client.get("/api/v1/openapi", headers={"If-None-Match": before}).status_code == 304
    write_model(folder / "films", "AnimateDiffPipeline")
    answer = rig.client.get("/api/v1/openapi", headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert "films" in examples(rig, "VideoGenerate")
    (folder / "films").rename(folder.parent / "away")
    assert "films" not in examples(rig, "VideoGenerate")


def test_a_job_that_names_it_is_drawn_by_it(rig: Rig, folder: Path) -> None:
    output = rig.finished(rig.create(model="mine"))["output"]
    assert output["model"] == "mine"
    assert output["folder"] == str(folder / "mine")
    other = rig.finished(rig.create(model="gptimage2"))["output"]
    assert other["model"] == "studio-draft"
    assert "folder" not in other


def test_refused_when_it_is_made(rig: Rig, folder: Path) -> None:
    for operation, values, field in (
        ("video.generate", {"model": "mine"}, "model"),
        ("image.generate", {"model": "mine", "reference_image_urls": ["https://a.example/1.png", "https://a.example/2.png"]},
         "reference_image_urls"),
    ):
        answer = rig.post(operation, **values)
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"]["details"][0]["field"] == field
    (folder / "mine").rename(folder.parent / "away")
    answer = rig.post(model="mine")
    assert answer.status_code == 422
    assert "any more" in answer.json()["error"]["message"]


def test_one_at_a_time_and_one_that_waits_can_be_cancelled(rig: Rig) -> None:
    first = rig.create(model="mine", prompt="for 30")
    rig.until(first, "processing")
    second = rig.create(model="mine", prompt="for 0.01")
    rig.until(second, "processing")
    for each in (second, first):
        assert rig.client.post(f"/api/v1/requests/{each}/cancel").json()["errorCode"] == "cancelled"
    jobs = [rig.create(model="mine", prompt="for 0.05") for _ in range(4)]
    assert {rig.finished(job)["status"] for job in jobs} == {"succeeded"}
    assert max(_MOST) == 1


def test_another_contract_has_no_models(rig: Rig) -> None:
    answer = rig.client.post("/v1/image/generate", json={"prompt": "a lake", "model": "mine"})
    assert answer.status_code in (400, 422)


@pytest.mark.slow
def test_without_models_nothing_is_listed(tmp_path: Path) -> None:
    with engine(tmp_path, renderers={"cannon:image.generate": f"{HERE}:quick"}) as rig:
        assert examples(rig, "ImageGenerate") == ["gptimage2", "seedream5"]
        assert not (tmp_path / "engine" / "models-seen.json").exists()
