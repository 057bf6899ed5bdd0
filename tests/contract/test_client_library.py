"""The library's clients against a real engine over loopback: whole jobs under both contracts, and what goes wrong."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.domain.errors import (
    BusyError,
    ConflictError,
    CreditsError,
    JobFailedError,
    KeyRefusedError,
    ParametersRefusedError,
    UnknownToServiceError,
    UnreachableError,
)
from studio.providers.clients import AsyncCannonStudio, AsyncCanvasLabs, CannonStudio, CanvasLabs, Timing
from studio.providers.clients.errors import WaitTimeoutError
from tests.unit.engine.renderers import png
from tests.unit.engine.rig import KEY, Rig, engine

QUICK = Timing(attempts=3, chance=lambda: 0.0)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with engine(tmp_path_factory.mktemp("engine")) as running:
        yield running


@pytest.fixture
def cannon(rig: Rig) -> Iterator[CannonStudio]:
    with CannonStudio(KEY, base_url=rig.url) as client:
        yield client


@pytest.fixture
def canvas(rig: Rig) -> Iterator[CanvasLabs]:
    with CanvasLabs(KEY, base_url=f"{rig.url}/v1") as client:
        yield client


@pytest.mark.slow
def test_canvas_labs(canvas: CanvasLabs, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(png(8, 8))
    job = canvas.video.generate(
        prompt="A golden retriever", image_url=photo, duration=10, resolution="720p", audio=True, seed=7
    )
    result = job.wait(timeout=60)
    assert result.output["duration"] == 10
    assert result.credits_used == 0
    assert result.download(tmp_path / "dog.mp4").read_bytes()[4:8] == b"ftyp"
    again = canvas.jobs.get(job.id)
    assert (again.done, again.status, again.wait().url) == (True, "completed", result.url)
    drawn = canvas.image.generate(prompt="A lake", reference_images=[png(4, 4), photo], aspect_ratio="16:9")
    picture = drawn.wait(timeout=60)
    assert picture.download(tmp_path).suffix == ".png"
    balance = canvas.account.credits()
    assert (balance.plan, balance.used_this_month) == ("free", 0)
    assert canvas.requests_remaining is not None


@pytest.mark.slow
def test_cannon_studio(cannon: CannonStudio, tmp_path: Path) -> None:
    assert cannon.status().ok
    request = cannon.requests.create("image.generate", {"prompt": "A lake", "resolution": "1K", "seed": 7})
    result = request.wait(timeout=60)
    assert (result.output["asset_type"], result.credits, len(result.urls)) == ("image", 0, 1)
    assert result.download(tmp_path / "lake.png").read_bytes()[:4] == b"\x89PNG"
    found = cannon.requests.get(request.id)
    assert (found.operation, found.done) == ("image.generate", True)
    video = cannon.video.generate(prompt="A tram", image_url=png(8, 8), duration=5).wait(timeout=60)
    assert video.download(tmp_path).suffix == ".mp4"


@pytest.mark.slow
async def test_async_and_many_at_once(rig: Rig, tmp_path: Path) -> None:
    async with AsyncCannonStudio(KEY, base_url=rig.url) as cannon, AsyncCanvasLabs(KEY, base_url=f"{rig.url}/v1") as canvas:
        jobs = [await cannon.image.generate(prompt=f"take {take}") for take in range(5)]
        jobs += [await canvas.image.generate(prompt=f"take {take}") for take in range(5)]
        results = await asyncio.gather(*(job.wait(timeout=60) for job in jobs))
        assert len({result.url for result in results}) == 10
        paths = await asyncio.gather(*(result.download(tmp_path / f"{n}.png") for n, result in enumerate(results)))
        assert len(set(paths)) == 10
        assert (await cannon.requests.get(jobs[0].id)).done
        assert (await canvas.account.credits()).plan == "free"
        assert (await cannon.status()).ok


def test_many_threads_share_one_client(cannon: CannonStudio) -> None:
    urls: list[str | None] = []

    def script(take: int) -> None:
        urls.append(cannon.image.generate(prompt=f"thread {take}").wait(timeout=60).url)

    threads = [threading.Thread(target=script, args=(take,)) for take in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(urls)) == 8
    assert None not in urls


async def test_inside_a_running_loop(rig: Rig, tmp_path: Path) -> None:
    """As in a notebook: the sync client needs no loop of its caller's, and does not mind one."""
    with CannonStudio(KEY, base_url=rig.url) as client:
        result = client.image.generate(prompt="A lake").wait(timeout=60)
        assert result.download(tmp_path).stat().st_size > 0


