"""The long poll for jobs that ended: at once, of every kind of end, and in nobody's way."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.engine.ends import KEPT, MOST_WAITING, Ends
from studio.engine.errors import ApiError
from tests.unit.engine.rig import KEY, Rig, engine

PATH = "/engine/ended"
LONG = 25.0
"""More than the tests' clients wait for an answer: one that comes was not waited out."""


def ask(rig: Rig, after: int | None = None, wait: float = 0.0) -> dict[str, Any]:
    given = {} if after is None else {"after": after}
    answer = rig.client.get(PATH, params={**given, "wait": wait})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def waiting(rig: Rig, thread: ThreadPoolExecutor, after: int) -> Future[dict[str, Any]]:
    """A question that waits by now."""
    asked = thread.submit(ask, rig, after, LONG)
    until(lambda: rig.desk.ends.waiting == 1)
    return asked


def test_the_first_question_gives_only_where_to_begin(shared: Rig) -> None:
    found = ask(shared, wait=LONG)
    assert found == {"latest": found["latest"], "ids": [], "lost": True}
    assert ask(shared, found["latest"]) == {"latest": found["latest"], "ids": []}


def test_without_the_key_nothing_is_said(shared: Rig) -> None:
    assert shared.bare.get(PATH).status_code == 401
    assert shared.client.get(PATH, headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1.5", "after=²", "after=" + "9" * 5000, "wait=x", "wait=-1",
                                   "wait=26", "wait=nan", "wait=inf"])
def test_nonsense_is_refused(shared: Rig, query: str) -> None:
    answer = shared.client.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_input"


@pytest.mark.parametrize(("renderer", "status"), [("quick", "succeeded"), ("refuses", "failed")])
def test_an_end_is_told_once_it_is_written(tmp_path: Path, renderer: str, status: str) -> None:
    with engine(tmp_path, renderer) as rig:
        before = ask(rig)["latest"]
        job = rig.create()
        found = ask(rig, before, LONG)
        assert found == {"latest": before + 1, "ids": [job]}
        assert rig.request(job)["status"] == status
        other = rig.client.post("/v1/image/generate", json={"prompt": "a lake"}).json()["job_id"]
        assert ask(rig, before + 1, LONG) == {"latest": before + 2, "ids": [other]}
        assert ask(rig, before) == {"latest": before + 2, "ids": [job, other]}, "whoever asks late hears of all"


def test_whoever_waits_is_told_of_a_cancel(tmp_path: Path, thread: ThreadPoolExecutor) -> None:
    with engine(tmp_path, "slow", places=1) as rig:
        running, queued = rig.create(prompt="for 3600"), rig.create(prompt="for 3600")
        rig.until(running, "processing")
        before = ask(rig)["latest"]
        for number, job in enumerate((queued, running)):
            asked = waiting(rig, thread, before + number)
            rig.client.post(f"/api/v1/requests/{job}/cancel")
            assert asked.result(LONG) == {"latest": before + number + 1, "ids": [job]}
        assert ask(rig, before)["ids"] == [queued, running], "the worker that stops later is no second end"


def test_where_nothing_ends_the_time_is_waited_out(shared: Rig) -> None:
    before = ask(shared)["latest"]
    assert ask(shared, before, 0.05) == {"latest": before, "ids": []}
    assert shared.desk.ends.waiting == 0


def test_a_stop_answers_whoever_waits(tmp_path: Path, thread: ThreadPoolExecutor) -> None:
    with engine(tmp_path) as rig:
        before = ask(rig)["latest"]
        asked = waiting(rig, thread, before)
        assert rig.client.post("/engine/stop").status_code == 202
        assert asked.result(LONG) == {"latest": before, "ids": []}


def test_with_a_drain_what_still_ends_is_told(tmp_path: Path, thread: ThreadPoolExecutor) -> None:
    with engine(tmp_path, "slow") as rig:
        job = rig.create(prompt="for 3600")
        rig.until(job, "processing")
        asked = waiting(rig, thread, ask(rig)["latest"])
        assert rig.client.post("/engine/stop?drain").status_code == 202
        until(lambda: rig.desk.work.draining)
        assert rig.desk.ends.waiting == 1
        rig.client.post(f"/api/v1/requests/{job}/cancel")
        assert asked.result(LONG)["ids"] == [job]


def test_numbers_of_an_earlier_engine_say_nothing_to_the_next(tmp_path: Path) -> None:
    with engine(tmp_path) as rig:
        before = ask(rig)["latest"]
        rig.finished(rig.create())
    with engine(tmp_path) as rig:
        for number in (before, before + 1, 0, 10**15):
            assert ask(rig, number, LONG)["lost"]


def test_one_who_hangs_up_takes_no_place(shared: Rig) -> None:
    before = ask(shared)["latest"]
    connection = http.client.HTTPConnection(shared.url.removeprefix("http://"), timeout=20)
    connection.request("GET", f"{PATH}?after={before}&wait=25", headers={"x-api-key": KEY})
    until(lambda: shared.desk.ends.waiting == 1)
    assert shared.desk.life.quiet_s > 0, "one that only waits does not keep the engine"
    connection.close()
    until(lambda: shared.desk.ends.waiting == 0)


def test_neither_drills_nor_a_plan_count_it(tmp_path: Path) -> None:
    rules = tmp_path / "faults.json"
    rules.write_text(json.dumps([{"do": "status", "status": 500, "times": 1}]), encoding="utf-8")
    with engine(tmp_path / "home", plan="starter", faults=rules) as rig:
        for _ in range(12):  # the plan takes ten requests a minute
            ask(rig)
        answers = [rig.client.get("/api/v1/status").status_code for _ in range(2)]
        assert answers == [500, 200]


def test_it_belongs_to_no_document(shared: Rig) -> None:
    assert PATH not in shared.client.get("/api/v1/openapi").json()["paths"]


async def for_ever() -> None:
    await asyncio.Event().wait()


async def test_only_so_many_ends_are_remembered() -> None:
    ends = Ends(100)
    for number in range(KEPT + 1):
        ends.note(f"job {number}")
    assert ends.since(100) == {"latest": 101 + KEPT, "ids": [], "lost": True}
    assert ends.since(101)["ids"] == [f"job {number}" for number in range(1, KEPT + 1)]
    assert ends.since(100 + KEPT)["ids"] == [f"job {KEPT}"]
    assert "lost" in ends.since(102 + KEPT)


async def test_only_so_many_wait_and_nobody_at_the_end() -> None:
    ends = Ends(100)
    asked = [asyncio.ensure_future(ends.wait(100, 3600, for_ever)) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(ApiError) as refused:
        await ends.wait(100, 3600, for_ever)
    assert refused.value.status == httpx.codes.TOO_MANY_REQUESTS
    ends.close()
    assert await asyncio.gather(*asked) == [{"latest": 100, "ids": []}] * MOST_WAITING
    with pytest.raises(ApiError) as refused:
        await ends.wait(100, 3600, for_ever)
    assert refused.value.status == httpx.codes.SERVICE_UNAVAILABLE
    ends.note("late")
    assert (await ends.wait(100, 3600, for_ever))["ids"] == ["late"], "what has ended is told to the last"
