"""What belongs to no contract: health, files under their own URLs, and the word to stop."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from studio.engine.desk import Desk
from studio.engine.errors import ApiError
from studio.engine.files import PREFIX


class _ResultResponse(FileResponse):
    """Range, If-Range and ETag come from Starlette; larger pieces, because each one costs a thread hop."""

    chunk_size = 1024 * 1024


def engine_router(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/health")
    async def health() -> JSONResponse:
        return JSONResponse({"status": "draining" if desk.work.draining else "ok", "version": desk.version})

    @router.api_route(PREFIX + "{token}/{name}", methods=["GET", "HEAD"])
    async def download(token: str, name: str) -> Response:
        record = await desk.files.find(token, name)
        if record is None or not desk.files.path(record).is_file():
            raise ApiError(404, "not_found", "There is no such file, or not any more.")
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private", "ETag": f'"{record.sha256[:32]}"'}
        return _ResultResponse(desk.files.path(record), media_type=record.mime, headers=headers)

    @router.delete(PREFIX + "{token}/{name}")
    async def delete(token: str, name: str) -> Response:
        record = await desk.files.find(token, name)
        if record is None:
            raise ApiError(404, "not_found", "There is no such file, or not any more.")
        await desk.store.delete_file(token)
        await desk.files.collect()
        return Response(status_code=204)

    @router.post("/engine/stop")
    async def stop(request: Request) -> JSONResponse:
        drain = "drain" in request.query_params
        desk.life.stop(drain=drain)
        return JSONResponse({"status": "draining" if drain else "stopping"}, 202)

    return router