@pytest.mark.slow
@pytest.mark.parametrize("service", ["cannon", "canvas"])
def test_a_lost_answer_makes_one_job(tmp_path: Path, service: str) -> None:
    """Carried out and not answered, then half answered: the same key finds the first job again, under both contracts."""
    post: dict[str, object] = {"match": {"method": "POST"}, "times": 1}
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{**post, "do": "drop_after"}, {**post, "do": "cut_body"}]))
    with engine(tmp_path / "engine", faults=faults) as rig:
        client = (
            CannonStudio(KEY, base_url=rig.url, timing=QUICK) if service == "cannon"
            else CanvasLabs(KEY, base_url=f"{rig.url}/v1", timing=QUICK)
        )
        with client:
            first = client.image.generate(prompt="x", idempotency_key="intent")
            assert client.image.generate(prompt="x", idempotency_key="intent").id == first.id
            with pytest.raises(ConflictError):
                client.image.generate(prompt="another", idempotency_key="intent")
            assert first.wait(timeout=60).url


@pytest.mark.slow
def test_a_wait_that_is_too_short(tmp_path: Path) -> None:
    """The job is not cancelled: it is waited for again, or cancelled on purpose."""
    with engine(tmp_path / "engine", "held") as rig, CannonStudio(KEY, base_url=rig.url) as client:
        job = client.image.generate(prompt="a lake")
        with pytest.raises(WaitTimeoutError) as caught:
            job.wait(timeout=0.1)
        assert caught.value.job is job
        (rig.options.folder / "go").touch()
        assert job.wait(timeout=60).url
        (rig.options.folder / "go").unlink()
        long = client.image.generate(prompt="another lake")
        assert long.refresh().progress is not None or not long.done
        assert long.cancel().failed
        with pytest.raises(JobFailedError) as ended:
            long.wait()
        assert (ended.value.code, ended.value.cost, ended.value.remote_id) == ("cancelled", "none", long.id)


async def test_canvas_labs_cancelled(tmp_path: Path) -> None:
    with engine(tmp_path / "engine", "slow") as rig:
        async with AsyncCanvasLabs(KEY, base_url=f"{rig.url}/v1") as client:
            job = await client.image.generate(prompt="sleep 30")
            assert (await job.cancel()).failed
            with pytest.raises(JobFailedError) as ended:
                await job.wait()
    assert (ended.value.code, ended.value.cost) == ("cancelled", "none")


@pytest.mark.slow
def test_a_job_that_fails_over_there(tmp_path: Path) -> None:
    with engine(tmp_path / "engine", "refuses") as rig:
        with CannonStudio(KEY, base_url=rig.url) as cannon, pytest.raises(JobFailedError) as caught:
            cannon.image.generate(prompt="x").wait(timeout=60)
        with CanvasLabs(KEY, base_url=f"{rig.url}/v1") as canvas, pytest.raises(JobFailedError):
            canvas.image.generate(prompt="x").wait(timeout=60)
    error = caught.value
    assert error.message == "No face was found in the picture."
    assert error.raw is not None
    assert error.raw["status"] == "failed"


def test_a_paid_service(tmp_path: Path) -> None:
    with (
        engine(tmp_path / "engine", "slow", plan="starter", credits=100) as rig,
        CanvasLabs(KEY, base_url=f"{rig.url}/v1", timing=Timing(attempts=1)) as client,
    ):
        assert client.account.credits().balance == 100
        with pytest.raises(CreditsError) as poor:
            client.video.generate(prompt="sleep 20", duration=15, resolution="4k")
        assert (poor.value.status, poor.value.cost) == (402, "none")
        for _ in range(2):
            client.image.generate(prompt="sleep 0.5")
        with pytest.raises(BusyError) as busy:
            client.image.generate(prompt="sleep 0.5")
        assert (busy.value.status, busy.value.cost) == (429, "none")
        assert busy.value.retry_after_s is not None


def test_what_the_engine_refuses(rig: Rig, cannon: CannonStudio, canvas: CanvasLabs) -> None:
    with CannonStudio("another-key", base_url=rig.url) as stranger, pytest.raises(KeyRefusedError) as refused:
        stranger.status()
    assert "another-key" not in refused.value.in_words()
    with pytest.raises(UnknownToServiceError):
        cannon.requests.get("req_that_is_not")
    with pytest.raises(UnknownToServiceError):
        canvas.jobs.get("job_that_is_not")
    with pytest.raises(ParametersRefusedError) as caught:
        cannon.requests.create("image.generate", {"prompt": "x", "new_field": 1}, check=False)
    assert (caught.value.status, caught.value.field) == (422, "new_field")


def test_an_engine_that_is_gone(tmp_path: Path) -> None:
    with engine(tmp_path / "engine") as rig:
        url = rig.url
    with CannonStudio(KEY, base_url=url, timing=QUICK) as client, pytest.raises(UnreachableError) as caught:
        client.image.generate(prompt="x")
    assert caught.value.cost == "none"
