"""A job's local file on its way to a service: through a bucket (a real S3 server) or inside the request."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from studio.app.core import Core
from studio.domain.account import Account, HostKind, MediaHost, Secret, Service
from studio.domain.asset import Asset
from studio.domain.errors import InputError, KeyMissingError, UnreachableError
from studio.domain.job import Job, JobRequest
from studio.domain.remote import Pace
from studio.domain.state import JobState
from studio.providers.hosting import inline
from studio.providers.hosting.bucket import BucketHost
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from studio.store.hosted_urls import SqlHostedUrls
from studio.store.paces import SqlPaceStore
from tests.unit.app.scripted_service import ScriptedService, serving
from tests.unit.providers.hosting.conftest import KEY_ID, S3, SECRET, _server, s3

__all__ = ["_server", "s3"]
KEY = "cs_live_made_up_0123"


@pytest.fixture
def service(picture: bytes) -> Iterator[ScriptedService]:
    with serving(picture) as running:
        yield running


async def opened(paths: Paths, service: ScriptedService, host: MediaHost) -> Core:
    core = await Core.open(paths)
    await core.add_account(Account("work", Service.CANNON_STUDIO, service.url, media_host=host), KEY)
    if host.kind is HostKind.BUCKET:
        await core.set_secret("work", Secret.HOST_KEY, KEY_ID)
        await core.set_secret("work", Secret.HOST_SECRET, SECRET)
    await core.start()
    return core


@pytest.fixture
async def bucket_core(paths: Paths, service: ScriptedService, s3: S3) -> AsyncIterator[Core]:
    core = await opened(paths, service, s3.account().media_host)
    yield core
    await core.close()


async def edit(core: Core, picture: bytes, name: str = "a private name.png") -> Job:
    uri = await core.attach_bytes(picture, name)
    return await core.submit(JobRequest("image.edit", "work", {"prompt": "a pier", "image_url": uri}))


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # what it waits for happens in other threads
            await asyncio.sleep(0.01)


@pytest.mark.slow
async def test_put_used_and_removed(
    bucket_core: Core, service: ScriptedService, s3: S3, picture: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.hold = True
    job = await edit(bucket_core, picture)
    await until(lambda: service.fetched)
    assert service.fetched == [picture]
    url = service.bodies[0]["input"]["image_url"]
    assert urlsplit(url).path.lstrip("/").partition("/")[2] == s3.keys()[0]
    assert "private" not in url
    service.hold = False
    done = await bucket_core.wait(job.id, 60)
    assert done.state is JobState.DONE
    assert s3.keys() == []
    assert str(done.request.input["image_url"]).startswith("file:")
    (asset_id,) = done.asset_ids
    asset: Asset = await bucket_core.asset(asset_id)
    notes = [entry.note for entry in await bucket_core.timeline(job.id)]
    signature = url.partition("X-Amz-Signature=")[2]
    for shown in (repr(done), repr(asset), repr(notes), caplog.text):
        assert signature not in shown
        assert SECRET not in shown
        assert KEY_ID not in shown
    assert asset.recipe is not None
    assert s3.url not in repr(asset.recipe)


@pytest.mark.slow
async def test_two_jobs_share_one_upload(bucket_core: Core, service: ScriptedService, s3: S3, picture: bytes) -> None:
    service.hold = True
    first, second = [await edit(bucket_core, picture, name) for name in ("one.png", "two.png")]
    await until(lambda: len(service.bodies) == 2)
    urls = {body["input"]["image_url"] for body in service.bodies}
    assert len(urls) == 1
    assert len(s3.keys()) == 1
    await bucket_core.cancel(first.id)
    assert len(s3.keys()) == 1, "the other job uses it still"
    service.hold = False
    assert (await bucket_core.wait(second.id, 60)).state is JobState.DONE
    assert s3.keys() == []


@pytest.mark.slow
async def test_an_upload_that_somebody_deleted_is_made_again(
    bucket_core: Core, service: ScriptedService, s3: S3, picture: bytes
) -> None:
    service.hold = True
    first = await edit(bucket_core, picture)
    await until(lambda: service.bodies)
    s3.client.delete_object(Bucket=s3.account().media_host.bucket, Key=s3.keys()[0])
    second = await edit(bucket_core, picture)
    await until(lambda: len(service.fetched) == 2)
    assert service.fetched == [picture, picture]
    service.hold = False
    for job in (first, second):
        assert (await bucket_core.wait(job.id, 60)).state is JobState.DONE
    assert s3.keys() == []


async def test_a_failed_job_leaves_nothing(bucket_core: Core, service: ScriptedService, s3: S3, picture: bytes) -> None:
    service.fail = True
    job = await edit(bucket_core, picture)
    assert (await bucket_core.wait(job.id, 60)).state is JobState.FAILED
    await bucket_core.idle()
    assert s3.keys() == []


@pytest.mark.slow
async def test_what_could_not_be_removed_is_removed_at_the_next_start(
    bucket_core: Core, paths: Paths, service: ScriptedService, s3: S3, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(self: BucketHost, location: str) -> None:
        raise UnreachableError("away")

    with monkeypatch.context() as broken:
        broken.setattr(BucketHost, "remove", away)
        job = await edit(bucket_core, picture)
        assert (await bucket_core.wait(job.id, 60)).state is JobState.DONE
        await bucket_core.close()
    assert len(s3.keys()) == 1
    again = await opened(paths, service, s3.account().media_host)
    try:
        await until(lambda: s3.keys() == [])
    finally:
        await again.close()


@pytest.mark.slow
async def test_a_restart_in_the_middle_keeps_the_upload(
    bucket_core: Core, paths: Paths, service: ScriptedService, s3: S3, picture: bytes
) -> None:
    service.hold = True
    job = await edit(bucket_core, picture)
    await until(lambda: service.bodies)
    assert (await bucket_core.wait_sent(job.id, 60)).state is JobState.RUNNING
    await bucket_core.close()
    assert len(s3.keys()) == 1
    again = await opened(paths, service, s3.account().media_host)
    try:
        await asyncio.sleep(0.1)
        assert len(s3.keys()) == 1
        service.hold = False
        assert (await again.wait(job.id, 60)).state is JobState.DONE
        assert s3.keys() == []
    finally:
        await again.close()


KILLED = """
import asyncio, sys
from pathlib import Path
from studio.app.core import Core
from studio.domain.account import Secret
from studio.domain.job import JobRequest
from studio.settings.paths import Paths

