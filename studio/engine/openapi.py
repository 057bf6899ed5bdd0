"""The OpenAPI 3.1 document at /api/v1/openapi, made from the contracts' own models."""

from __future__ import annotations

import json
from typing import Any

from studio.contracts.cannon.envelope import IDEMPOTENCY_HEADER, REQUESTS_PATH, STATUS_PATH, UPLOADS_PATH
from studio.contracts.operations import CANNON, WireOperation
from studio.contracts.schema import input_schema

_OBJECT = {"type": "object", "additionalProperties": True}
_REF = "#/components/schemas/"


def document(base_url: str, version: str) -> dict[str, Any]:
    """Every operation of Cannon Studio's contract that this engine has, one schema each, told apart by `operation`."""
    schemas: dict[str, Any] = {"Error": _error(), "RequestObject": _request_object(), "CreateAnswer": _create_answer()}
    mapping = {}
    for operation in CANNON:
        name = _name(operation)
        schemas |= _inlined(name, input_schema(operation, engine=True))
        schemas[f"{name}Request"] = _create_body(operation, name)
        mapping[operation.id] = f"{_REF}{name}Request"
    schemas["CreateRequest"] = {
        "oneOf": [{"$ref": target} for target in mapping.values()],
        "discriminator": {"propertyName": "operation", "mapping": mapping},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Studio engine", "version": version, "description": "Cannon Studio's contract, answered locally."},
        "servers": [{"url": base_url}],
        "security": [{"bearer": []}, {"apiKey": []}],
        "paths": _paths(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


def _paths() -> dict[str, Any]:
    request_id = {"name": "requestId", "in": "path", "required": True, "schema": {"type": "string"}}
    key = {"name": IDEMPOTENCY_HEADER, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255}}
    request = _answer("The request", "RequestObject")
    return {
        STATUS_PATH: {"get": {"operationId": "getStatus", "summary": "Check the key and show the credits",
                              "responses": {"200": {"description": "The account", **_json(_OBJECT)}, **_errors(401, 429)}}},
        REQUESTS_PATH: {"post": {
            "operationId": "createRequest", "summary": "Create a job", "parameters": [key],
            "requestBody": {"required": True, **_json({"$ref": f"{_REF}CreateRequest"})},
            "responses": {"202": _answer("Accepted", "CreateAnswer"), **_errors(400, 401, 402, 409, 413, 422, 429)}}},
        REQUESTS_PATH + "/{requestId}": {"get": {
            "operationId": "getRequest", "summary": "Show a job", "parameters": [request_id],
            "responses": {"200": request, **_errors(401, 404, 429)}}},
        REQUESTS_PATH + "/{requestId}/cancel": {"post": {
            "operationId": "cancelRequest", "summary": "Cancel a job (only this engine)", "parameters": [request_id],
            "responses": {"200": request, **_errors(401, 404, 429)}}},
        UPLOADS_PATH: {"post": {
            "operationId": "upload", "summary": "Upload a file to use as an input (only this engine)",
            "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}},
            "responses": {"201": {"description": "Stored", **_json(_OBJECT)}, **_errors(401, 413, 415)}}},
    }


def _create_body(operation: WireOperation, name: str) -> dict[str, Any]:
    return {
        "type": "object",
        "title": operation.title,
        "properties": {"operation": {"const": operation.id}, "input": {"$ref": f"{_REF}{name}"}},
        "required": ["operation", "input"],
        "additionalProperties": False,
    }


def _inlined(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, and its own definitions beside it, with references that hold in this document."""
    text = json.dumps(schema).replace('"#/$defs/', f'"{_REF}{name}.')
    moved: dict[str, Any] = json.loads(text)
    definitions = moved.pop("$defs", {})
    return {name: moved, **{f"{name}.{inner}": value for inner, value in definitions.items()}}


def _name(operation: WireOperation) -> str:
    return "".join(word.capitalize() for word in operation.id.replace("_", ".").split("."))


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _answer(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, **_json({"$ref": f"{_REF}{schema}"})}


def _errors(*statuses: int) -> dict[str, Any]:
    return {str(status): _answer("Refused", "Error") for status in statuses}


def _error() -> dict[str, Any]:
    detail = {"type": "object", "properties": {"field": {"type": "string"}, "message": {"type": "string"}}}
    details = {"type": "array", "items": detail}
    inner = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": details},
        "required": ["code", "message"],
    }
    return {"type": "object", "properties": {"error": inner}, "required": ["error"]}


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
            "status": {"enum": ["queued", "processing", "succeeded", "failed"]},
            "billableCredits": {"type": "number"}, "inputPreview": {"type": "string"},
            "outputPreview": {"type": ["string", "null"]},
            "createdAtMs": {"type": "integer"}, "startedAtMs": moment, "completedAtMs": moment,
            "errorMessage": {"type": ["string", "null"]}, "errorCode": {"type": "string"},
            "output": {"type": ["object", "null"], "additionalProperties": True}, "requestLog": _OBJECT,
            "progress": {"type": "number", "minimum": 0, "maximum": 1}, "eta_ms": {"type": "integer"},
            "poll_after_ms": {"type": "integer"},
        },
        "required": ["id", "operation", "status", "createdAtMs"],
    }
