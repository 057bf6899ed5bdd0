"""P12: from submit to the asset in the gallery, less the engine's own render time, against a bare script that posts, polls by
the same hints and downloads.

Both use the same engine in its own process, in turn, with the same prompt and seeds of their own. The studio's time ends with
the event that makes the gallery show the asset: everything is on disk then, the preview included.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from studio.app.core import Core
from studio.domain.event import AssetAdded, Event
from studio.domain.job import JobRequest
from studio.engine.address import EngineAddress
from studio.engine.launch import ensure_engine, stop_engine
from studio.settings.paths import Paths
from tests.bench.ratios import note, report

PAIRS = 15
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

    async def run(self, seed: int) -> float:
        loop = asyncio.get_running_loop()
        shown: asyncio.Future[float] = loop.create_future()

        def listen(event: Event) -> None:
            if isinstance(event, AssetAdded) and not shown.done():
                shown.set_result(time.perf_counter())

        stop = self.core.subscribe(listen)
        try:
            begun = time.perf_counter()
            job = await self.core.submit(JobRequest("image.generate", "local", {**INPUT, "seed": seed}))
            async with asyncio.timeout(LIMIT_S):
                total = await shown - begun
        finally:
            stop()
        ended = await self.core.wait(job.id, LIMIT_S)
        answer = await asyncio.to_thread(lambda: self.client.get(f"/api/v1/requests/{ended.remote_id}").json())
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
        with (self.folder / f"{seed}.png").open("wb") as file, self.client.stream("GET", answer["output"]["image_url"]) as got:
            for block in got.raise_for_status().iter_bytes(1 << 16):
                file.write(block)
        return time.perf_counter() - begun - render_s(answer)


async def measure(home: Path, address: EngineAddress) -> None:
    core = await Core.open(Paths.of_home(home))
    with httpx.Client(base_url=address.url, headers={"x-api-key": address.token}, timeout=60, trust_env=False) as client:
        sides = [Studio(core, client), Script(client, home)]
        try:
            await core.start()
            for side in sides:
                await side.run(1)
            ratios, times = [], []
            for pair in range(PAIRS):
                taken: dict[int, float] = {}
                for number in (0, 1) if pair % 2 else (1, 0):
                    taken[number] = await sides[number].run(100 + 2 * pair + number)
                ratios.append(taken[0] / taken[1])
                times.append((round(taken[0], 3), round(taken[1], 3)))
                note(f"P12 pair {pair + 1}/{PAIRS}: studio {taken[0]:.3f} s, script {taken[1]:.3f} s")
        finally:
            await core.close()
    report("P12", ratios, "<= 1.2", "a script with httpx that posts, polls by the same hints and downloads, on the same engine",
           seconds=json.dumps(times))


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