async def main(home, picture, key_id, secret):
    core = await Core.open(Paths.of_home(Path(home)))
    await core.set_secret("work", Secret.HOST_KEY, key_id)
    await core.set_secret("work", Secret.HOST_SECRET, secret)
    await core.add_account(core.account("work"), "cs_live_made_up_0123")
    await core.start()
    uri = await core.attach(Path(picture))
    job = await core.submit(JobRequest("image.edit", "work", {"prompt": "a pier", "image_url": uri}))
    await core.wait_sent(job.id)
    print(job.id, flush=True)
    await core.wait(job.id)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
async def test_a_process_that_is_killed_leaves_nothing_for_ever(
    paths: Paths, service: ScriptedService, s3: S3, picture: bytes, tmp_path: Path
) -> None:
    account = Account("work", Service.CANNON_STUDIO, service.url, media_host=s3.account().media_host)
    paths.create()
    AccountBook(paths).add(account)
    file = tmp_path / "photo.png"
    file.write_bytes(picture)
    service.hold = True
    words = [sys.executable, "-c", KILLED, str(paths.data), str(file), KEY_ID, SECRET]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3])
    assert process.stdout is not None
    async with asyncio.timeout(60):
        job_id = (await process.stdout.readline()).decode().strip()
    process.kill()
    await process.wait()
    assert len(s3.keys()) == 1
    core = await opened(paths, service, account.media_host)
    try:
        service.hold = False
        assert (await core.wait(job_id, 60)).state is JobState.DONE
        assert s3.keys() == []
        assert len(service.bodies) == 1
    finally:
        await core.close()


