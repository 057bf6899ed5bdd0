"""Canvas Labs' contract over real HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.unit.engine.rig import KEY, Rig


def _post(rig: Rig, path: str = "/v1/image/generate", key: str | None = None, **values: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return rig.client.post(path, json={"prompt": "a lake", **values}, headers=headers)


def test_a_video_from_create_to_result(shared: Rig) -> None:
    created = _post(shared, "/v1/video/generate", duration=10, resolution="720p")
    assert created.status_code == 202
    body = created.json()
    assert (body["status"], body["type"]) == ("queued", "video")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["created_at"])
    job = shared.finished(body["job_id"])
    assert (job["status"], job["type"], job["credits_used"]) == ("completed", "video", 0)
    assert job["completed_at"] >= job["created_at"]
    assert "error" not in job
    result = job["result"]
    assert (result["duration"], result["resolution"]) == (10, "720p")
    file = shared.bare.get(result["url"])
    assert len(file.content) == result["size_bytes"]
    assert file.headers["content-type"] == "video/mp4"


def test_a_picture_has_its_size(shared: Rig) -> None:
    result = shared.finished(_post(shared).json()["job_id"])["result"]
    assert (result["width"], result["height"]) == (2, 2)


@pytest.mark.parametrize(
    ("path", "values", "param"),
    [
        ("/v1/video/generate", {"duration": 7}, "duration"),
        ("/v1/video/generate", {"audio": "yes"}, "audio"),
        ("/v1/video/generate", {"image_url": "file:///etc/passwd"}, "image_url"),
        ("/v1/image/generate", {"prompt": ""}, "prompt"),
        ("/v1/image/generate", {"aspect_ratio": "2:1"}, "aspect_ratio"),
        ("/v1/image/generate", {"reference_images": ["https://example.org/1"] * 4}, "reference_images"),
        ("/v1/image/generate", {"surprise": 1}, "surprise"),
    ],
)
def test_invalid_parameters_are_a_400_with_the_param(shared: Rig, path: str, values: dict[str, Any], param: str) -> None:
    answer = _post(shared, path, **values)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_parameters"
    assert answer.json()["error"]["param"] == param


def test_every_answer_says_what_is_left_of_the_limit(shared: Rig) -> None:
    answers = [
        shared.client.get("/v1/account/credits"), shared.client.get("/v1/jobs/job_none"),
        shared.bare.get("/v1/account/credits"), shared.client.get("/v1/nowhere"), _post(shared, prompt=""),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 401, 404, 400]
    assert all(int(answer.headers["X-RateLimit-Remaining"]) > 0 for answer in answers)


def test_the_account_is_free(shared: Rig) -> None:
    answer = shared.client.get("/v1/account/credits", headers={"Authorization": f"Bearer {KEY}"}).json()
    assert (answer["balance"], answer["used_this_month"], answer["plan"], answer["unlimited"]) == (None, 0, "free", True)


def test_the_idempotency_key_is_honoured(shared: Rig) -> None:
    first, again = _post(shared, key="one"), _post(shared, key="one")
    assert first.json()["job_id"] == again.json()["job_id"]
    assert _post(shared, key="one", seed=5).status_code == 409


def test_the_contracts_do_not_see_each_other_s_jobs(shared: Rig) -> None:
    request, job = shared.create(), _post(shared, key="shared-word").json()["job_id"]
    assert shared.client.get(f"/v1/jobs/{request}").status_code == 404
    assert shared.client.get(f"/api/v1/requests/{job}").status_code == 404
    assert shared.post(key="shared-word").status_code == 202
