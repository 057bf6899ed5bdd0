"""Assets are marked, tagged, collected and traced back, stand in one order, and are found by all of it in one index.

`place` is the order of the gallery and the key of the full-text index: the millisecond of creation times 1024, made unique.
What filters ask for stands in the index beside the words, as tokens that nobody can type (private-use letters in front), so
that words and filters are answered together in the order of `place`.
"""
# ruff: noqa: S608  names of this file only

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from studio.store.migrations.lineage_of_0006 import fill_lineage

revision = "0006"
down_revision = "0005"

_STEP = 20_000
_SLOTS = 1024
_WORDS = frozenset({
    "audio_title", "control_mode", "description_prompt", "font", "language", "mode", "motion", "name", "negative_prompt",
    "negative_tags", "prompt", "quality", "resolution", "scene", "seed", "style", "text", "title", "tone", "video_title",
    "vocal_gender", "voice", "voice_id", "aspect_ratio",
})
_LONGEST = 2000
_SIDES = (256, 512, 720, 1080, 1440, 2160, 4320)
_DURATIONS = (2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
_CREDITS = (1, 5, 10, 20, 50, 100, 200, 500, 1000)
_P = "\ue000\ue000\ue000"

_COLUMNS = (
    "starred INTEGER NOT NULL DEFAULT 0", "colour TEXT", "tags TEXT NOT NULL DEFAULT ''", "marks TEXT NOT NULL DEFAULT ''",
    "label TEXT", "missing_since INTEGER", "modified_ns INTEGER", "operation TEXT", "account TEXT", "model TEXT",
    "credits FLOAT", "place INTEGER NOT NULL DEFAULT 0",
)
_TABLES = (
    "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, count INTEGER NOT NULL)",
    """CREATE TABLE asset_tags (
        asset INTEGER NOT NULL REFERENCES assets (seq),
        tag INTEGER NOT NULL REFERENCES tags (id),
        PRIMARY KEY (asset, tag)
    ) WITHOUT ROWID""",
    "CREATE INDEX asset_tags_by_tag ON asset_tags (tag, asset)",
    """CREATE TABLE collections (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE,
        "query" TEXT,
        count INTEGER NOT NULL,
        created_at INTEGER NOT NULL
    )""",
    """CREATE TABLE collection_items (
        collection INTEGER NOT NULL REFERENCES collections (seq),
        asset INTEGER NOT NULL REFERENCES assets (seq),
        added_at INTEGER NOT NULL,
        PRIMARY KEY (collection, asset)
    ) WITHOUT ROWID""",
    "CREATE INDEX collection_items_by_asset ON collection_items (asset, collection)",
    """CREATE TABLE lineage (
        parent TEXT NOT NULL,
        child TEXT NOT NULL,
        how TEXT NOT NULL,
        PRIMARY KEY (parent, child)
    ) WITHOUT ROWID""",
    "CREATE INDEX lineage_of_child ON lineage (child, parent)",
    """CREATE TABLE asset_values (
        field TEXT NOT NULL,
        value TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (field, value)
    ) WITHOUT ROWID""",
)
_OLD = (
    "DROP TRIGGER asset_search_added", "DROP TRIGGER asset_search_changed", "DROP TRIGGER asset_search_removed",
    "DROP TABLE asset_search", "DROP INDEX assets_newest", "DROP INDEX assets_by_kind", "DROP INDEX assets_in_trash",
)
_INDEXES = (
    "CREATE UNIQUE INDEX assets_by_place ON assets (place)",
    "CREATE INDEX assets_newest ON assets (place) WHERE deleted_at IS NULL",
    "CREATE INDEX assets_by_kind ON assets (kind, place) WHERE deleted_at IS NULL",
    "CREATE INDEX assets_in_trash ON assets (place) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX assets_missing ON assets (place) WHERE missing_since IS NOT NULL",
    """CREATE VIRTUAL TABLE asset_search USING fts5
       (words, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2')""",
)
_IN_INDEX = ("words", "kind", "deleted_at", "starred", "colour", "tags", "marks", "label", "missing_since", "operation",
             "account", "model", "credits", "width", "height", "duration_s", "place")


def _step_of(value: str, steps: Iterable[int]) -> str:
    return "(" + " + ".join(f"({value} >= {step})" for step in steps) + ")"


def _text(row: str) -> str:
    """The SQL expression of what the index holds of a row ("new", "old", "assets"): tokens, then words."""
    def token(code: str, value: str) -> str:
        return f"coalesce(' {_P}{code}' || {value}, '')"

    parts = [
        f"'{_P}q' || iif({row}.deleted_at IS NULL, 'kept', 'trashed')", token("k", f"{row}.kind"),
        f"iif({row}.starred, ' {_P}s', '')", f"iif({row}.missing_since IS NULL, '', ' {_P}x')", token("c", f"{row}.colour"),
        token("o", f"nullif(hex({row}.operation), '')"), token("a", f"nullif(hex({row}.account), '')"),
        token("m", f"nullif(hex({row}.model), '')"), token("w", _step_of(f"min({row}.width, {row}.height)", _SIDES)),
        token("d", _step_of(f"{row}.duration_s", _DURATIONS)), token("p", _step_of(f"{row}.credits", _CREDITS)),
        f"iif({row}.marks = '', '', replace(' ' || {row}.marks, ' ', ' {_P}'))", f"char(10) || {row}.words",
        *(f"coalesce(char(10) || {row}.{name}, '')" for name in ("label", "operation", "model", "account")),
        f"char(10) || {row}.tags",
    ]
    return " || ".join(parts)


def _search_triggers() -> Iterator[str]:
    added = f"INSERT INTO asset_search (rowid, words) VALUES (new.place, {_text('new')});"
    removed = f"INSERT INTO asset_search (asset_search, rowid, words) VALUES ('delete', old.place, {_text('old')});"
    other = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _IN_INDEX)
    yield f"CREATE TRIGGER asset_search_added AFTER INSERT ON assets BEGIN {added} END"
    yield f"CREATE TRIGGER asset_search_removed AFTER DELETE ON assets BEGIN {removed} END"
    yield (f"CREATE TRIGGER asset_search_changed AFTER UPDATE OF {', '.join(_IN_INDEX)} ON assets WHEN {other}"
           f" BEGIN {removed} {added} END")


