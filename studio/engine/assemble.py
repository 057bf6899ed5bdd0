"""Builds the parts of one engine from its options, with what the store remembers."""

from __future__ import annotations

import logging

from studio import __version__
from studio.engine.desk import Desk
from studio.engine.errors import EngineError
from studio.engine.fetch import Fetcher
from studio.engine.files import Files
from studio.engine.intake import Intake
from studio.engine.life import Life
from studio.engine.options import EngineOptions
from studio.engine.pace import Paces
from studio.engine.plans import plan_of
from studio.engine.pool import WARM_MODULES, WorkerPool, place_count
from studio.engine.render.registry import RENDERERS
from studio.engine.store import Store
from studio.engine.work import Work

log = logging.getLogger(__name__)
DEFAULT_CREDITS = 1000


async def assemble(options: EngineOptions, url: str) -> tuple[Desk, WorkerPool]:
    """Jobs that were running when the last engine died wait again. EngineError for options that make no sense."""
    plan = plan_of(options.plan)
    if options.credits is not None and not plan.paid:
        raise EngineError("--credits needs --plan: without a plan this engine is free.")
    store = await Store.open(options.folder)
    again = await store.recover(clean=False)
    if again:
        log.info("%d interrupted jobs start again", again)
    if plan.paid:
        await store.set_granted(DEFAULT_CREDITS if options.credits is None else options.credits)
    fetch = Fetcher()
    files = Files(store, options.folder, url)
    await files.tidy()  # before anything runs: a fresh job's folder is empty too
    # The shipped renderers' imports are worth having ready; renderers of somebody else's need who knows what.
    warm = WARM_MODULES if options.renderers is None else ()
    pool = WorkerPool(options.places or place_count(), executor=options.executor, warm=warm)
    renderers = RENDERERS if options.renderers is None else options.renderers
    work = Work(store, files, pool, Paces(await store.paces()), renderers, fetch)
    desk = Desk(
        base_url=url, version=__version__, plan=plan, store=store, files=files, intake=Intake(store, plan), work=work,
        life=Life(),
    )
    return desk, pool
