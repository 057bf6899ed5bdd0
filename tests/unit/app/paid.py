"""A core with an account at an engine that plays a paid service, over loopback."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import patch

from studio.app.core import Core
from studio.domain.account import KEY_VARIABLES, Account, Budget, Service
from studio.domain.job import Job, JobRequest
from studio.settings.paths import Paths
from tests.unit.engine.rig import KEY, Rig, engine

NAME = "paid"
PICTURE = {"prompt": "a lake", "resolution": "1K"}
PICTURE_COSTS = 4.0


@asynccontextmanager
async def paid(folder: Path, *, renderer: str = "quick", credits: int = 1000, service: Service = Service.CANNON_STUDIO,  # noqa: A002
               budget: Budget = Budget()) -> AsyncIterator[tuple[Core, Rig]]:  # noqa: B008  # frozen
    """The core follows jobs; the account is called NAME."""
    # in the environment, as a second core has no keyring to find it in
    keys = dict.fromkeys(KEY_VARIABLES.values(), KEY)
    with patch.dict(os.environ, keys), engine(folder / "service", renderer, plan="pro", credits=credits) as rig:
        core = await Core.open(Paths.of_home(folder / "home"))
        try:
            await core.start()
            await core.add_account(at(rig, service, budget), None)
            yield core, rig
        finally:
            await core.close()


def at(rig: Rig, service: Service = Service.CANNON_STUDIO, budget: Budget = Budget()) -> Account:  # noqa: B008
    url = rig.url if service is Service.CANNON_STUDIO else f"{rig.url}/v1"
    return Account(NAME, service, url, budget=budget)


def picture(**more: object) -> JobRequest:
    return JobRequest("image.generate", NAME, {**PICTURE, **more}, label="Lakes")


async def until(core: Core, job_id: str, enough: Callable[[Job], bool], timeout_s: float = 60.0) -> Job:
    """Look at the job until it is so."""
    async with asyncio.timeout(timeout_s):
        while not enough(job := await core.job(job_id)):  # noqa: ASYNC110  # in the store: another process may write it
            await asyncio.sleep(0.02)
    return job
