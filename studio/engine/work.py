"""Takes queued jobs one after the other into the places of the pool, and brings every one to its end, exactly once."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from studio.contracts.operations import find
from studio.engine.earlier_videos import origin_of
from studio.engine.files import KEPT_FOLDER, Files, now_ms
from studio.engine.media_check import MediaCheck
from studio.engine.media_inputs import Fetch, gather
from studio.engine.model_work import ModelWork
from studio.engine.pace import Paces
from studio.engine.pool import WorkerDiedError, WorkerPool, WorkerTookTooMuchError, core_count
from studio.engine.records import FileRecord, Finish, JobRecord
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderRefusedError, RenderTask
from studio.engine.store import Store
from studio.engine.worker import NO_MEMORY, Rendered

log = logging.getLogger(__name__)
CRASH_LIMIT = 3
START_LIMIT = 25  # an engine that was killed so often in the middle of one job may well have died of it
CANCEL_GRACE_S = 3.0
STORE_PAUSE_S = 2.0
TASK_PREFIX = {"video": "vid_", "image": "img_", "audio": "aud_", "prompt": "pro_"}
TASK_PREFIX_OF = {
    "image.edit": "imgedit_", "music.generate": "mus_", "soundfx.generate": "sfx_", "lipsync.generate": "lip_",
    "subtitles.generate": "sub_", "smartmotion.generate": "sm_", "video.upscale": "up_", "sora2.video.edit": "video_",
    "sora2.video.extend": "video_", "sora2.video.remix": "video_",
}
"""Operation -> how its task ids begin, where it is not by the kind of the result."""


@dataclass(slots=True)
class _Running:
    job: JobRecord
    place: int
    folder: Path
    began: float
    fetching: asyncio.Task[dict[str, str]] | None = None


class Work:
    """`run` is one loop a place; `wake` says that a job was added. `renderers` maps wire names to "module:function"."""

    def __init__(
        self, store: Store, files: Files, pool: WorkerPool, paces: Paces, renderers: Mapping[str, str], fetch: Fetch | None,
        models: ModelWork,
    ) -> None:
        self._store = store
        self._files = files
        self._pool = pool
        self._paces = paces
        self._renderers = renderers
        self._fetch = fetch
        self._models = models
        self._check = MediaCheck()
        self._running: dict[str, _Running] = {}
        self._more = asyncio.Event()
        self.draining = False

    async def run(self) -> None:
        """Until cancelled. An error in here is a bug and ends the engine: jobs are safe in the store."""
        async with asyncio.TaskGroup() as group:
            for place in range(self._pool.places):
                group.create_task(self._serve(place), name=f"place-{place}")

    async def close(self) -> None:
        self._models.close()
        if self._fetch is not None:
            await self._fetch.close()

    def wake(self) -> None:
        self._more.set()
        self._more = asyncio.Event()

    @property
    def running(self) -> int:
        return len(self._running)

    async def cancel(self, job: JobRecord) -> JobRecord:
        """End a job that has not ended; it fails with the code "cancelled" at once, its worker stops as soon as it can."""
        end = Finish("failed", now_ms(), error_code="cancelled", error_message="The job was cancelled. Nothing was charged.")
        ended = await self._store.finish(job.id, end)
        running = self._running.get(job.id)
        if ended is not None and running is not None:
            if running.fetching is not None:
                running.fetching.cancel()
            await asyncio.to_thread(_ask_to_stop, running.folder)
            asyncio.get_running_loop().call_later(CANCEL_GRACE_S, self._kill_if_still, running)
        return ended or await self._store.get(job.id) or job

    def progress(self, job: JobRecord) -> float | None:
        """0 to 1 of a running job; None before its worker said anything."""
        running = self._running.get(job.id)
        if running is None:
            return None
        try:
            return float((running.folder / RenderControl.PROGRESS).read_text(encoding="ascii"))
        except (OSError, ValueError):  # not there yet
            return None

    async def remaining_ms(self, job: JobRecord) -> int:
        """Estimate until the job ends; 0 for one that has."""
        if not job.unfinished:
            return 0
        if job.id in self._running:
            return self._running_ms(self._running[job.id])
        ahead = []
        for other in await self._store.unfinished():
            if other.id == job.id:
                break
            if other.id not in self._running:
                ahead.append(other)
        running = [self._running_ms(one) for one in self._running.values()]
        return self._paces.waiting_ms(job, ahead, running, self._pool.places)

    def _running_ms(self, running: _Running) -> int:
        elapsed = (time.monotonic() - running.began) * 1000
        return self._paces.remaining_ms(running.job, elapsed, self.progress(running.job))

    def _kill_if_still(self, running: _Running) -> None:
        if self._running.get(running.job.id) is running:
            log.info("a cancelled job did not stop by itself; its worker is ended")
            if not self._models.kill(running.job.id):
                self._pool.kill(running.place)

    async def _serve(self, place: int) -> None:
        while True:
            more = self._more  # before looking, so that a job added meanwhile is not slept over
            job = await self._next()
            if job is None:
                await more.wait()
                continue
            folder = self._files.job_folder(job.id)
            running = self._running[job.id] = _Running(job, place, folder, time.monotonic())
            try:
                await self._work_on(running)
            finally:
                del self._running[job.id]

    async def _work_on(self, running: _Running) -> None:
        job = running.job
        try:
            await asyncio.to_thread(_fresh_folder, running.folder)
            rendered = await self._render(running)
            end = await asyncio.to_thread(self._success, job, rendered)
        except WorkerTookTooMuchError:
            end = _failure("refused", NO_MEMORY)
        except WorkerDiedError:
            await self._worker_died(job)
            return
        except RenderCancelledError:
            end = _failure("cancelled", "The job was cancelled. Nothing was charged.")
        except RenderRefusedError as error:
            end = _failure("refused", error.message, error.field_name)
        except OSError as error:
            log.exception("job %s failed at the disk", job.id)
            end = _failure(*_disk_words(error))
        except Exception as error:  # the border to renderers: what goes wrong there fails this job alone
            log.exception("job %s failed in its renderer", job.id)
            end = _failure("internal", f"The renderer failed ({type(error).__name__}). The engine's log has the details.")
        ended = await self._surely(lambda: self._store.finish(job.id, end))
        try:
            await asyncio.to_thread(_leave_only, running.folder, ended.id if ended else None, end, self._files)
            if ended is not None and ended.status == "succeeded":
                await self._learn(running, rendered)
        except (OSError, sqlite3.OperationalError):
            log.exception("what job %s left could not be tidied up; the next start does it", job.id)

    async def _render(self, running: _Running) -> Rendered:
        job = running.job
        target = self._renderers.get(job.wire_name)
        if target is None:
            raise RenderRefusedError(f"This engine does not render {job.operation}.")
        media = await self._gather(running)
        task = RenderTask(job.wire_name, _full_input(job), media, str(running.folder), await origin_of(self._store, job),
                          str(running.folder.parent.with_name(KEPT_FOLDER)))
        model = await self._models.model_of(job)
        latest = await self._store.get(job.id)
        if latest is None or not latest.unfinished:
            raise RenderCancelledError  # cancelled while its media were fetched
        threads = max(1, core_count() // max(1, len(self._running)))
        if model is not None:
            task = replace(task, model=str(model.path))
            if model.apart:
                return await self._models.render(job, model.target or target, task, threads)
        try:
            return await self._pool.run(running.place, target, task, threads)
        except asyncio.CancelledError:  # the engine ends: a worker of somebody else's must be told
            if self._pool.shared:
                _ask_to_stop(running.folder)
            raise

    async def _gather(self, running: _Running) -> dict[str, str]:
        """The media of the job on this disk; a cancel stops the way there."""
        refusal: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as group:
                running.fetching = group.create_task(self._media_of(running), name="fetch")
        except* (RenderRefusedError, WorkerDiedError) as refused:
            refusal = refused.exceptions[0]  # raised in here it would come out inside a group
        if refusal is not None or running.fetching is None:
            raise refusal or RuntimeError("the fetch did not start")
        if running.fetching.cancelled():
            raise RenderCancelledError
        return running.fetching.result()

    async def _media_of(self, running: _Running) -> dict[str, str]:
        media = await gather(running.job, self._store, self._files, running.folder, self._fetch)
        await self._check.check(running.job, media, lambda path: self._pool.inspect(running.place, path))
        return media

    def _success(self, job: JobRecord, rendered: Rendered) -> Finish:
        output = rendered.output
        records: list[FileRecord] = []
        stem = TASK_PREFIX_OF.get(job.operation, TASK_PREFIX[output.kind]) + job.id.partition("_")[2]
        for number, (name, digest) in enumerate(zip(output.files, rendered.hashes, strict=True)):
            path = Path(name)
            public = f"{stem}{path.suffix}" if number == 0 else f"{stem}-{number + 1}{path.suffix}"
            records.append(self._files.result_record(job.id, path, public, digest))
        result = {
            "kind": output.kind, "task_id": stem, "width": output.width, "height": output.height,
            "duration_s": output.duration_s, "extra": dict(output.extra),
            "files": [{"token": r.token, "name": r.name, "size": r.size, "mime": r.mime} for r in records],
        }
        return Finish("succeeded", now_ms(), charged=job.reserved, result=result, files=tuple(records))

    async def _worker_died(self, job: JobRecord) -> None:
        back = await self._surely(lambda: self._store.put_back(job.id))
        if back is None:
            return  # it was cancelled, that is why
        log.warning("the worker of job %s died (%d of %d)", job.id, back.crashes, CRASH_LIMIT)
        if back.crashes >= CRASH_LIMIT or back.starts >= START_LIMIT:
            words = f"The process that rendered it died {back.crashes} times, perhaps for want of memory."
            end = _failure("worker_died", words)
            await self._surely(lambda: self._store.finish(job.id, end))
            await asyncio.to_thread(shutil.rmtree, self._files.job_folder(job.id), True)
        else:
            self.wake()

    async def _surely(self, write: Callable[[], Awaitable[JobRecord | None]]) -> JobRecord | None:
        """Write, however long the disk is full: a finished render is not thrown away for that."""
        while True:
            try:
                return await write()
            except sqlite3.OperationalError:
                log.exception("the end of a job cannot be written; trying again")
                await asyncio.sleep(STORE_PAUSE_S)

    async def _next(self) -> JobRecord | None:
        if self.draining:
            return None
        try:
            return await self._store.start_next(now_ms())
        except sqlite3.OperationalError:
            log.exception("the store cannot be written; trying again")
            asyncio.get_running_loop().call_later(STORE_PAUSE_S, self.wake)
            return None

    async def _learn(self, running: _Running, rendered: Rendered) -> None:
        if "model" in rendered.output.extra:
            return  # how long a diffusion model takes says nothing of what the engine draws by its own means
        spent = (time.monotonic() - running.began) * 1000
        if running.job.media and "" in running.job.media.values():
            spent = rendered.seconds * 1000  # a slow network says nothing about rendering
        await self._store.set_pace(*self._paces.learn(running.job, spent))


def _failure(code: str, message: str, field: str | None = None) -> Finish:
    return Finish("failed", now_ms(), error_code=code, error_message=message, error_field=field)


def _disk_words(error: OSError) -> tuple[str, str]:
    if error.errno == errno.ENOSPC:
        return "disk_full", "The disk is full. Make room and run it again."
    return "internal", f"A file could not be read or written ({error.strerror}). The engine's log has the details."


def _full_input(job: JobRecord) -> dict[str, object]:
    """The input with the contract's defaults and the engine's seed, so that a second start draws the same."""
    operation = find(job.contract, job.operation)
    if operation is None:
        raise RenderRefusedError(f"This engine does not know {job.operation} any more.")
    values: dict[str, object] = operation.model.model_validate(dict(job.input)).model_dump(mode="json", exclude_none=True)
    return {**values, "seed": job.seed} if "seed" in operation.model.model_fields else values


def _ask_to_stop(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The folder may be made anew, or go, at this very moment: then the job is looked up before it renders, or is over.
    with contextlib.suppress(FileNotFoundError):
        (folder / RenderControl.CANCEL).touch()


def _fresh_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)


def _leave_only(folder: Path, ended: str | None, end: Finish, files: Files) -> None:
    """Keep the results of a job that was written as succeeded; everything else of its folder goes."""
    keep = {files.path(record).resolve() for record in end.files} if ended is not None else set()
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        if any(kept.is_relative_to(path.resolve()) for kept in keep):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
