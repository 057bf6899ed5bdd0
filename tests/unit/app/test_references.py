"""References through the core: fetched under limits, stopped without a trace, edited; recent ones; old settings."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from studio.app import references
from studio.app.core import Core
from studio.domain.asset import Asset, Recipe
from studio.domain.errors import InputError
from studio.domain.job import Job, JobRequest, new_id
from studio.domain.kinds import MediaKind
from studio.domain.reference import PictureEdit, TakenMedia
from studio.library.files import hash_of
from tests.media_files import write_clip, write_picture
from tests.ui.web import Site, site


@pytest.fixture
def web(core: Core) -> Iterator[Site]:
    with site() as here:
        core.references.allow_loopback = True
        yield here


def path_of(core: Core, media: TakenMedia) -> Path:
    found = core._library.local_file(media.uri)
    assert found is not None
    return found


def leftovers(core: Core) -> list[Path]:
    return [path for path in core.paths.inputs.iterdir() if path.name.startswith(".") or ".part" in path.name]


async def test_a_file_is_taken_with_its_facts_and_a_preview(core: Core, tmp_path: Path) -> None:
    media = await core.references.take(write_picture(tmp_path / "photo.png", 320, 200))
    assert (media.name, media.kind, media.measures, media.changes) == ("photo.png", MediaKind.IMAGE, "320 × 200", ())
    assert media.thumbnail is not None
    assert media.thumbnail.is_file()
    assert path_of(core, media).read_bytes() == (tmp_path / "photo.png").read_bytes()
    again = await core.references.look(media.uri, "photo.png")
    assert again == media


async def test_a_kind_that_does_not_fit_is_refused_in_words(core: Core, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a picture; a sound goes there") as caught:
        await core.references.take(write_picture(tmp_path / "a.png"), accepts=(MediaKind.AUDIO,))
    assert caught.value.code == "wrong_kind"


async def test_an_address_is_fetched_its_content_decides(core: Core, web: Site, tmp_path: Path) -> None:
    web.pages["/lie.mp3"] = (200, write_picture(tmp_path / "a.png").read_bytes())
    media = await core.references.fetch(f"{web.url}/lie.mp3", "lie.mp3")
    assert media.kind is MediaKind.IMAGE
    assert path_of(core, media).suffix == ".png"
    assert leftovers(core) == []


async def test_more_than_the_limit_is_not_fetched(core: Core, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MAX_FETCH_BYTES", 1 << 20)
    web.pages["/big.png"] = (200, bytes(3 << 20))
    with pytest.raises(InputError, match="larger than 1 MB"):
        await core.references.fetch(f"{web.url}/big.png", "big.png")
    assert leftovers(core) == []


async def test_what_takes_too_long_is_given_up(core: Core, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "FETCH_LIMIT_S", 0.3)
    web.slow = threading.Event()
    web.pages["/slow.png"] = (200, bytes(1000))
    with pytest.raises(InputError, match="took longer"):
        await core.references.fetch(f"{web.url}/slow.png", "slow.png")
    assert leftovers(core) == []


@pytest.mark.parametrize("address", [
    "https://127.0.0.1/x.png", "http://localhost:8080/x", "https://10.1.2.3/x.png", "https://192.168.0.1/", "http://[::1]/x",
    "https://169.254.169.254/latest/meta-data", "https://[fd00::1]/x", "https://0x7f.1/x", "https://2130706433/x",
    "https://user:secret@example.org/x.png", "https://exa mple.org/x", "ftp://example.org/x", "https://",
])
async def test_inward_and_odd_addresses_are_refused(core: Core, address: str) -> None:
    with pytest.raises(InputError) as caught:
        await core.references.fetch(address, "x")
    assert caught.value.code in ("forbidden_address", "not_fetched")
    assert "secret" not in caught.value.in_words()


async def test_a_cancelled_fetch_leaves_nothing(core: Core, web: Site) -> None:
    web.slow = threading.Event()
    web.pages["/x.png"] = (200, bytes(100_000))
    running = asyncio.ensure_future(core.references.fetch(f"{web.url}/x.png", "x.png"))
    while not web.asked:  # noqa: ASYNC110  # another thread's list
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert leftovers(core) == []


@pytest.mark.slow
async def test_a_cancelled_conversion_ends_and_leaves_nothing(core: Core, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "long.webm", seconds=4, width=640, height=360, codec="libvpx")
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def step(_: float) -> None:
        loop.call_soon_threadsafe(begun.set)

    running = asyncio.ensure_future(core.references.take(path, accepts=(MediaKind.VIDEO,), step=step))
    await asyncio.wait_for(begun.wait(), 60)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert list(core.paths.inputs.iterdir()) == []


async def test_a_copy_that_came_along_is_used_where_the_address_gives_nothing(core: Core, web: Site, tmp_path: Path) -> None:
    spare = write_picture(tmp_path / "spare.png")
    media = await core.references.fetch(f"{web.url}/gone.png", "gone.png", fallback=spare)
    assert path_of(core, media).read_bytes() == spare.read_bytes()


async def test_an_edit_is_a_new_file(core: Core, tmp_path: Path) -> None:
    media = await core.references.take(write_picture(tmp_path / "a.jpg", 400, 200))
    before = path_of(core, media).read_bytes()
    edited = await core.references.edit(media.uri, media.name, PictureEdit(turns=1, box=(0, 0, 1, 0.5)))
    assert edited.measures == "200 × 200"
    assert edited.mime == "image/jpeg"
    assert path_of(core, media).read_bytes() == before
    with pytest.raises(InputError):
        await core.references.edit((tmp_path / "a.jpg").as_uri(), "a.jpg", PictureEdit(turns=1))


@pytest.mark.slow
async def test_a_large_picture_does_not_hold_the_loop(core: Core, tmp_path: Path) -> None:
    """The work is in a thread: the loop goes on while 24 million pixels are turned."""
    Image.new("RGB", (6000, 4000), "teal").save(tmp_path / "large.jpg")
    media = await core.references.take(tmp_path / "large.jpg")
    running = asyncio.ensure_future(core.references.edit(media.uri, media.name, PictureEdit(turns=1)))
    turns = 0
    while not running.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await running).measures == "4,000 × 6,000"
    assert turns > 20


# what was there before


async def stored(core: Core, path: Path, given: dict[str, object], *, with_job: bool = True) -> Asset:
    """A result as the runner leaves it: a job, its asset and its recipe."""
    job = Job.new(JobRequest("image.generate", "local", given))
    if with_job:
        await core._store.add(job)
    asset = Asset(new_id("asset"), MediaKind.IMAGE, path, "image/png", hash_of(path), path.stat().st_size, 64, 48)
    recipe = Recipe("image.generate", "local", _named(given), seed=77)
    return await core._library._assets.add(replace(asset, job_id=job.id if with_job else None, recipe=recipe))


def _named(given: dict[str, object]) -> dict[str, object]:
    listed = given.get("reference_image_urls")
    names = {"reference_image_urls": [Path(str(uri)).name for uri in listed]} if isinstance(listed, list) else {}
    return {**given, **names}


async def test_recent_are_used_files_first_then_newest_assets(core: Core, tmp_path: Path) -> None:
    media = await core.references.take(write_picture(tmp_path / "a.png", hue=1))
    made = write_picture(core.paths.media / "made.png", hue=2)
    await stored(core, made, {"prompt": "x", "reference_image_urls": [media.uri]})
    await core.import_file(write_clip(tmp_path / "c.mp4"))
    found = await core.references.recent()
    assert [(one.kind, one.used) for one in found] == [
        (MediaKind.IMAGE, True), (MediaKind.VIDEO, False), (MediaKind.IMAGE, False)]
    assert found[0].path == path_of(core, media)
    assert found[0].thumbnail is not None
    assert [one.kind for one in await core.references.recent((MediaKind.VIDEO,))] == [MediaKind.VIDEO]


@pytest.mark.parametrize("with_job", [True, False])
async def test_the_settings_of_a_file_come_back_by_its_content(core: Core, tmp_path: Path, *, with_job: bool) -> None:
    media = await core.references.take(write_picture(tmp_path / "a.png", hue=1))
    made = write_picture(core.paths.media / "made.png", hue=2)
    await stored(core, made, {"prompt": "an old mill", "reference_image_urls": [media.uri]}, with_job=with_job)
    elsewhere = tmp_path / "copy of it.png"
    elsewhere.write_bytes(made.read_bytes())
    found = await core.references.recalled(elsewhere)
    assert found.request.operation == "image.generate"
    assert found.request.input == {"prompt": "an old mill", "reference_image_urls": [media.uri], "seed": 77}
    assert found.lost == ()
    assert await core.references.made_here([elsewhere, tmp_path / "a.png", tmp_path]) == [elsewhere]


async def test_what_cannot_be_brought_back_is_said(core: Core, tmp_path: Path) -> None:
    media = await core.references.take(write_picture(tmp_path / "a.png", hue=1))
    made = write_picture(core.paths.media / "made.png", hue=2)
    await stored(core, made, {"prompt": "x", "reference_image_urls": [media.uri], "old_field": 3})
    path_of(core, media).unlink()
    found = await core.references.recalled(made)
    assert found.request.input["reference_image_urls"] == []
    assert len(found.lost) == 2
    assert "no longer in the library" in found.lost[0]
    assert "old_field" in found.lost[1]


async def test_a_file_of_others_has_no_settings(core: Core, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not known"):
        await core.references.recalled(write_picture(tmp_path / "a.png"))
    asset = await core.import_file(tmp_path / "a.png")
    with pytest.raises(InputError, match="brought in"):
        await core.references.recalled_asset(asset.id)
