"""The long poll by which the studio hears at once that a job has ended. It is nobody's contract: not in the served document,
not counted by a plan, spared by the drills."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from studio.engine.ends import Ends
from studio.engine.errors import invalid

ENDED_PATH = "/engine/ended"
LONGEST_WAIT_S = 25.0
_DIGITS = 19


def ended_router(ends: Ends) -> APIRouter:
    """GET /engine/ended?after=NUMBER&wait=SECONDS answers {"latest": number, "ids": [...]}, and "lost": true where the
    number says nothing to this engine."""
    router = APIRouter()

    @router.get(ENDED_PATH)
    async def ended(request: Request) -> JSONResponse:
        after, seconds = _after(request.query_params.get("after")), _wait(request.query_params.get("wait", "0"))
        found = await ends.wait(after, seconds, lambda: _gone(request))
        return JSONResponse(found, headers={"Cache-Control": "no-store"})

    return router


def _after(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise invalid("after", "after must be a number that this address has answered as latest.")
    return int(text)


def _wait(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_WAIT_S:  # NaN is not either
        raise invalid("wait", f"wait must be a number of seconds from 0 to {LONGEST_WAIT_S:g}.")
    return seconds


async def _gone(request: Request) -> None:
    """Until whoever asked has hung up: one who is gone takes no place from the others."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
