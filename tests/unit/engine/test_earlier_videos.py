"""A video named by the task_id of an earlier result: found at create time, handed to the renderer, with how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.engine.render.task import RenderControl, RenderOutput, RenderTask
from tests.unit.engine.render.footage import write_clip
from tests.unit.engine.renderers import every, png
from tests.unit.engine.rig import Rig, engine

_HERE = "tests.unit.engine.test_earlier_videos:tells"
_CHANGES = tuple(f"sora2.video.{name}" for name in ("edit", "extend", "remix"))


def tells(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Says what it was handed. The prompt "wait" keeps it busy until it is cancelled."""
    while task.input.get("prompt") == "wait":
        control.progress(0.1)
    path = task.path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isommp41" + task.operation.encode() + bytes(2000))
    origin = task.origin
    extra = {
        "media": {name: Path(local).read_bytes()[24:60].rstrip(b"\0").decode(errors="replace")
                  for name, local in task.media.items()},
        "given_seed": task.input.get("seed"),
        "origin": None if origin is None else [origin.operation, origin.input.get("prompt"), origin.seed, origin.changed],
    }
    return RenderOutput("video", (str(path),), 2, 2, 1.0, extra)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    videos = {f"cannon:{name}": _HERE for name in ("video.generate", *_CHANGES)}
    with engine(tmp_path, renderers={**every("quick"), **videos}) as rig:
        yield rig


def _made(rig: Rig, operation: str = "video.generate", **values: Any) -> dict[str, Any]:
    found = rig.finished(rig.create(operation, **values))
    assert found["status"] == "succeeded", (found["errorMessage"], found["requestLog"])
    output: dict[str, Any] = found["output"]
    return output


def _refused(rig: Rig, **values: Any) -> str:
    answer = rig.post("sora2.video.edit", **values)
    assert answer.status_code == 422, answer.text
    detail = answer.json()["error"]["details"][0]
    assert detail["field"] == "sora_video_id"
    return str(detail["message"])


@pytest.mark.parametrize("operation", _CHANGES)
def test_the_renderer_gets_the_file_the_seed_and_the_words_of_the_first_job(operation: str, rig: Rig) -> None:
    first = _made(rig, prompt="a lake", seed=7)
    output = _made(rig, operation, prompt="warmer", sora_video_id=first["task_id"])
    assert output["media"] == {first["task_id"]: "cannon:video.generate"}
    assert output["origin"] == ["cannon:video.generate", "a lake", 7, False]
    assert (output["seed"], output["given_seed"]) == (7, 7)
    assert output["task_id"].startswith("video_")


def test_a_seed_that_is_given_counts(rig: Rig) -> None:
    first = _made(rig, prompt="a lake", seed=7)
    assert _made(rig, "sora2.video.remix", sora_video_id=first["task_id"], seed=9)["seed"] == 9


def test_what_was_changed_twice_is_followed_to_its_beginning(rig: Rig) -> None:
    first = _made(rig, prompt="a lake", seed=7)
    edited = _made(rig, "sora2.video.edit", prompt="warmer", sora_video_id=first["task_id"])
    longer = _made(rig, "sora2.video.extend", prompt="on", sora_video_id=edited["task_id"])
    again = _made(rig, "sora2.video.remix", prompt="a desert", sora_video_id=longer["task_id"])
    assert again["media"] == {longer["task_id"]: "cannon:sora2.video.extend"}
    assert again["origin"] == ["cannon:video.generate", "a lake", 7, True]
    last = _made(rig, "sora2.video.edit", prompt="cooler", sora_video_id=again["task_id"])
    assert last["origin"] == ["cannon:sora2.video.remix", "a desert", 7, False]


def test_an_unknown_id_is_refused_with_what_to_do(rig: Rig) -> None:
    for name in ("video_123", "vid_", "x", "req_0123456789abcdef", "https://example.com/a.mp4", "_" * 200):
        words = _refused(rig, sora_video_id=name)
        assert "task_id" in words
        assert "source_video_url" in words


def test_an_id_of_this_engine_must_be_the_whole_task_id(rig: Rig) -> None:
    name = _made(rig)["task_id"]
    _refused(rig, sora_video_id=name.replace("vid_", "video_"))
    _refused(rig, sora_video_id=name[:-1])


def test_a_picture_is_no_video(rig: Rig) -> None:
    picture = rig.finished(rig.create())["output"]["task_id"]
    assert "image.generate" in _refused(rig, sora_video_id=picture)


def test_one_that_is_not_finished_asks_to_wait(rig: Rig) -> None:
    request = rig.create("video.generate", prompt="wait")
    assert "Wait" in _refused(rig, sora_video_id=request.replace("req_", "vid_"))
    rig.client.post(f"/api/v1/requests/{request}/cancel")


@pytest.mark.slow
def test_the_address_is_taken_where_the_id_is_not_known_here(rig: Rig, tmp_path: Path) -> None:
    url = rig.upload(write_clip(tmp_path / "own.mp4", [np.zeros((16, 16, 3), np.uint8)] * 3).read_bytes())
    output = _made(rig, "sora2.video.edit", sora_video_id="video_elsewhere", source_video_url=url)
    assert list(output["media"]) == [url]
    assert output["origin"] is None


def test_the_id_goes_before_the_address(rig: Rig) -> None:
    first = _made(rig)
    url = rig.upload(b"\0\0\0\x18ftypisom\0\0\0\0isommp41uploaded" + bytes(2000))
    output = _made(rig, "sora2.video.edit", sora_video_id=first["task_id"], source_video_url=url)
    assert output["media"] == {first["task_id"]: "cannon:video.generate"}


def test_a_removed_result_is_refused_and_its_address_can_stand_in(rig: Rig) -> None:
    first = _made(rig)
    assert rig.client.delete(first["video_url"]).status_code in (200, 204)
    assert "no longer kept" in _refused(rig, sora_video_id=first["task_id"])


def test_a_repeated_request_is_one_job(rig: Rig) -> None:
    first = _made(rig)
    body = {"sora_video_id": first["task_id"], "prompt": "warmer"}
    one, other = (rig.post("sora2.video.edit", key="k", **body).json()["id"] for _ in range(2))
    assert one == other


def test_fields_that_are_null_are_as_left_out(rig: Rig) -> None:
    first = _made(rig, seed=7)
    output = _made(rig, "sora2.video.edit", sora_video_id=first["task_id"], duration=None, resolution=None, seed=None,
                   source_video_url=None)
    assert output["seed"] == 7


def test_other_operations_have_no_origin(rig: Rig) -> None:
    assert _made(rig)["origin"] is None
    assert png()[:4] == b"\x89PNG"
