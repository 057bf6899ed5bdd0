"""Results: in their place once, byte for byte, whichever step was the last before a crash."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.domain.asset import Asset, Recipe
from studio.domain.errors import DiskFullError, LocalError, ServiceFaultError
from studio.domain.event import AssetAdded, AssetChanged, Event
from studio.domain.job import Job, JobRequest
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery
from studio.jobs.ports import MediaLibrary
from studio.library import library as library_module
from studio.library.files import hash_of
from studio.library.library import Library
from studio.library.metadata import read_recipe
from studio.library.previews import make_preview
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from tests.unit.library.conftest import picture

RECIPE = Recipe("image.generate", "local", {"prompt": "A quiet harbour"})


class CrashError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def job() -> Job:
    made = Job.new(JobRequest("image.generate", "local", {"prompt": "A quiet harbour at dawn: boats/gulls"}))
    return made.changed(created_at=datetime(2026, 11, 15, 12, tzinfo=UTC))


def download(library: Library, job: Job, index: int = 0, colour: str = "teal") -> Path:
    """A finished download, as the runner leaves it."""
    part = library.part_for(job, index)
    made = picture(part.with_name("made.png"), colour=colour)
    return made.replace(part)


async def place(library: Library, job: Job, index: int = 0) -> Asset:
    return await library.place(job, index, library.part_for(job, index), MediaKind.IMAGE, "out.png", RECIPE)


def files(paths: Paths) -> list[Path]:
    return sorted(path for path in paths.media.rglob("*") if path.is_file())


def test_it_is_what_the_runner_asks_for(library: Library) -> None:
    port: MediaLibrary = library
    assert port is library


async def test_a_result_is_placed_and_recorded(library: Library, paths: Paths, job: Job, events: list[Event]) -> None:
    data = download(library, job).read_bytes()
    asset = await place(library, job)
    assert asset.path.parent == paths.media / "2026-11"
    assert asset.path.name.startswith("A quiet harbour at dawn boats gulls ")
    assert asset.path.suffix == ".png"
    assert asset.path.read_bytes() == data
    assert (asset.kind, asset.mime, asset.width, asset.height) == (MediaKind.IMAGE, "image/png", 320, 200)
    assert (asset.job_id, asset.output_index, asset.recipe, asset.prompt) == (job.id, 0, RECIPE, job.prompt)
    assert asset.size_bytes == len(data)
    assert asset.thumbnail is not None
    assert asset.thumbnail.is_file()
    assert events == [AssetAdded(replace(asset, thumbnail=None)), AssetChanged(asset)]
    assert await library.get(asset.id) == asset
    assert files(paths) == [asset.path]


async def test_a_video_gets_a_poster_and_its_length(library: Library, job: Job, clip: Path) -> None:
    part = library.part_for(job, 0)
    clip.replace(part)
    asset = await library.place(job, 0, part, MediaKind.IMAGE, "lie.png", RECIPE)
    assert (asset.kind, asset.mime, asset.path.suffix) == (MediaKind.VIDEO, "video/mp4", ".mp4")
    assert (asset.width, asset.height) == (160, 96)
    assert asset.duration_s == pytest.approx(0.5, abs=0.1)
    assert asset.thumbnail is not None


async def test_doing_it_again_gives_the_same_asset(library: Library, paths: Paths, job: Job, events: list[Event]) -> None:
    download(library, job)
    first = await place(library, job)
    assert await place(library, job) == first
    download(library, job)
    assert await place(library, job) == first
    assert await library.reconcile(job, 0, RECIPE) == first
    assert files(paths) == [first.path]
    assert [type(event) for event in events] == [AssetAdded, AssetChanged]


async def test_each_output_has_its_own_file(library: Library, paths: Paths, job: Job) -> None:
    for index, colour in enumerate(("red", "blue")):
        download(library, job, index, colour)
    assets = [await place(library, job, index) for index in range(2)]
    assert files(paths) == sorted(asset.path for asset in assets)
    assert assets[0].sha256 != assets[1].sha256


CRASHES = ["studio.library.placing.hash_of", "studio.library.placing.flush_file", "studio.library.files.os.link",
           "studio.library.files.os.unlink", "studio.library.files.flush_folder", "record", "preview", "set_thumbnail"]


def crash_at(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_given: object) -> None:
        raise CrashError(step)

    async def crash_async(*_given: object) -> None:
        raise CrashError(step)

    if step == "record":
        monkeypatch.setattr(SqlAssetStore, "add", crash_async)
    elif step == "set_thumbnail":
        monkeypatch.setattr(SqlAssetStore, "set_thumbnail", crash_async)
    elif step == "preview":
        monkeypatch.setattr(library_module, "make_preview", crash)
    else:
        monkeypatch.setattr(step, crash)


@pytest.mark.skipif(os.name == "nt", reason="Windows renames in one step")
@pytest.mark.parametrize("refetched", [False, True], ids=["goes on", "fetched again"])
@pytest.mark.parametrize("step", CRASHES)
async def test_a_crash_at_any_step_loses_and_doubles_nothing(
    library: Library, paths: Paths, job: Job, step: str, refetched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = download(library, job).read_bytes()
    with monkeypatch.context() as patch:
        crash_at(step, patch)
        with pytest.raises(CrashError):
            await place(library, job)
    if refetched:
        download(library, job)
    asset = await place(library, job)
    assert files(paths) == [asset.path]
    assert asset.path.read_bytes() == data
    assert [found.id for found in await library.list(AssetQuery(job_id=job.id))] == [asset.id]
    assert await place(library, job) == asset


async def test_what_was_moved_but_not_recorded_is_found(library: Library, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await library.reconcile(job, 0, RECIPE) is None
    download(library, job)
    with monkeypatch.context() as patch:
        crash_at("record", patch)
        with pytest.raises(CrashError):
            await place(library, job)
    asset = await library.reconcile(job, 0, RECIPE)
    assert asset is not None
    assert (asset.job_id, asset.recipe, asset.kind) == (job.id, RECIPE, MediaKind.IMAGE)
    assert await library.reconcile(job, 1, RECIPE) is None


async def test_without_hard_links_nothing_is_written_over(
    library: Library, paths: Paths, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: object, _target: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr("studio.library.files.os.link", no_links)
    download(library, job)
    asset = await place(library, job)
    assert files(paths) == [asset.path]
    assert asset.path.stat().st_size == asset.size_bytes
    other = job.changed(id="job_other")
    stranger = asset.path.with_name((await _placed_name(library, other)).name)
    stranger.write_bytes(b"somebody else's")
    download(library, other, colour="red")
    second = await place(library, other)
    assert stranger.read_bytes() == b"somebody else's"
    assert second.path.name.endswith("(2).png")


async def _placed_name(library: Library, job: Job) -> Path:
    from studio.library.placing import _stem

    return Path(f"{_stem(job, 0)}.png")


@pytest.mark.parametrize(("data", "words"), [
    (b"<!doctype html><title>Not found</title>", "a text in the place"), (b'  {"error": "expired"}', "a text in the place"),
    (b"", "nothing in the place"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "cut off or damaged"),
])
async def test_what_is_no_result_is_refused_and_not_kept(
    library: Library, paths: Paths, job: Job, data: bytes, words: str
) -> None:
    library.part_for(job, 0).write_bytes(data)
    with pytest.raises(ServiceFaultError, match=words):
        await place(library, job)
    assert files(paths) == []


async def test_a_result_of_a_format_to_come_is_kept_as_it_came(library: Library, job: Job) -> None:
    library.part_for(job, 0).write_bytes(b"glTF\2\0\0\0 a model in three dimensions")
    asset = await library.place(job, 0, library.part_for(job, 0), MediaKind.VIDEO, "castle.glb", RECIPE)
    assert asset.path.suffix == ".glb"
    assert asset.path.read_bytes().startswith(b"glTF")
    assert (asset.mime, asset.width, asset.thumbnail) == ("application/octet-stream", None, None)


async def test_a_lost_download_is_told(library: Library, job: Job) -> None:
    with pytest.raises(LocalError) as told:
        await place(library, job)
    assert told.value.code == "part_missing"


async def test_a_full_disk_keeps_the_download(library: Library, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    part = download(library, job)
    with monkeypatch.context() as patch:
        patch.setattr("studio.library.placing.flush_file", full)
        with pytest.raises(DiskFullError):
            await place(library, job)
    assert part.is_file()
    assert (await place(library, job)).path.is_file()


async def test_a_prompt_is_an_asset_of_its_own(
    library: Library, paths: Paths, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Dawn over a quiet harbour, 35 mm, mist\n🙂"
    with monkeypatch.context() as patch:
        crash_at("record", patch)
        with pytest.raises(CrashError):
            await library.place_prompt(job, text, RECIPE)
    asset = await library.place_prompt(job, text, RECIPE)
    assert asset == await library.place_prompt(job, text, RECIPE)
    assert asset.path.read_text("utf-8") == text
    assert asset.prompt == text, "what is shown, found and used again is the text that came out, not the one that went in"
    assert (asset.kind, asset.mime, asset.thumbnail) == (MediaKind.PROMPT, "text/plain", None)
    assert files(paths) == [asset.path]


async def test_an_asset_is_told_of_before_its_preview_is_made(
    library: Library, job: Job, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def make(*given: object) -> Path | None:
        told.append(len(events))
        return make_preview(*given)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(library_module, "make_preview", make)
    download(library, job)
    asset = await place(library, job)
    assert events == [AssetAdded(replace(asset, thumbnail=None)), AssetChanged(asset)]
    assert told == [1]
    assert asset.thumbnail is not None


@pytest.mark.parametrize("crash", [None, "studio.library.placing.flush_file", "record"])
async def test_the_recipe_goes_into_the_result_where_the_person_wants_that(
    paths: Paths, assets: SqlAssetStore, job: Job, crash: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(paths, assets, lambda _event: None, lambda: True)
    sent = download(library, job).read_bytes()
    if crash:
        with monkeypatch.context() as patch:
            crash_at(crash, patch)
            with pytest.raises(CrashError):
                await place(library, job)
    asset = await place(library, job)
    assert files(paths) == [asset.path]
    assert read_recipe(asset.path) == replace(RECIPE, job_id=None)
    assert asset.sha256 == hash_of(asset.path)
    assert asset.path.read_bytes() != sent
    assert asset.recipe == RECIPE


async def test_downloads_that_nobody_goes_on_with_are_removed(library: Library, paths: Paths, job: Job) -> None:
    await library.sweep([job.id])
    kept, left = library.part_for(job, 0), library.part_for(job.changed(id="job_over"), 1)
    for part in (kept, left):
        part.write_bytes(b"half")
    await library.sweep([job.id])
    assert files(paths) == [kept]


async def test_a_part_is_where_it_was_after_a_restart(library: Library, paths: Paths, job: Job) -> None:
    part = library.part_for(job, 3)
    assert part == library.part_for(job, 3) != library.part_for(job, 2)
    assert part.parent.is_dir()
    hostile = library.part_for(job.changed(id="../../../x"), 0)
    assert hostile.parent == part.parent