def _value_triggers() -> Iterator[str]:
    """How often each operation, account and model occurs out of the trash, and how many assets tags and collections have."""
    def more(field: str) -> str:
        return (f"INSERT INTO asset_values (field, value, count) SELECT '{field}', new.{field}, 1"
                f" WHERE new.{field} IS NOT NULL AND new.deleted_at IS NULL"
                " ON CONFLICT (field, value) DO UPDATE SET count = count + 1;")

    def less(field: str) -> str:
        return (f"UPDATE asset_values SET count = count - 1 WHERE field = '{field}' AND value = old.{field}"
                " AND old.deleted_at IS NULL;")

    fields = ("operation", "account", "model")
    all_more, all_less = " ".join(map(more, fields)), " ".join(map(less, fields))
    yield f"CREATE TRIGGER asset_values_added AFTER INSERT ON assets BEGIN {all_more} END"
    yield f"CREATE TRIGGER asset_values_removed AFTER DELETE ON assets BEGIN {all_less} END"
    yield ("CREATE TRIGGER asset_values_changed AFTER UPDATE OF deleted_at, operation, account, model ON assets"
           f" BEGIN {all_less} {all_more} END")
    for table, key, items, column in (("tags", "id", "asset_tags", "tag"),
                                      ("collections", "seq", "collection_items", "collection")):
        kept = "(SELECT deleted_at IS NULL FROM assets WHERE seq = {0}.asset)"
        yield (f"CREATE TRIGGER {items}_added AFTER INSERT ON {items} WHEN {kept.format('new')} BEGIN"
               f" UPDATE {table} SET count = count + 1 WHERE {key} = new.{column}; END")
        yield (f"CREATE TRIGGER {items}_removed AFTER DELETE ON {items} WHEN {kept.format('old')} BEGIN"
               f" UPDATE {table} SET count = count - 1 WHERE {key} = old.{column}; END")
        yield (f"CREATE TRIGGER {items}_trashed AFTER UPDATE OF deleted_at ON assets"
               " WHEN (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) BEGIN"
               f" UPDATE {table} SET count = count + iif(new.deleted_at IS NULL, 1, -1)"
               f" WHERE {key} IN (SELECT {column} FROM {items} WHERE asset = new.seq); END")
        yield (f"CREATE TRIGGER {items}_go_along BEFORE DELETE ON assets BEGIN"
               f" DELETE FROM {items} WHERE asset = old.seq; END")


