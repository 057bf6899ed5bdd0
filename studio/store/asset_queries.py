"""From a question about assets to SQL: which index gives the order, what the full-text index answers, what the row says.

Every question is answered in the order of `place`, the newest first, and nothing is sorted but the few assets of one job.
"""
# ruff: noqa: S608  names of columns and marks only; values are bound

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from studio.domain.errors import NotFoundError
from studio.domain.query import MOST_PASSED_OVER, AssetQuery
from studio.domain.saved_query import from_plain
from studio.store.connections import raw
from studio.store.facets import all_of, is_narrow, match_of_query, place_of, rest_of_query
from studio.store.rows import ASSET_COLUMNS, to_ms

_FEW = 1000
_COLUMNS = ", ".join(f"assets.{name}" for name in ASSET_COLUMNS)
_NARROW = "asset_search CROSS JOIN assets ON assets.place = asset_search.rowid"


@dataclass(frozen=True, slots=True)
class Asked:
    """The FROM clause with its conditions and their values; `place`: the column that the order goes by.

    `alone`: the same without the table of assets, where the index answers all by itself.
    """

    source: str
    conditions: Sequence[str]
    values: Sequence[object]
    place: str
    alone: str | None = None

    def sql(self, columns: str, *, alone: bool = False) -> str:
        """The whole question for these columns, newest first."""
        source = self.alone if alone and self.alone else self.source
        where = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        return f"SELECT {columns} FROM {source}{where} ORDER BY {self.place} DESC"


def ask(connection: Connection, query: AssetQuery) -> Asked | None:
    """What to ask for all that `query` finds, whatever page it wants. None: surely nothing.

    Raises NotFoundError for a collection that is not there.
    """
    queries = [query, *_smart(connection, query)]
    narrow = len(queries) > 1 or is_narrow(query)
    match = _match(connection, queries) if narrow else ""
    if match is None:
        return None
    rest = [rest_of_query(one) for one in queries]
    conditions = [condition for given, _ in rest for condition in given]
    values = [value for _, given in rest for value in given]
    if narrow and query.job_id is None:
        times: tuple[list[str], list[object]] = ["asset_search MATCH ?"], [match]
        _add_times(queries, "asset_search.rowid", *times)
        return Asked(_NARROW, [*times[0], *conditions], [*times[1], *values], "asset_search.rowid",
                     None if conditions else "asset_search")
    conditions.append(f"assets.deleted_at IS {'NOT ' if query.deleted else ''}NULL")
    for column, value in (("kind", query.kind), ("job_id", query.job_id)):
        if value is not None:
            conditions.append(f"assets.{column} = ?")
            values.append(str(value))
    if narrow:
        conditions.append(
            "EXISTS (SELECT 1 FROM asset_search WHERE asset_search MATCH ? AND asset_search.rowid = assets.place)")
        values.append(match)
    _add_times(queries, "assets.place", conditions, values)
    return Asked(_source(query), conditions, values, "assets.place")


def _source(query: AssetQuery) -> str:
    if query.job_id is not None:
        return "assets INDEXED BY assets_of_job"
    if query.deleted:
        return "assets INDEXED BY assets_in_trash"
    return f"assets INDEXED BY {'assets_newest' if query.kind is None else 'assets_by_kind'}"


def _match(connection: Connection, queries: Sequence[AssetQuery]) -> str | None:
    """What the index is asked for; None where a tag is not known, so that nothing can be found."""
    found = []
    for query in queries:
        tags = _tags(connection, query.tags)
        if tags is None:
            return None
        row = _collection(connection, query.collection)
        by_hand = None if row is None or row[1] is not None else int(row[0])
        found.append(match_of_query(query, tags, by_hand, partial(_is_rare, connection)))
    return found[0] if len(found) == 1 else all_of([f"({one})" for one in found])


def _is_rare(connection: Connection, word: str) -> bool:
    """Looks at so few rows that it costs less than a wrong order of the members would."""
    wanted = f"SELECT count(*) FROM (SELECT 1 FROM asset_search WHERE asset_search MATCH ? LIMIT {_FEW})"
    return bool(raw(connection).execute(wanted, (word,)).fetchone()[0] < _FEW)


def _smart(connection: Connection, query: AssetQuery) -> list[AssetQuery]:
    """The query of the smart collection that is asked for. What it says of another collection is not followed."""
    row = _collection(connection, query.collection)
    if row is None or row[1] is None:
        return []
    return [replace(from_plain(json.loads(row[1])), collection=None, deleted=query.deleted, job_id=None)]


def _add_times(queries: Sequence[AssetQuery], place: str, conditions: list[str], values: list[object]) -> None:
    for query in queries:
        for moment, sign in ((query.since, ">="), (query.until, "<")):
            if moment is not None:
                conditions.append(f"{place} {sign} ?")
                values.append(place_of(to_ms(moment)))


def _tags(connection: Connection, names: Sequence[str]) -> list[int] | None:
    """The numbers of the tags; None where one is not known."""
    found = []
    for name in names:
        row = raw(connection).execute("SELECT id FROM tags WHERE folded = ?", (name.casefold(),)).fetchone()
        if row is None:
            return None
        found.append(int(row[0]))
    return found


def _collection(connection: Connection, collection_id: str | None) -> tuple[int, str | None] | None:
    """The number and the query of a collection. Raises NotFoundError."""
    if collection_id is None:
        return None
    row = raw(connection).execute('SELECT seq, "query" FROM collections WHERE id = ?', (collection_id,)).fetchone()
    if row is None:
        raise NotFoundError(f"There is no collection {collection_id}.", advice="See `studio collections list`.")
    return int(row[0]), row[1]


def page(connection: Connection, query: AssetQuery) -> list[tuple[Any, ...]]:
    """The values of ASSET_COLUMNS of the page that `query` wants.

    NotFoundError where `before` is no asset, or the collection is not there.
    """
    last = None
    if query.before is not None:
        last = raw(connection).execute("SELECT place FROM assets WHERE id = ?", (query.before,)).fetchone()
        if last is None:
            raise NotFoundError(f"There is no asset {query.before}.")
    asked = ask(connection, query)
    if asked is None:
        return []
    if last is not None:
        asked = Asked(asked.source, [*asked.conditions, f"{asked.place} < ?"], [*asked.values, last[0]], asked.place)
    passed = max(0, min(query.offset, MOST_PASSED_OVER))
    wanted = f"{asked.sql(_COLUMNS)} LIMIT ? OFFSET ?"
    return raw(connection).execute(wanted, (*asked.values, query.limit, passed)).fetchall()


def rows_of(connection: Connection, ids: Sequence[str]) -> list[sqlite3.Row]:
    """The rows of these assets (at most 30,000), in no order; those that are not there are left out."""
    cursor = raw(connection).cursor()
    cursor.row_factory = sqlite3.Row
    found: list[sqlite3.Row] = cursor.execute(
        f"SELECT {_COLUMNS} FROM assets WHERE id IN ({', '.join('?' * len(ids))})", list(ids)).fetchall()
    return found
