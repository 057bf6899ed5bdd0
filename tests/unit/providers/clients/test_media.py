"""Files where addresses are wanted: uploaded to an engine, refused elsewhere, and nothing sent before the input is good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.domain.errors import InputError, RequestRefusedError
from studio.providers.clients import AsyncCannonStudio, AsyncCanvasLabs, Timing
from tests.unit.engine.renderers import png
from tests.unit.net.raw_server import RawServer, Script, reply
from tests.unit.providers.clients.conftest import KEY

ACCEPTED = reply(202, {"id": "req_1", "job_id": "job_1", "status": "queued"})


def uploaded(url: str, hours: float = 24) -> Script:
    expires = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    return reply(201, {"url": url, "size_bytes": 1, "content_type": "image/png", "expires_at": expires})


async def test_a_path_and_bytes(server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(png(4, 4))
    other = png(8, 8)
    first, second = f"{server.url}/files/1/a.png", f"{server.url}/files/2/b.png"
    server.say(uploaded(first), uploaded(second), ACCEPTED)
    web = "https://example.com/c.png"
    await engine_cannon.image.generate(prompt="x", reference_image_urls=[photo, other, web])
    one, two, create = server.posts
    assert [one.path, two.path] == ["/api/v1/uploads", "/api/v1/uploads"]
    assert (one.body, one.headers["content-type"]) == (photo.read_bytes(), "image/png")
    assert (two.body, two.headers["content-type"]) == (other, "application/octet-stream")
    assert create.json()["input"] == {"prompt": "x", "reference_image_urls": [first, second, web]}


async def test_the_same_bytes_go_up_once_while_their_address_lives(
    server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(png(4, 4))
    url = f"{server.url}/files/1/a.png"
    server.say(uploaded(url), ACCEPTED)
    await engine_cannon.video.generate(prompt="x", image_url=photo)
    await engine_cannon.image.edit(prompt="x", image_url=png(4, 4))
    assert [seen.path for seen in server.posts].count("/api/v1/uploads") == 1
    photo.write_bytes(png(4, 4, 7))
    server.say(uploaded(url, hours=0.5), ACCEPTED)
    await engine_cannon.video.generate(prompt="x", image_url=photo)
    server.say(uploaded(url, hours=0.5), ACCEPTED)
    await engine_cannon.video.generate(prompt="x", image_url=photo)
    assert [seen.path for seen in server.posts].count("/api/v1/uploads") == 3


@pytest.mark.parametrize("said", ["soon", "", "2026-13-45", "2020-01-01T00:00:00"])
async def test_an_address_of_uncertain_life_is_used_once(
    server: RawServer, engine_cannon: AsyncCannonStudio, said: str
) -> None:
    answer: dict[str, object] = {"url": f"{server.url}/files/1/a.png", "size_bytes": 1, "content_type": "image/png",
                                 "expires_at": said}
    for _ in range(2):
        server.say(reply(201, answer), ACCEPTED)
        await engine_cannon.image.edit(prompt="x", image_url=png(4, 4))
    assert [seen.path for seen in server.posts].count("/api/v1/uploads") == 2


async def test_canvas_labs_played_by_an_engine(server: RawServer, timing: Timing) -> None:
    """Uploads are beside /v1, not below it."""
    server.say(uploaded(f"{server.url}/files/1/a.png"), uploaded(f"{server.url}/files/2/a.png"), ACCEPTED)
    async with AsyncCanvasLabs(KEY, base_url=f"{server.url}/v1", timing=timing) as client:
        await client.scene.compose(images=[png(4, 4), png(4, 5)], scene="beach")
    assert [seen.path for seen in server.posts] == ["/api/v1/uploads", "/api/v1/uploads", "/v1/scene/compose"]
    assert server.posts[-1].json() == {
        "images": [f"{server.url}/files/1/a.png", f"{server.url}/files/2/a.png"], "scene": "beach",
    }


async def test_elsewhere_files_are_an_error(
    server: RawServer, cannon: AsyncCannonStudio, canvas: AsyncCanvasLabs, tmp_path: Path
) -> None:
    for coming, field in (
        (cannon.video.generate(prompt="x", image_url=tmp_path / "a.png"), "image_url"),
        (cannon.requests.create("three_d.new", {"photo": b"..."}), "photo"),
        (canvas.image.generate(prompt="x", reference_images=["https://e.com/a.png", png()]), "reference_images"),
    ):
        with pytest.raises(InputError) as caught:
            await coming
        assert (caught.value.field, caught.value.code) == (field, "needs_media_host")
    assert server.seen == []


async def test_nothing_goes_up_before_the_input_is_good(server: RawServer, engine_cannon: AsyncCannonStudio) -> None:
    with pytest.raises(InputError) as caught:
        await engine_cannon.video.generate(prompt="", image_url=png())
    assert caught.value.field == "prompt"
    with pytest.raises(InputError) as caught:
        await engine_cannon.requests.create("video.generate", {"prompt": png()})
    assert caught.value.field == "prompt"
    assert server.seen == []


async def test_a_file_that_cannot_be_read_or_is_no_media(
    server: RawServer, engine_cannon: AsyncCannonStudio, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        await engine_cannon.video.generate(prompt="x", image_url=tmp_path / "missing.png")
    assert caught.value.code == "unreadable_file"
    server.say(reply(415, {"error": {"code": "not_media", "message": "That is no picture."}}))
    with pytest.raises(RequestRefusedError, match="That is no picture"):
        await engine_cannon.video.generate(prompt="x", image_url=b"text")
    assert [seen.path for seen in server.posts] == ["/api/v1/uploads"]


async def test_a_data_address_is_left_to_the_service(server: RawServer, cannon: AsyncCannonStudio) -> None:
    server.say(ACCEPTED)
    await cannon.video.generate(prompt="x", image_url="data:image/png;base64,AAAA")
    assert server.posts[0].json()["input"] == {"prompt": "x", "image_url": "data:image/png;base64,AAAA"}
