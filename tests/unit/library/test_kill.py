"""kill -9 while results are placed: the next process finds each one once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio.domain.asset import Recipe
from studio.domain.job import Job, JobRequest
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery
from studio.library.library import Library
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from tests.unit.library.conftest import picture

RECIPE = Recipe("image.generate", "local", {"prompt": "x"})

WORKER = """
import asyncio, sys
from pathlib import Path
from studio.domain.asset import Recipe
from studio.domain.job import Job, JobRequest
from studio.domain.operation import MediaKind
from studio.library.library import Library
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database

async def main():
    paths = Paths.of_home(Path(sys.argv[1]))
    data = Path(sys.argv[2]).read_bytes()
    library = Library(paths, SqlAssetStore(Database.open(paths.store), paths.media, paths.thumbnails), lambda event: None)
    recipe = Recipe("image.generate", "local", {"prompt": "x"})
    for n in range(10_000):
        job = Job.new(JobRequest("image.generate", "local", {"prompt": "x"})).changed(id=f"job_{n}")
        library.part_for(job, 0).write_bytes(data)
        print(n, flush=True)
        await library.place(job, 0, library.part_for(job, 0), MediaKind.IMAGE, "x.png", recipe)

asyncio.run(main())
"""


def place_and_kill(arguments: list[str], begun: int) -> int:
    """Let a process place results and kill it when it has begun so many; how many it had begun by then."""
    process = subprocess.Popen([sys.executable, "-c", WORKER, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said: list[str] = []
    try:
        said += [process.stdout.readline() for _ in range(begun)]
    finally:
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read().splitlines()
        process.stdout.close()
        process.wait()
    return len([line for line in said if line.strip()])


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 on Windows")
@pytest.mark.parametrize("begun", [2, pytest.param(23, marks=pytest.mark.slow)])
async def test_each_result_is_there_once_after_a_kill(paths: Paths, tmp_path: Path, begun: int) -> None:
    image = picture(tmp_path / "result.png", (64, 64))
    count = await asyncio.to_thread(place_and_kill, [str(tmp_path / "home"), str(image)], begun)
    assert count >= begun
    db = Database.open(paths.store)
    library = Library(paths, SqlAssetStore(db, paths.media, paths.thumbnails), lambda event: None)
    ids = set()
    for n in range(count):
        job = Job.new(JobRequest("image.generate", "local", {"prompt": "x"})).changed(id=f"job_{n}")
        ids.add((await library.place(job, 0, library.part_for(job, 0), MediaKind.IMAGE, "x.png", RECIPE)).id)
    found = await library.list(AssetQuery(limit=10_000))
    assert {asset.id for asset in found} == ids
    assert len(found) == count
    assert sorted(asset.path for asset in found) == sorted(path for path in paths.media.rglob("*") if path.is_file())
    assert {asset.path.read_bytes() for asset in found} == {image.read_bytes()}
    db.close()