_FOLLOW_JOBS = """
CREATE TRIGGER assets_follow_jobs AFTER UPDATE OF label, charged ON jobs
WHEN old.label IS NOT new.label OR old.charged IS NOT new.charged BEGIN
  UPDATE assets SET label = new.label, credits = new.charged WHERE job_id = new.id;
END
"""


def upgrade() -> None:
    connection = op.get_bind()
    for statement in (*_OLD, *(f"ALTER TABLE assets ADD COLUMN {column}" for column in _COLUMNS), *_TABLES):
        op.execute(statement)
    _fill_columns(connection)
    for statement in _INDEXES:
        op.execute(statement)
    _fill_search(connection)
    for field in ("operation", "account", "model"):
        op.execute(f"INSERT INTO asset_values SELECT '{field}', {field}, count(*) FROM assets"
                   f" WHERE deleted_at IS NULL AND {field} IS NOT NULL GROUP BY {field}")
    fill_lineage(connection)
    for statement in (*_search_triggers(), *_value_triggers(), _FOLLOW_JOBS):
        op.execute(statement)


def _fill_columns(connection: sa.Connection) -> None:
    """One pass over the rows in their own order, a part at a time, so that neither memory nor sorting grows with them."""
    places = _places(connection)
    driver: Any = connection.connection.driver_connection
    driver.create_function("gallery_place", 1, places.__getitem__)
    driver.create_function("gallery_words", 3, _words)
    for first in range(0, len(places), _STEP):
        connection.exec_driver_sql(
            "UPDATE assets SET place = gallery_place(seq), account = j.account, label = j.label, credits = j.charged,"
            " operation = coalesce(json_extract(recipe, '$.operation'), j.operation),"
            " model = json_extract(recipe, '$.model'),"
            " words = iif(recipe IS NULL, words, gallery_words(prompt, path, recipe)) FROM"
            " (SELECT a.seq AS number, account, jobs.label, charged, jobs.operation FROM"
            " (SELECT seq, job_id FROM assets WHERE seq >= ? AND seq < ?) a LEFT JOIN jobs ON jobs.id = a.job_id) AS j"
            " WHERE seq = j.number", (first, first + _STEP))
    for name, arguments in (("gallery_place", 1), ("gallery_words", 3)):
        driver.create_function(name, arguments, None)


def _places(connection: sa.Connection) -> array[int]:
    """The place of each row by its seq, in the order that the gallery had so far."""
    most = connection.execute(sa.text("SELECT coalesce(max(seq), -1) FROM assets")).scalar_one()
    places = array("q", bytes(8 * (most + 1)))
    last = -1
    rows = connection.execute(sa.text("SELECT seq, created_at FROM assets ORDER BY created_at, id"))
    for part in rows.partitions(_STEP):
        for seq, created_at in part:
            last = max(last + 1, created_at * _SLOTS)
            places[seq] = last
    return places


def _words(prompt: str, path: str, recipe: str) -> str:
    """What an asset with a recipe is found by: prompt, name of the file, values of the recipe."""
    given = json.loads(recipe).get("input") or {}
    words = [prompt, os.path.splitext(path.rpartition("/")[2].rpartition("\\")[2])[0]]
    for name, value in given.items():
        if name in _WORDS and isinstance(value, str | int) and not isinstance(value, bool) and ":/" not in str(value):
            words.append(str(value)[:_LONGEST].encode("utf-8", "replace").decode("utf-8"))
    return "\n".join(dict.fromkeys(word for word in words if word))


def _fill_search(connection: sa.Connection) -> None:
    """In the index's own order, with room for larger pieces than while the program runs: fewer to merge."""
    setting = "INSERT INTO asset_search (asset_search, rank) VALUES ('hashsize', {0})"
    connection.exec_driver_sql(setting.format(64 << 20))
    connection.exec_driver_sql("INSERT INTO asset_search (rowid, words)"
                               f" SELECT place, {_text('assets')} FROM assets ORDER BY place")
    connection.exec_driver_sql(setting.format(1 << 20))
