"""Cannon Studio's contract over real HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest

from studio.contracts.operations import at_engine
from tests.unit.engine.renderers import png
from tests.unit.engine.rig import KEY, Rig


def test_status_shows_a_free_account(shared: Rig) -> None:
    answer = shared.client.get("/api/v1/status").json()
    assert answer["ok"] is True
    assert answer["creditsRemaining"] is None
    assert answer["credits"] == {"remaining": None, "unlimited": True}
    assert answer["account"]["plan"] == "free"


def test_the_key_may_come_as_a_bearer_token(shared: Rig) -> None:
    assert shared.bare.get("/api/v1/status", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "wrong"}, {"Authorization": "Basic abc"}, {"x-api-key": ""}])
def test_without_the_key_there_is_nothing(shared: Rig, headers: dict[str, str]) -> None:
    answer = shared.bare.get("/api/v1/status", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"


def test_a_picture_from_create_to_download(shared: Rig) -> None:
    created = shared.post(seed=7)
    assert created.status_code == 202
    body = created.json()
    assert set(body) == {"id", "status", "operation", "poll_after_ms", "urls"}
    assert (body["status"], body["operation"]) == ("queued", "image.generate")
    assert body["urls"]["get"] == f"{shared.url}/api/v1/requests/{body['id']}"
    assert 100 <= body["poll_after_ms"] <= 1000

    found = shared.finished(body["id"])
    assert found["status"] == "succeeded"
    assert found["billableCredits"] == 0
    assert found["createdAtMs"] <= found["startedAtMs"] <= found["completedAtMs"]
    assert found["inputPreview"] == "a lake"
    assert found["errorMessage"] is None
    output = found["output"]
    assert re.fullmatch(r"img_[0-9a-f]{16}", output["task_id"])
    assert output["asset_type"] == "image"
    assert output["status"] == "succeeded"
    assert output["image_urls"] == [output["image_url"]] == output["provider_image_urls"]
    assert (output["provider"], output["model"], output["seed"]) == ("studio", "studio-draft", 7)
    log = found["requestLog"]
    assert log["available"] is True
    assert log["retentionDays"] == 7
    assert log["retainedUntilMs"] == found["completedAtMs"] + 7 * 86_400_000
    assert log["input"] == {"prompt": "a lake", "seed": 7}
    assert log["output"] == output

    file = shared.bare.get(output["image_url"])
    assert file.status_code == 200
    assert file.headers["content-type"] == "image/png"
    assert file.content == png()


def test_a_video_names_its_url(shared: Rig) -> None:
    output = shared.finished(shared.create("video.generate", duration=3))["output"]
    assert output["asset_type"] == "video"
    assert output["video_url"].endswith(f"/{output['task_id']}.mp4")
    assert output["task_id"].startswith("vid_")
    assert output["duration"] == 3.0


def test_the_renderer_gets_defaults_and_a_seed(shared: Rig) -> None:
    first = shared.finished(shared.create())["output"]
    assert first["seen"]["resolution"] == "1K"
    assert first["seen"]["seed"] == first["seed"]
    second = shared.finished(shared.create())["output"]
    assert second["seed"] != first["seed"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "   "}, "prompt"),
        ({"prompt": 5}, "prompt"),
        ({"prompt": "x" * 30_000}, "prompt"),
        ({"resolution": "8K"}, "resolution"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"nonsense": 1}, "nonsense"),
        ({"model": ""}, "model"),
        ({"reference_image_urls": "https://example.org/a.png"}, "reference_image_urls"),
        ({"reference_image_urls": ["file:///etc/passwd"]}, "reference_image_urls"),
        ({"reference_image_urls": ["data:image/png;base64,AAAA"]}, "reference_image_urls"),
        ({"reference_image_urls": ["http://127.0.0.1:22/"]}, "reference_image_urls"),
        ({"reference_image_urls": ["https://127.0.0.1/a.png"]}, "reference_image_urls"),
        ({"reference_image_urls": ["https://[::1]/a.png"]}, "reference_image_urls"),
        ({"reference_image_urls": ["https://[::ffff:10.0.0.1]/a.png"]}, "reference_image_urls"),
        ({"reference_image_urls": ["https://169.254.169.254/latest"]}, "reference_image_urls"),
        ({"reference_image_urls": ["https://192.168.0.1/a.png"]}, "reference_image_urls"),
        ({"reference_image_urls": ["https://user:secret@example.org/a.png"]}, "reference_image_urls"),
        ({"reference_image_urls": ["http://example.org/a.png"]}, "reference_image_urls"),
        ({"reference_image_urls": ["https://example.org:99999/a.png"]}, "reference_image_urls"),
        ({"reference_image_urls": ["/files/token/name.png"]}, "reference_image_urls"),
        ({"reference_image_urls": ["http://127.0.0.1:1/files/no-such-token/a.png"]}, "reference_image_urls"),
    ],
)
def test_a_wrong_input_names_its_field(shared: Rig, values: dict[str, Any], field: str) -> None:
    answer = shared.post(**values)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "invalid_input"
    assert error["details"][0]["field"] == field
    assert field in error["message"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_json"),
        (b"{", 400, "invalid_json"),
        (b"[]", 400, "invalid_json"),
        (b'{"operation": NaN, "input": {}}', 400, "invalid_json"),
        (b'{"operation": "image.generate", "input": {"prompt": "\\ud800"}}', 400, "invalid_json"),
        (b"\xff\xfe", 400, "invalid_json"),
        (b"[" * 100_000, 400, "invalid_json"),
        (b'{"operation": "no.such", "input": {}}', 400, "unknown_operation"),
        (b'{"input": {}}', 422, "invalid_input"),
        (b'{"operation": "image.generate"}', 422, "invalid_input"),
        (b'{"operation": "image.generate", "input": {}, "extra": 1}', 422, "invalid_input"),
        (b'{"operation": "image.generate", "input": {"prompt": "a"}, "webhook_url": "http://10.0.0.1/"}', 422,
         "invalid_input"),
        (b'{"operation": "image.generate", "input": {"prompt": "' + b"x" * 1_200_000 + b'"}}', 413, "too_large"),
    ],
)
def test_a_wrong_body_is_refused(shared: Rig, body: bytes, status: int, code: str) -> None:
    answer = shared.client.post("/api/v1/requests", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_huge_body_is_refused_by_its_length(shared: Rig) -> None:
    answer = shared.client.post("/api/v1/requests", content=bytes(20_000_000))
    assert answer.status_code == 413


def test_what_is_not_there_is_a_404_in_json(shared: Rig) -> None:
    for path in ("/api/v1/requests/req_none", "/api/v1/nothing", "/nothing", "/docs", "/openapi.json"):
        answer = shared.client.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"
    assert shared.client.delete("/api/v1/status").status_code == 405


def test_the_same_key_and_body_make_one_job(shared: Rig) -> None:
    first, again = shared.post(key="intent-1", seed=1), shared.post(key="intent-1", seed=1)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    shared.finished(first.json()["id"])
    late = shared.post(key="intent-1", seed=1)
    assert (late.json()["id"], late.json()["status"]) == (first.json()["id"], "queued")


def test_the_same_key_with_another_body_conflicts(shared: Rig) -> None:
    assert shared.post(key="intent-2", seed=1).status_code == 202
    answer = shared.post(key="intent-2", seed=2)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_conflict")


def test_a_second_upload_of_the_same_file_is_the_same_request(shared: Rig) -> None:
    """A client that was killed between upload and create uploads again, and must still meet its first job."""
    urls = [shared.upload(png(grey=1)) for _ in range(2)]
    assert urls[0] != urls[1]
    first = shared.post(key="intent-3", reference_image_urls=[urls[0]])
    assert shared.client.delete(urls[0]).status_code == 204
    again = shared.post(key="intent-3", reference_image_urls=[urls[1]])
    assert again.json()["id"] == first.json()["id"]
    other = shared.post(key="intent-3", reference_image_urls=[shared.upload(png(grey=2))])
    assert other.status_code == 409


def test_a_key_may_not_be_empty_or_endless(shared: Rig) -> None:
    assert shared.post(key="").status_code == 400
    assert shared.post(key="k" * 256).status_code == 400


def test_an_upload_reaches_the_renderer(shared: Rig) -> None:
    url = shared.upload(png())
    found = shared.finished(shared.create("video.generate", image_url=url, duration=1))
    assert found["output"]["media"] == [png()[:4].hex()]


def test_an_upload_of_the_wrong_kind_is_refused_at_create(shared: Rig) -> None:
    url = shared.upload(b"RIFF\0\0\0\0WAVEfmt " + bytes(60))
    answer = shared.post("video.generate", image_url=url)
    assert answer.status_code == 422
    assert "must be a picture" in answer.json()["error"]["message"]


def test_the_openapi_document_has_every_operation(shared: Rig) -> None:
    document = shared.client.get("/api/v1/openapi").json()
    assert document["openapi"].startswith("3.1")
    assert document["security"] == [{"bearer": []}, {"apiKey": []}]
    schemas = document["components"]["schemas"]
    mapping = schemas["CreateRequest"]["discriminator"]["mapping"]
    assert set(mapping) == {operation.id for operation in at_engine("cannon")}
    for reference in re.findall(r'"#/components/schemas/([^"]+)"', shared.client.get("/api/v1/openapi").text):
        assert reference in schemas
    assert schemas["VideoGenerate"]["properties"]["seed"]["type"] == "integer"
