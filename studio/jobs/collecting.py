"""From `downloading` to `done`: fetch what the service made, put it into the library, let the service forget it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from studio.domain.asset import Recipe
from studio.domain.errors import Cost, JobFailedError, ResultExpiredError, ServiceFaultError, StudioError
from studio.domain.event import JobChanged
from studio.domain.job import JobError
from studio.domain.operation import MediaKind, Operation
from studio.domain.pacing import poll_delay
from studio.domain.remote import RemoteJob, RemoteResult
from studio.domain.state import JobState
from studio.jobs.following import PASSING, look
from studio.jobs.hosting import discard, drop_uploads, local_values
from studio.jobs.ports import Provider
from studio.jobs.walk import Walk, retryable

log = logging.getLogger(__name__)

REPORT_EVERY = timedelta(milliseconds=250)
EXPIRED_TWICE = 2
DOUBT_LIMIT = 100
"""So many answers in a row may take back that the job is finished, some 15 minutes."""
_GONE = frozenset({404, 410})


async def downloading(walk: Walk) -> None:
    """Fetch every result; each is recorded with the job as soon as it lies in the library, so that none is fetched twice.

    A full disk, a lost connection or a service fault never loses a result: the job stays here and tries again. A result
    whose URL has expired is asked for anew once.
    """
    walk.world.scheduler.leave(walk.job)
    expired = doubts = 0
    while walk.job.state is JobState.DOWNLOADING:
        await walk.until_not_before()
        answer = await _results(walk)
        if answer is None:
            continue
        if answer.state is JobState.RUNNING:
            doubts += 1
            await _doubt(walk, answer, doubts)
            continue
        try:
            await _collect(walk, answer)
        except ResultExpiredError as error:
            expired += 1
            walk.latest = None
            if expired >= EXPIRED_TWICE:
                await walk.fail(_expired(error))
        except PASSING as error:
            # URLs may have changed with the service's address: the next try asks anew.
            walk.latest = None
            await walk.hold_back(error)
        except StudioError as error:
            message = f"{error.message} The result is still at the service."
            advice = "Retry to fetch it again."
            await walk.fail(JobError(error.kind, error.code, message, True, advice, Cost.CHARGED))


async def _results(walk: Walk) -> RemoteJob | None:
    """The service's last word on the finished job: the one just heard, else asked for. RUNNING: it takes that back."""
    answer = walk.latest or await look(walk)
    if answer is None or answer.state in (JobState.DOWNLOADING, JobState.DONE):
        return answer
    walk.latest = None
    if answer.state is JobState.RUNNING:
        return answer
    gone = ResultExpiredError(answer.error_message or "The service says that it no longer has the result.")
    await walk.fail(JobError.of(gone), raw=answer.raw)
    return None


async def _doubt(walk: Walk, answer: RemoteJob, doubts: int) -> None:
    """The service says of a finished job that it runs, or a word that nobody knows: asked again, and not for ever."""
    if doubts < DOUBT_LIMIT:
        await walk.pause(max(1.0, poll_delay(doubts, answer.poll_after_s, walk.world.chance)))
        return
    error = JobFailedError("The service said that it was done, and does not say so any more.", code="taken_back",
                           advice="Retry to ask again; its id is kept.")
    await walk.fail(retryable(JobError.of(error)), answer.raw)


def _expired(error: ResultExpiredError) -> JobError:
    """Only a plain "not there" ends the hope: what refuses with 401 or 403 may give the result later, and it is paid for."""
    if error.status is None or error.status in _GONE:
        return JobError.of(error)
    return retryable(replace(JobError.of(error), advice="Retry to ask for it again; nothing is sent anew."))


