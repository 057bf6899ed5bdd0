"""A job's label and charge that change after its result came in: whoever shows the result hears of it, from a real store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.app import result_marks
from studio.app.core import Core
from studio.domain.account import Account, HostKind, MediaHost, Service
from studio.domain.asset import Asset
from studio.domain.event import AssetChanged, Event, StoreChanged
from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState
from studio.store.assets import SqlAssetStore
from studio.store.jobs import SqlJobStore
from tests.media_files import write_picture
from tests.unit.app.scripted_service import serving


@pytest.fixture
def heard(core: Core) -> list[Event]:
    events: list[Event] = []
    core.subscribe(events.append)
    return events


async def job_with_results(core: Core, tmp_path: Path, count: int = 2) -> Job:
    """A finished job of an earlier day, with `count` results."""
    base = await core.import_file(write_picture(tmp_path / "view.png"))
    job = Job.new(JobRequest("image.generate", "local", {"prompt": "a calm sea"}, "Day 1")).changed(state=JobState.DONE)
    made = [replace(base, id=f"asset_{job.id}_{n}", sha256=f"{n:064x}", path=base.path.with_name(f"{job.id} {n}.png"),
                    job_id=job.id, output_index=n) for n in range(count)]
    job = await SqlJobStore(core._db).add(job.changed(asset_ids=tuple(asset.id for asset in made)))
    assets = SqlAssetStore(core._db, core.paths.media, core.paths.thumbnails)
    for asset in made:
        await assets.add(asset)
    return job


def changed_in(heard: list[Event]) -> list[Asset]:
    return [event.asset for event in heard if isinstance(event, AssetChanged)]


async def until(enough: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not enough():  # noqa: ASYNC110  # events have no end to wait for
            await asyncio.sleep(0.01)


async def test_another_label_is_told_with_every_result_and_the_same_again_is_not(
    core: Core, tmp_path: Path, heard: list[Event]
) -> None:
    job = await job_with_results(core, tmp_path)
    heard.clear()
    await core.queue.set_label([job.id], "Day 2")
    await until(lambda: len(changed_in(heard)) == 2)
    assert {asset.id for asset in changed_in(heard)} == set(job.asset_ids)
    assert {asset.label for asset in changed_in(heard)} == {"Day 2"}
    heard.clear()
    await core.queue.set_label([job.id], "Day 2")
    await core.queue.set_label([job.id], None)
    await until(lambda: len(changed_in(heard)) == 2)
    assert {asset.label for asset in changed_in(heard)} == {None}


async def test_many_results_are_one_event(
    core: Core, tmp_path: Path, heard: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_marks, "MOST_TOLD", 3)
    jobs = [await job_with_results(core, tmp_path) for _ in range(2)]
    heard.clear()
    await core.queue.set_label([job.id for job in jobs], "Day 2")
    await until(lambda: StoreChanged() in heard)
    assert (heard.count(StoreChanged()), changed_in(heard)) == (1, [])


async def test_a_charge_that_is_known_only_later_is_told(
    core: Core, picture: bytes, heard: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a new job nothing is told besides what its results are told of anyway, until checking again says what it cost."""
    with serving(picture) as service:
        await core.add_account(Account("work", Service.CANNON_STUDIO, service.url, media_host=MediaHost(HostKind.INLINE)),
                               "cs_live_made_up_0123")
        await core.start()
        photo = {"image_url": await core.attach_bytes(picture, "photo.png"), "prompt": "bluer"}
        job = await core.wait((await core.submit(JobRequest("image.edit", "work", photo))).id, 60)
        assert (job.state, len(job.asset_ids), job.credits.charged) == (JobState.DONE, 1, None)
        before = service.get

        def priced(request_id: str) -> dict[str, Any]:
            return {**before(request_id), "billableCredits": 7}

        assert not [asset for asset in changed_in(heard) if asset.thumbnail is None]
        heard.clear()
        monkeypatch.setattr(service, "get", priced)
        checked = await core.queue.check_again(job.id)
        assert checked.credits.charged == 7
        await until(lambda: bool(changed_in(heard)))
        assert [(asset.id, asset.credits) for asset in changed_in(heard)] == [(job.asset_ids[0], 7)]
