"""A full disk and a home that cannot be written: every job keeps its reason, and ends when the disk is well again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.app.core import Core
from studio.domain.account import Account, Service
from studio.domain.errors import LocalError
from studio.domain.event import Event, ProblemRaised
from studio.domain.job import JobRequest
from studio.domain.query import JobQuery
from studio.domain.state import TERMINAL
from studio.settings.paths import Paths
from tests.drills.accounting import check
from tests.drills.engine_life import KEY, DrillEngine, processes

pytestmark = pytest.mark.slow
ACCOUNT = "paid"
MEGABYTE = 1 << 20
LIMIT_S = 240.0


class PoorDisk:
    """A disk of one megabyte where one can be mounted; else a limit on the size of each file."""

    def __init__(self, place: Path) -> None:
        self.place = place
        place.mkdir()
        self.mounted = self._mount("size=1m")

    def _mount(self, options: str) -> bool:
        if sys.platform != "linux" or os.geteuid() != 0:
            return False
        command = ["mount", "-t", "tmpfs", "-o", options, "studio-drill", str(self.place)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.place)], capture_output=True, check=True)

    def make_poor(self) -> None:
        if not self.mounted:
            self._limit(MEGABYTE // 4)

    def make_room(self) -> None:
        if self.mounted:
            self._remount("size=64m")
        else:
            self._limit(None)

    def _limit(self, size: int | None) -> None:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))

    def read_only(self, *, on: bool) -> None:
        if self.mounted:
            self._remount("ro" if on else "rw")
            return
        for folder in [self.place, *(path for path in self.place.rglob("*") if path.is_dir())]:
            folder.chmod(0o555 if on else 0o755)

    def close(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.place)], capture_output=True, check=False)
        else:
            self._limit(None)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[PoorDisk]:
    if os.name == "nt":
        pytest.skip("neither tmpfs nor a limit on the size of files")
    disk = PoorDisk(tmp_path / "disk")
    yield disk
    disk.close()


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DrillEngine]:
    """On a disk with room."""
    monkeypatch.setenv("CANNON_API_KEY", KEY)
    (tmp_path / "service").mkdir()
    engine = DrillEngine(processes(), tmp_path / "service")
    engine.start()
    yield engine
    engine.kill()


async def opened(home: Path, url: str, problems: list[str]) -> Core:
    def hear(event: Event) -> None:
        if isinstance(event, ProblemRaised):
            problems.append(event.words)

    core = await Core.open(Paths.of_home(home))
    core.subscribe(hear)
    await core.add_account(Account(ACCOUNT, Service.CANNON_STUDIO, url, concurrent_jobs=4), None)
    await core.start()
    return core


async def submit(core: Core, seed: int) -> str:
    values = {"prompt": "a pier in the fog", "seed": seed}
    return (await core.submit(JobRequest("image.generate", ACCOUNT, values))).id


async def all_ended(core: Core) -> None:
    async with asyncio.timeout(LIMIT_S):
        while await core.jobs(JobQuery(unfinished=True, limit=1)):  # noqa: ASYNC110  a look now and then is enough
            await asyncio.sleep(0.1)


async def accounts_are_right(home: Path, engine: DrillEngine, accepted: list[str]) -> None:
    """`check` looks for the engine's records in the studio's own folder."""
    engine.kill()
    there = home / "engine"
    there.mkdir(exist_ok=True)
    for path in (home.parents[1] / "service" / "engine").glob("engine.db*"):
        (there / path.name).write_bytes(path.read_bytes())
    books = await check(home, accepted, paid_account=ACCOUNT)
    assert books.wrong == []
    assert books.states == {"done": len(accepted)}


async def test_a_full_disk_loses_nothing(disk: PoorDisk, engine: DrillEngine) -> None:
    home, problems, accepted = disk.place / "home", list[str](), list[str]()
    core = await opened(home, engine.url, problems)
    refused = 0
    try:
        disk.make_poor()
        for seed in range(60):
            try:
                accepted.append(await submit(core, seed))
            except LocalError:
                refused += 1
            await asyncio.sleep(0.05)
            if refused >= 3:
                break
        said = [job.error.message for job in await core.jobs(JobQuery(unfinished=True)) if job.error is not None]
        assert refused or said or problems
        assert not [job for job in await core.jobs(JobQuery(limit=500)) if job.state in TERMINAL and job.state != "done"]
        print(f"{len(accepted)} accepted, {refused} refused, {len(said)} jobs and {len(set(problems))} notices say why")
        disk.make_room()
        await all_ended(core)
    finally:
        disk.make_room()
        await core.close()
    assert accepted
    await accounts_are_right(home, engine, accepted)


def only_read(core: Core, *, on: bool) -> None:
    """As a disk that the system has made read-only in the middle of the work: every write fails with SQLITE_READONLY."""
    with core._db._writer_busy:
        raw = core._db._writer.connection.dbapi_connection
        assert raw is not None
        raw.execute(f"PRAGMA query_only = {'ON' if on else 'OFF'}")


async def test_a_home_that_becomes_read_only_loses_nothing(tmp_path: Path, engine: DrillEngine) -> None:
    (tmp_path / "disk").mkdir()
    home, problems = tmp_path / "disk" / "home", list[str]()
    core = await opened(home, engine.url, problems)
    try:
        accepted = [await submit(core, seed) for seed in range(6)]
        only_read(core, on=True)
        with pytest.raises(LocalError):
            await submit(core, 99)
        async with asyncio.timeout(LIMIT_S):
            while not any("cannot be written" in words for words in problems):  # noqa: ASYNC110  # said on another task
                await asyncio.sleep(0.05)
        only_read(core, on=False)
        await all_ended(core)
    finally:
        await core.close()
    await accounts_are_right(home, engine, accepted)


async def test_a_home_that_cannot_be_written_is_said(disk: PoorDisk) -> None:
    home = disk.place / "home"
    home.mkdir()
    disk.read_only(on=True)
    try:
        if os.access(home, os.W_OK):
            pytest.skip("this user may write everywhere, and nothing can be mounted")
        with pytest.raises(LocalError) as told:
            await Core.open(Paths.of_home(home))
        assert told.value.advice
    finally:
        disk.read_only(on=False)
