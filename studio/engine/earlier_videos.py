"""A video that a request names by the task_id of an earlier result: where its file lies, and how it was made at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.contracts.operations import WireOperation, find
from studio.engine.errors import ApiError, invalid
from studio.engine.records import JobRecord
from studio.engine.render.task import Origin
from studio.engine.store import Store

NAME, ADDRESS = "sora_video_id", "source_video_url"
_JOB_PREFIXES = ("req_", "job_")
_CHANGES = ("sora2.video.edit", "sora2.video.extend")
"""Operations whose prompt says what to change, not what is seen: what they began with is looked for behind them."""
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class EarlierVideo:
    """A result of this engine: the job that made it and the token of its file."""

    job: JobRecord
    token: str


async def named_video(store: Store, operation: WireOperation, values: Mapping[str, Any]) -> EarlierVideo | None:
    """The video that `values` name; None where the operation names none, or where its address is given instead.

    ApiError 422 naming the field where there is neither.
    """
    name = values.get(NAME)
    if NAME not in operation.model.model_fields or not isinstance(name, str):
        return None
    try:
        return await _found(store, name)
    except ApiError:
        if values.get(ADDRESS):
            return None
        raise


def with_named(media: Mapping[str, str], values: Mapping[str, Any], video: EarlierVideo | None) -> dict[str, str]:
    """The media of a job with the named video among them, under its name. Its address is then not fetched."""
    if video is None:
        return dict(media)
    return {**{url: token for url, token in media.items() if url != values.get(ADDRESS)}, str(values[NAME]): video.token}


async def origin_of(store: Store, job: JobRecord) -> Origin | None:
    """How the video that a job works on was drawn at first, as far as this engine still knows."""
    current: JobRecord | None = job
    for step in range(_MOST_STEPS):
        name = current.input.get(NAME) if current is not None else None
        if current is None or not isinstance(name, str) or not current.media.get(name):
            return None
        current = await _job_of(store, name)
        if current is not None and not current.input:
            return None  # what was asked is not kept any more
        if current is not None and current.operation not in _CHANGES:
            return _origin(current, changed=step > 0)
    return None


def _origin(job: JobRecord, *, changed: bool) -> Origin | None:
    operation = find(job.contract, job.operation)
    if operation is None or "prompt" not in operation.model.model_fields:
        return None
    values = operation.model.model_validate(dict(job.input)).model_dump(mode="json", exclude_none=True)
    return Origin(job.wire_name, values, job.seed, changed)


async def _found(store: Store, name: str) -> EarlierVideo:
    job = await _job_of(store, name)
    if job is None:
        raise _refused("There is no video with this id here.")
    if job.unfinished:
        raise invalid(NAME, "The video with this id is not finished yet. Wait for its result, then send this again.")
    result = job.result
    if result is None or result["task_id"] != name:
        raise _refused("There is no video with this id here.")
    if result["kind"] != "video":
        raise invalid(NAME, f"{NAME} must be the id of a video; this is one of {job.operation}.")
    token = str(result["files"][0]["token"])
    record = await store.file(token)
    if record is None or record.deleted:
        raise _refused("The video with this id is no longer kept here: results are removed after seven days.")
    return EarlierVideo(job, token)


async def _job_of(store: Store, name: str) -> JobRecord | None:
    """A task_id ends as the id of its job does."""
    _, _, ending = name.rpartition("_")
    for prefix in _JOB_PREFIXES if ending else ():
        job = await store.get(prefix + ending)
        if job is not None:
            return job
    return None


def _refused(what: str) -> ApiError:
    return invalid(NAME, f"{what} Give the task_id of a video that this engine made, or the video itself as {ADDRESS}.")
