"""Bringing files home: where they are put, what is kept of a broken download, and where the key goes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from studio.domain.errors import Cost, InputError, LocalError, RequestRefusedError, ResultExpiredError
from studio.providers.clients import AsyncCannonStudio, AsyncResult, CannonStudio
from tests.unit.net.raw_server import RawServer, Seen, file_script, reply, silent, until
from tests.unit.providers.clients.conftest import KEY

DATA = bytes(range(256)) * 500


async def finished(server: RawServer, client: AsyncCannonStudio, output: Mapping[str, object]) -> AsyncResult:
    server.say(reply(200, {"id": "req_1", "operation": "image.generate", "status": "succeeded", "output": dict(output)}))
    return await (await client.requests.get("req_1")).wait()


def two(server: RawServer) -> dict[str, object]:
    return {"image_url": f"{server.url}/f/one.png?sig=secret", "image_urls": [f"{server.url}/f/one.png?sig=secret",
                                                                            f"{server.url}/f/two.png"]}


async def test_to_a_path_and_into_a_folder(server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path) -> None:
    result = await finished(server, engine_cannon, two(server))
    assert len(result.urls) == 2
    server.say(file_script(DATA))
    target = tmp_path / "new" / "picture.png"
    assert await result.download(target) == target
    assert target.read_bytes() == DATA
    names = [(await result.download(str(tmp_path), index=index)).name for index in (0, 1, 0)]
    assert names == ["one.png", "two.png", "one (2).png"]
    target.write_bytes(b"old")
    await result.download(target)
    assert target.read_bytes() == DATA
    assert sorted(path.name for path in tmp_path.rglob("*.part*")) == []


async def test_many_at_once_do_not_get_in_each_others_way(
    server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path
) -> None:
    """A service may call every file result.png: each gets a file of its own in a folder; one path takes one at a time."""
    result = await finished(server, engine_cannon, {"image_url": f"{server.url}/f/result.png"})
    server.say(file_script(DATA))
    paths = await asyncio.gather(*(result.download(tmp_path) for _ in range(6)))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    assert len(set(paths)) == 6
    assert all(path.read_bytes() == DATA for path in paths)
    target = tmp_path / "one.png"
    go_on, asked = asyncio.Event(), len(server.seen)

    async def held(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        await file_script(DATA)(seen, writer)

    server.say(held)
    first = asyncio.ensure_future(result.download(target))
    await until(lambda: len(server.seen) > asked)
    with pytest.raises(InputError) as caught:
        await result.download(tmp_path / "here" / ".." / "one.png")
    assert caught.value.code == "file_in_use"
    go_on.set()
    assert (await first).read_bytes() == DATA
    assert await result.download(target) == target  # it is free again


async def test_a_cancelled_download_gives_its_file_back(
    server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path
) -> None:
    result = await finished(server, engine_cannon, {"image_url": f"{server.url}/f/a.png"})
    server.say(silent())
    for turns in range(4):  # also while the place is still being looked for
        fetching = asyncio.ensure_future(result.download(tmp_path / "a.png"))
        for _ in range(turns):
            await asyncio.sleep(0)
        if turns == 3:
            await until(lambda: any(seen.path == "/f/a.png" for seen in server.seen))
        fetching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching
    server.say(file_script(DATA))
    server.drop_all()
    assert (await result.download(tmp_path / "a.png")).read_bytes() == DATA


async def test_a_broken_download_goes_on(server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path) -> None:
    result = await finished(server, engine_cannon, two(server))
    server.say(file_script(DATA, cut_after=40_000), file_script(DATA))
    path = await result.download(tmp_path / "a.png")
    assert path.read_bytes() == DATA
    assert server.seen[-1].headers["range"] == "bytes=40000-"


async def test_a_failed_download_leaves_the_old_file(
    server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path
) -> None:
    result = await finished(server, engine_cannon, two(server))
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    server.say(reply(410))
    with pytest.raises(ResultExpiredError) as caught:
        await result.download(target)
    assert caught.value.cost is Cost.CHARGED
    assert "sig=secret" not in str(caught.value)
    assert target.read_bytes() == b"old"


async def test_the_key_goes_home_only(
    server: RawServer, other_server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path
) -> None:
    result = await finished(server, engine_cannon, {"image_url": f"{other_server.url}/one.png"})
    other_server.say(file_script(DATA))
    await result.download(tmp_path / "a.png")
    assert "authorization" not in other_server.seen[0].headers
    result = await finished(server, engine_cannon, {"image_url": f"{server.url}/one.png"})
    server.say(file_script(DATA))
    await result.download(tmp_path / "b.png")
    assert server.seen[-1].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x", "https://169.254.169.254/latest", "https://[::1]/", "http://e.com/a"])
async def test_a_service_cannot_point_inwards(
    server: RawServer, cannon: AsyncCannonStudio, tmp_path: Path, address: str
) -> None:
    result = await finished(server, cannon, {"image_url": address})
    with pytest.raises(RequestRefusedError) as caught:
        await result.download(tmp_path / "a.png")
    assert caught.value.code == "address"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a%00b.png", "con", ""])
async def test_names_of_a_service_stay_in_the_folder(
    server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    result = await finished(server, engine_cannon, {"image_url": f"{server.url}/f/{name}"})
    server.say(file_script(DATA))
    path = await result.download(folder)
    assert path.parent == folder
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]


async def test_a_place_that_cannot_be_written(
    server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path
) -> None:
    result = await finished(server, engine_cannon, two(server))
    (tmp_path / "file").write_bytes(b"in the way")
    server.say(file_script(DATA))
    with pytest.raises(LocalError):
        await result.download(tmp_path / "file" / "a.png")
    assert (tmp_path / "file").read_bytes() == b"in the way"


async def test_what_a_result_says_of_itself(server: RawServer, engine_cannon: AsyncCannonStudio) -> None:
    result = await finished(server, engine_cannon, two(server))
    assert (result.id, repr(result)) == ("req_1", "Result(req_1, 2 files)")
    assert (result.enhanced_prompt, result.credits) == (None, None)
    assert "sig=secret" not in repr(result)


async def test_nothing_to_fetch(server: RawServer, cannon: AsyncCannonStudio, tmp_path: Path) -> None:
    result = await finished(server, cannon, {"image_url": "https://e.com/a.png"})
    for index in (-1, 1):
        with pytest.raises(InputError) as caught:
            await result.download(tmp_path, index=index)
        assert caught.value.code == "no_file"


async def test_the_sync_download(server: RawServer, sync_cannon: CannonStudio, tmp_path: Path) -> None:
    def script() -> Path:
        with sync_cannon as client:
            found = client.requests.get("req_1")
            assert client.requests_remaining == 5
            return found.wait().download(tmp_path)

    done: dict[str, object] = {"id": "req_1", "operation": "image.generate", "status": "succeeded", "output": two(server)}
    server.say(reply(200, done, {"X-RateLimit-Remaining": "5"}), file_script(DATA))
    path = await asyncio.to_thread(script)
    assert (path, path.read_bytes()) == (tmp_path / "one.png", DATA)
