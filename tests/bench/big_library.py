"""A library of any size for the benchmarks: real rows through the store, then multiplied in SQL with real thumbnails."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.job import Credits, Job, JobRequest, new_id
from studio.domain.operation import MediaKind
from studio.domain.state import JobState
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore

WORDS = ("harbour at dusk", "night tram in the rain", "meadow in morning haze", "steel workshop", "aurora over a fjord")
SEEDED = 1000


def make(home: Path, assets: int, jobs: int) -> Paths:
    """A data folder with this many assets (their thumbnails shared by 60 pictures) and finished jobs."""
    paths = Paths.of_home(home)
    paths.create()
    asyncio.run(_seed(paths, min(assets, SEEDED), jobs))
    if assets > SEEDED:
        _multiply(paths.store, assets)
    return paths


def thumbnails(paths: Paths) -> list[Path]:
    """60 small JPEGs as the library makes them."""
    import cv2
    import numpy as np

    made = []
    for number in range(60):
        name = hashlib.sha256(str(number).encode()).hexdigest()
        target = paths.thumbnails / name[:2] / f"{name}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        ramp = np.linspace(0, 255, 512, dtype=np.float32)
        picture = np.stack([np.tile(ramp, (288, 1)), np.full((288, 512), number * 4.0), np.tile(ramp[::-1], (288, 1))], -1)
        cv2.imwrite(str(target), picture.astype(np.uint8))
        made.append(target)
    return made


async def _seed(paths: Paths, assets: int, jobs: int) -> None:
    pictures = thumbnails(paths)
    db = Database.open(paths.store)
    try:
        job_store, asset_store = SqlJobStore(db), SqlAssetStore(db, paths.media, paths.thumbnails)
        await asyncio.gather(*(job_store.add(_job(number)) for number in range(jobs)))
        await asyncio.gather(*(asset_store.add(_asset(paths, number, pictures)) for number in range(assets)))
    finally:
        db.close()


def _job(number: int) -> Job:
    request = JobRequest("video.generate", "local", {"prompt": f"{WORDS[number % len(WORDS)]}, take {number}"})
    return Job.new(request).changed(state=JobState.DONE, credits=Credits(charged=0.0))


def _asset(paths: Paths, number: int, pictures: list[Path]) -> Asset:
    video = number % 3 == 0
    name = f"picture {number}.{'mp4' if video else 'png'}"
    return Asset(
        id=new_id("asset"), kind=MediaKind.VIDEO if video else MediaKind.IMAGE, path=paths.media / "2026-11" / name,
        mime="video/mp4" if video else "image/png", sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        size_bytes=1_000_000 + number, width=1920, height=1080, duration_s=5.0 if video else None,
        prompt=f"{WORDS[number % len(WORDS)]}, take {number}", thumbnail=pictures[number % len(pictures)],
    )


def _multiply(store: Path, assets: int) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        columns = [row[1] for row in connection.execute("pragma table_info(assets)") if row[1] != "seq"]
        # every copy is older than what it was made from, so the first screen keeps the seeded rows
        made_of = {"id": "id || '-' || :copy", "created_at": "created_at - :copy * 60000", "job_id": "NULL"}
        chosen = ", ".join(made_of.get(name, name) for name in columns)
        statement = f"INSERT INTO assets ({', '.join(columns)}) SELECT {chosen} FROM assets WHERE seq <= {SEEDED}"  # noqa: S608
        connection.execute("BEGIN")
        for copy in range(1, assets // SEEDED):
            connection.execute(statement, {"copy": copy})
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
