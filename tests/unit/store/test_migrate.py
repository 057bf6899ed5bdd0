"""From an empty file to the newest format, never back, and never without a copy."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, inspect

from studio.domain.errors import StoreTooNewError
from studio.domain.query import AssetQuery
from studio.store import migrate as migration
from studio.store.assets import SqlAssetStore
from studio.store.connections import make_engine
from studio.store.database import Database
from studio.store.migrate import migrate
from studio.store.schema import HEAD, revision
from studio.store.tables import metadata
from tests.unit.store.samples import asset


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as raw:
        return int(raw.execute("PRAGMA user_version").fetchone()[0])


def set_version(path: Path, number: int) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version = {number}")


@contextmanager
def monkeypatched_head(number: int) -> Iterator[None]:
    """As the version of Studio whose newest format that was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migration, "HEAD", number)
        yield


def test_there_is_one_head_and_its_number_is_the_store_s() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [revision(HEAD)]
    assert [s.revision for s in scripts.walk_revisions()] == [revision(number) for number in range(HEAD, 0, -1)]


@pytest.mark.parametrize("start", ["nothing", "an empty file"])
def test_a_new_store_is_made(path: Path, start: str) -> None:
    if start == "an empty file":
        path.parent.mkdir()
        path.touch()
    assert migrate(path) is None
    assert version(path) == HEAD
    assert not (path.parent / "backups").exists()


def test_the_migrations_make_the_tables_that_the_queries_name(path: Path) -> None:
    migrate(path)
    engine = make_engine(path, writes=False)
    found = MetaData()
    for name, table in metadata.tables.items():
        made = Table(name, found, autoload_with=engine)
        assert [c.name for c in made.columns] == [c.name for c in table.columns]
        assert {c.name: c.nullable for c in made.columns if not c.primary_key} == {
            c.name: c.nullable for c in table.columns if not c.primary_key}
        assert {c.name: c.type.python_type for c in made.columns} == {c.name: c.type.python_type for c in table.columns}
    indexes = {index["name"] for name in ("jobs", "assets") for index in inspect(engine).get_indexes(name)}
    assert {"jobs_unfinished", "assets_newest", "assets_by_kind", "assets_of_job"} <= indexes
    engine.dispose()


def test_what_was_hosted_before_files_had_rows_is_kept(path: Path) -> None:
    """From format 1: one JSON object of URLs a job."""
    with monkeypatched_head(1):
        migrate(path)
    with closing(sqlite3.connect(path)) as raw, raw:
        for job, account in (("job_1", "paid"), ("job_2", "local")):
            raw.execute("INSERT INTO jobs (id, operation, account, input, idempotency_key, state, attempts, created_at,"
                        " asset_ids, revision, words) VALUES (?, 'x', ?, '{}', 'k', 'uploading', 0, 0, '[]', 0, '')",
                        (job, account))
        urls = {"file:///a": "https://x/a?token=1", "file:///b": "https://x/b"}
        raw.execute("INSERT INTO hosted_urls VALUES ('job_1', ?), ('job_2', '{}')", (json.dumps(urls),))
    copy = migrate(path)
    assert version(path) == HEAD
    assert copy is not None
    assert version(copy) == 1
    with closing(sqlite3.connect(path)) as raw:
        kept = raw.execute("SELECT job_id, u.value, account, url, location, place, removing FROM hosted_uses u"
                           " JOIN hosted_files f ON f.seq = u.file ORDER BY u.value").fetchall()
        assert kept == [("job_1", value, "paid", url, url, "", 0) for value, url in urls.items()]
        assert raw.execute("SELECT name FROM sqlite_master WHERE name = 'hosted_urls'").fetchall() == []
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_assets_that_were_there_get_their_order_words_and_links(path: Path) -> None:
    """From format 5: parents in recipes, files in inputs (copies by hash, media by place), and the steps of a chain."""
    with monkeypatched_head(5):
        migrate(path)
    steps = [{"name": "picture", "operation": "image.generate", "input": {}},
             {"name": "clip", "operation": "video.generate", "input": {"image_url": [{"$from": "picture"}]}}]
    given = {"image_url": f"file:///home/me/inputs/{'a' * 64}.png", "more": {"x": ["file:///m/2026-11/b%20b.png"]}}
    inputs: dict[str, object] = {"job_in": given, "job_1": {}, "job_2": {}}
    recipe = {"operation": "video.extend", "service": "local", "model": "veo3", "input": {"prompt": "raw", "style": "ink"},
              "parents": ["asset_b", "asset_gone"]}
    rows = [("asset_a", "a" * 64, "2026-11/a.png", None, None, 5), ("asset_b", "b", "2026-11/b b.png", None, None, 5),
            ("asset_c", "c", "2026-11/c.mp4", "job_in", None, 4), ("asset_d", "d", "2026-11/d.mp4", None, recipe, 9),
            ("asset_1", "e", "2026-11/e.png", "job_1", None, 2), ("asset_2", "f", "2026-11/f.mp4", "job_2", None, 1)]
    with closing(sqlite3.connect(path)) as raw, raw:
        for job, values in inputs.items():
            raw.execute("INSERT INTO jobs (id, operation, account, input, label, idempotency_key, state, attempts,"
                        " created_at, asset_ids, revision, words, charged) VALUES (?, 'x.extend', 'paid', ?, 'Day 1', 'k',"
                        " 'done', 0, 0, '[]', 0, '', 7)", (job, json.dumps(values)))
        for name, sha256, file, of_job, made_by, at in rows:
            raw.execute("INSERT INTO assets (id, kind, path, mime, sha256, size_bytes, prompt, job_id, output_index,"
                        " recipe, created_at, words) VALUES (?, 'image', ?, 'image/png', ?, 1, 'a harbour', ?, 0, ?, ?,"
                        " 'a harbour')",
                        (name, file, sha256, of_job, made_by and json.dumps(made_by, separators=(",", ":")), at))
        raw.execute("INSERT INTO chain_runs (id, chain, account, answers, state, current, paused, created_at, revision)"
                    " VALUES ('run', ?, 'local', '{}', 'done', 1, 0, 0, 0)", (json.dumps({"steps": steps}),))
        raw.executemany("INSERT INTO chain_steps VALUES ('run', ?, 1, ?)", [(0, "job_1"), (1, "job_2")])
    db = Database.open(path)
    try:
        assets = SqlAssetStore(db, path.parent / "media", path.parent / "thumbnails")
        order = [one.id for one in await assets.list(AssetQuery())]
        assert order == ["asset_d", "asset_b", "asset_a", "asset_c", "asset_1", "asset_2"]
        for words, name in (("ink harb raw veo", "asset_d"), ("paid day", "asset_c"), ("x.extend harb", "asset_c")):
            assert name in [one.id for one in await assets.list(AssetQuery(search=words))], words
        assert [one.credits for one in await assets.list(AssetQuery(model="veo3"))] == [None]
        assert len(await assets.list(AssetQuery(account="paid", min_credits=7, max_credits=7))) == 3
        new = await assets.add(replace(asset(path.parent / "media"), created_at=datetime(1970, 1, 1, tzinfo=UTC)))
        assert [one.id for one in await assets.list(AssetQuery())][-1] == new.id
    finally:
        db.close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT parent, child, how FROM lineage ORDER BY parent, child").fetchall() == [
            ("asset_1", "asset_2", "chain"), ("asset_a", "asset_c", "extend"), ("asset_b", "asset_c", "extend"),
            ("asset_b", "asset_d", "reference")]
        assert raw.execute("SELECT value, count FROM asset_values WHERE field = 'account'").fetchall() == [("paid", 3)]


