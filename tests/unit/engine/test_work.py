"""How jobs run and end: refused, broken, cancelled, and in their order."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.engine.records import Finish, JobRecord
from studio.engine.render.task import RenderRefusedError
from tests.unit.engine.renderers import png
from tests.unit.engine.rig import Rig, engine


def _leftovers(rig: Rig) -> list[str]:
    return [path.name for path in (rig.options.folder / "jobs").iterdir()]


def test_a_refusal_names_the_field(tmp_path: Path) -> None:
    with engine(tmp_path, "refuses") as rig:
        found = rig.finished(rig.create())
        assert (found["status"], found["errorCode"], found["errorField"]) == ("failed", "refused", "image_url")
        assert found["errorMessage"] == "No face was found in the picture."
        assert found["requestLog"]["errorMessage"] == found["errorMessage"]
        assert (found["output"], found["billableCredits"]) == (None, 0)
        job = rig.client.post("/v1/image/generate", json={"prompt": "a"}).json()["job_id"]
        assert rig.finished(job)["error"] == {
            "code": "refused", "message": "No face was found in the picture.", "param": "image_url",
        }
        end = time.monotonic() + 60
        while _leftovers(rig):  # cleared away once it was said how the job ended
            assert time.monotonic() < end
            time.sleep(0.01)


def test_a_bug_in_a_renderer_fails_only_its_job(tmp_path: Path) -> None:
    with engine(tmp_path, "breaks") as rig:
        found = rig.finished(rig.create())
        assert (found["status"], found["errorCode"]) == ("failed", "internal")
        assert "ZeroDivisionError" in found["errorMessage"]
        assert "a bug" not in found["errorMessage"]
        assert rig.client.get("/health").json()["status"] == "ok"


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    with engine(tmp_path, "fills_the_disk") as rig:
        found = rig.finished(rig.create())
        assert (found["errorCode"], found["errorMessage"]) == ("refused", "The disk is full. Make room and run it again.")


def test_an_end_that_cannot_be_written_is_written_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.engine.work.STORE_PAUSE_S", 0.05)
    with engine(tmp_path) as rig:
        real, failures = rig.desk.store.finish, [sqlite3.OperationalError("database or disk is full")] * 3

        async def finish(job_id: str, end: Finish) -> JobRecord | None:
            if failures:
                raise failures.pop()
            return await real(job_id, end)

        monkeypatch.setattr(rig.desk.store, "finish", finish)
        assert rig.finished(rig.create())["status"] == "succeeded"
        assert not failures


def test_a_result_outside_the_job_s_folder_is_not_served(tmp_path: Path) -> None:
    with engine(tmp_path, "escapes") as rig:
        assert rig.finished(rig.create())["errorCode"] == "internal"


def test_an_operation_without_a_renderer_is_refused(tmp_path: Path) -> None:
    with engine(tmp_path, renderers={}) as rig:
        assert rig.finished(rig.create())["errorCode"] == "refused"


def test_a_running_job_shows_progress_and_is_cancelled_at_once(tmp_path: Path) -> None:
    with engine(tmp_path, "slow") as rig:
        request = rig.create(prompt="for 120")
        found = rig.until(request, "processing")
        end = time.monotonic() + 60
        while found["progress"] == 0.0 and time.monotonic() < end:
            found = rig.request(request)
        assert 0 < found["progress"] < 1
        assert found["eta_ms"] > 0
        assert found["poll_after_ms"] >= 100
        assert found["completedAtMs"] is None
        began = time.monotonic()
        cancelled = rig.client.post(f"/api/v1/requests/{request}/cancel").json()
        assert (cancelled["status"], cancelled["errorCode"], cancelled["billableCredits"]) == ("failed", "cancelled", 0)
        assert rig.finished(rig.create(prompt="for 0.01"))["status"] == "succeeded"
        assert time.monotonic() - began < 40, "the cancelled one would go on for longer"
        assert rig.request(request)["status"] == "failed"
        again = rig.client.post(f"/api/v1/requests/{request}/cancel")
        assert (again.status_code, again.json()["errorCode"]) == (200, "cancelled")


@pytest.mark.slow
def test_a_queued_job_is_cancelled_and_the_running_one_goes_on(tmp_path: Path) -> None:
    with engine(tmp_path, "held", places=1) as rig:
        first = rig.create()
        rig.until(first, "processing")
        second = rig.client.post("/v1/image/generate", json={"prompt": "a lake"}).json()["job_id"]
        third = rig.create()
        assert rig.job(second)["status"] == "queued"
        assert rig.request(third)["startedAtMs"] is None
        cancelled = rig.client.post(f"/v1/jobs/{second}/cancel").json()
        assert (cancelled["status"], cancelled["error"]["code"], cancelled["credits_used"]) == ("failed", "cancelled", 0)
        (rig.options.folder / "go").touch()
        assert rig.finished(first)["status"] == "succeeded"
        assert rig.finished(third)["status"] == "succeeded"
        assert rig.job(second)["status"] == "failed"


def test_a_finished_job_is_not_cancelled(rig: Rig) -> None:
    request = rig.create()
    rig.finished(request)
    assert rig.client.post(f"/api/v1/requests/{request}/cancel").json()["status"] == "succeeded"
    assert rig.client.post("/api/v1/requests/req_none/cancel").status_code == 404


def test_jobs_start_in_their_order(tmp_path: Path) -> None:
    with engine(tmp_path, "slow", places=1) as rig:
        ids = [rig.create(prompt="for 0.02") for _ in range(4)]
        found = [rig.finished(one) for one in ids]
        starts = [one["startedAtMs"] for one in found]
        assert starts == sorted(starts)
        assert all(found[n]["completedAtMs"] <= starts[n + 1] for n in range(3))


def test_two_places_work_at_once(tmp_path: Path) -> None:
    with engine(tmp_path, "slow") as rig:
        ids = [rig.create(prompt="for 120") for _ in range(2)]
        for one in ids:
            rig.until(one, "processing")
        for one in ids:
            rig.client.post(f"/api/v1/requests/{one}/cancel")


@pytest.mark.slow
def test_jobs_of_an_engine_that_ended_are_done_by_the_next(tmp_path: Path) -> None:
    with engine(tmp_path, "held", places=1) as rig:
        running = rig.create()
        rig.until(running, "processing")
        queued = rig.create()
        url = rig.upload(png())
        rig._loop.call_soon_threadsafe(rig.desk.life.stop)
        rig._thread.join(60)
        (rig.options.folder / "go").touch()  # only now its thread ends
    assert not (tmp_path / "engine" / "address.json").exists()
    with engine(tmp_path, "held") as rig:
        assert [rig.finished(one)["status"] for one in (running, queued)] == ["succeeded", "succeeded"]
        # The URL of the earlier start, with its other port, still names the upload.
        assert rig.finished(rig.create("video.generate", image_url=url))["output"]["media"]


@pytest.mark.slow
def test_a_public_address_is_fetched_and_a_refusal_is_told(tmp_path: Path) -> None:
    with engine(tmp_path) as rig:
        fetch = _Fetch()
        rig.desk.work._fetch = fetch  # the network of tests ends at loopback, which the real one must refuse
        good = rig.finished(rig.create("video.generate", image_url="https://example.org/good.png"))
        assert good["output"]["media"] == [png()[:4].hex()]
        no_media = rig.finished(rig.create("video.generate", image_url="https://example.org/page.html"))
        assert "no picture" in no_media["errorMessage"]
        refused = rig.finished(rig.create("video.generate", image_url="https://example.org/none.png"))
        assert refused["errorMessage"] == "the server answered 404"
        hanging = rig.create("video.generate", image_url="https://example.org/slow.png")
        rig.until(hanging, "processing")
        began = time.monotonic()
        rig.client.post(f"/api/v1/requests/{hanging}/cancel")
        while hanging in _leftovers(rig):
            assert time.monotonic() - began < 40, "the fetch would go on for longer"
            time.sleep(0.02)


@pytest.mark.slow
def test_the_real_fetch_goes_nowhere_inward(tmp_path: Path) -> None:
    """A name that looks public and resolves to this computer: the look-up at fetch time finds out."""
    import asyncio

    import pytest

    from studio.engine.fetch import Fetcher

    async def main() -> None:
        fetcher = Fetcher()
        with pytest.raises(RenderRefusedError, match="could not be fetched"):
            await fetcher("https://localtest.invalid/a.png", tmp_path / "a", max_bytes=1000)
        with pytest.raises(RenderRefusedError, match="leads to this computer"):
            await fetcher("https://127.0.0.1:9/a.png?sig=secret", tmp_path / "b", max_bytes=1000)
        await fetcher.close()

    asyncio.run(main())


class _Fetch:
    async def __call__(self, url: str, to: Path, *, max_bytes: int) -> None:
        import asyncio

        if url.endswith("none.png"):
            raise RenderRefusedError("the server answered 404")
        if url.endswith("slow.png"):
            await asyncio.sleep(60)
        to.write_bytes(png() if url.endswith("good.png") else b"<html>")

    async def close(self) -> None:
        return None


def test_an_executor_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        with engine(tmp_path, executor=executor) as rig:
            rig.finished(rig.create())
        assert executor.submit(int, "7").result() == 7
