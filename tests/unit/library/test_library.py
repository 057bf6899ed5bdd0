"""Import, export, thumbnails, trash."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from studio.domain.errors import InputError, LocalError, NotFoundError
from studio.domain.event import AssetAdded, AssetChanged, Event
from studio.domain.job import Job, JobRequest
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery
from studio.domain.remote import Change
from studio.domain.state import JobState
from studio.library.library import Library
from studio.settings.paths import Paths
from studio.store.jobs import SqlJobStore
from tests.unit.library.conftest import picture


async def test_an_import_is_a_copy_without_a_job(
    library: Library, paths: Paths, tmp_path: Path, events: list[Event]
) -> None:
    original = picture(tmp_path / "My holiday.png")
    asset = await library.import_file(original)
    assert asset.path.is_relative_to(paths.media)
    assert asset.path.name == "My holiday.png"
    assert asset.path.read_bytes() == original.read_bytes()
    assert (asset.job_id, asset.recipe) == (None, None)
    assert asset.thumbnail is not None
    assert events == [AssetAdded(replace(asset, thumbnail=None)), AssetChanged(asset)]
    assert await library.import_file(original) == asset
    assert len(events) == 2
    other = await library.import_file(picture(tmp_path / "other" / "My holiday.png", colour="red"))
    assert other.path.name == "My holiday (2).png"
    assert [found.id for found in await library.list(AssetQuery(search="holi"))] == [other.id, asset.id]
    assert await library.counts() == {"all": 2, "image": 2, "video": 0, "audio": 0, "prompt": 0}
    with pytest.raises(InputError):
        await library.import_file(tmp_path)


async def test_a_video_is_imported_with_its_poster(library: Library, clip: Path) -> None:
    asset = await library.import_file(clip)
    assert asset.kind is MediaKind.VIDEO
    assert asset.thumbnail is not None


async def test_exports_are_exact_and_write_over_nothing(library: Library, tmp_path: Path) -> None:
    asset = await library.import_file(picture(tmp_path / "boat.png"))
    to = tmp_path / "new" / "folder"
    first, second = await library.export([asset.id], to), await library.export([asset.id, asset.id], to)
    assert [path.name for path in first + second] == ["boat.png", "boat (2).png", "boat (3).png"]
    assert {path.read_bytes() for path in to.iterdir()} == {asset.path.read_bytes()}
    with pytest.raises(InputError, match="is a file"):
        await library.export([asset.id], first[0])
    with pytest.raises(NotFoundError):
        await library.export(["asset_nowhere"], to)
    asset.path.unlink()
    with pytest.raises(InputError, match="no longer"):
        await library.export([asset.id], to)


async def test_thumbnails_are_made_anew_when_the_cache_is_lost(
    library: Library, paths: Paths, tmp_path: Path, clip: Path, events: list[Event]
) -> None:
    for path in (picture(tmp_path / "boat.png", (1600, 400)), clip):
        asset = await library.import_file(path)
        shutil.rmtree(paths.thumbnails)
        assert await library.thumbnail(asset) == asset.thumbnail
        assert asset.thumbnail is not None
        assert asset.thumbnail.is_file()
    assert [type(event) for event in events] == [AssetAdded, AssetChanged] * 2


async def test_an_asset_without_a_preview_is_whole(library: Library, tmp_path: Path, events: list[Event]) -> None:
    asset = await library.import_file(picture(tmp_path / "boat.png"))
    assert asset.thumbnail is not None
    asset.thumbnail.unlink()
    asset.path.write_bytes(b"broken on the disk")
    assert await library.thumbnail(asset) is None
    assert isinstance(events[-1], AssetChanged)
    assert events[-1].asset.thumbnail is None


async def test_what_is_deleted_can_be_restored(library: Library, paths: Paths, tmp_path: Path, events: list[Event]) -> None:
    asset = await library.import_file(picture(tmp_path / "boat.png"))
    await library.delete([asset.id])
    assert not asset.path.exists()
    deleted = await library.get(asset.id)
    assert deleted.deleted_at is not None
    assert events[-1] == AssetChanged(deleted)
    trashed = library.file_of(deleted)
    assert trashed.is_file()
    assert await library.list(AssetQuery()) == []
    assert await library.list(AssetQuery(deleted=True)) == [deleted]
    await library.delete([asset.id])
    asset.path.write_bytes(b"a new file of that name")
    await library.restore([asset.id])
    restored = await library.get(asset.id)
    assert restored.path.name == "boat (2).png"
    assert restored.path.is_file()
    assert events[-1] == AssetChanged(restored)
    await library.restore([asset.id])
    assert await library.get(asset.id) == restored
    assert not trashed.exists()


async def test_a_deletion_that_the_disk_refuses_is_none(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = await library.import_file(picture(tmp_path / "boat.png"))

    def refuse(_source: object, _target: object) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as patch:
        patch.setattr("studio.library.trash.os.replace", refuse)
        patch.setattr("studio.library.system_trash.freedesktop.rename_new", refuse)
        with pytest.raises(LocalError, match="trash"):
            await library.delete([asset.id])
    assert await library.get(asset.id) == asset
    assert asset.path.is_file()


async def test_nothing_is_deleted_when_one_is_not_there(library: Library, tmp_path: Path) -> None:
    asset = await library.import_file(picture(tmp_path / "boat.png"))
    with pytest.raises(NotFoundError):
        await library.delete([asset.id, "asset_nowhere"])
    assert asset.path.is_file()
    assert (await library.get(asset.id)).deleted_at is None


async def test_a_file_gone_from_the_trash_is_told(library: Library, tmp_path: Path) -> None:
    asset = await library.import_file(picture(tmp_path / "boat.png"))
    await library.delete([asset.id])
    library.file_of(await library.get(asset.id)).unlink()
    with pytest.raises(LocalError, match="not in the trash"):
        await library.restore([asset.id])


async def test_the_input_of_an_unfinished_job_stays(library: Library, jobs: SqlJobStore, tmp_path: Path) -> None:
    asset = await library.import_file(picture(tmp_path / "boat.png"))
    job = Job.new(JobRequest("image.edit", "local", {"image_url": asset.path.as_uri(), "other": "file:///gone.png"}))
    await jobs.add(job)
    with pytest.raises(InputError, match="not finished"):
        await library.delete([asset.id])
    assert asset.path.is_file()
    assert await jobs.change(job, Change(job.changed(state=JobState.CANCELLED))) is not None
    await library.delete([asset.id])
    assert not asset.path.exists()
