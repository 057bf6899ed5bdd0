"""The OpenAPI 3.1 document at /api/v1/openapi: all that this engine serves, made from the contracts' own models."""

from __future__ import annotations

from typing import Any

from studio.contracts.cannon.envelope import IDEMPOTENCY_HEADER, OPENAPI_PATH, REQUESTS_PATH, STATUS_PATH, UPLOADS_PATH
from studio.contracts.examples import example_input
from studio.contracts.operations import WireOperation, at_engine
from studio.contracts.schema import input_schema
from studio.engine.openapi_canvas import canvas_paths, canvas_schemas, engine_paths
from studio.engine.openapi_parts import (
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

_WEBHOOKS_PATH = "/api/v1/webhooks"
_RATES_PATH = "/api/v1/rates"


Choices = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Operation of Cannon Studio's contract, a field of it, and the names of the person's own models or voices for it."""


def document(base_url: str, version: str, choices: Choices = ()) -> dict[str, Any]:
    """Both contracts as far as this engine does them, one schema for each operation. `choices` are among the examples of
    their fields.

    Those of Cannon Studio's are told apart by `operation` in the body of their one create endpoint.
    """
    schemas: dict[str, Any] = {"Error": _error(), "RequestObject": _request_object(), "CreateAnswer": _create_answer()}
    mapping = {}
    for operation in at_engine("cannon"):
        name = component_name(operation.id)
        schema = input_schema(operation, engine=True)
        _add_choices(operation.id, schema, choices)
        schemas |= inlined(name, schema)
        schemas[f"{name}Request"] = _create_body(operation, name)
        mapping[operation.id] = f"{REF}{name}Request"
    schemas["CreateRequest"] = {
        "oneOf": [{"$ref": target} for target in mapping.values()],
        "discriminator": {"propertyName": "operation", "mapping": mapping},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Studio engine", "version": version,
                 "description": "Cannon Studio's and Canvas Labs' contracts, answered on this computer."},
        "servers": [{"url": base_url}],
        "security": [{"bearer": []}, {"apiKey": []}],
        "paths": {**_paths(), **canvas_paths(), **engine_paths()},
        "components": {
            "schemas": schemas | canvas_schemas(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


def _add_choices(operation: str, schema: dict[str, Any], choices: Choices) -> None:
    for wanted, name, values in choices:
        field = schema["properties"].get(name) if wanted == operation else None
        if field is not None and values:
            field["examples"] = [*field.get("examples", ()), *values]


def _paths() -> dict[str, Any]:
    request = answer("The request", "RequestObject")
    examples = {op.id: {"summary": op.title, "value": {"operation": op.id, "input": example_input(op)}}
                for op in at_engine("cannon")}
    body = json_content({"$ref": f"{REF}CreateRequest"}, examples=examples)
    return {
        STATUS_PATH: {"get": {
            "operationId": "getStatus", "summary": "Check the key and show the credits", "tags": ["Cannon Studio"],
            "responses": {"200": {"description": "The account", **json_content(OBJECT)}, **errors(401, 429)}}},
        REQUESTS_PATH: {"post": {
            "operationId": "createRequest", "summary": "Create a job", "tags": ["Cannon Studio"],
            "parameters": [in_header(IDEMPOTENCY_HEADER, 255)], "requestBody": {"required": True, **body},
            "responses": {"202": answer("Accepted", "CreateAnswer"), **errors(400, 401, 402, 409, 413, 422, 429)}}},
        REQUESTS_PATH + "/{requestId}": {"get": {
            "operationId": "getRequest", "summary": "Show a job", "tags": ["Cannon Studio"],
            "parameters": [in_path("requestId")], "responses": {"200": request, **errors(401, 404, 429)}}},
        REQUESTS_PATH + "/{requestId}/cancel": {"post": {
            "operationId": "cancelRequest", "summary": "Cancel a job (only this engine)", "tags": ["Cannon Studio"],
            "parameters": [in_path("requestId")], "responses": {"200": request, **errors(401, 404, 429)}}},
        OPENAPI_PATH: {"get": {
            "operationId": "getOpenapi", "summary": "This document", "tags": ["Cannon Studio"],
            "parameters": [in_header("If-None-Match", 200)],
            "responses": {"200": {"description": "The document", **json_content(OBJECT)},
                          "304": {"description": "As it was"}, **errors(401, 429)}}},
        _WEBHOOKS_PATH: {"get": {
            "operationId": "getWebhooks", "summary": "What signs this engine's events, and when they are sent again",
            "tags": ["Engine"],
            "responses": {"200": {"description": "Secrets and schedule", **json_content(OBJECT)}, **errors(401, 429)}}},
        _RATES_PATH: {"get": {
            "operationId": "getRates", "summary": "What each operation costs under a paid plan", "tags": ["Engine"],
            "responses": {"200": {"description": "The rate card", **json_content(_rates())}, **errors(401, 429)}}},
        UPLOADS_PATH: {"post": {
            "operationId": "upload", "summary": "Upload a file to use as an input (only this engine)", "tags": ["Engine"],
            "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}},
            "responses": {"201": {"description": "Stored", **json_content(_upload())}, **errors(401, 413, 415)}}},
    }


def _create_body(operation: WireOperation, name: str) -> dict[str, Any]:
    return {
        "type": "object",
        "title": f"{name}Request",
        "x-result": operation.result,
        "properties": {
            "operation": {"const": operation.id}, "input": {"$ref": f"{REF}{name}"},
            "webhook_url": {"type": "string", "format": "uri", "description": "Is told once the job has ended."},
        },
        "required": ["operation", "input"],
        "additionalProperties": False,
    }


def _error() -> dict[str, Any]:
    detail = {"type": "object", "properties": {"field": {"type": "string"}, "message": {"type": "string"}}}
    details = {"type": "array", "items": detail}
    inner = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": details,
                       "param": {"type": "string"}},
        "required": ["code", "message"],
    }
    return {"type": "object", "properties": {"error": inner}, "required": ["error"]}


def _rates() -> dict[str, Any]:
    rate = {
        "type": "object",
        "properties": {"contract": {"enum": ["cannon", "canvas"]}, "operation": {"type": "string"},
                       "unit": {"type": "string"}, "credits": {"type": "number"},
                       "by_resolution": {"type": "object", "additionalProperties": {"type": "number"}}},
        "required": ["contract", "operation", "unit", "credits"],
    }
    return {"type": "object", "properties": {"charged": {"type": "boolean"}, "rates": {"type": "array", "items": rate}},
            "required": ["charged", "rates"]}


def _upload() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"url": {"type": "string", "format": "uri"}, "size_bytes": {"type": "integer"},
                       "content_type": {"type": "string"}, "expires_at": {"type": "string", "format": "date-time"}},
        "required": ["url", "size_bytes", "content_type", "expires_at"],
    }


def _create_answer() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string"}, "status": {"type": "string"}, "operation": {"type": "string"},
            "poll_after_ms": {"type": "integer"},
            "urls": {"type": "object", "properties": {"get": {"type": "string", "format": "uri"}}},
        },
        "required": ["id", "status", "operation", "poll_after_ms", "urls"],
    }


def _request_object() -> dict[str, Any]:
    moment = {"type": ["integer", "null"]}
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string"}, "operation": {"type": "string"},
            "status": {"type": "string", "enum": ["queued", "processing", "succeeded", "failed"]},
            "billableCredits": {"type": "number"}, "inputPreview": {"type": "string"},
            "outputPreview": {"type": ["string", "null"]},
            "createdAtMs": {"type": "integer"}, "startedAtMs": moment, "completedAtMs": moment,
            "errorMessage": {"type": ["string", "null"]}, "errorCode": {"type": "string"}, "errorField": {"type": "string"},
            "output": {"type": ["object", "null"], "additionalProperties": True}, "requestLog": OBJECT,
            "progress": {"type": "number", "minimum": 0, "maximum": 1}, "eta_ms": {"type": "integer"},
            "poll_after_ms": {"type": "integer"},
        },
        "required": ["id", "operation", "status", "createdAtMs"],
    }
