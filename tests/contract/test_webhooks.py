"""Through the engine, the receiver and the runner: with every event lost, doubled, late, forged or in disorder the jobs end
as they do without any. Polling is the authority."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.app.core import Core
from studio.domain.account import Account, Secret, Service
from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState
from studio.engine.webhooks import derived_secret
from studio.settings.paths import Paths
from studio.settings.preferences import Preferences
from tests.ports import free_port
from tests.unit.engine.rig import KEY, Rig, engine

SERVICES = {"cannon": Service.CANNON_STUDIO, "canvas": Service.CANVAS_LABS}
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "polling": [{"webhook": "drop"}],
    "all arrive": [],
    "doubled": [{"webhook": "double"}],
    "disorder": [{"webhook": "delay", "delay_s": 0.3, "p": 0.5, "seed": 3}],
    "late": [{"webhook": "delay", "delay_s": 30}],
    "forged": [{"webhook": "bad_signature"}],
    "mixed": [{"webhook": "drop", "p": 0.3, "seed": 1}, {"webhook": "double", "p": 0.5, "seed": 2}],
}


@dataclass
class World:
    core: Core
    rig: Rig

    async def run(self, service: str, count: int) -> list[Job]:
        jobs = [
            await self.core.submit(JobRequest("image.generate", service, {"prompt": f"a pier {number}"}))
            for number in range(count)
        ]
        return [await self.core.wait(job.id, 60) for job in jobs]

    async def post(self, service: str, value: object, headers: dict[str, str] | None = None) -> int:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            address = self.core.webhook_address(service)
            assert address is not None
            return (await client.post(address, content=json.dumps(value), headers=headers)).status_code


@asynccontextmanager
async def world(home: Path, rules: list[dict[str, Any]], *, secret: bool = True) -> AsyncIterator[World]:
    port = free_port()
    core = await Core.open(Paths.of_home(home / "studio"))
    try:
        for name, service in SERVICES.items():
            url = f"http://127.0.0.1:{port}" + ("/v1" if service is Service.CANVAS_LABS else "")
            await core.add_account(Account(name, service, url), KEY)
            if secret:
                await core.set_secret(name, Secret.WEBHOOK, derived_secret(KEY))
        await core.set_preferences(Preferences(webhook_receiver=True))
        await core.start()
        faults = home / "faults.json"
        faults.write_text(json.dumps([{"do": "webhook", **rule} for rule in rules]))
        with engine(home, port=port, faults=faults, webhook_url=core.webhook_address("canvas")) as rig:
            yield World(core, rig)
            await core.close()
    finally:
        await core.close()


def outcome(job: Job) -> tuple[Any, ...]:
    return job.state, len(job.asset_ids), job.error, job.credits.charged


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
async def test_the_end_is_the_same_whatever_becomes_of_the_events(tmp_path: Path, variant: str) -> None:
    async with world(tmp_path, VARIANTS[variant]) as there:
        ended = [*await there.run("cannon", 3), *await there.run("canvas", 3)]
        assert [outcome(job) for job in ended] == [(JobState.DONE, 1, None, 0.0)] * 6
        remotes = [str(job.remote_id) for job in ended]
        events = [await there.rig.desk.store.outbox.of_job(remote) for remote in remotes]
        assert all(event is not None for event in events)  # each ended with one event
        if variant in ("all arrive", "doubled"):
            async with asyncio.timeout(60):
                while any(event is None or event.state != "delivered" for event in events):
                    await asyncio.sleep(0.02)
                    events = [await there.rig.desk.store.outbox.of_job(remote) for remote in remotes]


@pytest.mark.slow
async def test_an_event_brings_the_result_long_before_the_next_poll(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine asks for a minute between two polls: only the event can end the job within this test."""
    monkeypatch.setattr("studio.engine.desk.poll_after_ms", lambda *_: 60_000)
    async with world(tmp_path, []) as there:
        for service in SERVICES:
            (job,) = await there.run(service, 1)
            assert job.state is JobState.DONE
            looked = [entry for entry in await there.core.timeline(job.id) if entry.state is JobState.RUNNING]
            assert looked


@pytest.mark.slow
@pytest.mark.parametrize("secret", [True, False])
async def test_forged_events_end_no_job(tmp_path: Path, secret: bool) -> None:
    """Somebody who knows the address says that the job has ended: the service is asked, and it has not."""
    async with world(tmp_path, [{"webhook": "drop"}], secret=secret) as there:
        there.rig.desk.work.draining = True  # nothing is begun
        job = await there.core.submit(JobRequest("image.generate", "canvas", {"prompt": "a pier"}))
        job = await there.core.wait_sent(job.id, 60)
        for number, status in enumerate(("completed", "failed", "cancelled", "nonsense")):
            result = {"url": "https://evil.example/x.mp4"}
            event = {"event": "job.completed", "job_id": job.remote_id, "status": status, "result": result, "n": number}
            assert await there.post("canvas", event) == (401 if secret else 204)
        await asyncio.sleep(0.3)
        seen = await there.core.job(job.id)
        assert seen.state is JobState.RUNNING
        assert seen.output is None
        there.rig.desk.work.draining = False
        there.rig._loop.call_soon_threadsafe(there.rig.desk.work.wake)
        assert outcome(await there.core.wait(job.id, 60)) == (JobState.DONE, 1, None, 0.0)
