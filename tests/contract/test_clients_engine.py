"""The real clients against the real engine over HTTP: both contracts, the account local, and the fault drills."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from studio.domain.account import LOCAL, Account, Service
from studio.domain.errors import (
    BusyError,
    CreditsError,
    KeyRefusedError,
    RequestRefusedError,
    ResultExpiredError,
    ServiceFaultError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.operation import MediaKind, ParameterKind
from studio.domain.remote import RemoteJob
from studio.domain.state import JobState
from studio.jobs.ports import Provider
from studio.net.transport import Transport
from studio.providers.factory import Endpoint, make_provider
from tests.unit.engine.renderers import png
from tests.unit.engine.rig import KEY, Rig, engine

VIDEO = {"prompt": "A lake at night", "duration": 5}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with engine(tmp_path_factory.mktemp("engine")) as running:
        yield running


@pytest.fixture
def intent() -> str:
    """A key of its own for each test: the engine is shared."""
    return secrets.token_hex(8)


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    made = Transport()
    yield made
    await made.aclose()


def provider_of(service: Service, rig: Rig, transport: Transport, key: str = KEY) -> Provider:
    async def secret() -> str:
        return key

    async def endpoint() -> Endpoint:
        return Endpoint(rig.url, key)

    if service is Service.LOCAL:
        return make_provider(LOCAL, transport=transport, endpoint=endpoint)
    path = "/v1" if service is Service.CANVAS_LABS else ""
    return make_provider(Account("played", service, rig.url + path), transport=transport, key=secret)


@pytest.fixture(params=list(Service), ids=[service.value for service in Service])
def provider(request: pytest.FixtureRequest, rig: Rig, transport: Transport) -> Provider:
    return provider_of(request.param, rig, transport)


async def end_of(provider: Provider, operation: str, remote_id: str) -> RemoteJob:
    async with asyncio.timeout(60):
        while True:
            job = await provider.poll(operation, remote_id)
            assert job.unknown_status is None
            if job.state is not JobState.RUNNING:
                return job
            await asyncio.sleep(min(job.poll_after_s or 0.05, 0.05))


def report(_done: int, _total: int | None) -> None:
    return None


@pytest.mark.parametrize(("operation", "kind"), [("video.generate", MediaKind.VIDEO), ("image.generate", MediaKind.IMAGE)])
async def test_a_whole_job(provider: Provider, tmp_path: Path, operation: str, kind: MediaKind, intent: str) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(png(8, 8))
    name = next(one for one in provider.operations() if one.id == operation).media_parameters[0]
    url = await provider.host(photo)
    media = [url] if name.kind is ParameterKind.MEDIA_LIST else url
    values: dict[str, object] = {"prompt": "A lake at night", name.name: media, "seed": 7}
    provider.validate(operation, values)
    accepted = await provider.submit(operation, values, intent)
    assert accepted.poll_after_s is not None
    again = await provider.submit(operation, values, intent)
    assert again.remote_id == accepted.remote_id
    done = await end_of(provider, operation, accepted.remote_id)
    assert (done.state, [one.kind for one in done.results], done.charged) == (JobState.DOWNLOADING, [kind], 0)
    part = tmp_path / "result.part"
    told = await provider.download(done.results[0].url, part, report)
    assert told == hashlib.sha256(part.read_bytes()).hexdigest()
    assert part.stat().st_size > 0
    await provider.discard(done.results[0].url)
    await provider.discard(url)
    with pytest.raises(ResultExpiredError):
        await provider.download(done.results[0].url, tmp_path / "again.part", report)
    with pytest.raises(RequestRefusedError) as caught:
        await provider.submit(operation, values, intent + "-2")
    assert caught.value.field == name.name


async def test_the_same_key_with_another_body(provider: Provider, intent: str) -> None:
    await provider.submit("image.generate", {"prompt": "one"}, intent)
    with pytest.raises(RequestRefusedError) as caught:
        await provider.submit("image.generate", {"prompt": "two"}, intent)
    assert caught.value.status == 409


async def test_unknown_jobs(provider: Provider) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        await provider.poll("image.generate", "req_does_not_exist")
    assert caught.value.status == 404


async def test_balance(provider: Provider) -> None:
    balance = await provider.balance()
    assert balance.unlimited == (provider.account.service is Service.LOCAL)


@pytest.mark.parametrize("service", list(Service))
async def test_a_wrong_key(rig: Rig, transport: Transport, service: Service) -> None:
    with pytest.raises(KeyRefusedError):
        await provider_of(service, rig, transport, key="wrong").balance()


@pytest.mark.slow
@pytest.mark.parametrize("service", list(Service))
async def test_cancelled(tmp_path: Path, transport: Transport, service: Service) -> None:
    with engine(tmp_path / "engine", "slow") as rig:
        provider = provider_of(service, rig, transport)
        accepted = await provider.submit("image.generate", {"prompt": "sleep 15"}, "k")
        cancelled = await provider.cancel(accepted.remote_id)
        assert (cancelled.state, cancelled.error_code) == (JobState.CANCELLED, "cancelled")
        assert (await provider.poll("image.generate", accepted.remote_id)).state is JobState.CANCELLED


@pytest.mark.slow
@pytest.mark.parametrize("service", list(Service))
async def test_a_job_that_fails_over_there(tmp_path: Path, transport: Transport, service: Service) -> None:
    with engine(tmp_path / "engine", "refuses") as rig:
        provider = provider_of(service, rig, transport)
        accepted = await provider.submit("image.generate", {"prompt": "x"}, "k")
        failed = await end_of(provider, "image.generate", accepted.remote_id)
        assert (failed.state, failed.results, failed.charged) == (JobState.FAILED, (), 0)
        assert failed.error_message == "No face was found in the picture."


@pytest.mark.slow
@pytest.mark.parametrize("service", [Service.CANNON_STUDIO, Service.CANVAS_LABS])
async def test_a_paid_service(tmp_path: Path, transport: Transport, service: Service) -> None:
    """Credits run out; a plan's pace is told with the time to wait."""
    with engine(tmp_path / "engine", plan="starter", credits=40) as rig:
        provider = provider_of(service, rig, transport)
        first = await provider.balance()
        assert first.remaining == 40
        accepted = await provider.submit("image.generate", {"prompt": "x"}, "k1")
        done = await end_of(provider, "image.generate", accepted.remote_id)
        assert done.charged is not None
        assert (await provider.balance()).remaining == 40 - done.charged > 0
        with pytest.raises(CreditsError):
            await provider.submit("video.generate", {"prompt": "x", "duration": 15, "resolution": "4k"}, "k2")

        async def too_many() -> None:
            for number in range(20):
                await provider.submit("image.generate", {"prompt": "x"}, f"many{number}")

        with pytest.raises(BusyError) as caught:
            await too_many()
        assert caught.value.retry_after_s is not None
        assert 0 < caught.value.retry_after_s <= 60


