"""Jobs for diffusion models: one at a time, in a worker of their own that keeps the model between them.

A model takes gigabytes. In the usual places each would load its own, and what they may take at most (`studio.engine.limits`)
is less than a model needs; so there is one worker beside them, without that limit, which ends after some idle minutes.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from pathlib import Path

from studio.engine.pool import WorkerPool
from studio.engine.records import JobRecord
from studio.engine.render.diffusion.catalogue import ModelCatalogue
from studio.engine.render.diffusion.folder import DiffusionModel
from studio.engine.render.diffusion.pipelines import EDIT, GENERATE, VIDEO
from studio.engine.render.task import RenderControl, RenderTask
from studio.engine.worker import Rendered

RENDERERS = {
    GENERATE: "studio.engine.render.diffusion.pictures:render_image",
    EDIT: "studio.engine.render.diffusion.pictures:render_edit",
    VIDEO: "studio.engine.render.diffusion.video:render_video",
}
"""Operation of Cannon Studio's contract -> what renders it where the input names a model of the person's."""
IDLE_S = 600.0
_NO_LIMIT = 1 << 50  # bytes: CUDA alone reserves more addresses than there is memory
_LOOK_EVERY_S = 0.1


class ModelWork:
    """`executor`: see EngineOptions; None is a process of our own."""

    def __init__(self, catalogue: ModelCatalogue, executor: Executor | None = None) -> None:
        self._catalogue = catalogue
        self._pool = WorkerPool(1, executor=executor, warm=(), memory=_NO_LIMIT)
        self._turn = asyncio.Lock()
        self._rendering: str | None = None
        self._ending: asyncio.TimerHandle | None = None

    async def model_of(self, job: JobRecord) -> DiffusionModel | None:
        """The model that the job's input names, where it is one of the person's folders and can do the operation."""
        if job.contract != "cannon" or job.operation not in RENDERERS or not job.input.get("model"):
            return None
        return await asyncio.to_thread(self._catalogue.find, job.operation, job.input["model"])

    async def render(self, job: JobRecord, task: RenderTask, threads: int) -> Rendered:
        """Render when the worker is free. Raises RenderCancelledError also while it waits, and what WorkerPool.run does."""
        control = RenderControl(Path(task.folder))
        while self._turn.locked():
            control.check()
            await asyncio.sleep(_LOOK_EVERY_S)
        async with self._turn:
            if self._ending is not None:
                self._ending.cancel()
            self._rendering = job.id
            try:
                return await self._pool.run(0, RENDERERS[job.operation], task, threads)
            finally:
                self._rendering = None
                self._ending = asyncio.get_running_loop().call_later(IDLE_S, self._pool.close)

    def kill(self, job_id: str) -> bool:
        """End the worker where it renders this job; False where it does not."""
        if self._rendering != job_id:
            return False
        self._pool.kill(0)
        return True

    def close(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        self._pool.close()
