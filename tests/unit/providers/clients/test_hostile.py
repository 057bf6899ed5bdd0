"""Answers that make no sense: every call ends soon, with an error of the tree or a usable result, and says no key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.contracts.cannon.envelope import RequestObject
from studio.contracts.canvas.envelope import JobObject
from studio.domain.errors import StudioError
from studio.providers.client import Read
from studio.providers.clients import AsyncCannonStudio, AsyncCanvasLabs
from studio.providers.clients.dialect import CannonDialect, CanvasDialect
from studio.providers.tolerant import tolerant
from tests.unit.net.raw_server import RawServer, Script, bomb, endless, head, raw, reply
from tests.unit.providers.clients.conftest import KEY

GZIP = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
BOMB = bomb(64 * 1024 * 1024)
HOSTILE: dict[str, Script] = {
    "html": reply(200, b"<html>sign in</html>"),
    "a list": reply(200, b"[1, 2]"),
    "bad utf-8": reply(200, b'{"id": "\xff\xfe"}'),
    "nan": reply(200, b'{"id": "req_1", "status": "queued", "progress": NaN}'),
    "deep": reply(200, b"[" * 100_000),
    "wrong types": reply(200, {"id": {}, "job_id": [], "status": 7, "output": "x", "result": 4, "error": [1]}),
    "numbers for texts": reply(200, {"id": 5, "job_id": 5, "status": "queued", "poll_after_ms": "soon"}),
    "an id that is a path": reply(200, {"id": "../../etc", "job_id": "..", "status": "succeeded"}),
    "an id without end": reply(200, {"id": "x" * 5000, "job_id": "x" * 5000, "status": "queued"}),
    "a bomb": raw(head(200, {**GZIP, "Content-Length": str(len(BOMB))}) + BOMB),
    "endless": endless(b"x" * 65536, {"Content-Type": "application/json"}),
    "interim answers without end": raw(b"HTTP/1.1 103 Early\r\n\r\n" * 5000),
    "a lying length": raw(b'HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n{"id": "req_1"}'),
    "no http": raw(b"220 smtp ready\r\n"),
    "the key back": reply(400, {"error": {"message": f"bad key {KEY}"}}),
}


async def told(call: Callable[[], Awaitable[object]]) -> str:
    """All that a caller sees of a call: what it gave, or its error. No error of another tree is caught."""
    try:
        return repr(await call())
    except StudioError as error:
        return repr(error) + error.in_words() + repr(error.__cause__)


@pytest.mark.slow
@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE.keys())
async def test_every_call_ends(
    server: RawServer, cannon: AsyncCannonStudio, canvas: AsyncCanvasLabs, script: Script, tmp_path: Path
) -> None:
    server.say(script)
    calls: tuple[Callable[[], Awaitable[object]], ...] = (
        cannon.status, canvas.account.credits, lambda: cannon.requests.get("req_1"), lambda: canvas.jobs.get("job_1"),
        lambda: cannon.image.generate(prompt="x"), lambda: canvas.image.generate(prompt="x"),
    )
    for call in calls:
        async with asyncio.timeout(60):
            said = await told(call)
        assert KEY not in said
    assert all(seen.path.startswith(("/api/v1/", "/v1/")) and ".." not in seen.path for seen in server.seen)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_wait_ends(server: RawServer, cannon: AsyncCannonStudio, script: Script) -> None:
    server.say(reply(202, {"id": "req_1", "status": "queued"}), script)
    job = await cannon.image.generate(prompt="x")
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(StudioError):
        await job.wait(timeout=0)
    assert loop.time() - began < 60


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4), max_leaves=12,
)
WORDS = st.sampled_from(["queued", "processing", "succeeded", "completed", "failed", "cancelled", "pondering", ""])
NAMES = st.sampled_from([
    "video_url", "imageUrl", "image_urls", "audio_url", "asset_type", "model", "exact_cost_credits", "other",
])
OUTPUT = st.dictionaries(
    NAMES,
    JSON | st.sampled_from(["https://e.com/a.png", "video", ["https://e.com/b.png", 4]]), max_size=5,
)


FIELDS = st.sampled_from([
    "billableCredits", "credits_used", "error", "errorMessage", "progress", "poll_after_ms", "eta_ms", "type", "operation",
])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(status=WORDS, output=OUTPUT | JSON, more=st.dictionaries(FIELDS, JSON))
def test_any_answer_about_a_job_is_read(status: str, output: object, more: dict[str, object]) -> None:
    """A state, and never anything but numbers, texts and addresses in their places."""
    raw_answer = {"id": "req_1", "job_id": "job_1", "status": status, "output": output, "result": output, **more}
    cannon, canvas = CannonDialect.__new__(CannonDialect), CanvasDialect.__new__(CanvasDialect)
    read = Read(tolerant(RequestObject, raw_answer), raw_answer)
    jobs = [cannon.job(read, name) for name in (None, "video.generate", "new.one")]
    jobs.append(canvas.job(Read(tolerant(JobObject, raw_answer), raw_answer), None))
    for job in jobs:
        assert all(result.url.startswith(("https://", "http://")) for result in job.results)
        assert job.charged is None or job.charged >= 0
        assert job.poll_after_s is None or 0 <= job.poll_after_s <= 600
        assert (job.unknown_status is None) == (status not in ("pondering", ""))
