"""The gallery's service in memory, over the assets of a MediaCore: the same promises as the real one, without a store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from studio.domain.asset import Asset
from studio.domain.collection import Collection, Facets, TagCount
from studio.domain.errors import InputError
from studio.domain.event import AssetChanged, CollectionsChanged
from studio.domain.job import new_id, now
from studio.domain.lineage import Lineage, Link
from studio.domain.outline import MARK_EVERY, DayCount, Mark, Outline
from studio.domain.query import AssetQuery

if TYPE_CHECKING:
    from tests.ui.media_core import MediaCore


class GalleryDouble:
    """`delay_s` is how long an outline takes; `protected` is raised by a delete that is not "anyway"."""

    def __init__(self, core: MediaCore) -> None:
        self._core = core
        self.delay_s = 0.0
        self.outlines = 0
        self.protected: InputError | None = None
        self.known: dict[str, Collection] = {}
        self.items: dict[str, set[str]] = {}
        self.links: list[Link] = []
        self.previews: dict[str, Path] = {}

    async def thumbnail(self, asset: Asset) -> Path | None:
        return self.previews.get(asset.id)

    async def outline(self, query: AssetQuery) -> Outline:
        self.outlines += 1
        found = self._core.matching(query)
        await asyncio.sleep(self.delay_s)
        marks = tuple(Mark(at, found[at].id) for at in range(0, len(found), MARK_EVERY))
        days = tuple(DayCount(day, len(list(of))) for day, of in groupby(found, lambda a: a.created_at.astimezone().date()))
        return Outline(len(found), marks, days)

    async def facets(self) -> Facets:
        assets = self._core.assets_by_id.values()
        return Facets(*(tuple(sorted({value for value in values if value})) for values in (
            (a.operation for a in assets), (a.account for a in assets), (a.model for a in assets))))

    async def tags(self) -> list[TagCount]:
        tags = [tag for asset in self._core.assets_by_id.values() for tag in asset.tags]
        return [TagCount(tag, tags.count(tag)) for tag in sorted(set(tags))]

    async def set_starred(self, ids: Sequence[str], on: bool) -> None:  # the service's own signature
        self._change(ids, starred=on)

    async def set_colour(self, ids: Sequence[str], colour: str | None) -> None:
        self._change(ids, colour=colour)

    async def add_tags(self, ids: Sequence[str], tags: Sequence[str]) -> None:
        for one in ids:
            self._change([one], tags=tuple(sorted({*self._core.assets_by_id[one].tags, *tags})))
        self._core.emit(CollectionsChanged())

    async def remove_tags(self, ids: Sequence[str], tags: Sequence[str]) -> None:
        for one in ids:
            self._change([one], tags=tuple(tag for tag in self._core.assets_by_id[one].tags if tag not in tags))

    async def collections(self) -> list[Collection]:
        return [replace(one, count=None if one.is_smart else len(self.items[one.id])) for one in self.known.values()]

    async def create_collection(self, title: str, query: AssetQuery | None = None) -> Collection:
        made = Collection(new_id("collection"), title, query, 0, now())
        self.known[made.id] = made
        self.items[made.id] = set()
        self._core.emit(CollectionsChanged())
        return made

    async def change_collection(
        self, collection_id: str, title: str | None = None, query: AssetQuery | None = None
    ) -> Collection:
        before = self.known[collection_id]
        self.known[collection_id] = replace(before, title=title or before.title, query=query or before.query)
        self._core.emit(CollectionsChanged())
        return self.known[collection_id]

    async def remove_collection(self, collection_id: str) -> None:
        del self.known[collection_id]
        self._core.emit(CollectionsChanged())

    async def add_to_collection(self, collection_id: str, ids: Sequence[str]) -> Collection:
        self.items[collection_id].update(ids)
        self._core.emit(CollectionsChanged())
        return self.known[collection_id]

    async def remove_from_collection(self, collection_id: str, ids: Sequence[str]) -> Collection:
        self.items[collection_id].difference_update(ids)
        self._core.emit(CollectionsChanged())
        return self.known[collection_id]

    async def lineage(self, asset_id: str, depth: int = 4, limit: int = 200) -> Lineage:
        near = [link for link in self.links if asset_id in (link.parent, link.child)]
        ids = {asset_id, *(link.parent for link in near), *(link.child for link in near)}
        return Lineage(asset_id, {one: self._core.assets_by_id[one] for one in ids}, tuple(near))

    async def waveform(self, asset: Asset) -> Path | None:
        return self.previews.get(asset.id)

    async def scrub_sheet(self, asset: Asset) -> Path | None:
        return self.previews.get(asset.id)

    def _change(self, ids: Sequence[str], **values: object) -> None:
        for one in ids:
            changed = replace(self._core.assets_by_id[one], **values)  # type: ignore[arg-type]  # names of fields
            self._core.assets_by_id[one] = changed
            self._core.emit(AssetChanged(changed))
