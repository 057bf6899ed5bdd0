"""Which files lie where, and for which jobs: shared while they work, remembered until they are removed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from studio.domain.hosted import HostedFile, SharedFile
from studio.domain.job import Job, JobRequest
from studio.domain.remote import Change
from studio.domain.state import JobState
from studio.store.database import Database
from studio.store.hosted_urls import SqlHostedUrls
from studio.store.jobs import SqlJobStore
from studio.store.tables import hosted_files

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PHOTO = "file:///inputs/photo.png"
SHARED = SharedFile("paid", "s3+https://s3.test/b/", "a" * 64, PHOTO)
OWN = SharedFile("paid", "", "", PHOTO)
LEFT = ("paid", "s3+https://s3.test/b/1")


@pytest.fixture
def hosted(db: Database) -> SqlHostedUrls:
    return SqlHostedUrls(db)


@pytest.fixture
def new_job(jobs: SqlJobStore) -> Callable[..., Job]:
    return lambda value=PHOTO, account="paid": Job.new(JobRequest("image.edit", account, {"image_url": value}))


def at(number: int, expires: datetime | None = NOW + 6 * HOUR) -> HostedFile:
    return HostedFile(f"https://s3.test/b/{number}?X-Amz-Signature=x", expires, f"s3+https://s3.test/b/{number}")


async def put(hosted: SqlHostedUrls, jobs: SqlJobStore, job: Job, number: int = 1, **more: datetime | None) -> HostedFile:
    await jobs.add(job)
    made = at(number, **more)
    assert await hosted.reserve(job.id, SHARED, made.location) == made.location
    await hosted.save(job.id, SHARED, made)
    return made


async def end(jobs: SqlJobStore, job: Job, state: JobState) -> None:
    assert await jobs.change(job, Change(job.changed(state=state))) is not None


async def test_a_job_s_own_upload(hosted: SqlHostedUrls, jobs: SqlJobStore, new_job: Callable[..., Job]) -> None:
    job = new_job()
    await jobs.add(job)
    assert await hosted.load(job.id) == {}
    await hosted.save(job.id, OWN, HostedFile("https://x/1"))
    await hosted.save(job.id, OWN, HostedFile("https://x/2"))
    assert (await hosted.load(job.id))[PHOTO].url == "https://x/2"
    assert await hosted.unused(NOW) == []
    assert [one.url for one in await hosted.release(job.id)] == ["https://x/2"]
    assert await hosted.load(job.id) == {}
    assert await hosted.release(job.id) == []


async def test_a_job_s_own_upload_is_forgotten_though_nobody_released_it(
    hosted: SqlHostedUrls, jobs: SqlJobStore, new_job: Callable[..., Job], db: Database
) -> None:
    ended, going = new_job(), new_job()
    for job in (ended, going):
        await jobs.add(job)
        await hosted.save(job.id, OWN, HostedFile(f"https://x/{job.id}"))
    await end(jobs, ended, JobState.CANCELLED)
    assert await hosted.unused(NOW) == []
    left = await db.read(lambda connection: connection.execute(select(hosted_files.c.url)).scalars().all())
    assert left == [f"https://x/{going.id}"]


async def test_shared_while_it_works_and_no_longer(
    hosted: SqlHostedUrls, jobs: SqlJobStore, new_job: Callable[..., Job]
) -> None:
    first, second = new_job(), new_job("file:///media/the-same.png")
    made = await put(hosted, jobs, first)
    assert (await hosted.load(first.id))[PHOTO] == made
    await jobs.add(second)
    same = SharedFile(SHARED.account, SHARED.place, SHARED.sha256, "file:///media/the-same.png")
    assert await hosted.share(second.id, same, NOW + 6 * HOUR) is None
    assert await hosted.load(second.id) == {}
    assert await hosted.share(second.id, same, NOW + 5 * HOUR) == made
    assert (await hosted.load(second.id))["file:///media/the-same.png"] == made
    for change in ({"account": "other"}, {"place": "elsewhere"}, {"sha256": "b" * 64}):
        assert await hosted.share(second.id, replace(SHARED, **change), NOW) is None


async def test_removed_only_when_no_job_uses_it(
    hosted: SqlHostedUrls, jobs: SqlJobStore, new_job: Callable[..., Job]
) -> None:
    first, second = new_job(), new_job()
    made = await put(hosted, jobs, first)
    await jobs.add(second)
    await hosted.share(second.id, SHARED, NOW)
    assert await hosted.release(first.id) == []
    await end(jobs, first, JobState.CANCELLED)
    assert await hosted.unused(NOW) == []
    await hosted.release(second.id)
    await end(jobs, second, JobState.CANCELLED)
    assert await hosted.unused(NOW) == [LEFT]
    third = new_job()
    await jobs.add(third)
    assert await hosted.share(third.id, SHARED, NOW) is None, "it is on its way out"
    assert await hosted.unused(NOW) == [LEFT], "asked for again until it is removed"
    await hosted.removed(made.location)
    assert await hosted.unused(NOW) == []


async def test_it_stays_for_a_job_that_waits(hosted: SqlHostedUrls, jobs: SqlJobStore, new_job: Callable[..., Job]) -> None:
    first, waiting, elsewhere = new_job(), new_job(), new_job(account="other")
    await put(hosted, jobs, first)
    await jobs.add(waiting)
    await jobs.add(elsewhere)
    await hosted.release(first.id)
    await end(jobs, first, JobState.CANCELLED)
    assert await hosted.unused(NOW) == []
    assert await hosted.unused(NOW + 7 * HOUR) == [LEFT], "an address that is over is of no use to it"


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.FAILED])
async def test_what_a_dead_process_left(
    hosted: SqlHostedUrls, jobs: SqlJobStore, new_job: Callable[..., Job], state: JobState
) -> None:
    """The job ended and nobody released its file; one that failed may go on while the address works."""
    job = new_job()
    await put(hosted, jobs, job)
    await end(jobs, job, state)
    assert await hosted.unused(NOW) == ([] if state is JobState.FAILED else [LEFT])
    assert await hosted.unused(NOW + 7 * HOUR) == [LEFT]


async def test_an_upload_that_was_broken_off(
    hosted: SqlHostedUrls, jobs: SqlJobStore, new_job: Callable[..., Job]
) -> None:
    job = new_job()
    await jobs.add(job)
    first = at(1).location
    assert await hosted.reserve(job.id, SHARED, first) == first
    assert await hosted.load(job.id) == {}, "nothing lies there yet"
    assert await hosted.share(job.id, SHARED, NOW) is None
    assert await hosted.reserve(job.id, SHARED, at(2).location) == first, "tried again where it was begun"
    await end(jobs, job, JobState.CANCELLED)
    assert await hosted.unused(NOW) == [LEFT]


async def test_an_expired_one_is_replaced(hosted: SqlHostedUrls, jobs: SqlJobStore, new_job: Callable[..., Job]) -> None:
    job = new_job()
    await put(hosted, jobs, job, expires=NOW)
    again = at(2, NOW + 6 * HOUR)
    assert await hosted.reserve(job.id, SHARED, again.location) == again.location
    await hosted.save(job.id, SHARED, again)
    assert (await hosted.load(job.id))[PHOTO] == again
    assert await hosted.unused(NOW) == [LEFT]


async def test_two_processes_see_the_same(db: Database, jobs: SqlJobStore, new_job: Callable[..., Job]) -> None:
    first, second = new_job(), new_job()
    made = await put(SqlHostedUrls(db), jobs, first)
    await jobs.add(second)
    other = Database.open(db.path)
    try:
        assert await SqlHostedUrls(other).share(second.id, SHARED, NOW) == made
        await SqlHostedUrls(db).release(first.id)
        assert await SqlHostedUrls(db).unused(NOW + 7 * HOUR) == []
    finally:
        other.close()


async def test_one_after_the_other(hosted: SqlHostedUrls) -> None:
    steps: list[str] = []

    async def walk(name: str, file: SharedFile) -> None:
        async with hosted.turn(file):
            steps.append(f"{name} in")
            await asyncio.sleep(0.01)
            steps.append(f"{name} out")

    other = SharedFile("paid", SHARED.place, "c" * 64, PHOTO)
    await asyncio.gather(walk("a", SHARED), walk("b", SHARED), walk("c", other))
    assert steps.index("a out") < steps.index("b in")
    assert steps.index("c in") < steps.index("a out")
    assert len(hosted._turns) == 0
