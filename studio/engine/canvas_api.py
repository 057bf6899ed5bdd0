"""Canvas Labs' endpoints under /v1, and the engine's cancel beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from studio.contracts.canvas.envelope import CREDITS_PATH, IDEMPOTENCY_HEADER, JOBS_PATH
from studio.contracts.operations import CANVAS_PATHS, at_engine
from studio.engine.bodies import read_json_object
from studio.engine.desk import Desk


def canvas_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1")
    for operation in at_engine("canvas"):
        _add_operation(router, desk, operation.id, CANVAS_PATHS[operation.id])

    @router.get(JOBS_PATH + "/{job_id}")
    async def show(job_id: str) -> JSONResponse:
        return JSONResponse(await desk.show("canvas", job_id))

    @router.post(JOBS_PATH + "/{job_id}/cancel")
    async def cancel(job_id: str) -> JSONResponse:
        return JSONResponse(await desk.cancel("canvas", job_id))

    @router.get(CREDITS_PATH)
    async def credits_left() -> JSONResponse:
        return JSONResponse(await _credits(desk))

    return router


def _add_operation(router: APIRouter, desk: Desk, operation: str, path: str) -> None:
    @router.post(path, name=operation)
    async def create(request: Request) -> JSONResponse:
        values = await read_json_object(request)
        key = request.headers.get(IDEMPOTENCY_HEADER)
        return JSONResponse(await desk.create("canvas", operation, values, key, desk.webhooks.canvas_url), 202)


async def _credits(desk: Desk) -> dict[str, Any]:
    month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    balance, used = await desk.store.credits(int(month.timestamp() * 1000))
    return {
        "balance": balance if desk.plan.paid else None,
        "used_this_month": used,
        "plan": desk.plan.name,
        "unlimited": not desk.plan.paid,
        "rate_limit": {
            "requests_per_minute": desk.plan.requests_per_minute,
            "concurrent_jobs": desk.plan.concurrent_jobs,
        },
    }
