"""Canvas Labs' contract and the engine's own endpoints in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from studio.contracts.canvas.envelope import CREDITS_PATH, IDEMPOTENCY_HEADER, JOBS_PATH
from studio.contracts.examples import example_input
from studio.contracts.operations import CANVAS_PATHS, WireOperation, at_engine
from studio.contracts.schema import input_schema
from studio.engine.files import PREFIX
from studio.engine.openapi_parts import (
    MOMENT,
    OBJECT,
    REF,
    answer,
    component_name,
    errors,
    in_header,
    in_path,
    inlined,
    json_content,
)

_BASE = "/v1"
_PREFIX = "Canvas"


def canvas_schemas() -> dict[str, Any]:
    found: dict[str, Any] = {"CanvasJob": _job(), "CanvasAccepted": _accepted(), "CanvasCredits": _credits()}
    for operation in at_engine("canvas"):
        name = component_name(operation.id, _PREFIX)
        schema = input_schema(operation, engine=True)
        # Titles name the types of a generated client: Cannon Studio has operations of the same title.
        found |= inlined(name, {**schema, "title": f"{schema['title']} (Canvas Labs)"})
    return found


def canvas_paths() -> dict[str, Any]:
    job = answer("The job", "CanvasJob")
    found: dict[str, Any] = {_BASE + CANVAS_PATHS[op.id]: {"post": _create(op)} for op in at_engine("canvas")}
    return found | {
        _BASE + JOBS_PATH + "/{jobId}": {"get": {
            "operationId": "getCanvasJob", "summary": "Show a job", "tags": ["Canvas Labs"],
            "parameters": [in_path("jobId")], "responses": {"200": job, **errors(401, 404, 429)}}},
        _BASE + JOBS_PATH + "/{jobId}/cancel": {"post": {
            "operationId": "cancelCanvasJob", "summary": "Cancel a job (only this engine)", "tags": ["Canvas Labs"],
            "parameters": [in_path("jobId")], "responses": {"200": job, **errors(401, 404, 429)}}},
        _BASE + CREDITS_PATH: {"get": {
            "operationId": "getCanvasCredits", "summary": "Show the credits", "tags": ["Canvas Labs"],
            "responses": {"200": answer("The account", "CanvasCredits"), **errors(401, 429)}}},
    }


def engine_paths() -> dict[str, Any]:
    """What belongs to no contract."""
    kinds = ("image/*", "video/*", "audio/*", "application/*", "text/*")
    file = {"description": "The file, or a range of it", "content": {kind: {"schema": {}} for kind in kinds}}
    place = [in_path("token"), in_path("name")]
    drain = {"name": "drain", "in": "query", "required": False, "allowEmptyValue": True, "schema": {"type": "string"}}
    return {
        "/health": {"get": {
            "operationId": "getHealth", "summary": "Whether the engine takes work; needs no key", "tags": ["Engine"],
            "security": [], "responses": {"200": {"description": "It answers", **json_content(_health())}}}},
        PREFIX + "{token}/{name}": {
            "get": {"operationId": "getFile", "summary": "Fetch a result or an upload", "tags": ["Engine"],
                    "parameters": place, "security": [],
                    "responses": {"200": file, "206": file, **errors(404), "416": {"description": "No such range"}}},
            "head": {"operationId": "headFile", "summary": "Size and type of a file", "tags": ["Engine"],
                     "parameters": place, "security": [],
                     "responses": {"200": {"description": "It is there"}, "404": {"description": "It is not"}}},
            "delete": {"operationId": "deleteFile", "summary": "Forget a result or an upload", "tags": ["Engine"],
                       "parameters": place, "responses": {"204": {"description": "Gone"}, **errors(401, 404)}}},
        "/engine/stop": {"post": {
            "operationId": "stopEngine", "summary": "Stop, with drain after the work under way", "tags": ["Engine"],
            "parameters": [drain], "responses": {"202": {"description": "It will", **json_content(OBJECT)}, **errors(401)}}},
    }


def _create(operation: WireOperation) -> dict[str, Any]:
    name = component_name(operation.id, _PREFIX)
    example = {operation.id: {"summary": operation.title, "value": example_input(operation)}}
    return {
        "operationId": f"create{name}", "summary": operation.title, "tags": ["Canvas Labs"],
        "parameters": [in_header(IDEMPOTENCY_HEADER, 255)],
        "requestBody": {"required": True, **json_content({"$ref": REF + name}, examples=example)},
        "responses": {"202": answer("Accepted", "CanvasAccepted"), **errors(400, 401, 402, 409, 413, 422, 429)},
    }


def _accepted() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "job_id": {"type": "string"}, "status": {"type": "string"}, "type": {"type": "string"},
            "created_at": {"type": "string", "format": "date-time"}, "poll_after_ms": {"type": "integer"},
        },
        "required": ["job_id", "status", "type", "created_at"],
    }


def _job() -> dict[str, Any]:
    size = {"type": ["integer", "null"]}
    result = {
        "type": "object",
        "properties": {"url": {"type": "string", "format": "uri"}, "duration": {"type": "number"},
                       "resolution": {"type": "string"}, "width": size, "height": size,
                       "size_bytes": {"type": "integer"}, "seed": {"type": "integer"}},
        "required": ["url"],
        "additionalProperties": True,
    }
    error = {"type": "object", "properties": {"code": {"type": "string"}, "message": {"type": "string"},
                                              "param": {"type": "string"}}}
    return {
        "type": "object",
        "properties": {
            "job_id": {"type": "string"},
            "status": {"type": "string", "enum": ["queued", "processing", "completed", "failed"]},
            "type": {"type": "string"}, "result": result, "credits_used": {"type": ["number", "null"]},
            "created_at": {"type": "string", "format": "date-time"}, "completed_at": MOMENT, "error": error,
            "progress": {"type": "number", "minimum": 0, "maximum": 1}, "eta_ms": {"type": "integer"},
            "poll_after_ms": {"type": "integer"},
        },
        "required": ["job_id", "status", "type", "created_at"],
    }


def _credits() -> dict[str, Any]:
    limit = {"type": ["integer", "null"]}
    return {
        "type": "object",
        "properties": {
            "balance": {"type": ["number", "null"]}, "used_this_month": {"type": "number"}, "plan": {"type": "string"},
            "unlimited": {"type": "boolean"},
            "rate_limit": {"type": "object", "properties": {"requests_per_minute": limit, "concurrent_jobs": limit}},
        },
        "required": ["plan"],
    }


def _health() -> dict[str, Any]:
    return {"type": "object", "properties": {"status": {"type": "string"}, "version": {"type": "string"}},
            "required": ["status", "version"]}
