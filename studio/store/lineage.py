"""Where assets came from and what came of them, walked link by link."""
# ruff: noqa: S608  names of columns and marks only; values are bound

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection

from studio.domain.errors import NotFoundError
from studio.domain.lineage import Lineage, Link
from studio.store.asset_queries import rows_of
from studio.store.connections import raw
from studio.store.database import Database
from studio.store.rows import asset_of

_AT_ONCE = 500


class SqlLineage:
    """`media` and `thumbnails` as for SqlAssetStore."""

    def __init__(self, db: Database, media: Path, thumbnails: Path) -> None:
        self._db = db
        self._media = media
        self._thumbnails = thumbnails

    async def around(self, asset_id: str, depth: int, limit: int) -> Lineage:
        """Ancestors and descendants up to `depth` links away, the nearest first, at most `limit` assets with the asset
        itself; also those in the trash. Raises NotFoundError."""
        return await self._db.read(lambda connection: self._around(connection, asset_id, depth, limit))

    def _around(self, connection: Connection, asset_id: str, depth: int, limit: int) -> Lineage:
        found = {asset_id: None}  # in the order in which they were reached
        truncated = False
        for here, there in (("child", "parent"), ("parent", "child")):
            edge = [asset_id]
            for _ in range(depth):
                further = [name for name in _next(connection, here, there, edge) if name not in found]
                edge = further[: max(0, limit - len(found))]
                truncated = truncated or len(edge) < len(further)
                found.update(dict.fromkeys(edge))
                if not edge:
                    break
            else:
                truncated = truncated or any(name not in found for name in _next(connection, here, there, edge))
        assets = {row["id"]: asset_of(row, self._media, self._thumbnails) for row in rows_of(connection, list(found))}
        if asset_id not in assets:
            raise NotFoundError(f"There is no asset {asset_id}.", advice="See `studio assets list`.")
        reached = {name: assets[name] for name in found if name in assets}
        return Lineage(asset_id, reached, _links(connection, reached), truncated)


def _next(connection: Connection, here: str, there: str, ids: Sequence[str]) -> list[str]:
    """What is one link further, each once."""
    found = dict[str, None]()
    for part in _parts(ids):
        rows = raw(connection).execute(
            f"SELECT {there} FROM lineage WHERE {here} IN ({', '.join('?' * len(part))}) ORDER BY {there}", part)
        found.update((str(row[0]), None) for row in rows)
    return list(found)


def _links(connection: Connection, ids: Iterable[str]) -> tuple[Link, ...]:
    """All links between these."""
    there = set(ids)
    found = []
    for part in _parts(sorted(there)):
        rows = raw(connection).execute(
            f"SELECT parent, child, how FROM lineage WHERE child IN ({', '.join('?' * len(part))}) ORDER BY child, parent",
            part)
        found += [Link(*row) for row in rows if row[0] in there]
    return tuple(found)


def count_children(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """How many assets out of the trash, and not among `ids`, were made from each of `ids`; those with none are left out."""
    going = set(ids)
    counts = dict[str, int]()
    for part in _parts(ids):
        rows = raw(connection).execute(
            "SELECT l.parent, l.child FROM lineage l JOIN assets a ON a.id = l.child"
            f" WHERE a.deleted_at IS NULL AND l.parent IN ({', '.join('?' * len(part))})", part)
        for parent, child in rows:
            if child not in going:
                counts[parent] = counts.get(parent, 0) + 1
    return counts


def _parts(ids: Sequence[str]) -> Iterable[list[str]]:
    return (list(ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE))
