"""Assets on disk: one row a file, found by words, kind, job and content hash; counts without counting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, select, text, update
from sqlalchemy.dialects.sqlite import insert

from studio.domain.asset import Asset
from studio.domain.errors import BugError, NotFoundError
from studio.domain.query import AssetQuery
from studio.domain.state import TERMINAL
from studio.store.asset_queries import page, rows_of
from studio.store.asset_tags import give_tags
from studio.store.database import Database
from studio.store.facets import SLOTS, place_of
from studio.store.lineage import count_children
from studio.store.links import file_uris, of_job, write_links
from studio.store.rows import asset_from, asset_of, asset_values, asset_words, stored_path, to_ms
from studio.store.tables import assets, chain_runs, counts, jobs

_MOST_NAMES = 500


class SqlAssetStore:
    """`media` and `thumbnails` are the folders inside which paths are kept relative, so that the folders may move."""

    def __init__(self, db: Database, media: Path, thumbnails: Path) -> None:
        self._db = db
        self._media = media
        self._thumbnails = thumbnails

    async def add(self, asset: Asset) -> Asset:
        """Write an asset and return it as stored, with what its job says of it and the links to what it was made from.

        A job's result is written once: the second time the first is returned.
        """
        values = asset_values(asset, self._media, self._thumbnails)

        def work(connection: Connection) -> Asset:
            made = {**values, **of_job(connection, asset), "place": free_place(connection, asset.created_at)}
            adding = insert(assets).values(**made, words=asset_words(asset), tags="", marks="").on_conflict_do_nothing()
            if connection.execute(adding).rowcount:
                write_links(connection, asset, self._media)
                give_tags(connection, [asset.id], asset.tags)
            same = assets.c.id == asset.id
            if asset.job_id is not None:
                same = and_(assets.c.job_id == asset.job_id, assets.c.output_index == asset.output_index)
            stored = self._one(connection, select(assets).where(same))
            if stored is None:
                raise BugError(f"The asset {asset.id} is in the store already, from another job.")
            return stored

        return await self._db.write(work)

    async def get(self, asset_id: str) -> Asset | None:
        return await self._db.read(lambda connection: self._one(connection, select(assets).where(assets.c.id == asset_id)))

    async def many(self, ids: Sequence[str]) -> Sequence[Asset]:
        """Those of these that are there, in no order."""
        def work(connection: Connection) -> Sequence[Asset]:
            parts = (ids[start : start + _MOST_NAMES] for start in range(0, len(ids), _MOST_NAMES))
            rows = (row for part in parts for row in rows_of(connection, part))
            return [asset_of(row, self._media, self._thumbnails) for row in rows]

        return await self._db.read(work)

    async def by_output(self, job_id: str, output_index: int) -> Asset | None:
        """A job's result, in the trash or not."""
        wanted = select(assets).where(assets.c.job_id == job_id, assets.c.output_index == output_index)
        return await self._db.read(lambda connection: self._one(connection, wanted))

    async def by_hash(self, sha256: str) -> Asset | None:
        """The oldest asset with this content that is not in the trash."""
        same = and_(assets.c.sha256 == sha256, assets.c.deleted_at.is_(None))
        wanted = select(assets).where(same).order_by(assets.c.seq).limit(1)
        return await self._db.read(lambda connection: self._one(connection, wanted))

    async def by_path(self, path: Path) -> Asset | None:
        """The asset that has this file, in the trash or not."""
        wanted = select(assets).where(assets.c.path == stored_path(path, self._media)).order_by(assets.c.seq.desc()).limit(1)
        return await self._db.read(lambda connection: self._one(connection, wanted))

    async def of_place(self, path: Path) -> Sequence[Asset]:
        """All assets whose files lie, or lay before they were deleted, in this place."""
        wanted = select(assets).where(assets.c.path == stored_path(path, self._media)).order_by(assets.c.seq)
        return await self._db.read(
            lambda connection: [self._asset(row) for row in connection.execute(wanted).mappings()])

    async def list(self, query: AssetQuery) -> Sequence[Asset]:
        """A page, newest first. Raises NotFoundError where `query.before` is no asset."""
        return await self._db.read(lambda connection: self._page(connection, query))

    async def counts(self) -> dict[str, int]:
        """Assets by kind, and `all`, without those in the trash."""

        def work(connection: Connection) -> dict[str, int]:
            return {row.name: row.value for row in connection.execute(select(counts))}

        return await self._db.read(work)

    async def set_thumbnail(self, asset_id: str, thumbnail: Path | None) -> Asset:
        kept = None if thumbnail is None else stored_path(thumbnail, self._thumbnails)
        return (await self._update([asset_id], thumbnail=kept))[0]

    async def mark_deleted(self, ids: Sequence[str], at: datetime) -> Sequence[Asset]:
        """Put assets into the trash; those that are there already keep their time."""
        return await self._update(ids, assets.c.deleted_at.is_(None), deleted_at=to_ms(at))

    async def mark_restored(self, asset_id: str, path: Path) -> Asset:
        """Take an asset out of the trash; `path` is where its file lies now."""
        return (await self._update([asset_id], deleted_at=None, path=stored_path(path, self._media)))[0]

    async def inputs_in_use(self) -> frozenset[str]:
        """Every `file:` value in the inputs of jobs that have not ended, and in what chain runs under way were given."""
        ended = ", ".join(f"'{state.value}'" for state in sorted(TERMINAL))
        wanted = select(jobs.c.input).where(text(f"jobs.state NOT IN ({ended})"))
        given = select(chain_runs.c.answers).where(text("chain_runs.state = 'running'"))

        def work(connection: Connection) -> frozenset[str]:
            kept = [*connection.execute(wanted).scalars(), *connection.execute(given).scalars()]
            return frozenset(uri for one in kept for uri in file_uris(json.loads(one)))

        return await self._db.read(work)

    async def children(self, ids: Sequence[str]) -> dict[str, int]:
        """How many assets out of the trash, and not among `ids`, were made from each; those with none are left out."""
        return await self._db.read(lambda connection: count_children(connection, ids))

    async def _update(
        self, ids: Sequence[str], only: ColumnElement[bool] | None = None, **values: object
    ) -> Sequence[Asset]:
        """Change rows by id; returns them in the order of `ids`. NotFoundError, and no change, if one is missing."""

        def work(connection: Connection) -> Sequence[Asset]:
            found: dict[str, Asset] = {}
            for start in range(0, len(ids), _MOST_NAMES):
                these = assets.c.id.in_(ids[start : start + _MOST_NAMES])
                condition = these if only is None else and_(these, only)
                connection.execute(update(assets).where(condition).values(**values))
                rows = connection.execute(select(assets).where(these)).mappings()
                found.update((row["id"], self._asset(row)) for row in rows)
            missing = next((name for name in ids if name not in found), None)
            if missing is not None:
                raise NotFoundError(f"There is no asset {missing}.")
            return [found[name] for name in ids]

        return await self._db.write(work)

    def _asset(self, row: RowMapping) -> Asset:
        return asset_of(row, self._media, self._thumbnails)

    def _one(self, connection: Connection, wanted: Select[tuple[object, ...]]) -> Asset | None:
        row = connection.execute(wanted).mappings().first()
        return None if row is None else self._asset(row)

    def _page(self, connection: Connection, query: AssetQuery) -> Sequence[Asset]:
        return [asset_from(row, self._media, self._thumbnails) for row in page(connection, query)]


def free_place(connection: Connection, created_at: datetime) -> int:
    """The place behind all of the same millisecond (see studio.store.facets); of the next one where that is full."""
    first = place_of(to_ms(created_at))
    while True:
        last = connection.execute(
            select(func.max(assets.c.place)).where(assets.c.place >= first, assets.c.place < first + SLOTS)).scalar_one()
        if last is None or last + 1 < first + SLOTS:
            return first if last is None else int(last) + 1
        first += SLOTS
