"""Assets: written once a result, paged, searched, counted without counting, deleted and restored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from studio.domain.asset import Asset
from studio.domain.errors import BugError, NotFoundError
from studio.domain.job import Job
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery
from studio.domain.state import JobState
from studio.store.asset_queries import ask
from studio.store.assets import SqlAssetStore
from studio.store.connections import raw
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.rows import path_of, stored_path
from tests.unit.store.samples import MOMENT, asset, full_asset, job

NO_ASSETS = {"all": 0, "image": 0, "video": 0, "audio": 0, "prompt": 0}


@pytest.fixture
def media(tmp_path: Path) -> Path:
    return tmp_path / "media"


async def test_every_field_comes_back(assets: SqlAssetStore, media: Path, tmp_path: Path) -> None:
    made = full_asset(media, tmp_path / "thumbnails")
    assert await assets.add(made) == made
    assert await assets.get(made.id) == made
    assert await assets.get("asset_nowhere") is None


async def test_the_folders_may_move(db: Database, assets: SqlAssetStore, media: Path, tmp_path: Path) -> None:
    inside, outside = full_asset(media, tmp_path / "thumbnails"), replace(asset(media), path=tmp_path / "elsewhere.png")
    await assets.add(inside)
    await assets.add(outside)
    moved = SqlAssetStore(db, tmp_path / "new media", tmp_path / "new cache")
    found = await moved.get(inside.id)
    assert found is not None
    assert found.path == tmp_path / "new media" / inside.path.relative_to(media)
    assert found.thumbnail is not None
    assert found.thumbnail.is_relative_to(tmp_path / "new cache")
    found = await moved.get(outside.id)
    assert found is not None
    assert found.path == outside.path


async def test_a_result_is_recorded_once(assets: SqlAssetStore, media: Path) -> None:
    first = await assets.add(asset(media, job_id="job_1"))
    assert await assets.add(asset(media, job_id="job_1")) == first
    assert await assets.by_output("job_1", 0) == first
    other = await assets.add(replace(asset(media, job_id="job_1"), output_index=1))
    assert other != first
    assert await assets.counts() == {**NO_ASSETS, "all": 2, "image": 2}
    with pytest.raises(BugError):
        await assets.add(replace(first, job_id="job_2"))


async def test_assets_are_found_by_hash_and_path(assets: SqlAssetStore, media: Path) -> None:
    made = await assets.add(asset(media))
    assert await assets.by_hash(made.sha256) == made
    assert await assets.by_path(made.path) == made
    await assets.mark_deleted([made.id], MOMENT)
    assert await assets.by_hash(made.sha256) is None
    assert await assets.by_path(media / "other.png") is None


async def test_pages_searches_and_the_trash(assets: SqlAssetStore, media: Path) -> None:
    kinds = [MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO]
    made = [asset(media, f"ship number{n}", kind=kinds[n % 3], at=MOMENT + timedelta(seconds=n)) for n in range(12)]
    for one in made:
        await assets.add(one)
    await assets.mark_deleted([made[0].id, made[11].id], MOMENT)

    async def pages(**asked: object) -> list[str]:
        seen: list[str] = []
        while page := await assets.list(AssetQuery(limit=3, before=seen[-1] if seen else None, **asked)):  # type: ignore[arg-type]
            seen += [found.id for found in page]
        return seen

    kept = [one.id for one in reversed(made[1:11])]
    for search in (None, "ship", "SHI num"):
        assert await pages(search=search) == kept
        assert await pages(search=search, deleted=True) == [made[11].id, made[0].id]
        videos = [one.id for one in reversed(made[1:11]) if one.kind is MediaKind.VIDEO]
        assert await pages(search=search, kind=MediaKind.VIDEO) == videos
        assert await pages(search=search, job_id="job_9") == []
    assert await pages(search="number7") == [made[7].id]
    assert await assets.counts() == {"all": 10, "image": 3, "video": 4, "audio": 3, "prompt": 0}
    with pytest.raises(NotFoundError):
        await assets.list(AssetQuery(before="asset_nowhere"))


async def test_deleting_and_restoring(assets: SqlAssetStore, media: Path) -> None:
    one, two = [await assets.add(asset(media)) for _ in range(2)]
    both = [replace(two, deleted_at=MOMENT), replace(one, deleted_at=MOMENT)]
    assert await assets.mark_deleted([two.id, one.id], MOMENT) == both
    assert await assets.mark_deleted([one.id], MOMENT + timedelta(days=1)) == [replace(one, deleted_at=MOMENT)]
    assert await assets.counts() == NO_ASSETS
    moved = media / "2026-12" / "x.png"
    assert await assets.mark_restored(one.id, moved) == replace(one, path=moved)
    assert await assets.counts() == {**NO_ASSETS, "all": 1, "image": 1}
    with pytest.raises(NotFoundError, match="nowhere"):
        await assets.mark_deleted([one.id, "asset_nowhere"], MOMENT)
    assert await assets.get(one.id) == replace(one, path=moved)


async def test_thumbnails_are_set_and_forgotten(assets: SqlAssetStore, media: Path, tmp_path: Path) -> None:
    made = await assets.add(asset(media))
    picture = tmp_path / "thumbnails" / "aa" / "aa.jpg"
    assert (await assets.set_thumbnail(made.id, picture)).thumbnail == picture
    assert (await assets.set_thumbnail(made.id, None)).thumbnail is None


async def test_inputs_of_unfinished_jobs_are_known(assets: SqlAssetStore, jobs: SqlJobStore) -> None:
    def with_input(state: JobState, **values: object) -> None:
        made = job().changed(state=state)
        waiting.append(made.changed(request=replace(made.request, input=values)))

    waiting: list[Job] = []
    with_input(JobState.RUNNING, image_url="file:///a.png", deep={"list": ["file:///b.png", 3, "https://x"]})
    with_input(JobState.UNKNOWN, image_url="FILE:///c.png")
    with_input(JobState.DONE, image_url="file:///d.png")
    for one in waiting:
        await jobs.add(one)
    assert await assets.inputs_in_use() == {"file:///a.png", "file:///b.png", "FILE:///c.png"}


def _plan(query: AssetQuery, connection: Connection) -> list[str]:
    asked = ask(connection, query)
    assert asked is not None
    sql = f"EXPLAIN QUERY PLAN {asked.sql('assets.*')} LIMIT 9"
    return [str(row[3]) for row in raw(connection).execute(sql, list(asked.values))]


async def test_no_page_is_sorted_or_scanned(db: Database) -> None:
    """The plans behind the speed goals: an index gives the order, the search gives it by itself."""
    asked = {
        "assets_newest": AssetQuery(since=MOMENT),
        "assets_by_kind": AssetQuery(kind=MediaKind.IMAGE, until=MOMENT),
        "assets_in_trash": AssetQuery(deleted=True),
        "assets_by_place": AssetQuery(search="ha", starred=True, min_duration_s=3, since=MOMENT),
        "VIRTUAL TABLE INDEX": AssetQuery(colour="red"),
    }
    for expected, query in asked.items():
        plan = await db.read(partial(_plan, query))
        assert any(expected in step for step in plan), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan


@given(st.lists(st.sampled_from(["add", "delete", "restore"]), max_size=12), st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_counts_are_those_of_the_rows(
    db: Database, assets: SqlAssetStore, media: Path, steps: list[str], data: st.DataObject
) -> None:
    there: list[Asset] = []
    for step in steps:
        if step == "add":
            there.append(await assets.add(asset(media, kind=data.draw(st.sampled_from(MediaKind)))))
        elif there:
            chosen = data.draw(st.sampled_from(there))
            if step == "delete":
                await assets.mark_deleted([chosen.id], MOMENT)
            else:
                await assets.mark_restored(chosen.id, chosen.path)
    counted = await db.read(lambda connection: {row.kind: row.n for row in connection.execute(
        text("SELECT kind, count(*) AS n FROM assets WHERE deleted_at IS NULL GROUP BY kind"))})
    assert await assets.counts() == {**NO_ASSETS, **counted, "all": sum(counted.values())}


def test_paths_inside_are_kept_relative(tmp_path: Path) -> None:
    for path in (tmp_path / "a" / "b c.png", Path("/elsewhere/x.png").absolute()):
        assert path_of(stored_path(path, tmp_path), tmp_path) == path
    assert stored_path(tmp_path / "a" / "b.png", tmp_path) == "a/b.png"
