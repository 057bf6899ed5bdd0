"""Damaged and hostile media through the whole engine: HTTP, worker processes and the shipped renderers.

Whatever is in a file, its job ends in words that name the field or with a result; no worker dies of it, nothing counts as a
bug, and the engine goes on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest

from studio.engine.options import EngineOptions
from tests.unit.engine.hostile import clip, mutated, picture, png_of
from tests.unit.engine.rig import KEY, Rig

FILES = 40
PICTURES = ("png", "jpg", "webp", "gif", "tiff", "bmp", "avif")


def _ask(rig: Rig, name: str, data: bytes, good_clip: str) -> tuple[str, str] | None:
    """A job that takes this file in, and the field that it goes into; None where even the upload is refused."""
    answer = rig.client.post("/api/v1/uploads", content=data)
    if answer.status_code == 415:
        return None
    assert answer.status_code == 201, answer.text
    url = answer.json()["url"]
    if name in PICTURES:
        field, operation, values = "image_url", "image.edit", {"prompt": "brighter", "image_url": url}
    elif name == "wav":
        field, operation, values = "audio_url", "lipsync.generate", {"video_url": good_clip, "audio_url": url}
    else:
        field, operation, values = "file_url", "smartmotion.generate", {"file_url": url, "motion": "zoom_in"}
    made = rig.client.post("/api/v1/requests", json={"operation": operation, "input": values})
    if made.status_code == 422:  # mutated into another kind of file
        assert made.json()["error"]["details"][0]["field"] == field
        return None
    assert made.status_code == 202, made.text
    return str(made.json()["id"]), field


@pytest.mark.slow
def test_mutated_media_of_every_kind(tmp_path: Path) -> None:
    with Rig(EngineOptions(home=tmp_path, key=KEY, places=1)) as rig:
        good_clip = rig.upload(clip())
        asked = [found for name, data in mutated(FILES, seed=5) if (found := _ask(rig, name, data, good_clip)) is not None]
        ended = [(rig.finished(request, timeout_s=600), field) for request, field in asked]
        assert len(ended) >= FILES // 2
        wrong = [job for job, field in ended if job["status"] == "failed" and not _well_refused(job, field)]
        assert not wrong, [(job["operation"], job["errorCode"], job["errorField"], job["errorMessage"]) for job in wrong]
        assert {job["status"] for job, _ in ended} == {"succeeded", "failed"}
        workers = [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
        assert len(workers) == 1, "one worker did it all"
        assert _starts(rig) == 1, "and nothing was done twice"


def _well_refused(job: dict[str, Any], field: str) -> bool:
    """In words, and naming the file's own field, or the clip's where it is that which shows no face."""
    return job["errorCode"] == "refused" and job["errorField"] in (field, "video_url") and len(job["errorMessage"]) > 20


def _starts(rig: Rig) -> int:
    import sqlite3

    connection = sqlite3.connect(rig.options.folder / "engine.db")
    most = connection.execute("SELECT MAX(starts) FROM jobs").fetchone()[0]
    connection.close()
    return int(most)


@pytest.mark.slow
def test_bombs(tmp_path: Path) -> None:
    with Rig(EngineOptions(home=tmp_path, key=KEY, places=1)) as rig:
        for data in (png_of(60_000, 60_000), png_of(32_000, 2_700), png_of(1, 60_000), picture("JPEG")[:200]):
            found = _ask(rig, "png", data, "")
            assert found is not None
            ended = rig.finished(found[0], timeout_s=600)
            assert (ended["status"], ended["errorCode"], ended["errorField"]) == ("failed", "refused", "image_url")
            assert ended["errorMessage"].startswith("image_url ")
        assert rig.client.get("/api/v1/status").status_code == 200