async def test_an_upload_that_nobody_wrote_down_is_put_over(
    bucket_core: Core, paths: Paths, service: ScriptedService, s3: S3, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends after the file lies in the bucket and before its address is kept."""
    never = asyncio.Event()

    async def save(*_: object) -> None:
        await never.wait()

    with monkeypatch.context() as dying:
        dying.setattr(SqlHostedUrls, "save", save)
        job = await edit(bucket_core, picture)
        await until(s3.keys)
        await bucket_core.close()
    (name,) = s3.keys()
    service.hold = True
    again = await opened(paths, service, s3.account().media_host)
    try:
        await until(lambda: service.bodies)
        assert s3.keys() == [name]
        assert name in service.bodies[0]["input"]["image_url"]
        service.hold = False
        assert (await again.wait(job.id, 60)).state is JobState.DONE
        assert s3.keys() == []
    finally:
        await again.close()


async def test_a_job_that_is_cancelled_while_it_uploads(
    bucket_core: Core, s3: S3, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()

    async def save(*_: object) -> None:
        await never.wait()

    monkeypatch.setattr(SqlHostedUrls, "save", save)
    job = await edit(bucket_core, picture)
    await until(s3.keys)
    assert (await bucket_core.cancel(job.id)).state is JobState.CANCELLED
    assert s3.keys() == []


async def test_the_person_s_limits_are_kept_beside_the_service_s(core: Core, service: ScriptedService) -> None:
    account = Account("new", Service.CANNON_STUDIO, service.url, requests_per_minute=9, concurrent_jobs=3)
    await core.add_account(account, KEY)
    paces = SqlPaceStore(core._db, Pace)
    assert {"own_requests_per_minute": 9, "own_concurrent_jobs": 3}.items() <= (await paces.pace("new")).extra.items()
    await core.update_account(replace(account, concurrent_jobs=4))
    await core.balance("new")
    assert {"own_requests_per_minute": 9, "own_concurrent_jobs": 4}.items() <= (await paces.pace("new")).extra.items()


async def test_without_its_secret_the_job_says_what_to_do(
    bucket_core: Core, service: ScriptedService, picture: bytes
) -> None:
    assert await bucket_core.has_secret("work", Secret.HOST_SECRET)
    await bucket_core.set_secret("work", Secret.HOST_SECRET, None)
    assert not await bucket_core.has_secret("work", Secret.HOST_SECRET)
    job = await bucket_core.wait((await edit(bucket_core, picture)).id, 60)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert "no secret for the bucket" in job.error.message
    assert "Settings > Accounts > work > Media host" in job.error.advice
    assert service.bodies == []


async def test_inside_the_request(
    paths: Paths, service: ScriptedService, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = await opened(paths, service, MediaHost(HostKind.INLINE))
    try:
        assert (await core.wait((await edit(core, picture)).id, 60)).state is JobState.DONE
        assert service.bodies[0]["input"]["image_url"].startswith("data:image/png;base64,")
        assert service.fetched == [picture]
        monkeypatch.setattr(inline, "MOST_INLINE", len(picture) - 1)
        with pytest.raises(InputError, match="the most") as caught:
            await edit(core, picture)
        assert caught.value.field == "image_url"
        assert "Settings > Accounts > work > Media host" in caught.value.advice
    finally:
        await core.close()


async def test_the_trial(bucket_core: Core, s3: S3) -> None:
    account = bucket_core.account("work")
    await bucket_core.test_media_host(account)
    assert s3.keys() == []
    with pytest.raises(InputError, match="no bucket"):
        await bucket_core.test_media_host(replace(account, media_host=replace(account.media_host, bucket="not-there")))
    with pytest.raises(InputError, match="no media host"):
        await bucket_core.test_media_host(replace(account, media_host=MediaHost()))
    await bucket_core.test_media_host(replace(account, media_host=MediaHost(HostKind.INLINE)))
    await bucket_core.set_secret("work", Secret.HOST_KEY, None)
    with pytest.raises(KeyMissingError):
        await bucket_core.test_media_host(account)


async def test_an_account_s_key_is_tested_and_not_kept(core: Core, service: ScriptedService) -> None:
    account = Account("new", Service.CANNON_STUDIO, service.url)
    assert (await core.test_account(account, KEY)).remaining == 7
    assert [one.name for one in core.accounts()] == ["local"]
    with pytest.raises(KeyMissingError):
        await core.test_account(account, None)
    await core.add_account(account, KEY)
    assert (await core.test_account(account, None)).remaining == 7
    with pytest.raises(KeyMissingError):
        await core.test_account(replace(account, base_url="https://elsewhere.example"), None)
    assert await core.key_hint("new") == "0123"


async def test_fields_are_changed_and_the_key_stays_at_home(core: Core, service: ScriptedService, tmp_path: Path) -> None:
    account = Account("new", Service.CANNON_STUDIO, service.url)
    await core.add_account(account, KEY)
    changed = await core.update_account(replace(account, colour="#00ff00", concurrent_jobs=3))
    assert core.account("new") == changed
    assert await core.key_hint("new") == "0123"
    await core.update_account(replace(changed, base_url="https://elsewhere.example"))
    assert await core.key_hint("new") is None


async def test_removing_an_account_removes_its_secrets(core: Core, service: ScriptedService) -> None:
    account = Account("new", Service.CANNON_STUDIO, service.url)
    await core.add_account(account, KEY)
    await core.set_secret("new", Secret.HOST_SECRET, SECRET)
    await core.remove_account("new")
    await core.add_account(account, None)
    assert not await core.has_secret("new", Secret.HOST_SECRET)
    assert await core.key_hint("new") is None