async def _collect(walk: Walk, answer: RemoteJob) -> None:
    provider = await walk.provider()
    operation = next((o for o in provider.operations() if o.id == walk.job.request.operation), None)
    recipe = make_recipe(walk, provider, operation, answer)
    for index, result in enumerate(answer.results):
        if index >= len(walk.job.asset_ids):
            await _fetch(walk, provider, index, result, recipe)
    worded = operation is None or operation.discovered or operation.kind is MediaKind.PROMPT
    if worded and not answer.results and not walk.job.asset_ids:
        text = prompt_text(answer.output)
        if text:
            asset = await walk.world.library.place_prompt(walk.job, text, recipe)
            await walk.write(asset_ids=(asset.id,), error=None)
    for result in answer.results:
        if result.kind is not MediaKind.VIDEO:  # a later job may name a video by its id; the engine sweeps it in time
            await discard(provider, result.url)
    if local_values(walk, provider):
        await drop_uploads(walk)
    note = "" if walk.job.asset_ids or _says_something(answer.output) else "The service sent no file."
    await walk.write(note, answer.raw, state=JobState.DONE, progress=1.0, eta_s=None, error=None, output=answer.output,
                     finished_at=walk.world.clock.now())


async def _fetch(walk: Walk, provider: Provider, index: int, result: RemoteResult, recipe: Recipe) -> None:
    library = walk.world.library
    # Only an earlier process can have placed it without recording it with the job.
    asset = None if walk.saw_it_run else await library.reconcile(walk.job, index, recipe)
    if asset is None:
        part = library.part_for(walk.job, index)
        if walk.doubted:  # whoever had the job before may go on writing to that file
            part = part.with_name(f"{part.stem}~{secrets.token_hex(4)}{part.suffix}")
        sha256 = await provider.download(result.url, part, _Reporter(walk))
        walk.moved()
        await walk.refresh()
        try:
            asset = await library.place(walk.job, index, part, result.kind, result.file_name, recipe, sha256)
        except ServiceFaultError as error:
            # The bytes came whole and are no media: fetching them for ever would not make them better.
            raise JobFailedError(error.message, code="unusable_result", cost=Cost.CHARGED) from error
    await walk.write(asset_ids=(*walk.job.asset_ids, asset.id), error=None)


class _Reporter:
    """Shows the progress of a download now and then; it is not worth a write."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._next: datetime | None = None

    def __call__(self, done: int, total: int | None) -> None:
        moment = self._walk.world.clock.now()
        if not total or (self._next is not None and moment < self._next):
            return
        self._next = moment + REPORT_EVERY
        self._walk.world.emit(JobChanged(self._walk.job.changed(progress=min(1.0, done / total))))


def _says_something(output: Mapping[str, object] | None) -> bool:
    """Whether the answer itself is the result: an id of a character, say."""
    ids = {name: value for name, value in (output or {}).items() if name.endswith(("_id", "Id"))}
    return any(value for name, value in ids.items() if name not in ("task_id", "taskId"))


def prompt_text(output: Mapping[str, object] | None) -> str:
    """The text that a prompt operation answered, by either spelling of the contract."""
    for name in ("enhancedPrompt", "enhanced_prompt", "prompt", "text"):
        value = (output or {}).get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def make_recipe(walk: Walk, provider: Provider, operation: Operation | None, answer: RemoteJob) -> Recipe:
    """What made the result: only fields that the operation declares, and of local files only their name (its hash)."""
    given = walk.job.request.input
    names = [p.name for p in operation.parameters] if operation else _plain_fields(given)
    media = {p.name for p in operation.media_parameters} if operation else set()
    kept = {name: _without_path(given[name]) if name in media else given[name] for name in names if name in given}
    model, seed = given.get("model"), given.get("seed")
    output_seed = (answer.output or {}).get("seed")
    return Recipe(
        operation=walk.job.request.operation,
        service=provider.account.service.value,
        input=kept,
        model=answer.model or (model if isinstance(model, str) else None),
        seed=_seed(seed) if seed is not None else _seed(output_seed),
        job_id=walk.job.id,
    )


def _plain_fields(given: Mapping[str, object]) -> list[str]:
    """Of an operation that nobody declares any more: what is surely neither a path nor an address with a token."""
    return [name for name, value in given.items() if isinstance(value, bool | int | float) or _is_plain_text(value)]


def _is_plain_text(value: object) -> bool:
    return isinstance(value, str) and not value.startswith(("/", "data:")) and ":/" not in value and ":\\" not in value


def _seed(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _without_path(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_without_path(item) for item in value]
    if isinstance(value, str) and value.startswith("file:"):
        return value.rstrip("/").rpartition("/")[2]
    if isinstance(value, str) and "?" in value:
        return value.partition("?")[0]  # signed URLs carry their token in the query
    return value
