"""Builds the parts of one engine from its options, with what the store remembers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor

from studio import __version__
from studio.contracts.models import IMAGE, VIDEO
from studio.engine.cluster import connect
from studio.engine.desk import Desk
from studio.engine.ends import Ends
from studio.engine.errors import EngineError
from studio.engine.fault_rules import FaultRule
from studio.engine.fetch import Fetcher
from studio.engine.files import Files, room_for_files
from studio.engine.intake import Intake
from studio.engine.life import Life
from studio.engine.model_work import ModelWork
from studio.engine.options import EngineOptions
from studio.engine.pace import Paces
from studio.engine.plans import plan_of
from studio.engine.pool import WARM_MODULES, WorkerPool, place_count
from studio.engine.render.diffusion.catalogue import ModelCatalogue
from studio.engine.render.narration.voices import is_taken
from studio.engine.render.own_folders import OwnFolders
from studio.engine.render.registry import RENDERERS
from studio.engine.render.speech_models import SpeechModels
from studio.engine.store import Store
from studio.engine.webhooks import of_options
from studio.engine.work import Work

log = logging.getLogger(__name__)
DEFAULT_CREDITS = 1000


async def assemble(
    options: EngineOptions, url: str, key: str, rules: Sequence[FaultRule] = ()
) -> tuple[Desk, WorkerPool]:
    """Jobs that were running when the last engine died wait again. EngineError for options that make no sense.

    `key` is the engine's, `rules` the fault drills, of which those for webhooks are used here.
    """
    plan = plan_of(options.plan)
    if options.credits is not None and not plan.paid:
        raise EngineError("--credits needs --plan: without a plan this engine is free.")
    executor, places = await _executor(options)
    store = await Store.open(options.folder)
    ends = Ends()
    store.on_end = ends.note
    again = await store.recover(clean=False)
    if again:
        log.info("%d interrupted jobs start again", again)
    if plan.paid:
        await store.set_granted(DEFAULT_CREDITS if options.credits is None else options.credits)
    fetch = Fetcher()
    files = Files(store, options.folder, url, max_kept_bytes=room_for_files(options.folder))
    webhooks = of_options(
        store, files, key=key, secret=options.webhook_secret, canvas_url=options.webhook_url, rules=rules
    )
    taken = frozenset(model.id for model in (*IMAGE, *VIDEO))
    folders = OwnFolders(options.folder.parent, options.models)
    models, speech = ModelCatalogue(folders, taken=taken), SpeechModels(folders, taken=is_taken)
    await files.tidy()  # before anything runs: a fresh job's folder is empty too
    # The shipped renderers' imports are worth having ready; renderers of somebody else's need who knows what.
    warm = WARM_MODULES if options.renderers is None else ()
    pool = WorkerPool(options.places or places, executor=executor, warm=warm, own_executor=options.cluster is not None)
    renderers = RENDERERS if options.renderers is None else options.renderers
    work = Work(store, files, pool, Paces(await store.paces()), renderers, fetch, ModelWork(models, speech, executor))
    desk = Desk(
        base_url=url, version=__version__, plan=plan, store=store, files=files, intake=Intake(store, plan, models, speech),
        work=work, life=Life(), webhooks=webhooks, models=models, speech=speech, ends=ends,
    )
    return desk, pool


async def _executor(options: EngineOptions) -> tuple[Executor | None, int]:
    """What renders (None: worker processes of our own), and how many renders it takes at once."""
    if options.cluster is None:
        return options.executor, place_count()
    cluster = await asyncio.to_thread(connect, options.cluster)
    return cluster, cluster.places
