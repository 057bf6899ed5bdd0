"""P12: from submit to the asset in the gallery, less the engine's own render time, against a bare script that posts, polls
by the same hints and downloads.

Both use the same engine in its own process, in turn, with the same prompt and seeds of their own. The row P12 ends with the
event that makes the gallery show the asset; P12.store ends when a question to the store finds it (looked for every 5 ms).

The script hears of a job's end by its next poll, as any client of the services does. The studio keeps a long poll to its own
engine beside the polling and may hear of it at once (`studio.app.engine_ends`), so that the row says what a person gains and
loses by the studio, and not what its bookkeeping costs.

When a job ends within the pause that the script was told to make is chance, and counts for more than all the rest: so the
sums of several pairs are compared, not the single runs.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from studio.app.core import Core
from studio.domain.event import AssetAdded, Event, JobChanged
from studio.domain.job import JobRequest
from studio.domain.query import AssetQuery
from studio.domain.state import JobState
from studio.engine.address import EngineAddress
from studio.engine.launch import ensure_engine, stop_engine
from studio.settings.paths import Paths
from tests.bench.ratios import note, report

BLOCKS = 5
PAIRS = 8
PROMPT = "a lighthouse by the sea at dusk"
INPUT = {"prompt": PROMPT, "resolution": "1K"}
LIMIT_S = 120.0


def render_s(answer: dict[str, Any]) -> float:
    """What the engine itself took, by its own clock."""
    return float(answer["completedAtMs"] - answer["startedAtMs"]) / 1000


class Studio:
    """The measured side: the core as window and command line use it."""

    def __init__(self, core: Core, client: httpx.Client) -> None:
        self.core = core
        self.client = client
        self.stored: list[float] = []

    async def run(self, seed: int) -> float:
        loop = asyncio.get_running_loop()
        shown: asyncio.Future[float] = loop.create_future()
        collecting = asyncio.Event()

        def listen(event: Event) -> None:
            if isinstance(event, AssetAdded) and not shown.done():
                shown.set_result(time.perf_counter())
            elif isinstance(event, JobChanged) and event.job.state is JobState.DOWNLOADING:
                collecting.set()

        stop = self.core.subscribe(listen)
        try:
            begun = time.perf_counter()
            job = await self.core.submit(JobRequest("image.generate", "local", {**INPUT, "seed": seed}))
            async with asyncio.timeout(LIMIT_S):
                await collecting.wait()
                while not await self.core.assets(AssetQuery(job_id=job.id, limit=1)):  # noqa: ASYNC110  # the store is asked
                    await asyncio.sleep(0.005)
                stored = time.perf_counter() - begun
                total = await shown - begun
        finally:
            stop()
        ended = await self.core.wait(job.id, LIMIT_S)
        answer = await asyncio.to_thread(lambda: self.client.get(f"/api/v1/requests/{ended.remote_id}").json())
        self.stored.append(stored - render_s(answer))
        return total - render_s(answer)


class Script:
    """The baseline: what one would write in twenty lines, in its own thread."""

    def __init__(self, client: httpx.Client, folder: Path) -> None:
        self.client = client
        self.folder = folder

    async def run(self, seed: int) -> float:
        return await asyncio.to_thread(self._run, seed)

    def _run(self, seed: int) -> float:
        begun = time.perf_counter()
        body = {"operation": "image.generate", "input": {**INPUT, "seed": seed}}
        answer: dict[str, Any] = self.client.post("/api/v1/requests", json=body).raise_for_status().json()
        address = f"/api/v1/requests/{answer['id']}"
        while answer["status"] not in ("succeeded", "failed"):
            time.sleep((answer.get("poll_after_ms") or 1000) / 1000)
            answer = self.client.get(address).raise_for_status().json()
        if answer["status"] == "failed":
            raise RuntimeError(answer["errorMessage"])
        url = answer["output"]["image_url"]
        with (self.folder / f"{seed}.png").open("wb") as file, self.client.stream("GET", url) as got:
            for block in got.raise_for_status().iter_bytes(1 << 16):
                file.write(block)
        return time.perf_counter() - begun - render_s(answer)


async def paired(sides: list[Studio | Script], seed: int) -> list[float]:
    """Seconds of each side over some pairs of runs, in turn."""
    taken = [0.0, 0.0]
    for pair in range(PAIRS):
        for number in (0, 1) if pair % 2 else (1, 0):
            taken[number] += await sides[number].run(seed + 2 * pair + number)
    return taken


async def measure(home: Path, address: EngineAddress) -> None:
    core = await Core.open(Paths.of_home(home))
    with httpx.Client(base_url=address.url, headers={"x-api-key": address.token}, timeout=60, trust_env=False) as client:
        studio = Studio(core, client)
        sides: list[Studio | Script] = [studio, Script(client, home)]
        try:
            await core.start()
            for side in sides:
                await side.run(1)
            ratios, stored = [], []
            for block in range(BLOCKS):
                taken = await paired(sides, 100 + 1000 * block)
                ratios.append(taken[0] / taken[1])
                stored.append(sum(studio.stored[-PAIRS:]) / taken[1])
                each = [round(side / PAIRS, 3) for side in taken]
                note(f"P12 block {block + 1}/{BLOCKS}: seconds a job: studio {each[0]}, script {each[1]}")
        finally:
            await core.close()
    baseline = "a script with httpx that posts, polls by the same hints and downloads, on the same engine"
    report("P12", ratios, "<= 1.2", baseline)
    report("P12.store", stored, "<= 1.2", baseline)


def main() -> int:
    """Print the row of P12; 0 when it was measured."""
    home = Path(tempfile.mkdtemp(prefix="studio-p12-"))
    try:
        asyncio.run(measure(home, ensure_engine(home / "engine")))
    finally:
        stop_engine(home / "engine")
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
