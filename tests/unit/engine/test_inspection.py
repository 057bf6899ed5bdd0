"""Media from outside: looked at in a process with limits, refused with the field named, and nothing ever falls over."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from studio.engine import limits
from studio.engine.inspection import inspect
from studio.engine.media_check import MediaCheck
from studio.engine.pool import WorkerDiedError, WorkerPool, WorkerTookTooMuchError
from studio.engine.records import JobRecord
from studio.engine.render.task import RenderRefusedError
from studio.media.errors import MediaError, MediaTooLargeError
from studio.media.probe import MediaInfo
from tests.unit.engine.hostile import clip, mutated, picture, png_of, wave
from tests.unit.engine.renderers import every, png
from tests.unit.engine.rig import KEY, Rig, engine

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="the watch does this on Windows")


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    made = WorkerPool(1, warm=("PIL.Image", "av"))
    yield made
    made.close()


def _failed(rig: Rig, operation: str = "video.generate", **values: Any) -> tuple[str, str]:
    found = rig.finished(rig.create(operation, **values))
    assert (found["status"], found["errorCode"]) == ("failed", "refused")
    return found["errorField"], found["errorMessage"]


@pytest.mark.slow
def test_wrong_uploads_are_refused_by_field(tmp_path: Path) -> None:
    with engine(tmp_path) as rig:
        for data, word in (
            (picture("JPEG")[:-300], "cut off or damaged"), (png_of(60_000, 60_000), "pixels"),
            (png_of(40_000, 1), "pixels"), (b"\x89PNG\r\n\x1a\n" + bytes(80), "damaged"), (picture("WEBP")[:60], "damaged"),
        ):
            field, words = _failed(rig, image_url=rig.upload(data))
            assert field == "image_url"
            assert word in words
            assert words.startswith("image_url ")
        field, _ = _failed(rig, "image.generate", reference_image_urls=[rig.upload(png()), rig.upload(picture("PNG")[:90])])
        assert field == "reference_image_urls"
        good = rig.finished(rig.create("video.generate", image_url=rig.upload(picture("AVIF"))))
        assert good["status"] == "succeeded"


@pytest.mark.slow
def test_what_was_fetched_is_looked_at_too(tmp_path: Path) -> None:
    files = {"cut.png": picture("PNG")[:200], "speech.png": wave(), "page.png": b"<html>", "good.png": picture("PNG")}

    class Fetch:
        async def __call__(self, url: str, to: Path, *, max_bytes: int) -> None:
            name = url.rpartition("/")[2]
            if name not in files:
                raise RenderRefusedError("the server answered 404")
            to.write_bytes(files[name])

        async def close(self) -> None:
            return None

    with engine(tmp_path) as rig:
        rig.desk.work._fetch = Fetch()
        told = {name: _failed(rig, image_url=f"https://example.org/{name}")
                for name in ("cut.png", "speech.png", "page.png", "none.png")}
        assert {field for field, _ in told.values()} == {"image_url"}
        assert "damaged" in told["cut.png"][1]
        assert told["speech.png"][1] == "image_url must be a picture; what was found there is a sound."
        assert "no picture, video or sound" in told["page.png"][1]
        found = rig.finished(rig.create("video.generate", image_url="https://example.org/good.png"))
        assert found["status"] == "succeeded"


@pytest.mark.slow
async def test_mutated_files_never_break_the_worker(pool: WorkerPool, tmp_path: Path) -> None:
    verdicts = {"sound": 0, "refused": 0}
    for number, (name, data) in enumerate(mutated(120)):
        path = tmp_path / f"{number}.{name}"
        path.write_bytes(data)
        try:
            info = await pool.inspect(0, str(path))
        except MediaError:
            verdicts["refused"] += 1
        else:
            verdicts["sound"] += 1
            assert info.width is None or info.width <= 32_768
    assert min(verdicts.values()) >= 20, verdicts
    (tmp_path / "good.mp4").write_bytes(clip())
    assert (await pool.inspect(0, str(tmp_path / "good.mp4"))).kind == "video"


@pytest.mark.slow
async def test_a_file_that_is_too_long_is_refused(pool: WorkerPool, tmp_path: Path) -> None:
    data = bytearray(wave())
    data[40:44] = (16_000 * 3600 * 3).to_bytes(4, "little")  # the header says three hours of sound
    data[4:8] = (16_000 * 3600 * 3 + 36).to_bytes(4, "little")
    path = tmp_path / "long.wav"
    path.write_bytes(data)
    with path.open("r+b") as stream:
        stream.truncate(16_000 * 3600 * 3)  # and so it is, with a hole in it
    with pytest.raises(MediaTooLargeError, match="longer than 2 hours"):
        await pool.inspect(0, str(path))


def test_a_file_with_too_many_frames_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.engine.inspection.tight", contextlib.nullcontext)  # this process is not the child
    for fps, taken in ((60.0, True), (1000.0, False)):
        found = MediaInfo("video", "video/mp4", 64, 64, 3600.0, fps)
        monkeypatch.setattr("studio.media.probe.probe", lambda _path, found=found: found)
        with contextlib.nullcontext() if taken else pytest.raises(MediaTooLargeError, match="frames"):
            assert inspect("/tmp/a.mp4") is found


@pytest.mark.slow
@UNIX
async def test_memory_and_time_of_a_look_are_limited_and_given_back(pool: WorkerPool) -> None:
    with pytest.raises(MemoryError):
        await pool._run_own(0, 10**12, _allocate_tightly, 10**11)
    assert await pool._run_own(0, 10**12, _allocate, 500_000_000) == 500_000_000
    with pytest.raises(WorkerDiedError):
        await pool._run_own(0, 10**12, _spin_tightly)  # it would go on for ever
    assert await pool._run_own(0, 10**12, _allocate, 10) == 10


def _allocate(size: int) -> int:
    return len(bytearray(size))


def _allocate_tightly(size: int) -> int:
    with limits.tight(more_memory=200_000_000):
        return _allocate(size)


def _spin_tightly() -> None:
    with limits.tight(cpu_s=0):
        while True:
            pass


@pytest.mark.slow
async def test_a_look_that_takes_too_long_is_ended(
    pool: WorkerPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    await pool.inspect(0, str(path))
    first = pool._own[0]
    monkeypatch.setattr("studio.engine.pool.INSPECTION_S", 0.2)
    monkeypatch.setattr("studio.engine.inspection.inspect", _sleep)
    with pytest.raises(WorkerDiedError, match="too long"):
        await pool.inspect(0, str(path))
    monkeypatch.undo()
    assert (await pool.inspect(0, str(path))).kind == "image"
    assert pool._own[0] is not first


def _sleep(path: str) -> None:
    time.sleep(60)


@pytest.mark.slow
async def test_a_worker_that_takes_too_much_is_ended_and_its_place_goes_on() -> None:
    pool = WorkerPool(1, warm=(), memory=300_000_000)
    watching = asyncio.ensure_future(pool.watch())
    try:
        with pytest.raises(WorkerTookTooMuchError):
            await pool._run_own(0, 300_000_000, _hold, 600_000_000)
        assert await pool._run_own(0, 300_000_000, _allocate, 10) == 10
    finally:
        watching.cancel()
        pool.close()


def _hold(size: int) -> None:
    data = bytearray(size)
    data[::4096] = b"x" * len(data[::4096])  # every page is touched
    time.sleep(30)


async def test_a_worker_that_dies_once_is_not_the_file_s_fault() -> None:
    job = JobRecord("req_1", "cannon", "video.generate", {"prompt": "a", "image_url": "https://example.org/a.png"},
                    {"https://example.org/a.png": ""}, 1, 1)
    paths, looks = {"https://example.org/a.png": "/tmp/a.png"}, 0

    async def look(path: str) -> MediaInfo:
        nonlocal looks
        looks += 1
        if looks == 1 or deadly:
            raise WorkerDiedError
        return MediaInfo("image", "image/png", 2, 2)

    deadly = False
    await MediaCheck().check(job, paths, look)
    assert looks == 2
    deadly = True
    with pytest.raises(RenderRefusedError) as refused:
        await MediaCheck().check(job, paths, look)
    assert (refused.value.field_name, looks) == ("image_url", 4)
    assert refused.value.message.startswith("image_url ")


@pytest.mark.slow
def test_workers_that_never_start_are_not_the_file_s_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.engine.worker.begin", _fail)
    with engine(tmp_path) as rig:
        found = rig.finished(rig.create("video.generate", image_url=rig.upload(png()), duration=1), timeout_s=60)
        assert (found["errorCode"], found.get("errorField")) == ("worker_died", None)


def _fail(memory: int) -> None:
    raise RuntimeError("no process today")


@pytest.mark.slow
def test_an_upload_is_looked_at_once(tmp_path: Path) -> None:
    with engine(tmp_path) as rig:
        looked: list[str] = []
        real = rig.desk.work._pool.inspect

        async def inspect(place: int, path: str) -> MediaInfo:
            looked.append(path)
            return await real(place, path)

        rig.desk.work._pool.inspect = inspect  # type: ignore[method-assign]
        url = rig.upload(png())
        for _ in range(3):
            assert rig.finished(rig.create("video.generate", image_url=url, duration=1))["status"] == "succeeded"
        assert len(looked) == 1


@pytest.mark.slow
def test_a_render_without_enough_memory_fails_alone(tmp_path: Path) -> None:
    from studio.engine.options import EngineOptions

    options = EngineOptions(home=tmp_path, key=KEY, renderers=every("greedy"), places=2)
    with Rig(options) as rig:
        rig.desk.work._pool._memory = 500_000_000
        other = rig.create(prompt="wait 3")
        told = {words: rig.create(prompt=words) for words in ("ask for 10000000000000", "hold 900000000")}
        for request in told.values():
            found = rig.finished(request, timeout_s=60)
            assert (found["errorCode"], found["billableCredits"]) == ("refused", 0)
            assert "not enough memory" in found["errorMessage"]
        assert rig.finished(other)["status"] == "succeeded"
