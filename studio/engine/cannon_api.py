"""Cannon Studio's endpoints under /api/v1, and the engine's own beside them: uploads and cancel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from studio.contracts.cannon.envelope import IDEMPOTENCY_HEADER, OPENAPI_PATH, REQUESTS_PATH, STATUS_PATH, UPLOADS_PATH
from studio.engine.bodies import limited, read_json_object
from studio.engine.desk import Desk
from studio.engine.errors import invalid
from studio.engine.openapi import document

_BODY_FIELDS = frozenset({"operation", "input", "webhook_url"})


def cannon_router(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get(STATUS_PATH)
    async def status() -> JSONResponse:
        return JSONResponse(await _status(desk))

    @router.post(REQUESTS_PATH)
    async def create(request: Request) -> JSONResponse:
        operation, values = _create_body(await read_json_object(request))
        answer = await desk.create("cannon", operation, values, request.headers.get(IDEMPOTENCY_HEADER))
        return JSONResponse(answer, 202)

    @router.get(REQUESTS_PATH + "/{request_id}")
    async def show(request_id: str) -> JSONResponse:
        return JSONResponse(await desk.show("cannon", request_id))

    @router.post(REQUESTS_PATH + "/{request_id}/cancel")
    async def cancel(request_id: str) -> JSONResponse:
        return JSONResponse(await desk.cancel("cannon", request_id))

    @router.get(OPENAPI_PATH)
    async def openapi() -> JSONResponse:
        return JSONResponse(document(desk.base_url, desk.version))

    @router.post(UPLOADS_PATH)
    async def upload(request: Request) -> JSONResponse:
        record = await desk.files.receive(limited(request, desk.files.max_upload_bytes))
        return JSONResponse(
            {
                "url": desk.files.url(record),
                "size_bytes": record.size,
                "content_type": record.mime,
                "expires_at": _iso(record.expires_ms / 1000),
            },
            201,
        )

    return router


async def _status(desk: Desk) -> dict[str, Any]:
    remaining: int | None = None
    if desk.plan.paid:
        remaining, _ = await desk.store.credits(0)
    return {
        "ok": True,
        "status": "ok",
        "message": "Your API key is properly wired.",
        "creditsRemaining": remaining,
        "credits": {"remaining": remaining, "unlimited": not desk.plan.paid},
        "account": {"email": None, "plan": desk.plan.name},
        "apiKey": {"name": "Local engine", "scopes": ["requests:write", "requests:read"]},
        "serverTime": _iso(datetime.now(UTC).timestamp()),
    }


def _create_body(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    for name in body:
        if name not in _BODY_FIELDS:
            raise invalid(name, f"{name} is not a field of a request; there are operation, input and webhook_url.")
    operation, values = body.get("operation"), body.get("input")
    if not isinstance(operation, str) or not operation:
        raise invalid("operation", "operation is required and must be text.")
    if not isinstance(values, dict):
        raise invalid("input", "input is required and must be an object.")
    if body.get("webhook_url") is not None:
        raise invalid("webhook_url", "This engine sends no webhooks yet. Poll the request instead.")
    return operation, values


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
