"""Uploads and results under their URLs: ranges, limits, deletion, and their end after seven days."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from studio.engine.files import FORGET_AFTER_MS, SPARED_MS, Files, now_ms, own_file
from studio.engine.records import RETENTION_MS, FileRecord, Finish, JobRecord
from studio.engine.store import Store
from tests.unit.engine.renderers import png
from tests.unit.engine.rig import KEY, Rig, engine


def _uploads(rig: Rig) -> list[Path]:
    return sorted((rig.options.folder / "uploads").iterdir())


def test_an_upload_is_named_by_its_content(rig: Rig) -> None:
    answer = rig.client.post("/api/v1/uploads?name=../../evil.exe", content=png(), headers={"Content-Type": "text/html"})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["content_type"], body["size_bytes"]) == ("image/png", len(png()))
    assert body["expires_at"].endswith("Z")
    assert body["url"].endswith(".png")
    assert "evil" not in body["url"]
    assert len(urlsplit(body["url"]).path.split("/")[2]) >= 40
    file = rig.bare.get(body["url"])
    assert file.content == png()
    assert file.headers["x-content-type-options"] == "nosniff"


@pytest.mark.slow
@pytest.mark.parametrize("data", [b"", b"<html><script>", b"MZ" + bytes(100), b"#!/bin/sh"])
def test_what_is_no_media_is_not_kept(rig: Rig, data: bytes) -> None:
    answer = rig.client.post("/api/v1/uploads", content=data)
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "not_media")
    assert _uploads(rig) == []


@pytest.mark.slow
def test_a_large_upload_is_refused_and_nothing_stays(tmp_path: Path) -> None:
    with engine(tmp_path) as rig:
        rig.desk.files.max_upload_bytes = 100_000
        by_length = rig.client.post("/api/v1/uploads", content=png() + bytes(200_000))
        by_count = rig.client.post("/api/v1/uploads", content=(bytes(10_000) for _ in range(20)))
        assert (by_length.status_code, by_count.status_code) == (413, 413)
        assert by_length.json()["error"]["code"] == "too_large"
        assert _uploads(rig) == []


@pytest.mark.slow
def test_a_truncated_upload_leaves_nothing(rig: Rig) -> None:
    host, port = "127.0.0.1", int(rig.url.rsplit(":", 1)[1])
    with socket.create_connection((host, port)) as connection:
        head = f"POST /api/v1/uploads HTTP/1.1\r\nHost: {host}:{port}\r\nx-api-key: {KEY}\r\nContent-Length: 5000\r\n\r\n"
        connection.sendall(head.encode() + png())
        end = time.monotonic() + 60
        while not _uploads(rig) and time.monotonic() < end:
            time.sleep(0.01)
        assert [path.suffix for path in _uploads(rig)] == [".part"]
    while _uploads(rig) and time.monotonic() < end:
        time.sleep(0.01)
    assert _uploads(rig) == []
    assert rig.client.get("/api/v1/status").status_code == 200


@pytest.mark.slow
def test_ranges_resume_a_download(rig: Rig) -> None:
    data = png() + bytes(range(256)) * 100
    url = rig.upload(data)
    whole = rig.bare.get(url)
    etag = whole.headers["etag"]
    assert whole.headers["accept-ranges"] == "bytes"
    part = rig.bare.get(url, headers={"Range": "bytes=1000-", "If-Range": etag})
    assert part.status_code == 206
    assert part.content == data[1000:]
    assert part.headers["content-range"] == f"bytes 1000-{len(data) - 1}/{len(data)}"
    other = rig.bare.get(url, headers={"Range": "bytes=1000-", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, data)
    assert rig.bare.get(url, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
    head = rig.bare.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(data)))


@pytest.mark.slow
def test_a_wrong_token_or_name_finds_nothing(rig: Rig) -> None:
    url = rig.upload(png())
    base, name = url.rsplit("/", 1)
    for wrong in (f"{base}x/{name}", f"{base}/other.png", f"{base}/", base, f"{base}/..%2f..%2fengine.db"):
        assert rig.bare.get(wrong).status_code in (404, 405)


@pytest.mark.slow
def test_a_file_can_be_deleted_once(rig: Rig) -> None:
    url = rig.upload(png())
    assert rig.client.delete(url).status_code == 204
    assert rig.bare.get(url).status_code == 404
    assert rig.client.delete(url).status_code == 404
    assert _uploads(rig) == []


@pytest.mark.slow
def test_a_deleted_result_leaves_no_folder(rig: Rig) -> None:
    request = rig.create()
    url = rig.finished(request)["output"]["image_url"]
    folder = rig.options.folder / "jobs" / request
    limit = time.monotonic() + 60  # what is left over is tidied up just after the end was told
    while [path.name for path in folder.iterdir()] != ["picture.png"]:
        assert time.monotonic() < limit
        time.sleep(0.01)
    assert rig.client.delete(url).status_code == 204
    assert not folder.exists()
    assert rig.request(request)["status"] == "succeeded"


@pytest.mark.slow
def test_an_upload_that_a_job_uses_outlives_its_deletion(tmp_path: Path) -> None:
    with engine(tmp_path, "held") as rig:
        url = rig.upload(png())
        request = rig.create("video.generate", image_url=url, duration=1)
        rig.until(request, "processing")
        assert rig.client.delete(url).status_code == 204
        assert len(_uploads(rig)) == 1
        (rig.options.folder / "go").touch()
        assert rig.finished(request)["output"]["media"] == [png()[:4].hex()]
        assert rig.client.delete(rig.upload(png())).status_code == 204  # any sweep takes it along
        assert _uploads(rig) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:80/files/tok/a.png", ("tok", "a.png")),
        ("http://localhost:9/files/tok/a%20b.png", ("tok", "a b.png")),
        ("https://127.0.0.1/files/tok/a.png", None),
        ("http://10.0.0.1/files/tok/a.png", None),
        ("http://127.0.0.1/files/tok", None),
        ("http://127.0.0.1/files/tok/a/b.png", None),
        ("http://[bad/files/tok/a.png", None),
    ],
)
def test_own_urls_are_told_from_others(url: str, expected: tuple[str, str] | None) -> None:
    assert own_file(url) == expected


async def test_the_sweep_takes_old_files_but_none_of_an_unfinished_job(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    files = Files(store, tmp_path, "http://127.0.0.1:1")
    now = now_ms()

    async def put(name: str, age_ms: int) -> FileRecord:
        path = tmp_path / "uploads" / name
        await asyncio.to_thread(path.write_bytes, png())
        record = FileRecord(name, name, f"uploads/{name}", "image/png", len(png()), "00", now - age_ms)
        await store.add_file(record)
        return record

    fresh, old = await put("fresh.png", 0), await put("old.png", RETENTION_MS + 1)
    used = await put("used.png", RETENTION_MS + 1)
    job = JobRecord("req_1", "cannon", "image.generate", {}, {"http://x": used.token}, 1, now)
    await store.add(job)
    assert await files.sweep() == 1
    assert [files.path(record).exists() for record in (fresh, old, used)] == [True, False, True]
    await store.finish(job.id, Finish("failed", now))
    assert await files.sweep() == 1
    assert await store.file(old.token) is not None  # its hash is kept for repeats
    assert await files.sweep(now=now + FORGET_AFTER_MS + 1) == 1
    assert await store.get(job.id) is None
    await store.close()


async def test_the_sweep_makes_room_oldest_first_and_spares_what_is_new_or_in_use(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    files = Files(store, tmp_path, "http://127.0.0.1:1", max_kept_bytes=2500)
    now = now_ms()
    ages = {"used": 9 * SPARED_MS, "oldest": 8 * SPARED_MS, "older": 7 * SPARED_MS, "old": 6 * SPARED_MS, "new": 10}
    for name, age in ages.items():
        await asyncio.to_thread((tmp_path / "uploads" / name).write_bytes, bytes(1000))
        await store.add_file(FileRecord(name, name, f"uploads/{name}", "image/png", 1000, "00", now - age))
    await store.add(JobRecord("req_1", "cannon", "image.generate", {"prompt": "a"}, {"http://x": "used"}, 1, now))
    assert await files.sweep() == 3  # 5,000 bytes; the three old ones that nobody uses go until 2,000 are left
    assert sorted(path.name for path in (tmp_path / "uploads").iterdir()) == ["new", "used"]
    assert await files.sweep() == 0
    files.max_kept_bytes = 100  # more is needed than may go
    assert await files.sweep() == 0
    await store.finish("req_1", Finish("failed", now))
    assert await files.sweep() == 1
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == ["new"]
    await store.close()


@pytest.mark.slow
def test_the_log_of_a_request_is_kept_for_seven_days(tmp_path: Path) -> None:
    with engine(tmp_path) as rig:
        request = rig.create(prompt="a lake")
        job = rig.client.post("/v1/image/generate", json={"prompt": "a lake"}).json()["job_id"]
        found = rig.finished(request)
        rig.finished(job)
        assert found["requestLog"]["input"] == {"prompt": "a lake"}
        assert found["requestLog"]["retainedUntilMs"] == found["completedAtMs"] + RETENTION_MS
    asyncio.run(_sweep(tmp_path / "engine", now_ms() + RETENTION_MS - 60_000))
    with engine(tmp_path) as rig:
        assert rig.request(request)["requestLog"]["available"] is True
    asyncio.run(_sweep(tmp_path / "engine", now_ms() + RETENTION_MS + 60_000))
    with engine(tmp_path) as rig:
        found = rig.request(request)
        log = found["requestLog"]
        assert (log["available"], log["input"], log["output"]) == (False, None, None)
        assert (found["status"], found["output"], found["inputPreview"]) == ("succeeded", None, "")
        shown = rig.job(job)
        assert (shown["status"], "result" in shown) == ("completed", False)


async def _sweep(folder: Path, now: int) -> None:
    store = await Store.open(folder)
    await Files(store, folder, "http://127.0.0.1:1").sweep(now=now)
    await store.close()


@pytest.mark.slow
def test_the_start_clears_away_what_a_crash_left(tmp_path: Path) -> None:
    with engine(tmp_path) as rig:
        done = rig.create()
        url = rig.finished(done)["output"]["image_url"]
        upload = rig.upload(png())
    folder = tmp_path / "engine"
    (folder / "uploads" / "half.part").write_bytes(b"x")
    (folder / "uploads" / "never-recorded.png").write_bytes(png())
    (folder / "jobs" / "req_gone").mkdir()
    (folder / "jobs" / "req_gone" / "frames.raw").write_bytes(b"x")
    with engine(tmp_path) as rig:
        assert [path.name for path in (folder / "jobs").iterdir()] == [done]
        assert [path.name for path in _uploads(rig)] == [upload.rsplit("/", 1)[1]]
        for kept in (url, upload):
            assert rig.bare.get(urlsplit(kept).path).content == png()
