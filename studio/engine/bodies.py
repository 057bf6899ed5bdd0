"""Reading request bodies under a limit, and answering JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, NoReturn

from starlette.requests import Request

from studio.engine.errors import ApiError
from studio.engine.files import too_large

MAX_JSON_BYTES = 1024 * 1024
_DRAIN_BYTES = 64 * 1024 * 1024


async def read_json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. ApiError 400 for anything else, 413 when it is too large."""
    data = bytearray()
    async for chunk in limited(request, MAX_JSON_BYTES):
        data += chunk
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a surrogate pair cannot be stored or sent back
    except (ValueError, RecursionError):
        raise ApiError(400, "invalid_json", "The body is no valid JSON.") from None
    if not isinstance(value, dict):
        raise ApiError(400, "invalid_json", "The body must be a JSON object.")
    return value


async def limited(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body in chunks. ApiError 413 beyond `limit` bytes, or at once when Content-Length says so.

    A little more is read and dropped before the refusal: a client that is still writing would else find the connection
    reset, and never read why.
    """
    declared = request.headers.get("content-length", "")
    over = declared.isdigit() and int(declared) > limit
    size = dropped = 0
    async for chunk in request.stream():
        size += len(chunk)
        if not over and size <= limit:
            yield chunk
            continue
        over = True
        dropped += len(chunk)
        if dropped > _DRAIN_BYTES:
            break
    if over:
        raise too_large(limit)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
