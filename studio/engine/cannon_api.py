"""Cannon Studio's endpoints under /api/v1, and the engine's own beside them: uploads, cancel and what signs webhooks."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from studio.contracts.cannon.envelope import IDEMPOTENCY_HEADER, OPENAPI_PATH, REQUESTS_PATH, STATUS_PATH, UPLOADS_PATH
from studio.engine.bodies import limited, read_json_object
from studio.engine.desk import Desk
from studio.engine.errors import invalid
from studio.engine.model_work import RENDERERS
from studio.engine.openapi import Choices, document
from studio.engine.rates import rate_card
from studio.engine.render.speech_models import NARRATION
from studio.engine.webhooks import checked_url

WEBHOOKS_PATH = "/api/v1/webhooks"
"""The engine's own: with its key, what signs its events and when they are sent again."""
RATES_PATH = "/api/v1/rates"
"""The engine's own too: what each operation costs where it plays a paid service."""
_BODY_FIELDS = frozenset({"operation", "input", "webhook_url"})


def cannon_router(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get(STATUS_PATH)
    async def status() -> JSONResponse:
        return JSONResponse(await _status(desk))

    @router.post(REQUESTS_PATH)
    async def create(request: Request) -> JSONResponse:
        operation, values, webhook_url = _create_body(await read_json_object(request))
        answer = await desk.create("cannon", operation, values, request.headers.get(IDEMPOTENCY_HEADER), webhook_url)
        return JSONResponse(answer, 202)

    @router.get(REQUESTS_PATH + "/{request_id}")
    async def show(request_id: str) -> JSONResponse:
        return JSONResponse(await desk.show("cannon", request_id))

    @router.post(REQUESTS_PATH + "/{request_id}/cancel")
    async def cancel(request_id: str) -> JSONResponse:
        return JSONResponse(await desk.cancel("cannon", request_id))

    @router.get(OPENAPI_PATH)
    async def openapi(request: Request) -> Response:
        found = await asyncio.to_thread(desk.models.look)
        choices = [(operation, "model", found.names(operation)) for operation in RENDERERS]
        voices = (await asyncio.to_thread(desk.speech.look)).voice_ids
        body, etag = _document(desk.base_url, desk.version, (*choices, (NARRATION, "voice_id", voices)))
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if etag in (one.strip() for one in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    @router.get(WEBHOOKS_PATH)
    async def webhooks() -> JSONResponse:
        answer = {"secrets": desk.webhooks.secrets, "schedule_s": desk.webhooks.schedule_s,
                  "canvas_url": desk.webhooks.canvas_url}
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    @router.get(RATES_PATH)
    async def rates() -> JSONResponse:
        return JSONResponse({"charged": desk.plan.paid, "rates": rate_card()})

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


@lru_cache(maxsize=4)
def _document(base_url: str, version: str, choices: Choices) -> tuple[bytes, str]:
    """The OpenAPI document and its ETag: both stay as they are while the engine runs and its models do."""
    body = json.dumps(document(base_url, version, choices), ensure_ascii=False).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _create_body(body: dict[str, Any]) -> tuple[str, dict[str, Any], str | None]:
    for name in body:
        if name not in _BODY_FIELDS:
            raise invalid(name, f"{name} is not a field of a request; there are operation, input and webhook_url.")
    operation, values = body.get("operation"), body.get("input")
    if not isinstance(operation, str) or not operation:
        raise invalid("operation", "operation is required and must be text.")
    if not isinstance(values, dict):
        raise invalid("input", "input is required and must be an object.")
    webhook_url = body.get("webhook_url")
    return operation, values, None if webhook_url is None else checked_url(webhook_url)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
