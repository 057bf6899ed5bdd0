"""A real store on disk for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a store, 100% ours" / "studio.db"


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, made once: making one takes far longer than copying it."""
    path = tmp_path_factory.mktemp("made") / "studio.db"
    Database.open(path).close()
    return path


@pytest.fixture
def db(path: Path, made_store: Path) -> Iterator[Database]:
    path.parent.mkdir()
    shutil.copy(made_store, path)
    database = Database.open(path)
    yield database
    database.close()


@pytest.fixture
def jobs(db: Database) -> SqlJobStore:
    return SqlJobStore(db)


@pytest.fixture
def assets(db: Database, tmp_path: Path) -> SqlAssetStore:
    return SqlAssetStore(db, tmp_path / "media", tmp_path / "thumbnails")
