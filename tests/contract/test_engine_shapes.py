"""The engine's answers read with the clients' own models, and its OpenAPI document checked as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from studio.contracts.cannon.envelope import CreateAnswer, ErrorAnswer, RequestObject, StatusAnswer, UploadAnswer
from studio.contracts.canvas.envelope import AcceptedAnswer, CreditsAnswer, JobObject
from studio.contracts.examples import example_input
from studio.contracts.operations import at_engine
from tests.unit.engine.renderers import png
from tests.unit.engine.rig import Rig, engine


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with engine(tmp_path_factory.mktemp("shapes")) as rig:
        yield rig


def test_cannon_answers_fit_the_wire_models(rig: Rig) -> None:
    status = StatusAnswer.model_validate(rig.client.get("/api/v1/status").json())
    assert (status.ok, status.credits_remaining) == (True, None)
    created = CreateAnswer.model_validate(rig.post().json())
    assert created.poll_after_ms is not None
    found = RequestObject.model_validate(rig.finished(created.id))
    assert (found.status, found.operation, found.billable_credits, found.progress) == ("succeeded", "image.generate", 0, 1.0)
    assert found.completed_at_ms is not None
    assert found.started_at_ms is not None
    upload = UploadAnswer.model_validate(rig.client.post("/api/v1/uploads", content=png()).json())
    assert upload.content_type == "image/png"
    error = ErrorAnswer.model_validate(rig.post(prompt="").json()).error
    assert not isinstance(error, str)
    assert error is not None
    assert error.details == [{"field": "prompt", "message": "prompt must not be empty."}]


def test_canvas_answers_fit_the_wire_models(rig: Rig) -> None:
    accepted = AcceptedAnswer.model_validate(rig.client.post("/v1/video/generate", json={"prompt": "a"}).json())
    job = JobObject.model_validate(rig.finished(accepted.job_id))
    assert (job.status, job.type, job.credits_used) == ("completed", "video", 0)
    assert job.result is not None
    assert (job.result.duration, job.result.resolution) == (5, "1080p")
    assert CreditsAnswer.model_validate(rig.client.get("/v1/account/credits").json()).plan == "free"


def test_the_openapi_document_is_whole(rig: Rig) -> None:
    document = rig.client.get("/api/v1/openapi").json()
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(document["info"])
    names = [use["operationId"] for path in document["paths"].values() for use in path.values()]
    assert len(names) == len(set(names))
    assert {"createRequest", "getRequest", "getStatus"} <= set(names)
    for path, uses in document["paths"].items():
        for use in uses.values():
            declared = {parameter["name"] for parameter in use.get("parameters", []) if parameter["in"] == "path"}
            assert {part[1:-1] for part in path.split("/") if part.startswith("{")} == declared
            assert all("description" in answer for answer in use["responses"].values())
    for reference in _references(document):
        _resolve(document, reference)
    assert not any("$defs" in str(reference) for reference in _references(document))


@pytest.mark.slow
def test_the_openapi_document_describes_what_is_taken(rig: Rig) -> None:
    """Each property that the document names is known to the engine, and no other is."""
    schemas = rig.client.get("/api/v1/openapi").json()["components"]["schemas"]
    for operation in at_engine("cannon"):
        name = "".join(word.capitalize() for word in operation.id.split("."))
        known = set(schemas[name]["properties"])
        assert schemas[name]["additionalProperties"] is False
        assert schemas[f"{name}Request"]["properties"]["operation"] == {"const": operation.id}
        for field in operation.model.model_fields:
            wrong: dict[str, Any] = {**example_input(operation), field: {"not": "this"}}
            answer = rig.client.post("/api/v1/requests", json={"operation": operation.id, "input": wrong})
            words = answer.json()["error"]["message"]
            assert answer.status_code == 422
            assert ("is not something the local engine takes" in words) == (field not in known)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _resolve(document: Any, reference: str) -> None:
    assert reference.startswith("#/")
    for part in reference[2:].split("/"):
        document = document[part]
