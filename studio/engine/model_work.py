"""Jobs for models of the person's own. Those that take gigabytes (pictures and videos by diffusion, recognition by Whisper)
are done one at a time, in a worker of their own that keeps the model between them.

In the usual places each would load its own, and what they may take at most (`studio.engine.limits`) is less than a model
needs; so there is one worker beside them, without that limit, which ends after some idle minutes. A voice is small: it
speaks in a usual place.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from studio.engine.pool import WorkerPool
from studio.engine.records import JobRecord
from studio.engine.render.diffusion.catalogue import ModelCatalogue
from studio.engine.render.diffusion.pipelines import EDIT, GENERATE, VIDEO
from studio.engine.render.speech_models import NARRATION, SUBTITLES, SpeechModels
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


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A model that a job uses: the path of its folder or file. `apart`: it is used in the worker for models; `target`: by
    this renderer ("module:function"), None is the operation's usual one."""

    path: Path
    apart: bool
    target: str | None = None


class ModelWork:
    """`executor`: see EngineOptions; None is a process of our own."""

    def __init__(self, catalogue: ModelCatalogue, speech: SpeechModels, executor: Executor | None = None) -> None:
        self._catalogue = catalogue
        self._speech = speech
        self._pool = WorkerPool(1, executor=executor, warm=(), memory=_NO_LIMIT)
        self._turn = asyncio.Lock()
        self._rendering: str | None = None
        self._ending: asyncio.TimerHandle | None = None

    async def model_of(self, job: JobRecord) -> OwnModel | None:
        """The model that the job's input names, where it is one of the person's and can do the operation; for subtitles the
        recognizer that there is."""
        if job.contract != "cannon":
            return None
        if job.operation == NARRATION:
            voice = await asyncio.to_thread(self._speech.voice, job.input.get("voice_id"))
            return None if voice is None else OwnModel(voice.path, apart=False)
        if job.operation == SUBTITLES:
            recognizer = await asyncio.to_thread(self._speech.recognizer)
            return None if recognizer is None else OwnModel(recognizer.folder, apart=True)
        if job.operation not in RENDERERS or not job.input.get("model"):
            return None
        model = await asyncio.to_thread(self._catalogue.find, job.operation, job.input["model"])
        return None if model is None else OwnModel(model.folder, apart=True, target=RENDERERS[job.operation])

    async def render(self, job: JobRecord, target: str, task: RenderTask, threads: int) -> Rendered:
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
                return await self._pool.run(0, target, task, threads)
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