def test_a_store_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    migrate(path)
    set_version(path, HEAD + 1)
    before = path.read_bytes()
    with pytest.raises(StoreTooNewError, match="newer version") as told:
        Database.open(path)
    assert told.value.advice
    assert path.read_bytes() == before


def test_a_copy_is_made_before_a_change_and_three_are_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(path)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("INSERT INTO paces (account, running, extra) VALUES ('kept', 0, '{}')")
    monkeypatch.setattr(migration, "HEAD", HEAD + 1)
    more = "CREATE TABLE IF NOT EXISTS more (x)"
    monkeypatch.setattr(migration, "_run_alembic", lambda connection: connection.exec_driver_sql(more))
    copies: list[Path] = []
    for _ in range(5):
        copy = migrate(path)
        assert copy is not None
        copies.append(copy)
        assert version(path) == HEAD + 1
        set_version(path, HEAD)
    assert sorted((path.parent / "backups").iterdir()) == copies[-3:]
    assert version(copies[-1]) == HEAD
    with closing(sqlite3.connect(copies[-1])) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("SELECT account FROM paces").fetchall() == [("kept",)]


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(path)

    def fail(connection: object) -> None:
        connection.exec_driver_sql("DROP TABLE paces")  # type: ignore[attr-defined]
        raise RuntimeError("half way")

    monkeypatch.setattr(migration, "HEAD", HEAD + 1)
    monkeypatch.setattr(migration, "_run_alembic", fail)
    with pytest.raises(RuntimeError, match="half way"):
        migrate(path)
    assert version(path) == HEAD
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM paces").fetchone() == (0,)


@pytest.mark.slow
def test_an_up_to_date_store_opens_without_alembic(path: Path) -> None:
    migrate(path)
    script = ("import sys; from pathlib import Path; from studio.store.database import Database\n"
              "db = Database.open(Path(sys.argv[1])); db.close()\n"
              "sys.exit('alembic' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == 0


@pytest.mark.slow
def test_processes_that_make_the_store_at_once_make_one(path: Path) -> None:
    script = ("import sys; from pathlib import Path; from studio.store.database import Database\n"
              "Database.open(Path(sys.argv[1])).close()")
    running = [subprocess.Popen([sys.executable, "-c", script, str(path)]) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert version(path) == HEAD
    assert not (path.parent / "backups").exists()