def faulty(tmp_path: Path, *rules: dict[str, object]) -> Path:
    path = tmp_path / "faults.json"
    path.write_text(json.dumps(rules))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("service", list(Service))
async def test_lost_answers_and_the_same_key(tmp_path: Path, transport: Transport, service: Service) -> None:
    """Carried out and not answered, or half answered: unknown; asked again under the same key it is one job."""
    post: dict[str, object] = {"match": {"method": "POST"}, "times": 1}
    faults = faulty(tmp_path, {**post, "do": "drop_after"}, {**post, "do": "cut_body"})
    with engine(tmp_path / "engine", faults=faults) as rig:
        provider = provider_of(service, rig, transport)
        for _ in range(2):
            with pytest.raises(UnknownOutcomeError):
                await provider.submit("image.generate", {"prompt": "x"}, "intent")
        ids = {(await provider.submit("image.generate", {"prompt": "x"}, "intent")).remote_id for _ in range(3)}
        assert len(ids) == 1


@pytest.mark.slow
async def test_faults_on_the_way(tmp_path: Path, transport: Transport) -> None:
    faults = faulty(
        tmp_path,
        {"match": {"method": "POST"}, "times": 1, "do": "status", "status": 429, "headers": {"Retry-After": "3"}},
        {"match": {"method": "POST"}, "times": 1, "do": "status", "status": 500},
        {"match": {"method": "GET", "path": "/files/*"}, "times": 1, "do": "cut_body"},
        {"match": {"method": "GET", "path": "/api/v1/requests/*"}, "times": 1, "do": "drop_before"},
    )
    with engine(tmp_path / "engine", faults=faults) as rig:
        provider = provider_of(Service.LOCAL, rig, transport)
        with pytest.raises(BusyError) as caught:
            await provider.submit("video.generate", VIDEO, "k")
        assert caught.value.retry_after_s == 3
        with pytest.raises(ServiceFaultError):
            await provider.submit("video.generate", VIDEO, "k")
        accepted = await provider.submit("video.generate", VIDEO, "k")
        done = await end_of(provider, "video.generate", accepted.remote_id)
        part = tmp_path / "v.part"
        assert await provider.download(done.results[0].url, part, report) == hashlib.sha256(part.read_bytes()).hexdigest()


@pytest.mark.slow
async def test_the_local_account_outlives_its_engine(tmp_path: Path, transport: Transport) -> None:
    """Another engine on the same folder, with another port and key: the job and its old URLs are found again."""
    places: list[Endpoint] = []

    async def endpoint() -> Endpoint:
        return places[-1]

    provider = make_provider(LOCAL, transport=transport, endpoint=endpoint)
    with engine(tmp_path / "engine", key="first-key") as rig:
        places.append(Endpoint(rig.url, "first-key"))
        accepted = await provider.submit("video.generate", VIDEO, "k")
        url = (await end_of(provider, "video.generate", accepted.remote_id)).results[0].url
    with pytest.raises(UnreachableError):
        await provider.balance()
    with engine(tmp_path / "engine", key="second-key") as rig:
        places.append(Endpoint(rig.url, "second-key"))
        assert (await provider.submit("video.generate", VIDEO, "k")).remote_id == accepted.remote_id
        await provider.download(url, tmp_path / "v.part", report)
        assert (tmp_path / "v.part").stat().st_size > 0
