"""Carries fault drills out: an ASGI middleware before everything else, so that clients meet what a bad network does."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.contracts.cannon.envelope import REQUESTS_PATH
from studio.contracts.operations import CANVAS_PATHS
from studio.engine.ended_api import ENDED_PATH
from studio.engine.errors import ApiError
from studio.engine.fault_rules import FaultRule
from studio.engine.files import PREFIX

log = logging.getLogger(__name__)
_MAX_BODY = 2 * 1024 * 1024
_SAFE_PATHS = ("/health", "/engine/stop", ENDED_PATH)
_WORDS = {400: "invalid_request", 401: "unauthorized", 402: "insufficient_credits", 404: "not_found", 429: "rate_limited"}
_OPERATIONS = {f"/v1{path}": operation for operation, path in CANVAS_PATHS.items()}


class Faults:
    """The first rule that strikes is carried out. The engine's own addresses (health, stop, ended) are spared."""

    def __init__(self, app: ASGIApp, rules: Sequence[FaultRule]) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _SAFE_PATHS:
            await self._app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        operation = _OPERATIONS.get(path)
        if method == "POST" and path == REQUESTS_PATH and any(rule.operation for rule in self._rules):
            operation, receive = await _operation_of(receive)
        rule = next((rule for rule in self._rules if rule.strikes(method, path, operation)), None)
        if rule is None:
            await self._app(scope, receive, send)
            return
        log.warning("fault drill: %s for %s", rule.do, "a file" if path.startswith(PREFIX) else f"{method} {path}")
        await self._carry_out(rule, scope, receive, send)

    async def _carry_out(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if rule.do == "drop_before":
            await _break(send)
        elif rule.do == "slow":
            await asyncio.sleep(rule.delay_s)
            await self._app(scope, receive, send)
        elif rule.do == "drop_after":
            await self._app(scope, receive, _into_the_void)
            await _break(send)
        elif rule.do == "cut_body":
            await self._app(scope, receive, _Cutter(send))
        else:
            status = 404 if rule.do == "expire" else rule.status
            error = ApiError(status, _WORDS.get(status, "fault_drill"), "This answer is a fault drill.")
            _, body = error.answer(path)
            await JSONResponse(body, status, {**error.headers, **rule.headers})(scope, receive, send)


class _Cutter:
    """Sends the head and half of the first piece of the body, then breaks the connection."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._cut = False

    async def __call__(self, message: Message) -> None:
        if self._cut:
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        self._cut = True
        body = message.get("body", b"")
        await self._send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await asyncio.sleep(0.05)  # let the half go out: an abort drops what is still in the buffer
        await _break(self._send)


async def _operation_of(receive: Receive) -> tuple[str | None, Receive]:
    """What a create asks for; and a `receive` that gives the body once more."""
    messages: list[Message] = []
    body = b""
    while len(body) <= _MAX_BODY:
        message = await receive()
        messages.append(message)
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body", False):
            break

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None, again
    operation = value.get("operation") if isinstance(value, dict) else None
    return operation if isinstance(operation, str) else None, again


async def _into_the_void(_message: Message) -> None:
    return


async def _break(send: Send) -> None:
    """Cut the connection. ASGI has no word for it: uvicorn's own `send` is a method of the object with the transport."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("this server does not let a connection be broken")
    transport.abort()
    await asyncio.sleep(0.01)  # uvicorn takes note, and does not complain that there was no answer
