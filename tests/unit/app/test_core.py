"""The core on a real store and library; the only service here is one that does not answer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from studio.app import first_screen
from studio.app.core import Core
from studio.domain.errors import InputError, LocalError, NotFoundError, UnknownOperationError
from studio.domain.event import AssetAdded, Event, JobChanged, ProblemRaised, StoreChanged
from studio.domain.job import Job, JobRequest, now
from studio.domain.query import AssetQuery, JobQuery
from studio.domain.state import JobState, WaitReason
from studio.settings.paths import Paths
from studio.settings.preferences import Preferences


async def until(condition: object, seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < limit
        await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_a_job_is_kept_and_waits_while_its_service_is_away(core: Core, far: str, paths: Paths) -> None:
    events: list[Event] = []
    stop = core.subscribe(events.append)
    await core.start()
    job = await core.submit(JobRequest("image.generate", far, {"prompt": "a pier"}))
    assert job.state is JobState.QUEUED
    waiting = await core.wait_sent(job.id, 60)
    assert waiting.waiting_for is WaitReason.OFFLINE
    assert waiting.state is JobState.QUEUED
    assert any(isinstance(event, JobChanged) and event.is_new for event in events)
    assert (await core.wait(job.id, 0.05)).id == job.id
    assert (await core.timeline(job.id))[0].state is JobState.QUEUED
    assert [found.id for found in await core.jobs(JobQuery(search="pier"))] == [job.id]
    assert (await core.totals(now() - timedelta(hours=1))).jobs == 1
    ended = await core.cancel(job.id)
    assert ended.state is JobState.CANCELLED
    assert (await core.wait(job.id)).state is JobState.CANCELLED
    await core.idle()
    stop()
    assert first_screen.read(paths).jobs[0].id == job.id


@pytest.mark.slow
async def test_a_restart_goes_on_where_the_last_process_ended(
    core: Core, far: str, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANNON_API_KEY", "cs_live_made_up_0123")  # what no keyring holds
    await core.start()
    job = await core.submit(JobRequest("image.generate", far, {"prompt": "a pier"}))
    await core.wait_sent(job.id, 60)
    await core.close()
    other = await Core.open(paths)
    events: list[Event] = []
    other.subscribe(events.append)
    await other.start()
    await until(lambda: any(isinstance(event, JobChanged) and event.job.id == job.id for event in events))
    assert (await other.job(job.id)).idempotency_key == job.idempotency_key
    assert (await other.cancel(job.id)).state is JobState.CANCELLED
    await other.close()


@pytest.mark.slow
async def test_another_process_is_noticed(core: Core, far: str, paths: Paths) -> None:
    """Two cores on one store, each with connections of its own, as window and command line have them."""
    events: list[Event] = []
    core.subscribe(events.append)
    await core.start()
    job = await core.submit(JobRequest("image.generate", far, {"prompt": "a pier"}))
    await core.wait_sent(job.id, 60)
    other = await Core.open(paths)
    try:
        assert (await other.cancel(job.id)).state is JobState.CANCELLED
        await until(lambda: any(isinstance(event, StoreChanged) for event in events))
        assert (await core.wait(job.id, 60)).state is JobState.CANCELLED
        await core.idle()
    finally:
        await other.close()


async def test_what_can_be_checked_is_checked_before_there_is_a_job(core: Core, far: str, tmp_path: Path) -> None:
    cases: list[tuple[JobRequest, type[InputError], str]] = [
        (JobRequest("image.generate", "local", {"prompt": " "}), InputError, "prompt"),
        (JobRequest("image.generate", "local", {}), InputError, "prompt"),
        (JobRequest("video.dream", "local", {"prompt": "x"}), UnknownOperationError, "operation"),
        (JobRequest("image.generate", "nobody", {"prompt": "x"}), NotFoundError, "account"),
        (JobRequest("video.generate", "local", {"prompt": "x", "image_url": (tmp_path / "a.png").as_uri()}), InputError,
         "image_url"),
        (JobRequest("image.generate", "local", {"prompt": "x", "reference_image_urls": ["file:///etc/passwd"]}), InputError,
         "reference_image_urls"),
    ]
    for request, kind, field in cases:
        with pytest.raises(kind) as caught:
            await core.submit(request)
        assert caught.value.field == field, request
    assert await core.jobs(JobQuery()) == []
    with pytest.raises(NotFoundError):
        await core.job("job_none")
    with pytest.raises(NotFoundError):
        await core.timeline("job_none")


@pytest.mark.slow
async def test_pictures_come_in_and_go_out(core: Core, picture: bytes, tmp_path: Path) -> None:
    events: list[Event] = []
    core.subscribe(events.append)
    file = tmp_path / "a picture.png"
    file.write_bytes(picture)
    attached = await core.attach(file)
    assert attached == await core.attach_bytes(picture, "pasted")
    asset = await core.import_file(file)
    assert [event.asset.id for event in events if isinstance(event, AssetAdded)] == [asset.id]
    assert (await core.asset_counts())["all"] == 1
    (out,) = await core.export([asset.id], tmp_path / "out")
    assert out.read_bytes() == picture
    await core.delete([asset.id])
    assert await core.assets(AssetQuery()) == []
    await core.restore([asset.id])
    assert (await core.asset(asset.id)).deleted_at is None


async def test_operations_need_neither_network_nor_key(core: Core, far: str) -> None:
    assert {operation.id for operation in core.operations()} >= {"video.generate", "image.generate"}
    assert core.operations(far)
    with pytest.raises(NotFoundError):
        core.operations("nobody")


async def test_the_default_account_is_the_one_of_the_settings_while_it_exists(core: Core, far: str, paths: Paths) -> None:
    assert core.default_account() == "local"
    await core.set_preferences(replace(core.preferences, default_account=far))
    assert core.default_account() == far
    again = await Core.open(paths)
    assert again.preferences.default_account == far
    await again.close()
    await core.remove_account(far)
    assert core.default_account() == "local"
    assert [account.name for account in core.accounts()] == ["local"]


async def test_settings_that_make_no_sense_are_refused(core: Core) -> None:
    with pytest.raises(InputError):
        await core.set_preferences(Preferences(theme="pink"))


async def test_broken_settings_are_told_at_the_start(paths: Paths) -> None:
    paths.create()
    paths.settings.write_text("{", encoding="utf-8")
    core = await Core.open(paths)
    events: list[Event] = []
    core.subscribe(events.append)
    await core.start()
    await core.close()
    assert [event for event in events if isinstance(event, ProblemRaised)]


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LocalError) as caught:
        await Core.open(Paths.of_home(tmp_path / "file" / "home"))
    assert "STUDIO_HOME" in caught.value.advice


@pytest.mark.slow
async def test_jobs_on_their_way_are_counted_behind_a_long_queue(core: Core) -> None:
    """What decides how many more may be sent, whichever process follows them."""
    request = JobRequest("image.generate", "local", {"prompt": "x"})
    running = Job.new(request).changed(state=JobState.RUNNING, remote_id="req_1")
    await core._store.add(running)
    assert await core._store.in_flight("local") == [running.id]
    for _ in range(70):
        await core._store.add(Job.new(request))
    assert await core._store.in_flight("local") == [running.id]
    assert await core._store.in_flight("another") == []
