"""The first screen: the same as the store says, read without it, and empty rather than late."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from studio.domain.first_screen import FirstScreen
from studio.domain.query import AssetQuery, JobQuery
from studio.store import first_screen
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.schema import HEAD
from tests.unit.store.samples import MOMENT, asset, full_asset, full_job, job


@pytest.fixture
async def filled(db: Database, tmp_path: Path) -> FirstScreen:
    """What the store says of a few jobs and assets; it is closed again."""
    media, thumbnails = tmp_path / "media", tmp_path / "thumbnails"
    assets, jobs = SqlAssetStore(db, media, thumbnails), SqlJobStore(db)
    await jobs.add(full_job())
    await assets.add(replace(full_asset(media, thumbnails), deleted_at=None))
    trashed = await assets.add(asset(media))
    await assets.mark_deleted([trashed.id], MOMENT)
    for n in range(5):
        await jobs.add(job(f"{n}"))
        await assets.add(asset(media, f"{n}"))
    newest_jobs, newest_assets = await jobs.list(JobQuery(limit=4)), await assets.list(AssetQuery(limit=4))
    said = FirstScreen(tuple(newest_jobs), tuple(newest_assets), await assets.counts())
    db.close()
    return said


def read(path: Path, tmp_path: Path) -> FirstScreen:
    return first_screen.read(path, tmp_path / "media", tmp_path / "thumbnails", limit=4)


async def test_it_says_what_the_store_says(path: Path, tmp_path: Path, filled: FirstScreen) -> None:
    assert read(path, tmp_path) == filled
    assert len(filled.assets) == len(filled.jobs) == 4
    assert filled.counts["all"] == 6
    whole = first_screen.read(path, tmp_path / "media", tmp_path / "thumbnails")
    assert len(whole.jobs) == len(whole.assets) == 6


async def test_it_reads_beside_a_writer_at_work(path: Path, tmp_path: Path, filled: FirstScreen) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM assets")
        assert read(path, tmp_path) == filled


async def test_a_held_store_gives_an_empty_screen_at_once(path: Path, tmp_path: Path, filled: FirstScreen) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("DELETE FROM assets")
        begun = time.perf_counter()
        assert read(path, tmp_path) == FirstScreen()
        assert time.perf_counter() - begun < 4.5


@pytest.mark.parametrize("version", [0, HEAD - 1, HEAD + 1])
async def test_another_version_gives_an_empty_screen(path: Path, tmp_path: Path, filled: FirstScreen, version: int) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version = {version}")
    assert read(path, tmp_path) == FirstScreen()


@pytest.mark.parametrize("statement", [
    "UPDATE jobs SET state = 'dreaming'", "UPDATE jobs SET input = '{'", "UPDATE jobs SET input = '{}', error = '[]'",
    "UPDATE assets SET kind = 'smell'", "UPDATE assets SET recipe = '{}'", "DROP TABLE counts",
])
@pytest.mark.usefixtures("filled")
async def test_rows_without_sense_give_an_empty_screen(path: Path, tmp_path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(statement)
    assert read(path, tmp_path) == FirstScreen()


def test_no_store_gives_an_empty_screen_and_makes_none(path: Path, tmp_path: Path) -> None:
    assert read(path, tmp_path) == FirstScreen()
    assert not path.parent.exists()
    path.parent.mkdir()
    path.write_bytes(b"no store" * 1000)
    assert read(path, tmp_path) == FirstScreen()


def test_it_loads_nothing_heavy() -> None:
    script = ("import sys; import studio.store.first_screen\n"
              "heavy = ('sqlalchemy', 'alembic', 'pydantic', 'numpy', 'PIL', 'av', 'asyncio')\n"
              "print([m for m in heavy if m in sys.modules])")
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
