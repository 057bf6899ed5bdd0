"""What a job is thought to cost, and how that is known: free, by a card, published, from earlier jobs, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.app.core import Core
from studio.app.estimates import from_earlier, size_of
from studio.domain.account import Account, Service
from studio.domain.errors import NotFoundError
from studio.domain.job import Credits, Job, JobRequest
from studio.domain.ledger import EstimateSource
from studio.domain.remote import Change
from studio.domain.state import JobState
from studio.store.jobs import SqlJobStore
from tests.unit.app.paid import NAME, PICTURE_COSTS, paid, picture


@pytest.mark.parametrize(("same", "size", "amount", "source", "jobs"), [
    ([], 5.0, None, EstimateSource.UNKNOWN, 0),
    ([(None, 4.0)], None, 4.0, EstimateSource.EARLIER, 1),
    ([(5.0, 23.0), (5.0, 23.0), (10.0, 45.0)], 5.0, 23.0, EstimateSource.EARLIER, 2),
    ([(10.0, 45.0)], 15.0, 68.0, EstimateSource.SCALED, 1),
    ([(10.0, 4.5)], 15.0, 6.75, EstimateSource.SCALED, 1),
    ([(10.0, 45.0)], None, None, EstimateSource.UNKNOWN, 0),
    ([(None, 45.0)], 10.0, None, EstimateSource.UNKNOWN, 0),
    ([(5.0, float(n)) for n in (9, 8, 7, 6, 5, 100)], 5.0, 7.0, EstimateSource.EARLIER, 5),
])
def test_from_earlier_jobs(
    same: list[tuple[float | None, float]], size: float | None, amount: float | None, source: EstimateSource, jobs: int
) -> None:
    found = from_earlier(same, size)
    assert (found.amount, found.source, found.jobs) == (amount, source, jobs)


def test_what_a_price_grows_with() -> None:
    assert size_of({"duration": 10, "text": "abc"}) == 10.0
    assert size_of({"text": "abc"}) == 3.0
    assert size_of({"text": ""}) is None


@pytest.mark.slow
async def test_this_computer_is_free_and_that_is_stored_with_the_job(core: Core) -> None:
    estimate = await core.estimate(JobRequest("image.generate", "local", {"prompt": "x"}))
    assert (estimate.amount, estimate.source) == (0.0, EstimateSource.FREE)
    assert (await core.submit(JobRequest("image.generate", "local", {"prompt": "x"}))).credits.estimated == 0.0


async def test_an_account_that_is_not_there(core: Core) -> None:
    with pytest.raises(NotFoundError):
        await core.estimate(JobRequest("image.generate", "nobody", {"prompt": "x"}))


@pytest.mark.slow
@pytest.mark.parametrize("service", [Service.CANNON_STUDIO, Service.CANVAS_LABS])
async def test_an_engine_s_card_is_asked_and_is_what_it_charges_in_the_end(tmp_path: Path, service: Service) -> None:
    async with paid(tmp_path, service=service) as (core, _):
        given = {"prompt": "a lake", "resolution": "1K" if service is Service.CANNON_STUDIO else "720p"}
        request = JobRequest("image.generate", NAME, given)
        estimate = await core.estimate(request)
        assert (estimate.amount, estimate.source) == (PICTURE_COSTS, EstimateSource.RATE_CARD)
        job = await core.submit(request)
        assert job.credits == Credits(PICTURE_COSTS)
        assert (await core.wait(job.id, 60)).credits == Credits(PICTURE_COSTS, PICTURE_COSTS)


@pytest.mark.slow
async def test_a_service_that_cannot_be_asked_is_known_from_what_it_charged_before(core: Core, far: str) -> None:
    store = SqlJobStore(core._db)
    video = {"prompt": "x", "model": "seedance2", "resolution": "1080p"}

    async def paid_for(given: dict[str, object], charged: float) -> None:
        job = Job.new(JobRequest("video.generate", far, given))
        await store.add(job)
        for state in (JobState.SUBMITTING, JobState.RUNNING, JobState.DOWNLOADING, JobState.DONE):
            changed = await store.change(job, Change(job.changed(state=state, credits=Credits(None, charged))))
            assert changed is not None
            job = changed

    async def known(given: dict[str, object]) -> tuple[float | None, EstimateSource]:
        estimate = await core.estimate(JobRequest("video.generate", far, given))
        return estimate.amount, estimate.source

    assert await known({**video, "duration": 10}) == (None, EstimateSource.UNKNOWN)
    await paid_for({**video, "duration": 10, "seed": 1}, 48.0)
    await paid_for({**video, "duration": 10, "prompt": "other words"}, 50.0)
    assert await known({**video, "duration": 10, "seed": 7}) == (48.0, EstimateSource.EARLIER)
    assert await known({**video, "duration": 5}) == (25.0, EstimateSource.SCALED)
    for other in ({"model": "wan27video"}, {"resolution": "720p"}):
        assert await known({**video, "duration": 10, **other}) == (None, EstimateSource.UNKNOWN)
    estimate = await core.estimate(JobRequest("video.generate", far, {**video, "duration": 10}))
    assert (estimate.jobs, estimate.low, estimate.high) == (2, 48.0, 50.0)


@pytest.mark.slow
async def test_published_prices_count_where_nothing_else_is_known(core: Core, far: str) -> None:
    estimate = await core.estimate(JobRequest("prompt.enhance.image", far, {"prompt": "x"}))
    assert (estimate.amount, estimate.source) == (1.0, EstimateSource.PUBLISHED)
    await core.add_account(Account("canvas", Service.CANVAS_LABS, "http://127.0.0.1:9/v1"), None)
    video = JobRequest("video.generate", "canvas", {"prompt": "x", "duration": 10})  # 1080p is the default
    estimate = await core.estimate(video)
    assert (estimate.amount, estimate.source) == (45.0, EstimateSource.PUBLISHED)


@pytest.mark.slow
async def test_a_card_is_asked_for_once(tmp_path: Path) -> None:
    async with paid(tmp_path) as (core, rig):
        await core.estimate(picture())
        rig.client.get("/health")
        before = core._accounts.provider(NAME).requests_remaining
        for _ in range(5):
            await core.estimate(picture(prompt="other"))
        assert core._accounts.provider(NAME).requests_remaining == before
