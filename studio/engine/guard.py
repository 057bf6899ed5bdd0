"""What stands before every handler: the exact host, no browser page, the key, the plan's requests a minute."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.engine.ended_api import ENDED_PATH
from studio.engine.errors import ApiError, is_canvas
from studio.engine.files import PREFIX
from studio.engine.life import Life
from studio.engine.plans import RateLimiter

HEALTH = "/health"
_FREE_OF_RATE = frozenset({"/api/v1/openapi", "/api/v1/uploads", "/engine/stop"})


class Guard:
    """ASGI middleware. A web page that reached this port by a trick (DNS rebinding, a form, an image) gets no further."""

    def __init__(self, app: ASGIApp, *, port: int, key: str, limiter: RateLimiter, life: Life) -> None:
        self._app = app
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._key = key.encode()
        self._limiter = limiter
        self._life = life

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        path: str = scope["path"]
        if is_canvas(path):
            send = self._with_remaining(send)
        try:
            open_to_all = self._admit(scope, path)
        except ApiError as error:
            status, body = error.answer(path)
            await JSONResponse(body, status, error.headers)(scope, receive, send)
            return
        if open_to_all:
            await self._app(scope, receive, send)
            return
        if path == ENDED_PATH:
            self._life.asked()
            await self._app(scope, receive, send)
            return
        with self._life.request():
            await self._app(scope, receive, send)

    def _admit(self, scope: Scope, path: str) -> bool:
        """Whether the request asks for nothing that is anybody's. ApiError where it is not let in."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            raise ApiError(403, "forbidden_host", "This engine answers only to its own address.")
        if "origin" in headers or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise ApiError(403, "forbidden_origin", "This engine does not answer web pages.")
        if path == HEALTH:
            return True
        if path.startswith(PREFIX) and scope["method"] in ("GET", "HEAD"):
            return False  # the address itself is the secret
        if not self._has_key(headers):
            raise ApiError(401, "unauthorized", "The API key is missing or wrong.")
        if path not in _FREE_OF_RATE and path.startswith(("/api/v1", "/v1")):
            self._limiter.take()
        return False

    def _has_key(self, headers: Headers) -> bool:
        given = headers.get("x-api-key")
        if given is None:
            scheme, _, value = headers.get("authorization", "").partition(" ")
            given = value.strip() if scheme.lower() == "bearer" else ""
        return hmac.compare_digest(given.encode(), self._key)

    def _with_remaining(self, send: Send) -> Callable[[Message], Awaitable[None]]:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message.get("headers", [])))
                headers["X-RateLimit-Remaining"] = str(self._limiter.remaining)
                message = {**message, "headers": headers.raw}
            await send(message)

        return sending


def json_error(error: ApiError, path: str) -> JSONResponse:
    """The answer to a refused request, in the shape of the contract that `path` belongs to."""
    status, body = error.answer(path)
    content: dict[str, Any] = body
    return JSONResponse(content, status, error.headers)
