"""What a person does with the library, through the core: marks, collections, lineage, protection, rescans, imports."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from studio.app import gallery as gallery_module
from studio.app import rescans
from studio.app.core import Core
from studio.app.imports import files_in
from studio.domain.asset import Asset, Recipe
from studio.domain.errors import InputError, LocalError, NotFoundError
from studio.domain.event import AssetChanged, CollectionsChanged, Event, StoreChanged
from studio.domain.job import Job, JobRequest
from studio.domain.library_work import RescanResult
from studio.domain.lineage import Link
from studio.domain.outline import Outline
from studio.domain.query import AssetQuery
from studio.domain.state import JobState
from studio.library.metadata import embed_recipe
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.jobs import SqlJobStore
from studio.store.queue import SqlQueue
from tests.media_files import write_clip, write_picture


@pytest.fixture
async def pictures(core: Core, tmp_path: Path) -> list[Asset]:
    return [await core.import_file(write_picture(tmp_path / f"view {n}.png", hue=n)) for n in range(4)]


@pytest.fixture
def heard(core: Core) -> list[Event]:
    events: list[Event] = []
    core.subscribe(events.append)
    return events


def store_of(core: Core) -> SqlAssetStore:
    return SqlAssetStore(core._db, core.paths.media, core.paths.thumbnails)


async def made_from(core: Core, parents: list[Asset], tmp_path: Path, name: str) -> Asset:
    """An asset whose recipe names its parents."""
    path = write_picture(core.paths.media / f"{name}.png", hue=50 + len(name))
    recipe = Recipe("image.edit", "local", {"prompt": name}, parents=tuple(parent.id for parent in parents))
    base = await core.import_file(write_picture(tmp_path / f"{name}.png", hue=90 + ord(name[0])))
    return await store_of(core).add(replace(base, id=f"asset_{name}", path=path, recipe=recipe, sha256=name.ljust(64, "0")))


async def test_marks_are_kept_told_and_searched(core: Core, pictures: list[Asset], heard: list[Event]) -> None:
    one, two = pictures[0], pictures[1]
    await core.gallery.set_starred([one.id, two.id], True)
    await core.gallery.set_colour([one.id], "red")
    (tagged,) = await core.gallery.add_tags([one.id], ["  Client   A ", "keeper"])
    assert (tagged.starred, tagged.colour, tagged.tags) == (True, "red", ("Client A", "keeper"))
    assert [event.asset.id for event in heard if isinstance(event, AssetChanged)] == [one.id, two.id, one.id, one.id]
    assert CollectionsChanged() in heard
    assert [a.id for a in await core.assets(AssetQuery(starred=True, tags=("client a",), search="vie"))] == [one.id]
    assert [(t.tag, t.count) for t in await core.gallery.tags()] == [("Client A", 1), ("keeper", 1)]
    for wrong in (core.gallery.set_colour([one.id], "pink"), core.gallery.add_tags([one.id], [" "]),
                  core.gallery.add_tags([one.id], ["x" * 99]), core.gallery.create_collection("\n")):
        with pytest.raises(InputError):
            await wrong


async def test_many_changes_are_one_event(
    core: Core, pictures: list[Asset], heard: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_module, "MOST_TOLD", 2)
    await core.gallery.set_starred([one.id for one in pictures], True)
    assert heard == [StoreChanged()]


async def test_a_newer_outline_ends_the_older(core: Core, pictures: list[Asset], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await asyncio.gather(core.gallery.outline(AssetQuery()), core.gallery.outline(AssetQuery(search="view")),
                                         return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert isinstance(second, Outline)
    assert second.total == len(pictures)
    assert (await core.gallery.outline(AssetQuery())).marks[0].asset_id == pictures[-1].id


async def test_collections_by_hand_and_by_search(core: Core, pictures: list[Asset]) -> None:
    mine = await core.gallery.create_collection("  Mine ")
    assert (await core.gallery.add_to_collection(mine.id, [one.id for one in pictures[:2]])).count == 2
    assert (await core.gallery.remove_from_collection(mine.id, [pictures[0].id])).count == 1
    assert [one.id for one in await core.assets(AssetQuery(collection=mine.id))] == [pictures[1].id]
    smart = await core.gallery.create_collection("Stars", AssetQuery(starred=True, tags=("a",)))
    changed = await core.gallery.change_collection(smart.id, query=AssetQuery(search="view"))
    assert changed.query == AssetQuery(search="view")
    with pytest.raises(InputError) as told:
        await core.gallery.change_collection(smart.id, title="MINE")
    assert told.value.field == "title"
    with pytest.raises(InputError):
        await core.gallery.add_to_collection(smart.id, [pictures[0].id])
    with pytest.raises(InputError):
        await core.gallery.change_collection(mine.id, query=AssetQuery())
    await core.gallery.remove_collection(mine.id)
    assert [one.id for one in await core.gallery.collections()] == [smart.id]
    with pytest.raises(NotFoundError):
        await core.gallery.remove_collection(mine.id)


async def test_lineage_is_walked_both_ways(core: Core, pictures: list[Asset], tmp_path: Path) -> None:
    child = await made_from(core, pictures[:2], tmp_path, "child")
    grandchild = await made_from(core, [child], tmp_path, "grandchild")
    found = await core.gallery.lineage(child.id)
    assert set(found.assets) == {child.id, grandchild.id, pictures[0].id, pictures[1].id}
    assert Link(child.id, grandchild.id, "reference") in found.links
    assert {one.id for one in found.parents(child.id)} == {pictures[0].id, pictures[1].id}
    assert [one.id for one in found.children(child.id)] == [grandchild.id]
    assert not found.truncated
    assert (await core.gallery.lineage(grandchild.id, depth=1)).truncated
    assert len((await core.gallery.lineage(child.id, limit=2)).assets) == 2
    assert set((await core.gallery.lineage(pictures[3].id)).assets) == {pictures[3].id}
    with pytest.raises(NotFoundError):
        await core.gallery.lineage("asset_nowhere")


async def test_a_job_s_files_are_its_results_parents(core: Core, pictures: list[Asset], tmp_path: Path) -> None:
    copy = await core.attach(write_picture(tmp_path / "again.png", hue=0))  # the content of the first
    given = {"prompt": "x", "image_url": copy, "more": [pictures[1].path.as_uri(), "https://x/y.png"]}
    job = Job.new(JobRequest("video.extend", "local", given, "Day 1")).changed(state=JobState.DONE)
    await SqlJobStore(core._db).add(job)
    made = await store_of(core).add(replace(pictures[3], id="asset_made", sha256="e" * 64, job_id=job.id))
    assert (made.label, made.account, made.operation) == ("Day 1", "local", "video.extend")
    links = (await core.gallery.lineage("asset_made")).links
    assert set(links) == {Link(pictures[0].id, made.id, "extend"), Link(pictures[1].id, made.id, "extend")}
    await SqlQueue(core._db).set_label([job.id], "Day 2")
    assert (await core.asset(made.id)).label == "Day 2"
    assert [one.id for one in await core.assets(AssetQuery(search="day 2"))] == [made.id]


async def test_what_others_came_of_is_protected(core: Core, pictures: list[Asset], tmp_path: Path) -> None:
    child = await made_from(core, pictures[:1], tmp_path, "child")
    (need,) = await core.gallery.needed_by([pictures[0].id, pictures[2].id])
    assert (need.asset_id, need.by_job) == (pictures[0].id, False)
    with pytest.raises(InputError) as told:
        await core.delete([pictures[2].id, pictures[0].id])
    assert told.value.code == "has_children"
    assert (await core.asset(pictures[2].id)).deleted_at is None
    await core.delete([pictures[0].id, child.id])  # together nothing is left behind
    await core.restore([pictures[0].id, child.id])
    await core.delete([pictures[0].id], anyway=True)

    running = Job.new(JobRequest("image.edit", "local", {"image_url": pictures[1].path.as_uri()}))
    await SqlJobStore(core._db).add(running)
    for anyway in (False, True):
        with pytest.raises(InputError) as told:
            await core.delete([pictures[1].id], anyway=anyway)
        assert told.value.code == "in_use"


async def test_a_rescan_finds_what_moved_and_marks_what_is_gone(
    core: Core, pictures: list[Asset], heard: list[Event]
) -> None:
    seen: list[tuple[int, int]] = []
    untouched = await core.gallery.rescan(lambda done, total: seen.append((done, total)))
    assert (untouched.moved, untouched.changed, untouched.missing, untouched.new_files) == (0, 0, 0, 0)
    assert seen[-1] == (4, 4)
    kept, moved, gone, other = pictures
    (core.paths.media / "sorted").mkdir()
    os.replace(moved.path, core.paths.media / "sorted" / "renamed.png")
    gone.path.unlink()
    write_picture(other.path, 128, 96, hue=9)
    write_picture(core.paths.media / "sorted" / "stranger.png", hue=44)
    heard.clear()
    found = await core.gallery.rescan()
    assert (found.moved, found.changed, found.missing, found.new_files, found.found_again) == (1, 1, 1, 1, 0)
    told = {event.asset.id for event in heard if isinstance(event, AssetChanged)}
    assert told == {moved.id, gone.id, other.id}
    assert (await core.asset(moved.id)).path == core.paths.media / "sorted" / "renamed.png"
    assert [one.id for one in await core.assets(AssetQuery(search="renamed"))] == [moved.id]
    assert [one.id for one in await core.assets(AssetQuery(missing=True))] == [gone.id]
    changed = await core.asset(other.id)
    assert (changed.width, changed.sha256 != other.sha256, changed.size_bytes) == (128, True, other.path.stat().st_size)
    assert await core.asset(kept.id) == kept
    write_picture(gone.path, hue=2)
    assert (await core.gallery.rescan()).found_again == 1
    assert (await core.asset(gone.id)).missing_since is None

    outside = core.paths.data / "elsewhere" / "far.png"
    outside.parent.mkdir()
    far = await store_of(core).add(replace(kept, id="asset_far", path=write_picture(outside), sha256="f" * 64))
    assert (await core.gallery.rescan()).missing == 0
    outside.unlink()
    assert (await core.gallery.rescan()).missing == 1
    assert [one.id for one in await core.assets(AssetQuery(missing=True))] == [far.id]


async def test_what_is_put_back_from_the_system_s_trash_is_in_the_library_again(
    core: Core, pictures: list[Asset], heard: list[Event]
) -> None:
    kept, first, second, _ = pictures
    content = first.path.read_bytes()
    await core.delete([first.id, second.id], anyway=True)
    first.path.write_bytes(content)
    write_picture(second.path, hue=99)  # another one under the name of what was deleted
    heard.clear()
    found = await core.gallery.rescan()
    assert (found.found_again, found.missing, found.new_files) == (1, 0, 1)
    assert (await core.asset(first.id)).deleted_at is None
    assert (await core.asset(second.id)).deleted_at is not None
    assert [event.asset.id for event in heard if isinstance(event, AssetChanged)] == [first.id]
    assert (await core.gallery.rescan()).found_again == 0
    assert await core.asset(kept.id) == kept


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
async def test_a_file_whose_name_is_no_text_does_not_stop_a_rescan(core: Core, pictures: list[Asset]) -> None:
    odd = pictures[0].path.with_name(os.fsdecode(b"lat\xe9n.png"))
    write_picture(odd, hue=12)
    found = await core.gallery.rescan()
    assert (found.new_files, found.missing) == (1, 0)
    await core.delete([pictures[0].id], anyway=True)
    assert (await core.gallery.rescan()).found_again == 0


async def test_noticing_looks_only_where_something_changed(core: Core, pictures: list[Asset]) -> None:
    assert await core.gallery.notice() is not None
    assert await core.gallery.notice() is None  # a moment ago
    core.gallery._rescans._noticed_at = -1000.0
    assert await core.gallery.notice() is None  # nothing changed
    core.gallery._rescans._noticed_at = -1000.0
    pictures[0].path.unlink()
    found = await core.gallery.notice()
    assert found is not None
    assert found.missing == 1
    core.gallery._rescans._noticed_at = -1000.0
    new = core.paths.media / "sorted" / "deep"
    new.mkdir(parents=True)
    os.replace(pictures[1].path, new / "moved.png")
    assert await core.gallery.notice() == RescanResult(moved=1, missing=1)
    core.gallery._rescans._noticed_at = -1000.0
    shutil.rmtree(core.paths.media / "sorted")
    assert await core.gallery.notice() == RescanResult(missing=1)
    core.gallery._rescans._noticed_at = -1000.0
    os.replace(core.paths.media, core.paths.media.with_name("unplugged"))
    with pytest.raises(LocalError):
        await core.gallery.notice()


async def test_a_glance_marks_no_large_loss(
    core: Core, pictures: list[Asset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescans, "_MANY", 1)
    for one in pictures[1:]:
        one.path.unlink()
    with pytest.raises(LocalError) as told:
        await core.gallery.notice()
    assert told.value.code == "files_gone"
    assert not await core.assets(AssetQuery(missing=True))
    monkeypatch.setattr(rescans, "MOST_NOTICED", 2)
    assert await core.gallery.notice() is None  # left to a whole rescan
    assert (await core.gallery.rescan()).missing == 3


async def test_a_media_folder_that_is_not_there_marks_nothing(core: Core, pictures: list[Asset]) -> None:
    os.replace(core.paths.media, core.paths.media.with_name("unplugged"))
    with pytest.raises(LocalError) as told:
        await core.gallery.rescan()
    assert told.value.code == "media_missing"
    assert not await core.assets(AssetQuery(missing=True))
    assert pictures


@pytest.mark.slow
async def test_folders_come_in_with_what_files_say_of_themselves(core: Core, pictures: list[Asset], tmp_path: Path) -> None:
    folder = tmp_path / "to import"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    plain = write_picture(folder / "a.png", hue=20)
    recipe = Recipe("image.generate", "cannon-studio", {"prompt": "a told story", "image_url": f"{pictures[0].sha256}.png"},
                    "flux", 7)
    assert embed_recipe(plain, folder / "deep" / "b.png", recipe)
    write_picture(folder / "deep" / "known.png", hue=1)
    write_picture(folder / ".hidden" / "c.png", hue=21)
    (folder / "notes.txt").write_text("no media")
    seen: list[tuple[int, int]] = []
    found = await core.gallery.import_paths([folder, folder / "a.png"], lambda done, total: seen.append((done, total)))
    assert [one.path.name for one in found.assets] == ["a.png", "b.png"]
    assert [one.id for one in found.known] == [pictures[1].id]
    assert [path.name for path, words in found.refused if words] == ["notes.txt"]
    assert "charged" not in found.refused[0][1], "what is imported costs nothing anywhere"
    assert seen[0] == (0, 4)
    assert seen[-1] == (4, 4)
    told = found.assets[1]
    assert (told.prompt, told.operation, told.model) == ("a told story", "image.generate", "flux")
    assert set((await core.gallery.lineage(told.id)).assets) == {told.id, pictures[0].id}
    assert list(files_in([core.paths.media.parent], core.paths.media)) != []
    assert not any(path.is_relative_to(core.paths.media) for path in files_in([core.paths.media.parent], core.paths.media))


@pytest.mark.slow
async def test_a_frame_is_a_picture_that_knows_its_video(core: Core, tmp_path: Path, pictures: list[Asset]) -> None:
    video = await core.import_file(write_clip(tmp_path / "clip.mp4", seconds=1.0))
    frame = await core.gallery.grab_frame(video.id, 0.5)
    assert (frame.width, frame.height, frame.mime) == (160, 96, "image/png")
    assert Link(video.id, frame.id, "frame") in (await core.gallery.lineage(video.id)).links
    last = await core.gallery.grab_frame(video.id, 99.0)
    assert last.sha256 != frame.sha256
    with pytest.raises(InputError):
        await core.gallery.grab_frame(pictures[0].id, 0.0)


async def test_a_store_of_nothing_answers_everything(paths: Paths) -> None:
    core = await Core.open(paths)
    try:
        assert await core.gallery.outline(AssetQuery(tags=("none",))) == Outline()
        assert await core.gallery.collections() == []
        assert (await core.gallery.facets()).operations == ()
    finally:
        await core.close()
