"""What a person marks assets with: stars, colours and tags, and the values that occur, for filters."""
# ruff: noqa: S608  names of columns and marks only; values are bound

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection

from studio.domain.asset import Asset
from studio.domain.collection import Facets, TagCount
from studio.domain.errors import NotFoundError
from studio.store.asset_queries import rows_of
from studio.store.connections import raw
from studio.store.database import Database
from studio.store.facets import collection_mark, tag_mark
from studio.store.rows import asset_of, clean_text

AT_ONCE = 500
"""Assets changed in one transaction: other writes, of jobs above all, get their turn in between."""


class SqlAssetTags:
    """Changes are written AT_ONCE at a time, each part as a whole; ids that are not there are found out before the first."""

    def __init__(self, db: Database, media: Path, thumbnails: Path) -> None:
        self._db = db
        self._media = media
        self._thumbnails = thumbnails

    async def set_starred(self, ids: Sequence[str], on: bool) -> list[Asset]:
        return await self.change(ids, lambda connection, part: _set(connection, part, "starred", int(on)))

    async def set_colour(self, ids: Sequence[str], colour: str | None) -> list[Asset]:
        return await self.change(ids, lambda connection, part: _set(connection, part, "colour", colour))

    async def add_tags(self, ids: Sequence[str], tags: Sequence[str]) -> list[Asset]:
        return await self.change(ids, lambda connection, part: give_tags(connection, part, tags))

    async def remove_tags(self, ids: Sequence[str], tags: Sequence[str]) -> list[Asset]:
        return await self.change(ids, lambda connection, part: _take_tags(connection, part, tags))

    async def tags(self) -> list[TagCount]:
        """Those in use out of the trash, by name."""
        def work(connection: Connection) -> list[TagCount]:
            found = raw(connection).execute("SELECT name, count FROM tags WHERE count > 0 ORDER BY folded")
            return [TagCount(name, count) for name, count in found]

        return await self._db.read(work)

    async def facets(self) -> Facets:
        def work(connection: Connection) -> Facets:
            found: dict[str, list[str]] = {"operation": [], "account": [], "model": []}
            wanted = "SELECT field, value FROM asset_values WHERE count > 0 ORDER BY value"
            for field, value in raw(connection).execute(wanted):
                found[field].append(value)
            return Facets(tuple(found["operation"]), tuple(found["account"]), tuple(found["model"]))

        return await self._db.read(work)

    async def change(self, ids: Sequence[str], change: Callable[[Connection, Sequence[str]], None]) -> list[Asset]:
        """The assets as they are then, in the order of `ids`."""
        wanted = list(dict.fromkeys(ids))
        await self._db.read(lambda connection: check_there(connection, wanted))
        found: dict[str, Asset] = {}
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]

            def work(connection: Connection, part: Sequence[str] = part) -> list[Asset]:
                change(connection, part)
                return [asset_of(row, self._media, self._thumbnails) for row in rows_of(connection, part)]

            found.update((asset.id, asset) for asset in await self._db.write(work))
        return [found[name] for name in wanted]


def check_there(connection: Connection, ids: Sequence[str]) -> None:
    """NotFoundError for the first of `ids` that is no asset."""
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        found = {row[0] for row in raw(connection).execute(f"SELECT id FROM assets WHERE id IN ({_marks(part)})", part)}
        missing = next((name for name in part if name not in found), None)
        if missing is not None:
            raise NotFoundError(f"There is no asset {missing}.", advice="See `studio assets list`.")


def _set(connection: Connection, ids: Sequence[str], column: str, value: object) -> None:
    others = raw(connection).execute(
        f"SELECT seq FROM assets WHERE id IN ({_marks(ids)}) AND {column} IS NOT ? ORDER BY place", (*ids, value)).fetchall()
    # in the index's own order: it writes out what it holds at each step back
    raw(connection).executemany(f"UPDATE assets SET {column} = ? WHERE seq = ?", [(value, seq) for (seq,) in others])


def give_tags(connection: Connection, ids: Sequence[str], tags: Iterable[str]) -> None:
    """Tag assets. One that is there in other letter case is taken as it is there."""
    run = raw(connection).execute
    numbers = []
    for name in tags:
        kept = clean_text(name)
        both = kept, kept.casefold()
        run("INSERT INTO tags (name, folded, count) VALUES (?, ?, 0) ON CONFLICT (folded) DO NOTHING", both)
        # a tag that is out of use may come back in another case
        run("UPDATE tags SET name = ?1 WHERE folded = ?2 AND name <> ?1 AND NOT EXISTS"
            " (SELECT 1 FROM asset_tags WHERE tag = tags.id)", both)
        numbers.append(run("SELECT id FROM tags WHERE folded = ?", (kept.casefold(),)).fetchone()[0])
    for number in numbers:
        run(f"INSERT OR IGNORE INTO asset_tags (asset, tag) SELECT seq, ? FROM assets WHERE id IN ({_marks(ids)})",
            (number, *ids))
    if numbers:
        refresh_marks(connection, ids)


def _take_tags(connection: Connection, ids: Sequence[str], tags: Iterable[str]) -> None:
    for name in tags:
        raw(connection).execute(
            f"DELETE FROM asset_tags WHERE asset IN (SELECT seq FROM assets WHERE id IN ({_marks(ids)}))"
            " AND tag = (SELECT id FROM tags WHERE folded = ?)", (*ids, clean_text(name).casefold()))
    refresh_marks(connection, ids)


def refresh_marks(connection: Connection, ids: Sequence[str]) -> None:
    """Write into the rows, and so into the index, in its own order, which tags and collections they have."""
    run = raw(connection).execute
    order = run(f"SELECT seq, tags, marks FROM assets WHERE id IN ({_marks(ids)}) ORDER BY place", list(ids)).fetchall()
    changes = []
    for seq, tags_before, marks_before in order:
        tags = run("SELECT t.name, t.id FROM asset_tags a JOIN tags t ON t.id = a.tag WHERE a.asset = ? ORDER BY t.folded",
                   (seq,)).fetchall()
        groups = run("SELECT collection FROM collection_items WHERE asset = ? ORDER BY collection", (seq,)).fetchall()
        names = "\n".join(name for name, _ in tags)
        marks = " ".join([*(tag_mark(tag) for _, tag in tags), *(collection_mark(group) for (group,) in groups)])
        if (names, marks) != (tags_before, marks_before):
            changes.append((names, marks, seq))
    raw(connection).executemany("UPDATE assets SET tags = ?, marks = ? WHERE seq = ?", changes)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
