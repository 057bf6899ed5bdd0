"""Filters in any combination find what a look at every asset would find, page by page, in order, with the outline to it."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import groupby
from pathlib import Path

import pytest

from studio.domain.asset import COLOURS, Asset, Recipe
from studio.domain.errors import NotFoundError
from studio.domain.operation import MediaKind
from studio.domain.outline import MARK_EVERY, Outline
from studio.domain.query import AssetQuery
from studio.domain.saved_query import as_plain, from_plain
from studio.store.asset_tags import SqlAssetTags
from studio.store.assets import SqlAssetStore
from studio.store.collections import SqlCollections
from studio.store.database import Database
from studio.store.facets import CREDITS, DURATIONS, SIDES
from studio.store.outlines import SupersededError, outline
from tests.unit.store.samples import MOMENT, asset

NUMBER = 260
WORDS = ("harbour", "night", "kept", "kind", "0720", "straße", "red")


def made(media: Path) -> list[Asset]:
    """Assets that differ in everything, some in the same millisecond, written in another order than they were created."""
    chance = random.Random(7)
    found = []
    for n in range(NUMBER):
        kind = chance.choice(list(MediaKind))
        visual = kind in (MediaKind.IMAGE, MediaKind.VIDEO)
        side = chance.choice([100, *SIDES, *(one - 1 for one in SIDES), 9000])
        one = asset(media, " ".join(chance.sample(WORDS, 3)), kind=kind, at=MOMENT + timedelta(hours=chance.randint(0, 200)),
                    job_id=f"job_{n % 9}" if n % 4 == 0 else None)
        found.append(replace(
            one, output_index=n, width=side if visual else None, height=side + 40 if visual else None,
            duration_s=chance.choice([0.5, 4.2, 7000.0, *map(float, DURATIONS)]) if kind is MediaKind.VIDEO else None,
            credits=chance.choice([None, 0.0, *map(float, CREDITS), 2000.0]), starred=chance.random() < 0.3,
            colour=chance.choice([None, None, *COLOURS]), account=chance.choice(["local", 'my "own" account', None]),
            model=chance.choice(["seedance2", "veo3", None]),
            operation=chance.choice(["video.generate", "video.generate.x"]),
            tags=tuple(chance.sample(["Client A", "keeper", "mood board"], chance.randint(0, 2))),
            missing_since=MOMENT if chance.random() < 0.1 else None, deleted_at=MOMENT if chance.random() < 0.1 else None))
    chance.shuffle(found)
    return found


def fits(one: Asset, query: AssetQuery) -> bool:
    side = None if one.width is None or one.height is None else min(one.width, one.height)
    return (
        (one.deleted_at is not None) == query.deleted
        and query.kind in (None, one.kind) and query.job_id in (None, one.job_id)
        and (query.since is None or one.created_at >= query.since) and (query.until is None or one.created_at < query.until)
        and query.operation in (None, one.operation) and query.account in (None, one.account)
        and query.model in (None, one.model) and query.starred in (None, one.starred) and query.colour in (None, one.colour)
        and {tag.casefold() for tag in query.tags} <= {tag.casefold() for tag in one.tags}
        and _within(side, query.min_side, query.max_side)
        and _within(one.duration_s, query.min_duration_s, query.max_duration_s)
        and _within(one.credits, query.min_credits, query.max_credits)
        and query.missing in (None, one.missing_since is not None)
        and all(any(word.startswith(typed) for word in _words(one)) for typed in (query.search or "").split())
    )


def _words(one: Asset) -> list[str]:
    text = " ".join([one.prompt, one.path.stem, *one.tags, one.operation or "", one.model or "", one.account or ""])
    return re.split(r"[\W_]+", text.lower())


def _within(value: float | None, low: float | None, high: float | None) -> bool:
    if value is None:
        return low is None and high is None
    return (low is None or value >= low) and (high is None or value <= high)


def drawn(chance: random.Random) -> AssetQuery:
    """A query that asks for a few things."""
    choices: dict[str, Sequence[object]] = {
        "search": ["ha", "harbour", "k", "ke", "ki ni", "0720", "straß", "xyz"], "kind": list(MediaKind),
        "job_id": ["job_1"], "deleted": [True], "starred": [True, False], "missing": [True, False], "colour": COLOURS,
        "since": [MOMENT + timedelta(hours=60), MOMENT + timedelta(days=900)], "until": [MOMENT + timedelta(hours=100)],
        "operation": ["video.generate"], "account": ["local", 'my "own" account'], "model": ["veo3"],
        "tags": [("client a",), ("KEEPER", "mood board"), ("unknown",)], "min_side": [0, 720, 721], "max_side": [719, 1080],
        "min_duration_s": [2, 4.0], "max_duration_s": [4.2, 60], "min_credits": [0, 5, 7.5], "max_credits": [10],
    }
    names = chance.sample(sorted(choices), chance.randint(0, 4))
    return AssetQuery(limit=23, **{name: chance.choice(choices[name]) for name in names})  # type: ignore[arg-type]


@pytest.fixture
async def stored(assets: SqlAssetStore, tmp_path: Path) -> list[Asset]:
    """Those assets as they are stored, newest first."""
    found = await asyncio.gather(*(assets.add(one) for one in made(tmp_path / "media")))
    written = {one.id: number for number, one in enumerate(found)}
    return sorted(found, key=lambda one: (one.created_at, written[one.id]), reverse=True)


async def outline_of(db: Database, query: AssetQuery) -> Outline:
    return await db.read(partial(outline, query=query, superseded=lambda: False))


@pytest.mark.slow
async def test_any_filters_find_what_fits(db: Database, assets: SqlAssetStore, stored: list[Asset]) -> None:
    chance = random.Random(11)
    sizes = set[int]()
    for _ in range(100):
        query = drawn(chance)
        expected = [one.id for one in stored if fits(one, query)]
        found: list[str] = []
        while page := await assets.list(replace(query, before=found[-1] if found else None)):
            found += [one.id for one in page]
        assert found == expected, query
        seen = await outline_of(db, query)
        assert seen.total == len(expected), query
        assert [mark.asset_id for mark in seen.marks] == expected[::MARK_EVERY]
        days = [one.created_at.astimezone().date() for one in stored if fits(one, query)]
        assert [(day.day, day.count) for day in seen.days] == [(day, len(list(same))) for day, same in groupby(days)]
        assert from_plain(as_plain(query)) == replace(query, limit=200)
        sizes.add(len(expected))
    assert len(sizes) > 15


@pytest.mark.slow
async def test_rows_can_be_passed_over(assets: SqlAssetStore, stored: list[Asset]) -> None:
    kept = [one.id for one in stored if one.deleted_at is None]
    for query in (AssetQuery(), AssetQuery(min_credits=0), AssetQuery(starred=False)):
        all_of_it = [one.id for one in await assets.list(replace(query, limit=999))]
        page = await assets.list(replace(query, before=all_of_it[10], offset=17, limit=5))
        assert [one.id for one in page] == all_of_it[28:33]
        assert set(all_of_it) <= set(kept)


@pytest.mark.slow
async def test_an_outline_that_is_not_wanted_any_more_ends(db: Database, stored: list[Asset]) -> None:
    with pytest.raises(SupersededError):
        await db.read(partial(outline, query=AssetQuery(), superseded=lambda: True))
    assert stored


@pytest.mark.slow
async def test_collections_are_searched_like_everything_else(
    db: Database, assets: SqlAssetStore, stored: list[Asset], tmp_path: Path
) -> None:
    tags = SqlAssetTags(db, tmp_path / "media", tmp_path / "thumbnails")
    collections = SqlCollections(db, tags)
    mine = await collections.create("Mine", None)
    inside = [one.id for one in stored[::7]]
    await collections.put(mine.id, inside)
    await collections.put(mine.id, inside[:3])
    expected = [one.id for one in stored[::7] if fits(one, AssetQuery(search="harb"))]
    assert [one.id for one in await assets.list(AssetQuery(collection=mine.id, search="harb"))] == expected
    kept = sum(one.deleted_at is None for one in stored[::7])
    assert (await collections.get(mine.id)).count == kept
    await assets.mark_deleted([one.id for one in stored[::7] if one.deleted_at is None][:1], MOMENT)
    assert (await collections.get(mine.id)).count == kept - 1

    query = AssetQuery(starred=True, until=MOMENT + timedelta(hours=150), min_side=700)
    smart = await collections.create("Starred", query)
    assert smart == (await collections.all())[1]
    now = [one for asset in stored if (one := await assets.get(asset.id)) is not None]
    for more in (AssetQuery(search="night"), AssetQuery(kind=MediaKind.IMAGE, since=MOMENT + timedelta(hours=20))):
        found = await assets.list(replace(more, collection=smart.id, limit=999))
        assert found == [one for one in now if fits(one, query) and fits(one, more)]
        assert found
    await collections.remove(mine.id)
    with pytest.raises(NotFoundError):
        await assets.list(AssetQuery(collection=mine.id))
    assert [one.title for one in await collections.all()] == ["Starred"]
    assert [one.id for one in await assets.list(AssetQuery(limit=999))]


@pytest.mark.slow
async def test_tags_keep_their_spelling_and_counts(
    db: Database, assets: SqlAssetStore, stored: list[Asset], tmp_path: Path
) -> None:
    tags = SqlAssetTags(db, tmp_path / "media", tmp_path / "thumbnails")
    for counted in await tags.tags():
        assert counted.count == sum(counted.tag in one.tags and one.deleted_at is None for one in stored)
    first = next(one for one in stored if one.deleted_at is None)
    second = next(one for one in stored if one != first)
    changed = await tags.add_tags([first.id], ["ÄRGER", "client a"])
    assert {"ÄRGER", "Client A"} <= set(changed[0].tags)
    assert list(changed[0].tags) == sorted(changed[0].tags, key=str.casefold)
    (again,) = await tags.add_tags([first.id], ["ärger"])
    assert again.tags == changed[0].tags
    assert [one.id for one in await assets.list(AssetQuery(search="arger"))] == [first.id]
    (less,) = await tags.remove_tags([first.id], ["Ärger"])
    assert "ÄRGER" not in less.tags
    assert not await assets.list(AssetQuery(search="arger"))
    assert "ÄRGER" not in [one.tag for one in await tags.tags()]
    with pytest.raises(NotFoundError):
        await tags.set_starred([second.id, "asset_nowhere"], not second.starred)
    assert await assets.get(second.id) == second
    facets = await tags.facets()
    assert facets.accounts == ("local", 'my "own" account')
    assert facets.models == ("seedance2", "veo3")


async def test_the_model_and_the_recipe_s_values_are_found(assets: SqlAssetStore, tmp_path: Path) -> None:
    recipe = Recipe("image.generate", "cannon-studio", {
        "prompt": "raw words", "style": "watercolour", "seed": 4711, "image_url": "secretname.png", "api_key": "hidden",
        "title": "https://x/private"}, "flux-dev")
    one = await assets.add(replace(asset(tmp_path / "media", "enhanced"), recipe=recipe))
    for words in ("waterc", "4711", "raw", "flux", "image.gen", "enhanced", one.path.stem):
        assert [found.id for found in await assets.list(AssetQuery(search=words))] == [one.id], words
    for words in ("secretname", "hidden", "private"):
        assert not await assets.list(AssetQuery(search=words)), words
