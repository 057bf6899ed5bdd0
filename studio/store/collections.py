"""Collections on disk: put together by hand, or a query that is kept."""
# ruff: noqa: S608  names of columns and marks only; values are bound

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from studio.domain.asset import Asset
from studio.domain.collection import Collection
from studio.domain.errors import InputError, NotFoundError
from studio.domain.job import new_id, now
from studio.domain.query import AssetQuery
from studio.domain.saved_query import as_plain, from_plain
from studio.store.asset_tags import AT_ONCE, SqlAssetTags, refresh_marks
from studio.store.connections import raw
from studio.store.database import Database
from studio.store.rows import clean_text, from_ms, to_json, to_ms

_COLUMNS = 'id, title, "query", count, created_at'


class SqlCollections:
    """`assets` changes the rows of what goes into a collection or comes out of it."""

    def __init__(self, db: Database, assets: SqlAssetTags) -> None:
        self._db = db
        self._assets = assets

    async def all(self) -> list[Collection]:
        """By title."""
        def work(connection: Connection) -> list[Collection]:
            found = raw(connection).execute(f"SELECT {_COLUMNS} FROM collections ORDER BY folded")
            return [_collection_of(row) for row in found]

        return await self._db.read(work)

    async def get(self, collection_id: str) -> Collection:
        """Raises NotFoundError."""
        return await self._db.read(lambda connection: _one(connection, collection_id))

    async def create(self, title: str, query: AssetQuery | None) -> Collection:
        """Raises InputError where the title is taken."""
        kept = clean_text(title)
        values = (new_id("collection"), kept, kept.casefold(), _kept_query(query), to_ms(now()))

        def work(connection: Connection) -> Collection:
            _check_free(connection, kept, "")
            raw(connection).execute(
                'INSERT INTO collections (id, title, folded, "query", count, created_at) VALUES (?, ?, ?, ?, 0, ?)', values)
            return _one(connection, values[0])

        return await self._db.write(work)

    async def change(self, collection_id: str, title: str | None, query: AssetQuery | None) -> Collection:
        """Raises NotFoundError; InputError where the title is taken, or a query is given to one that was made by hand."""
        def work(connection: Connection) -> Collection:
            before = _one(connection, collection_id)
            kept = before.title if title is None else clean_text(title)
            _check_free(connection, kept, collection_id)
            if query is not None and before.query is None:
                raise InputError("A collection made by hand has no search.", code="not_smart",
                                 advice="Save the search as a collection of its own.")
            raw(connection).execute(
                'UPDATE collections SET title = ?, folded = ?, "query" = coalesce(?, "query") WHERE id = ?',
                (kept, kept.casefold(), _kept_query(query), collection_id))
            return _one(connection, collection_id)

        return await self._db.write(work)

    async def remove(self, collection_id: str) -> None:
        """The collection; its assets stay. Raises NotFoundError."""
        await self.get(collection_id)
        while True:  # in parts, so that other writes get their turn
            ids = await self._db.read(lambda connection: _items(connection, collection_id, AT_ONCE))
            if not ids:
                break
            await self.take(collection_id, ids)

        def work(connection: Connection) -> None:
            raw(connection).execute("DELETE FROM collections WHERE id = ?", (collection_id,))

        await self._db.write(work)

    async def put(self, collection_id: str, ids: Sequence[str]) -> list[Asset]:
        """Put assets into a collection; gives them as they are then. NotFoundError, InputError for a smart one."""
        at = to_ms(now())

        def change(connection: Connection, part: Sequence[str]) -> None:
            raw(connection).execute(
                "INSERT OR IGNORE INTO collection_items (collection, asset, added_at)"
                f" SELECT ?, seq, ? FROM assets WHERE id IN ({', '.join('?' * len(part))})",
                (_by_hand(connection, collection_id), at, *part))
            refresh_marks(connection, part)

        return await self._assets.change(ids, change)

    async def take(self, collection_id: str, ids: Sequence[str]) -> list[Asset]:
        """Take assets out of a collection; those that are not in it stay as they are. NotFoundError, InputError."""
        def change(connection: Connection, part: Sequence[str]) -> None:
            raw(connection).execute(
                "DELETE FROM collection_items WHERE collection = ? AND asset IN"
                f" (SELECT seq FROM assets WHERE id IN ({', '.join('?' * len(part))}))",
                (_by_hand(connection, collection_id), *part))
            refresh_marks(connection, part)

        return await self._assets.change(ids, change)


def _collection_of(row: tuple[str, str, str | None, int, int]) -> Collection:
    name, title, query, count, created_at = row
    smart = None if query is None else from_plain(json.loads(query))
    return Collection(name, title, smart, None if smart is not None else count, from_ms(created_at))


def _one(connection: Connection, collection_id: str) -> Collection:
    row = raw(connection).execute(f"SELECT {_COLUMNS} FROM collections WHERE id = ?", (collection_id,)).fetchone()
    if row is None:
        raise NotFoundError(f"There is no collection {collection_id}.", advice="See `studio collections list`.")
    return _collection_of(row)


def _by_hand(connection: Connection, collection_id: str) -> int:
    if _one(connection, collection_id).is_smart:
        raise InputError("What is in a smart collection is decided by its search.", code="smart_collection",
                         advice="Change the search, or use a collection made by hand.")
    found = raw(connection).execute("SELECT seq FROM collections WHERE id = ?", (collection_id,)).fetchone()
    return int(found[0])


def _check_free(connection: Connection, title: str, own: str) -> None:
    wanted = "SELECT 1 FROM collections WHERE folded = ? AND id <> ?"
    taken = raw(connection).execute(wanted, (title.casefold(), own)).fetchone()
    if taken is not None:
        raise InputError(f"There is a collection “{title}” already.", field="title", code="title_taken",
                         advice="Choose another title.")


def _items(connection: Connection, collection_id: str, limit: int) -> list[str]:
    found = raw(connection).execute(
        "SELECT a.id FROM collections c JOIN collection_items i ON i.collection = c.seq JOIN assets a ON a.seq = i.asset"
        " WHERE c.id = ? LIMIT ?", (collection_id, limit))
    return [str(row[0]) for row in found]


def _kept_query(query: AssetQuery | None) -> str | None:
    return None if query is None else to_json(as_plain(query))
