"""Joins the parts of one engine into an ASGI application."""

from __future__ import annotations

import contextlib
import errno
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp

from studio.engine.cannon_api import cannon_router
from studio.engine.canvas_api import canvas_router
from studio.engine.desk import Desk
from studio.engine.ended_api import ended_router
from studio.engine.engine_api import engine_router
from studio.engine.errors import ApiError
from studio.engine.fault_rules import FaultRule
from studio.engine.faults import Faults
from studio.engine.guard import Guard, json_error
from studio.engine.plans import RateLimiter

log = logging.getLogger(__name__)
_CODES = {404: "not_found", 405: "method_not_allowed"}


def build_app(desk: Desk, *, port: int, key: str) -> ASGIApp:
    """The application of one engine, with the guard before it."""
    # The document of this engine is made from the contracts; FastAPI's own would show handlers that read raw bodies.
    app = FastAPI(title="Studio engine", version=desk.version, openapi_url=None, docs_url=None, redoc_url=None,
                  redirect_slashes=False)  # an address is there or it is not: a key is never sent on to another one
    for router in (cannon_router(desk), canvas_router(desk), engine_router(desk), ended_router(desk.ends)):
        app.include_router(router)
    app.add_exception_handler(ApiError, _refused)
    app.add_exception_handler(HTTPException, _refused_by_framework)
    app.add_exception_handler(sqlite3.OperationalError, _store_down)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(OSError, _disk)
    app.add_exception_handler(Exception, _broken)
    return Guard(app, port=port, key=key, limiter=RateLimiter(desk.plan.requests_per_minute), life=desk.life)


def with_faults(app: ASGIApp, rules: Sequence[FaultRule]) -> ASGIApp:
    """The application behind fault drills, or itself when there are none."""
    return Faults(app, rules) if rules else app


class _Server(uvicorn.Server):
    """Without uvicorn's signal handlers: they would end the process before the engine has put its jobs back."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(app: ASGIApp) -> uvicorn.Server:
    """A server for this application; no access log, because the addresses of files are secrets."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", server_header=False, proxy_headers=False,
        timeout_keep_alive=75, timeout_graceful_shutdown=3, ws="none",
    )
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    return _Server(config)


async def _refused(request: Request, error: Any) -> Response:
    return json_error(error, request.url.path)


async def _refused_by_framework(request: Request, error: Any) -> Response:
    code = _CODES.get(error.status_code, "refused")
    words = {404: "There is nothing at this address.", 405: "This address does not take this method."}
    answer = ApiError(error.status_code, code, words.get(error.status_code, str(error.detail)))
    return json_error(answer, request.url.path)


async def _gone(request: Request, error: Any) -> Response:
    """The client broke off in the middle of its body; nobody reads this answer."""
    return json_error(ApiError(400, "incomplete_body", "The body ended too early."), request.url.path)


async def _disk(request: Request, error: Any) -> Response:
    log.error("the disk refused", exc_info=error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return json_error(ApiError(507, "disk_full", "The disk is full. Make room and send it again."), request.url.path)
    return await _broken(request, error)


async def _store_down(request: Request, error: Any) -> Response:
    log.error("the store cannot be used", exc_info=error)
    answer = ApiError(503, "store_unavailable", "The engine cannot write its store; is the disk full?", retry_after_s=5)
    return json_error(answer, request.url.path)


async def _broken(request: Request, error: Any) -> Response:
    log.error("a handler failed", exc_info=error)
    return json_error(ApiError(500, "internal", "The engine failed. Its log has the details."), request.url.path)
