"""One life of the studio without a screen, in a process of its own that is going to be killed."""

from __future__ import annotations

import asyncio
import functools
import importlib
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from studio.app.core import Core
from studio.domain.account import LOCAL_ACCOUNT, Account, Service
from studio.domain.errors import InputError
from studio.domain.job import JobRequest
from studio.domain.query import JobQuery
from studio.domain.state import JobState
from studio.engine import launch
from studio.library import placing
from studio.net.part import PartFile
from studio.providers import catalogue
from studio.providers.cannon_provider import CannonProvider
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from tests.drills.engine_life import KEY, end_with, silence

ACCOUNT = "drill"
MOST_UNFINISHED = 24
CANCELLED_SHARE = 0.08
POINTS = ("before a commit", "after a commit", "before the request", "after its answer", "during the download",
          "after the rename", "after the row of the file")

for _service in (Service.CANNON_STUDIO, Service.LOCAL):
    catalogue.operations(_service)  # half a second that each fork of whoever has this module saves
for _module in ("PIL.Image", "PIL.PngImagePlugin", "PIL.WebPImagePlugin", "alembic.command", "httpx",
                "keyring.backends.fail"):
    importlib.import_module(_module)


@dataclass(frozen=True, slots=True)
class Doom:
    """Where a life ends by itself: the `nth` time that it comes to `point`. None: when it is killed from outside."""

    point: str | None = None
    nth: int = 1


def die() -> None:
    psutil.Process().kill()


def live(
    home: str, url: str, seed: int, doom: Doom, accepted: str, began: Connection, drill: int, *, to_the_end: bool = False,
    cancels: bool = True,
) -> None:
    """Go on with what is there and submit more, until killed. `to_the_end`: submit nothing, and end when all has ended.
    `cancels`: the person cancels some of what they submit.

    `accepted` is a file that gets the id of each job as soon as its submission was acknowledged; `began` is told when the
    work begins.
    """
    silence()
    end_with(drill)
    os.environ["CANNON_API_KEY"] = KEY
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    setattr(launch, "_spawn", _no_engine_from_here)  # noqa: B010  this process is nothing but a drill
    _arm(doom)
    share = CANCELLED_SHARE if cancels else 0.0
    asyncio.run(_live(Paths.of_home(Path(home)), url, random.Random(seed), accepted, began, share, to_the_end=to_the_end))


def _no_engine_from_here(_folder: Path) -> Any:
    raise launch.EngineStartError("The drill starts it again.")


async def _live(
    paths: Paths, url: str, draw: random.Random, accepted: str, began: Connection, cancelled_share: float, *,
    to_the_end: bool,
) -> None:
    core = await Core.open(paths)
    if ACCOUNT not in [account.name for account in core.accounts()]:
        await core.add_account(Account(ACCOUNT, Service.CANNON_STUDIO, url, concurrent_jobs=8), None)
    await core.start()
    began.send(os.getpid())
    if to_the_end:
        while await _unsettled(core):  # noqa: ASYNC110  other processes may write too: this looks at the store
            await asyncio.sleep(0.2)
        await core.close()
        return
    while True:
        await _answer_for_the_person(core)
        if len(await core.jobs(JobQuery(unfinished=True, limit=MOST_UNFINISHED))) < MOST_UNFINISHED:
            await _submit(core, draw, accepted, cancelled_share)
        await asyncio.sleep(draw.uniform(0.0, 0.04))


async def _submit(core: Core, draw: random.Random, accepted: str, cancelled_share: float) -> None:
    account = draw.choice((ACCOUNT, ACCOUNT, LOCAL_ACCOUNT))
    values = {"prompt": "a pier in the fog", "seed": draw.randrange(2**31)}
    job = await core.submit(JobRequest("image.generate", account, values))
    with open(accepted, "ab", buffering=0) as file:  # noqa: ASYNC230  one short line, whole or not there
        file.write(f"{job.id}\n".encode())
    if draw.random() < cancelled_share:
        await asyncio.sleep(draw.uniform(0.0, 0.2))
        try:
            await core.cancel(job.id)
        except InputError:
            return  # it was quicker


async def _answer_for_the_person(core: Core) -> int:
    """Retry what was parked after three crashes, and what may or may not have arrived. How many that were."""
    count = 0
    for state in (JobState.FAILED, JobState.UNKNOWN):
        for job in await core.jobs(JobQuery(state=state)):
            if state is JobState.UNKNOWN or (job.error is not None and job.error.code == "parked"):
                try:
                    await core.retry(job.id)
                except InputError:
                    continue  # the other window was quicker: it is under way again
                count += 1
    return count


async def _unsettled(core: Core) -> int:
    return await _answer_for_the_person(core) + len(await core.jobs(JobQuery(unfinished=True, limit=1)))


def _arm(doom: Doom) -> None:
    """Put the end of this life at its point."""
    left = doom.nth

    def reached(point: str) -> None:
        nonlocal left
        if point == doom.point:
            left -= 1
            if left <= 0:
                die()

    def around(owner: Any, name: str, before: str | None, after: str | None) -> None:
        inner: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(inner)
        def plain(*arguments: Any, **named: Any) -> Any:
            if before:
                reached(before)
            result = inner(*arguments, **named)
            if after:
                reached(after)
            return result

        @functools.wraps(inner)
        async def awaited(*arguments: Any, **named: Any) -> Any:
            if before:
                reached(before)
            result = await inner(*arguments, **named)
            if after:
                reached(after)
            return result

        setattr(owner, name, awaited if asyncio.iscoroutinefunction(inner) else plain)

    around(Database, "_commit", POINTS[0], POINTS[1])
    around(CannonProvider, "submit", POINTS[2], POINTS[3])
    around(PartFile, "write", None, POINTS[4])
    around(placing, "move_new", None, POINTS[5])
    around(SqlAssetStore, "add", None, POINTS[6])
