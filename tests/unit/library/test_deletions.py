"""Deleting and bringing back while others are at the same files: rescans, other windows, other assets of the same place."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from studio.domain.asset import Asset
from studio.domain.errors import LocalError
from studio.library import deletions
from studio.library.library import Library
from studio.library.placing import Placed
from studio.library.trash import put_all_away
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from tests.unit.library.conftest import picture

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="looks into freedesktop's trash")


@pytest.fixture
def trash(_own_home: Path) -> Path:
    return _own_home / ".local" / "share" / "Trash"


@pytest.fixture
def other(paths: Paths, assets: SqlAssetStore) -> Library:
    """Another window on the same folder."""
    return Library(paths, assets, lambda _event: None)


@pytest.fixture
async def boat(library: Library, tmp_path: Path) -> Asset:
    return await library.import_file(picture(tmp_path / "boat.png"))


def between_mark_and_move(monkeypatch: pytest.MonkeyPatch, work: object) -> None:
    """What another process does when a file is marked as deleted and still in its place."""
    loop = asyncio.get_running_loop()

    def move(media: Path, these: Sequence[Asset]) -> tuple[int, LocalError | None]:
        monkeypatch.setattr(deletions, "put_all_away", put_all_away)
        assert callable(work)
        asyncio.run_coroutine_threadsafe(work(), loop).result(30)
        return put_all_away(media, these)

    monkeypatch.setattr(deletions, "put_all_away", move)


async def test_a_rescan_that_sees_a_file_before_it_moves_does_not_undo_the_deletion(
    library: Library, other: Library, boat: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Asset | None] = []

    async def rescan() -> None:
        seen.append(await other.put_back(boat.id))

    between_mark_and_move(monkeypatch, rescan)
    await library.delete([boat.id])
    assert [one and one.deleted_at for one in seen] == [None]
    assert not boat.path.exists()
    assert (await library.get(boat.id)).deleted_at is not None
    await library.restore([boat.id])
    assert boat.path.is_file()


async def test_a_file_that_moves_while_it_is_taken_for_one_put_back_is_deleted(
    library: Library, boat: Asset, assets: SqlAssetStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await library.delete([boat.id])
    deleted = await library.get(boat.id)
    shutil.copyfile(library.file_of(deleted), boat.path)
    marking = assets.mark_restored

    async def mark(asset_id: str, path: Path) -> Asset:
        boat.path.unlink()
        return await marking(asset_id, path)

    monkeypatch.setattr(assets, "mark_restored", mark)
    assert await library.put_back(boat.id) is None
    assert await library.get(boat.id) == deleted


async def test_within_a_window_a_rescan_waits_for_the_deletion(
    library: Library, boat: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, on = threading.Event(), threading.Event()

    def move(media: Path, these: Sequence[Asset]) -> tuple[int, LocalError | None]:
        begun.set()
        on.wait(30)
        return put_all_away(media, these)

    monkeypatch.setattr(deletions, "put_all_away", move)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(library.delete([boat.id]))
        await asyncio.to_thread(begun.wait, 30)
        looking = tasks.create_task(library.put_back(boat.id))
        await asyncio.sleep(0)
        on.set()
    assert looking.result() is None
    assert (await library.get(boat.id)).deleted_at is not None


async def test_two_windows_that_delete_the_same_at_once(
    library: Library, other: Library, boat: Asset, trash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    between_mark_and_move(monkeypatch, lambda: other.delete([boat.id]))
    await library.delete([boat.id])  # `other` sees it deleted already, and has nothing to do
    await library.restore([boat.id])

    async def quicker() -> None:
        await asyncio.to_thread(put_all_away, library._paths.media, [boat])

    between_mark_and_move(monkeypatch, quicker)
    await library.delete([boat.id])
    assert len(list((trash / "files").iterdir())) == 1
    await other.restore([boat.id])
    assert boat.path.is_file()


async def test_a_file_that_another_window_takes_just_before_is_deleted_all_the_same(
    library: Library, boat: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bool:
        path.unlink()
        return False

    monkeypatch.setattr("studio.library.trash.system_trash.send", refuse)
    await library.delete([boat.id])
    assert (await library.get(boat.id)).deleted_at is not None


async def test_a_restoration_in_another_window_during_a_deletion_leaves_both_agreed(
    library: Library, other: Library, boat: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    between_mark_and_move(monkeypatch, lambda: other.restore([boat.id]))
    await library.delete([boat.id])
    assert not boat.path.exists()
    assert (await library.get(boat.id)).deleted_at is not None


async def test_a_process_killed_between_the_steps_leaves_nothing_lost(
    library: Library, boat: Asset, assets: SqlAssetStore
) -> None:
    from studio.domain.job import now

    await assets.mark_deleted([boat.id], now())
    assert boat.path.is_file()
    again = await library.put_back(boat.id)
    assert again is not None
    assert again.deleted_at is None
    await assets.mark_deleted([boat.id], now())
    await library.restore([boat.id])
    assert await library.get(boat.id) == boat


async def test_what_is_gone_does_not_keep_the_others_from_coming_back(
    library: Library, trash: Path, tmp_path: Path
) -> None:
    made = [await library.import_file(picture(tmp_path / f"{n}.png", (40 + n, 30))) for n in range(4)]
    await library.delete([one.id for one in made])
    for gone in (made[0], made[2]):
        library.file_of(await library.get(gone.id)).unlink()
    with pytest.raises(LocalError, match=r"^2 of 4 could not be brought back\. “0\.png” is not in the trash") as caught:
        await library.restore([one.id for one in made])
    assert caught.value.code == "not_in_trash"
    assert [one.path.exists() for one in made] == [False, True, False, True]
    assert [(await library.get(one.id)).deleted_at is None for one in made] == [False, True, False, True]
    with pytest.raises(LocalError, match=r"^“0\.png” is not in the trash"):
        await library.restore([made[0].id, made[1].id])


async def test_another_asset_s_file_of_the_same_place_is_not_taken(
    library: Library, trash: Path, tmp_path: Path, boat: Asset
) -> None:
    await library.delete([boat.id])
    shutil.rmtree(trash)  # emptied
    second = await library.import_file(picture(tmp_path / "new" / "boat.png", colour="navy"))
    assert second.path == boat.path
    assert not library.file_of(await library.get(boat.id)).exists()
    with pytest.raises(LocalError, match="not in the trash any more"):
        await library.restore([boat.id])
    await library.delete([second.id])
    with pytest.raises(LocalError, match="not in the trash any more"):
        await library.restore([boat.id])
    await library.restore([second.id])
    assert await library.get(second.id) == second
    assert library.file_of(second).is_file()


async def test_an_asset_does_not_come_back_onto_the_file_of_its_twin(
    library: Library, trash: Path, tmp_path: Path, boat: Asset
) -> None:
    await library.delete([boat.id])
    shutil.rmtree(trash)
    twin = await library.import_file(tmp_path / "boat.png")
    assert (twin.path, twin.sha256) == (boat.path, boat.sha256)
    assert twin.id != boat.id
    assert await library.put_back(boat.id) is None
    with pytest.raises(LocalError, match="not in the trash any more"):
        await library.restore([boat.id])
    assert await library.get(twin.id) == twin


async def test_a_file_that_is_brought_again_while_a_rescan_looks_belongs_to_one_asset(
    library: Library, tmp_path: Path, boat: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    await library.delete([boat.id])
    loop, copy = asyncio.get_running_loop(), library._import

    def copied(path: Path, name: str) -> Placed:
        placed = copy(path, name)
        assert asyncio.run_coroutine_threadsafe(library.put_back(boat.id), loop).result(30) is not None
        return placed

    monkeypatch.setattr(library, "_import", copied)
    assert await library.bring(tmp_path / "boat.png") == (boat, False)


async def test_of_two_from_one_place_the_changed_one_is_the_one_that_is_no_other_s(
    library: Library, tmp_path: Path, boat: Asset
) -> None:
    boat.path.write_bytes(b"as an editor left it")
    await library.delete([boat.id])
    second = await library.import_file(picture(tmp_path / "new" / "boat.png", colour="navy"))
    content = second.path.read_bytes()
    await library.delete([second.id])
    await library.restore([boat.id])
    assert (await library.get(boat.id)).path.read_bytes() == b"as an editor left it"
    await library.restore([second.id])
    assert (await library.get(second.id)).path.read_bytes() == content


async def test_what_was_deleted_before_the_media_folder_moved_is_found_by_its_content(
    library: Library, db: Database, paths: Paths, boat: Asset
) -> None:
    content = boat.path.read_bytes()
    await library.delete([boat.id])
    moved = Paths(data=paths.data, media=paths.data / "elsewhere", cache=paths.cache, logs=paths.logs)
    paths.media.rename(moved.media)
    there = Library(moved, SqlAssetStore(db, moved.media, moved.thumbnails), lambda _event: None)
    assert there.file_of(await there.get(boat.id)).read_bytes() == content
    await there.restore([boat.id])
    assert (await there.get(boat.id)).path == moved.media / boat.path.relative_to(paths.media)
    assert (await there.get(boat.id)).path.read_bytes() == content


async def test_a_trash_that_gives_nothing_away_gives_a_copy(
    library: Library, trash: Path, boat: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = boat.path.read_bytes()
    await library.delete([boat.id])
    unlink = os.unlink

    def refuse(path: str | Path, **more: int) -> None:
        if Path(path).is_relative_to(trash):
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, **more)

    monkeypatch.setattr(os, "unlink", refuse)
    await library.restore([boat.id])
    assert await library.get(boat.id) == boat
    assert boat.path.read_bytes() == content
    assert [path.name for path in boat.path.parent.iterdir()] == [boat.path.name]


async def test_a_link_goes_to_the_trash_and_comes_back_as_it_was(library: Library, boat: Asset) -> None:
    real = boat.path.rename(boat.path.with_name("real.png"))
    boat.path.symlink_to(real.name)
    await library.delete([boat.id])
    assert not boat.path.is_symlink()
    await library.restore([boat.id])
    assert boat.path.readlink() == Path("real.png")
    assert real.is_file()
