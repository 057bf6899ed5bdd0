"""A real library over a real store on disk, and real media files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from studio.domain.event import Event
from studio.library.library import Library
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths.of_home(tmp_path / "home")
    made.create()
    return made


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, made once: making one takes far longer than copying it."""
    path = tmp_path_factory.mktemp("made") / "studio.db"
    Database.open(path).close()
    return path


@pytest.fixture
def db(paths: Paths, made_store: Path) -> Iterator[Database]:
    shutil.copy(made_store, paths.store)
    database = Database.open(paths.store)
    yield database
    database.close()


@pytest.fixture
def assets(db: Database, paths: Paths) -> SqlAssetStore:
    return SqlAssetStore(db, paths.media, paths.thumbnails)


@pytest.fixture
def jobs(db: Database) -> SqlJobStore:
    return SqlJobStore(db)


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def library(paths: Paths, assets: SqlAssetStore, events: list[Event]) -> Library:
    return Library(paths, assets, events.append)


def picture(path: Path, size: tuple[int, int] = (320, 200), colour: str = "teal") -> Path:
    """Write a picture in the format that the name ends in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    Image.blend(image, Image.new("RGB", size, colour), 0.5).save(path)
    return path


@pytest.fixture(scope="session")
def clip_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real MP4 of half a second."""
    import av
    import numpy as np

    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for n in range(12):
            pixels = np.full((96, 160, 3), 40 + 15 * n, np.uint8)
            pixels[:, : 10 + 10 * n] = (200, 80, 30)
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return path


@pytest.fixture
def clip(clip_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(clip_once, tmp_path / "clip.mp4"))
